package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/files"
	"lotrinh/reports"
)

// Every file is written under a name that begins with a dot and gets its own name once its
// bytes are on the disk, so that whoever watches the folder never reads half a file. All of
// it goes through os.Root: no link and no name leads out of the folder of the configuration.

// errTaken says that another file has the name.
var errTaken = errors.New("delivery: the name is taken by another file")

// drop writes the files of a report into a folder. What lies there already with the same
// bytes is done.
func (s *Service) drop(ctx context.Context, p parcel) (taken, error) {
	made, err := s.Reports.FilesOf(ctx, system, p.row.Run, p.row.Edition)
	if err != nil {
		return taken{}, err
	}
	root, err := s.folder(p.outlet)
	if err != nil {
		return s.folderTrouble(err), nil
	}
	defer func() { _ = root.Close() }() // nothing is written through it any more
	name := p.outlet.fileName(p)
	var done []string
	for _, form := range strings.Split(p.outlet.Forms, ",") {
		for _, f := range made {
			if f.Form != form || f.Issue != 0 {
				continue
			}
			if err := s.put(ctx, root, f, name+"."+form, "."+string(p.row.ID)+"."+form+".part"); err != nil {
				return s.folderTrouble(err), nil
			}
			done = append(done, name+"."+form)
		}
	}
	if err := syncFolder(root); err != nil {
		return s.folderTrouble(err), nil
	}
	return taken{answer: strings.Join(done, ", ")}, nil
}

// folder opens the folder of an outlet. It must be there: one that is made where a share
// should hang would swallow what is written.
func (s *Service) folder(o Outlet) (*os.Root, error) {
	if s.Root == "" {
		return nil, errNoRoot
	}
	root, err := os.OpenRoot(s.Root)
	if err != nil || o.Folder == "." {
		return root, err
	}
	below, err := root.OpenRoot(o.Folder)
	return below, errors.Join(err, root.Close())
}

var errNoRoot = errors.New("delivery: no folder is configured")

// fileName is the name of a report's files, without their ending.
func (o Outlet) fileName(p parcel) string {
	value := map[string]string{"report": p.row.Definition, "programme": p.run.Programme, "unit": p.row.Cut, "run": string(p.row.Run), "edition": strconv.FormatInt(p.row.Edition, 10),
		"from": clock.Date(p.row.PeriodFrom), "until": clock.Date(lastMoment(p.row.PeriodUntil))}
	return patternWord.ReplaceAllStringFunc(o.Pattern, func(w string) string { return plainName(value[strings.Trim(w, "{}")]) })
}

// plainName keeps of a value what the name of a file may hold.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if odd(r) || r == '/' || r == '\\' || r == ' ' {
			return '-'
		}
		return r
	}, s)
}

// put writes one stored file under a name, unless it lies there already.
func (s *Service) put(ctx context.Context, root *os.Root, f reports.ReportFile, name, part string) error {
	there, err := sumOf(root, name)
	switch {
	case err == nil && there == f.Hash:
		return nil
	case err == nil:
		return errTaken
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	stored, err := s.Files.Get(ctx, reports.Area, f.File)
	if err != nil {
		return err
	}
	from, err := s.Files.Open(stored)
	if err != nil {
		return err
	}
	err = errors.Join(write(root, part, from), from.Close())
	if err == nil {
		err = root.Rename(part, name)
	}
	if err != nil {
		_ = root.Remove(part) // it is in nobody's way, and the next attempt writes it anew
	}
	return err
}

// write brings bytes to the disk.
func write(root *os.Root, name string, from files.Object) error {
	to, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// sumOf is the SHA-256 of a file that lies there.
func sumOf(root *os.Root, name string) (string, error) {
	f, err := root.Open(name)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}

// syncFolder makes the names durable. Shares that cannot do it say so, and hold what they
// have said "written" to.
func syncFolder(root *os.Root) error {
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	if err = d.Sync(); errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// folderTrouble puts what the system said into words.
func (s *Service) folderTrouble(err error) taken {
	got := taken{problem: "delivery.problem.folder_broken", dead: true}
	switch {
	case errors.Is(err, errTaken):
		return taken{problem: "delivery.problem.folder_taken", lasting: true}
	case errors.Is(err, errNoRoot):
		got.problem = "delivery.problem.folder_none"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		got.problem = "delivery.problem.folder_missing"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		got.problem = "delivery.problem.folder_full"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		got.problem = "delivery.problem.folder_closed"
	}
	s.Log.Error("folder of reports cannot be written to", "cause", err.Error())
	return got
}

// tryFolder writes a file of a few bytes and takes it away again.
func (s *Service) tryFolder(o Outlet) taken {
	root, err := s.folder(o)
	if err != nil {
		return s.folderTrouble(err)
	}
	defer func() { _ = root.Close() }() // the trial is over
	name := "." + string(o.ID) + ".trial"
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return s.folderTrouble(err)
	}
	_, err = f.WriteString(o.Name + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close(), root.Remove(name)); err != nil {
		return s.folderTrouble(err)
	}
	return taken{}
}
