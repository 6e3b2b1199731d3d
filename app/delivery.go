package app

import (
	"context"
	"fmt"
	"time"

	"lotrinh/internal/kit/guard"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/notify"
	"lotrinh/reports/delivery"
)

// openDelivery builds the room that brings reports to people. It has a connection to the
// mail server of its own: one connection carries one conversation.
func (h *House) openDelivery() error {
	d := delivery.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Log: h.Log, Words: h.Words, Reports: h.Reports, Files: h.Files, Units: h.Units, People: h.People,
		Reach: h.Sender, Key: h.signs, Seal: h.sealKey(), BaseURL: h.Config.BaseURL, Settled: h.metrics.delivered, Root: h.Config.ReportFolder}
	var err error
	if d.Guard, err = guard.Read(h.Config.HookNetworks); err != nil {
		return fmt.Errorf("--webhook-networks: %w", err)
	}
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

// deliveryChores send what is finished to whom it is for, each channel for itself: a share
// or a server that hangs holds up nothing else.
func (a *App) deliveryChores() []chore {
	all := []chore{{"old attempts of outlets", time.Hour, a.Delivery.Forget}}
	for _, by := range delivery.Outgoing {
		all = append(all, chore{"report deliveries by " + string(by), 5 * time.Second, func(ctx context.Context) error {
			_, err := a.Delivery.RunBy(ctx, by)
			return err
		}})
	}
	return all
}
