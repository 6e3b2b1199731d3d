package inspection

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
)

// Tally is how far a round is, within the reader's reach.
type Tally struct {
	Round                         ident.ID
	Visits, Done, Signed, Skipped int64
}

// mostRounds is how many rounds the list shows: the newest.
const mostRounds = 30

// Rounds are the newest rounds with how far each is, in two queries.
func (s *Service) Rounds(ctx context.Context, who access.Actor) ([]Round, map[ident.ID]Tally, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, nil, err
	}
	var rows []Round
	if err := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("checklist").Order("ip.id DESC").Limit(mostRounds).Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	out := map[ident.ID]Tally{}
	if len(ids) == 0 {
		return rows, out, nil
	}
	var all []Tally
	err := s.DB.Read().NewSelect().TableExpr("inspection_visit AS iv").ColumnExpr("iv.round, count(*) AS visits").
		ColumnExpr("sum(CASE WHEN iv.state IN (?, ?) THEN 1 ELSE 0 END) AS done", HandedIn, Signed).ColumnExpr("sum(CASE WHEN iv.state = ? THEN 1 ELSE 0 END) AS signed", Signed).
		ColumnExpr("sum(CASE WHEN iv.state = ? THEN 1 ELSE 0 END) AS skipped", Cancelled).Where("iv.round IN (?)", bun.List(ids)).Apply(who.Within(rollout.Read, "iv.unit")).GroupExpr("iv.round").Scan(ctx, &all)
	for _, n := range all {
		out[n.Round] = n
	}
	return rows, out, db.Sorted(err)
}

// RoundView is a round with its team, its visits in their order and its findings.
type RoundView struct {
	Round
	Team     []Member
	Visits   []Visit
	Findings []Finding
}

// Round is one round, its visits within the actor's reach.
func (s *Service) Round(ctx context.Context, who access.Actor, id ident.ID) (RoundView, error) {
	var v RoundView
	if err := who.Need(rollout.Read); err != nil {
		return v, err
	}
	q := s.DB.Read()
	if err := q.NewSelect().Model(&v.Round).Where("ip.id = ?", id).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Team).Where("im.round = ?", id).Order("im.lead DESC", "im.name").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	err := q.NewSelect().Model(&v.Visits).ExcludeColumn("answers", "notes").Where("iv.round = ?", id).Apply(who.Within(rollout.Read, "iv.unit")).Order("iv.day", "iv.position", "iv.id").Limit(mostVisits).Scan(ctx)
	if err != nil {
		return v, db.Sorted(err)
	}
	err = q.NewSelect().Model(&v.Findings).Where("fn.visit IN (SELECT id FROM inspection_visit WHERE round = ?)", id).Apply(who.Within(rollout.Read, "fn.unit")).Order("fn.id").Limit(500).Scan(ctx)
	return v, db.Sorted(err)
}

// VisitView is a visit with its round, its findings, pictures and history.
type VisitView struct {
	Visit
	Round    Round
	Team     []Member
	Findings []Finding
	Photos   []files.File
	Notes    []rollout.Note
}

// Visit is one visit within the actor's reach.
func (s *Service) Visit(ctx context.Context, who access.Actor, id ident.ID) (VisitView, error) {
	var v VisitView
	var err error
	q := s.DB.Read()
	if v.Visit, err = visitByID(ctx, q, who, rollout.Read, id); err != nil {
		return v, err
	}
	if err := q.NewSelect().Model(&v.Round).Where("ip.id = ?", v.Visit.Round).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Team).Where("im.round = ?", v.Visit.Round).Order("im.lead DESC", "im.name").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Findings).Where("fn.visit = ?", id).Order("fn.id").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	all, err := s.Files.Of(ctx, Area, string(id))
	if err != nil {
		return v, err
	}
	v.Photos = all[string(id)]
	v.Notes, err = rollout.NotesOf(ctx, q, id)
	return v, err
}

// Photo is a picture of a visit within the actor's reach.
func (s *Service) Photo(ctx context.Context, who access.Actor, id ident.ID) (files.File, error) {
	f, err := s.Files.Get(ctx, Area, id)
	if err != nil {
		return f, err
	}
	_, err = visitByID(ctx, s.DB.Read(), who, rollout.Read, ident.ID(f.Subject))
	return f, err
}

// Findings are a page of what is not closed within the actor's reach, what is due first;
// only what is late when it is asked.
func (s *Service) Findings(ctx context.Context, who access.Actor, late bool, r page.Request) (page.Page[Finding], error) {
	if err := who.Need(rollout.Read); err != nil {
		return page.Page[Finding]{}, err
	}
	var rows []Finding
	q := s.DB.Read().NewSelect().Model(&rows).Where("fn.state <> 'closed'").Apply(who.Within(rollout.Read, "fn.unit"), r.On("fn.id"))
	if late {
		q = q.Where("fn.state = ?", Open).Where("fn.due_at < ?", s.Business.Now())
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Finding]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(f Finding) []string { return []string{string(f.ID)} }), nil
}

// Mine are the planned visits of rounds of which the actor is on the team, by day and
// route, at most limit.
func (s *Service) Mine(ctx context.Context, who access.Actor, limit int64) ([]Visit, error) {
	if !who.May(Inspect) {
		return nil, nil
	}
	var rows []Visit
	err := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("answers", "notes").Where("iv.state = 'planned'").
		Where("iv.round IN (SELECT round FROM inspection_member WHERE account = ?)", who.ID).Apply(who.Within(Inspect, "iv.unit")).Order("iv.day", "iv.position", "iv.id").Limit(limit).Scan(ctx)
	return rows, db.Sorted(err)
}

// mostTodo is how many things of one kind a home page names.
const mostTodo = 3

// Todo is what waits for a person: visits of today and before, findings to mend or to see.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(Inspect) && !who.May(Mend) {
		return nil, nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	mine, err := s.Mine(ctx, who, mostTodo)
	if err != nil {
		return nil, err
	}
	var out []ui.TodoItem
	for _, v := range mine {
		out = append(out, ui.TodoItem{Title: t.Say("inspection.todo.visit", "place", tree.Place(v.Unit)), Href: v.Field(), Why: t.Say("inspection.todo.day", "day", dayWords(t, v.Day))})
	}
	need, state := Mend, Open
	if who.May(Inspect) {
		need, state = Inspect, Mended
	}
	var rows []Finding
	q := s.DB.Read().NewSelect().Model(&rows).Where("fn.state <> 'closed'").Where("fn.state = ?", state).Apply(who.Within(need, "fn.unit")).Order("fn.due_at", "fn.id").Limit(mostTodo)
	if err := q.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, f := range rows {
		item := ui.TodoItem{Title: t.Say("inspection.todo."+string(state), "title", f.Title), Href: home + "/visits/" + string(f.Visit), Why: tree.Place(f.Unit)}
		if f.State == Open {
			item.Due = f.due(s.Business.Now())
		}
		out = append(out, item)
	}
	return out, nil
}

// due is until when a finding is to be mended.
func (f Finding) due(now time.Time) *ui.Due {
	if f.DueAt == nil || f.State != Open {
		return nil
	}
	d := &ui.Due{State: ui.DueRunning, At: *f.DueAt, Left: f.DueAt.Sub(now), PerDay: 24 * time.Hour}
	switch {
	case f.Late(now):
		d.State, d.Left = ui.DueLate, now.Sub(*f.DueAt)
	case d.Left < 24*time.Hour:
		d.State = ui.DueSoon
	}
	return d
}

// dayWords writes a stored day as people do.
func dayWords(t i18n.T, date string) string {
	d, err := clock.ParseDate(date)
	if err != nil {
		return date
	}
	return t.Day(d)
}
