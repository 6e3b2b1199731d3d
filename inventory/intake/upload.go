package intake

import (
	"context"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
)

// File is an inventory that a person brings: from a USB stick, from a machine without a
// line.
type File struct {
	Name string
	Body []byte
}

// Taken is what became of one file.
type Taken struct {
	Name string
	Outcome
	Problem *fault.Error // why it was refused; nil when it was not
}

// TakeFiles takes files in for a unit, each on its own: what is wrong with one does not
// keep the others away. Machines whose tag names a commune of the unit are put there.
func (s *Service) TakeFiles(ctx context.Context, who access.Actor, unit string, all []File) ([]Taken, error) {
	if err := who.Need(inventory.Edit); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	unit = strings.TrimSpace(unit)
	_, known := tree.Unit(unit)
	var c fault.Check
	c.Need(known, "unit", "intake.upload.unit_needed")
	c.Need(len(all) > 0, "files", "intake.upload.files_needed")
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := who.NeedAt(inventory.Edit, unit); err != nil {
		return nil, err
	}
	out := make([]Taken, len(all))
	good := 0
	for i, f := range all {
		out[i].Name = f.Name
		o := Origin{Scope: unit, Units: tree.Under(unit), Remote: who.From, File: nameOf(f.Name), by: who}
		got, err := s.take(ctx, o, f.Body)
		out[i].Outcome = got
		if err == nil {
			good++
			continue
		}
		out[i].Outcome.Result, out[i].Problem = Refused, fault.Of(err)
		if k := out[i].Problem.Kind; k == fault.Internal || k == fault.Unavailable {
			return out[:i+1], err
		}
	}
	return out, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Write(ctx, tx, s.Business.Now(), who, "inventory.files.taken", unit, map[string][2]any{"files": {nil, len(all)}, "good": {nil, good}}, trail.At(unit))
	})
}

// nameOf is the name of a file without its folders.
func nameOf(path string) string {
	if at := strings.LastIndexAny(path, `/\`); at >= 0 {
		path = path[at+1:]
	}
	if path == "" {
		return "-"
	}
	return path
}

// Say is what became of the file, in words.
func (x Taken) Say(t i18n.T) string {
	switch {
	case x.Problem != nil:
		return t.Say(x.Problem.Key, x.Problem.Args...)
	case x.Result == Kept && x.Doubt:
		return t.Say("intake.taken.doubt", "device", x.Device)
	}
	return t.Say("intake.taken."+string(x.Result), "device", x.Device)
}
