package dossier

import (
	"github.com/a-h/templ"

	"lotrinh/dossier/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Home is the place of this area: the work queue.
const Home = "/dossiers"

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the page of a dossier; rooms declare their own.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home+"/:id", p.dossier)
}

func (p *pages) dossier(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.ShowDossier(c, p.site, id, nil)
}

// ShowDossier answers with the page of a dossier. Rooms whose form stands on it give back
// what was refused with it. Reading it is in the trail.
func (s *Service) ShowDossier(c *httpx.Ctx, on *site.Site, id ident.ID, refused error) error {
	v, err := s.view(c, id)
	if err != nil {
		return err
	}
	_, tree, err := s.Known(c.Std())
	if err != nil {
		return err
	}
	data := s.page(c.T, tree, v)
	s.act(c, v, &data.Header)
	for _, one := range s.panels {
		part, err := one(c, v, refused)
		if err != nil {
			return err
		}
		if part != nil {
			data.Rooms = append(data.Rooms, part)
		}
	}
	if err := s.Seen(c.Std(), c.Who, "dossier.read", id); err != nil {
		return err
	}
	page := site.Page{Title: data.Header.Title, At: Home, Tabs: s.Tabs(c.T, c.Who, Home)}
	return on.Form(c, page, refused, func(e ui.Errors) templ.Component {
		data.Errors = e
		return views.DossierPage(c.T, data)
	})
}

// view reads a dossier with all that its page shows: six queries.
func (s *Service) view(c *httpx.Ctx, id ident.ID) (View, error) {
	ctx, q := c.Std(), s.DB.Read()
	d, err := s.DossierIn(ctx, q, c.Who, Read, id)
	if err != nil {
		return View{}, err
	}
	v := View{Dossier: d}
	if v.Definition, err = s.Definition(ctx, d.Version); err != nil {
		return v, err
	}
	v.Step, _ = v.Definition.StepOf(d.Stage)
	if v.Steps, err = s.StepsOf(ctx, q, id); err != nil {
		return v, err
	}
	if v.Legs, err = s.LegsOf(ctx, q, id); err != nil {
		return v, err
	}
	if v.Documents, err = s.DocumentsOf(ctx, q, id); err != nil {
		return v, err
	}
	v.Answers, err = s.AnswersOf(ctx, q, id)
	return v, err
}

// act puts what the reader can do at the head.
func (s *Service) act(c *httpx.Ctx, v View, h *ui.HeaderData) {
	var all []ui.Action
	for _, f := range s.actions {
		all = append(all, f(c, v)...)
	}
	if len(all) > 0 {
		h.Action, h.More = &all[0], all[1:]
	}
}

var statusTones = map[Status]ui.Tone{Submitted: ui.Warn, Accepted: ui.Info, NotAccepted: ui.Bad, InWork: ui.Info, Incomplete: ui.Warn, Owing: ui.Warn,
	Withdrawn: ui.Neutral, Stopped: ui.Bad, Finished: ui.Good, Returned: ui.Good}

// Badge is the status of a dossier in a word.
func (s Status) Badge(t i18n.T) ui.State {
	return ui.State{Tone: statusTones[s], Word: t.Say(string(s.Key()))}
}

func (s *Service) page(t i18n.T, tree *org.Tree, v View) views.Dossier {
	state := v.Status.Badge(t)
	lang := string(t.Lang)
	out := views.Dossier{
		Header: ui.HeaderData{Title: v.Subject, State: &state, Lead: v.Definition.Name.Say(lang) + " · " + v.Number(),
			Crumbs: []ui.Crumb{{Label: t.Say("dossier.nav"), Href: Home}, {Label: tree.Name(v.Unit), Href: Home + "?unit=" + v.Unit}, {Label: v.Number()}}},
		Practice: v.Practice,
		Is:       s.facts(t, tree, v),
		Way:      s.way(t, v),
		History:  s.history(t, v),
	}
	return out
}

func (s *Service) facts(t i18n.T, tree *org.Tree, v View) []ui.Fact {
	all := []ui.Fact{{Label: t.Say("dossier.code"), Value: ui.Code(t, v.Number())}, {Label: t.Say("dossier.track"), Value: ui.Code(t, v.Track)},
		{Label: t.Say("dossier.unit"), Text: tree.Place(v.Unit)}, {Label: t.Say("dossier.applicant"), Text: v.Applicant},
		{Label: t.Say("dossier.channel"), Text: t.Say(string(v.Channel.Key()))}, {Label: t.Say("dossier.submitted_at"), Text: t.Moment(v.SubmittedAt)}}
	if v.Channel == Assisted && len(v.Steps) > 0 && v.Steps[0].Said != "" {
		all = append(all, ui.Fact{Label: t.Say("dossier.helper"), Text: v.Steps[0].Said})
	}
	if !v.AcceptedAt.IsZero() {
		all = append(all, ui.Fact{Label: t.Say("dossier.accepted_at"), Text: t.Moment(v.AcceptedAt)})
	}
	if !v.FinishedAt.IsZero() {
		all = append(all, ui.Fact{Label: t.Say("dossier.finished_at"), Text: t.Moment(v.FinishedAt)})
	}
	if v.HandlerName != "" {
		all = append(all, ui.Fact{Label: t.Say("dossier.handler"), Text: v.HandlerName})
	}
	return all
}

// way is where the dossier is among its steps.
func (s *Service) way(t i18n.T, v View) []ui.Step {
	var out []ui.Step
	state := ui.StepDone
	for key := ""; ; {
		st, ok := s.following(v.Definition, v.Dossier, key)
		if !ok {
			return out
		}
		key = st.Key
		one := ui.Step{Label: st.Name.Say(string(t.Lang)), State: state}
		if key == v.Stage && v.Status != Returned {
			one.State, state = ui.StepNow, ui.StepTodo
			if v.Waiting != ForNobody {
				one.Note = t.Say(string(v.Waiting.Key()))
			}
		}
		out = append(out, one)
	}
}

func (s *Service) history(t i18n.T, v View) []ui.Event {
	out := make([]ui.Event, 0, len(v.Steps))
	for i := len(v.Steps) - 1; i >= 0; i-- {
		st := v.Steps[i]
		out = append(out, ui.Event{At: st.At, Who: st.who(t), What: t.Say(string(st.Act.Key())), Note: st.Said})
	}
	return out
}

// who did a step, in words: the product's own deeds are named as such.
func (st Step) who(t i18n.T) string {
	switch {
	case st.Actor == Citizen().ID:
		return t.Say("dossier.by_citizen")
	case len(st.Actor) > 7 && st.Actor[:7] == "system:":
		return t.Say("dossier.by_system")
	}
	return st.ActorName
}
