package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlanSolvePrintsOneLine(t *testing.T) {
	file := filepath.Join("..", "rollout", "planner", "testdata", "eight.sm")
	first, _ := said(t, exitOK, "plan", "solve", file, "--schedules", "200", "--seed", "7")
	again, _ := said(t, exitOK, "plan", "solve", "--seed=7", "--schedules=200", file)
	var line struct {
		Makespan   int            `json:"makespan"`
		LowerBound int            `json:"lower_bound"`
		Starts     map[string]int `json:"starts"`
	}
	if err := json.Unmarshal([]byte(first), &line); err != nil || first != again || strings.Count(first, "\n") != 1 {
		t.Fatalf("%q, then %q: %v", first, again, err)
	}
	if line.Makespan != 12 || line.LowerBound != 11 || len(line.Starts) != 8 || line.Starts["1"] != 0 || line.Starts["8"] != 12 {
		t.Errorf("%+v", line)
	}
}

func TestPlanSolveSaysWhatIsWrong(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.sm")
	if err := os.WriteFile(broken, []byte("jobs: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		code int
		args []string
	}{
		{exitUsage, []string{"plan"}},
		{exitUsage, []string{"plan", "solve"}},
		{exitUsage, []string{"plan", "solve", broken, "--schedules", "0"}},
		{exitUsage, []string{"plan", "solve", broken, "--hurry"}},
		{exitFailed, []string{"plan", "solve", broken}},
		{exitFailed, []string{"plan", "solve", broken + ".none"}},
	} {
		if out, errs := said(t, tc.code, tc.args...); out != "" || errs == "" {
			t.Errorf("%v: said %q and %q", tc.args, out, errs)
		}
	}
}
