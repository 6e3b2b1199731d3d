package oversight

import (
	"strings"
	"testing"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/i18n"
)

func TestTheChartOfAgesAddsUpAllGroups(t *testing.T) {
	c, err := ageChart(i18n.T{Lang: i18n.VI}, map[helpdesk.Group][4]helpdesk.Aged{
		"a": {{Open: 4, Late: 1}, {Open: 2}, {}, {Open: 1, Late: 1}}, "b": {{Open: 3}, {}, {}, {Open: 5, Late: 4}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"7|1", "2|0", "0|0", "6|5"} {
		if got := strings.Join(c.Rows[i][1:], "|"); got != want {
			t.Errorf("age %d: %s, want %s", i, got, want)
		}
	}
	if none, err := ageChart(i18n.T{Lang: i18n.VI}, nil); err != nil || strings.Contains(none.SVG, "data-r") {
		t.Errorf("no ticket: %v", err)
	}
}
