package app

import (
	"path"

	"lotrinh/internal/kit/ident"
	"lotrinh/reports"
	"lotrinh/reports/delivery"
)

// reportSent is a report that was sent, a line of its list and an allowed domain.
func (s *street) reportSent(m map[string]string) {
	s.t.Helper()
	ctx, planner := s.t.Context(), s.actor("planner")
	e, err := s.Delivery.Add(ctx, planner, ident.ID(m["schedule"]), delivery.EntryForm{Kind: "role", Role: "district_coordinator"})
	must(s.t, err)
	if n, err := s.Delivery.Send(ctx, planner, ident.ID(m["report"])); err != nil || n == 0 {
		s.t.Fatalf("%d deliveries, %v", n, err)
	}
	m["report_entry"], m["report_sent"] = string(e.ID), s.one("SELECT min(id) FROM report_delivery WHERE run = ? AND channel = 'mail'", m["report"])
	l, err := s.Delivery.MakeLink(ctx, planner, ident.ID(m["report"]), "14")
	must(s.t, err)
	open, err := s.Delivery.MakeLink(ctx, planner, ident.ID(m["report"]), "14")
	must(s.t, err)
	m["report_link"], m["report_token"] = string(l.ID), path.Base(s.Delivery.Address(open))
	folder, _, err := s.Delivery.AddOutlet(ctx, s.actor("admin"), delivery.Folder, delivery.OutletForm{Name: "Kho " + m["unit"], Forms: []string{"pdf"}})
	must(s.t, err)
	hook, _, err := s.Delivery.AddOutlet(ctx, s.actor("admin"), delivery.Webhook, delivery.OutletForm{Name: "Kho " + m["unit"], Address: "https://localhost/"})
	must(s.t, err)
	m["report_folder"], m["report_webhook"] = string(folder.ID), string(hook.ID)
	m["domain"] = "so" + m["unit"] + ".example"
	must(s.t, s.Delivery.Allow(ctx, s.actor("admin"), m["domain"]))
}

// subscribed is a subscription of one's own, for whoever may have one.
func (s *street) subscribed(m map[string]string, login string) {
	s.t.Helper()
	who := s.actor(login)
	if !who.Covers(reports.Read, hereDistrict) {
		return
	}
	must(s.t, s.Delivery.Subscribe(s.t.Context(), who, reports.Weekly, hereDistrict))
	m["subscription"] = s.one("SELECT max(id) FROM report_subscription WHERE account = ?", string(who.ID))
}
