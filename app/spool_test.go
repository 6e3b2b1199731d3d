package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFormsArriveInTheDataFolder(t *testing.T) {
	data := t.TempDir()
	t.Setenv("TMPDIR", "/nowhere") // put back behind the test
	if err := spool(data, []string{"TMPDIR=/of/the/administrator"}); err != nil || os.TempDir() != "/nowhere" {
		t.Errorf("the administrator's folder was changed to %s: %v", os.TempDir(), err)
	}
	old, young, other := filepath.Join(data, "tmp", "multipart-1"), filepath.Join(data, "tmp", "multipart-2"), filepath.Join(data, "tmp", "other")
	if err := os.Mkdir(filepath.Join(data, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{old, young, other} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Unix(1, 0)
	for _, name := range []string{old, other} {
		if err := os.Chtimes(name, long, long); err != nil {
			t.Fatal(err)
		}
	}
	if err := spool(data, nil); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(data, "tmp", "*"))
	if err != nil || os.TempDir() != filepath.Join(data, "tmp") || len(left) != 2 || left[0] != young {
		t.Errorf("forms arrive in %s beside %v, %v", os.TempDir(), left, err)
	}
}
