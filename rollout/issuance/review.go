package issuance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// reviewDays is for how many working days a district may look over its accounts.
const reviewDays = 15

// Review is a look over accounts in a quarter: each stays or goes, and somebody signs for
// it. A district's is over the officers of its communes; the city's (no unit) is over
// everybody else, so that nobody who answers for others is left out.
type Review struct {
	bun.BaseModel `bun:"table:access_review,alias:ar"`
	ID            ident.ID  `bun:"id,pk"`
	Quarter       string    `bun:"quarter"` // 2016-4
	Unit          string    `bun:"unit"`    // the district; empty for the city's
	OpenedAt      time.Time `bun:"opened_at"`
	DueAt         time.Time `bun:"due_at"`
	Total         int64     `bun:"total"`
	LeftOpen      int64     `bun:"left_open"` // accounts that nobody has decided on
	Revoked       int64     `bun:"revoked"`
	SignedBy      ident.ID  `bun:"signed_by"`
	SignedName    string    `bun:"signed_name"`
	SignedHow     string    `bun:"signed_how"`
	SignedAt      time.Time `bun:"signed_at,nullzero"`
	Reminded      bool      `bun:"reminded"`
	Version       int64     `bun:"version"`
}

// Path is the page of the review.
func (r Review) Path() string { return reviewsAt + "/" + string(r.ID) }

// Late tells whether the review should have been signed.
func (r Review) Late(now time.Time) bool { return r.SignedAt.IsZero() && !now.Before(r.DueAt) }

// The decisions on an account.
const (
	Undecided = ""
	Keep      = "keep"
	Revoke    = "revoke"
)

// ReviewLine is one account of a review with the posts that it held when it was opened.
type ReviewLine struct {
	bun.BaseModel `bun:"table:access_review_line,alias:al"`
	Review        ident.ID  `bun:"review,pk"`
	Account       ident.ID  `bun:"account,pk"`
	Unit          string    `bun:"unit"`
	Posts         string    `bun:"posts"` // role@unit, divided by blanks
	Decision      string    `bun:"decision"`
	Reason        string    `bun:"reason"`
	DecidedBy     ident.ID  `bun:"decided_by"`
	DecidedAt     time.Time `bun:"decided_at,nullzero"`
}

// QuarterOf names the quarter of a moment in the city: 2016-4.
func QuarterOf(at time.Time) string {
	y, m, _ := at.In(clock.City).Date()
	return fmt.Sprintf("%d-%d", y, (int(m)+2)/3)
}

// Reviews are the reviews in the reader's reach: those that are open by when they are due,
// or the signed ones of before.
func (s *Service) Reviews(ctx context.Context, who access.Actor, signed bool, r page.Request) (page.Page[Review], error) {
	if !who.May(org.AccountReview) {
		if err := who.Need(Look); err != nil {
			return page.Page[Review]{}, err
		}
	}
	var rows []Review
	q := s.DB.Read().NewSelect().Model(&rows).Apply(within(who, Look))
	if signed {
		q = q.Where("ar.signed_at IS NOT NULL").Apply(r.On("ar.id"))
	} else {
		q = q.Where("ar.signed_at IS NULL").Apply(r.Up("ar.id"))
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(r Review) []string { return []string{string(r.ID)} }), db.Sorted(err)
}

// within keeps a query to the reviews of districts in the actor's reach of a right, and
// the city's for whoever answers for that.
func within(who access.Actor, need access.Perm) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		everywhere, units := who.Reach(need)
		switch {
		case everywhere && (need == Look || who.Covers(org.AccountReview, "")):
			return q
		case everywhere:
			return q.Where("ar.unit <> ''")
		case who.Covers(org.AccountReview, ""):
			units = append(slices.Clone(units), "")
		}
		return q.Where("ar.unit IN (?)", bun.List(append(slices.Clone(units), "-")))
	}
}

// reviewByID is a review that the actor may see.
func reviewByID(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID) (Review, error) {
	var r Review
	if !who.May(org.AccountReview) {
		if err := who.Need(Look); err != nil {
			return r, err
		}
	}
	err := q.NewSelect().Model(&r).Where("ar.id = ?", id).Apply(within(who, Look)).Scan(ctx)
	return r, db.Sorted(err)
}

// answered is a review that the actor answers for.
func answered(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID) (Review, error) {
	r, err := reviewByID(ctx, q, who, id)
	if err != nil {
		return r, err
	}
	return r, who.NeedAt(decides(r.Unit), r.Unit)
}

// Reviewed is a review with its lines and the names of their owners; the reading is an
// entry of the trail.
func (s *Service) Reviewed(ctx context.Context, who access.Actor, id ident.ID) (Review, []ReviewLine, map[ident.ID]string, error) {
	r, err := reviewByID(ctx, s.DB.Read(), who, id)
	if err != nil {
		return r, nil, nil, err
	}
	var lines []ReviewLine
	if err := s.DB.Read().NewSelect().Model(&lines).Where("al.review = ?", id).Order("al.unit", "al.account").Scan(ctx); err != nil {
		return r, nil, nil, db.Sorted(err)
	}
	ids := make([]ident.ID, len(lines))
	seen := make([]string, len(lines))
	for i, l := range lines {
		ids[i], seen[i] = l.Account, string(l.Account)
	}
	named, err := s.People.Names(ctx, ids)
	if err != nil {
		return r, nil, nil, err
	}
	return r, lines, named, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Machine.Now(), who, "rollout.access.seen", seen)
	})
}

// Decide says of accounts of an open review whether they stay. Going wants a reason.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, version int64, accounts []ident.ID, decision, reason string) error {
	if _, err := answered(ctx, s.DB.Read(), who, id); err != nil {
		return err
	}
	var k fault.Check
	k.Need(decision == Keep || decision == Revoke, "decision", "issuance.review.decide")
	k.Need(len(accounts) > 0, "accounts", "issuance.review.none_chosen")
	k.Need(!slices.Contains(accounts, who.ID), "accounts", "issuance.review.oneself")
	if decision == Revoke {
		var err error
		reason, err = reasonOf(reason)
		k.Add(err)
	}
	if err := k.Err(); err != nil {
		return err
	}
	return s.onReview(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, r *Review) error {
		res, err := tx.NewUpdate().Model((*ReviewLine)(nil)).Set("decision = ?", decision).Set("reason = ?", reason).Set("decided_by = ?", who.ID).Set("decided_at = ?", s.Business.Now()).
			Where("review = ?", r.ID).Where("account IN (?)", bun.List(accounts)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n != int64(len(accounts)) {
			return fault.New(fault.Missing, "fault.missing")
		}
		return s.recount(ctx, tx, r)
	})
}

// recount brings the counters of a review in line with its lines.
func (s *Service) recount(ctx context.Context, tx *db.Tx, r *Review) error {
	for _, one := range []struct {
		into     *int64
		decision string
	}{{&r.LeftOpen, Undecided}, {&r.Revoked, Revoke}} {
		n, err := tx.NewSelect().Model((*ReviewLine)(nil)).Where("al.review = ?", r.ID).Where("al.decision = ?", one.decision).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		*one.into = n
	}
	return saveReview(ctx, tx, r, "left_open", "revoked")
}

func saveReview(ctx context.Context, tx *db.Tx, r *Review, columns ...string) error {
	was := r.Version
	r.Version++
	return db.Changed(tx.NewUpdate().Model(r).Column(append(columns, "version")...).Where("id = ? AND version = ?", r.ID, was).Exec(ctx))
}

// onReview runs a change of an open review over the version that the actor saw.
func (s *Service) onReview(ctx context.Context, who access.Actor, id ident.ID, version int64, do func(context.Context, *db.Tx, *Review) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := answered(ctx, tx, who, id)
		if err != nil {
			return err
		}
		switch {
		case version != 0 && version != r.Version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		case !r.SignedAt.IsZero():
			return fault.New(fault.Conflict, "issuance.review.signed")
		}
		return do(ctx, tx, &r)
	})
}

// SignReview signs a review on which everything is decided, after asking for the password
// or a code again. What is revoked ends in the same transaction: the posts end today, and
// an account without any other is closed.
func (s *Service) SignReview(ctx context.Context, who access.Actor, id ident.ID, version int64, secret string) error {
	if _, err := answered(ctx, s.DB.Read(), who, id); err != nil {
		return err
	}
	proof, err := s.People.Reprove(ctx, who, secret)
	if err != nil {
		return err
	}
	return s.onReview(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, r *Review) error {
		if err := proof.Of(who); err != nil {
			return err
		}
		if r.LeftOpen > 0 {
			return fault.New(fault.Conflict, "issuance.review.open", "n", r.LeftOpen)
		}
		var gone []ReviewLine
		if err := tx.NewSelect().Model(&gone).Where("al.review = ?", r.ID).Where("al.decision = ?", Revoke).Order("al.account").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		for _, l := range gone {
			end := s.revoke
			if r.Unit == "" {
				end = s.dismiss
			}
			if err := end(ctx, tx, who, l); err != nil {
				return err
			}
		}
		r.SignedBy, r.SignedName, r.SignedHow, r.SignedAt = who.ID, who.Name, proof.How(), s.Business.Now()
		if err := saveReview(ctx, tx, r, "signed_by", "signed_name", "signed_how", "signed_at"); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Machine.Now(), who, "rollout.access.signed", string(r.ID), map[string][2]any{"total": {nil, r.Total}, "revoked": {nil, r.Revoked}, "how": {nil, r.SignedHow}}, trail.At(r.Unit))
	})
}

// dismiss ends whatever somebody of the city's review holds.
func (s *Service) dismiss(ctx context.Context, tx *db.Tx, who access.Actor, l ReviewLine) error {
	if err := s.People.DismissIn(ctx, tx, who, l.Account); err != nil {
		return err
	}
	return s.requestsEnd(ctx, tx, who, l)
}

// revoke ends the posts that a review found on an account, as far as they are still held.
func (s *Service) revoke(ctx context.Context, tx *db.Tx, who access.Actor, l ReviewLine) error {
	for one := range strings.FieldsSeq(l.Posts) {
		role, unit, _ := strings.Cut(one, "@")
		err := s.People.LeaveStaffIn(ctx, tx, who, l.Account, org.Post{Role: access.Role(role), Unit: unit}, s.today())
		if fault.HasKey(err, "org.account.closed_for_good") {
			break // an earlier post was the last one
		}
		if fault.HasKey(err, "org.account.outranks") {
			return fault.Because(fault.Conflict, "issuance.review.outranks", err)
		}
		if err != nil {
			return err
		}
	}
	return s.requestsEnd(ctx, tx, who, l)
}

// requestsEnd lets the requests end of which an account came.
func (s *Service) requestsEnd(ctx context.Context, tx *db.Tx, who access.Actor, l ReviewLine) error {
	var rows []Request
	if err := tx.NewSelect().Model(&rows).Where("iq.account = ?", l.Account).Where("iq.account <> ''").Where("iq.state IN (?)", bun.List([]State{Issued, Active})).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for i := range rows {
		if err := s.ended(ctx, tx, who, &rows[i], s.today(), l.Reason, "revoked"); err != nil {
			return err
		}
	}
	return nil
}
