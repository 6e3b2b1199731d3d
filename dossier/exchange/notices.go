package exchange

import (
	"context"
	"net/url"
	"strconv"

	"lotrinh/dossier"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
)

// NoticeKinds begins the names of this room's templates.
const NoticeKinds = "exchange.notice."

// Texts are the templates that go out as text messages: a code, a due moment, a link.
var Texts = []notify.Text{
	{Template: "exchange.notice.accepted", Args: []string{"code", "due", "link"}},
	{Template: "exchange.notice.accepted_standing", Args: []string{"code", "link"}},
	{Template: "exchange.notice.supplement", Args: []string{"code", "link"}},
	{Template: "exchange.notice.refused", Args: []string{"code", "link"}},
	{Template: "exchange.notice.stopped", Args: []string{"code", "link"}},
	{Template: "exchange.notice.confirm", Args: []string{"code", "link"}},
	{Template: "exchange.notice.apology", Args: []string{"code", "due", "link"}},
	{Template: "exchange.notice.ready", Args: []string{"code", "link"}},
	{Template: "exchange.notice.residence_done", Args: []string{"code", "link"}},
	{Template: "exchange.notice.insurance_done", Args: []string{"code", "link"}},
	{Template: "exchange.notice.leg_done", Args: []string{"code", "link"}},
	{Template: "exchange.notice.leg_rejected", Args: []string{"code", "link"}},
}

// told is what a citizen hears of an act. What was submitted is told by whoever took it.
var told = map[dossier.Act]string{
	dossier.Accept: "accepted", dossier.CompleteSupplement: "accepted", dossier.AskSupplement: "supplement", dossier.RefuseIntake: "refused", dossier.Stop: "stopped",
	dossier.AskConfirm: "confirm", dossier.Reappoint: "apology", dossier.Finish: "ready",
}

// tellCitizen tells the applicant of an act, once: the key is the step's own.
func (s *Service) tellCitizen(ctx context.Context, tx *db.Tx, d dossier.Dossier, st dossier.Step) error {
	template, ok := told[st.Act]
	if !ok {
		return nil
	}
	if template == "accepted" && d.DueAt.IsZero() {
		template = "accepted_standing"
	}
	if to, ok := st.Promise(); ok {
		d.DueAt = to.Until // of a late apology too, which moves no due moment
	}
	return s.tell(ctx, tx, d, template, strconv.FormatInt(st.Seq, 10))
}

// tellLeg tells the applicant of the end of a leg.
func (s *Service) tellLeg(ctx context.Context, tx *db.Tx, d dossier.Dossier, leg dossier.Leg) error {
	template := "leg_done"
	switch {
	case leg.State == dossier.LegRejected:
		template = "leg_rejected"
	case leg.Kind == "residence":
		template = "residence_done"
	case leg.Kind == "insurance":
		template = "insurance_done"
	}
	return s.tell(ctx, tx, d, template, leg.Kind)
}

// tell writes a text message without names. It goes out in working hours, and the same
// thing is never said twice.
func (s *Service) tell(ctx context.Context, tx *db.Tx, d dossier.Dossier, template, what string) error {
	if d.Phone == "" || d.Practice {
		return nil
	}
	args := []any{"code", d.Number()}
	if !d.DueAt.IsZero() {
		args = append(args, "due", d.DueAt)
	}
	return notify.Write(ctx, tx, s.Machine.Now(), notify.Message{Phone: d.Phone, Unit: d.Unit, Lang: i18n.VI, Template: NoticeKinds + template, Args: args,
		Link: "/tra-cuu?ma=" + url.QueryEscape(d.Number()), Dedupe: NoticeKinds + template + " " + string(d.ID) + " " + what})
}
