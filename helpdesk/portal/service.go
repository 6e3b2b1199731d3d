package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/otp"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
)

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Deps is what the portal stands on. Texting tells whether text messages can be sent;
// Rate is where a closed ticket is rated.
type Deps struct {
	DB                *db.DB
	Business, Machine clock.Clock
	Units             Units
	Desk              *helpdesk.Service
	Words             *i18n.Catalog
	Key               signed.Key
	Hotline           string
	Texting           func() bool
	Rate              func(ticket ident.ID) string
	// Answers are what is written for citizens that may answer the words of a report
	// already; nil has none.
	Answers func(ctx context.Context, words string) ([]Answer, error)
}

// Answer is an article that may say what a report asks.
type Answer struct{ Title, Lead, Href string }

// Service takes reports of citizens.
type Service struct{ Deps }

// New is the portal over its neighbours.
func New(d Deps) *Service { return &Service{d} }

const (
	// purpose is what the addresses of reports are for, and of the codes of tickets.
	purpose = "report"
	// source is how tickets of citizens say that they came.
	source = "citizen"
	// begun is how many reports one network address may begin in an hour.
	begun = 30
)

// who acts when a citizen does.
func who() access.Actor { return access.System("portal") }

// FollowCode is the code by which a ticket is followed.
func (s *Service) FollowCode(ticket ident.ID) string { return s.Key.Code(purpose, ticket) }

func hashed(address string) string {
	sum := sha256.Sum256([]byte("portal\x00" + address))
	return hex.EncodeToString(sum[:])
}

// Begin begins a report and gives the key of its pages.
func (s *Service) Begin(ctx context.Context, address string) (key string, err error) {
	if !s.Texting() {
		return "", fault.New(fault.Unavailable, "portal.closed")
	}
	now := s.Machine.Now()
	r := Report{ID: ident.New(now), At: now, Origin: hashed(address), Version: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Report)(nil)).Where("dr.origin = ?", r.Origin).Where("dr.at > ?", now.Add(-time.Hour)).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= begun {
			return fault.New(fault.TooMany, "portal.too_many")
		}
		_, err = tx.NewInsert().Model(&r).Exec(ctx)
		return db.Sorted(err)
	})
	return s.Key.Token(purpose, r.ID), err
}

// ByKey is the report that an address stands for. One that was not sent within a day
// is no more.
func (s *Service) ByKey(ctx context.Context, key string) (Report, error) {
	var r Report
	id, ok := s.Key.Read(purpose, key)
	if !ok {
		return r, fault.New(fault.Missing, "portal.gone")
	}
	err := db.Sorted(s.DB.Read().NewSelect().Model(&r).Where("dr.id = ?", id).Where("dr.at > ?", s.Machine.Now().Add(-life)).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		err = fault.New(fault.Missing, "portal.gone")
	}
	return r, err
}

// keep saves an answer: do changes the report, the version guards it.
func (s *Service) keep(ctx context.Context, r Report, do func(ctx context.Context, tx *db.Tx, r *Report) error) (Report, error) {
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var now Report
		if err := tx.NewSelect().Model(&now).Where("dr.id = ?", r.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if now.Ticket != "" {
			r = now
			return nil // it was sent meanwhile: the end is shown
		}
		if err := do(ctx, tx, &now); err != nil {
			return err
		}
		before := now.Version
		now.Version++
		r = now
		return db.Changed(tx.NewUpdate().Model(&now).ExcludeColumn("id", "at", "origin").Where("dr.id = ?", now.ID).Where("dr.version = ?", before).Exec(ctx))
	})
	return r, err
}

// Sit takes the answer to Place in: the code of a unit that was chosen, or its name.
// Where several answer to the name they are given back to choose from.
func (s *Service) Sit(ctx context.Context, r Report, chosen, typed string) (Report, []org.Hit, error) {
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return r, nil, err
	}
	unit, hits, refused := meant(tree, chosen, typed)
	r, err = s.keep(ctx, r, func(_ context.Context, _ *db.Tx, r *Report) error {
		r.Typed = fold.NFC(typed)
		if len([]rune(r.Typed)) > 100 {
			r.Typed = string([]rune(r.Typed)[:100])
		}
		if refused == nil {
			r.Unit = unit
		}
		return nil
	})
	if err != nil {
		return r, nil, err
	}
	return r, hits, refused
}

func meant(tree *org.Tree, chosen, typed string) (unit string, hits []org.Hit, err error) {
	if _, ok := tree.Unit(chosen); ok {
		return chosen, nil, nil
	}
	var k fault.Check
	hits = tree.Search(typed, 8)
	switch {
	case fold.Key(typed) == "":
		k.Need(false, "place", "portal.form.place")
	case len(hits) == 0:
		k.Need(false, "place", "portal.form.place_unknown")
	case len(hits) == 1 || fold.Key(hits[0].Place) == fold.Key(typed):
		return hits[0].Code, nil, nil
	default:
		k.Need(false, "unit", "portal.form.place_many")
	}
	return "", hits, k.Err()
}

// Answer takes the answer to Matter or Words in.
func (s *Service) Answer(ctx context.Context, r Report, step Step, typed string) (Report, error) {
	return s.keep(ctx, r, func(_ context.Context, _ *db.Tx, r *Report) error {
		if step == Matter {
			return r.about(typed)
		}
		return r.tell(typed)
	})
}

// Reach takes the telephone's number in and sends a code there, unless it is proved
// already.
func (s *Service) Reach(ctx context.Context, r Report, typed, address string, lang i18n.Lang) (Report, error) {
	return s.keep(ctx, r, func(ctx context.Context, tx *db.Tx, r *Report) error {
		if err := r.reach(typed); err != nil || r.VerifiedAt != nil {
			return err
		}
		return s.send(ctx, tx, r, address, lang)
	})
}

// Again sends another code to the same number.
func (s *Service) Again(ctx context.Context, r Report, address string, lang i18n.Lang) (Report, error) {
	return s.keep(ctx, r, func(ctx context.Context, tx *db.Tx, r *Report) error { return s.send(ctx, tx, r, address, lang) })
}

func (s *Service) send(ctx context.Context, tx *db.Tx, r *Report, address string, lang i18n.Lang) error {
	now := s.Machine.Now()
	id, secret, err := otp.Make(ctx, tx, now, otp.Ask{Purpose: purpose, Number: r.Number, From: address})
	if err != nil {
		return err
	}
	r.Code = id
	return notify.Write(ctx, tx, now, notify.Message{Phone: r.Number, Lang: lang, Template: "portal.notice.code", Unit: r.Unit,
		Args: []any{"code", secret, "minutes", int(otp.Life.Minutes())}, Critical: true, Private: true})
}

// Prove tries what was typed against the code that was sent.
func (s *Service) Prove(ctx context.Context, r Report, typed string) (Report, error) {
	var v otp.Verdict
	r, err := s.keep(ctx, r, func(ctx context.Context, tx *db.Tx, r *Report) (err error) {
		now := s.Machine.Now()
		if v, err = otp.Check(ctx, tx, now, r.Code, purpose, typed); err == nil && v.OK {
			r.VerifiedAt = &now
		}
		return err
	})
	if err != nil || r.Ticket != "" {
		return r, err
	}
	return r, v.Err("code")
}

// Send makes a ticket of the report, once however often it is pressed, and tells its
// number and code to the telephone.
func (s *Service) Send(ctx context.Context, r Report, lang i18n.Lang) (Report, error) {
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return r, err
	}
	return s.keep(ctx, r, func(ctx context.Context, tx *db.Tx, r *Report) error {
		if r.next() != Check {
			return fault.New(fault.Conflict, "portal.form.not_yet")
		}
		c, err := s.Desk.KnowIn(ctx, tx, who(), helpdesk.Contact{Unit: r.Unit}, helpdesk.Way{Kind: helpdesk.PhoneWay, Value: r.Number, Verified: true})
		if err != nil {
			return err
		}
		t, err := s.Desk.OpenIn(ctx, tx, ready, who(), helpdesk.Draft{Unit: r.Unit, Requester: c.ID, Title: s.Words.In(i18n.VI).Say("portal.title." + r.Matter),
			Body: r.Body, Service: matters[r.Matter], Impact: helpdesk.Least, Urgency: 2, Source: source, Channel: helpdesk.BySMS})
		if err != nil {
			return err
		}
		r.Ticket, r.Body, r.Typed = t.ID, "", "" // the ticket has it now
		return s.text(ctx, tx, *r, t, "portal.notice.opened", "opened "+string(t.ID), lang, true)
	})
}

// text sends a message about a ticket to the telephone of its report.
func (s *Service) text(ctx context.Context, tx *db.Tx, r Report, t helpdesk.Ticket, template, dedupe string, lang i18n.Lang, now bool) error {
	return notify.Write(ctx, tx, s.Machine.Now(), notify.Message{Phone: r.Number, Lang: lang, Template: template, Unit: r.Unit, Dedupe: "portal " + dedupe,
		Args: []any{"number", t.Number(), "code", s.FollowCode(t.ID)}, Link: followPath + "?phieu=" + t.Number(), Critical: now, Private: true})
}

// Sweep forgets what was typed and never sent.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Report)(nil)).Where("ticket = ''").Where("at < ?", s.Machine.Now().Add(-life)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		_, err = tx.NewRaw("DELETE FROM desk_try WHERE at < ?", s.Machine.Now().Add(-tried)).Exec(ctx)
		return db.Sorted(err)
	})
}
