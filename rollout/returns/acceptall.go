package returns

import (
	"context"
	"strconv"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
)

// agrees tells whether every answer that the system has a number for says that number.
func (x Sheet) agrees() (bool, error) {
	a, err := x.Answers()
	if err != nil {
		return false, err
	}
	known, err := x.Known()
	if err != nil {
		return false, err
	}
	for key, n := range known {
		if said := a.Values[key]; said != "" && said != strconv.FormatInt(n, 10) {
			return false, nil
		}
	}
	return true, nil
}

// AcceptAgreeing accepts every commune's return of a round that waits for the actor's
// check and agrees with what the system knew when it was handed in; those that differ,
// and those that the actor handed in, are left to be looked at one by one. It tells how
// many of each.
func (s *Service) AcceptAgreeing(ctx context.Context, who access.Actor, round ident.ID) (accepted, left int, err error) {
	if err := who.Need(Check); err != nil {
		return 0, 0, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		accepted, left = 0, 0
		var waiting []Sheet
		err := tx.NewSelect().Model(&waiting).Where("rs.round = ?", round).Where("rs.level = ?", Commune).Where("rs.state = ?", HandedIn).
			Apply(who.Within(Check, "rs.unit"), db.ForUpdate(tx)).Order("rs.id").Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		agreeing, err := pick(who, waiting)
		if err != nil {
			return err
		}
		accepted, left = len(agreeing), len(waiting)-len(agreeing)
		return s.acceptIn(ctx, tx, who, agreeing)
	})
	return accepted, left, err
}

// pick is the sheets that the actor may accept unseen.
func pick(who access.Actor, waiting []Sheet) (agreeing []Sheet, err error) {
	for _, x := range waiting {
		same, err := x.agrees()
		if err != nil {
			return nil, err
		}
		if same && x.checkable(who) == nil {
			agreeing = append(agreeing, x)
		}
	}
	return agreeing, nil
}

func (s *Service) acceptIn(ctx context.Context, tx *db.Tx, who access.Actor, sheets []Sheet) error {
	if len(sheets) == 0 {
		return nil
	}
	now := s.Business.Now()
	notes, events, units := make([]rollout.Noted, len(sheets)), make([]outbox.Body, len(sheets)), make([]string, len(sheets))
	for i := range sheets {
		x := &sheets[i]
		x.State, x.CheckedAt, x.CheckedName, x.ChangedAt = Accepted, &now, who.Name, now
		notes[i] = rollout.Noted{Subject: x.ID, Line: i18n.L("returns.note.accepted")}
		events[i], units[i] = x.event(), x.Unit
	}
	if err := save(ctx, tx, sheets...); err != nil {
		return err
	}
	if err := rollout.NoteIn(ctx, tx, now, who, notes...); err != nil {
		return err
	}
	if err := outbox.WriteAll(ctx, tx, now, events...); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "rollout.return.accepted_agreeing", string(sheets[0].Round), map[string][2]any{"units": {nil, units}}, trail.At(who.Home))
}

// agreeingForm offers to accept what agrees, to who checks communes' returns while some wait.
func agreeingForm(c *httpx.Ctx, v RoundView) *ui.FormData {
	waiting := Sum(v.Rates, Commune).Waiting
	if !c.Who.May(Check) || waiting == 0 {
		return nil
	}
	return &ui.FormData{Action: v.Path() + "/accept", Submit: c.T.Say("returns.accept_agreeing", "n", waiting), Loose: true}
}

func (p *pages) acceptAgreeing(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	accepted, left, err := p.AcceptAgreeing(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tone := ui.Good
	if left > 0 {
		tone = ui.Warn
	}
	site.Flash(c, tone, c.T.Say("returns.accepted_agreeing", "n", accepted, "left", left))
	return c.See(home + "/rounds/" + string(key) + "/sheets?only=handed_in")
}
