package training

import (
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Load is what one trainer teaches on the days asked for.
type Load struct {
	Trainer  ident.ID
	Name     string
	Classes  int
	People   int64
	Taught   time.Duration
	Busiest  int // classes in the fullest week
	ByWeek   map[string]int
	Feedback float64 // the mean of what learners said, 0 while nobody did
	Said     int64
}

// Loads are the trainers' classes on days [from, until), the busiest first; trainers
// without a class are there, too.
func (s *Service) Loads(ctx context.Context, who access.Actor, from, until string) ([]Load, error) {
	classes, err := s.Classes(ctx, who, from, until, "")
	if err != nil {
		return nil, err
	}
	trainers, err := s.People.Trainers(ctx)
	if err != nil {
		return nil, err
	}
	var said []struct {
		Trainer ident.ID
		N, Sum  int64
	}
	err = s.DB.Read().NewSelect().TableExpr("training_class AS cl").Join("JOIN training_feedback AS fb ON fb.class = cl.id").
		ColumnExpr("cl.trainer, count(*) AS n, sum(fb.score) AS sum").Where("cl.day >= ?", from).Where("cl.day < ?", until).Group("cl.trainer").Scan(ctx, &said)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var out []Load
	of := func(id ident.ID, name string) *Load {
		for i := range out {
			if out[i].Trainer == id {
				return &out[i]
			}
		}
		out = append(out, Load{Trainer: id, Name: name, ByWeek: map[string]int{}})
		return &out[len(out)-1]
	}
	for _, a := range trainers {
		of(a.ID, a.Name)
	}
	for _, c := range classes {
		if c.State == CalledOff {
			continue
		}
		l := of(c.Trainer, c.TrainerName)
		l.Classes++
		l.People += c.Taken
		l.Taught += c.EndsAt.Sub(c.StartsAt)
		week := monday(c.StartsAt)
		l.ByWeek[week]++
		l.Busiest = max(l.Busiest, l.ByWeek[week])
	}
	for _, x := range said {
		if l := of(x.Trainer, ""); x.N > 0 {
			l.Feedback, l.Said = float64(x.Sum)/float64(x.N), x.N
		}
	}
	slices.SortStableFunc(out, func(a, b Load) int { return b.Classes - a.Classes })
	return out, nil
}

// monday is the day with which the week of a moment begins in the city.
func monday(at time.Time) string {
	day := at.In(clock.City)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7).Format(time.DateOnly)
}
