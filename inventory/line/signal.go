package line

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/worktime"
	"lotrinh/inventory"
)

// Trouble says that a commune's line has not answered since a moment, or that it is back.
// The help desk opens a ticket of it by its own rule.
type Trouble struct {
	Kind    string    `json:"kind"`    // always dead_line
	Thing   string    `json:"subject"` // the asset's code
	Unit    string    `json:"unit"`
	Since   time.Time `json:"since"`
	Ended   bool      `json:"ended,omitempty"`
	Details string    `json:"details,omitempty"`
	asset   ident.ID
}

// Topic is the event's name.
func (Trouble) Topic() string { return "inventory.line.dead" }

// Subject is the line, so that its end never overtakes its beginning.
func (d Trouble) Subject() string { return "line:" + string(d.asset) }

// grace is how much working time a line may be down before the help desk hears of it:
// what is switched off at night, and on again in the morning, is no trouble.
const grace = 15 * time.Minute

// Tell tells the help desk of lines that are down, and of those that are back. A chore
// calls it every few seconds; it tells how many it told of.
func (s *Service) Tell(ctx context.Context) (int, error) {
	var due []ident.ID
	err := s.DB.Read().NewRaw(`SELECT asset FROM (SELECT l.asset FROM wan_line AS l WHERE l.down_now AND l.told_at IS NULL) AS x
	  UNION ALL SELECT l.asset FROM wan_line AS l WHERE l.told_at IS NOT NULL AND NOT l.down_now`).Scan(ctx, &due)
	if err != nil || len(due) == 0 {
		return 0, db.Sorted(err)
	}
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return 0, err
	}
	told := 0
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		told = 0
		var lines []Line
		if err := tx.NewSelect().Model(&lines).Where("l.asset IN (?)", bun.List(due)).Order("l.asset").Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		for i := range lines {
			did, err := s.tell(ctx, tx, cal, &lines[i])
			if err != nil {
				return err
			}
			if did {
				told++
			}
		}
		return saveLines(ctx, tx, lines)
	})
	return told, err
}

// tell writes the event that is due for a line, if one is.
func (s *Service) tell(ctx context.Context, tx *db.Tx, cal *worktime.Calendar, l *Line) (bool, error) {
	now := s.Business.Now()
	var last []Outage
	q := tx.NewSelect().Model(&last).Where("lo.asset = ?", l.Asset)
	switch {
	case l.DownNow && l.ToldAt.IsZero():
		q = q.Where("lo.until_at IS NULL").Order("lo.from_at")
	case !l.DownNow && !l.ToldAt.IsZero():
		q = q.OrderExpr("lo.from_at DESC").Limit(1)
	default:
		return false, nil
	}
	if err := q.Scan(ctx); err != nil || len(last) == 0 {
		return false, db.Sorted(err)
	}
	var a inventory.Asset
	if err := tx.NewSelect().Model(&a).Where("a.id = ?", l.Asset).Scan(ctx); err != nil {
		return false, db.Sorted(err)
	}
	e := Trouble{Kind: "dead_line", Thing: a.Code, Unit: a.Unit, Since: last[0].FromAt, asset: l.Asset}
	if !l.DownNow {
		e.Ended, l.ToldAt = true, time.Time{}
		return true, outbox.Write(ctx, tx, now, e)
	}
	if !ripe(cal, last, now) {
		return false, nil
	}
	var err error
	if e.Details, err = s.details(ctx, tx, *l, a, last); err != nil {
		return false, err
	}
	l.ToldAt = now
	return true, outbox.Write(ctx, tx, now, e)
}

// ripe tells whether an outage should be told: at once where a person says so, else when
// it has cost some working time. Where that cannot be counted it is told.
func ripe(cal *worktime.Calendar, open []Outage, now time.Time) bool {
	for _, o := range open {
		if o.Source == ByPerson {
			return true
		}
		lost, err := cal.Between(o.FromAt, now)
		if err != nil || !lost.Known() || lost.Time >= grace {
			return true
		}
	}
	return false
}

// details are what whoever takes the ticket needs: whose line it is, and whom to call.
func (s *Service) details(ctx context.Context, q bun.IDB, l Line, a inventory.Asset, open []Outage) (string, error) {
	t := s.Words.In(i18n.VI)
	lines := []string{t.Say("line.signal.line", "name", a.Name, "code", a.Code)}
	if l.Provider != "" {
		var p Provider
		if err := q.NewSelect().Model(&p).Where("lp.id = ?", l.Provider).Scan(ctx); err != nil {
			return "", db.Sorted(err)
		}
		lines = append(lines, t.Say("line.signal.provider", "name", p.Name, "circuit", orDash(l.Circuit)))
		if who := p.reach(); who != "" {
			lines = append(lines, t.Say("line.signal.contact", "contact", who))
		}
	}
	for _, o := range open {
		if o.Source == ByPerson {
			lines = append(lines, t.Say("line.signal.person", "name", o.ByName, "note", orDash(o.Note)))
		} else {
			lines = append(lines, t.Say("line.signal.probe", "n", l.Fails))
		}
		if o.Reference != "" {
			lines = append(lines, t.Say("line.signal.reference", "reference", o.Reference))
		}
	}
	return strings.Join(lines, "\n"), nil
}

// reach is by which ways the provider takes tickets.
func (p Provider) reach() string {
	var out []string
	for _, one := range []string{p.Contact, p.Phone, p.Mail, p.Portal} {
		if one != "" {
			out = append(out, one)
		}
	}
	return strings.Join(out, " · ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
