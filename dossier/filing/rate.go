package filing

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Rating is what an applicant says of the service, in points of Circular 01/2018/TT-VPCP,
// art. 13: 2, 1 or 0. What was not answered is nil and counts for nothing.
type Rating struct {
	bun.BaseModel `bun:"table:filing_rating,alias:fr"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Attitude      int64     `bun:"attitude"` // indicator 7
	Contacts      *int64    `bun:"contacts"` // indicator 3: how often one had to come back
	Openness      *int64    `bun:"openness"` // indicator 6: the procedure was found explained
	Agencies      *int64    `bun:"agencies"` // indicator 4: how many offices one had to go to
	Comment       string    `bun:"comment"`
	At            time.Time `bun:"at"`
	Ver           int64     `bun:"ver"`
}

// Rated says that a dossier was rated, again when somebody thought better of it: the last
// one counts. The comment stays in its row.
type Rated struct {
	ID        ident.ID `json:"id"`
	Unit      string   `json:"unit"`
	Procedure string   `json:"procedure"`
	Practice  bool     `json:"practice"`
	Attitude  int64    `json:"attitude"`
	Contacts  *int64   `json:"contacts,omitempty"`
	Openness  *int64   `json:"openness,omitempty"`
	Agencies  *int64   `json:"agencies,omitempty"`
	Seq       int64    `json:"seq"` // grows with every new rating of the dossier
}

// Topic is the event's name.
func (Rated) Topic() string { return "dossier.rated" }

// Subject is the dossier.
func (r Rated) Subject() string { return "dossier:" + string(r.ID) }

// mostComment is the longest comment, in characters.
const mostComment = 1000

// Rate keeps what the applicant says, once the authority has finished.
func (s *Service) Rate(ctx context.Context, p Pass, r Rating) error {
	d, err := s.Own(ctx, p)
	if err != nil {
		return err
	}
	r.Comment = strings.TrimSpace(fold.NFC(r.Comment))
	var k fault.Check
	k.Need(r.Attitude >= 0 && r.Attitude <= 2, "attitude", "filing.form.attitude")
	k.Need(points(r.Contacts), "contacts", "filing.form.points")
	k.Need(points(r.Openness), "openness", "filing.form.points")
	k.Need(points(r.Agencies), "agencies", "filing.form.points")
	k.Need(len([]rune(r.Comment)) <= mostComment, "comment", "filing.form.long", "n", mostComment)
	if err := k.Err(); err != nil {
		return err
	}
	if !rateable(d) {
		return fault.New(fault.Conflict, "filing.rate.not_yet")
	}
	r.Dossier, r.At, r.Ver = d.ID, s.Machine.Now(), 1
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewInsert().Model(&r).On("CONFLICT (dossier) DO UPDATE").Set("attitude = EXCLUDED.attitude").Set("contacts = EXCLUDED.contacts").
			Set("openness = EXCLUDED.openness").Set("agencies = EXCLUDED.agencies").Set("comment = EXCLUDED.comment").Set("at = EXCLUDED.at").Set("ver = fr.ver + 1").Returning("ver").Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if err := trail.Write(ctx, tx, s.Business.Now(), applicant(), "dossier.rated", string(d.ID), map[string][2]any{"attitude": {nil, r.Attitude}}, trail.At(d.Unit)); err != nil {
			return err
		}
		if s.Heard != nil {
			if err := s.Heard(ctx, tx, d, r.Attitude, r.Comment); err != nil {
				return err
			}
		}
		return outbox.Write(ctx, tx, s.Business.Now(), Rated{ID: d.ID, Unit: d.Unit, Procedure: d.Procedure, Practice: d.Practice,
			Attitude: r.Attitude, Contacts: r.Contacts, Openness: r.Openness, Agencies: r.Agencies, Seq: r.Ver})
	})
}

func points(n *int64) bool { return n == nil || *n >= 0 && *n <= 2 }

// rateable tells whether the authority has finished with a dossier, well or not.
func rateable(d dossier.Dossier) bool {
	return d.Status == dossier.Finished || d.Status == dossier.Returned || d.Status == dossier.NotAccepted || d.Status == dossier.Stopped
}

// RatingOf is what was said of a dossier; ok is false while nothing was.
func (s *Service) RatingOf(ctx context.Context, id ident.ID) (r Rating, ok bool, err error) {
	err = db.Sorted(s.DB.Read().NewSelect().Model(&r).Where("fr.dossier = ?", id).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		return r, false, nil
	}
	return r, err == nil, err
}
