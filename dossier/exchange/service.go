package exchange

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/wire"
)

// The offices, by the code of their partner row.
const (
	Residence  = "residence"
	Insurance  = "insurance"
	Ministry   = "ministry"
	Population = "population"
	Portal     = "portal"
)

// Offices are all of them, in the order in which they are shown.
var Offices = []string{Residence, Insurance, Ministry, Population, Portal}

// Deps is what the room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Machine   clock.Clock
	Dossiers  *dossier.Service
	Calendars deadline.Calendars
	Calendar  string
	Words     *i18n.Catalog
	Log       *slog.Logger
	BaseURL   string
	Line      post.Line
	Key       signed.Key // encrypts the secrets of offices in the store
	OldKey    signed.Key // under which they may still lie; empty for none
	// CheckAddress refuses an endpoint that may not be reached.
	CheckAddress func(endpoint string) error
	// Entry reads an entry of a register as it stood after a fact; "" is as it was written.
	Entry func(ctx context.Context, tx *db.Tx, entry, fact ident.ID) (Entry, error)
}

// Service is the room.
type Service struct {
	Deps
	Post *post.Service
}

// machine acts when an office has answered.
var machine = access.System("exchange")

// New is the room over its neighbours, listening to what happens to dossiers.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Deps: d}
	s.Post = post.New(post.Deps{DB: d.DB, Machine: d.Machine, Business: d.Business, Log: d.Log, Line: d.Line, Key: d.Key, OldKey: d.OldKey, Source: d.BaseURL + "/exchange",
		Term: s.term, Failed: s.failed, Mended: s.mended})
	s.Post.On(wire.CaseReceived, s.caseReceived)
	s.Post.On(wire.CaseCompletion, s.caseAsked)
	s.Post.On(wire.CaseRejected, s.caseRejected)
	s.Post.On(wire.CaseDone, s.caseDone)
	s.Post.On(wire.PIDIssued, s.pidIssued)
	s.Post.On(wire.SubmissionForwarded, s.submitted)
	d.Dossiers.OnMove(s.moved)
	return s
}

// term is a moment some working minutes after another.
func (s *Service) term(ctx context.Context, from time.Time, minutes int64) (time.Time, error) {
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	due, err := cal.AddMinutes(from, minutes)
	return due.At.UTC(), err
}

// Seed puts in the offices that there are, switched off, where they are missing, and seals
// secrets that a former version kept as they were typed.
func (s *Service) Seed(ctx context.Context) error {
	rows := make([]post.Partner, len(Offices))
	for i, code := range Offices {
		rows[i] = post.Partner{Code: code, Mode: post.Off, Pull: code == Portal, ReceivedMinutes: 4 * 60, ResultMinutes: resultMinutes[code], Ver: 1}
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (code) DO NOTHING").Exec(ctx)
		return db.Sorted(err)
	})
	if err != nil {
		return err
	}
	return s.Post.SealAll(ctx)
}

// resultMinutes is in how much working time each office ought to answer for good, until an
// administrator says otherwise: days of eight hours.
var resultMinutes = map[string]int64{Residence: 15 * 480, Insurance: 10 * 480, Ministry: 480, Population: 240, Portal: 480}

// Signal is the event that a matter with another office needs a person, or is over: the
// help desk opens a ticket by its rule.
type Signal struct {
	Kind    string    `json:"kind"`
	Thing   string    `json:"subject"`
	Unit    string    `json:"unit"`
	Since   time.Time `json:"since"`
	Ended   bool      `json:"ended,omitempty"`
	Details string    `json:"details,omitempty"`
}

// Topic is the event's name.
func (Signal) Topic() string { return "dossier.exchange.failed" }

// Subject is the office.
func (g Signal) Subject() string { return "exchange:" + g.Thing }

// signal tells of an office by its name; the codes of dossiers name nobody.
func (s *Service) signal(ctx context.Context, tx *db.Tx, m post.Message, ended bool) error {
	t, now := s.Words.In(i18n.VI), s.Business.Now()
	g := Signal{Kind: "failed_exchange", Thing: t.Say("exchange.office." + m.Partner), Unit: m.Unit, Since: now, Ended: ended}
	if !ended {
		g.Details = t.Say("exchange.ticket", "code", m.Dossier, "link", s.BaseURL+home+"/messages/"+string(m.ID))
	}
	return outbox.Write(ctx, tx, now, g)
}

func (s *Service) failed(ctx context.Context, tx *db.Tx, m post.Message) error {
	return s.signal(ctx, tx, m, false)
}

func (s *Service) mended(ctx context.Context, tx *db.Tx, m post.Message) error {
	return s.signal(ctx, tx, m, true)
}

// Tend is a whole round: fetch from and send to every office, and what Settle does. What
// goes wrong with one keeps back nothing of the others.
func (s *Service) Tend(ctx context.Context) error {
	return errors.Join(s.Post.Run(ctx), s.Settle(ctx))
}

// Settle takes up what was parked and tells what is overdue.
func (s *Service) Settle(ctx context.Context) error {
	_, err := s.Post.Alarm(ctx)
	return errors.Join(s.Post.Unpark(ctx), err)
}
