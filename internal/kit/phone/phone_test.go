package phone

import (
	"slices"
	"strings"
	"testing"
)

func TestANumberHasOneForm(t *testing.T) {
	for typed, want := range map[string]string{
		"0912 345 678": "0912345678", "+84912345678": "0912345678", "84 912.345.678": "0912345678", "0084912345678": "0912345678",
		"+84 (0) 912 345 678": "0912345678", "912345678": "0912345678", "0912\u00a0345\u2011678": "0912345678", "84-912-345-678": "0912345678",
		"sip:0912345678@10.0.0.1;user=phone": "0912345678", "tel:+84912345678": "0912345678", "(024) 3825-3536": "02438253536", "024/38253536": "02438253536",
		"2438253536": "02438253536", "1022": "1022", "113": "113", "19001009": "19001009", "1800 6601": "18006601", "+81 3-1234-5678": "+81312345678", "0081312345678": "+81312345678",
		"493055571600": "+493055571600", "02214710334": "02214710334", "anonymous": "", "": "", "abc": "", "12": "", "0": "", "+": "", "102a": "", "0912345678901": "", "٠٩١٢٣٤٥٦٧٨": "",
	} {
		got, ok := Normal(typed)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v, want %q", typed, got, ok, want)
		}
	}
}

func TestOldPrefixesBecomeWhatTheyAreNow(t *testing.T) {
	for old, want := range map[string]string{
		"01201234567": "0701234567", "01211234567": "0791234567", "01221234567": "0771234567", "01261234567": "0761234567", "01281234567": "0781234567",
		"01231234567": "0831234567", "01241234567": "0841234567", "01251234567": "0851234567", "01271234567": "0811234567", "01291234567": "0821234567",
		"01621234567": "0321234567", "01631234567": "0331234567", "+841641234567": "0341234567", "01651234567": "0351234567", "841661234567": "0361234567",
		"1671234567": "0371234567", "01681234567": "0381234567", "01691234567": "0391234567",
		"01861234567": "0561234567", "01881234567": "0581234567", "01991234567": "0591234567",
		"0438253536": "02438253536", "+84438253536": "02438253536", "0240 3854 321": "02043854321", "0241 3822333": "02223822333", "031 3822333": "02253822333",
		"0511 3822333": "02363822333", "02437345678": "02437345678",
		"0331234567": "0331234567", // Quảng Ninh once, a mobile today
	} {
		if got, ok := Normal(old); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", old, got, ok, want)
		}
	}
}

func TestOldListsAreFoundByTheNumberOfToday(t *testing.T) {
	if got := Alike("0341234567"); !slices.Equal(got, []string{"0341234567", "01641234567"}) {
		t.Error(got)
	}
	if got := Alike("02438253536"); !slices.Equal(got, []string{"02438253536", "0438253536"}) {
		t.Error(got)
	}
	for _, m := range moves {
		old := m.old + strings.Repeat("3", m.digits-len(m.old))
		n, ok := Normal(old)
		if !ok || !slices.Contains(Alike(n), old) {
			t.Errorf("%s became %s %v, which knows %v", old, n, ok, Alike(n))
		}
	}
}

func TestNumbersAreCutOutOfATextAndShown(t *testing.T) {
	got := In("Gọi lại giúp số 0912.345.678 hoặc 024 3825 3536/102, mã hồ sơ HS-2016-000042, ngày 14/11/2016.")
	if !slices.Equal(got, []string{"0912345678", "02438253536"}) {
		t.Error(got)
	}
	for n, want := range map[string]string{"0912345678": "0912 345 678", "02438253536": "024 3825 3536", "02043854321": "0204 385 4321", "19001009": "1900 1009", "1022": "1022"} {
		if Show(n) != want {
			t.Errorf("%s shown as %s", n, Show(n))
		}
	}
	if Mask("0912345678") != "••• 678" || Mask("1022") != "1022" {
		t.Error(Mask("0912345678"))
	}
}

func FuzzNormalOfNormalIsItself(f *testing.F) {
	for _, s := range []string{"0912345678", "+840123456789", "0400123456", "0240 3854321", "00840084", "840000000000", "+00123456789", "sip:sip:1@", "1671234567", "0281234567"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := Normal(s)
		if !ok {
			return
		}
		if again, ok := Normal(n); !ok || again != n {
			t.Fatalf("%q is %q, which is %q %v", s, n, again, ok)
		}
		if again, ok := Normal(Show(n)); !ok || again != n {
			t.Fatalf("%q shown as %q reads %q %v", n, Show(n), again, ok)
		}
		for _, old := range Alike(n) {
			if again, _ := Normal(old); again != n {
				t.Fatalf("%q is like %q, which is %q", n, old, again)
			}
		}
	})
}
