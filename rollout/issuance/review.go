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
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// reviewDays is for how many working days a district may look over its accounts.
const reviewDays = 15

// Review is one district's look over the accounts of its communes in a quarter: everybody
// who may sign in there stays or goes, and somebody signs for it.
type Review struct {
	bun.BaseModel `bun:"table:access_review,alias:ar"`
	ID            ident.ID  `bun:"id,pk"`
	Quarter       string    `bun:"quarter"` // 2016-4
	Unit          string    `bun:"unit"`    // the district
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

// OpenReviews opens the reviews of the running quarter, one a district, once. Districts
// where nobody has an account have none.
func (s *Service) OpenReviews(ctx context.Context) error {
	now := s.Business.Now()
	quarter := QuarterOf(now)
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	due, err := s.workdays(ctx, now, reviewDays)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		there, err := tx.NewSelect().Model((*Review)(nil)).Where("ar.quarter = ?", quarter).Exists(ctx)
		if err != nil || there {
			return db.Sorted(err)
		}
		var units []string
		for _, u := range tree.Communes("") {
			units = append(units, u.Code)
		}
		people, err := s.People.StaffAt(ctx, tx, units)
		if err != nil {
			return err
		}
		byDistrict := map[string][]ReviewLine{}
		for _, one := range people {
			u, _ := tree.Unit(one.Posts[0].Unit)
			byDistrict[u.Parent] = append(byDistrict[u.Parent], lineOf(one))
		}
		for _, d := range tree.Districts() {
			if lines := byDistrict[d.Code]; len(lines) > 0 {
				if err := s.openReview(ctx, tx, Review{Quarter: quarter, Unit: d.Code, OpenedAt: now, DueAt: due}, lines); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func lineOf(one org.Person) ReviewLine {
	var posts []string
	for _, x := range one.Posts {
		posts = append(posts, string(x.Role)+"@"+x.Unit)
	}
	return ReviewLine{Account: one.ID, Unit: one.Posts[0].Unit, Posts: strings.Join(posts, " ")}
}

func (s *Service) openReview(ctx context.Context, tx *db.Tx, r Review, lines []ReviewLine) error {
	r.ID, r.Total, r.LeftOpen, r.Version = ident.New(s.Machine.Now()), int64(len(lines)), int64(len(lines)), 1
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	for i := range lines {
		lines[i].Review = r.ID
	}
	for some := range slices.Chunk(lines, 300) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return trail.Write(ctx, tx, s.Machine.Now(), access.System("accounts"), "rollout.access.opened", string(r.ID), map[string][2]any{"quarter": {nil, r.Quarter}, "accounts": {nil, r.Total}}, trail.At(r.Unit))
}

// Reviews are the reviews in the reader's reach: those that are open by when they are due,
// or the signed ones of before.
func (s *Service) Reviews(ctx context.Context, who access.Actor, signed bool, r page.Request) (page.Page[Review], error) {
	if err := who.Need(Look); err != nil {
		return page.Page[Review]{}, err
	}
	var rows []Review
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "ar.unit"))
	if signed {
		q = q.Where("ar.signed_at IS NOT NULL").Apply(r.On("ar.id"))
	} else {
		q = q.Where("ar.signed_at IS NULL").Apply(r.Up("ar.id"))
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(r Review) []string { return []string{string(r.ID)} }), db.Sorted(err)
}

// reviewByID is a review within the actor's reach of a right.
func reviewByID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID) (Review, error) {
	if err := who.Need(need); err != nil {
		return Review{}, err
	}
	var r Review
	err := q.NewSelect().Model(&r).Where("ar.id = ?", id).Apply(who.Within(need, "ar.unit")).Scan(ctx)
	return r, db.Sorted(err)
}

// Reviewed is a review with its lines and the names of their owners; the reading is an
// entry of the trail.
func (s *Service) Reviewed(ctx context.Context, who access.Actor, id ident.ID) (Review, []ReviewLine, map[ident.ID]string, error) {
	r, err := reviewByID(ctx, s.DB.Read(), who, Look, id)
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
	if _, err := reviewByID(ctx, s.DB.Read(), who, Approve, id); err != nil {
		return err
	}
	var k fault.Check
	k.Need(decision == Keep || decision == Revoke, "decision", "issuance.review.decide")
	k.Need(len(accounts) > 0, "accounts", "issuance.review.none_chosen")
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
	if err := who.Need(Approve); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := reviewByID(ctx, tx, who, Approve, id)
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
// or a code again. What is revoked ends in the same transaction: the posts of the district
// end today, and an account without any other is closed.
func (s *Service) SignReview(ctx context.Context, who access.Actor, id ident.ID, version int64, secret string) error {
	if _, err := reviewByID(ctx, s.DB.Read(), who, Approve, id); err != nil {
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
			if err := s.revoke(ctx, tx, who, l); err != nil {
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
	var rows []Request
	if err := tx.NewSelect().Model(&rows).Where("iq.account = ?", l.Account).Where("iq.account <> ''").Where("iq.state IN (?)", bun.List([]State{Issued, Active})).Apply(who.Within(Approve, "iq.unit")).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for i := range rows {
		if err := s.ended(ctx, tx, who, &rows[i], s.today(), l.Reason, "revoked"); err != nil {
			return err
		}
	}
	return nil
}

// RemindReviews tells who should have signed, once a review.
func (s *Service) RemindReviews(ctx context.Context) error {
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []Review
		err := tx.NewSelect().Model(&rows).Where("ar.signed_at IS NULL").Where("ar.due_at <= ?", now).Where("NOT ar.reminded").Order("ar.due_at", "ar.id").Limit(chunk).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		tree, err := s.tree(ctx)
		if err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			r.Reminded = true
			if err := saveReview(ctx, tx, r, "reminded"); err != nil {
				return err
			}
			holders, err := s.Holders.Holding(ctx, Approve, r.Unit)
			if err != nil {
				return err
			}
			var all []notify.Message
			for _, id := range holders {
				all = append(all, notify.Message{Account: id, Template: "issuance.notice.review", Args: []any{"unit", tree.Name(r.Unit), "n", r.LeftOpen}, Link: r.Path(), Dedupe: "access/" + string(r.ID)})
			}
			if err := notify.Write(ctx, tx, s.Machine.Now(), all...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Waiting are the open reviews that the reader answers for, the first due first.
func (s *Service) Waiting(ctx context.Context, who access.Actor, most int64) ([]Review, error) {
	if !who.May(Approve) {
		return nil, nil
	}
	var rows []Review
	err := s.DB.Read().NewSelect().Model(&rows).Where("ar.signed_at IS NULL").Apply(who.Within(Approve, "ar.unit")).Order("ar.due_at", "ar.id").Limit(most).Scan(ctx)
	return rows, db.Sorted(err)
}
