package directive

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
)

// View is a directive with its history and its files.
type View struct {
	Directive
	Steps []Step // newest first
	Files []files.File
}

// mostSteps is how many lines of a history are shown: the newest.
const mostSteps = 100

// Get is one directive, within the actor's reach.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID) (View, error) {
	d, err := byID(ctx, s.DB.Read(), who, id)
	v := View{Directive: d}
	if err != nil {
		return v, err
	}
	if err := s.DB.Read().NewSelect().Model(&v.Steps).Where("ds.directive = ?", id).Order("ds.id DESC").Limit(mostSteps).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	all, err := s.Files.Of(ctx, Area, string(id))
	v.Files = all[string(id)]
	return v, err
}

// File is a file of a directive within the actor's reach.
func (s *Service) File(ctx context.Context, who access.Actor, id, file ident.ID) (files.File, error) {
	if _, err := byID(ctx, s.DB.Read(), who, id); err != nil {
		return files.File{}, err
	}
	f, err := s.Files.Get(ctx, Area, file)
	if err == nil && f.Subject != string(id) {
		return files.File{}, missing()
	}
	return f, err
}

// Filter is which directives a list holds. Only is empty (what is followed), "late", "all"
// or a state.
type Filter struct {
	Only   string
	Unit   string // and everything under it
	Mine   bool   // owned by the reader, by name or by post
	Source Source
	Run    ident.ID
}

// OnlyLate and OnlyAll are words of Filter.Only beside the states.
const (
	OnlyLate = "late"
	OnlyAll  = "all"
)

// List is a page of directives within the actor's reach: what is late the longest late
// first, everything else newest first.
func (s *Service) List(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Directive], error) {
	if err := who.Need(Look); err != nil {
		return page.Page[Directive]{}, err
	}
	var rows []Directive
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "dv.unit"))
	if f.Unit != "" {
		tree, err := s.tree(ctx)
		if err != nil {
			return page.Page[Directive]{}, err
		}
		q = q.Where("dv.unit IN (?)", bun.List(append([]string{f.Unit}, tree.Under(f.Unit)...)))
	}
	if f.Mine {
		q = q.Apply(mine(who))
	}
	if f.Source != "" {
		q = q.Where("dv.source = ?", f.Source)
	}
	if f.Run != "" {
		q = q.Where("dv.source_run = ?", f.Run)
	}
	key := func(d Directive) []string { return []string{string(d.ID)} }
	switch {
	case f.Only == OnlyLate:
		q = q.Where("dv.closed_at IS NULL").Where("dv.state <> ?", Reported).Where("dv.due_at < ?", s.Business.Now()).Apply(r.Up("dv.due_at", "dv.id"))
		key = func(d Directive) []string { return []string{page.Time(*d.DueAt), string(d.ID)} }
	case f.Only == OnlyAll:
		q = q.Apply(r.On("dv.id"))
	case contains(States, State(f.Only)):
		q = q.Where("dv.state = ?", f.Only).Apply(r.On("dv.id"))
	default:
		q = q.Where("dv.closed_at IS NULL").Apply(r.On("dv.id"))
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Directive]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, key), nil
}

// mine keeps to what a person owns: by name, or by a post that reaches the unit.
func mine(who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("dv.owner = ?", who.ID)
			for _, g := range who.Grants {
				switch {
				case g.Everywhere:
					q = q.WhereOr("dv.owner = '' AND dv.post = ?", g.Role)
				case len(g.Units) > 0:
					q = q.WhereOr("dv.owner = '' AND dv.post = ? AND dv.unit IN (?)", g.Role, bun.List(g.Units))
				}
			}
			return q
		})
	}
}

// mostTodo is how many directives of one kind a home page names.
const mostTodo = 5

// Todo is what waits for a person: directives to carry out, and for those who conclude
// what was reported done and what stays late.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	var out []ui.TodoItem
	now := s.Business.Now()
	if who.May(Own) {
		var rows []Directive
		err := s.DB.Read().NewSelect().Model(&rows).Where("dv.closed_at IS NULL").Where("dv.state <> ?", Reported).Apply(who.Within(Own, "dv.unit"), mine(who)).
			Order("dv.due_at", "dv.id").Limit(mostTodo).Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		for _, d := range rows {
			out = append(out, ui.TodoItem{Title: d.Code + " " + headline(d.Text), Href: d.Path(), Why: t.Say("directive.todo." + string(d.State)), Due: d.due(now)})
		}
	}
	if !who.May(reports.Conclude) {
		return out, nil
	}
	var rows []Directive
	err := s.DB.Read().NewSelect().Model(&rows).Where("dv.closed_at IS NULL").Where("dv.state = ? OR dv.due_at < ?", Reported, now).Apply(who.Within(reports.Conclude, "dv.unit")).
		Order("dv.due_at", "dv.id").Limit(mostTodo).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	for _, d := range rows {
		if d.State.Pending() && d.Owns(who) {
			continue
		}
		why := "directive.todo.confirm"
		if d.State != Reported {
			why = "directive.todo.late"
		}
		out = append(out, ui.TodoItem{Title: d.Code + " " + headline(d.Text), Href: d.Path(), Why: t.Say(why), Due: d.due(now)})
	}
	return out, nil
}

// due is the due moment as lists show it; none once it is reported done.
func (d Directive) due(now time.Time) *ui.Due {
	if d.DueAt == nil || !d.State.Pending() {
		return nil
	}
	out := &ui.Due{State: ui.DueRunning, At: *d.DueAt, Left: d.DueAt.Sub(now), PerDay: 24 * time.Hour}
	switch {
	case d.Late(now):
		out.State, out.Left = ui.DueLate, now.Sub(*d.DueAt)
	case out.Left < 24*time.Hour:
		out.State = ui.DueSoon
	}
	return out
}

// SearchScopes is what the reader may find of this room in the search index.
func (s *Service) SearchScopes(who access.Actor) []search.Scope {
	return []search.Scope{search.Reach(who, Look, Kind)}
}

// HitPath is where a hit of the search index leads; ok is false for hits of others.
func HitPath(h search.Hit) (path string, ok bool) {
	return Home + "/" + h.Subject, h.Area == Area
}
