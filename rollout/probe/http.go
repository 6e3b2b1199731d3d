package probe

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/probe/views"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of programme gates.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", "/rollout/gates", p.list)
	r.Page("GET", "/rollout/gates/:key", p.one)
	r.Page("POST", "/rollout/gates/:key", p.configure)
	r.Page("POST", "/rollout/gates/:key/declare", p.declare)
	r.Page("POST", "/rollout/gates/:key/withdraw", p.withdraw)
	r.Page("POST", "/rollout/gates/:key/try", p.try)
}

const inputMoment = "2006-01-02T15:04"

var tones = map[Verdict]ui.Tone{NotWatched: ui.Neutral, Open: ui.Good, Shut: ui.Bad, Stale: ui.Late}

func stateOf(t i18n.T, v Verdict) ui.State {
	return ui.State{Tone: tones[v], Word: t.Say("probe.verdict." + string(v))}
}

func (p pages) list(c *httpx.Ctx) error {
	all, err := p.Gates(c.Std(), c.Who)
	if err != nil {
		return err
	}
	links, err := p.links(c)
	if err != nil {
		return err
	}
	phases, err := p.Rollout.Phases(c.Std())
	if err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	table := ui.TableData{Caption: t.Say("probe.title"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("probe.col.gate")}, {Label: t.Say("probe.col.verdict")}, {Label: t.Say("probe.col.why")}, {Label: t.Say("probe.col.checked")}, {Label: t.Say("probe.col.phases")}}}
	shut := 0
	for _, g := range all {
		v, why := g.Verdict(now)
		if v.Holds() && len(links[g.Key]) > 0 {
			shut++
		}
		href := "/rollout/gates/" + g.Key
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("probe.gate."+g.Key), t.Say("probe.means."+string(g.Means))),
			ui.Badge(stateOf(t, v)), ui.Text(sayIf(t, why)), ui.Text(checked(t, g, now)), ui.Text(phaseNames(t, phases, links[g.Key]))}}
		if v.Holds() {
			row.Tone = tones[v]
		}
		table.Rows = append(table.Rows, row)
	}
	v := views.List{Head: ui.HeaderData{Title: t.Say("probe.title"), Lead: t.Say("probe.lead"), Crumbs: crumbs(c)}, Table: table}
	if shut > 0 {
		v.Notice = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("probe.shut", "n", shut)}
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: "/rollout/gates"}, views.ListPage(t, v))
}

// links are the waves that depend on each gate.
func (p pages) links(c *httpx.Ctx) (map[string][]ident.ID, error) {
	var rows []gatePhase
	err := p.DB.Read().NewSelect().Model(&rows).Scan(c.Std())
	all := map[string][]ident.ID{}
	for _, r := range rows {
		all[r.Gate] = append(all[r.Gate], r.Phase)
	}
	return all, db.Sorted(err)
}

// crumbs are the path to a page of this room; it begins with the programme for who may read that.
func crumbs(c *httpx.Ctx, more ...ui.Crumb) []ui.Crumb {
	var path []ui.Crumb
	if c.Who.May(rollout.Read) {
		path = append(path, ui.Crumb{Label: c.T.Say("probe.rollout"), Href: "/rollout"})
	}
	return append(append(path, ui.Crumb{Label: c.T.Say("probe.title"), Href: "/rollout/gates"}), more...)
}

func sayIf(t i18n.T, r rollout.Reason) string {
	if r.Key == "" {
		return ""
	}
	return r.Say(t)
}

// checked is when a gate was looked at, or until when it is declared.
func checked(t i18n.T, g Gate, now time.Time) string {
	switch {
	case g.InForce(now):
		return t.Say("probe.declared_until", "at", g.SaidUntil)
	case g.SeenAt.IsZero() || !g.Means.Probed():
		return ""
	}
	return ui.Age(t, g.SeenAt, now)
}

func phaseName(t i18n.T, ph rollout.NamedPhase) string {
	if t.Lang == i18n.EN {
		return ph.Programme + " · " + ph.NameEN
	}
	return ph.Programme + " · " + ph.Name
}

func phaseNames(t i18n.T, all []rollout.NamedPhase, ids []ident.ID) string {
	text := ""
	for _, ph := range all {
		for _, id := range ids {
			if ph.ID != id {
				continue
			}
			if text != "" {
				text += ", "
			}
			text += phaseName(t, ph)
		}
	}
	return text
}

// typed is what came back with a refused form: which form, and its values.
type typed struct {
	form string
	c    *httpx.Ctx
}

// or is what was typed into a field of the form, else what is stored.
func (y typed) or(form, name, stored string) string {
	if y.form == form {
		return y.c.FormValue(name)
	}
	return stored
}

func (p pages) one(c *httpx.Ctx) error { return p.show(c, "", nil) }

func (p pages) show(c *httpx.Ctx, form string, refused error) error {
	v, err := p.Gate(c.Std(), c.Who, c.Params("key"))
	if err != nil {
		return err
	}
	phases, err := p.Rollout.Phases(c.Std())
	if err != nil {
		return err
	}
	offices, err := p.Near.Offices(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("probe.gate." + v.Key)
	return p.site.Form(c, site.Page{Title: title, At: "/rollout/gates"}, refused, func(e ui.Errors) templ.Component {
		return views.OnePage(t, p.view(c, v, phases, offices, typed{form, c}, e))
	})
}

func (p pages) view(c *httpx.Ctx, v View, phases []rollout.NamedPhase, offices []string, y typed, e ui.Errors) views.One {
	t, now := c.T, p.Business.Now()
	verdict, why := v.Verdict(now)
	state := stateOf(t, verdict)
	out := views.One{Head: ui.HeaderData{Title: t.Say("probe.gate." + v.Key), Lead: t.Say("probe.gate." + v.Key + ".what"), State: &state,
		Crumbs: crumbs(c, ui.Crumb{Label: t.Say("probe.gate." + v.Key)})}}
	if verdict.Holds() {
		out.Notice = &ui.NoticeData{Tone: tones[verdict], Title: why.Say(t), Text: t.Say("probe.holds", "phases", phaseNames(t, phases, v.Phases))}
		if len(v.Phases) == 0 {
			out.Notice.Text = t.Say("probe.holds_none")
		}
	}
	out.Facts = factsOf(t, v, phases, now)
	for _, ev := range v.Events {
		var r rollout.Reason
		by := ev.ActorName
		if strings.HasPrefix(ev.Actor, "system:") {
			by = t.Say("probe.by.system")
		}
		line := ui.Event{At: ev.At, Who: by, What: t.Say("probe.verdict." + string(ev.Verdict)), Tone: tones[ev.Verdict]}
		if json.Unmarshal([]byte(ev.Reason), &r) == nil {
			line.Note = sayIf(t, r)
		}
		out.Events = append(out.Events, line)
	}
	if !c.Who.May(Keep) {
		return out
	}
	at, version := "/rollout/gates/"+v.Key, ui.Hidden{Name: "version", Value: strconv.FormatInt(v.Version, 10)}
	errs := func(form string) ui.Errors {
		if y.form == form {
			return e
		}
		return ui.Errors{}
	}
	if v.Means.Probed() {
		out.Try = &ui.Action{Label: t.Say("probe.try"), Href: at + "/try", Post: true, Icon: "refresh"}
	}
	if v.Means != Off {
		out.Forms = append(out.Forms, views.Titled{Title: t.Say("probe.declare"), Note: t.Say("probe.declare.note"), Form: declareForm(t, y, errs("declare"), now, at, version)})
	}
	if v.InForce(now) {
		out.Forms = append(out.Forms, views.Titled{Title: t.Say("probe.withdraw"), Form: ui.FormData{Action: at + "/withdraw", Submit: t.Say("probe.withdraw"), Errors: errs("withdraw"), Hidden: []ui.Hidden{version},
			Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("probe.reason"), Value: y.or("withdraw", "reason", ""), Required: true, Rows: 2, Max: 500}}}})
	}
	out.Forms = append(out.Forms, views.Titled{Title: t.Say("probe.configure"), Form: configureForm(t, v, phases, offices, y, errs("configure"), at, version)})
	return out
}

func factsOf(t i18n.T, v View, phases []rollout.NamedPhase, now time.Time) []ui.Fact {
	facts := []ui.Fact{{Label: t.Say("probe.means"), Text: t.Say("probe.means." + string(v.Means))}}
	if v.Address != "" {
		facts = append(facts, ui.Fact{Label: t.Say("probe.address"), Text: v.Address})
	}
	if v.Means.Probed() && !v.SeenAt.IsZero() {
		seen := ui.Fact{Label: t.Say("probe.seen"), Value: ui.Badge(stateOf(t, v.Seen)), Age: ui.Age(t, v.SeenAt, now)}
		facts = append(facts, seen)
		if v.Seen == Shut {
			facts = append(facts, ui.Fact{Label: t.Say("probe.fails"), Text: t.Say("probe.fails.of", "n", v.Fails, "problem", v.problem())})
		}
	}
	if v.Said != "" {
		facts = append(facts, ui.Fact{Label: t.Say("probe.said"), Text: t.Say("probe.said."+string(v.Said), "who", v.SaidByName, "reason", v.SaidReason), Age: t.Say("probe.declared_until", "at", v.SaidUntil)})
	}
	return append(facts, ui.Fact{Label: t.Say("probe.col.phases"), Text: phaseNames(t, phases, v.Phases)})
}

func declareForm(t i18n.T, y typed, e ui.Errors, now time.Time, at string, version ui.Hidden) ui.FormData {
	until := now.AddDate(0, 0, 1).In(clock.City).Format(inputMoment)
	return ui.FormData{Action: at + "/declare", Submit: t.Say("probe.declare"), Errors: e, Hidden: []ui.Hidden{version}, Fields: []ui.Field{
		{Kind: ui.Radio, Name: "said", Label: t.Say("probe.said"), Value: y.or("declare", "said", ""), Required: true,
			Options: []ui.Option{{Value: string(Open), Label: t.Say("probe.verdict.open")}, {Value: string(Shut), Label: t.Say("probe.verdict.shut")}}},
		{Kind: ui.Area, Name: "reason", Label: t.Say("probe.reason"), Value: y.or("declare", "reason", ""), Required: true, Rows: 2, Max: 500},
		{Kind: ui.Moment, Name: "until", Label: t.Say("probe.until"), Value: y.or("declare", "until", until), Required: true, Narrow: true}}}
}

func configureForm(t i18n.T, v View, phases []rollout.NamedPhase, offices []string, y typed, e ui.Errors, at string, version ui.Hidden) ui.FormData {
	var means, waves []ui.Option
	for _, m := range MeansAll {
		means = append(means, ui.Option{Value: string(m), Label: t.Say("probe.means." + string(m)), Hint: t.Say("probe.means." + string(m) + ".hint")})
	}
	for _, ph := range phases {
		if !ph.Live {
			waves = append(waves, ui.Option{Value: string(ph.ID), Label: phaseName(t, ph)})
		}
	}
	known := ""
	for _, o := range offices {
		if known != "" {
			known += ", "
		}
		known += o
	}
	var chosen []string
	for _, id := range v.Phases {
		chosen = append(chosen, string(id))
	}
	if y.form == "configure" {
		chosen = posted(y.c, "phase")
	}
	return ui.FormData{Action: at, Submit: t.Say("probe.save"), Errors: e, Hidden: []ui.Hidden{version}, Fields: []ui.Field{
		{Kind: ui.Radio, Name: "means", Label: t.Say("probe.means"), Value: y.or("configure", "means", string(v.Means)), Options: means, Required: true},
		{Name: "address", Label: t.Say("probe.address"), Hint: t.Say("probe.address.hint", "offices", known), Value: y.or("configure", "address", v.Address), Max: 200},
		{Kind: ui.Whole, Name: "every", Label: t.Say("probe.every"), Value: y.or("configure", "every", strconv.Itoa(v.EveryMinutes)), Required: true, Narrow: true},
		{Kind: ui.Whole, Name: "stale", Label: t.Say("probe.stale"), Hint: t.Say("probe.stale.hint"), Value: y.or("configure", "stale", strconv.Itoa(v.StaleMinutes)), Required: true, Narrow: true},
		{Kind: ui.Whole, Name: "tolerate", Label: t.Say("probe.tolerate"), Hint: t.Say("probe.tolerate.hint"), Value: y.or("configure", "tolerate", strconv.Itoa(v.Tolerate)), Required: true, Narrow: true},
		{Kind: ui.Checks, Name: "phase", Label: t.Say("probe.col.phases"), Values: chosen, Options: waves}}}
}
