package helpdesk

import (
	"context"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// known files a person as the product does for who writes or calls.
func (s *desk) known(c Contact, ways ...Way) Contact {
	s.t.Helper()
	err := s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		c, err = s.KnowIn(ctx, tx, access.System("mail"), c, ways...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func TestWhoeverWritesIsOnePerson(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		first := s.known(Contact{Name: "Nguyễn Thị  Lan", Unit: dangXa}, Way{Kind: MailWay, Value: "lan@xa.example"}, Way{Kind: PhoneWay, Value: "0987000111"})
		if again := s.known(Contact{Name: "Lan"}, Way{Kind: PhoneWay, Value: "0987000111"}); again.ID != first.ID || again.Name != "Nguyễn Thị Lan" {
			t.Errorf("by the number: %+v", again)
		}
		if officer := s.known(Contact{}, Way{Kind: PhoneWay, Value: "0912345678"}); officer.Account != "officer" {
			t.Errorf("an account's number is the account: %+v", officer)
		}
	})
}

func TestWhatTheProductFilesIsTheRequestersWord(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		mail, lan := access.System("mail"), s.known(Contact{Name: "Lan"}, Way{Kind: MailWay, Value: "lan@xa.example"})
		d := draft(func(d *Draft) { d.Requester, d.Source, d.Channel = lan.ID, "mail", ByMail })
		x := s.must(s.Open(t.Context(), mail, d))
		if x.State != StateNew || x.AnsweredAt != nil {
			t.Fatalf("a mail answers nothing: %+v", x)
		}
		x = s.must(s.Reply(t.Context(), agent, x.ID, words("Gửi giúp ảnh.")))
		x = s.must(s.Reply(t.Context(), mail, x.ID, Words{Body: "Ảnh đây.", Author: lan.ID, Source: "mail"}))
		seen := s.detail(agent, x.ID)
		if m := seen.Conversation.Items[0]; m.FromAgent || m.Author != lan.ID || m.Source != "mail" || seen.Names[lan.ID] != "Lan" {
			t.Errorf("%+v, called %q", m, seen.Names[lan.ID])
		}
		if _, err := s.Reply(t.Context(), agent, x.ID, Words{Body: "Giả danh.", Author: lan.ID}); !fault.Is(err, fault.Denied) {
			t.Errorf("a person writes in somebody else's name: %v", err)
		}
	})
}
