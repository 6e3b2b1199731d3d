package delivery

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports"
)

// taken is what an outlet made of one delivery.
type taken struct {
	problem string // message key; empty when it was taken
	answer  string
	status  int           // of HTTP
	after   time.Duration // how long the other side wants to be left alone
	lasting bool          // trying again is of no use
	gone    bool          // the other side wants nothing any more
	dead    bool          // it did not answer at all: what else waits for it need not try now
}

// parcel is a delivery to an outlet, with what it brings.
type parcel struct {
	row    Row
	outlet Outlet
	run    reports.RunRow
	sn     reports.Snapshot
}

// outletsFor are the machines that want a run's report.
func outletsFor(ctx context.Context, from bun.IDB, run reports.RunRow) ([]recipient, error) {
	var all []Outlet
	if err := from.NewSelect().Model(&all).Where("ol.enabled = ?", true).Where("ol.definition IN ('', ?)", run.Definition).Where("ol.cut IN ('', ?)", run.Cut).Order("ol.kind", "ol.id").
		Limit(2 * mostOutlets).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]recipient, len(all))
	for i, o := range all {
		out[i] = recipient{key: o.key(), by: o.Kind, name: o.Name, address: o.where(), why: ByOutlet}
	}
	return out, nil
}

// outlets brings claimed rows to the machines they are for. A machine that does not
// answer is tried once a round.
func (s *Service) outlets(ctx context.Context, rows []Row) (sent int, goOn bool, err error) {
	silent := map[string]taken{}
	for _, r := range rows {
		p, o, err := s.parcel(ctx, r)
		if err != nil {
			return sent, false, err
		}
		if p == nil {
			if err := s.settle(ctx, r, o); err != nil {
				return sent, false, err
			}
			continue
		}
		mine, err := s.begin(ctx, &p.row)
		if err != nil {
			return sent, false, err
		}
		if !mine {
			continue
		}
		got, known := silent[r.Recipient]
		if !known {
			if got, err = s.bring(ctx, *p); err != nil {
				return sent, false, err
			}
		}
		if got.dead {
			silent[r.Recipient] = got
		}
		if got.problem == "" {
			sent++
		}
		if err := s.settle(ctx, p.row, s.became(*p, got)); err != nil {
			return sent, false, err
		}
		if got.gone {
			if err := s.closeOutlet(ctx, p.outlet); err != nil {
				return sent, false, err
			}
		}
	}
	return sent, true, nil
}

// parcel reads what a row brings to which machine; without one, what becomes of the row.
func (s *Service) parcel(ctx context.Context, r Row) (*parcel, outcome, error) {
	p := parcel{row: r}
	_, id := splitKey(r.Recipient)
	err := db.Sorted(s.DB.Read().NewSelect().Model(&p.outlet).Where("ol.id = ?", id).Scan(ctx))
	switch {
	case fault.Is(err, fault.Missing), err == nil && !p.outlet.Enabled:
		return nil, outcome{state: Dropped, problem: "delivery.problem.outlet_closed"}, nil
	case err == nil && !p.outlet.wants(r.Definition, r.Cut):
		return nil, outcome{state: Dropped, problem: "delivery.problem.outlet_other"}, nil
	case err != nil:
		return nil, outcome{}, err
	}
	if p.run, err = s.Reports.RunOf(ctx, system, r.Run); err != nil {
		return nil, outcome{}, err
	}
	p.sn, err = s.Reports.Edition(ctx, system, r.Run, r.Edition)
	return &p, outcome{}, err
}

// bring hands a parcel over and writes the attempt down.
func (s *Service) bring(ctx context.Context, p parcel) (taken, error) {
	began := s.Machine.Now()
	var got taken
	var err error
	if p.outlet.Kind == Folder {
		got, err = s.drop(ctx, p)
	} else {
		got, err = s.tell(ctx, p)
	}
	if err != nil {
		s.Log.Error("report not prepared for an outlet", "outlet", p.outlet.ID, "run", p.row.Run, "cause", err.Error())
		got = taken{problem: fault.Of(err).Key}
	}
	_, err = s.note(ctx, p.outlet.ID, p.row.ID, began, got)
	return got, err
}

// became is what a row is after its machine has spoken.
func (s *Service) became(p parcel, got taken) outcome {
	switch {
	case got.problem == "":
		return outcome{state: Sent, answer: got.answer, address: p.outlet.where()}
	case got.lasting || got.gone:
		return outcome{state: Failed, problem: got.problem, answer: got.answer}
	}
	o := s.again(p.row, got.problem, got.answer)
	if wait := s.Machine.Now().Add(got.after); o.state == Waiting && wait.After(o.at) {
		o.at = wait
	}
	return o
}

// closeOutlet stops sending to a machine that has said that it wants nothing any more.
func (s *Service) closeOutlet(ctx context.Context, o Outlet) error {
	s.Log.Warn("outlet of reports closed by the other side", "outlet", o.ID)
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Outlet)(nil)).Set("enabled = ?", false).Set("version = version + 1").Where("id = ?", o.ID).Where("enabled = ?", true).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		now := o
		now.Enabled = false
		return s.trailed(ctx, tx, system, "reports.outlet.changed", o, now)
	})
}

// Try makes a trial at an outlet: a signed event that tells of no report, or a file that
// is written and taken away again. What came of it is an attempt like every other.
func (s *Service) Try(ctx context.Context, who access.Actor, kind Channel, id ident.ID) (Attempt, error) {
	o, err := s.OutletOf(ctx, who, kind, id)
	if err != nil {
		return Attempt{}, err
	}
	began := s.Machine.Now()
	var got taken
	if kind == Folder {
		got = s.tryFolder(o)
	} else if got, err = s.tryWebhook(ctx, o); err != nil {
		return Attempt{}, err
	}
	a, err := s.note(ctx, id, "", began, got)
	if err != nil {
		return a, err
	}
	return a, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.tried(ctx, tx, who, a)
	})
}
