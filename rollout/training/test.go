package training

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Try is one time that somebody took the test.
type Try struct {
	bun.BaseModel `bun:"table:training_try,alias:ty"`
	ID            ident.ID  `bun:"id,pk"`
	Seat          ident.ID  `bun:"seat"`
	N             int64     `bun:"n"`
	Answers       string    `bun:"answers"` // JSON list of the chosen, -1 for none
	Score         int64     `bun:"score"`
	Passed        bool      `bun:"passed"`
	At            time.Time `bun:"at"`
}

// Chosen are the answers of the try.
func (t Try) Chosen() []int {
	var out []int
	if json.Unmarshal([]byte(t.Answers), &out) != nil {
		return nil
	}
	return out
}

// TakeTest marks somebody's answers: -1 stands for none. Only who attended may take the
// test, only so often as the course says, and not again once it is passed; passing makes
// the person trained. The seat is proved by the learner's own link.
func (s *Service) TakeTest(ctx context.Context, seat ident.ID, answers []int) (Try, error) {
	var out Try
	now := s.now()
	who := access.System("training")
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var x Seat
		err := tx.NewSelect().Model(&x).Where("ts.id = ?", seat).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		course, err := courseByID(ctx, tx, x.Course)
		if err != nil {
			return err
		}
		if err := x.mayTry(course); err != nil {
			return err
		}
		score, _ := Mark(course.Test(), answers)
		raw, err := json.Marshal(answers)
		if err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
		x.Tries++
		out = Try{ID: ident.New(now), Seat: x.ID, N: x.Tries, Answers: string(raw), Score: int64(score), Passed: int64(score) >= course.PassMark, At: now}
		if _, err := tx.NewInsert().Model(&out).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		x.Score = max(x.Score, out.Score)
		switch {
		case out.Passed:
			x.Result, x.DoneAt = Passed, now
		case x.Tries >= course.Tries:
			x.Result = Failed
		}
		if err := saveSeat(ctx, tx, &x, x.Version); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.test.taken", string(x.ID), map[string][2]any{"try": {nil, x.Tries}, "passed": {nil, out.Passed}}, trail.At(x.Unit)); err != nil {
			return err
		}
		return s.tested(ctx, tx, who, now, x, course)
	})
	return out, err
}

// mayTry says whether a test may be taken.
func (x Seat) mayTry(course Course) error {
	switch {
	case course.PassMark == 0:
		return fault.New(fault.Conflict, "training.test.none")
	case x.State != Attended:
		return fault.New(fault.Conflict, "training.test.not_attended")
	case x.Result == Passed:
		return fault.New(fault.Conflict, "training.test.passed")
	case x.Tries >= course.Tries:
		return fault.New(fault.Conflict, "training.test.no_try", "n", course.Tries)
	}
	return nil
}

// tested writes what follows from a test that decided something.
func (s *Service) tested(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, x Seat, course Course) error {
	if x.Result == "" {
		return nil
	}
	var c Class
	if err := tx.NewSelect().Model(&c).Where("cl.id = ?", x.Class).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	e := Recorded{classEvent: classEvent{c.ID, c.Code, c.Course, c.Unit, c.Day}, Units: []string{x.Unit}, People: []ident.ID{x.Person}, How: "test"}
	if x.complete(course) {
		e.Trained = e.People
		if err := s.certify(ctx, tx, now, c, course, []Seat{x}); err != nil {
			return err
		}
	}
	if err := outbox.Write(ctx, tx, now, e); err != nil {
		return err
	}
	return s.prove(ctx, tx, who, now, x.Unit)
}

// Feedback is what somebody thought of a class, 1 to 5.
type Feedback struct {
	bun.BaseModel `bun:"table:training_feedback,alias:fb"`
	Seat          ident.ID  `bun:"seat,pk"`
	Class         ident.ID  `bun:"class"`
	Score         int64     `bun:"score"`
	Remark        string    `bun:"remark"`
	At            time.Time `bun:"at"`
}

// Say keeps what somebody who attended thinks of the class; saying it again replaces it.
func (s *Service) Say(ctx context.Context, seat ident.ID, score int64, remark string) error {
	remark = strings.TrimSpace(remark)
	var k fault.Check
	k.Need(score >= 1 && score <= 5, "score", "training.feedback.score_needed")
	k.Need(utf8.RuneCountInString(remark) <= longestNote, "remark", "training.note_long", "limit", longestNote)
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var x Seat
		if err := tx.NewSelect().Model(&x).Where("ts.id = ?", seat).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if x.State != Attended {
			return fault.New(fault.Conflict, "training.test.not_attended")
		}
		f := Feedback{Seat: x.ID, Class: x.Class, Score: score, Remark: remark, At: s.now()}
		_, err := tx.NewInsert().Model(&f).On("CONFLICT (seat) DO UPDATE").Set("score = EXCLUDED.score").Set("remark = EXCLUDED.remark").Set("at = EXCLUDED.at").Exec(ctx)
		return db.Sorted(err)
	})
}
