package training

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

// fill puts the four people of every commune and of two thousand more posts into the
// store, in classes of thirty, one class in twenty still to come.
func (h *house) fill() (Class, Person) {
	h.t.Helper()
	var people []Person
	var classes []Class
	var rows []Seat
	for n := range 2 {
		for i, u := range h.tree.Communes("") {
			for j, a := range OfCommune.Audiences() {
				at := h.at.Now().Add(time.Duration(-n*100_000-i*4-j) * time.Second)
				p := Person{ID: ident.New(at), Unit: u.Code, Audience: a, Name: fmt.Sprint("Người ", n, j), NameFold: fmt.Sprint("nguoi", n, j), Code: fmt.Sprintf("%s%d%d", u.Code, n, j), Version: 1}
				if len(people)%30 == 0 {
					day := h.at.Now().AddDate(0, 0, -len(classes)%200)
					c := Class{ID: ident.New(at), Code: fmt.Sprint("L", len(classes)), Course: h.course.ID, Day: clock.Date(day), StartsAt: day, EndsAt: day.Add(time.Hour), ClosesAt: day, RoomFold: fmt.Sprint(len(classes)), Trainer: h.trainer.ID,
						Capacity: 30, State: Held, MadeAt: day, Version: 1}
					if len(classes)%20 == 0 {
						c.State = Planned
					}
					classes = append(classes, c)
				}
				c := classes[len(classes)-1]
				x := Seat{ID: ident.New(at), Class: c.ID, Person: p.ID, Course: c.Course, Unit: p.Unit, Audience: a, State: Attended, ArrivedAt: at, DoneAt: at, Version: 1}
				if len(people)%50 == 0 {
					x.State, x.DoneAt = Absent, time.Time{}
				}
				people, rows = append(people, p), append(rows, x)
			}
		}
	}
	h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, people); err != nil {
			return err
		}
		if err := insert(ctx, tx, classes); err != nil {
			return err
		}
		if err := insert(ctx, tx, rows); err != nil {
			return err
		}
		_, err := tx.NewRaw("ANALYZE").Exec(ctx)
		return err
	}))
	return classes[0], people[0]
}

func TestEveryListOfTrainingHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	c, p := h.fill()
	var seen []string
	d.Watch(func(_ context.Context, q string, _ error) {
		if strings.HasPrefix(q, "SELECT") && strings.Contains(q, "training_") {
			seen = append(seen, q)
		}
	})
	for _, who := range []access.Actor{h.planner, h.her} {
		first, err := h.Persons(t.Context(), who, "", page.Read("", "5"))
		h.ok(err)
		_, err = h.Persons(t.Context(), who, giaLam, page.Read(first.Next, "5"))
		h.ok(err)
		_, err = h.Classes(t.Context(), who, "2016-11-01", "2016-12-01", giaLam)
		h.ok(err)
		_, err = h.ClassOf(t.Context(), h.planner, c.ID)
		h.ok(err)
		_, err = h.Districts(t.Context(), who, -1)
		h.ok(err)
		_, err = h.District(t.Context(), who, giaLam)
		h.ok(err)
		_, _, err = h.Owing(t.Context(), who, "")
		h.ok(err)
		_, _, err = h.Owing(t.Context(), who, giaLam)
		h.ok(err)
	}
	_, err := h.PersonOf(t.Context(), h.planner, p.ID)
	h.ok(err)
	_, err = h.Loads(t.Context(), h.planner, "2016-11-01", "2016-12-01")
	h.ok(err)
	_, err = h.Trained(t.Context(), d.Read(), h.tree.Under(giaLam))
	h.ok(err)
	_, err = h.Remind(t.Context())
	h.ok(err)
	words := h.Words.In("vi")
	for _, who := range []access.Actor{h.planner, h.her, h.trainer} {
		_, err = h.Todo(t.Context(), words, who)
		h.ok(err)
	}
	_, _ = h.Enter(t.Context(), DoorForm{Code: "111111", Who: p.Code, From: "hall"})
	h.ok(d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return h.prove(ctx, tx, h.planner, h.at.Now(), dangXa) }))
	if len(seen) < 25 {
		t.Fatalf("only %d queries were seen", len(seen))
	}
	for _, q := range seen {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		h.ok(d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows))
		for _, one := range rows {
			// There are a handful of courses.
			if strings.HasPrefix(one.Detail, "SCAN") && !strings.Contains(one.Detail, "USING") && one.Detail != "SCAN tc" {
				t.Errorf("%s\nreads a whole table: %s", q, one.Detail)
			}
		}
	}
}

// The pages of a city ask as often as those of a district.
func TestPagesOfTrainingAskAConstantNumberOfTimes(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	count := func(do func() error) int {
		t.Helper()
		n := 0
		d.Watch(func(context.Context, string, error) { n++ })
		h.ok(do())
		d.Watch(func(context.Context, string, error) {})
		return n
	}
	small := h.staff(dangXa)
	c := h.class(h.course, 21, 500)
	h.enrol(c, small...)
	asks := map[string]func() error{
		"districts": func() error { _, err := h.Districts(t.Context(), h.planner, -1); return err },
		"district":  func() error { _, err := h.District(t.Context(), h.planner, giaLam); return err },
		"class":     func() error { _, err := h.ClassOf(t.Context(), h.planner, c.ID); return err },
		"owing":     func() error { _, _, err := h.Owing(t.Context(), h.planner, ""); return err },
		"loads":     func() error { _, err := h.Loads(t.Context(), h.planner, "2016-11-01", "2016-12-01"); return err },
	}
	before := map[string]int{}
	for name, do := range asks {
		before[name] = count(do)
	}
	h.fill()
	for name, do := range asks {
		if n := count(do); n != before[name] {
			t.Errorf("%s: %d queries, %d with few rows", name, n, before[name])
		}
	}
}
