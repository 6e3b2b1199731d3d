package directive

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

func missing() error { return fault.New(fault.Missing, "fault.missing") }

// then is a directive with how it stood after its last step before a moment.
type then struct {
	bun.BaseModel `bun:"table:directive,alias:dv"`
	Code          string      `bun:"code"`
	ID            string      `bun:"id"`
	DocNo         string      `bun:"doc_no"`
	DocDay        string      `bun:"doc_day"`
	Text          string      `bun:"body"`
	Unit          string      `bun:"unit"`
	Post          access.Role `bun:"post"`
	MadeAt        time.Time   `bun:"made_at"`
	FirstDueAt    *time.Time  `bun:"first_due_at"`
	ReportedAt    *time.Time  `bun:"reported_at"`
	State         State       `bun:"stood"`
	At            time.Time   `bun:"stood_at"`
	DueAt         *time.Time  `bun:"stood_due"`
}

// late tells whether it was due before a moment and not reported done by then.
func (x then) late(at time.Time) bool {
	switch {
	case x.DueAt == nil || x.State == Cancelled:
		return false
	case x.State == Reported:
		at = x.At
	case x.State == Done && x.ReportedAt != nil: // closed, so the row changes no more
		at = *x.ReportedAt
	}
	return x.DueAt.Before(at)
}

// stood are the directives under the units that were made before a moment and not closed
// before another one, as they stood at the first.
func (s *Service) stood(ctx context.Context, who access.Actor, units []string, at, openAt time.Time) ([]then, error) {
	var rows []then
	q := s.DB.Read().NewSelect().Model(&rows).
		ColumnExpr("dv.code, dv.id, dv.doc_no, dv.doc_day, dv.body, dv.unit, dv.post, dv.made_at, dv.first_due_at, dv.reported_at").
		ColumnExpr("ds.state AS stood, ds.at AS stood_at, ds.due_at AS stood_due").
		Join("JOIN directive_step AS ds ON ds.id = (SELECT MAX(x.id) FROM directive_step AS x WHERE x.directive = dv.id AND x.at < ?)", at).
		Where("dv.made_at < ?", at).Where("dv.closed_at IS NULL OR dv.closed_at >= ?", openAt).
		Apply(who.Within(Look, "dv.unit"))
	if units != nil {
		q = q.Where("dv.unit IN (?)", bun.List(units))
	}
	return rows, db.Sorted(q.Scan(ctx))
}

// Followed is what became of directives in a period; see reports.Directives.
func (s *Service) Followed(ctx context.Context, a reports.Ask, from, until time.Time) (reports.Followed, error) {
	out := reports.Followed{At: until, Href: Home}
	if now := s.Business.Now(); now.Before(until) {
		out.At = now
	}
	if !a.Who.May(Look) {
		return out, nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return out, err
	}
	var units []string
	if u, ok := tree.Unit(a.Unit); ok && u.Parent != "" {
		units, out.Href = tree.Under(a.Unit), Home+"?unit="+a.Unit
	}
	rows, err := s.stood(ctx, a.Who, units, out.At, from)
	if err != nil {
		return out, err
	}
	slices.SortFunc(rows, func(x, y then) int { return cmp.Or(byMoment(x.DueAt, y.DueAt), cmp.Compare(x.Code, y.Code)) })
	for _, x := range rows {
		c := x.conclusion(tree, from, out.At)
		if c.New {
			out.NewN++
		}
		if x.State.Closed() {
			out.ClosedN++
			out.Closed = append(out.Closed, c)
			continue
		}
		out.OpenN++
		if c.Late {
			out.LateN++
		}
		out.Open = append(out.Open, c)
	}
	slices.SortStableFunc(out.Closed, func(x, y reports.Conclusion) int { return cmp.Compare(x.Closed, y.Closed) })
	out.Closed, out.Open = out.Closed[:min(len(out.Closed), reports.MostFollowed)], out.Open[:min(len(out.Open), reports.MostFollowed)]
	return out, nil
}

// byMoment puts what has no moment last.
func byMoment(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Compare(*b)
}

func (x then) conclusion(tree *org.Tree, from, at time.Time) reports.Conclusion {
	c := reports.Conclusion{Code: x.Code, Doc: x.DocNo, DocDay: x.DocDay, Text: x.Text, Unit: x.Unit, Name: tree.Name(x.Unit), Post: string(x.Post), State: string(x.State),
		New: !x.MadeAt.Before(from), Late: x.late(at), Href: Home + "/" + x.ID}
	if x.DueAt != nil {
		c.DueDay = clock.Date(*x.DueAt)
	}
	if x.FirstDueAt != nil {
		c.FirstDue = clock.Date(*x.FirstDueAt)
	}
	if x.State.Closed() {
		c.Closed = clock.Date(x.At)
	}
	return c
}

// Levels are how many directives of each unit were open, and how many of these late, when
// a day ("2016-11-14") ended, or now while it runs. Units without any are left out.
func (s *Service) Levels(ctx context.Context, day string) (open, late map[string]int64, err error) {
	begins, err := clock.ParseDate(day)
	if err != nil {
		return nil, nil, fault.Because(fault.Invalid, "form.bad_day", err)
	}
	_, at := clock.Day(begins)
	if now := s.Business.Now(); now.Before(at) {
		at = now
	}
	rows, err := s.stood(ctx, access.System(Area), nil, at, at)
	if err != nil {
		return nil, nil, err
	}
	open, late = map[string]int64{}, map[string]int64{}
	for _, x := range rows {
		if x.State.Closed() {
			continue
		}
		open[x.Unit]++
		if x.late(at) {
			late[x.Unit]++
		}
	}
	return open, late, nil
}
