package rules

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// expected is what stands beside a mail file.
type expected struct {
	Decision    Decision `json:"decision"`
	Ticket      string   `json:"ticket"` // number
	Acknowledge bool     `json:"acknowledge"`
	Why         []string `json:"why"` // keys without what they all begin with
	From        string   `json:"from"`
	As          string   `json:"as"`
	Subject     string   `json:"subject"`
	Has         []string `json:"has"` // in what the writer says
	Not         []string `json:"not"` // not in it
	Parts       int      `json:"parts"`
	Broken      []string `json:"broken"`
	Reopen      bool     `json:"reopen"`
	Facts       string   `json:"facts"` // which world: empty is the usual one
	Bounced     []string `json:"bounced"`
}

// The world of the mail files: who is known and which tickets there are. The room's
// tests build the same one in a database.
const (
	officer  = "canbo@quynhmai.example"
	alias    = "lan.tran@hopthu.example"
	registry = "hotich@bachkhoa.example"
	agent    = "hung.ho@hanoi.example"
)

func box() Mailbox {
	return Mailbox{Address: "hotro@hanoi.example", Aliases: []string{"duongdaynong@hanoi.example"}, Strangers: StrangersOpen, Closed: ClosedPolicy, Limits: Usual}
}

func world() Facts {
	running := Thread{Ticket: "t1", Number: "HT-2016-000001", Standing: Running, People: []string{"p1", "agent"}}
	resolved := Thread{Ticket: "t2", Number: "HT-2016-000002", Standing: Resolved, People: []string{"p1", "agent"}}
	closed := Thread{Ticket: "t3", Number: "HT-2016-000003", Standing: Closed, People: []string{"p1"}}
	fresh := Thread{Ticket: "t5", Number: "HT-2016-000005", Standing: Closed, People: []string{"p1"}, MayReopen: true}
	moved := running
	moved.Moved = "HT-2016-000004"
	return Facts{
		Own: Own{Addresses: []string{"hotro@hanoi.example", "duongdaynong@hanoi.example", "lotrinh@hanoi.example"},
			Hosts: []string{"lotrinh.hanoi.example"}, Domain: "hanoi.example"},
		Threads: map[string]Thread{
			"01585a00-0000-7000-8000-000000000001@hanoi.example": running, "01585a00-0000-7000-8000-000000000002@hanoi.example": resolved,
			"01585a00-0000-7000-8000-000000000003@hanoi.example": closed, "01585a00-0000-7000-8000-000000000004@hanoi.example": moved,
			"01585a00-0000-7000-8000-000000000005@hanoi.example": fresh, "first@quynhmai.example": running,
		},
		Keys:    map[string]Thread{"01585a00-1111-7000-8000-000000000001": running},
		Numbers: map[string]Thread{"HT-2016-000001": running, "HT-2016-000002": resolved, "HT-2016-000003": closed, "HT-2016-000004": moved, "HT-2016-000005": fresh},
		People: map[string]Person{officer: {Key: "p1", Staff: true}, alias: {Key: "p1", Staff: true},
			registry: {Key: "p2", Staff: true}, agent: {Key: "agent", Staff: true, Desk: true}},
	}
}

// asked is what Decide may see: only what Ask asked for.
func asked(m Mail, b Mailbox, f Facts) Facts {
	q := Ask(m, b)
	keep := func(all map[string]Thread, wanted []string) map[string]Thread {
		out := map[string]Thread{}
		for _, k := range wanted {
			if t, ok := all[k]; ok {
				out[k] = t
			}
		}
		return out
	}
	people := map[string]Person{}
	for _, a := range q.People {
		if p, ok := f.People[a]; ok {
			people[a] = p
		}
	}
	f.Threads, f.Keys, f.Numbers, f.People = keep(f.Threads, q.Threads), keep(f.Keys, q.Keys), keep(f.Numbers, q.Numbers), people
	return f
}

// setting is the mailbox and the world that a file asks for.
func setting(t *testing.T, name string) (Mailbox, Facts) {
	t.Helper()
	b, f := box(), world()
	switch name {
	case "":
	case "seen":
		f.Seen = true
	case "hold":
		b.Strangers = StrangersHold
	case "file":
		b.Closed = ClosedFile
	case "many":
		f.Mails = Usual.SenderMail
	case "acked":
		f.Acks = Usual.SenderAcks
	case "reopened":
		for id, th := range f.Threads {
			th.Reopens = Usual.Reopens
			f.Threads[id] = th
		}
	case "small":
		b.Limits.Size = 1000
	default:
		t.Fatalf("no such world: %s", name)
	}
	return b, f
}

func TestMailFilesAreJudgedAsTheyAreExpectedTo(t *testing.T) {
	names, err := filepath.Glob("../testdata/*.eml")
	if err != nil || len(names) < 60 {
		t.Fatalf("%d mail files, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".eml"), func(t *testing.T) { judged(t, name) })
	}
}

func judged(t *testing.T, name string) {
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var want expected
	d := json.NewDecoder(bytes.NewReader(note))
	d.DisallowUnknownFields()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	b, f := setting(t, want.Facts)
	m := Parse(raw)
	v := Decide(m, b, asked(m, b, f))
	var why []string
	for _, r := range v.Why {
		why = append(why, strings.TrimPrefix(r.Key, "helpdesk.mail.why."))
	}
	if v.Decision != want.Decision || v.Number != want.Ticket || v.Acknowledge != want.Acknowledge || v.Reopen != want.Reopen {
		t.Errorf("%s %q acknowledged %v reopened %v, want %s %q %v %v", v.Decision, v.Number, v.Acknowledge, v.Reopen,
			want.Decision, want.Ticket, want.Acknowledge, want.Reopen)
	}
	same := func(what string, got, want any) {
		if got != want {
			t.Errorf("%s %q, want %q", what, got, want)
		}
	}
	same("why", strings.Join(why, " "), strings.Join(want.Why, " "))
	same("broken", strings.Join(m.Broken, " "), strings.Join(want.Broken, " "))
	same("bounced", strings.Join(v.Broken, " "), strings.Join(want.Bounced, " "))
	same("from", m.Writer().Mail, want.From)
	same("subject", m.Subject, want.Subject)
	same("parts", len(m.Parts), want.Parts)
	if want.As != "" {
		same("on behalf of", v.As.Mail, want.As)
	}
	text := m.Text
	if v.Decision == FollowUp {
		text, _ = Fold(m.Text)
	}
	if v.Original != nil {
		text = v.Original.Text
	}
	for _, has := range want.Has {
		if !strings.Contains(text, has) {
			t.Errorf("%q is not in %q", has, text)
		}
	}
	for _, not := range want.Not {
		if strings.Contains(text, not) {
			t.Errorf("%q is in %q", not, text)
		}
	}
}

func TestHTMLIsMadeSafe(t *testing.T) {
	source := `<html><head><style>p{color:red}</style><script>alert(1)</script></head><body onload="x()">
<p style="background:url(https://evil.example/x)">Chào <b>anh</b></p><img src="https://evil.example/pixel.gif" alt="dấu vết">
<img src="cid:anh1"><img src='cid:khong-co'><a href="javascript:alert(1)">bấm</a> <a href="https://tailieu.example/a">tài liệu</a>
<a href="/tickets/1/close">đóng</a><form action="https://evil.example"><input name="a"></form><iframe src="https://evil.example"></iframe>
<svg onload="x()"><image href="https://evil.example/y"></svg><object data="https://evil.example/z"></object><base href="https://evil.example/"></body></html>`
	safe, blocked := Safe(source, func(cid string) string {
		if cid == "anh1" {
			return "/desk/mail/letters/01585a00-0000-7000-8000-000000000001/parts/0"
		}
		return ""
	})
	for _, bad := range []string{"evil.example", "script", "style", "onload", "form", "iframe", "svg", "javascript", `href="/tickets`, "cid:"} {
		if strings.Contains(safe, bad) {
			t.Errorf("%s is left in %s", bad, safe)
		}
	}
	for _, good := range []string{`<b>anh</b>`, `src="/desk/mail/letters/01585a00-0000-7000-8000-000000000001/parts/0"`, `href="https://tailieu.example/a"`, "noreferrer"} {
		if !strings.Contains(safe, good) {
			t.Errorf("%s is missing in %s", good, safe)
		}
	}
	if blocked != 1 {
		t.Errorf("%d pictures left out, want 1", blocked)
	}
}

func TestQuotedMailIsFoldedAndNoWordOfTheWriterIsHidden(t *testing.T) {
	for text, own := range map[string]string{
		"Đã được rồi.\n\nVào Th 2, 14 thg 11, 2016 lúc 08:05 Hỗ trợ <hotro@hanoi.example> đã viết:\n> Anh thử lại": "Đã được rồi.",
		"Cảm ơn.\n\nOn Mon, Nov 14, 2016 at 8:05 AM Help\n<hotro@hanoi.example> wrote:\n> a\n> b":                  "Cảm ơn.",
		"Vẫn lỗi.\n\n-----Original Message-----\nFrom: A\nx":                                                       "Vẫn lỗi.",
		"Vẫn lỗi.\n\n________________________________\nTừ: Hỗ trợ\nĐã gửi: thứ hai\nChủ đề: x\n\ncũ":               "Vẫn lỗi.",
		"Xong.\n\nTừ: Hỗ trợ\nNgày: 14/11/2016\nĐến: tôi\nChủ đề: x\n\ncũ":                                         "Xong.",
		"Xong.\n> cũ\n> cũ":  "Xong.",
		"> hỏi\n\ntrả lời":   "> hỏi\n\ntrả lời",
		"> chỉ có trích dẫn": "> chỉ có trích dẫn",
		"On Mon wrote:\n> a\nđây là câu trả lời ở dưới": "On Mon wrote:\n> a\nđây là câu trả lời ở dưới",
		"Từ: hôm qua máy in hỏng.\nNhờ xem giúp.":       "Từ: hôm qua máy in hỏng.\nNhờ xem giúp.",
	} {
		if got, _ := Fold(text); got != own {
			t.Errorf("of %q\n got %q\nwant %q", text, got, own)
		}
	}
}

func TestControlHeadersCountOnlyInTrustedMailboxes(t *testing.T) {
	m := Parse([]byte("From: a@b.example\r\nX-Lotrinh-Service: device\r\nX-Lotrinh-Unit: 00256\r\n\r\nx"))
	b := box()
	if c := Controls(m, b); c != (Control{}) {
		t.Errorf("an ordinary mailbox obeys %v", c)
	}
	b.Trusted = true
	if c := Controls(m, b); c.Service != "device" || c.Unit != "00256" {
		t.Errorf("a trusted mailbox reads %v", c)
	}
}

func TestTheSameMailWithoutMessageIDHasTheSameKey(t *testing.T) {
	raw := []byte("From: a@b.example\nSubject: x\n\nthân thư")
	a, b := Parse(raw), Parse(raw)
	c := Parse(append(slices.Clone(raw), '!'))
	if !a.Synthetic || a.ID != b.ID || a.ID == c.ID {
		t.Errorf("%s %s %s", a.ID, b.ID, c.ID)
	}
}

// FuzzParse reads anything: it must end, and its verdict must be one of the five.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("../testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		if m.ID == "" {
			t.Error("a mail without a key")
		}
		v := Decide(m, box(), world())
		if !slices.Contains(Decisions, v.Decision) || len(v.Why) == 0 {
			t.Errorf("verdict %+v", v)
		}
		if v.Decision == Automatic && (v.Acknowledge || v.Reopen) {
			t.Error("automatic mail is answered")
		}
		if own, quoted := Fold(m.Text); strings.TrimSpace(m.Text) != "" && own == "" {
			t.Errorf("everything is hidden: %q", quoted)
		}
		safe, _ := Safe(m.HTML, func(string) string { return "" })
		if low := strings.ToLower(safe); strings.Contains(low, "<script") || strings.Contains(low, "<iframe") {
			t.Errorf("unsafe: %s", safe)
		}
	})
}
