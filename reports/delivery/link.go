package delivery

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports"
)

// Link opens one edition of one report to whoever has its address, until it ends.
type Link struct {
	bun.BaseModel `bun:"table:report_link,alias:rl"`
	ID            ident.ID   `bun:"id,pk"`
	Run           ident.ID   `bun:"run"`
	Edition       int64      `bun:"edition"`
	Cut           string     `bun:"cut"`
	MadeAt        time.Time  `bun:"made_at"` // all moments by the machine's clock
	MadeBy        ident.ID   `bun:"made_by"`
	MadeName      string     `bun:"made_name"`
	Until         time.Time  `bun:"until"`
	RevokedAt     *time.Time `bun:"revoked_at"`
	Opened        int64      `bun:"opened"` // how often
	OpenedAt      *time.Time `bun:"opened_at"`
	HourFrom      time.Time  `bun:"hour_from"`
	HourOpened    int64      `bun:"hour_opened"` // since HourFrom
}

// Alive tells whether a link still opens something, as far as it can say by itself.
func (l Link) Alive(now time.Time) bool { return l.RevokedAt == nil && now.Before(l.Until) }

const (
	linkPurpose = "report-link"
	linkAt      = "/bao-cao/"
	// linkDays is how long a link lasts unless somebody says otherwise, mostLinkDays the
	// longest.
	linkDays     = 14
	mostLinkDays = 90
	// mostOpened is how often a link opens within an hour.
	mostOpened = 60
	// mostLinks is how many links one report has.
	mostLinks = 50
)

// Address is where a link leads.
func (s *Service) Address(l Link) string { return s.BaseURL + linkAt + s.Key.Token(linkPurpose, l.ID) }

// Links are the links of a run, the newest first, for those who may share it.
func (s *Service) Links(ctx context.Context, who access.Actor, run ident.ID) ([]Link, error) {
	r, err := s.Reports.RunOf(ctx, who, run)
	if err != nil {
		return nil, err
	}
	if err := who.NeedAt(Share, r.Cut); err != nil {
		return nil, err
	}
	var rows []Link
	err = s.DB.Read().NewSelect().Model(&rows).Where("rl.run = ?", run).Order("rl.id DESC").Limit(mostLinks).Scan(ctx)
	return rows, db.Sorted(err)
}

// MakeLink makes a link to the latest edition of a report within the maker's reach.
func (s *Service) MakeLink(ctx context.Context, who access.Actor, run ident.ID, days string) (Link, error) {
	r, err := s.Reports.RunOf(ctx, who, run)
	if err != nil {
		return Link{}, err
	}
	if err := who.NeedAt(Share, r.Cut); err != nil {
		return Link{}, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(days))
	if err != nil || n < 1 || n > mostLinkDays {
		return Link{}, wrong("days", "delivery.link.days_range", "most", mostLinkDays)
	}
	sn, err := s.Reports.SnapshotOf(ctx, who, run)
	if err != nil {
		return Link{}, err
	}
	now := s.Machine.Now()
	l := Link{ID: ident.New(now), Run: run, Edition: sn.Edition, Cut: r.Cut, MadeAt: now, MadeBy: who.ID, MadeName: who.Name, Until: now.AddDate(0, 0, n), HourFrom: now}
	return l, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		have, err := tx.NewSelect().Model((*Link)(nil)).Where("rl.run = ?", run).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if have >= mostLinks {
			return wrong("days", "delivery.link.full", "most", mostLinks)
		}
		if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.link.made", string(l.ID), map[string][2]any{"run": {"", string(run)}, "days": {0, n}}, trail.At(r.Cut))
	})
}

// Revoke takes a link back and tells its run.
func (s *Service) Revoke(ctx context.Context, who access.Actor, id ident.ID) (ident.ID, error) {
	var l Link
	if err := s.DB.Read().NewSelect().Model(&l).Where("rl.id = ?", id).Apply(who.Within(Share, "rl.cut")).Scan(ctx); err != nil {
		return "", db.Sorted(err)
	}
	if err := who.NeedAt(Share, l.Cut); err != nil {
		return "", err
	}
	return l.Run, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewUpdate().Model((*Link)(nil)).Set("revoked_at = ?", s.Machine.Now()).Where("id = ?", id).Where("revoked_at IS NULL").Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.link.revoked", string(id), nil, trail.At(l.Cut))
	})
}

// OpenLink is the edition that an address opens, counted and audited: nothing once the
// link has ended or was taken back, or when its maker may not see the report any more.
func (s *Service) OpenLink(ctx context.Context, token string) (Link, reports.Snapshot, error) {
	gone := fault.New(fault.Missing, "delivery.link.gone")
	id, ok := s.Key.Read(linkPurpose, token)
	if !ok {
		return Link{}, reports.Snapshot{}, gone
	}
	var l Link
	if err := s.DB.Read().NewSelect().Model(&l).Where("rl.id = ?", id).Scan(ctx); err != nil {
		if fault.Is(db.Sorted(err), fault.Missing) {
			err = gone
		}
		return l, reports.Snapshot{}, db.Sorted(err)
	}
	now := s.Machine.Now()
	maker, err := s.actor(ctx, l.MadeBy)
	if err != nil {
		return l, reports.Snapshot{}, err
	}
	if !l.Alive(now) || !maker.Covers(Share, l.Cut) {
		return l, reports.Snapshot{}, gone
	}
	if err := s.countOpening(ctx, l, now); err != nil {
		return l, reports.Snapshot{}, err
	}
	sn, err := s.Reports.Edition(ctx, maker, l.Run, l.Edition)
	return l, sn, err
}

// countOpening counts one opening, or refuses it when there were too many within an hour.
func (s *Service) countOpening(ctx context.Context, l Link, now time.Time) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewUpdate().Model((*Link)(nil)).Set("hour_from = ?", now).Set("hour_opened = 0").Where("id = ?", l.ID).Where("hour_from <= ?", now.Add(-time.Hour)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		res, err := tx.NewUpdate().Model((*Link)(nil)).Set("opened = opened + 1").Set("opened_at = ?", now).Set("hour_opened = hour_opened + 1").
			Where("id = ?", l.ID).Where("revoked_at IS NULL").Where("hour_opened < ?", mostOpened).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.TooMany, "delivery.link.too_many", "minutes", 60)
		}
		return trail.Write(ctx, tx, s.Business.Now(), system, "reports.link.opened", string(l.ID), nil, trail.At(l.Cut))
	})
}
