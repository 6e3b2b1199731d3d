package fold

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestWaysOfTypingAName(t *testing.T) {
	for _, typed := range []string{"Đặng Xá", norm.NFD.String("Đặng Xá"), "dang xa", "ĐẶNG  XÁ", " đặng-xá "} {
		if got := Key(typed); got != "dang xa" {
			t.Errorf("Key(%q) = %q, want %q", typed, got, "dang xa")
		}
	}
	for a, b := range map[string]string{"hoà": "hòa", "thuý": "thúy", "Hoà Bình": "HÒA BÌNH"} {
		if Key(a) != Key(b) {
			t.Errorf("%q and %q fold apart: %q, %q", a, b, Key(a), Key(b))
		}
	}
}

func FuzzKeyIsStable(f *testing.F) {
	f.Add("Nguyễn Thị Ánh-Tuyết, số 5")
	f.Fuzz(func(t *testing.T, s string) {
		once := Key(s)
		if twice := Key(once); twice != once {
			t.Fatalf("Key(%q) = %q, folded again %q", s, once, twice)
		}
	})
}
