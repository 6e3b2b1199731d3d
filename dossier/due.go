package dossier

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier/term"
	"lotrinh/internal/kit/db"
)

// counting are the acts that move a due moment.
var counting = []Act{Accept, AskSupplement, CompleteSupplement, AskVerify, Verified, Reappoint}

// NewDate is the data of Reappoint: the moment that the applicant was told. Late is an
// apology that came later than one working day before the due moment: it is owed all the
// same, but moves nothing, so the dossier stays late.
type NewDate struct {
	Until time.Time `json:"until"`
	Late  bool      `json:"late,omitempty"`
}

// Promise is the new moment that a step told the applicant; false for every other act.
func (st Step) Promise() (NewDate, bool) {
	var to NewDate
	ok := st.Act == Reappoint && json.Unmarshal(st.Data, &to) == nil && !to.Until.IsZero()
	return to, ok
}

// Belated tells whether an apology at a moment comes later than on the last working day
// before the due moment (Decree 61/2018/NĐ-CP, art. 19.9).
func (s *Service) Belated(ctx context.Context, d Dossier, at time.Time) (bool, error) {
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return false, err
	}
	today, day := cal.Today(at), cal.Today(d.DueAt)
	for range 366 {
		day--
		works, known := cal.WorksOn(day)
		if !known || works {
			return !known || today > day, nil
		}
	}
	return true, nil
}

// HistoryOf is what of a dossier's steps moves its due moment.
func HistoryOf(steps []Step) term.History {
	var h term.History
	for _, st := range steps {
		switch st.Act {
		case Accept:
			h.Accepted = st.At
		case AskSupplement:
			h.Stopped = st.At
		case CompleteSupplement:
			h.Stopped = time.Time{}
			if h.Accepted.IsZero() {
				h.Accepted = st.At
			} else {
				h.Restarted = st.At
			}
		case AskVerify:
			h.Verifications = append(h.Verifications, term.Span{From: st.At})
		case Verified:
			if n := len(h.Verifications); n > 0 {
				h.Verifications[n-1].Until = st.At
			}
		case Reappoint:
			if to, ok := st.Promise(); ok && !to.Late {
				h.Reappointed = to.Until
			}
		}
	}
	return h
}

// count sets the due moment from the history.
func (s *Service) count(ctx context.Context, tx *db.Tx, d *Dossier) error {
	due, err := s.dueOf(ctx, tx, *d)
	if err != nil {
		return err
	}
	d.DueAt = due.At
	if d.FirstDueAt.IsZero() {
		d.FirstDueAt = due.At
	}
	return nil
}

func (s *Service) dueOf(ctx context.Context, q bun.IDB, d Dossier) (term.Due, error) {
	if d.AcceptedAt.IsZero() {
		return term.Due{}, nil
	}
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return term.Due{}, err
	}
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return term.Due{}, err
	}
	var steps []Step
	err = q.NewSelect().Model(&steps).Where("ds.dossier = ?", d.ID).Where("ds.act IN (?)", bun.List(counting)).Order("ds.seq").Scan(ctx)
	if err != nil {
		return term.Due{}, db.Sorted(err)
	}
	due, err := term.Of(cal, def.Term, HistoryOf(steps))
	due.At = due.At.UTC()
	if due.At.Year() < 1900 {
		due.At = time.Time{}
	}
	return due, err
}

// Explain is the due moment counted again from the history, with its sum.
func (s *Service) Explain(ctx context.Context, d Dossier) (term.Due, error) {
	return s.dueOf(ctx, s.DB.Read(), d)
}
