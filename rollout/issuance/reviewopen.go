package issuance

import (
	"context"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// OpenReviews opens the reviews of the running quarter, once: one a district and one for
// the city. Districts where nobody has an account have none.
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
		var there []string
		err := tx.NewSelect().Model((*Review)(nil)).Column("unit").Where("ar.quarter = ?", quarter).Scan(ctx, &there)
		if err != nil || slices.Contains(there, "") {
			return db.Sorted(err)
		}
		people, err := s.People.InPost(ctx, tx)
		if err != nil {
			return err
		}
		by := map[string][]ReviewLine{}
		for _, one := range people {
			unit := answersFor(tree, one.Posts)
			by[unit] = append(by[unit], lineOf(one))
		}
		for _, d := range append(slices.Clone(tree.Districts()), org.Unit{}) {
			if lines := by[d.Code]; len(lines) > 0 && (d.Code == "" || len(there) == 0) {
				if err := s.openReview(ctx, tx, Review{Quarter: quarter, Unit: d.Code, OpenedAt: now, DueAt: due}, lines); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// answersFor is the district that answers for somebody with these posts: the one in whose
// communes all of them are officers' posts. Anybody else is the city's: empty.
func answersFor(tree *org.Tree, posts []org.Post) string {
	district := ""
	for i, x := range posts {
		u, _ := tree.Unit(x.Unit)
		if u.Level != org.Commune || !slices.Contains(org.StaffRoles, x.Role) || i > 0 && u.Parent != district {
			return ""
		}
		district = u.Parent
	}
	return district
}

// decides is the right that a review of a unit wants.
func decides(unit string) access.Perm {
	if unit == "" {
		return org.AccountReview
	}
	return Approve
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
			holders, err := s.Holders.Holding(ctx, decides(r.Unit), r.Unit)
			if err != nil {
				return err
			}
			var all []notify.Message
			for _, id := range holders {
				all = append(all, notify.Message{Account: id, Template: "issuance.notice.review", Args: []any{"unit", nameOf(s.Words.In(i18n.VI), tree, r.Unit), "n", r.LeftOpen}, Link: r.Path(), Dedupe: "access/" + string(r.ID)})
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
	if !who.May(Approve) && !who.May(org.AccountReview) {
		return nil, nil
	}
	var rows []Review
	err := s.DB.Read().NewSelect().Model(&rows).Where("ar.signed_at IS NULL").Apply(within(who, Approve)).Order("ar.due_at", "ar.id").Limit(most).Scan(ctx)
	return rows, db.Sorted(err)
}
