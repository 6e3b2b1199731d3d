package hotline

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
)

// Blocked is a number whose calls are refused.
type Blocked struct {
	bun.BaseModel `bun:"table:hotline_block,alias:bl"`
	Number        string    `bun:"number,pk"`
	Reason        string    `bun:"reason"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeAt        time.Time `bun:"made_at"`
}

// Blocks are the refused numbers, the newest first.
func (s *Service) Blocks(ctx context.Context, who access.Actor) ([]Blocked, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return nil, err
	}
	var rows []Blocked
	err := s.DB.Read().NewSelect().Model(&rows).Order("bl.made_at DESC").Limit(200).Scan(ctx)
	return rows, db.Sorted(err)
}

// Logged is a call to a commune's own hotline number, which has no exchange: three
// fields in somebody's own words.
type Logged struct {
	bun.BaseModel `bun:"table:hotline_log,alias:hl"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	At            time.Time `bun:"at"`
	KeptBy        ident.ID  `bun:"kept_by"`
	Caller        string    `bun:"caller"`
	Matter        string    `bun:"matter"`
	Outcome       string    `bun:"outcome"`
}

// Log keeps a call in the log of a unit.
func (s *Service) Log(ctx context.Context, who access.Actor, l Logged) (Logged, error) {
	if err := who.Need(Keep); err != nil {
		return l, err
	}
	for _, text := range []*string{&l.Caller, &l.Matter, &l.Outcome} {
		*text = strings.TrimSpace(fold.NFC(*text))
	}
	var k fault.Check
	k.Need(l.Unit != "", "unit", "hotline.log.unit_needed")
	k.Need(l.Caller != "", "caller", "hotline.log.caller_needed")
	k.Need(utf8.RuneCountInString(l.Caller) <= longest, "caller", "hotline.note_long", "max", longest)
	k.Need(l.Matter != "", "matter", "hotline.log.matter_needed")
	k.Need(utf8.RuneCountInString(l.Matter) <= longestNote, "matter", "hotline.note_long", "max", longestNote)
	k.Need(l.Outcome != "", "outcome", "hotline.log.outcome_needed")
	k.Need(utf8.RuneCountInString(l.Outcome) <= longestNote, "outcome", "hotline.note_long", "max", longestNote)
	if err := k.Err(); err != nil {
		return l, err
	}
	if err := who.NeedAt(Keep, l.Unit); err != nil {
		return l, err
	}
	l.At, l.KeptBy = s.Business.Now(), who.ID
	l.ID = ident.New(l.At)
	return l, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, l.At, who, "hotline.log.kept", string(l.ID), nil, trail.At(l.Unit))
	})
}

// Logs are a page of the call logs within the actor's reach, the newest first.
func (s *Service) Logs(ctx context.Context, who access.Actor, r page.Request) (page.Page[Logged], error) {
	if err := who.Need(Keep); err != nil {
		return page.Page[Logged]{}, err
	}
	var rows []Logged
	if err := logs(s.DB, who, r).Scan(ctx, &rows); err != nil {
		return page.Page[Logged]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(l Logged) []string { return []string{page.Time(l.At), string(l.ID)} })
	var others []string
	for _, l := range p.Items {
		if l.KeptBy != who.ID {
			others = append(others, string(l.ID))
		}
	}
	return p, s.seenBy(ctx, who, "hotline.log.seen", others)
}

func logs(d *db.DB, who access.Actor, r page.Request) *bun.SelectQuery {
	index := "hotline_log_at"
	q := d.Read().NewSelect().ColumnExpr("hl.*")
	everywhere, units := who.Reach(Keep)
	switch {
	case everywhere:
	case len(units) == 1:
		index, q = "hotline_log_unit", q.Where("hl.unit = ?", units[0])
	default:
		q = q.Where("hl.unit IN (?)", bun.List(units))
	}
	if d.SQLite() {
		q = q.TableExpr("hotline_log AS hl INDEXED BY " + index)
	} else {
		q = q.TableExpr("hotline_log AS hl")
	}
	return q.Apply(r.On("hl.at", "hl.id"))
}

// How long an exchange may say nothing of a call before it is taken for over.
const (
	longestRing = 10 * time.Minute
	longestTalk = 4 * time.Hour
)

// Sweep ends calls whose end was never told, and forgets the numbers and names of
// callers whose time is over: figures and the calls themselves stay.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Business.Now()
	var lost []Call
	err := s.DB.Read().NewSelect().Model(&lost).Where("hc.state IN (?)", bun.List([]State{Ringing, Talking})).
		Where("(hc.state = ? AND hc.began_at < ? OR hc.began_at < ?)", Ringing, now.Add(-longestRing), now.Add(-longestTalk)).Limit(200).Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, c := range lost {
		e := Event{Kind: HangUp, From: c.Number, To: c.Number, Direction: c.Direction, CallID: c.CallID, Cause: causeLost}
		if _, err := s.Take(ctx, PBX{ID: c.PBX}, e); err != nil {
			return err
		}
	}
	if s.Keep == 0 {
		return nil
	}
	return s.forget(ctx, now.Add(-s.Keep))
}

// mostForgotten is how many calls are forgotten at once.
const mostForgotten = 500

// forget takes away what tells who called before a moment.
func (s *Service) forget(ctx context.Context, old time.Time) error {
	var calls []string
	err := s.DB.Read().NewSelect().TableExpr("hotline_call").Column("id").Where("began_at < ?", old).Where("(number <> '' OR names <> '' OR note <> '')").
		Limit(mostForgotten).Scan(ctx, &calls)
	if err != nil {
		return db.Sorted(err)
	}
	var more int
	err = s.DB.Read().NewRaw("SELECT count(*) FROM (SELECT 1 FROM hotline_number WHERE at < ? UNION ALL SELECT 1 FROM hotline_log WHERE at < ?) AS one", old, old).Scan(ctx, &more)
	if err != nil || len(calls)+more == 0 {
		return db.Sorted(err)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if len(calls) > 0 {
			_, err := tx.NewRaw("UPDATE hotline_call SET number = '', names = '', note = '', answering = '', version = version + 1 WHERE id IN (?)", bun.List(calls)).Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			if err := search.Remove(ctx, tx, kindCall, calls...); err != nil {
				return err
			}
		}
		for _, q := range []string{
			"DELETE FROM hotline_callback WHERE state = 'done' AND sort_at < ?",
			"DELETE FROM hotline_number WHERE at < ?",
			"DELETE FROM hotline_log WHERE at < ?",
		} {
			if _, err := tx.NewRaw(q, old).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		return trail.Write(ctx, tx, s.Business.Now(), access.System("hotline"), "hotline.callers.forgotten", "", map[string][2]any{"before": {nil, old}, "calls": {nil, len(calls)}})
	})
}
