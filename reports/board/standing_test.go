package board

import (
	"math/rand/v2"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

// hanoi is a moment of the city.
func hanoi(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City)
}

// endOf is the last moment of a day of November.
func endOf(day int) time.Time { return hanoi(day+1, 0, 0).Add(-time.Microsecond) }

var phases = []reports.Phase{{No: 1, Name: "Giai đoạn 1", TrialOn: "2016-11-01", OfficialOn: "2016-11-10"}, {No: 2, Name: "Giai đoạn 2", TrialOn: "2016-12-01", OfficialOn: "2016-12-31"}}

func TestACommuneIsLateWhenTheDayOfItsPromiseIsOver(t *testing.T) {
	for _, c := range []struct {
		name  string
		at    time.Time
		of    Commune
		stage string
		late  bool
	}{
		{"due today, the day runs", hanoi(10, 8, 0), Commune{Phase: 1, Stage: "trial"}, "", false},
		{"the last minute of the day", hanoi(10, 23, 59), Commune{Phase: 1, Stage: "trial"}, "", false},
		{"the end of the day", endOf(10), Commune{Phase: 1, Stage: "trial"}, "official", true},
		{"the next morning", hanoi(11, 0, 0), Commune{Phase: 1, Stage: "trial"}, "official", true},
		{"official in time", hanoi(11, 0, 0), Commune{Phase: 1, Stage: "official"}, "", false},
		{"not even in trial", hanoi(5, 8, 0), Commune{Phase: 1, Stage: "preparing"}, "trial", true},
		{"in trial before the official day", hanoi(5, 8, 0), Commune{Phase: 1, Stage: "trial"}, "", false},
		{"a phase to come", hanoi(11, 8, 0), Commune{Phase: 2, Stage: "preparing"}, "", false},
		{"a phase that nobody planned", hanoi(11, 8, 0), Commune{Phase: 9, Stage: "preparing"}, "", false},
	} {
		stage, _, late := Standing{At: c.at, Phases: phases}.PlanAt().Late(c.of)
		if stage != c.stage || late != c.late {
			t.Errorf("%s: %q %v, want %q %v", c.name, stage, late, c.stage, c.late)
		}
	}
}

// TestDistrictsAddUpToTheCity holds whatever communes there are: each is counted once, and
// a choice lists as many as are counted.
func TestDistrictsAddUpToTheCity(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 200 {
		s := Standing{At: hanoi(1+r.IntN(30), r.IntN(24), 0), Phases: phases}
		for i := range r.IntN(60) {
			s.Communes = append(s.Communes, Commune{Unit: string(rune('a' + i)), District: []string{"016", "018", "271"}[r.IntN(3)], Phase: 1 + r.IntN(2),
				Stage: []string{"preparing", "trial", "official"}[r.IntN(3)], Answer: []string{"met", "unmet", "unknown"}[r.IntN(3)],
				Declared: r.IntN(2) == 0, Verified: r.IntN(2) == 0})
		}
		whole, sum := s.Sum(), Sum{}
		for _, d := range s.Districts() {
			sum.Total, sum.Late, sum.Unmet, sum.Official = sum.Total+d.Total, sum.Late+d.Late, sum.Unmet+d.Unmet, sum.Official+d.Official
		}
		if sum.Total != whole.Total || sum.Late != whole.Late || sum.Unmet != whole.Unmet || sum.Official != whole.Official || whole.Preparing+whole.Trial+whole.Official != whole.Total {
			t.Fatalf("districts %+v, city %+v", sum, whole)
		}
		for show, n := range map[Show]int{ShowLate: whole.Late, ShowUnmet: whole.Unmet, ShowUnknown: whole.Unknown, ShowReady: whole.Ready, ShowTrial: whole.Trial, ShowAll: whole.Total} {
			if got := len(s.Choice(show)); got != n {
				t.Fatalf("%s: %d are listed, %d counted", show, got, n)
			}
		}
		in := s.Under("016", "1").Sum().Total + s.Under("016", "2").Sum().Total
		if in != s.Under("016", "").Sum().Total {
			t.Fatal("the phases of a district do not add up to it")
		}
		table := metric.Table{}
		whole.Put(table, "01")
		if v := table.At("rollout.official_share", "01"); v.N != int64(whole.Official) || v.Of != int64(whole.Total) {
			t.Fatalf("share %+v", v)
		}
	}
}

func TestTheCurveOfADayKnowsNothingLater(t *testing.T) {
	days := []reports.Day{{Day: "2016-11-07", Planned: 1, Known: true, Verified: 3}, {Day: "2016-11-08", Planned: 2, Known: true, Verified: 4}, {Day: "2016-11-09", Planned: 3, Known: true, Verified: 5}}
	got := until(days, "2016-11-08")
	if !got[1].Known || got[1].Verified != 4 || got[2].Known || got[2].Verified != 0 || got[2].Planned != 3 || !days[2].Known {
		t.Errorf("%+v, of %+v", got, days)
	}
}
