package cronspec

import (
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

func TestMondayMorningInHanoi(t *testing.T) {
	s, err := Parse(" 30  7 * * 1 ")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City)
	want := time.Date(2016, 11, 14, 0, 30, 0, 0, time.UTC)
	if got := s.Next(from); !got.Equal(want) {
		t.Errorf("the next run is %v, want %v", got, want)
	}
	if got := s.Next(want); !got.Equal(want.AddDate(0, 0, 7)) {
		t.Errorf("a run at its own moment leads to %v, want a week later", got)
	}
	if got := s.Between(from, want.AddDate(0, 0, 14), 10); len(got) != 3 {
		t.Errorf("three Mondays were missed, found %v", got)
	}
	if got := s.Preview(from, 10); len(got) != 10 {
		t.Errorf("a preview of ten has %d", len(got))
	}
}

func TestWhatCannotBeASchedule(t *testing.T) {
	for _, text := range []string{"", "TZ=Asia/Ho_Chi_Minh", "CRON_TZ=UTC 0 0 * * *", "@every 1s", "@daily", "* * * *", "* * * * * *", "0 0 31 2 *", "61 * * * *", "0 0 * * 7x"} {
		if _, err := Parse(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("Parse(%q): %v, want Invalid", text, err)
		}
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add("30 7 * * 1")
	f.Add("TZ=")
	f.Fuzz(func(_ *testing.T, text string) {
		if s, err := Parse(text); err == nil {
			s.Next(time.Unix(0, 0))
		}
	})
}
