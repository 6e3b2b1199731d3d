package office

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// Missing is what a completion is asked for: the whole list, because it is asked once.
type Missing struct {
	Items []string `json:"items"`
	Basis string   `json:"basis,omitempty"`
}

// Handout is the data of Return: who received the result and by what was known.
type Handout struct {
	Receiver string `json:"receiver"`
	Identity string `json:"identity"` // what was shown: kind and number
	Relation string `json:"relation,omitempty"`
	How      string `json:"how"` // counter, post, online
	Signed   bool   `json:"signed,omitempty"`
}

// Fee is the data of AskFee and Paid, in đồng. Exempt is why nothing is due.
type Fee struct {
	Amount int64  `json:"amount"`
	Exempt string `json:"exempt,omitempty"`
	Number string `json:"number,omitempty"` // of the receipt
}

// The bounds of lists and texts.
const (
	mostItems   = 30
	longestItem = 400
	askWithin   = 3 // working days in which a completion may be asked for (Decree 61/2018/NĐ-CP, art. 11)
)

// bookUnsigned is the first day from which nobody signs the register at hand-out (Decree
// 120/2025/NĐ-CP, art. 5.2).
const bookUnsigned = "2025-07-01"

// signedBooks are the registers that were signed at hand-out before that day.
var signedBooks = []string{"ks", "kt", "kh", "cmc", "gh"}

func (s *Service) guards() {
	s.Guard(dossier.AskSupplement, s.mayAsk)
	s.Guard(dossier.Reappoint, s.mayReappoint)
	s.Guard(dossier.Accept, s.mayAccept)
	s.Guard(dossier.Accept, s.noHardTwin)
	s.Guard(dossier.Enter, s.noOpenTwin)
	s.Guard(dossier.AskVerify, s.hasLetter)
	s.Guard(dossier.Verified, s.allReplied)
	s.Guard(dossier.Return, s.mayReturn)
	s.Guard(dossier.AskFee, feeNamed)
	s.Guard(dossier.Amend, s.mayAmend)
	s.Guard(dossier.Stop, s.mayStop)
}

func tidy(text string) string { return strings.Join(strings.Fields(fold.NFC(text)), " ") }

// mayAsk: within three working days since it was received, naming what is missing.
func (s *Service) mayAsk(ctx context.Context, _ *db.Tx, _ access.Actor, d dossier.Dossier, m dossier.Move) error {
	what, ok := m.Data.(Missing)
	var k fault.Check
	k.Need(ok && len(what.Items) > 0, "items", "office.items_needed")
	k.Need(len(what.Items) <= mostItems, "items", "office.items_many", "n", mostItems)
	for _, item := range what.Items {
		k.Need(item != "" && utf8.RuneCountInString(item) <= longestItem, "items", "office.item_long", "n", longestItem)
	}
	if err := k.Err(); err != nil {
		return err
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return err
	}
	since := d.SubmittedAt
	if !d.AcceptedAt.IsZero() {
		since = d.AcceptedAt
	}
	last, known := nthAfter(cal, cal.Today(since), askWithin)
	if known && cal.Today(s.at(m)) > last {
		return fault.New(fault.Conflict, "office.ask_late", "day", last.String())
	}
	return nil
}

func (s *Service) at(m dossier.Move) time.Time {
	if now := s.Now(); m.At.IsZero() || m.At.After(now) {
		return now
	}
	return m.At
}

// mayReappoint: to the closing of a working day that is still to come. On the last working
// day before the due moment at the latest the due moment moves with it (R12); later the
// apology is owed all the same and moves nothing (dossier.NewDate).
func (s *Service) mayReappoint(ctx context.Context, _ *db.Tx, _ access.Actor, d dossier.Dossier, m dossier.Move) error {
	if d.DueAt.IsZero() {
		return fault.New(fault.Conflict, "office.apology.no_due")
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(m.Until.After(d.DueAt), "until", "office.apology.later", "at", d.DueAt)
	k.Need(m.Until.After(s.at(m)), "until", "office.apology.ahead")
	if at, ok := closing(cal, cal.Today(m.Until)); !m.Until.IsZero() {
		k.Need(ok && at.Equal(m.Until), "until", "office.apology.working_day")
	}
	return k.Err()
}

// mayStop: a dossier is refused within its term. Once that has passed the applicant is owed
// an apology first, late as it is; then it can still be refused.
func (s *Service) mayStop(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, m dossier.Move) error {
	if d.DueAt.IsZero() || !s.at(m).After(d.DueAt) {
		return nil
	}
	sorry, err := tx.NewSelect().Model((*dossier.Step)(nil)).Where("ds.dossier = ?", d.ID).Where("ds.act = ?", dossier.Reappoint).Exists(ctx)
	if err == nil && !sorry {
		return fault.New(fault.Conflict, "office.refuse_late", "at", d.DueAt)
	}
	return db.Sorted(err)
}

// mayAccept: every paper that must be submitted is there.
func (s *Service) mayAccept(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, _ dossier.Move) error {
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return err
	}
	docs, err := s.DocumentsOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	var k fault.Check
	for _, doc := range docs {
		if doc.State == present || doc.Shown {
			continue
		}
		for _, want := range def.Documents {
			if want.Key == doc.Key && !want.Optional && !want.Show {
				k.Need(false, "documents", "office.document_missing", "name", want.Name.VI)
			}
		}
	}
	return k.Err()
}

// mayReturn: somebody received it and was known; the register was signed where the law of
// the day of acceptance wanted it.
func (s *Service) mayReturn(ctx context.Context, _ *db.Tx, _ access.Actor, d dossier.Dossier, m dossier.Move) error {
	what, ok := m.Data.(Handout)
	if !ok {
		return fault.New(fault.Invalid, "office.return.receiver_needed")
	}
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(tidy(what.Receiver) != "" && utf8.RuneCountInString(what.Receiver) <= longestItem, "receiver", "office.return.receiver_needed")
	k.Need(slices.Contains(Ways, what.How), "how", "office.return.how_needed")
	k.Need(what.How != "counter" || tidy(what.Identity) != "", "identity", "office.return.identity_needed")
	k.Need(what.How != "counter" || what.Signed || !signsBook(d, def), "signed", "office.return.sign_needed")
	return k.Err()
}

// Ways are how a result is received.
var Ways = []string{"counter", "post", "online"}

func signsBook(d dossier.Dossier, def definition) bool {
	return clock.Date(d.AcceptedAt) < bookUnsigned && slices.Contains(signedBooks, def.Book())
}

// feeNamed: an amount is asked for.
func feeNamed(_ context.Context, _ *db.Tx, _ access.Actor, _ dossier.Dossier, m dossier.Move) error {
	f, ok := m.Data.(Fee)
	var k fault.Check
	k.Need(ok && f.Amount > 0, "amount", "office.fee.amount_needed")
	k.Need(f.Amount <= 100_000_000, "amount", "office.fee.amount_much")
	return k.Err()
}
