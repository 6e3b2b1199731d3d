package planner

import (
	"os"
	"strings"
	"testing"
)

func TestAFileThatDoesNotFitTogetherIsRefused(t *testing.T) {
	whole, err := os.ReadFile("testdata/eight.sm")
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	if _, err := ReadSM(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a job too many":      {"):  8", "):  9"},
		"a job too few":       {"):  8", "):  7"},
		"two modes":           {"   2        1          1           5", "   2        2          1           5"},
		"wrong count":         {"   3        1          2           5   6", "   3        1          3           5   6"},
		"nobody follows":      {"   4        1          1           7", "   4        1          1          70"},
		"an amount missing":   {"  4      1     4       1    1", "  4      1     4       1"},
		"a line twice":        {"  4      1     4       1    1", "  3      1     4       1    1"},
		"what is used up":     {"nonrenewable              :  0", "nonrenewable              :  1"},
		"an offer missing":    {"    3    1\n***", "    3\n***"},
		"no offers":           {"RESOURCEAVAILABILITIES:", "RESOURCES:"},
		"no end":              {"REQUESTS/DURATIONS:", "REQUESTS"},
		"a number out of all": {"jobs (incl. supersource/sink ):  8", "jobs (incl. supersource/sink ):  8000000000"},
	} {
		broken := strings.Replace(text, change[0], change[1], 1)
		if broken == text {
			t.Fatalf("%s: the file does not hold %q", name, change[0])
		}
		if _, err := ReadSM(strings.NewReader(broken)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
