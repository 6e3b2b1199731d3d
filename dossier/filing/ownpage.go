package filing

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/filing/views"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/site/ui"
)

// mine is an applicant's dossier with what its page shows.
type mine struct {
	dossier.Dossier
	pass  Pass
	def   procedure.Definition
	form  form.Form
	steps []dossier.Step
	legs  []dossier.Leg
	docs  []dossier.Document
	files map[string][]files.File // by key of the document
}

// ResultKey is the document key under which results of the authority lie.
const ResultKey = "result"

// mineOf reads a dossier for its applicant. Reading it is in the trail.
func (p *pages) mineOf(ctx context.Context, pass Pass) (mine, error) {
	d, err := p.Own(ctx, pass)
	if err != nil {
		return mine{}, err
	}
	m := mine{Dossier: d, pass: pass, files: map[string][]files.File{}}
	if m.def, err = p.Dossiers.Definition(ctx, d.Version); err != nil {
		return m, err
	}
	if m.form, err = form.Read(m.def.Form); err != nil {
		return m, err
	}
	q := p.DB.Read()
	if m.steps, err = p.Dossiers.StepsOf(ctx, q, d.ID); err != nil {
		return m, err
	}
	if m.legs, err = p.Dossiers.LegsOf(ctx, q, d.ID); err != nil {
		return m, err
	}
	if m.docs, err = p.Dossiers.DocumentsOf(ctx, q, d.ID); err != nil {
		return m, err
	}
	keys := []string{ResultKey}
	for _, one := range m.docs {
		keys = append(keys, one.Key)
	}
	subjects := make([]string, len(keys))
	for i, key := range keys {
		subjects[i] = dossier.PaperOwner(d, key).Subject
	}
	found, err := p.Files.Of(ctx, dossier.Area, subjects...)
	for i, key := range keys {
		m.files[key] = found[subjects[i]]
	}
	return m, err
}

func (p *pages) showOwn(c *httpx.Ctx, pass Pass) error {
	m, err := p.mineOf(c.Std(), pass)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	_, rated, err := p.RatingOf(c.Std(), m.ID)
	if err != nil {
		return err
	}
	lang := string(c.T.Lang)
	home := p.ownPath(pass)
	v := views.OwnView{Title: m.def.Name.Say(lang), Number: m.Number(), Place: tree.Place(m.Unit), Practice: m.Practice, State: m.Status.Badge(c.T),
		Plain: c.T.Say("filing.plain." + m.Status.String()), Way: p.wayOn(c.T, m), Legs: legsOn(c.T, m), Papers: p.papersOn(c.T, m, home), Events: eventsOn(c.T, m), Rated: rated}
	p.dueOn(c.T, m, &v)
	if v.Todo, err = p.todoOf(c, m, home); err != nil {
		return err
	}
	for _, f := range m.files[ResultKey] {
		v.Results = append(v.Results, fileOn(c.T, f, home))
	}
	v.Facts = []ui.Fact{{Label: c.T.Say("filing.own.track"), Value: ui.Code(c.T, m.Track)}, {Label: c.T.Say("filing.own.sent"), Text: c.T.Moment(m.SubmittedAt)}}
	if !m.AcceptedAt.IsZero() {
		v.Facts = append(v.Facts, ui.Fact{Label: c.T.Say("filing.own.accepted"), Text: c.T.Moment(m.AcceptedAt)})
	}
	v.Facts = append(v.Facts, ui.Fact{Label: c.T.Say("filing.own.phone"), Text: phone.Mask(m.Phone)})
	if p.Dossiers.May(applicant(), m.def, m.Dossier, dossier.Withdraw) {
		v.Withdraw = home + "/" + doWithdraw
	}
	if rated && p.Answered != nil {
		reply, at, ok, err := p.Answered(c.Std(), m.ID)
		if err != nil {
			return err
		}
		if ok {
			v.Reply, v.RepliedAt = reply, c.T.Moment(at)
		}
	}
	if rateable(m.Dossier) {
		v.Rate = home + "/" + doRate
	}
	return p.show(c, v.Title, nil, func(ui.Errors) templ.Component { return views.Own(c.T, v) })
}

// dueOn says until when, that it is late, and the apology that was given.
func (p *pages) dueOn(t i18n.T, m mine, v *views.OwnView) {
	var promised time.Time
	for _, st := range m.steps {
		if to, ok := st.Promise(); ok {
			v.Apology = st.Said
			if to.Late {
				promised = to.Until
			}
		}
		if st.Act == dossier.Submit && m.Channel == dossier.Assisted {
			v.Helper = st.Said
		}
	}
	switch {
	case !m.Open || m.Status == dossier.Finished:
	case m.DueAt.IsZero() && !m.AcceptedAt.IsZero():
		v.Due = t.Say("filing.own.standing")
	case m.DueAt.IsZero():
		v.Due = t.Say("filing.own.not_yet")
	default:
		v.Due = t.Say("filing.own.due", "at", m.DueAt)
		if m.Late(p.Business.Now()) {
			v.Due, v.Late = "", t.Say("filing.own.late", "at", m.DueAt)
			if !promised.IsZero() {
				v.Late += " " + t.Say("filing.own.promised", "at", promised)
			}
		}
	}
}

// todoOf is what the applicant is asked for now.
func (p *pages) todoOf(c *httpx.Ctx, m mine, home string) ([]views.Todo, error) {
	switch m.Waiting {
	case dossier.ForSupplement:
		return []views.Todo{{Title: c.T.Say("filing.todo.supply"), Text: m.lastSaid(dossier.AskSupplement), Label: c.T.Say("filing.todo.supply.go"), Href: home + "/" + doSupply}}, nil
	case dossier.ForConfirmation:
		until, err := p.ConsentUntil(c.Std(), m.ID)
		text := c.T.Say("filing.todo.confirm.note")
		if !until.IsZero() {
			text = c.T.Say("filing.todo.confirm.until", "at", until)
		}
		return []views.Todo{{Title: c.T.Say("filing.todo.confirm"), Text: text, Label: c.T.Say("filing.todo.confirm.go"), Href: home + "/" + doConfirm}}, err
	}
	return nil, nil
}

// lastSaid is what was said in the last act of a kind.
func (m mine) lastSaid(a dossier.Act) string {
	for i := len(m.steps) - 1; i >= 0; i-- {
		if m.steps[i].Act == a {
			return m.steps[i].Said
		}
	}
	return ""
}

// wayOn is where the dossier is among its steps, as the version orders them.
func (p *pages) wayOn(t i18n.T, m mine) []ui.Step {
	if m.Status == dossier.NotAccepted || m.Status == dossier.Withdrawn || m.Status == dossier.Stopped {
		return nil
	}
	var out []ui.Step
	state := ui.StepDone
	for _, st := range m.def.Steps {
		if st.OnlineOnly && !m.Channel.FromHome() || m.Practice && (st.Kind == procedure.PID || st.Kind == procedure.Deliver) {
			continue
		}
		one := ui.Step{Label: st.Name.Say(string(t.Lang)), State: state}
		if st.Key == m.Stage && m.Status != dossier.Returned {
			one.State, state = ui.StepNow, ui.StepTodo
			if m.Waiting != dossier.ForNobody {
				one.Note = t.Say(string(m.Waiting.Key()))
			}
		}
		out = append(out, one)
	}
	return out
}

var legTones = map[dossier.LegState]ui.Tone{dossier.LegDone: ui.Good, dossier.LegRejected: ui.Bad, dossier.LegIncomplete: ui.Warn}

func legsOn(t i18n.T, m mine) []views.LegLine {
	var out []views.LegLine
	for _, l := range m.legs {
		tone, ok := legTones[l.State]
		if !ok {
			tone = ui.Info
		}
		line := views.LegLine{Name: t.Say("filing.leg." + l.Kind), State: ui.State{Tone: tone, Word: t.Say("filing.leg.state." + string(l.State))}}
		for _, one := range m.def.Legs {
			if one.Kind == l.Kind {
				line.Name = one.Name.Say(string(t.Lang))
			}
		}
		switch {
		case l.State == dossier.LegRejected:
			line.Note = l.Reason
		case l.State == dossier.LegDone:
			line.Note = l.ResultNo
		case !l.DueAt.IsZero():
			line.Note = t.Say("filing.own.due", "at", l.DueAt)
		}
		out = append(out, line)
	}
	return out
}

func (p *pages) papersOn(t i18n.T, m mine, home string) []views.PaperLine {
	var out []views.PaperLine
	for _, one := range m.docs {
		line := views.PaperLine{Name: m.paperName(t, one.Key), State: ui.State{Tone: ui.Good, Word: t.Say("filing.own.paper.present")}}
		switch {
		case one.Shown:
			line.State = ui.State{Tone: ui.Neutral, Word: t.Say("filing.own.paper.show")}
		case one.State != Present:
			line.State = ui.State{Tone: ui.Warn, Word: t.Say("filing.own.paper.missing")}
		}
		for _, f := range m.files[one.Key] {
			line.Files = append(line.Files, fileOn(t, f, home))
		}
		out = append(out, line)
	}
	return out
}

// paperName is how the version calls a document.
func (m mine) paperName(t i18n.T, key string) string {
	for _, one := range m.def.Documents {
		if one.Key == key {
			return one.Name.Say(string(t.Lang))
		}
	}
	return t.Say("filing.paper.other")
}

func fileOn(t i18n.T, f files.File, home string) views.Paper {
	out := views.Paper{ID: string(f.ID), Name: f.Name, Size: sized(t, f.Size), Href: home + "/tep/" + string(f.ID)}
	if f.Thumb != "" {
		out.Thumb = out.Href + "/nho"
	}
	return out
}

// told are the acts that an applicant is told of; the others are the office's own affair.
var told = map[dossier.Act]bool{dossier.Submit: true, dossier.Accept: true, dossier.RefuseIntake: true, dossier.AskSupplement: true, dossier.Supplied: true,
	dossier.CompleteSupplement: true, dossier.AskVerify: true, dossier.Verified: true, dossier.AskConfirm: true, dossier.Confirmed: true, dossier.Objected: true,
	dossier.Enter: true, dossier.PIDGiven: true, dossier.Signed: true, dossier.SendLegs: true, dossier.LegsDone: true, dossier.AskFee: true, dossier.Paid: true,
	dossier.Stop: true, dossier.Withdraw: true, dossier.Finish: true, dossier.Return: true, dossier.Reappoint: true}

// reasons are the acts whose words are meant for the applicant.
var reasons = map[dossier.Act]bool{dossier.RefuseIntake: true, dossier.AskSupplement: true, dossier.Supplied: true, dossier.Objected: true, dossier.AskFee: true,
	dossier.Stop: true, dossier.Withdraw: true, dossier.Reappoint: true}

func eventsOn(t i18n.T, m mine) []ui.Event {
	var out []ui.Event
	for i := len(m.steps) - 1; i >= 0; i-- {
		st := m.steps[i]
		if !told[st.Act] {
			continue
		}
		e := ui.Event{At: st.At.In(time.UTC), What: t.Say(string(st.Act.Key()))}
		if reasons[st.Act] {
			e.Note = st.Said
		}
		out = append(out, e)
	}
	return out
}
