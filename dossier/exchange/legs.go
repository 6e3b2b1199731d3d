package exchange

import (
	"context"
	"slices"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

// request is what is asked of an office for a kind of leg; kinds without one are carried
// by a person.
var requests = map[string]struct{ office, kind string }{
	"residence": {Residence, wire.ResidenceRequested},
	"insurance": {Insurance, wire.InsuranceRequested},
}

// moved takes part in every act: it tells the portal, the ministry and the citizen, and
// starts what other offices do, as the last deed.
func (s *Service) moved(ctx context.Context, tx *db.Tx, before, after dossier.Dossier, st dossier.Step) error {
	if after.Practice {
		return nil
	}
	if err := s.tellPortal(ctx, tx, before, after); err != nil {
		return err
	}
	if err := s.tellCitizen(ctx, tx, after, st); err != nil {
		return err
	}
	if st.Act == dossier.Enter {
		if err := s.tellMinistry(ctx, tx, after); err != nil {
			return err
		}
	}
	if after.Status != dossier.InWork || after.Waiting != dossier.ForNobody || !after.Open {
		return nil
	}
	def, err := s.Dossiers.Definition(ctx, after.Version)
	if err != nil {
		return err
	}
	switch step, _ := def.StepOf(after.Stage); step.Kind {
	case procedure.PID:
		return s.askPID(ctx, tx, after)
	case procedure.Deliver:
		return s.sendLegs(ctx, tx, after, def)
	}
	return nil
}

// tellMinistry sends the fact that was registered.
func (s *Service) tellMinistry(ctx context.Context, tx *db.Tx, d dossier.Dossier) error {
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return err
	}
	kind := map[string]string{"ks": wire.BirthRegistered, "kt": wire.DeathRegistered}[def.Book()]
	if kind == "" {
		return nil
	}
	revision, err := s.nextRevision(ctx, tx, d, def.Group)
	if err != nil {
		return err
	}
	return s.write(ctx, tx, d, Ministry, def.Group, kind, post.Result, revision)
}

// nextRevision counts what the ministry was told of one thing of a dossier: an entry, the
// entry that came after a void one, its corrections.
func (s *Service) nextRevision(ctx context.Context, tx *db.Tx, d dossier.Dossier, leg string) (n int64, err error) {
	err = tx.NewRaw("SELECT coalesce(max(revision), 0) + 1 FROM exchange_message WHERE partner = ? AND dossier = ? AND leg = ?", Ministry, d.Code, leg).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// write queues a message about a leg with the fields that its type has a use for.
func (s *Service) write(ctx context.Context, tx *db.Tx, d dossier.Dossier, office, leg, kind string, expects, revision int64) error {
	all, err := s.fields(ctx, tx, d)
	if err != nil {
		return err
	}
	f := only(all, kind)
	_, err = s.Post.Write(ctx, tx, post.Letter{Partner: office, Dossier: d.Code, Ref: d.ID, Unit: d.Unit, Leg: leg, Type: kind, Revision: revision,
		Data: wire.Case{Dossier: d.Code, Leg: leg, Revision: revision, Unit: d.Unit, Fields: f}, Fields: f, Expects: expects})
	return err
}

// only leaves the fields that a type has a use for.
func only(all wire.Fields, kind string) wire.Fields {
	f := wire.Fields{}
	for _, name := range wire.FieldsOf(kind) {
		if all[name] != "" {
			f[name] = all[name]
		}
	}
	return f
}

// sendLegs sends every leg of an interlinked dossier at once. Without legs the dossier goes
// on.
func (s *Service) sendLegs(ctx context.Context, tx *db.Tx, d dossier.Dossier, def procedure.Definition) error {
	if err := s.open(ctx, tx, d, def); err != nil {
		return err
	}
	legs, err := s.Dossiers.LegsOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	for _, leg := range legs {
		r, ok := requests[leg.Kind]
		if !ok || leg.State != dossier.LegWaiting {
			continue
		}
		if err := s.write(ctx, tx, d, r.office, leg.Kind, r.kind, post.Result, 1); err != nil {
			return err
		}
		leg.State = dossier.LegSent
		if err := s.save(ctx, tx, leg); err != nil {
			return err
		}
	}
	if d, err = s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.SendLegs}); err != nil || len(legs) > 0 {
		return err
	}
	_, err = s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.LegsDone})
	return err
}

// open makes the rows of the legs, each due after its own term.
func (s *Service) open(ctx context.Context, tx *db.Tx, d dossier.Dossier, def procedure.Definition) error {
	if len(def.Legs) == 0 {
		return nil
	}
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return err
	}
	chosen, err := s.chosen(ctx, tx, d, def)
	if err != nil || len(chosen) == 0 {
		return err
	}
	now := s.Business.Now()
	rows := make([]dossier.Leg, len(chosen))
	for i, leg := range chosen {
		due, err := term.Of(cal, leg.Term, term.History{Accepted: now})
		if err != nil {
			return err
		}
		rows[i] = dossier.Leg{ID: ident.New(now), Dossier: d.ID, Kind: leg.Kind, Partner: leg.Partner, State: dossier.LegWaiting, Open: true, ChangedAt: now, Ver: 1}
		if due.At.Year() > 1900 {
			rows[i].DueAt = due.At.UTC()
		}
	}
	_, err = tx.NewInsert().Model(&rows).On("CONFLICT (dossier, kind) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// chosen are the legs that the answers ask for.
func (s *Service) chosen(ctx context.Context, tx *db.Tx, d dossier.Dossier, def procedure.Definition) ([]procedure.Leg, error) {
	raw, err := s.Dossiers.AnswersOf(ctx, tx, d.ID)
	if err != nil {
		return nil, err
	}
	a, err := s.asked(ctx, d)
	if err != nil {
		return nil, err
	}
	answers := answersIn(raw)
	var out []procedure.Leg
	for _, leg := range def.Legs {
		wanted, err := form.Applies(a.form, leg.When, answers, a.seen)
		if err != nil {
			return nil, err
		}
		if wanted {
			out = append(out, leg)
		}
	}
	return out, nil
}

// save writes a leg that was read in this transaction.
func (s *Service) save(ctx context.Context, tx *db.Tx, leg dossier.Leg) error {
	ver := leg.Ver
	leg.Open, leg.ChangedAt, leg.Ver = !leg.State.Over(), s.Business.Now(), ver+1
	return db.Changed(tx.NewUpdate().Model(&leg).Where("id = ?", leg.ID).Where("ver = ?", ver).Exec(ctx))
}

// legOf is the leg that a message is about, locked, with its dossier; false for messages
// about no leg.
func (s *Service) legOf(ctx context.Context, tx *db.Tx, m *post.Message) (dossier.Leg, dossier.Dossier, bool, error) {
	var d dossier.Dossier
	if err := tx.NewSelect().Model(&d).Where("d.id = ?", m.Ref).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return dossier.Leg{}, d, false, db.Sorted(err)
	}
	var rows []dossier.Leg
	err := tx.NewSelect().Model(&rows).Where("dl.dossier = ?", m.Ref).Where("dl.kind = ?", m.Leg).Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return dossier.Leg{}, d, false, db.Sorted(err)
	}
	return rows[0], d, true, nil
}

// note keeps in the dossier's history what an office said; no name stands in it.
func (s *Service) note(ctx context.Context, tx *db.Tx, d dossier.Dossier, in post.Incoming, said string) error {
	_, err := s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.Note, Said: said,
		Data: map[string]string{"office": in.Partner, "type": in.Event.Type, "case_no": in.Reply.CaseNo}})
	return err
}

func (s *Service) caseReceived(ctx context.Context, tx *db.Tx, in post.Incoming) error {
	leg, _, ok, err := s.legOf(ctx, tx, in.Message)
	if err != nil || !ok || leg.State.Over() {
		return err
	}
	leg.CaseNo = in.Reply.CaseNo
	if leg.State == dossier.LegSent || leg.State == dossier.LegWaiting {
		leg.State = dossier.LegReceived
	}
	return s.save(ctx, tx, leg)
}

// caseAsked is a completion that an office asks for: two more working days, or what the
// procedure says.
func (s *Service) caseAsked(ctx context.Context, tx *db.Tx, in post.Incoming) error {
	leg, d, ok, err := s.legOf(ctx, tx, in.Message)
	if err != nil || !ok || leg.State.Over() {
		return err
	}
	leg.CaseNo, leg.State, leg.Reason = in.Reply.CaseNo, dossier.LegIncomplete, in.Reply.Wants
	if leg.DueAt, err = s.later(ctx, d, leg); err != nil {
		return err
	}
	if err := s.save(ctx, tx, leg); err != nil {
		return err
	}
	return s.note(ctx, tx, d, in, in.Reply.Wants)
}

// later is the due moment of a leg with the days that a completion adds.
func (s *Service) later(ctx context.Context, d dossier.Dossier, leg dossier.Leg) (time.Time, error) {
	if leg.DueAt.IsZero() {
		return leg.DueAt, nil
	}
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return leg.DueAt, err
	}
	more := 2
	if i := slices.IndexFunc(def.Legs, func(l procedure.Leg) bool { return l.Kind == leg.Kind }); i >= 0 && def.Legs[i].More > 0 {
		more = def.Legs[i].More
	}
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return leg.DueAt, err
	}
	due, err := cal.AddDays(leg.DueAt, more)
	return due.At.UTC(), err
}

func (s *Service) caseRejected(ctx context.Context, tx *db.Tx, in post.Incoming) error {
	return s.end(ctx, tx, in, func(leg *dossier.Leg) {
		leg.State, leg.Reason = dossier.LegRejected, in.Reply.Reason
	})
}

func (s *Service) caseDone(ctx context.Context, tx *db.Tx, in post.Incoming) error {
	return s.end(ctx, tx, in, func(leg *dossier.Leg) {
		leg.State, leg.ResultNo, leg.Reason = dossier.LegDone, in.Reply.ResultNo, ""
		leg.ResultAt = s.Business.Now()
		if at, err := clock.ParseDate(in.Reply.ResultOn); err == nil {
			leg.ResultAt = at
		}
	})
}

// end closes a leg; the last one lets the dossier go on.
func (s *Service) end(ctx context.Context, tx *db.Tx, in post.Incoming, how func(*dossier.Leg)) error {
	leg, d, ok, err := s.legOf(ctx, tx, in.Message)
	if err != nil || !ok {
		return err
	}
	if leg.State.Over() {
		return fault.New(fault.Conflict, "exchange.leg_over")
	}
	if in.Reply.CaseNo != "" {
		leg.CaseNo = in.Reply.CaseNo
	}
	how(&leg)
	if err := s.save(ctx, tx, leg); err != nil {
		return err
	}
	return s.ended(ctx, tx, d, leg)
}

// ended tells the citizen of a leg that is over, and hands the dossier on after the last.
func (s *Service) ended(ctx context.Context, tx *db.Tx, d dossier.Dossier, leg dossier.Leg) error {
	if err := s.tellLeg(ctx, tx, d, leg); err != nil {
		return err
	}
	open, err := tx.NewSelect().Model((*dossier.Leg)(nil)).Where("dl.dossier = ?", d.ID).Where("dl.open").Count(ctx)
	if err != nil || open > 0 || d.Waiting != dossier.ForPartner {
		return db.Sorted(err)
	}
	_, err = s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.LegsDone})
	return err
}
