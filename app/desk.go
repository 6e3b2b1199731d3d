package app

import (
	"context"
	"slices"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/loop"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/oversight"
	"lotrinh/helpdesk/portal"
	"lotrinh/helpdesk/promise"
	"lotrinh/helpdesk/survey"
	"lotrinh/helpdesk/tier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/inventory"
	"lotrinh/reports/directive"
)

// desk is the help desk and the rooms around it. Each room stands on the help desk;
// they meet only here.
type desk struct {
	*helpdesk.Service
	Knowledge *knowledge.Service
	Mail      *mail.Service
	Incidents *incident.Service
	Tier      *tier.Service
	Loop      *loop.Service
	Hotline   *hotline.Service
	Promise   *promise.Service
	Duty      *duty.Service
	Oversight *oversight.Service
	Survey    *survey.Service
	Portal    *portal.Service
}

// openDesk builds the help desk, then its rooms.
func (h *House) openDesk(key signed.Key) *desk {
	rules := promise.NewStore(h.DB, h.Machine)
	d := &desk{Service: helpdesk.New(helpdesk.Deps{
		DB: h.DB, Business: h.Business, Calendars: h.Calendars, Calendar: calstore.Office,
		Units: h.Units, People: deskPeople{h.People}, Files: h.Files, Assets: deskAssets{h.Inventory.Service}, Jobs: h.Jobs,
		Rules: rules, Fresh: deadline.Stored(h.Calendars), Ladder: ladder{h.People},
	})}
	d.Knowledge = knowledge.New(knowledge.Deps{DB: h.DB, Business: h.Business, People: h.People, Files: h.Files, BaseURL: h.Config.BaseURL})
	d.Incidents = incident.New(incident.Deps{DB: h.DB, Business: h.Business, Desk: d.Service, Units: h.Units, People: h.People, Jobs: h.Jobs})
	d.Incidents.Join()
	d.Hint(d.Incidents.Hint)
	d.Hint(d.Knowledge.Hint)
	d.Mail = mail.New(mail.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Log: h.Log, Desk: d.Service, Files: h.Files, Words: h.Words,
		Passwords: mail.ReadPasswords(h.Config.MailPasswords), From: h.Config.MailFrom, Host: h.Config.host(), Actor: h.People.ActorOf, Taken: h.metrics.letter})
	d.Remark(d.Mail.Remark)
	h.metrics.gauge("lotrinh_mail_fetch_age_seconds", "Seconds since the mailbox that waits longest was read.", d.Mail.FetchAge)
	h.metrics.gauge("lotrinh_mail_quarantined", "Mail that waits for a person, at most 100.", d.Mail.Held)
	d.Panel(d.Incidents.Panel)
	d.Above(d.Incidents.Above)
	d.Tier = tier.New(tier.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Units: h.Units, People: deskPeople{h.People}, Files: h.Files, Desk: d.Service})
	d.Hotline = hotline.New(hotline.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Calendars: h.Calendars, Calendar: calstore.Office, Units: h.Units,
		People: deskPeople{h.People}, Desk: d.Service, Live: h.Live, Words: h.Words, Keep: time.Duration(h.Config.hotlineDays()) * 24 * time.Hour})
	d.Hotline.SameAs(d.sameIncident)
	h.hotlineMetrics(d.Hotline)
	d.Promise = promise.New(promise.Deps{DB: h.DB, Business: h.Business, Store: rules, Desk: d.Service, Jobs: h.Jobs, Units: h.Units, Calendars: h.Calendars})
	d.Panel(d.Promise.Beside)
	d.Oversight = oversight.New(oversight.Deps{Business: h.Business, Desk: d.Service, Units: h.Units, Rated: oversight.Rated{Answers: survey.FigureAnswers, Score: survey.FigureScore}})
	d.Duty = duty.New(duty.Deps{DB: h.DB, Business: h.Business, Desk: d.Service, Calendars: h.Calendars, Calendar: calstore.Office, Units: h.Units, People: deskPeople{h.People}})
	d.Loop = loop.New(loop.Deps{DB: h.DB, Business: h.Business, Units: h.Units, People: deskPeople{h.People}, Words: h.Words, Desk: d.Service, Gaps: deskGaps{h.Inventory.Service}})
	d.Survey = survey.New(survey.Deps{DB: h.DB, Business: h.Business, Units: h.Units, People: deskPeople{h.People}, Desk: d.Service, Key: key})
	d.Panel(d.Survey.Panel)
	d.Portal = portal.New(portal.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Units: h.Units, Desk: d.Service, Words: h.Words, Key: key,
		Hotline: h.Config.Hotline, Texting: func() bool { return h.Sender.Gate != nil }, Rate: d.Survey.Path, Answers: d.answers})
	d.Hint(d.Portal.Hint)
	h.Jobs.Register(helpdesk.BulkJob, d.BulkWork)
	return d
}

// sameIncident is what a caller of a unit may be calling about together with others.
func (d *desk) sameIncident(ctx context.Context, t i18n.T, _ access.Actor, unit string) ([]hotline.Running, error) {
	all, err := d.Incidents.Suggest(ctx, unit, "")
	var out []hotline.Running
	for _, one := range all {
		out = append(out, hotline.Running{Incident: one.ID, Title: one.Number() + " · " + one.Title, Href: one.Path(), Note: t.Say("incident.since", "at", one.DeclaredAt)})
	}
	return out, err
}

// answers are the articles for citizens that may answer what somebody reports.
func (d *desk) answers(ctx context.Context, words string) ([]portal.Answer, error) {
	all, err := d.Knowledge.Likely(ctx, access.Actor{}, "", words)
	var out []portal.Answer
	for _, a := range all {
		out = append(out, portal.Answer{Title: a.Title, Lead: a.Lead, Href: a.Path()})
	}
	return out, err
}

// handlers are what the help desk and its rooms learn from events.
func (d *desk) handlers() []outbox.Handler {
	return slices.Concat(d.Handlers(), d.Tier.Handlers(), d.Hotline.Handlers(), d.Promise.Handlers(), d.Incidents.Handlers(), d.Mail.Handlers(), d.Survey.Handlers(), d.Loop.Handlers(),
		d.Portal.Handlers(), []outbox.Handler{incoming(taker{"survey", d.Survey.Take}, taker{"ticket", d.Portal.Take})})
}

// deskRoutes declares the routes of the help desk and its rooms.
func (a *App) deskRoutes(r *httpx.Router) {
	a.Desk.Routes(r, a.Site)
	a.Desk.Knowledge.Routes(r, a.Site)
	a.Desk.Mail.Routes(r, a.Site)
	a.count("/desk/mail", a.Desk.Mail.Count)
	a.Desk.Tier.Routes(r, a.Site)
	a.Desk.Loop.Routes(r, a.Site)
	a.Desk.Hotline.Routes(r, a.Site)
	a.count("/desk/hotline", a.Desk.Hotline.Count)
	a.Desk.Promise.Routes(r, a.Site)
	a.Desk.Duty.Routes(r, a.Site)
	a.Desk.Oversight.Routes(r, a.Site)
	a.Desk.Survey.Routes(r, a.Site)
	a.Desk.Portal.Routes(r, a.Site)
	a.Desk.Panel(a.Desk.Knowledge.Panel(a.Site))
	a.Desk.Incidents.Routes(r, a.Site)
	a.Site.Banner = a.Desk.Incidents.Banners
}

// scopes are what the reader may find of the help desk and its rooms.
func (d *desk) scopes(who access.Actor) []search.Scope {
	return slices.Concat(d.SearchScopes(who), d.Knowledge.SearchScopes(who), d.Hotline.SearchScopes(who), d.Incidents.SearchScopes(who))
}

// hitPage is where a hit of the index leads.
func hitPage(h search.Hit) string {
	if knowledge.Area(h) {
		return knowledge.HitPath(h)
	}
	if path, ok := hotline.Found(h); ok {
		return path
	}
	if path, ok := incident.HitPath(h); ok {
		return path
	}
	if path, ok := directive.HitPath(h); ok {
		return path
	}
	if path, ok := inventory.HitPath(h); ok {
		return path
	}
	return "/tickets/" + h.Subject
}

// listens tells whose pages are told what happens now: those who answer calls.
func (a *App) listens(who access.Actor) bool { return who.May(helpdesk.Work) }

// hotlineMetrics let those who watch see what exchanges tell and who waits.
func (h *House) hotlineMetrics(s *hotline.Service) {
	for _, event := range []string{hotline.NewCall, hotline.Answer, hotline.HangUp} {
		h.metrics.counter("lotrinh_hotline_events_total", "Events that exchanges told.", map[string]string{"event": event}, func() float64 { return float64(s.Events()[event]) })
	}
	h.metrics.gauge("lotrinh_hotline_missed", "Calls of today that nobody took.", func(ctx context.Context) (float64, error) {
		n, err := s.MissedToday(ctx)
		return float64(n), err
	})
	h.metrics.gauge("lotrinh_hotline_oldest_callback_seconds", "For how long the oldest task to call back has waited.", func(ctx context.Context) (float64, error) {
		d, err := s.Oldest(ctx)
		return d.Seconds(), err
	})
}
