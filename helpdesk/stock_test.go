package helpdesk

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

func TestPlaceholders(t *testing.T) {
	for text, want := range map[string]string{
		"Chào {{nguoi_hoi}}":           "Chào Lan {{x}}",
		"{{ so_phieu }}, {{so_phieu}}": "HT-1, HT-1",
		"{{chua_co}} và {so_phieu}":    "{{chua_co}} và {so_phieu}",
		"{{}} {{ {so_phieu} }}":        "{{}} {{ {so_phieu} }}",
		"không có gì":                  "không có gì",
	} {
		if got := fillIn(text, map[string]string{"nguoi_hoi": "Lan {{x}}", "so_phieu": "HT-1", "trong": ""}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := unknownWords("{{so_phieu}} {{la}} {{ la }} {{}} {{tieu_de}}", answerWords); !slices.Equal(got, []string{"la", ""}) {
		t.Errorf("%q", got)
	}
	if got := fillIn("{{han_xu_ly}}", map[string]string{"han_xu_ly": ""}); got != "{{han_xu_ly}}" {
		t.Error("a hole was left", got)
	}
}

func FuzzFillingInNeverFillsTwice(f *testing.F) {
	f.Add("{{so_phieu}}", "{{tieu_de}}")
	f.Fuzz(func(t *testing.T, text, value string) {
		got := fillIn(text, map[string]string{"so_phieu": value, "tieu_de": "BÍ MẬT"})
		if strings.Count(got, "BÍ MẬT") > strings.Count(text, "tieu_de")+strings.Count(text, "BÍ MẬT")+strings.Count(value, "BÍ MẬT")*strings.Count(text, "so_phieu") {
			t.Errorf("%q with %q gives %q", text, value, got)
		}
	})
}

func TestWhoKeepsAndUsesTextsInStock(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		keep := func(who access.Actor, w Keep, x Stock) (Stock, error) { return s.SaveStock(t.Context(), who, w, x) }
		mine, err := keep(agent, Keep{Name: "Riêng", Share: Mine}, Stock{Kind: Macro, Body: "Chào {{nguoi_hoi}}"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keep(manager, Keep{Name: "Chung", Share: WithAll}, Stock{Kind: Template, Title: "Máy in hỏng", Service: Device}); err != nil {
			t.Fatal(err)
		}
		if _, err := keep(manager, Keep{Name: "Của tổ", Share: MyGroup, Group: Infra}, Stock{Kind: Macro, Next: "resolved"}); err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			who  access.Actor
			kind StockKind
			want int
		}{{agent, Macro, 2}, {second, Macro, 1}, {manager, Macro, 1}, {officer, Template, 1}, {agent, Template, 1}} {
			if all, err := s.Stocks(t.Context(), tc.who, tc.kind); err != nil || len(all) != tc.want {
				t.Errorf("%s has %d of %s, want %d (%v)", tc.who.ID, len(all), tc.kind, tc.want, err)
			}
		}
		one := func(_ Stock, err error) error { return err }
		for name, tc := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"an officer's macros":       {second1(s.Stocks(t.Context(), officer, Macro)), fault.Denied},
			"an auditor's templates":    {second1(s.Stocks(t.Context(), auditor, Template)), fault.Denied},
			"a stranger's":              {second1(s.Stocks(t.Context(), nobody, Macro)), fault.SignIn},
			"an officer keeps none":     {one(keep(officer, Keep{Name: "x", Share: Mine}, Stock{Kind: Template, Title: "x"})), fault.Denied},
			"sharing needs the right":   {one(keep(agent, Keep{Name: "x", Share: WithAll}, Stock{Kind: Macro, Body: "x"})), fault.Denied},
			"another's own":             {one(s.Stock(t.Context(), second, Macro, mine.ID)), fault.Missing},
			"a macro is no template":    {one(s.Stock(t.Context(), agent, Template, mine.ID)), fault.Missing},
			"dropping another's":        {s.DropStock(t.Context(), second, Macro, mine.ID), fault.Missing},
			"an unknown placeholder":    {one(keep(agent, Keep{Name: "x", Share: Mine}, Stock{Kind: Macro, Body: "{{ten_la}}"})), fault.Invalid},
			"a template has no number":  {one(keep(agent, Keep{Name: "x", Share: Mine}, Stock{Kind: Template, Title: "{{so_phieu}}"})), fault.Invalid},
			"a macro that does nothing": {one(keep(agent, Keep{Name: "x", Share: Mine}, Stock{Kind: Macro})), fault.Invalid},
			"an old version":            {one(keep(agent, Keep{ID: mine.ID, Version: 7, Name: "x", Share: Mine}, Stock{Kind: Macro, Body: "x"})), fault.Conflict},
		} {
			if !fault.Is(tc.err, tc.want) {
				t.Errorf("%s: %v", name, tc.err)
			}
		}
		if err := s.DropStock(t.Context(), agent, Macro, mine.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestAMacroFillsTheAnswerAndActsWhenItIsSent(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x := w.ask()
		at := "/tickets/" + string(x.ID)
		res, body := w.post(agent, "/desk/macros", "name", "Xin ảnh", "share", "mine", "body", "Chào {{nguoi_hoi}}, về {{so_phieu}}: {{la_gi}}")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "la_gi") {
			t.Fatal("an unknown placeholder is kept", res.StatusCode)
		}
		res, _ = w.post(agent, "/desk/macros", "name", "Xin ảnh", "share", "mine", "body", "Chào {{nguoi_hoi}}, về {{so_phieu}} ({{don_vi}}), hạn {{han_xu_ly}}.", "next", "requester", "to_group", "desk", "impact", "1", "urgency", "1")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatal(res.StatusCode)
		}
		w.shows(agent, "/desk/macros", "Xin ảnh", "Tạm dừng, chờ người báo bổ sung")
		all, err := w.Stocks(t.Context(), agent, Macro)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		w.shows(agent, "/desk/macros/"+string(all[0].ID), "{{so_phieu}} số phiếu")
		w.shows(agent, at, "Câu trả lời mẫu", "Xin ảnh")
		res, body = w.post(agent, at+"/reply", "do", "macro", "macro", string(all[0].ID), "body", "Đã nhận.", "then", "open", "version", "1", "was_messages", "1", "was_state", "new")
		for _, want := range []string{"Đã nhận.\n\nChào Tên officer, về HT-2016-000001 (xã Đặng Xá, huyện Gia Lâm), hạn 10/11/2016", `value="requester" checked`, "Khi gửi, câu mẫu còn:", "data-focus"} {
			if !strings.Contains(body, want) {
				t.Errorf("the filled form does not show %q", want)
			}
		}
		if d := w.detail(agent, x.ID); res.StatusCode != http.StatusOK || d.Ticket.Messages != 1 {
			t.Fatal("inserting sends nothing", res.StatusCode)
		}
		res, _ = w.post(agent, at+"/reply", "macro_done", string(all[0].ID), "body", "Đã nhận.", "then", "requester", "version", "1", "was_messages", "1", "was_state", "new")
		d := w.detail(agent, x.ID)
		if res.StatusCode != http.StatusSeeOther || d.State != OnHold || d.Ticket.Group != Desk || d.Priority != PriorityOf(1, 1) {
			t.Errorf("%d: %s, %s, priority %d", res.StatusCode, d.State, d.Ticket.Group, d.Priority)
		}
	})
}

func TestATemplateBeginsANewTicket(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		x, err := w.SaveStock(t.Context(), manager, Keep{Name: "Kẹt giấy", Share: WithAll}, Stock{Kind: Template, Title: "Máy in kẹt giấy", Body: "Tại {{don_vi}}, ngày {{ngay}}.", Service: Device, Impact: 2, Urgency: 3})
		if err != nil {
			t.Fatal(err)
		}
		w.shows(officer, "/tickets/new", "Bắt đầu từ một phiếu mẫu", "Kẹt giấy")
		w.shows(officer, "/tickets/new?unit="+dangXa+"&template="+string(x.ID), `value="Máy in kẹt giấy"`, "Tại xã Đặng Xá, huyện Gia Lâm, ngày 10/11/2016.", `value="device" checked`)
		if res, _ := w.send(officer, http.MethodGet, "/desk/templates", ""); res.StatusCode != http.StatusForbidden {
			t.Error("an officer arranges templates", res.StatusCode)
		}
	})
}
