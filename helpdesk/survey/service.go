package survey

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// People knows who leads the support of a unit.
type People interface {
	Leads(ctx context.Context, unit string) ([]ident.ID, error)
}

// Deps is what the survey stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    Units
	People   People
	Desk     *helpdesk.Service
	Key      signed.Key
}

// Service asks and counts.
type Service struct{ Deps }

// New is the survey over its neighbours.
func New(d Deps) *Service { return &Service{d} }

// purpose is what our links are for.
const purpose = "survey"

// Path is the address at which a ticket is rated without signing in.
func (s *Service) Path(ticket ident.ID) string { return ratePath + s.Key.Token(purpose, ticket) }

// Answered tells that somebody rated a ticket, or changed the rating.
type Answered struct {
	Ticket  ident.ID `json:"ticket"`
	Unit    string   `json:"unit"`
	Service string   `json:"service"`
	Score   int64    `json:"score"`
	Before  int64    `json:"before"` // 0 the first time
	Low     bool     `json:"low"`
}

// Topic is the event's name.
func (Answered) Topic() string { return "helpdesk.survey.answered" }

// Subject is the ticket.
func (a Answered) Subject() string { return string(a.Ticket) }

// Handlers are what the survey learns from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "survey.ask", Topic: "helpdesk.ticket.closed", Do: s.ask}}
}

// ask asks whoever asked for help, by the way they get their answers.
func (s *Service) ask(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var h helpdesk.Happened
	if err := e.Read(&h); err != nil {
		return err
	}
	var t helpdesk.Ticket
	if err := tx.NewSelect().Model(&t).Where("ti.id = ?", h.Ticket).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if t.AnsweredAt == nil || t.MergedInto != "" || t.Requester == "" || t.Source == "rule" {
		return nil
	}
	m := notify.Message{Account: t.Requester, Lang: i18n.VI, Template: "survey.notice.ask", Args: []any{"number", t.Number()},
		Link: s.Path(t.ID), Dedupe: "survey " + string(t.ID), Unit: t.Unit}
	ways, err := s.Desk.WaysOf(ctx, tx, t.Requester)
	if err != nil {
		return err
	}
	for _, w := range ways { // a contact has no account to tell
		switch {
		case w.Broken:
		case w.Kind == helpdesk.MailWay && t.Channel != helpdesk.BySMS && m.Address == "" && m.Phone == "":
			m.Account, m.Address = "", w.Value
		case w.Kind == helpdesk.PhoneWay && t.Channel != helpdesk.ByMail && m.Address == "" && m.Phone == "":
			m.Account, m.Phone = "", w.Value
		}
	}
	row := Rating{Ticket: t.ID, Unit: t.Unit, Service: string(t.Service), Requester: t.Requester, Way: string(t.Channel), AskedAt: e.At, Version: 1}
	res, err := tx.NewInsert().Model(&row).On("CONFLICT (ticket) DO NOTHING").Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return db.Sorted(err)
	}
	if err := notify.Write(ctx, tx, e.At, m); err != nil {
		return err
	}
	return figures.Add(ctx, tx, figures.Value{Name: FigureAsked, Unit: t.Unit, Dim: row.Service, Day: clock.Date(e.At), N: 1})
}

// ByToken is the rating that a link stands for, with the number of its ticket.
func (s *Service) ByToken(ctx context.Context, token string) (Rating, string, error) {
	id, ok := s.Key.Read(purpose, token)
	if !ok {
		return Rating{}, "", fault.New(fault.Missing, "fault.missing")
	}
	var r Rating
	if err := s.DB.Read().NewSelect().Model(&r).Where("sv.ticket = ?", id).Scan(ctx); err != nil {
		return r, "", db.Sorted(err)
	}
	var t helpdesk.Ticket
	err := s.DB.Read().NewSelect().Model(&t).Column("seq", "year").Where("ti.id = ?", id).Scan(ctx)
	return r, t.Number(), db.Sorted(err)
}

// Rate answers the question that a link stands for.
func (s *Service) Rate(ctx context.Context, token string, score int64, remark string) (Rating, error) {
	id, ok := s.Key.Read(purpose, token)
	if !ok {
		return Rating{}, fault.New(fault.Missing, "fault.missing")
	}
	leads, err := s.leads(ctx, id)
	if err != nil {
		return Rating{}, err
	}
	var r Rating
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err = s.rate(ctx, tx, id, score, remark, leads)
		return err
	})
	return r, err
}

func (s *Service) leads(ctx context.Context, ticket ident.ID) ([]ident.ID, error) {
	var unit string
	if err := s.DB.Read().NewSelect().Model((*Rating)(nil)).Column("unit").Where("sv.ticket = ?", ticket).Scan(ctx, &unit); err != nil {
		return nil, db.Sorted(err)
	}
	return s.People.Leads(ctx, unit)
}

// rate takes an answer in, counts it, and tells those who lead of a low one.
func (s *Service) rate(ctx context.Context, tx *db.Tx, ticket ident.ID, score int64, remark string, leads []ident.ID) (Rating, error) {
	var r Rating
	if err := tx.NewSelect().Model(&r).Where("sv.ticket = ?", ticket).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return r, db.Sorted(err)
	}
	now, before := s.Business.Now(), r
	if err := r.answer(now, score, remark); err != nil {
		return before, err
	}
	r.Version++
	err := db.Changed(tx.NewUpdate().Model(&r).Column("answered_at", "score", "remark", "version").
		Where("sv.ticket = ?", ticket).Where("sv.version = ?", before.Version).Exec(ctx))
	if err != nil {
		return r, err
	}
	if err := figures.Add(ctx, tx, append(before.counted(clock.Date, -1), r.counted(clock.Date, 1)...)...); err != nil {
		return r, err
	}
	if r.isLow() && !before.isLow() {
		if err := s.warn(ctx, tx, now, r, leads); err != nil {
			return r, err
		}
	}
	who := access.System("survey")
	if err := trail.Write(ctx, tx, now, who, "helpdesk.survey.answered", string(ticket), map[string][2]any{"score": {before.Score, r.Score}}, trail.At(r.Unit)); err != nil {
		return r, err
	}
	return r, outbox.Write(ctx, tx, now, Answered{ticket, r.Unit, r.Service, r.Score, before.Score, r.isLow()})
}

// warn tells those who lead of a low score, once for a ticket.
func (s *Service) warn(ctx context.Context, tx *db.Tx, now time.Time, r Rating, leads []ident.ID) error {
	var t helpdesk.Ticket
	if err := tx.NewSelect().Model(&t).Column("seq", "year").Where("ti.id = ?", r.Ticket).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var all []notify.Message
	for _, lead := range leads {
		all = append(all, notify.Message{Account: lead, Template: "survey.notice.low", Args: []any{"number", t.Number(), "score", r.Score},
			Link: "/tickets/" + string(r.Ticket), Dedupe: "survey low " + string(r.Ticket)})
	}
	return notify.Write(ctx, tx, now, all...)
}

// Take takes a text message in when it answers a question that its sender was asked;
// about is the ticket.
func (s *Service) Take(ctx context.Context, tx *db.Tx, in notify.In) (about string, took bool, err error) {
	score, ok := ReadScore(in.Body)
	if !ok {
		return "", false, nil
	}
	known, err := s.Desk.ContactsBy(ctx, tx, helpdesk.PhoneWay, in.Number)
	if err != nil || len(known) == 0 {
		return "", false, err
	}
	ids := make([]ident.ID, len(known))
	for i, c := range known {
		ids[i] = c.ID
	}
	var r Rating
	err = tx.NewSelect().Model(&r).Where("sv.requester IN (?)", bun.List(ids)).Where("sv.asked_at > ?", s.Business.Now().Add(-life)).
		Order("sv.asked_at DESC").Limit(1).Scan(ctx)
	if err := db.Sorted(err); fault.Is(err, fault.Missing) {
		return "", false, nil
	} else if err != nil {
		return "", false, err
	}
	if r.open(s.Business.Now()) != nil {
		return "", false, nil //nolint:nilerr // it can no longer be rated
	}
	leads, err := s.People.Leads(ctx, r.Unit)
	if err != nil {
		return "", false, err
	}
	_, err = s.rate(ctx, tx, r.Ticket, score, "", leads)
	return string(r.Ticket), err == nil, err
}
