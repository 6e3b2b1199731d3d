package ticket

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/trail"
)

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Dossiers *dossier.Service
	Key      signed.Key
	BaseURL  string // where the house is reached, for slips
}

// Service is the provisional tickets.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{d} }

// BlockSize is how many numbers one block holds: a day of the busiest counter.
const BlockSize = 50

// Block is numbers reserved for one counter: From to Until, both included.
type Block struct {
	bun.BaseModel `bun:"table:provisional_block,alias:tb"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	Counter       string    `bun:"counter"` // 01
	From          int64     `bun:"from_no"`
	Until         int64     `bun:"until_no"`
	Account       ident.ID  `bun:"account"`
	At            time.Time `bun:"at"`
}

// Number is how a number of the block is written: "TAM-00556-01-0001".
func (b Block) Number(n int64) string { return fmt.Sprintf("TAM-%s-%s-%04d", b.Unit, b.Counter, n) }

// Ticket is one that was taken in.
type Ticket struct {
	bun.BaseModel `bun:"table:provisional_ticket,alias:tk"`
	Number        string    `bun:"number,pk"`
	ID            ident.ID  `bun:"id"`
	Block         ident.ID  `bun:"block"`
	Unit          string    `bun:"unit"`
	Dossier       ident.ID  `bun:"dossier"`
	Code          string    `bun:"code"`
	WrittenAt     time.Time `bun:"written_at"`
	TakenAt       time.Time `bun:"taken_at"`
	Account       ident.ID  `bun:"account"`
}

var counterForm = regexp.MustCompile(`^[0-9]{2}$`)

// Reserve gives a counter of a unit its next block of numbers.
func (s *Service) Reserve(ctx context.Context, who access.Actor, unit, counter string) (Block, error) {
	if err := who.NeedAt(dossier.Receive, unit); err != nil {
		return Block{}, err
	}
	var k fault.Check
	k.Need(counterForm.MatchString(counter), "counter", "ticket.counter_form")
	if err := k.Err(); err != nil {
		return Block{}, err
	}
	now := s.Dossiers.Now()
	b := Block{ID: ident.New(now), Unit: unit, Counter: counter, Account: who.ID, At: now}
	return b, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewRaw("INSERT INTO provisional_counter (unit, counter, last) VALUES (?, ?, ?) ON CONFLICT (unit, counter) DO UPDATE SET last = provisional_counter.last + ? RETURNING last",
			unit, counter, BlockSize, BlockSize).Scan(ctx, &b.Until)
		if err != nil {
			return db.Sorted(err)
		}
		b.From = b.Until - BlockSize + 1
		if _, err := tx.NewInsert().Model(&b).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "dossier.tickets.reserved", string(b.ID), map[string][2]any{"from": {nil, b.From}, "until": {nil, b.Until}}, trail.At(unit))
	})
}

// block is a block within reach.
func (s *Service) block(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID) (Block, error) {
	if err := who.Need(dossier.Receive); err != nil {
		return Block{}, err
	}
	var b Block
	err := q.NewSelect().Model(&b).Where("tb.id = ?", id).Apply(who.Within(dossier.Receive, "tb.unit")).Scan(ctx)
	return b, db.Sorted(err)
}

// Sent is a ticket as a browser kept it.
type Sent struct {
	ID        ident.ID
	Block     ident.ID
	Number    int64
	Since     string    // the signed moment of the page that it was written on
	Written   time.Time // by our clock; brought within its bounds
	Procedure string
	dossier.Facts
	Note string
}

// since is the purpose of the signed moment of a page.
const since = "ticket.since"

// Since is the moment of a page, signed: a key whose first 48 bits are milliseconds.
func (s *Service) Since() string { return s.Key.Token(since, ident.New(s.Dossiers.Now())) }

// momentOf reads a signed moment.
func (s *Service) momentOf(token string) (time.Time, bool) {
	id, ok := s.Key.Read(since, token)
	if !ok {
		return time.Time{}, false
	}
	ms, err := strconv.ParseInt(strings.ReplaceAll(string(id), "-", "")[:12], 16, 64)
	return time.UnixMilli(ms).UTC(), err == nil
}

// within brings the moment on a ticket between that of its page and now.
func within(written, page, now time.Time) time.Time {
	switch {
	case written.After(now):
		return now
	case written.Before(page):
		return page
	}
	return written
}

func (t *Sent) check(b Block) error {
	t.Subject, t.Applicant, t.Note = tidy(t.Subject), tidy(t.Applicant), tidy(t.Note)
	var k fault.Check
	k.Need(len(t.ID) == 36, "id", "fault.missing")
	k.Need(t.Number >= b.From && t.Number <= b.Until, "number", "ticket.number_beyond", "from", b.From, "until", b.Until)
	k.Need(t.Procedure != "", "procedure", "ticket.procedure_needed")
	k.Need(t.Subject != "", "subject", "dossier.subject_needed")
	k.Need(t.Applicant != "", "applicant", "dossier.applicant_needed")
	if t.Born != "" {
		_, err := clock.ParseDate(t.Born)
		k.Need(err == nil, "born", "form.bad_day")
	}
	return k.Err()
}

func tidy(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }

// Take makes a dossier of a ticket and accepts it: official code, due moment counted from
// the moment on the ticket. The same ticket again is answered with what it became; its
// number on another ticket is a Conflict.
func (s *Service) Take(ctx context.Context, who access.Actor, t Sent) (Ticket, error) {
	b, err := s.block(ctx, s.DB.Read(), who, t.Block)
	if err != nil {
		return Ticket{}, err
	}
	page, ok := s.momentOf(t.Since)
	if !ok {
		return Ticket{}, fault.New(fault.Invalid, "ticket.page_unknown")
	}
	if err := t.check(b); err != nil {
		return Ticket{}, err
	}
	var out Ticket
	take := func(ctx context.Context, tx *db.Tx) error {
		var held Block // two windows that send the same ticket at the same moment go one behind the other
		if err := tx.NewSelect().Model(&held).Where("tb.id = ?", b.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var there []Ticket
		if err := tx.NewSelect().Model(&there).Where("tk.id = ? OR tk.number = ?", t.ID, b.Number(t.Number)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		for _, one := range there {
			if out = one; one.ID == t.ID {
				return nil
			}
		}
		if len(there) > 0 {
			return fault.New(fault.Conflict, "ticket.number_used", "number", b.Number(t.Number))
		}
		now := s.Dossiers.Now()
		out, err = s.accept(ctx, tx, who, b, t, within(t.Written.UTC(), page, now), now)
		return err
	}
	err = s.DB.InTx(ctx, take)
	return out, err
}

func (s *Service) accept(ctx context.Context, tx *db.Tx, who access.Actor, b Block, t Sent, written, now time.Time) (Ticket, error) {
	number := b.Number(t.Number)
	answers, err := json.Marshal(map[string]string{})
	if err != nil {
		return Ticket{}, err
	}
	d, err := s.Dossiers.SubmitIn(ctx, tx, who, dossier.Submission{Key: "ticket:" + string(t.ID), Procedure: t.Procedure, Unit: b.Unit, Channel: dossier.Offline, At: written, Facts: t.Facts, Answers: answers})
	if err != nil {
		return Ticket{}, err
	}
	d, err = s.Dossiers.DoIn(ctx, tx, who, d.ID, 0, dossier.Move{Act: dossier.Accept, At: written, Said: t.Note, Data: map[string]string{"ticket": number}})
	if err != nil {
		return Ticket{}, err
	}
	out := Ticket{Number: number, ID: t.ID, Block: b.ID, Unit: b.Unit, Dossier: d.ID, Code: d.Code, WrittenAt: written, TakenAt: now, Account: who.ID}
	if _, err := tx.NewInsert().Model(&out).Exec(ctx); err != nil {
		return out, db.Sorted(err)
	}
	return out, trail.Write(ctx, tx, now, who, "dossier.ticket.taken", string(d.ID), map[string][2]any{"number": {nil, number}, "code": {nil, d.Code}}, trail.At(b.Unit))
}

// Official is the official code that a provisional number became; Missing while it waits
// in a browser, or never was. It says nothing else, so anybody may ask.
func (s *Service) Official(ctx context.Context, number string) (string, error) {
	var t Ticket
	err := s.DB.Read().NewSelect().Model(&t).Where("tk.number = ?", strings.ToUpper(strings.TrimSpace(number))).Scan(ctx)
	return t.Code, db.Sorted(err)
}

// used is the highest number of a block that came back.
func (s *Service) used(ctx context.Context, b Block) (int64, error) {
	var last []string
	err := s.DB.Read().NewSelect().Model((*Ticket)(nil)).Column("number").Where("tk.block = ?", b.ID).Order("tk.number DESC").Limit(1).Scan(ctx, &last)
	if err != nil || len(last) == 0 {
		return b.From - 1, db.Sorted(err)
	}
	n, err := strconv.ParseInt(last[0][strings.LastIndexByte(last[0], '-')+1:], 10, 64)
	return n, err
}
