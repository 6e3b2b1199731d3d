package app

import (
	"fmt"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/notify"
	"lotrinh/reports/delivery"
)

// openDelivery builds the room that brings reports to people. It has a connection to the
// mail server of its own: one connection carries one conversation.
func (h *House) openDelivery() error {
	d := delivery.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Log: h.Log, Words: h.Words, Reports: h.Reports, Files: h.Files, Units: h.Units, People: h.People,
		Reach: h.Sender, Key: h.signs, BaseURL: h.Config.BaseURL, Settled: h.metrics.delivered}
	if h.Config.SMTPURL != "" {
		post, err := notify.OpenSMTP(h.Config.SMTPURL, h.Config.MailFrom)
		if err != nil {
			return fmt.Errorf("--smtp-url: %w", err)
		}
		d.Post = post
	}
	h.Delivery = delivery.New(d)
	h.Desk.Mail.Returned = h.Delivery.Returned
	h.metrics.gauge("lotrinh_report_deliveries_waiting", "Deliveries of reports that wait.", h.Delivery.Waiting)
	return nil
}

// deliveryRoutes declares the pages of delivery and puts its number beside the inbox.
func (a *App) deliveryRoutes(r *httpx.Router) {
	a.Delivery.Routes(r, a.Site)
	a.count(delivery.InboxAt, a.Delivery.UnreadBadge)
}
