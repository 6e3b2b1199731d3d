package mail

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// plusKey stands in the mail files for the key of the first ticket.
const plusKey = "01585a00-1111-7000-8000-000000000001"

// world makes the tickets that the mail files speak of: the first runs, the second is
// resolved, the third closed, the fourth merged into the first.
func (p *post) world() ident.ID {
	p.t.Helper()
	var ids []ident.ID
	for n, id := range []string{"first", "second", "third", "fourth", "fifth"} {
		l := p.comes(mail("Máy quét hỏng.", "Message-ID: <"+id+"@quynhmai.example>"))
		ids = append(ids, l.Ticket)
		key := "01585a00-0000-7000-8000-00000000000" + string(rune('1'+n))
		p.do("INSERT INTO notice (id, account, address, lang, template, args, link, dedupe, critical, private, at, state, attempts, next_at, message_id, problem, thread) "+
			"VALUES (?, '', '', 'vi', 'x', '[]', '', ?, ?, ?, ?, 'sent', 0, ?, ?, '', ?)", key, key, false, true, monday, monday, key, `{"key":"ticket/`+string(l.Ticket)+`"}`)
	}
	p.resolved(ids[1])
	p.resolved(ids[2])
	p.closed(ids[2])
	p.do("UPDATE ticket SET closed_at = ? WHERE id = ?", monday.AddDate(0, -1, 0), ids[2])
	p.resolved(ids[4])
	p.closed(ids[4])
	p.do("UPDATE ticket SET merged_into = ? WHERE id = ?", ids[0], ids[3])
	p.do("INSERT INTO desk_contact (id, account, name, unit, created_at, version) VALUES ('c1', 'p1', 'Lan', '', ?, 1)", monday)
	p.do("INSERT INTO desk_way (kind, value, contact, verified, broken) VALUES ('mail', 'lan.tran@hopthu.example', 'c1', ?, ?)", true, false)
	p.do("UPDATE desk_letter SET from_mail = 'truoc@quynhmai.example'") // so that the nets count nothing yet
	return ids[0]
}

// set makes the world what a mail file asks for, and gives the mail as it then is.
func (p *post) set(facts string, raw []byte) []byte {
	p.t.Helper()
	p.do("DELETE FROM desk_letter WHERE uid_validity > 90")
	p.do("UPDATE desk_mailbox SET strangers = 'open', closed = 'policy'")
	m := rules.Parse(raw)
	fill := func(n int, change string, args ...any) {
		for i := range n {
			id := ident.New(monday)
			p.do("INSERT INTO desk_letter (id, mailbox, uid_validity, uid, message_id, at, from_mail, from_name, as_mail, subject, size, decision, why, ticket, message, contact, acknowledged, reopened, state, decided_by) "+
				"VALUES (?, ?, 99, ?, ?, ?, ?, '', '', '', 1, 'automatic', '[]', '', '', '', ?, ?, '', '')", id, p.box.ID, i+1, id, monday, m.Writer().Mail, false, false)
		}
		if change != "" {
			p.do("UPDATE desk_letter SET "+change+" WHERE uid_validity = 99", args...)
		}
	}
	switch facts {
	case "seen":
		fill(1, "message_id = ?", m.ID)
	case "hold":
		p.do("UPDATE desk_mailbox SET strangers = 'hold'")
	case "file":
		p.do("UPDATE desk_mailbox SET closed = 'file'")
	case "many":
		fill(rules.Usual.SenderMail, "")
	case "acked":
		fill(rules.Usual.SenderAcks, "acknowledged = ?", true)
	case "reopened":
		for n, seq := range []string{"2", "5"} {
			fill(rules.Usual.Reopens, "reopened = ?, ticket = ?, from_mail = 'truoc@quynhmai.example', uid_validity = ?", true, p.one("SELECT id FROM ticket WHERE seq = "+seq), 98-n)
		}
	case "small":
		raw = append(raw, bytes.Repeat([]byte("x\r\n"), 9<<20)...)
	}
	return raw
}

// TestMailFilesAreExplainedFromTheStore judges every mail file by what a store says,
// as the command does, and looks that nothing was written.
func TestMailFilesAreExplainedFromTheStore(t *testing.T) {
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) < 60 {
		t.Fatal(len(names), err)
	}
	eachDB(t, func(t *testing.T, p *post) {
		first := p.world()
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			note, err := os.ReadFile(strings.TrimSuffix(name, ".eml") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				Decision    rules.Decision
				Ticket      string
				Acknowledge bool
				Why         []string
				Facts       string
			}
			if err := json.Unmarshal(note, &want); err != nil {
				t.Fatal(err)
			}
			raw = p.set(want.Facts, bytes.ReplaceAll(raw, []byte(plusKey), []byte(first)))
			state := p.state()
			got, err := p.Explain(t.Context(), p.Words.In(i18n.VI), raw)
			if err != nil {
				t.Fatal(name, err)
			}
			if got.Decision != want.Decision || got.Ticket != want.Ticket || got.Acknowledge != want.Acknowledge || got.Why == "" || strings.Contains(got.Why, "⟦") {
				t.Errorf("%s: %+v, want %+v", filepath.Base(name), got, want)
			}
			if after := p.state(); after != state {
				t.Errorf("%s: explaining changed the store from %s to %s", name, state, after)
			}
		}
	})
}

// state counts what a mail could have left behind.
func (p *post) state() string {
	return p.one("SELECT (SELECT count(*) FROM ticket) || ' ' || (SELECT count(*) FROM ticket_message) || ' ' || (SELECT count(*) FROM desk_letter) || ' ' || " +
		"(SELECT count(*) FROM notice) || ' ' || (SELECT count(*) FROM desk_contact) || ' ' || (SELECT count(*) FROM trail_entry) || ' ' || (SELECT count(*) FROM outbox_event)")
}

func TestTheCommandPrintsOneLineOfJSON(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		var out bytes.Buffer
		if err := p.Command(t.Context(), p.Words.In(i18n.VI), []string{"explain", "testdata/new-plain.eml"}, &out); err != nil {
			t.Fatal(err)
		}
		want := `{"decision":"new","ticket":"","acknowledge":true,"why":"Thư không trả lời phiếu nào nên là yêu cầu mới. Người gửi đã có trong danh bạ."}` + "\n"
		if out.String() != want {
			t.Errorf("got  %swant %s", out.String(), want)
		}
		for _, args := range [][]string{{}, {"explain"}, {"explain", "nowhere.eml"}, {"send", "x"}} {
			if err := p.Command(t.Context(), p.Words.In(i18n.VI), args, &out); err == nil {
				t.Errorf("%v is accepted", args)
			}
		}
	})
}
