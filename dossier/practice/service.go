package practice

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Dossiers *dossier.Service
}

// Service is the practice of officers.
type Service struct{ Deps }

// New is the room over its neighbours; Join makes it see who passes.
func New(d Deps) *Service { return &Service{d} }

// Join watches practice dossiers come to their end.
func (s *Service) Join() { s.Dossiers.OnMove(s.watch) }

// Run is a sample dossier that somebody had made.
type Run struct {
	bun.BaseModel `bun:"table:practice_run,alias:pr"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Account       ident.ID  `bun:"account"`
	Unit          string    `bun:"unit"`
	Procedure     string    `bun:"procedure"`
	At            time.Time `bun:"at"`
}

// Pass says that an officer did a procedure from one end to the other with colleagues.
type Pass struct {
	bun.BaseModel `bun:"table:practice_pass,alias:pp"`
	Account       ident.ID  `bun:"account,pk"`
	Procedure     string    `bun:"procedure,pk"`
	Name          string    `bun:"name"`
	Unit          string    `bun:"unit"`
	Dossier       ident.ID  `bun:"dossier"`
	At            time.Time `bun:"at"`
}

// officers are the rights of whoever may practise.
var officers = []access.Perm{dossier.Receive, dossier.Examine, dossier.Register, dossier.Sign}

// mostOpen is how many practice dossiers of a unit may be open at a time.
const mostOpen = 60

func mayPractise(who access.Actor, unit string) error {
	if slices.ContainsFunc(officers, func(p access.Perm) bool { return who.Covers(p, unit) }) {
		return nil
	}
	if !slices.ContainsFunc(officers, who.May) {
		return who.Need(dossier.Receive)
	}
	return fault.New(fault.Missing, "fault.missing")
}

// full tells whether a procedure has a form of its own and a result to give: only those
// are worth practising.
func full(d procedure.Definition) bool {
	var f form.Form
	return json.Unmarshal(d.Form, &f) == nil && len(f.Groups) > 0 && len(d.Results) > 0
}

// Offered are the procedures that can be practised now, by key.
func (s *Service) Offered(ctx context.Context) (map[string]procedure.Definition, error) {
	all, err := s.Dossiers.AllInForce(ctx, s.Dossiers.Now())
	if err != nil {
		return nil, err
	}
	out := map[string]procedure.Definition{}
	for _, v := range all {
		d, err := s.Dossiers.Definition(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		if full(d) {
			out[v.Procedure] = d
		}
	}
	return out, nil
}

// Start makes a sample dossier of each of these procedures for a unit; none named is all
// that are offered. They are filed as at the counter, for the officers to do the rest.
func (s *Service) Start(ctx context.Context, who access.Actor, unit string, which ...string) ([]Run, error) {
	if err := mayPractise(who, unit); err != nil {
		return nil, err
	}
	offered, err := s.Offered(ctx)
	if err != nil {
		return nil, err
	}
	if len(which) == 0 {
		for key := range offered {
			which = append(which, key)
		}
		slices.Sort(which)
	}
	now := s.Dossiers.Now()
	var made []Run
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		made = nil
		open, err := tx.NewSelect().Model((*dossier.Dossier)(nil)).Where("d.unit = ?", unit).Where("d.practice = TRUE").Where("d.open").Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if open+int64(len(which)) > mostOpen {
			return fault.New(fault.Conflict, "practice.too_many", "n", mostOpen)
		}
		for i, key := range which {
			def, ok := offered[key]
			if !ok {
				return fault.New(fault.Missing, "fault.missing")
			}
			r, err := s.file(ctx, tx, who, unit, key, def, i, now)
			if err != nil {
				return err
			}
			made = append(made, r)
		}
		return trail.Write(ctx, tx, now, who, "dossier.practice.started", unit, map[string][2]any{"dossiers": {nil, len(made)}}, trail.At(unit))
	})
	return made, err
}

func (s *Service) file(ctx context.Context, tx *db.Tx, who access.Actor, unit, key string, def procedure.Definition, seed int, now time.Time) (Run, error) {
	var f form.Form
	if err := json.Unmarshal(def.Form, &f); err != nil {
		return Run{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	a := sample(f, unit, seed, now)
	raw, err := json.Marshal(a)
	if err != nil {
		return Run{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	sub := dossier.Submission{Key: "practice:" + string(ident.New(now)), Procedure: key, Unit: unit, Channel: dossier.Counter, Practice: true, Helper: who.Name, Answers: raw,
		Facts: dossier.Facts{Subject: first(f.Of(form.Subject, a), people[seed%len(people)]), Born: f.Of(form.Born, a), Applicant: first(f.Of(form.Applicant, a), people[(seed+1)%len(people)])}}
	for _, doc := range def.Documents {
		if !doc.Optional {
			sub.Documents = append(sub.Documents, dossier.Document{Key: doc.Key, Shown: doc.Show, State: "present"})
		}
	}
	d, err := s.Dossiers.SubmitIn(ctx, tx, access.System("practice"), sub)
	if err != nil {
		return Run{}, err
	}
	r := Run{Dossier: d.ID, Account: who.ID, Unit: unit, Procedure: key, At: now}
	_, err = tx.NewInsert().Model(&r).Exec(ctx)
	return r, db.Sorted(err)
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// Done says that a practice dossier of a unit came from one end to the other.
type Done struct {
	ID        ident.ID `json:"id"`
	Unit      string   `json:"unit"`
	Procedure string   `json:"procedure"`
}

// Topic is the event's name.
func (Done) Topic() string { return "dossier.practice.done" }

// Subject is the unit.
func (d Done) Subject() string { return "unit:" + d.Unit }

// watch tells that a practice dossier came to its end, and passes everybody who did a step of a practice dossier when it is handed back.
func (s *Service) watch(ctx context.Context, tx *db.Tx, before, after dossier.Dossier, st dossier.Step) error {
	if !after.Practice || after.Status != dossier.Returned || before.Status == dossier.Returned {
		return nil
	}
	steps, err := s.Dossiers.StepsOf(ctx, tx, after.ID)
	if err != nil {
		return err
	}
	seen := map[ident.ID]bool{}
	for _, one := range steps {
		if one.Actor == "" || seen[one.Actor] || strings.HasPrefix(string(one.Actor), "system:") || one.Act == dossier.Note || one.Act == dossier.Assign {
			continue
		}
		seen[one.Actor] = true
		p := Pass{Account: one.Actor, Procedure: after.Procedure, Name: one.ActorName, Unit: after.Unit, Dossier: after.ID, At: st.At}
		if _, err := tx.NewInsert().Model(&p).On("CONFLICT (account, procedure) DO NOTHING").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return outbox.Write(ctx, tx, s.Dossiers.Now(), Done{ID: after.ID, Unit: after.Unit, Procedure: after.Procedure})
}

// Open are the practice dossiers of a unit that are not done, the newest first.
func (s *Service) Open(ctx context.Context, who access.Actor, unit string) ([]dossier.Dossier, error) {
	if err := mayPractise(who, unit); err != nil {
		return nil, err
	}
	var all []dossier.Dossier
	err := s.DB.Read().NewSelect().Model(&all).Where("d.unit = ?", unit).Where("d.practice = TRUE").Where("d.open").Order("d.id DESC").Limit(mostOpen).Scan(ctx)
	return all, db.Sorted(err)
}

// Passes are who of a unit passed what, the latest first.
func (s *Service) Passes(ctx context.Context, who access.Actor, unit string) ([]Pass, error) {
	if err := mayPractise(who, unit); err != nil {
		return nil, err
	}
	var all []Pass
	err := s.DB.Read().NewSelect().Model(&all).Where("pp.unit = ?", unit).Order("pp.at DESC", "pp.account", "pp.procedure").Limit(500).Scan(ctx)
	return all, db.Sorted(err)
}

// Done is when the first practice dossier of each unit came from one end to the other:
// evidence for a gate of the rollout. Units where none did are left out.
func (s *Service) Done(ctx context.Context, q bun.IDB, units []string) (map[string]time.Time, error) {
	var rows []Pass
	out := map[string]time.Time{}
	err := q.NewSelect().Model(&rows).Where("pp.unit IN (?)", bun.List(units)).Order("pp.unit", "pp.at").Scan(ctx)
	for _, p := range rows {
		if _, there := out[p.Unit]; !there {
			out[p.Unit] = p.At
		}
	}
	return out, db.Sorted(err)
}
