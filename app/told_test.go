package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/testkit"
)

// The demo is told once for each kind of database; every test that needs it opens a copy.

// forget takes away what the tests of this process have made for all of them.
var forget []func() error

func TestMain(m *testing.M) {
	if os.Getenv(partnerParent) != "" { // a demo under test starts its program again, to play the offices outside
		os.Exit(Command(context.Background(), os.Args[1:], Terminal{Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}))
	}
	code := m.Run()
	for _, f := range forget {
		if err := f(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// toldFolder is a data folder in whose file the demo has been told.
var toldFolder = sync.OnceValues(func() (string, error) { return tell(Config{}) })

// toldDatabase is a folder with the demo's files, and the name of the database of
// PostgreSQL in which it has been told.
var toldDatabase = sync.OnceValues(func() ([2]string, error) {
	name, address, drop, err := testkit.PostgresTemplate()
	if err != nil {
		return [2]string{}, err
	}
	forget = append(forget, drop)
	folder, err := tell(Config{DatabaseURL: address})
	return [2]string{folder, name}, err
})

// tell tells the demo into a new folder, closes the house in peace, and answers the folder.
func tell(conf Config) (string, error) {
	folder, err := os.MkdirTemp("", "lotrinh-told")
	if err != nil {
		return "", err
	}
	forget = append(forget, func() error { return os.RemoveAll(folder) })
	conf.Data, conf.Demo, conf.BaseURL = folder, true, "http://example.com"
	ctx := context.Background()
	h, err := Open(ctx, conf, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", err
	}
	a := &App{House: h}
	if err := a.loadDemo(ctx); err != nil {
		_ = h.Close()
		return "", err
	}
	if err := a.standStill(ctx); err != nil {
		_ = h.Close()
		return "", err
	}
	return folder, h.Close()
}

// toldPlace is a place of the test's own in which the demo has been told.
func toldPlace(t *testing.T, postgres bool) place {
	t.Helper()
	at := place{data: t.TempDir()}
	var folder string
	var err error
	if postgres {
		var both [2]string
		if both, err = toldDatabase(); err == nil {
			folder, at.url = both[0], testkit.PostgresCopy(t, both[1])
		}
	} else {
		folder, err = toldFolder()
	}
	must(t, err)
	must(t, os.CopyFS(at.data, os.DirFS(folder)))
	return at
}
