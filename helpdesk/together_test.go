package helpdesk

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

func TestTwoPeopleChangeDifferentFieldsAndBothSucceed(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x := w.ask()
		at := "/tickets/" + string(x.ID)
		if res, _ := w.post(lead, at+"/rank", "version", "1", "was_impact", "2", "was_urgency", "3", "impact", "3", "urgency", "3"); res.StatusCode != http.StatusSeeOther {
			t.Fatal("rank", res.StatusCode)
		}
		res, body := w.post(lead, at+"/assign", "version", "1", "was_owner", "", "owner", "second-agent")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("a form about another field was refused: %d %.300s", res.StatusCode, body)
		}
		d := w.detail(lead, x.ID)
		if d.Impact != 3 || d.Owner != "second-agent" {
			t.Errorf("impact %d, owner %q", d.Impact, d.Owner)
		}
	})
}

func TestTheSameFieldShowsBothValuesAndAChoice(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x := w.ask()
		at := "/tickets/" + string(x.ID)
		w.post(lead, at+"/assign", "version", "1", "was_owner", "", "owner", "second-agent")
		res, body := w.post(agent, at+"/take", "version", "1", "was_owner", "")
		if res.StatusCode != http.StatusConflict || !strings.Contains(body, "Đã có người sửa, xem khác biệt") ||
			!strings.Contains(body, "Tên second-agent") || !strings.Contains(body, "Tên agent") || !strings.Contains(body, `name="was_owner" value="second-agent"`) {
			t.Fatalf("%d %.3000s", res.StatusCode, body)
		}
		if d := w.detail(lead, x.ID); d.Owner != "second-agent" {
			t.Errorf("owner %q after a refused change", d.Owner)
		}
		if res, _ := w.post(agent, at+"/take", "version", "2", "was_owner", "second-agent", "owner", "agent"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("one's own value after the choice: %d", res.StatusCode)
		}
		if res, _ := w.post(lead, at+"/assign", "version", "1", "was_owner", "", "owner", "agent"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("the same value twice is no clash: %d", res.StatusCode)
		}
	})
}

func TestAnAnswerIsHeldBackWhenSomebodyAnsweredMeanwhile(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x := w.ask()
		at := "/tickets/" + string(x.ID)
		w.post(agent, at+"/note", "body", "Kho còn máy.")
		reply := []string{"version", "1", "was_messages", "1", "was_state", "new", "then", "open"}
		if res, _ := w.post(agent, at+"/reply", append(reply, "body", "Tôi xử lý.")...); res.StatusCode != http.StatusSeeOther {
			t.Fatal("a note holds no answer back", res.StatusCode)
		}
		res, body := w.post(second, at+"/reply", append(reply, "body", "Để tôi làm.")...)
		for _, want := range []string{"Trong lúc bạn viết, đã có người trả lời hoặc đổi trạng thái", "Tôi xử lý.", "Trạng thái: Mới → Đang xử lý", "Gửi luôn", "Để tôi làm.",
			`name="was_messages" value="3"`, `form="form-reply"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the refusal does not show %q", want)
			}
		}
		if res.StatusCode != http.StatusConflict {
			t.Fatal(res.StatusCode)
		}
		w.shows(second, at, "Để tôi làm.", "Nội dung bạn viết dở")
		if res, _ := w.post(second, at+"/reply", "version", "3", "was_messages", "3", "was_state", "open", "then", "open", "body", "Để tôi làm."); res.StatusCode != http.StatusSeeOther {
			t.Error("sending anyway", res.StatusCode)
		}
		if body := w.shows(second, at); strings.Contains(body, "Nội dung bạn viết dở") {
			t.Error("what was sent is still kept as unsent")
		}
	})
}

func TestUnsentTextIsKeptPerPersonAndBoxUntilItIsSent(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x := w.ask()
		at := "/tickets/" + string(x.ID)
		if _, body := w.post(agent, at+"/unsent/reply", "body", "Đang viết dở"); !strings.Contains(body, "Đã lưu nháp lúc 10/11/2016 08:00") {
			t.Error(body)
		}
		w.post(agent, at+"/unsent/note", "body", "Ghi chú dở")
		w.shows(agent, at, "Đang viết dở", "Ghi chú dở")
		for _, who := range []access.Actor{second, officer} {
			if body := w.shows(who, at); strings.Contains(body, "viết dở") || strings.Contains(body, "chú dở") {
				t.Errorf("%s sees another's unsent text", who.ID)
			}
		}
		w.post(agent, at+"/note", "body", "Ghi chú xong")
		body := w.shows(agent, at, "Đang viết dở")
		if strings.Contains(body, "Ghi chú dở") {
			t.Error("the note was sent and is still kept")
		}
		w.post(agent, at+"/unsent/reply", "body", "   ")
		if body := w.shows(agent, at); strings.Contains(body, "Đang viết dở") {
			t.Error("an emptied text is still kept")
		}
	})
}

func TestWhoMayKeepTextOnATicket(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		x := s.ask()
		for _, tc := range []struct {
			who  access.Actor
			box  Box
			want fault.Kind
			ok   bool
		}{
			{agent, BoxReply, 0, true}, {agent, BoxNote, 0, true}, {officer, BoxReply, 0, true}, {officer, BoxNote, fault.Denied, false}, {auditor, BoxReply, fault.Denied, false},
			{local, BoxReply, fault.Missing, false}, {other, BoxReply, fault.Missing, false}, {nobody, BoxReply, fault.SignIn, false}, {agent, "else", fault.Missing, false},
		} {
			_, err := s.KeepUnsent(t.Context(), tc.who, x.ID, tc.box, "chữ")
			if tc.ok != (err == nil) || !tc.ok && !fault.Is(err, tc.want) {
				t.Errorf("%q, %s: %v", tc.who.ID, tc.box, err)
			}
		}
		if _, err := s.KeepUnsent(t.Context(), agent, x.ID, BoxReply, strings.Repeat("a", longestBody+1)); !fault.Is(err, fault.Invalid) {
			t.Error("too long", err)
		}
	})
}

func TestPresenceIsSeenByTheSupportSideAndEnds(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		x := s.ask()
		see := func(who access.Actor, writing bool) string {
			t.Helper()
			others, err := s.Here(t.Context(), who, x.ID, writing)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, o := range others {
				name := o.Name
				if o.Writing {
					name += " writes"
				}
				names = append(names, name)
			}
			return strings.Join(names, ", ")
		}
		if got := see(agent, false); got != "" {
			t.Error("alone", got)
		}
		if got := see(second, true); got != "agent" {
			t.Error("the second sees", got)
		}
		if got := see(agent, false); got != "second-agent writes" {
			t.Error("the first sees", got)
		}
		s.at.Move(stays - time.Second)
		see(agent, false)
		s.at.Move(2 * time.Second)
		if got := see(agent, false); got != "" {
			t.Error("a silent page is still seen:", got)
		}
		see(second, false)
		if err := s.Leave(t.Context(), second, x.ID); err != nil {
			t.Fatal(err)
		}
		if got := see(agent, false); got != "" {
			t.Error("who left is still seen:", got)
		}
		for _, who := range []access.Actor{officer, auditor} {
			if _, err := s.Here(t.Context(), who, x.ID, false); !fault.Is(err, fault.Denied) {
				t.Errorf("%s: %v", who.ID, err)
			}
		}
		for who, want := range map[string]fault.Kind{"local": fault.Missing, "nobody": fault.SignIn} {
			a := map[string]access.Actor{"local": local, "nobody": nobody}[who]
			if _, err := s.Here(t.Context(), a, x.ID, false); !fault.Is(err, want) {
				t.Errorf("%s: %v", who, err)
			}
		}
		s.at.Move(keepUnsentFor)
		if err := s.ForgetOld(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := s.DB.Read().NewSelect().Model((*Presence)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Error(n, err)
		}
	})
}

func TestTheHeartBeatTellsOfNews(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x := w.ask()
		at := "/tickets/" + string(x.ID)
		w.shows(second, at)
		_, body := w.post(agent, at+"/presence", "was_messages", "1", "writing", "1")
		if !strings.Contains(body, "Cũng đang xem: second-agent") || strings.Contains(body, "tin mới") {
			t.Error(body)
		}
		w.post(agent, at+"/reply", "version", "1", "then", "open", "body", "Đã xem.")
		_, body = w.post(second, at+"/presence", "was_messages", "1")
		if !strings.Contains(body, "agent đang viết trên phiếu này") || !strings.Contains(body, "Có 1 tin mới từ khi bạn mở trang") {
			t.Error(body)
		}
		if res, _ := w.post(agent, at+"/presence", "leave", "1"); res.StatusCode != http.StatusNoContent {
			t.Error(res.StatusCode)
		}
		if _, body = w.post(second, at+"/presence"); strings.Contains(body, "đang viết") {
			t.Error(body)
		}
	})
}
