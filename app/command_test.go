package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lotrinh/internal/kit/clock"
)

// said runs a command as an administrator would and returns what it printed.
func said(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if code := Command(t.Context(), args, Terminal{Out: &o, Err: &e}); code != want {
		t.Fatalf("%s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestCommandsOfAnAdministrator(t *testing.T) {
	data := "--data=" + t.TempDir()
	said(t, exitOK, "migrate", data)
	said(t, exitOK, "import", "units", data)
	said(t, exitOK, "user", "create", "--login", "quantri", "--name", "Phan Gia Bảo", "--role", "administrator", data)
	out, _ := said(t, exitOK, "token", "create", data, "--account", "quantri")
	if token := lastLine(out); !strings.HasPrefix(token, "lt_") || strings.ContainsAny(token, " \t") {
		t.Errorf("the last line is %q, want a token alone", token)
	}
	if out, _ := said(t, exitOK, "check", data); strings.Contains(out, "Hỏng") || strings.Count(out, "Tốt") < 5 {
		t.Errorf("check says\n%s", out)
	}
	if out, _ := said(t, exitOK, "version"); !strings.HasPrefix(out, "lotrinh ") {
		t.Errorf("version says %q", out)
	}
}

func TestWhatACommandCannotDoIsSaidInASentence(t *testing.T) {
	data := "--data=" + t.TempDir()
	bad := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(bad, []byte(`{"code":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		code int
		args []string
		want string
	}{
		{exitUsage, nil, "Các lệnh"},
		{exitUsage, []string{"serv"}, "Không có lệnh serv"},
		{exitUsage, []string{"serve", "--adress", "x"}, "--adress"},
		{exitFailed, []string{"import", data}, "units"},
		{exitFailed, []string{"import", "plan", data}, "tệp kế hoạch"},
		{exitFailed, []string{"import", "plan", bad, data}, "phases"},
		{exitFailed, []string{"backup", data}, "đường dẫn"},
		{exitFailed, []string{"restore", bad, data}, "không phải bản sao lưu"},
		{exitFailed, []string{"token", "create", "--account", "nobody", data}, ""},
	} {
		if _, errs := said(t, tc.code, tc.args...); !strings.Contains(errs, tc.want) || strings.Contains(errs, "⟦") || errs == "" {
			t.Errorf("%q says %q, want it to hold %q", tc.args, errs, tc.want)
		}
	}
}

// What becomes of a mail is explained from a file, by the rules and tickets of the data
// folder, which stays as it is.
func TestAMailIsExplainedInOneLineOfJSON(t *testing.T) {
	data := "--data=" + t.TempDir()
	said(t, exitOK, "migrate", data)
	out, _ := said(t, exitOK, "mail", "explain", "../helpdesk/mail/testdata/auto-generated.eml", data)
	var got struct {
		Decision    string `json:"decision"`
		Acknowledge bool   `json:"acknowledge"`
		Why         string `json:"why"`
	}
	if strings.Count(out, "\n") != 1 || json.Unmarshal([]byte(out), &got) != nil || got.Decision != "automatic" || got.Acknowledge || got.Why == "" {
		t.Errorf("explained as %q", out)
	}
	if _, errs := said(t, exitFailed, "mail", "explain", "nowhere.eml", data); errs == "" || strings.Contains(errs, "⟦") {
		t.Errorf("a file that is not there: %q", errs)
	}
}

func TestAPlanIsImportedFromItsFile(t *testing.T) {
	data := "--data=" + t.TempDir()
	said(t, exitOK, "import", "plan", "../rollout/data/plan198.json", data)
	if out, _ := said(t, exitOK, "import", "plan", "../rollout/data/plan198.json", data); !strings.Contains(out, "KH198") {
		t.Errorf("imported again: %q", out)
	}
}

func TestDueIsOneLineOfJSON(t *testing.T) {
	cal := filepath.Join(t.TempDir(), "calendar.json")
	text := `{"timezone":"Asia/Ho_Chi_Minh","week":{"mon":[["08:00","12:00"],["13:30","17:30"]],"tue":[["08:00","12:00"]]},"days_off":[],"special_days":{}}`
	if err := os.WriteFile(cal, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := said(t, exitOK, "due", "--calendar", cal, "--from", "2016-11-14T11:45:00+07:00", "--minutes", "30", "--explain")
	var got struct {
		Due   string   `json:"due"`
		Steps []string `json:"steps"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%q: %v", out, err)
	}
	if got.Due != "2016-11-14T13:45:00+07:00" || len(got.Steps) == 0 {
		t.Errorf("due %s by %q, want 13:45 behind the lunch break", got.Due, got.Steps)
	}
}

func TestTheDemoClaimsAnEmptyStoreOnly(t *testing.T) {
	folder := t.TempDir()
	said(t, exitOK, "user", "create", "--login", "that", "--name", "Người Thật", "--role", "planner", "--data", folder)
	if _, errs := said(t, exitFailed, "serve", "--demo", "--addr", "127.0.0.1:0", "--data", folder); !strings.Contains(errs, "tài khoản thật") {
		t.Errorf("a demo on real data says %q", errs)
	}
	if _, errs := said(t, exitUsage, "serve", "--demo", "--addr", "0.0.0.0:0", "--data", folder); !strings.Contains(errs, "loopback") {
		t.Errorf("a demo for the street says %q", errs)
	}
}

// A reform comes from its two files: what it would do is said first, and only --confirm with
// the document and a reason puts it in force.
func TestAReformIsImportedFromItsTwoFiles(t *testing.T) {
	folder := t.TempDir()
	data := "--data=" + folder
	h, err := Open(t.Context(), Config{Data: folder}, clock.System{}, slog.New(slog.DiscardHandler))
	must(t, err)
	c, u := reforms(t, h)
	forgetFuture(t, h, "2016-11-10")
	must(t, h.Close())
	changes, units := filepath.Join(folder, "units_changes.csv"), filepath.Join(folder, "units_hanoi_20250701.csv")
	must(t, errors.Join(os.WriteFile(changes, []byte(c), 0o600), os.WriteFile(units, []byte(u), 0o600)))
	for range 2 { // a preview may be asked for again
		out, _ := said(t, exitOK, "import", "units", changes, units, data)
		if !strings.Contains(out, "584 xã thành 579 xã") || strings.Contains(out, "hiệu lực theo") || strings.Contains(out, "⟦") {
			t.Errorf("the preview says %q", out)
		}
	}
	for _, args := range [][]string{{changes, units, "--confirm"}, {changes, "--confirm", "--document", "1656/NQ"}, {changes, "--document", "1656/NQ", "--reason", "x"}, {changes, "--hurry"}, {units}} {
		if _, errs := said(t, exitFailed, append([]string{"import", "units", data}, args...)...); !strings.Contains(errs, "--document") {
			t.Errorf("%q says %q", args, errs)
		}
	}
	out, _ := said(t, exitOK, "import", "units", units, "--confirm", "--document", "1656/NQ-UBTVQH15", "--reason", "Sắp xếp", changes, data)
	if strings.Count(out, "đã có hiệu lực theo 1656/NQ-UBTVQH15") != 3 || !strings.Contains(out, "526 xã thành 126 xã") || strings.Contains(out, "⟦") {
		t.Errorf("confirmed, it says %q", out)
	}
	if _, errs := said(t, exitFailed, "import", "units", changes, units, data); !strings.Contains(errs, "Không có thay đổi nào") {
		t.Errorf("the same files again: %q", errs)
	}
}
