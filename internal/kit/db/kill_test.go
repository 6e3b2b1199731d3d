package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
	"lotrinh/migrations"
)

// The child of the test below finds its database in these.
const childFile, childURL = "KILLED_WRITER_FILE", "KILLED_WRITER_URL"

// writeUntilKilled is the child: sixteen writers that say a name once they were told that it is saved.
func writeUntilKilled(t *testing.T, c db.Config) {
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var out sync.Mutex
	for w := range 16 {
		wg.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("w%d-%d", w, n)
				if err := d.InTx(context.Background(), put(name)); err != nil {
					return
				}
				out.Lock()
				fmt.Println("saved", name)
				out.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestWhatWasSaidToBeSavedSurvivesKill(t *testing.T) {
	if file, url := os.Getenv(childFile), os.Getenv(childURL); file != "" || url != "" {
		writeUntilKilled(t, db.Config{File: file, URL: url, Pool: 8})
		return
	}
	t.Run("sqlite", func(t *testing.T) {
		killed(t, db.Config{File: filepath.Join(t.TempDir(), "killed.db")})
	})
	if os.Getenv("TEST_PG") != "" {
		t.Run("postgres", func(t *testing.T) { killed(t, db.Config{URL: testkit.PostgresURL(t), Pool: 8}) })
	}
}

// killed starts a writer, kills it in full swing, and asks the store for every name that it had said.
func killed(t *testing.T, c db.Config) {
	before := reopened(t, c)
	if _, err := before.Migrate(t.Context(), migrations.Files); err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}

	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWhatWasSaidToBeSavedSurvivesKill$")
	child.Env = append(os.Environ(), childFile+"="+c.File, childURL+"="+c.URL)
	child.Stderr = os.Stderr
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		var name string
		if n, _ := fmt.Sscanf(lines.Text(), "saved %s", &name); n != 1 {
			continue
		}
		said = append(said, name)
		if len(said) == 500 {
			if err := child.Process.Kill(); err != nil { // what it said meanwhile is read all the same
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(said) < 500 {
		t.Fatalf("the writer ended by itself after %d names: %v", len(said), err)
	}

	var kept []string
	after := reopened(t, c)
	defer func() {
		if err := after.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := after.Read().NewRaw("SELECT name FROM setting").Scan(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	slices.Sort(kept)
	for _, name := range said {
		if _, ok := slices.BinarySearch(kept, name); !ok {
			t.Errorf("%s was said to be saved and is gone", name)
		}
	}
}

func reopened(t *testing.T, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
