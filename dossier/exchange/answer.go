package exchange

import (
	"context"
	"encoding/json"
	"strings"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/wire"
)

// mostAnswer is the longest answer to an office, in characters.
const mostAnswer = 2000

// legIn is a leg of a dossier that the officer may work on, locked.
func (s *Service) legIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, kind string) (dossier.Dossier, dossier.Leg, error) {
	d, err := s.Dossiers.DossierIn(ctx, tx, who, dossier.Read, id, db.ForUpdate(tx))
	if err != nil {
		return d, dossier.Leg{}, err
	}
	if !who.Covers(dossier.Receive, d.Unit) && !who.Covers(dossier.Examine, d.Unit) {
		return d, dossier.Leg{}, fault.New(fault.Denied, "fault.denied")
	}
	var leg dossier.Leg
	err = tx.NewSelect().Model(&leg).Where("dl.dossier = ?", id).Where("dl.kind = ?", kind).Apply(db.ForUpdate(tx)).Scan(ctx)
	return d, leg, db.Sorted(err)
}

// works refuses whoever works on no dossier, before anything is said of a form.
func works(who access.Actor) error {
	if who.May(dossier.Receive) {
		return nil
	}
	return who.Need(dossier.Examine)
}

// Answer answers what an office asked for about a leg.
func (s *Service) Answer(ctx context.Context, who access.Actor, id ident.ID, kind string, ver int64, answer string) error {
	answer = strings.TrimSpace(fold.NFC(answer))
	var k fault.Check
	k.Need(answer != "", "answer", "exchange.answer_needed")
	k.Need(len([]rune(answer)) <= mostAnswer, "answer", "exchange.answer_long", "max", mostAnswer)
	if err := works(who); err != nil {
		return err
	}
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, leg, err := s.legIn(ctx, tx, who, id, kind)
		switch {
		case err != nil:
			return err
		case leg.State != dossier.LegIncomplete:
			return fault.New(fault.Conflict, "exchange.nothing_asked")
		case leg.Ver != ver:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		r, ok := requests[kind]
		if !ok {
			return fault.New(fault.Conflict, "exchange.no_office")
		}
		revision, err := tx.NewSelect().Model((*post.Message)(nil)).Where("xm.partner = ?", r.office).Where("xm.dossier = ?", d.Code).Where("xm.type = ?", wire.CompletionAnswered).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		n := revision + 1
		_, err = s.Post.Write(ctx, tx, post.Letter{Partner: r.office, Dossier: d.Code, Ref: d.ID, Unit: d.Unit, Leg: kind, Type: wire.CompletionAnswered, Revision: n,
			Data: wire.Answer{Dossier: d.Code, Leg: kind, Revision: n, Unit: d.Unit, CaseNo: leg.CaseNo, Answer: answer}, Expects: post.Arrival})
		if err != nil {
			return err
		}
		leg.State, leg.Reason = dossier.LegAccepted, ""
		if err := s.save(ctx, tx, leg); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.exchange.answered", string(d.ID), map[string][2]any{"leg": {nil, kind}}, trail.At(d.Unit))
	})
}

// OnPaper is the end of a leg that came to the counter on paper.
type OnPaper struct {
	Done     bool
	ResultNo string
	ResultOn string // 2016-11-10
	Reason   string // of a rejection
}

// Record writes down the end of a leg that an office told on paper.
func (s *Service) Record(ctx context.Context, who access.Actor, id ident.ID, kind string, ver int64, f OnPaper) error {
	if err := works(who); err != nil {
		return err
	}
	f.ResultNo, f.Reason = strings.TrimSpace(fold.NFC(f.ResultNo)), strings.TrimSpace(fold.NFC(f.Reason))
	at, derr := clock.ParseDate(f.ResultOn)
	var k fault.Check
	k.Need(!f.Done || f.ResultNo != "" && len([]rune(f.ResultNo)) <= 100, "result_no", "exchange.result_needed")
	k.Need(!f.Done || derr == nil && !at.After(s.Business.Now()), "result_on", "exchange.result_on_needed")
	k.Need(f.Done || f.Reason != "" && len([]rune(f.Reason)) <= mostAnswer, "reason", "exchange.reason_needed")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, leg, err := s.legIn(ctx, tx, who, id, kind)
		switch {
		case err != nil:
			return err
		case leg.State.Over():
			return fault.New(fault.Conflict, "exchange.leg_over")
		case leg.Ver != ver:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		leg.State, leg.Reason = dossier.LegRejected, f.Reason
		if f.Done {
			leg.State, leg.ResultNo, leg.ResultAt, leg.Reason = dossier.LegDone, f.ResultNo, at, ""
		}
		if err := s.save(ctx, tx, leg); err != nil {
			return err
		}
		if err := s.ended(ctx, tx, d, leg); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.exchange.recorded", string(d.ID), map[string][2]any{"leg": {nil, kind}, "done": {nil, f.Done}}, trail.At(d.Unit))
	})
}

// talk is the conversation about a dossier, oldest first: two queries.
func (s *Service) talk(ctx context.Context, id ident.ID) ([]post.Message, []post.In, error) {
	var out []post.Message
	if err := s.DB.Read().NewSelect().Model(&out).Where("xm.ref = ?", id).Where("xm.partner <> ?", Portal).Order("xm.id").Limit(100).Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	var in []post.In
	err := s.DB.Read().NewSelect().Model(&in).Where("xi.ref = ?", id).Order("xi.id").Limit(100).Scan(ctx)
	return out, in, db.Sorted(err)
}

// said is what a message from an office says in its own words.
func said(in post.In) wire.Reply {
	e, err := wire.Read([]byte(in.Body))
	if err != nil {
		return wire.Reply{}
	}
	var r wire.Reply
	if json.Unmarshal(e.Data, &r) != nil {
		return wire.Reply{}
	}
	return r
}

// answerOf is what we answered an office, in our own words.
func answerOf(m post.Message) string {
	var a wire.Answer
	if json.Unmarshal([]byte(m.Data), &a) != nil {
		return ""
	}
	return a.Answer
}
