package totp

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, for SHA-1; the last six of their eight digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	s := Secret("12345678901234567890")
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		if got := s.Code(StepAt(time.Unix(at, 0))); got != want[2:] {
			t.Errorf("at %d: %s, want %s", at, got, want[2:])
		}
	}
}

func TestACodeIsRightNearItsStepAndOnlyOnce(t *testing.T) {
	s, at := New(), time.Date(2016, 11, 10, 2, 0, 10, 0, time.UTC)
	now := StepAt(at)
	for off, want := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		step, ok := s.Match(s.Code(now+off), at, 0)
		if ok != want || ok && step != now+off {
			t.Errorf("a code %d steps off: %v, step %d", off, ok, step)
		}
	}
	code := s.Code(now)
	if _, ok := s.Match(code[:3]+" "+code[3:], at, now-1); !ok {
		t.Error("a code typed in two groups is not read")
	}
	if _, ok := s.Match(code, at, now); ok {
		t.Error("a used code is taken again")
	}
	for _, typed := range []string{"", "12345", "1234567", code + "x", "mật khẩu"} {
		if _, ok := s.Match(typed, at, 0); ok {
			t.Errorf("%q is a code", typed)
		}
	}
	if _, ok := Secret(nil).Match(code, at, 0); ok {
		t.Error("no secret has a code")
	}
}

func TestTheAddressTellsTheApplicationEverything(t *testing.T) {
	s := New()
	u, err := url.Parse(s.URI("Lộ Trình", "lan@hn"))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Lộ Trình:lan@hn" {
		t.Fatal(u, err)
	}
	q := u.Query()
	if q.Get("secret") != strings.ReplaceAll(s.Text(), " ", "") || q.Get("issuer") != "Lộ Trình" || q.Get("digits") != "6" || q.Get("period") != "30" || strings.Contains(u.RawQuery, "+") {
		t.Error(u.RawQuery)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("123456", int64(0))
	f.Add("12 34 56", int64(49283726))
	f.Add("một hai", int64(-3))
	s, at := Secret("12345678901234567890"), time.Unix(1478768400, 0)
	f.Fuzz(func(t *testing.T, typed string, used int64) {
		step, ok := s.Match(typed, at, used)
		if ok && (step <= used || s.Code(step) != OnlyDigits(typed)) {
			t.Errorf("%q matches step %d after %d", typed, step, used)
		}
	})
}
