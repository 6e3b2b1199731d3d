package sms

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestPartsAreCountedAsANetworkCountsThem(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 1},
		{"160 letters of the GSM alphabet", strings.Repeat("a", 160), 1},
		{"161 letters", strings.Repeat("a", 161), 2},
		{"306 letters", strings.Repeat("a", 306), 2},
		{"307 letters", strings.Repeat("a", 307), 3},
		{"an escaped letter takes two places", strings.Repeat("€", 80), 1},
		{"81 escaped letters", strings.Repeat("€", 81), 2},
		{"an escaped letter is not cut in two", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3},
		{"70 Vietnamese letters", strings.Repeat("ế", 70), 1},
		{"71 Vietnamese letters", strings.Repeat("ế", 71), 2},
		{"134 Vietnamese letters", strings.Repeat("ế", 134), 2},
		{"135 Vietnamese letters", strings.Repeat("ế", 135), 3},
		{"one mark moves a whole text to UCS-2", strings.Repeat("a", 159) + "đ", 3},
		{"a pair is not cut in two", strings.Repeat("ế", 66) + "😀" + strings.Repeat("ế", 66), 3},
	} {
		if got := Parts(c.text); got != c.want {
			t.Errorf("%s: %d parts, want %d", c.name, got, c.want)
		}
	}
}

func FuzzPartsHoldTheText(f *testing.F) {
	f.Add("Phiếu HT-2016-000042 đã có câu trả lời")
	f.Add(strings.Repeat("€", 200))
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		n, places := Parts(text), len(utf16.Encode([]rune(text)))
		most := ucs2One
		if n > 1 {
			most = n * ucs2Many
		}
		if GSM(text) {
			return
		}
		if places > most || n > 1 && places <= (n-1)*(ucs2Many-1) {
			t.Errorf("%d places in %d parts", places, n)
		}
	})
}

func TestTheAddressOfAGatewayIsReadAndNeverQuoted(t *testing.T) {
	g, err := ReadGateway("http://lotrinh:mot%20mat%26khau@10.0.0.5:13013/cgi-bin/sendsms?from=1022")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(g.URL("0912345678", "Mã của bạn là 123456", "https://lotrinh.example/api/v1/sms/t/dlr"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{"username": "lotrinh", "password": "mot mat&khau", "to": "84912345678", "from": "1022", "coding": "2",
		"charset": "UTF-8", "text": "Mã của bạn là 123456", "dlr-mask": "31", "dlr-url": "https://lotrinh.example/api/v1/sms/t/dlr?type=%d&answer=%A"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if u.Host != "10.0.0.5:13013" || u.Path != "/cgi-bin/sendsms" || u.User != nil {
		t.Errorf("asks %s", u)
	}
	if q, err := url.Parse(g.URL("0912345678", "Ma: 1", "x")); err != nil || q.Query().Get("coding") != "0" {
		t.Error("a text of the GSM alphabet is sent as UCS-2")
	}
	for _, bad := range []string{"", "kannel", "ftp://u:secret@h/", "http://h/cgi-bin/sendsms", "http://u@h/", "http://u:secret@h/?to=1", "http://u:secret@h:bad/"} {
		if _, err := ReadGateway(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNumbersForNetworks(t *testing.T) {
	for in, want := range map[string]string{"0912345678": "84912345678", "+8190123456": "8190123456", "1022": "1022", "19001022": "19001022"} {
		if got := International(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestAnswersTellWhatMayBeSentAgain(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   Outcome
	}{
		{202, "0: Accepted for delivery", Taken}, {202, "3: Queued for later delivery", Taken}, {200, "0: Accepted for delivery", Taken},
		{503, "Temporal failure, try again later.", Later}, {403, "Authorization failed for sendsms", Later},
		{400, "Empty receiver number not allowed, rejected", Refused}, {404, "", Later}, {406, "", Refused},
		{502, "<html>", Unsure}, {200, "<html>", Unsure}, {500, "", Unsure},
	} {
		if got := Answer(c.status, c.body); got != c.want {
			t.Errorf("%d %q: %v, want %v", c.status, c.body, got, c.want)
		}
	}
}

func TestReportsOfDelivery(t *testing.T) {
	for kind, want := range map[string]Delivery{"1": Delivered, "2": Undelivered, "4": Accepted, "8": Accepted, "16": Undelivered, "32": Nothing, "": Nothing, "x": Nothing} {
		if got := Report(kind); got != want {
			t.Errorf("%q: %q, want %q", kind, got, want)
		}
	}
}

func TestWhatComesInIsDecoded(t *testing.T) {
	for _, c := range []struct{ raw, charset, want string }{
		{"5 cam on", "UTF-8", "5 cam on"}, {"5 cảm ơn", "", "5 cảm ơn"},
		{"\x005\x00 \x1e\xc7", "UTF-16BE", "5 ệ"}, {"\x005\x00", "utf-16", "5"},
	} {
		if got := Decode(c.raw, c.charset); got != c.want {
			t.Errorf("%q in %s: %q", c.raw, c.charset, got)
		}
	}
}
