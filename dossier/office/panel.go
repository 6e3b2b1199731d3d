package office

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

func panel(t i18n.T, key, title string, parts ...templ.Component) templ.Component {
	return views.Panel(t, views.PanelView{ID: key, Title: title, Parts: parts})
}

// offered are the acts that have a page here, the most likely first.
var offered = []dossier.Act{dossier.Accept, dossier.CompleteSupplement, dossier.HandOver, dossier.AskConfirm, dossier.Finish, dossier.Return, dossier.Paid, dossier.AskVerify,
	dossier.AskSupplement, dossier.RefuseIntake, dossier.Reappoint, dossier.AskFee, dossier.Assign, dossier.Stop, dossier.Withdraw}

// actions are what the reader can do with a dossier now.
func (s *Service) actions(c *httpx.Ctx, v dossier.View) []ui.Action {
	var all []ui.Action
	asked := slices.ContainsFunc(v.Steps, func(st dossier.Step) bool { return st.Act == dossier.AskSupplement })
	sorry := slices.ContainsFunc(v.Steps, func(st dossier.Step) bool { return st.Act == dossier.Reappoint })
	for _, a := range offered {
		if !s.May(c.Who, v.Definition, v.Dossier, a) || a == dossier.AskSupplement && asked || a == dossier.Reappoint && (sorry || v.DueAt.IsZero() || clock.Date(s.Now()) >= clock.Date(v.DueAt)) ||
			a == dossier.Assign && (v.Handler == c.Who.ID || !slices.Contains(mine(c.Who), deskOf(v.Dossier, v.Step.Kind))) {
			continue
		}
		all = append(all, ui.Action{Label: c.T.Say(string(actLabel(a, v))), Href: v.Path() + "/do/" + string(a), Danger: a == dossier.RefuseIntake || a == dossier.Stop || a == dossier.Withdraw})
	}
	return all
}

// actLabel is an act's word on a button: stopping after acceptance is the refusal of form 03.
func actLabel(a dossier.Act, v dossier.View) i18n.Key {
	if a == dossier.Assign {
		return "office.act.take"
	}
	if a == dossier.Stop && v.Status != dossier.Incomplete {
		return "office.act.refuse"
	}
	return a.Key()
}

// twinPanel warns of other dossiers of the same event.
func (s *Service) twinPanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	if !v.Open || !c.Who.Covers(dossier.Receive, v.Unit) && !c.Who.Covers(dossier.Examine, v.Unit) {
		return nil, nil
	}
	all, err := s.Twins(c.Std(), s.DB.Read(), v.Dossier)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	tree, err := s.tree(c.Std())
	if err != nil {
		return nil, err
	}
	t := c.T
	out := views.PanelView{ID: "twins", Title: t.Say("office.twin.title")}
	for _, one := range all {
		n := ui.NoticeData{Tone: ui.Warn, Title: t.Say("office.twin.like."+string(one.Like), "code", one.Number()),
			Text: t.Say("office.twin.where", "unit", tree.Place(one.Unit), "status", t.Say(string(one.Status.Key())), "born", form.ShowDate(one.Born))}
		switch {
		case one.Like.Hard():
			n.Tone = ui.Bad
		case one.Reason != "":
			n.Tone, n.Text = ui.Good, t.Say("office.twin.decided", "who", one.By, "reason", one.Reason)
		case c.Who.Covers(dossier.Examine, v.Unit):
			out.Titles = append(out.Titles, t.Say("office.twin.decide", "code", one.Number()))
			out.Forms = append(out.Forms, ui.FormData{ID: "apart-" + string(one.ID), Action: v.Path() + "/apart", Submit: t.Say("office.twin.apart"), Hidden: []ui.Hidden{{Name: "other", Value: string(one.ID)}},
				Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("office.twin.reason"), Required: true, Rows: 2, Max: dossier.MostSaid}}})
		}
		out.Notices = append(out.Notices, n)
	}
	return views.Panel(t, out), nil
}

// checkPanel is the examination: every paper with what was found, and the marriage record.
func (s *Service) checkPanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	found, err := s.FindingsOf(c.Std(), s.DB.Read(), v.ID)
	if err != nil {
		return nil, err
	}
	t, lang := c.T, string(c.T.Lang)
	photos, err := s.PhotosOf(c.Std(), v.Dossier, v.Documents)
	if err != nil {
		return nil, err
	}
	out := views.PanelView{ID: "check", Title: t.Say("office.check.title"), Docs: s.documentItems(t, v, found, photos)}
	edits := c.Who.Covers(dossier.Examine, v.Unit) && v.Open && v.Status != dossier.Finished
	entry := ui.FormData{Action: v.Path() + "/findings", Submit: t.Say("office.check.save"), Loose: true}
	for _, doc := range v.Definition.Documents {
		at := slices.IndexFunc(v.Documents, func(d dossier.Document) bool { return d.Key == doc.Key })
		if at < 0 {
			continue
		}
		entry.Fields = append(entry.Fields, findingFields(t, doc.Key, doc.Name.Say(lang), found[doc.Key])...)
	}
	if v.Definition.Group == "birth" {
		label := t.Say("office.check.marriage")
		if f := found[MarriageLookup]; f.State != "" || edits {
			out.Facts = append(out.Facts, ui.Fact{Label: label, Text: findingText(t, f)})
		}
		entry.Fields = append(entry.Fields, findingFields(t, MarriageLookup, label, found[MarriageLookup])...)
	}
	if more := s.papersForm(c, v, photos); more != nil {
		out.Parts = append(out.Parts, more)
	}
	if len(out.Facts) == 0 && len(out.Docs) == 0 && len(out.Parts) == 0 {
		return nil, nil
	}
	if edits && len(entry.Fields) > 0 {
		out.Forms, out.Titles = []ui.FormData{entry}, []string{t.Say("office.check.record")}
	}
	return views.Panel(t, out), nil
}

func (s *Service) documentState(t i18n.T, d dossier.Document, f Finding) string {
	parts := []string{t.Say("office.document." + d.State)}
	if d.Shown {
		parts = append(parts, t.Say("office.document.shown"))
	}
	if d.Note != "" {
		parts = append(parts, d.Note)
	}
	if f.State != "" {
		parts = append(parts, findingText(t, f))
	}
	return strings.Join(parts, " · ")
}

func findingText(t i18n.T, f Finding) string {
	if f.State == "" {
		return t.Say("office.finding.none")
	}
	text := t.Say("office.finding."+f.State) + " – " + f.MadeByName + ", " + t.Moment(f.MadeAt)
	if f.Note != "" {
		text += ": " + f.Note
	}
	return text
}

func findingFields(t i18n.T, key, name string, f Finding) []ui.Field {
	return []ui.Field{{Kind: ui.Radio, Name: "state." + key, Label: name, Value: f.State, Options: []ui.Option{{Value: "good", Label: t.Say("office.finding.good")}, {Value: "bad", Label: t.Say("office.finding.bad")}}},
		{Name: "note." + key, Label: t.Say("office.finding.note"), Value: f.Note, Max: 400}}
}

// letterPanel shows what was asked of other communes.
func (s *Service) letterPanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	all, err := s.LettersOf(c.Std(), s.DB.Read(), v.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("office.letter.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("office.letter.to")}, {Label: t.Say("office.letter.sent")}, {Label: t.Say("office.letter.reply")}}}
	for _, l := range all {
		reply := t.Say("office.letter.open")
		if !l.Open() {
			reply = t.Say("office.letter.outcome."+string(l.Outcome)) + " · " + t.Moment(l.RepliedAt) + " · " + l.Reply
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(l.Addressee, l.About), ui.Text(t.Moment(l.SentAt)), ui.Text(reply)}})
	}
	out := views.PanelView{ID: "letters", Title: t.Say("office.letter.title"), Table: &d}
	if v.Waiting == dossier.ForVerification && c.Who.Covers(dossier.Examine, v.Unit) {
		out.Links = []ui.Action{{Label: t.Say("office.letter.record"), Href: v.Path() + "/do/verified"}, {Label: t.Say("office.letter.more"), Href: v.Path() + "/do/ask_verify"}}
	}
	return views.Panel(t, out), nil
}

// paperPanel lists the slips and the draft of the certificate.
func (s *Service) paperPanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	all, err := s.Papers(c.Std(), s.DB.Read(), v.ID)
	if err != nil {
		return nil, err
	}
	t := c.T
	out := views.PanelView{ID: "papers", Title: t.Say("office.paper.title")}
	for _, p := range all {
		out.Items = append(out.Items, views.Item{Label: t.Say("office.paper.item", "form", p.Form.String(), "name", p.Form.Name(t)), Note: t.Moment(p.MadeAt), Href: p.Path()})
	}
	if v.Status == dossier.InWork || v.Status == dossier.Finished || v.Status == dossier.Returned {
		if step := v.Step.Kind; v.Status != dossier.InWork || slices.Contains([]procedure.StepKind{procedure.Examine, procedure.Confirm, procedure.Register, procedure.PID, procedure.Sign, procedure.Deliver, procedure.Return}, step) {
			out.Links = []ui.Action{{Label: t.Say("office.certificate.open"), Href: v.Path() + "/certificate", Icon: "printer"}, {Label: t.Say("office.certificate.bare"), Href: v.Path() + "/certificate?bare=1", Icon: "printer"}}
		}
	}
	if len(out.Items) == 0 && len(out.Links) == 0 {
		return nil, nil
	}
	return views.Panel(t, out), nil
}
