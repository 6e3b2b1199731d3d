package worktime

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/i18n"
)

func published(t *testing.T, year int) Year {
	t.Helper()
	for _, y := range PublishedYears() {
		if y.Year == year {
			return y
		}
	}
	t.Fatalf("%d does not ship", year)
	return Year{}
}

func days(y Year) (all []string) {
	for _, d := range y.Off {
		all = append(all, d.Day.String())
	}
	return all
}

func TestYearsShipAsPublished(t *testing.T) {
	counts := map[int]int{2016: 10, 2017: 10, 2022: 11, 2024: 12, 2025: 12, 2026: 13}
	for year, n := range counts {
		y := published(t, year)
		if len(y.Off) != n || y.Status != Published {
			t.Errorf("%d: %d days off, %s", year, len(y.Off), y.Status)
		}
		for _, d := range y.Off {
			if weekend(d.Day) || d.Day.Year() != year || d.Name == "" {
				t.Errorf("%d: %s %q", year, d.Day, d.Name)
			}
		}
		for _, m := range y.MakeUp {
			if !weekend(m.Day) || !slices.Contains(days(y), m.For.String()) {
				t.Errorf("%d: %s makes up for %s", year, m.Day, m.For)
			}
		}
	}
	y := published(t, 2026)
	if len(y.Unsettled) != 1 || slices.Contains(days(y), "2026-11-24") {
		t.Error("24/11/2026 is not settled and must not be a day off")
	}
}

// Where the government moved nothing, the rule gives what was published.
func TestTheRuleGivesWhatWasPublished(t *testing.T) {
	for _, year := range []int{2016, 2022} {
		drawn, ok := ExpectedYear(year)
		if want := days(published(t, year)); !ok || !slices.Equal(days(drawn), want) {
			t.Errorf("%d: drawn %v, published %v", year, days(drawn), want)
		}
	}
	y, _ := ExpectedYear(2023) // Giỗ Tổ on Saturday 29/4, 30/4 on Sunday: two days in lieu after 1/5
	for _, want := range []string{"2023-01-02", "2023-01-26", "2023-01-27", "2023-05-01", "2023-05-02", "2023-05-03", "2023-09-01", "2023-09-04"} {
		if !slices.Contains(days(y), want) {
			t.Errorf("2023 lacks %s: %v", want, days(y))
		}
	}
	if y.Status != Expected {
		t.Error("a drawn year must say that it is only expected")
	}
	if _, ok := ExpectedYear(2012); ok {
		t.Error("drew a year before the rule")
	}
	for year := FirstDrawn; year <= LastDrawn; year++ {
		if y, ok := ExpectedYear(year); !ok || len(y.Off) < 8 || len(y.Off) > 12 {
			t.Errorf("%d: %d days off: %v", year, len(y.Off), days(y))
		}
	}
}

func TestOfficesOfVietnam(t *testing.T) {
	c := Vietnam(2016, 2027)
	for _, tc := range []struct{ from, want string }{
		{"2016-11-10 16:30", "2016-11-11 08:30"},
		{"2017-01-25 17:00", "2017-02-02 09:00"}, // over Tết Đinh Dậu
		{"2025-04-25 17:00", "2025-04-26 09:00"}, // the make-up Saturday has the hours of Friday
		{"2025-04-26 17:00", "2025-04-28 09:00"},
		{"2025-04-29 17:00", "2025-05-05 09:00"},
	} {
		if got, err := c.AddMinutes(at(t, tc.from), 90); err != nil || !got.At.Equal(at(t, tc.want)) {
			t.Errorf("%s + 90 min = %s (%v), want %s", tc.from, got.At, err, tc.want)
		}
	}
	due, err := c.AddDays(at(t, "2026-12-30 09:00"), 3)
	if err != nil || due.Expected != 2027 || !due.At.Equal(at(t, "2027-01-05 09:00")) {
		t.Errorf("into a drawn year: %s, expected %d, %v", due.At, due.Expected, err)
	}
	if due, _ := c.AddDays(at(t, "2027-12-30 09:00"), 3); due.Missing != 2028 {
		t.Errorf("into an unknown year: %+v", due)
	}
}

func TestExplanationNamesHolidaysAndStaysShort(t *testing.T) {
	c := Vietnam(2013, 2060)
	vi, en := words(t).In(i18n.VI), words(t).In(i18n.EN)
	due, err := c.AddMinutes(at(t, "2017-01-25 16:00"), 120, Pause{at(t, "2017-02-02 08:00"), at(t, "2017-02-02 08:10")})
	if err != nil {
		t.Fatal(err)
	}
	want := `Tính từ 16:00 thứ Tư, 25/01/2017: cộng 2 giờ làm việc.
Thứ Tư, 25/01/2017: 16:00–17:30 (1 giờ 30 phút).
Thứ Năm, 26/01/2017: 29 Chạp (nghỉ bù) – ngày nghỉ, không tính.
Thứ Sáu, 27/01/2017: 30 Chạp – ngày nghỉ, không tính.
Từ thứ Bảy, 28/01/2017 đến Chủ nhật, 29/01/2017: nghỉ hằng tuần, không tính.
Thứ Hai, 30/01/2017: Mùng 3 Tết Đinh Dậu – ngày nghỉ, không tính.
Thứ Ba, 31/01/2017: Mùng 4 – ngày nghỉ, không tính.
Thứ Tư, 01/02/2017: Mùng 5 (nghỉ bù) – ngày nghỉ, không tính.
Thứ Năm, 02/02/2017: 08:10–08:40 (30 phút).
Thứ Năm, 02/02/2017: tạm dừng 08:00–08:10 (10 phút), không tính.
Hạn: 08:40 thứ Năm, 02/02/2017.`
	if got := strings.Join(Explain(vi, due.Steps), "\n"); got != want {
		t.Errorf("got:\n%s", got)
	}
	long, err := c.AddMinutes(at(t, "2016-11-10 08:00"), 60*8*250*30)
	if err != nil || long.At.Year() < 2045 {
		t.Fatal(long.At, err)
	}
	checkSum(t, long, 60*8*250*30*time.Minute)
	said := Explain(en, long.Steps)
	if len(said) > 2*(headLines+tailLines) {
		t.Errorf("%d sentences", len(said))
	}
	for _, s := range append(said, Explain(vi, long.Steps)...) {
		if strings.ContainsAny(s, "⟦{") {
			t.Errorf("unfinished sentence: %s", s)
		}
	}
}
