package feedback

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org/succession"
)

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Dossiers *dossier.Service
}

// Service is what people said and what was answered.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{d} }

// Said is what an applicant said, and the answer.
type Said struct {
	bun.BaseModel `bun:"table:dossier_feedback,alias:fb"`
	ID            ident.ID  `bun:"id,pk"`
	Dossier       ident.ID  `bun:"dossier"`
	Unit          string    `bun:"unit"`
	Procedure     string    `bun:"procedure"`
	Attitude      int64     `bun:"attitude"` // the points that were given with it, 0 to 2
	Words         string    `bun:"said"`
	At            time.Time `bun:"said_at"`
	Reply         string    `bun:"reply"`
	Account       ident.ID  `bun:"account"` // who answered
	RepliedAt     time.Time `bun:"replied_at,nullzero"`
	Ver           int64     `bun:"ver"`
}

// Open tells whether it waits for an answer.
func (s Said) Open() bool { return s.RepliedAt.IsZero() }

// Figure counts what came and what of it was answered, by the month in which it was said.
const Figure = "dossier.feedback"

// The dimensions of Figure.
const (
	came     = "came"
	answered = "answered"
)

// Answerers are those who may answer for a commune: its leader, its one-stop unit.
var Answerers = []access.Perm{dossier.Sign, dossier.Receive}

// mostReply is the longest answer, in characters.
const mostReply = 2000

func month(at time.Time) string { return clock.Date(at)[:8] + "01" }

// of are the figures of one that was said.
func of(s Said) []figures.Value {
	if s.ID == "" {
		return nil
	}
	all := []figures.Value{{Name: Figure, Unit: s.Unit, Dim: came, Day: month(s.At), N: 1}}
	if !s.Open() {
		all = append(all, figures.Value{Name: Figure, Unit: s.Unit, Dim: answered, Day: month(s.At), N: 1})
	}
	return all
}

// count changes the figures from what they were for one to what they are.
func count(ctx context.Context, tx *db.Tx, before, after Said) error {
	changes := of(after)
	for _, v := range of(before) {
		v.N = -v.N
		changes = append(changes, v)
	}
	return figures.Add(ctx, tx, changes...)
}

// SayIn keeps what an applicant said of a dossier; no words take it back. The same words
// again change nothing.
func (s *Service) SayIn(ctx context.Context, tx *db.Tx, d dossier.Dossier, attitude int64, words string) error {
	if d.Practice {
		return nil
	}
	words = strings.TrimSpace(fold.NFC(words))
	var all []Said
	if err := tx.NewSelect().Model(&all).Where("fb.dossier = ?", d.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var before Said
	if len(all) > 0 {
		before = all[0]
	}
	if before.Words == words && (words == "" || before.Attitude == attitude) {
		return nil
	}
	now := s.Dossiers.Now()
	after := Said{ID: before.ID, Dossier: d.ID, Unit: d.Unit, Procedure: d.Procedure, Attitude: attitude, Words: words, At: now, Ver: before.Ver + 1}
	var err error
	switch {
	case words == "":
		after = Said{}
		_, err = tx.NewDelete().Model(&before).WherePK().Exec(ctx)
	case before.ID == "":
		after.ID = ident.New(now)
		_, err = tx.NewInsert().Model(&after).Exec(ctx)
	case before.Words == words: // other points for the same words: the answer stands
		after = before
		after.Attitude, after.Ver = attitude, before.Ver+1
		_, err = tx.NewUpdate().Model(&after).WherePK().Exec(ctx)
	default:
		_, err = tx.NewUpdate().Model(&after).WherePK().Exec(ctx)
	}
	if err != nil {
		return db.Sorted(err)
	}
	return count(ctx, tx, before, after)
}

// AnswerTo is what a dossier's applicant was answered, and when; false before.
func (s *Service) AnswerTo(ctx context.Context, dossier ident.ID) (reply string, at time.Time, ok bool, err error) {
	var all []Said
	err = s.DB.Read().NewSelect().Model(&all).Where("fb.dossier = ?", dossier).Where("fb.replied_at IS NOT NULL").Scan(ctx)
	if err != nil || len(all) == 0 {
		return "", time.Time{}, false, db.Sorted(err)
	}
	return all[0].Reply, all[0].RepliedAt, true, nil
}

// within narrows to the units for which somebody may answer; Denied for who may nowhere.
func within(who access.Actor) (func(*bun.SelectQuery) *bun.SelectQuery, error) {
	for _, p := range Answerers {
		if who.May(p) {
			return who.Within(p, "fb.unit"), nil
		}
	}
	return nil, who.Need(dossier.Receive)
}

// List is what was said to the communes within reach, the latest first; open leaves out
// what is answered.
func (s *Service) List(ctx context.Context, who access.Actor, open bool, r page.Request) (page.Page[Said], error) {
	near, err := within(who)
	if err != nil {
		return page.Page[Said]{}, err
	}
	var all []Said
	q := s.DB.Read().NewSelect().Model(&all).Apply(near, r.On("fb.id"))
	if open {
		q = q.Where("fb.replied_at IS NULL")
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Said]{}, db.Sorted(err)
	}
	return page.Cut(r, all, func(x Said) []string { return []string{string(x.ID)} }), nil
}

// Answer answers one, once or again; ver is the version that was read.
func (s *Service) Answer(ctx context.Context, who access.Actor, id ident.ID, ver int64, reply string) (Said, error) {
	near, err := within(who)
	if err != nil {
		return Said{}, err
	}
	reply = strings.TrimSpace(fold.NFC(reply))
	var k fault.Check
	k.Need(reply != "", "reply", "feedback.reply_needed")
	k.Need(utf8.RuneCountInString(reply) <= mostReply, "reply", "feedback.long", "most", mostReply)
	var after Said
	return after, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var before Said
		if err := tx.NewSelect().Model(&before).Where("fb.id = ?", id).Apply(near, db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := k.Err(); err != nil { // what nobody may see is missing, whatever was typed
			return err
		}
		if before.Ver != ver {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		after = before
		after.Reply, after.Account, after.RepliedAt, after.Ver = reply, who.ID, s.Dossiers.Now(), before.Ver+1
		if _, err := tx.NewUpdate().Model(&after).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := count(ctx, tx, before, after); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Dossiers.Now(), who, "dossier.feedback.answered", string(id), map[string][2]any{"again": {nil, !before.Open()}}, trail.At(before.Unit))
	})
}

// Feedback is how much came at units (nil: all) in the months [from, until), written as
// first days, and how much of it was answered.
func (s *Service) Feedback(ctx context.Context, units []string, from, until string) (in, out int64, err error) {
	n, err := figures.Totals(ctx, s.DB.Read(), figures.Ask{Names: []string{Figure}, Units: units, From: from, Until: until})
	return n[came], n[answered], err
}

// Figures is the way to count our figure from scratch.
func Figures() map[string]figures.Compute {
	return map[string]figures.Compute{Figure: func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
		var out []figures.Value
		for last := ident.ID(""); ; {
			var all []Said
			if err := from.NewSelect().Model(&all).Where("fb.id > ?", last).Order("fb.id").Limit(500).Scan(ctx); err != nil {
				return nil, db.Sorted(err)
			}
			if len(all) == 0 {
				return out, nil
			}
			last = all[len(all)-1].ID
			for _, one := range all {
				out = append(out, of(one)...)
			}
		}
	}}
}

// Succession is how this room takes part when units change: what waits for an answer goes
// to the heir, who answers it; what was answered stays with who answered.
func (s *Service) Succession() succession.Participant {
	follow := func(ctx context.Context, tx *db.Tx, p succession.Plan, sign int64) ([]figures.Value, error) {
		moved, err := succession.Noted(ctx, tx, p, "dossier_feedback.unit")
		if err != nil {
			return nil, err
		}
		var changes []figures.Value
		for _, e := range moved {
			var one Said
			if err := tx.NewSelect().Model(&one).Where("fb.id = ?", e.Key).Scan(ctx); err != nil {
				return nil, db.Sorted(err)
			}
			for _, v := range of(one) {
				v.Unit, v.N = e.Was, -sign
				changes = append(changes, v)
				v.Unit, v.N = e.Became, sign
				changes = append(changes, v)
			}
		}
		return changes, nil
	}
	return succession.Tables{Area: "succession.area.feedback", Moves: []succession.Table{
		{Name: "dossier_feedback", ByUnit: true, Where: "t.replied_at IS NULL", Version: "ver", Label: "succession.row.feedback", Rule: succession.RuleWork},
	}, Beside: succession.Beside{
		End: func(ctx context.Context, tx *db.Tx, p succession.Plan, _ access.Actor) error {
			changes, err := follow(ctx, tx, p, 1)
			if err != nil {
				return err
			}
			return succession.Count(ctx, tx, p, changes)
		},
		Back: func(ctx context.Context, tx *db.Tx, p succession.Plan) error {
			changes, err := follow(ctx, tx, p, -1)
			if err != nil {
				return err
			}
			return succession.Uncount(ctx, tx, p, changes)
		},
	}}
}
