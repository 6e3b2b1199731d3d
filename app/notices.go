package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"

	"lotrinh/dossier/exchange"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/site/notices"
	"lotrinh/rollout/training"
)

// noticeKinds gather every template of the house into what people choose by. Templates
// are named by how they begin; the first kind that fits counts.
var noticeKinds = []notify.Kind{
	{Code: "answers", Templates: []string{"helpdesk.notice.answered", "helpdesk.notice.held_", "helpdesk.notice.resolved"}},
	{Code: "work", Templates: []string{"helpdesk.notice.assigned", "helpdesk.notice.written", "helpdesk.notice.reopened"}},
	{Code: "due", Templates: []string{"helpdesk.notice.first_answer_", "helpdesk.notice.next_answer_", "helpdesk.notice.resolution_", "sla."}},
	{Code: "incident", Templates: []string{"incident."}},
	{Code: "calls", Templates: []string{"hotline."}},
	{Code: "citizen", Templates: []string{"portal.", "filing.", exchange.NoticeKinds}, Outside: true},
	{Code: "teaching", Templates: []string{"training.notice.teach"}},
	{Code: "training", Templates: []string{"training."}, Outside: true},
	{Code: "supply", Templates: []string{"supply."}},
	{Code: "returns", Templates: []string{"returns.", "difficulty.", "inspection."}},
	{Code: "dossier", Templates: []string{"register."}},
	{Code: "survey", Templates: []string{"survey."}},
	{Code: "alerts", Templates: []string{"alert."}},
	{Code: "directives", Templates: []string{"directive."}},
	{Code: "reports", Templates: []string{"reports."}},
	{Code: "rollout", Templates: []string{"probe.", "outlook."}},
	{Code: "accounts", Templates: []string{"issuance."}},
	{Code: "account", Templates: []string{"org."}},
}

// noticeTexts are the templates that may go out as text messages, with what they may say.
func noticeTexts() []notify.Text {
	return slices.Concat(deskTexts, accountTexts, exchange.Texts, training.Texts())
}

// deskTexts are the help desk's.
var deskTexts = []notify.Text{
	{Template: "survey.notice.ask", Args: []string{"number"}},
	{Template: "portal.notice.code", Args: []string{"code", "minutes"}},
	{Template: "portal.notice.opened", Args: []string{"number", "code", "link"}},
	{Template: "portal.notice.answered", Args: []string{"number", "code", "link"}},
	{Template: "portal.notice.resolved", Args: []string{"number", "code", "link"}},
	{Template: "filing.notice.code", Args: []string{"code", "minutes"}},
	{Template: "filing.notice.submitted", Args: []string{"code", "link"}},
	{Template: "helpdesk.notice.answered", Args: []string{"number", "link"}},
	{Template: "helpdesk.notice.held_requester", Args: []string{"number", "link"}},
	{Template: "helpdesk.notice.resolved", Args: []string{"number", "link"}},
	{Template: "helpdesk.notice.assigned", Args: []string{"number", "link"}},
	{Template: "helpdesk.notice.reopened", Args: []string{"number", "link"}},
	{Template: "helpdesk.notice.first_answer_soon", Args: []string{"number", "due"}},
	{Template: "helpdesk.notice.first_answer_due", Args: []string{"number", "due"}},
	{Template: "helpdesk.notice.resolution_soon", Args: []string{"number", "due"}},
	{Template: "helpdesk.notice.resolution_due", Args: []string{"number", "due"}},
}

// notices declares the pages of notices and puts their number beside the bell.
func (a *App) notices(ctx context.Context, r *httpx.Router) error {
	inbound, err := secretSetting(ctx, a.DB, "sms_inbound")
	if err != nil {
		return err
	}
	p := notices.New(notices.Deps{DB: a.DB, Machine: a.Machine, Business: a.Business, People: a.People, Units: a.Units, Site: a.Site,
		Sender: a.Sender, Inbound: inbound})
	p.Routes(r)
	a.count("/notices", p.Unseen)
	return nil
}

// secretSetting is a secret of the house: made at the first start and kept.
func secretSetting(ctx context.Context, d *db.DB, name string) (string, error) {
	kept, err := readSetting(ctx, d, name)
	if err != nil || kept != "" {
		return kept, err
	}
	var b [24]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	made := hex.EncodeToString(b[:])
	return made, keepSetting(ctx, d, name, made)
}
