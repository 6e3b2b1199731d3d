package office

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Desk is who must do something about an open dossier next.
type Desk string

// The desks.
const (
	Intake    Desk = "intake"    // filed, to be checked by the one-stop office
	OneStop   Desk = "onestop"   // with the one-stop office
	Officer   Desk = "officer"   // with the civil-status officer
	Leader    Desk = "leader"    // to be signed
	Citizen   Desk = "citizen"   // waits for the applicant
	Letters   Desk = "letters"   // waits for replies of other communes
	Authority Desk = "authority" // waits for another authority
	Handing   Desk = "return"    // finished, to be handed out
)

// Desks are all of them.
var Desks = []Desk{Intake, OneStop, Officer, Leader, Citizen, Letters, Authority, Handing}

// Key is the word of a desk.
func (d Desk) Key() i18n.Key { return i18n.Key("office.desk." + string(d)) }

// Task is an open dossier on its desk. RankAt orders the queue: the due moment, the moment
// by which a filed one must be checked, the far end while the clock stands.
type Task struct {
	bun.BaseModel `bun:"table:dossier_task,alias:t"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Unit          string    `bun:"unit"`
	Practice      bool      `bun:"practice"`
	Desk          Desk      `bun:"desk"`
	RankAt        time.Time `bun:"rank_at"`
	DueAt         time.Time `bun:"due_at,nullzero"`
	Handler       ident.ID  `bun:"handler"`
	Procedure     string    `bun:"procedure"`
	Since         time.Time `bun:"since"` // when it came to the desk
	Step          string    `bun:"step"`  // of ageing, the next one
	NextAt        time.Time `bun:"next_at,nullzero"`
}

// farEnd is where a dossier whose clock stands is ordered.
var farEnd = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// deskOf is the desk of an open dossier whose step has this kind.
func deskOf(d dossier.Dossier, kind procedure.StepKind) Desk {
	switch d.Waiting {
	case dossier.ForSupplement, dossier.ForConfirmation, dossier.ForFee:
		return Citizen
	case dossier.ForVerification:
		return Letters
	case dossier.ForPID, dossier.ForPartner:
		return Authority
	}
	switch d.Status {
	case dossier.Submitted:
		return Intake
	case dossier.Finished:
		return Handing
	case dossier.Incomplete:
		return OneStop
	}
	switch kind {
	case procedure.Examine, procedure.Confirm, procedure.Register:
		return Officer
	case procedure.Sign:
		return Leader
	case procedure.PID, procedure.Deliver:
		return Authority
	case procedure.Return:
		return Handing
	}
	return OneStop
}

// QueueFigure counts the open dossiers of a unit by desk; practice ones have their own.
const QueueFigure = "dossier.queue"

func queueFigure(practice bool) string {
	if practice {
		return QueueFigure + ".practice"
	}
	return QueueFigure
}

// task keeps the row and the count of a dossier's desk; it takes part in every act.
func (s *Service) task(ctx context.Context, tx *db.Tx, _, d dossier.Dossier, st dossier.Step) error {
	var old []Task
	if err := tx.NewSelect().Model(&old).Where("t.dossier = ?", d.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var changes []figures.Value
	if len(old) > 0 {
		changes = append(changes, figures.Value{Name: queueFigure(old[0].Practice), Unit: old[0].Unit, Dim: string(old[0].Desk), N: -1})
	}
	if !d.Open {
		if _, err := tx.NewDelete().Model((*Task)(nil)).Where("dossier = ?", d.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return figures.Add(ctx, tx, changes...)
	}
	t, err := s.taskOf(ctx, d, st.At)
	if err != nil {
		return err
	}
	if len(old) > 0 && old[0].Desk == t.Desk {
		t.Since = old[0].Since
		if old[0].DueAt.Equal(t.DueAt) && old[0].RankAt.Equal(t.RankAt) {
			t.Step, t.NextAt = old[0].Step, old[0].NextAt // told once, not again for every note
		}
	}
	changes = append(changes, figures.Value{Name: queueFigure(t.Practice), Unit: t.Unit, Dim: string(t.Desk), N: 1})
	q := tx.NewInsert().Model(&t).On("CONFLICT (dossier) DO UPDATE")
	for _, c := range []string{"desk", "rank_at", "due_at", "handler", "since", "step", "next_at"} {
		q = q.Set(c + " = EXCLUDED." + c)
	}
	if _, err := q.Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return figures.Add(ctx, tx, changes...)
}

// taskOf is the task of an open dossier that came to its desk at a moment.
func (s *Service) taskOf(ctx context.Context, d dossier.Dossier, at time.Time) (Task, error) {
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return Task{}, err
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return Task{}, err
	}
	step, _ := def.StepOf(d.Stage)
	t := Task{Dossier: d.ID, Unit: d.Unit, Practice: d.Practice, Desk: deskOf(d, step.Kind), DueAt: d.DueAt, Handler: d.Handler, Procedure: d.Procedure, Since: at}
	switch {
	case d.Status == dossier.Submitted:
		t.DueAt = within(cal, d.SubmittedAt, s.check)
		t.RankAt = t.DueAt
	case t.Desk == Handing && !d.FinishedAt.IsZero():
		t.DueAt, t.RankAt = time.Time{}, d.FinishedAt
	case d.DueAt.IsZero():
		t.RankAt = farEnd
	default:
		t.RankAt = d.DueAt
	}
	t.age(cal, d, at)
	return t, nil
}

// countTasks counts open dossiers by desk from scratch, to prove the figures.
func countTasks(practice bool) figures.Compute {
	return func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
		var rows []figures.Value
		err := from.NewSelect().Model((*Task)(nil)).ColumnExpr("t.unit, t.desk AS dim, COUNT(*) AS value").Where("t.practice = ?", practice).
			GroupExpr("t.unit, t.desk").Scan(ctx, &rows)
		return rows, db.Sorted(err)
	}
}
