package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

func TestReachFollowsWishesQuietHoursAndClosedAccounts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(time.Date(2016, 11, 11, 15, 0, 0, 0, time.UTC)) // Friday 22:00
		monday := time.Date(2016, 11, 14, 0, 30, 0, 0, time.UTC)
		s := sender(t, d, at, "", people{"mail": {Address: "mail@x.example", Lang: i18n.EN}, "screen": {Address: "screen@x.example"}, "any": {Address: "any@x.example"},
			"text": {Address: "text@x.example", Phone: "+84912345678"}, "morning": {Address: "morning@x.example"}, "bare": {Lang: i18n.VI}, "closed": {}})
		s.Kinds = []Kind{{Code: "reports", Templates: []string{"reports."}}}
		wish(t, d, Wish{Account: "screen", Kind: "reports", Channel: OnScreen}, Wish{Account: "text", Kind: "reports", Channel: BySMS}, Wish{Account: "morning", Kind: "reports", Channel: ByMail, Digest: Morning})
		if err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return Choose(ctx, tx, Choice{Account: "any", Mail: true, AnyHour: true})
		}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Reach(t.Context(), "reports.ready", []ident.ID{"mail", "screen", "any", "text", "morning", "bare", "closed", "nobody"})
		if err != nil {
			t.Fatal(err)
		}
		for account, want := range map[ident.ID]Reach{
			"mail":    {ByMail, "mail@x.example", i18n.EN, monday},
			"any":     {ByMail, "any@x.example", "", at.Now()},
			"morning": {ByMail, "morning@x.example", "", monday}, // what carries files joins no digest
			"screen":  {OnScreen, "", "", monday},
			"text":    {ByMail, "text@x.example", "", monday}, // a report is no text message
			"bare":    {OnScreen, "", i18n.VI, monday},
		} {
			if r := got[account]; r.Channel != want.Channel || r.Address != want.Address || r.Lang != want.Lang || !r.At.Equal(want.At) {
				t.Errorf("%s is reached by %+v, want %+v", account, r, want)
			}
		}
		if len(got) != 6 {
			t.Errorf("closed accounts and strangers are reached: %+v", got)
		}
		at.Set(thursday)
		if now, err := s.Reach(t.Context(), "reports.ready", []ident.ID{"mail"}); err != nil || now["mail"].At.After(thursday) {
			t.Errorf("in working time: %+v %v", now, err)
		}
		if none, err := s.Reach(t.Context(), "reports.ready", nil); err != nil || len(none) != 0 {
			t.Errorf("nobody: %+v %v", none, err)
		}
	})
}

// partsOf are the types of a mail's parts, in one another, and its leaves by name or ID.
func partsOf(t *testing.T, kind string, body io.Reader, leaves map[string]string) string {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(kind, err)
	}
	within, is := strings.CutPrefix(media, "multipart/")
	if !is {
		return media
	}
	var all []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF { //nolint:errorlint // the reader's own end
			return within + "(" + strings.Join(all, " ") + ")"
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		leaves[p.FileName()+p.Header.Get("Content-Id")] = string(raw)
		all = append(all, partsOf(t, p.Header.Get("Content-Type"), bytes.NewReader(raw), leaves))
	}
}

func TestDeliverTellsTheServersAnswerAndCarriesPicturesAndFiles(t *testing.T) {
	address, box := freeAddress(t), &server{turn: map[string]int{"gone@x.example": 550, "busy@x.example": 451}}
	listen(t, box, address)
	post, err := OpenSMTP("smtp://"+address+"?tls=none", "Lộ Trình <lotrinh@hanoi.example>")
	if err != nil {
		t.Fatal(err)
	}
	if err := post.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer post.Shut()
	m := Mail{To: "ok@x.example", Subject: "Báo cáo tuần", Body: "Số liệu", HTML: `<img src="cid:c1">`, ID: "report-1", Unsubscribe: "https://lotrinh.example/thôi",
		Content: []Content{{Name: "chart.png", Type: "image/png", Body: []byte("PNG"), CID: "c1"}, {Name: "Báo cáo.pdf", Type: "application/pdf", Stream: bytes.NewReader([]byte("%PDF-1.4"))}}}
	if a := post.Deliver(t.Context(), m); a.Err != nil || a.Lasting || !strings.HasPrefix(a.Text, "2") {
		t.Fatalf("%+v", a)
	}
	head := box.mails[0].Header
	if head.Get("Message-Id") != "<report-1@hanoi.example>" || head.Get("Auto-Submitted") != "auto-generated" || head.Get("List-Unsubscribe") == "" {
		t.Errorf("%v", head)
	}
	leaves := map[string]string{}
	if form := partsOf(t, head.Get("Content-Type"), strings.NewReader(box.texts[0]), leaves); form != "mixed(related(alternative(text/plain text/html) image/png) application/pdf)" {
		t.Errorf("the mail is %s", form)
	}
	for name, want := range map[string]string{"<c1>": "PNG", "=C3=A1o.pdf": "%PDF-1.4"} {
		found := false
		for have, body := range leaves {
			found = found || strings.Contains(have, name) && strings.TrimSpace(body) == base64.StdEncoding.EncodeToString([]byte(want))
		}
		if !found {
			t.Errorf("no part %s holds %s: %v", name, want, leaves)
		}
	}
	for to, lasting := range map[string]bool{"gone@x.example": true, "busy@x.example": false, "không phải địa chỉ": true} {
		m.To, m.Content = to, nil
		if a := post.Deliver(t.Context(), m); a.Err == nil || a.Lasting != lasting {
			t.Errorf("%s: %+v", to, a)
		}
	}
	m.To = "ok@x.example" // what was refused before keeps nothing from the next one
	if a := post.Deliver(t.Context(), m); a.Err != nil || len(box.mails) != 2 {
		t.Errorf("after refusals: %+v, %d mails", a, len(box.mails))
	}
}

func TestFiguresInANoticeAreWrittenInTheReadersLanguage(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, address, box := clock.At(thursday), freeAddress(t), &server{}
		listen(t, box, address)
		for _, who := range []ident.ID{"vi", "en"} {
			write(t, d, thursday, Message{Account: who, Template: "t", Critical: true, Args: []any{"number", i18n.Figure{Value: 0.0556, Share: true, Signed: true}, "due", i18n.Figure{Value: 1234.5, Places: 2}, "state", i18n.Key("s")}})
		}
		run(t, sender(t, d, at, address, people{"vi": {Address: "vi@x.example", Lang: i18n.VI}, "en": {Address: "en@x.example", Lang: i18n.EN}}), 2)
		for i, text := range box.texts {
			subject, err := new(mime.WordDecoder).DecodeHeader(box.mails[i].Header.Get("Subject"))
			if err != nil {
				t.Fatal(err)
			}
			wantSubject, wantText := "+5,6%", "1.234,50"
			if strings.HasPrefix(subject, "Ticket") {
				wantSubject, wantText = "+5.6%", "1,234.50"
			}
			if !strings.Contains(subject, wantSubject) || !strings.Contains(text, wantText) {
				t.Errorf("%s: %s", subject, text)
			}
		}
	})
}
