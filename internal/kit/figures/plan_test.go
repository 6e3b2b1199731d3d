package figures

import (
	"context"
	"strings"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

func TestAWeekIsCountedWithoutReadingYears(t *testing.T) {
	d := testkit.SQLite(t)
	var asked string
	d.Watch(func(_ context.Context, query string, _ error) {
		if strings.HasPrefix(query, "SELECT") {
			asked = query
		}
	})
	if _, err := Totals(t.Context(), d.Read(), Ask{Names: []string{"opened"}, From: "2016-11-07", Until: "2016-11-14"}); err != nil {
		t.Fatal(err)
	}
	var plan []struct {
		ID, Parent, Notused int64
		Detail              string
	}
	if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+asked).Scan(t.Context(), &plan); err != nil {
		t.Fatal(db.Sorted(err))
	}
	if len(plan) == 0 || !strings.Contains(plan[0].Detail, "figure_day (name=? AND day>? AND day<?)") {
		t.Errorf("the plan is %+v", plan)
	}
}
