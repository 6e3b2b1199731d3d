package calstore

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
)

// Calendar is the ordinary week of an office, as administrators edit it.
type Calendar struct {
	Name     string // its key; never changes
	Title    string
	Zone     string
	Week     worktime.Week
	Holidays bool // public holidays and make-up days hold for it
	Version  int64
}

// Year is a year with who changed it last.
type Year struct {
	worktime.Year
	ChangedBy string
	ChangedAt time.Time
	Version   int64
}

// Warning is an expected year that an administrator should confirm soon.
type Warning struct {
	Year     int
	DaysLeft int // until its first day; negative once it has begun
}

func yearID(year int) string { return "year:" + strconv.Itoa(year) }

func (c Calendar) row(now time.Time) (calendarRow, error) {
	raw, err := json.Marshal(c.Week)
	if err != nil {
		return calendarRow{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	return calendarRow{Name: c.Name, Title: c.Title, Zone: c.Zone, Week: string(raw), Holidays: c.Holidays, ChangedAt: now, Version: 1}, nil
}

// Calendars are all calendars by title.
func (s *Store) Calendars(ctx context.Context, who access.Actor) ([]Calendar, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []calendarRow
	if err := s.db.Read().NewSelect().Model(&rows).Order("wc.title", "wc.name").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	all := make([]Calendar, len(rows))
	for i, r := range rows {
		all[i] = Calendar{Name: r.Name, Title: r.Title, Zone: r.Zone, Holidays: r.Holidays, Version: r.Version}
		if err := json.Unmarshal([]byte(r.Week), &all[i].Week); err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
	}
	return all, nil
}

// SaveCalendar adds a calendar (version 0) or changes one.
func (s *Store) SaveCalendar(ctx context.Context, who access.Actor, c Calendar) error {
	if err := who.Need(Edit); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	row, err := c.row(s.clock.Now())
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		act, before := "worktime.calendar.added", calendarRow{}
		if c.Version == 0 {
			if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		} else {
			act = "worktime.calendar.edited"
			if err := tx.NewSelect().Model(&before).Where("wc.name = ?", c.Name).Scan(ctx); err != nil {
				return db.Sorted(err)
			}
			row.Version = c.Version + 1
			res, err := tx.NewUpdate().Model(&row).WherePK().Where("version = ?", c.Version).Exec(ctx)
			if err := db.Changed(res, err); err != nil {
				return err
			}
		}
		tx.After(s.forget)
		changes := map[string][2]any{"title": {before.Title, row.Title}, "zone": {before.Zone, row.Zone},
			"week": {before.Week, row.Week}, "holidays": {before.Holidays, row.Holidays}}
		if err := trail.Write(ctx, tx, row.ChangedAt, who, act, c.Name, changes); err != nil {
			return err
		}
		return outbox.Write(ctx, tx, row.ChangedAt, Changed{Calendar: c.Name})
	})
}

func (c Calendar) check() error {
	var k fault.Check
	zone, err := time.LoadLocation(c.Zone)
	k.Need(err == nil && c.Zone != "" && c.Zone != "Local", "timezone", "worktime.file.zone_unknown", "zone", c.Zone)
	k.Need(c.Name != "" && len(c.Name) <= 40 && strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == "", "name", "worktime.store.bad_name")
	n := utf8.RuneCountInString(c.Title)
	k.Need(strings.TrimSpace(c.Title) != "" && n <= 120, "title", "worktime.store.bad_title")
	if err == nil {
		_, err := worktime.New(worktime.Spec{Zone: zone, Week: c.Week})
		k.Add(err)
	}
	open := slices.ContainsFunc(c.Week[:], func(s []worktime.Span) bool { return len(s) > 0 })
	k.Need(open, "week", "worktime.never_opens")
	return k.Err()
}

// Years are all years, the newest first.
func (s *Store) Years(ctx context.Context, who access.Actor) ([]Year, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []yearRow
	if err := s.db.Read().NewSelect().Model(&rows).OrderExpr("wy.year DESC").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	all := make([]Year, len(rows))
	for i, r := range rows {
		y, err := r.year()
		if err != nil {
			return nil, err
		}
		all[i] = Year{Year: y, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt, Version: r.Version}
	}
	return all, nil
}

// Year is one year, Missing when there is no calendar for it.
func (s *Store) Year(ctx context.Context, who access.Actor, year int) (Year, error) {
	if err := who.Need(Look); err != nil {
		return Year{}, err
	}
	var r yearRow
	if err := s.db.Read().NewSelect().Model(&r).Where("wy.year = ?", year).Scan(ctx); err != nil {
		return Year{}, db.Sorted(err)
	}
	y, err := r.year()
	return Year{Year: y, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt, Version: r.Version}, err
}

// AddYear draws a year that has no calendar yet, further ahead than Draw does.
func (s *Store) AddYear(ctx context.Context, who access.Actor, year int) error {
	if err := who.Need(Edit); err != nil {
		return err
	}
	y, ok := worktime.ExpectedYear(year)
	if !ok {
		return fault.New(fault.Invalid, "worktime.too_far", "first", strconv.Itoa(worktime.FirstDrawn), "last", strconv.Itoa(worktime.LastDrawn))
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.insertYear(ctx, tx, y, who) })
}

// ConfirmYear says that an expected year is right as it stands.
func (s *Store) ConfirmYear(ctx context.Context, who access.Actor, year int, version int64) error {
	y, err := s.Year(ctx, who, year)
	if err != nil {
		return err
	}
	return s.saveYear(ctx, who, y.Year, version, "worktime.year.confirmed")
}

// SaveYear replaces the days of a year and confirms it.
func (s *Store) SaveYear(ctx context.Context, who access.Actor, y worktime.Year, version int64) error {
	return s.saveYear(ctx, who, y, version, "worktime.year.edited")
}

func (s *Store) saveYear(ctx context.Context, who access.Actor, y worktime.Year, version int64, act string) error {
	if err := who.Need(Edit); err != nil {
		return err
	}
	if err := checkYear(&y); err != nil {
		return err
	}
	y.Status = worktime.Confirmed
	raw, err := json.Marshal(y)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	now := s.clock.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var before yearRow
		if err := tx.NewSelect().Model(&before).Where("wy.year = ?", y.Year).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		row := yearRow{Year: y.Year, Status: string(y.Status), Days: string(raw), ChangedBy: string(who.ID), ChangedAt: now, Version: version + 1}
		res, err := tx.NewUpdate().Model(&row).WherePK().Where("version = ?", version).Exec(ctx)
		if err := db.Changed(res, err); err != nil {
			return err
		}
		tx.After(s.forget)
		changes := map[string][2]any{"status": {before.Status, row.Status}, "days": {before.Days, row.Days}}
		if err := trail.Write(ctx, tx, now, who, act, yearID(y.Year), changes); err != nil {
			return err
		}
		return outbox.Write(ctx, tx, now, Changed{Year: y.Year})
	})
}

// checkYear refuses what cannot be, names the fields by their place, and puts the
// days in order.
func checkYear(y *worktime.Year) error {
	var k fault.Check
	k.Need(len(y.Off)+len(y.MakeUp) <= 200, "off", "worktime.store.too_many_days")
	seen := map[worktime.Day]bool{}
	name := func(place string, s *string) {
		*s = strings.TrimSpace(fold.NFC(*s))
		k.Need(*s != "" && utf8.RuneCountInString(*s) <= 120, place, "worktime.store.bad_day_name")
	}
	for i := range y.Off {
		place := "off[" + strconv.Itoa(i) + "]"
		k.Need(y.Off[i].Day.Year() == y.Year, place, "worktime.store.other_year", "year", strconv.Itoa(y.Year))
		k.Need(!seen[y.Off[i].Day], place, "worktime.store.day_twice")
		seen[y.Off[i].Day] = true
		name(place, &y.Off[i].Name)
	}
	for i := range y.MakeUp {
		m := &y.MakeUp[i]
		place := "make_up[" + strconv.Itoa(i) + "]"
		k.Need(m.Day.Year() == y.Year, place, "worktime.store.other_year", "year", strconv.Itoa(y.Year))
		k.Need(!seen[m.Day], place, "worktime.store.day_twice")
		seen[m.Day] = true
		name(place, &m.Name)
		_, err := worktime.New(worktime.Spec{Zone: clock.City, Special: map[worktime.Day]worktime.Special{m.Day: {Hours: m.Hours}}})
		k.Add(err)
	}
	slices.SortFunc(y.Off, func(a, b worktime.DayOff) int { return cmp.Compare(a.Day, b.Day) })
	slices.SortFunc(y.MakeUp, func(a, b worktime.MakeUp) int { return cmp.Compare(a.Day, b.Day) })
	return k.Err()
}

// Warnings are the expected years that have begun, or begin within WarnDays of
// business time, the nearest first.
func (s *Store) Warnings(ctx context.Context, business time.Time) ([]Warning, error) {
	today := worktime.DayOf(business.In(clock.City).Date())
	var years []int
	err := s.db.Read().NewSelect().Model((*yearRow)(nil)).Column("year").
		Where("status = ?", string(worktime.Expected)).Where("year >= ?", today.Year()).Order("year").Scan(ctx, &years)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var all []Warning
	for _, y := range years {
		if left := int(worktime.DayOf(y, time.January, 1) - today); left <= WarnDays {
			all = append(all, Warning{Year: y, DaysLeft: left})
		}
	}
	return all, nil
}
