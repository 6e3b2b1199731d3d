package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
)

// spoolKept is after how long a file that a killed process left behind is taken away.
const spoolKept = time.Hour

// spool lets forms with files arrive in the data folder: on many systems the folder for
// temporary files is memory. One that the administrator set with TMPDIR stays.
func spool(data string, environ []string) error {
	for _, one := range environ {
		if strings.HasPrefix(one, "TMPDIR=") && one != "TMPDIR=" {
			return nil
		}
	}
	dir, err := filepath.Abs(filepath.Join(data, "tmp"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(dir, "multipart-*"))
	if err != nil {
		return err
	}
	before := clock.System{}.Now().Add(-spoolKept)
	for _, name := range left {
		at, err := os.Stat(name)
		if err == nil && at.ModTime().Before(before) {
			err = os.Remove(name)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) { // another process may have been faster
			return err
		}
	}
	return os.Setenv("TMPDIR", dir)
}
