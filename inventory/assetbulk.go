package inventory

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
)

// Limits of a change of many assets at once: how many, and up to how many it is done
// while one waits.
const (
	mostEdited = 2000
	fewEdited  = 200
)

// editables are the columns that may be set for many assets at once.
var editables = []string{"place", "custodian", "supplier", "contract", "bought_on", "warranty_until"}

// clearSign empties a column; an empty value leaves it as it is.
const clearSign = "-"

// AssetEdit is one change of many assets.
type AssetEdit struct {
	Assets []ident.ID        `json:"assets"`
	State  State             `json:"state,omitempty"`
	Said   string            `json:"said,omitempty"`
	Values map[string]string `json:"values,omitempty"` // of editables, by name
}

// EditLine is what becomes of one asset: the history that it would get, or why not.
type EditLine struct {
	Asset ident.ID    `json:"asset"`
	Code  string      `json:"code"`
	Name  string      `json:"name"`
	Will  []i18n.Line `json:"will,omitempty"`
	Why   i18n.Line   `json:"why,omitzero"`
}

// check checks what the edit asks for, before any asset is looked at.
func (e *AssetEdit) check(who access.Actor) error {
	if err := who.Need(Edit); err != nil {
		return err
	}
	var k fault.Check
	k.Need(len(e.Assets) > 0, "asset", "inventory.bulk.none")
	k.Need(len(e.Assets) <= mostEdited, "asset", "inventory.bulk.many", "limit", mostEdited)
	k.Need(e.State == "" || slices.Contains(States, e.State), "state", "inventory.form.state_needed")
	e.Said = tidy(e.Said)
	k.Need(!e.State.Grave() || e.Said != "", "said", "inventory.form.said_needed")
	values := map[string]string{}
	for _, d := range details {
		v := tidy(e.Values[d.name])
		if v == "" || !slices.Contains(editables, d.name) {
			continue
		}
		if v != clearSign {
			d.check(&k, &v)
		}
		values[d.name] = v
	}
	e.Values = values
	k.Need(e.State != "" || len(values) > 0, "state", "inventory.bulk.nothing")
	return k.Err()
}

// of is what the edit makes of an asset; why is what stands in its way.
func (e AssetEdit) of(a Asset) (c change, why i18n.Line) {
	c = change{before: a, after: a, said: e.Said}
	if e.State != "" {
		if err := c.after.move(e.State); err != nil {
			f := fault.Of(err)
			return c, i18n.L(f.Key, f.Args...)
		}
	}
	for _, d := range details {
		if v, ok := e.Values[d.name]; ok {
			if v == clearSign {
				v = ""
			}
			*d.of(&c.after) = v
		}
	}
	after := c.after
	if after.BoughtOn != "" && after.WarrantyUntil != "" && after.WarrantyUntil < after.BoughtOn {
		return c, i18n.L("inventory.form.warranty_before")
	}
	if unchanged(a, formOfAsset(after)) {
		return c, i18n.L("inventory.bulk.same")
	}
	return c, i18n.Line{}
}

// PreviewEdit says of each asset within reach what the edit would change, and changes
// nothing.
func (s *Service) PreviewEdit(ctx context.Context, who access.Actor, e AssetEdit) ([]EditLine, error) {
	if err := e.check(who); err != nil {
		return nil, err
	}
	all, err := s.AssetsIn(ctx, s.db.Read(), who, Edit, e.Assets)
	if err != nil {
		return nil, err
	}
	lines := make([]EditLine, len(all))
	for i, a := range all {
		c, why := e.of(a)
		if lines[i], err = s.editLine(who, c, why); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func (s *Service) editLine(who access.Actor, c change, why i18n.Line) (EditLine, error) {
	l := EditLine{Asset: c.before.ID, Code: c.before.Code, Name: c.before.Name, Why: why}
	if why.Key != "" {
		return l, nil
	}
	notes, err := c.notes(s.clock.Now(), who)
	for _, n := range notes {
		l.Will = append(l.Will, n.Line())
	}
	return l, err
}

// DoEdit changes every asset that can be changed, all in one transaction and a number of
// queries that grows with every few hundred assets only, and says what became of each.
func (s *Service) DoEdit(ctx context.Context, who access.Actor, e AssetEdit) ([]EditLine, error) {
	if err := e.check(who); err != nil {
		return nil, err
	}
	var lines []EditLine
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		lines = nil
		all, err := s.AssetsIn(ctx, tx, who, Edit, e.Assets)
		if err != nil {
			return err
		}
		var changes []change
		for _, a := range all {
			c, why := e.of(a)
			l, err := s.editLine(who, c, why)
			if err != nil {
				return err
			}
			lines = append(lines, l)
			if why.Key == "" {
				changes = append(changes, c)
			}
		}
		return s.saveAssets(ctx, tx, who, changes)
	})
	return lines, err
}

// EditJob is the kind of job that changes many assets.
const EditJob = "inventory.edit"

// EditWork changes many assets as a job. A run that starts over finds what it has done
// already unchanged and does nothing twice.
func (s *Service) EditWork(ctx context.Context, run *job.Run) error {
	var e AssetEdit
	if err := run.Want(&e); err != nil {
		return err
	}
	if err := run.Step(ctx, 0, int64(len(e.Assets)), "inventory.bulk.step", "n", len(e.Assets)); err != nil {
		return err
	}
	lines, err := s.DoEdit(ctx, run.Who, e)
	if err != nil {
		return err
	}
	return run.Keep(lines)
}

// EditResult is where the result of such a job is seen.
func EditResult(r job.Row) string { return "/inventory/edits/" + string(r.ID) }

// chosen are the assets of a filter that the actor holds a right over, as many as one go
// may take.
func (s *Service) chosen(ctx context.Context, who access.Actor, need access.Perm, f AssetFilter, most int) ([]ident.ID, error) {
	var out []ident.ID
	for after := ""; len(out) < most; {
		rows, err := s.listAssets(ctx, who, need, f, page.Read(after, "200"))
		if err != nil {
			return nil, err
		}
		for _, a := range rows.Items[:min(len(rows.Items), most-len(out))] {
			out = append(out, a.ID)
		}
		if after = rows.Next; after == "" {
			break
		}
	}
	return out, nil
}
