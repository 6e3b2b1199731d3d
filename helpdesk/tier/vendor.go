package tier

import (
	"context"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Vendor is a company outside with a contract: by when it must react and repair, in
// working minutes of its calendar.
type Vendor struct {
	bun.BaseModel `bun:"table:desk_vendor,alias:dv"`
	ID            ident.ID `bun:"id,pk"`
	Name          string   `bun:"name"`
	Mail          string   `bun:"mail"`
	Phone         string   `bun:"phone"`
	Contract      string   `bun:"contract"` // number and day of the contract
	Calendar      string   `bun:"calendar"`
	Answer        int64    `bun:"answer_minutes"`
	Fix1          int64    `bun:"fix_minutes_1"` // by the ticket's priority
	Fix2          int64    `bun:"fix_minutes_2"`
	Fix3          int64    `bun:"fix_minutes_3"`
	Fix4          int64    `bun:"fix_minutes_4"`
	Active        bool     `bun:"active"`
	Version       int64    `bun:"version"`
}

// Fix is by when the vendor must repair, in working minutes.
func (v Vendor) Fix(priority int) int64 {
	switch priority {
	case 1:
		return v.Fix1
	case 2:
		return v.Fix2
	case 3:
		return v.Fix3
	}
	return v.Fix4
}

const (
	longestName   = 120
	longestPhrase = 200
	mostMinutes   = 60 * 8 * 250 // a working year
)

func (v *Vendor) check() error {
	tidy := func(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }
	v.Name, v.Phone, v.Contract = tidy(v.Name), tidy(v.Phone), tidy(v.Contract)
	v.Mail = strings.ToLower(strings.TrimSpace(v.Mail))
	var k fault.Check
	k.Need(v.Name != "", "name", "tier.form.vendor_needed")
	k.Need(utf8.RuneCountInString(v.Name) <= longestName, "name", "tier.form.long", "max", longestName)
	k.Need(utf8.RuneCountInString(v.Contract) <= longestPhrase, "contract", "tier.form.long", "max", longestPhrase)
	k.Need(len(v.Phone) <= 40, "phone", "tier.form.long", "max", 40)
	if v.Mail != "" {
		a, err := mail.ParseAddress(v.Mail)
		k.Need(err == nil && a.Address == v.Mail, "mail", "tier.form.mail_wrong")
	}
	k.Need(v.Calendar != "", "calendar", "tier.form.calendar_needed")
	for _, one := range []struct {
		field string
		n     int64
	}{{"answer", v.Answer}, {"fix1", v.Fix1}, {"fix2", v.Fix2}, {"fix3", v.Fix3}, {"fix4", v.Fix4}} {
		k.Need(one.n > 0 && one.n <= mostMinutes, one.field, "tier.form.minutes_needed", "max", mostMinutes)
	}
	return k.Err()
}

// looks is nil for whoever hands tickets over, or keeps the contracts.
func looks(who access.Actor) error {
	if who.May(helpdesk.Manage) {
		return nil
	}
	return who.Need(helpdesk.Work)
}

// mostVendors is how many contracts a city keeps at hand.
const mostVendors = 200

// Vendors are all of them, by name; those without a contract any more come last.
func (s *Service) Vendors(ctx context.Context, who access.Actor) ([]Vendor, error) {
	if err := looks(who); err != nil {
		return nil, err
	}
	var rows []Vendor
	err := s.DB.Read().NewSelect().Model(&rows).Order("dv.active DESC", "dv.name", "dv.id").Limit(mostVendors).Scan(ctx)
	return rows, db.Sorted(err)
}

// Vendor is one of them.
func (s *Service) Vendor(ctx context.Context, who access.Actor, id ident.ID) (Vendor, error) {
	var v Vendor
	if err := looks(who); err != nil {
		return v, err
	}
	err := s.DB.Read().NewSelect().Model(&v).Where("dv.id = ?", id).Scan(ctx)
	return v, db.Sorted(err)
}

// SaveVendor makes a vendor, or changes the one with this ID and version. Cases that
// run keep the clocks that they were handed over with.
func (s *Service) SaveVendor(ctx context.Context, who access.Actor, v Vendor) (Vendor, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return v, err
	}
	if err := v.check(); err != nil {
		return v, err
	}
	if _, err := s.Calendars.Calendar(ctx, v.Calendar); err != nil {
		return v, err
	}
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var was Vendor
		if v.ID == "" {
			v.ID, v.Version = ident.New(now), 1
			if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		} else {
			if err := tx.NewSelect().Model(&was).Where("dv.id = ?", v.ID).Scan(ctx); err != nil {
				return db.Sorted(err)
			}
			before := v.Version
			v.Version++
			if err := db.Changed(tx.NewUpdate().Model(&v).WherePK().Where("version = ?", before).Exec(ctx)); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "tier.vendor.saved", string(v.ID), map[string][2]any{
			"answer": {was.Answer, v.Answer}, "fix1": {was.Fix1, v.Fix1}, "fix2": {was.Fix2, v.Fix2}, "fix3": {was.Fix3, v.Fix3}, "fix4": {was.Fix4, v.Fix4},
			"active": {was.Active, v.Active}})
	})
	return v, err
}

// Score is how a vendor did with what it was handed in a month.
type Score struct {
	Vendor   ident.ID `bun:"vendor"`
	Handed   int64    `bun:"handed"`
	Answered int64    `bun:"answered"` // in time
	Ended    int64    `bun:"ended"`
	Fixed    int64    `bun:"fixed"`    // in time
	Returned int64    `bun:"returned"` // given back unrepaired
	Late     int64    `bun:"late"`     // not ended, past the contract's moment
	Worked   int64    `bun:"worked"`   // working minutes of what has ended, summed
}

// Mean is the mean working time of what has ended, in minutes.
func (s Score) Mean() int64 {
	if s.Ended == 0 {
		return 0
	}
	return s.Worked / s.Ended
}

// Scores are the vendors' scores of a month, "2016-11", in one query over the
// month's cases.
func (s *Service) Scores(ctx context.Context, who access.Actor, month string) (map[ident.ID]Score, error) {
	if err := looks(who); err != nil {
		return nil, err
	}
	var rows []Score
	err := s.DB.Read().NewRaw(`SELECT vendor, count(*) AS handed,
	  sum(CASE WHEN answered_at IS NOT NULL AND (answer_due IS NULL OR answered_at <= answer_due) THEN 1 ELSE 0 END) AS answered,
	  sum(CASE WHEN ended_at IS NOT NULL THEN 1 ELSE 0 END) AS ended,
	  sum(CASE WHEN outcome = ? AND (fix_due IS NULL OR ended_at <= fix_due) THEN 1 ELSE 0 END) AS fixed,
	  sum(CASE WHEN outcome = ? THEN 1 ELSE 0 END) AS returned,
	  sum(CASE WHEN ended_at IS NULL AND fix_due < ? THEN 1 ELSE 0 END) AS late,
	  sum(worked) AS worked
	  FROM desk_vendor_case WHERE month = ? GROUP BY vendor`, Fixed, Returned, s.Business.Now(), month).Scan(ctx, &rows)
	by := map[ident.ID]Score{}
	for _, r := range rows {
		by[r.Vendor] = r
	}
	return by, db.Sorted(err)
}
