package office

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Outcome is what a letter brought.
type Outcome string

// The outcomes.
const (
	Confirms Outcome = "confirms" // what was asked is so
	Denies   Outcome = "denies"   // it is not so
	Silent   Outcome = "silent"   // no reply for 20 days: a sworn statement stands in
	Dropped  Outcome = "dropped"  // the dossier ended before the reply
)

// Outcomes are those that an officer can record.
var Outcomes = []Outcome{Confirms, Denies, Silent}

// Letter is one request to another authority to verify something.
type Letter struct {
	bun.BaseModel `bun:"table:dossier_letter,alias:le"`
	ID            ident.ID  `bun:"id,pk"`
	Dossier       ident.ID  `bun:"dossier"`
	Addressee     string    `bun:"addressee"`
	About         string    `bun:"about"`
	SentAt        time.Time `bun:"sent_at"`
	SentBy        ident.ID  `bun:"sent_by"`
	RepliedAt     time.Time `bun:"replied_at,nullzero"`
	Outcome       Outcome   `bun:"outcome"`
	Reply         string    `bun:"reply"`
}

// Open tells whether the reply is still awaited.
func (l Letter) Open() bool { return l.RepliedAt.IsZero() }

// LettersOf are the letters of a dossier, oldest first.
func (s *Service) LettersOf(ctx context.Context, q bun.IDB, id ident.ID) ([]Letter, error) {
	var all []Letter
	err := q.NewSelect().Model(&all).Where("le.dossier = ?", id).Order("le.sent_at", "le.id").Scan(ctx)
	return all, db.Sorted(err)
}

// letterKeep is kept with the step that the letter belongs to.
type letterKeep struct {
	Letter  ident.ID `json:"letter"`
	Outcome Outcome  `json:"outcome,omitempty"`
}

// Write sends letters, one to each addressee. The first one stops the clock; others go out
// while it stands.
func (s *Service) Write(ctx context.Context, who access.Actor, id ident.ID, ver int64, about string, to ...string) (dossier.Dossier, error) {
	about = tidy(about)
	var k fault.Check
	k.Need(about != "", "said", "dossier.reason_needed")
	k.Need(len(to) > 0, "to", "office.letter.to_needed")
	k.Need(len(to) <= mostItems, "to", "office.items_many", "n", mostItems)
	for i := range to {
		to[i] = tidy(to[i])
		k.Need(to[i] != "" && utf8.RuneCountInString(to[i]) <= longestItem, "to", "office.item_long", "n", longestItem)
	}
	if err := k.Err(); err != nil {
		return dossier.Dossier{}, err
	}
	var d dossier.Dossier
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if d, err = s.DossierIn(ctx, tx, who, dossier.Examine, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		for _, one := range to {
			l := Letter{ID: ident.New(s.Now()), Dossier: id, Addressee: one, About: about, SentAt: s.Now(), SentBy: who.ID}
			if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
				if db.Duplicate(err) {
					return fault.New(fault.Conflict, "office.letter.already", "to", one)
				}
				return db.Sorted(err)
			}
			act := dossier.AskVerify
			if d.Waiting == dossier.ForVerification {
				act = dossier.Note
			}
			if d, err = s.DoIn(ctx, tx, who, id, ver, dossier.Move{Act: act, Said: about + " – " + one, Data: letterKeep{Letter: l.ID}}); err != nil {
				return err
			}
			ver = 0
		}
		return nil
	})
	return d, err
}

// Answer is a reply as it came, or that none came.
type Answer struct {
	Letter  ident.ID
	Outcome Outcome
	Reply   string
	At      time.Time // when it arrived; zero is now
}

// Replied records a reply. The last one lets the clock run again. Silence counts from the
// twentieth day on.
func (s *Service) Replied(ctx context.Context, who access.Actor, id ident.ID, ver int64, a Answer) (dossier.Dossier, error) {
	a.Reply = tidy(a.Reply)
	var k fault.Check
	k.Need(a.Outcome == Confirms || a.Outcome == Denies || a.Outcome == Silent, "outcome", "office.letter.outcome_needed")
	k.Need(a.Reply != "" && utf8.RuneCountInString(a.Reply) <= dossier.MostSaid, "said", "office.letter.reply_needed")
	if err := k.Err(); err != nil {
		return dossier.Dossier{}, err
	}
	var d dossier.Dossier
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.DossierIn(ctx, tx, who, dossier.Examine, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		var l Letter
		if err := tx.NewSelect().Model(&l).Where("le.id = ?", a.Letter).Where("le.dossier = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		at := s.at(dossier.Move{At: a.At})
		switch {
		case !l.Open():
			return fault.New(fault.Conflict, "office.letter.replied")
		case at.Before(l.SentAt):
			return fault.New(fault.Invalid, "office.letter.before_sent")
		case a.Outcome == Silent && at.Before(l.SentAt.AddDate(0, 0, SilentDays)):
			return fault.New(fault.Conflict, "office.letter.too_early", "n", SilentDays)
		}
		l.RepliedAt, l.Outcome, l.Reply = at, a.Outcome, a.Reply
		if _, err := tx.NewUpdate().Model(&l).Column("replied_at", "outcome", "reply").WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		open, err := s.waitingFor(ctx, tx, id)
		if err != nil {
			return err
		}
		act := dossier.Verified
		if open > 0 {
			act = dossier.Note
		}
		d, err = s.DoIn(ctx, tx, who, id, ver, dossier.Move{Act: act, Said: l.Addressee + ": " + a.Reply, At: at, Data: letterKeep{l.ID, a.Outcome}})
		return err
	})
	return d, err
}

func (s *Service) waitingFor(ctx context.Context, tx *db.Tx, id ident.ID) (int64, error) {
	n, err := tx.NewSelect().Model((*Letter)(nil)).Where("le.dossier = ?", id).Where("le.replied_at IS NULL").Count(ctx)
	return n, db.Sorted(err)
}

// hasLetter: the clock stops for a letter that exists, not for a word.
func (s *Service) hasLetter(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, _ dossier.Move) error {
	n, err := s.waitingFor(ctx, tx, d.ID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "office.letter.none")
	}
	return err
}

// allReplied: it runs again when the last reply is there.
func (s *Service) allReplied(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, _ dossier.Move) error {
	n, err := s.waitingFor(ctx, tx, d.ID)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "office.letter.waiting", "n", n)
	}
	return err
}

// closeLetters drops what is still awaited when a dossier ends.
func (s *Service) closeLetters(ctx context.Context, tx *db.Tx, before, d dossier.Dossier, st dossier.Step) error {
	if !before.Open || d.Open {
		return nil
	}
	_, err := tx.NewUpdate().Model((*Letter)(nil)).Set("replied_at = ?", st.At).Set("outcome = ?", Dropped).Where("dossier = ?", d.ID).Where("replied_at IS NULL").Exec(ctx)
	return db.Sorted(err)
}
