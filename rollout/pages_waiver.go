package rollout

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

// stageKey is a stage inside a sentence.
func stageKey(s Stage) i18n.Key { return i18n.Key("rollout.step." + string(s)) }

func (p pages) waivers(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	all, err := p.Waivers(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	titles, err := p.titles(c, pg)
	if err != nil {
		return err
	}
	now := p.clock.Now()
	tree, err := p.units.Tree(c.Std(), now)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Waivers{
		Header: ui.HeaderData{Title: t.Say("rollout.waivers"), Lead: t.Say("rollout.waivers.lead"), Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.waivers")})},
		Empty:  ui.EmptyData{Icon: "shield-check", Title: t.Say("rollout.waivers.none"), Text: t.Say("rollout.waivers.none.text")},
	}
	if c.Who.May(Waive) {
		v.Header.Action = &ui.Action{Label: t.Say("rollout.waiver.new"), Href: at(c, "/rollout/waivers/new"), Icon: "plus"}
	}
	for _, w := range all {
		v.Rows = append(v.Rows, waiverView(c, w, now, titles, tree))
	}
	return p.show(c, v.Header.Title, views.WaiversPage(t, v))
}

func (p pages) titles(c *httpx.Ctx, pg Programme) (map[string]string, error) {
	criteria, err := p.Checklist(c.Std(), c.Who, pg.Code)
	titles := map[string]string{}
	for _, cr := range criteria {
		titles[cr.Key] = inLang(c.T, cr.Title, cr.TitleEN)
	}
	return titles, err
}

// waiverView shows a waiver; tree names its communes where they are told.
func waiverView(c *httpx.Ctx, w *Waiver, now time.Time, titles map[string]string, tree *org.Tree) views.WaiverRow {
	t := c.T
	v := views.WaiverRow{Criterion: titles[w.Criterion], Reason: w.Reason, Step: w.Step, Signer: w.Signer, Given: t.Say("rollout.waiver.given", "day", t.Day(w.GivenAt)),
		Until: t.Say("rollout.waiver.until", "day", dayWords(t, w.UntilDay))}
	switch w.State(now) {
	case InForce:
		v.State = ui.State{Tone: ui.Good, Word: t.Say("rollout.waiver.in_force")}
		if reach(c.Who, Waive, w.Units) == nil {
			v.Revoke = at(c, "/rollout/waivers/"+string(w.ID)+"/revoke")
		}
	case Expired:
		v.State = ui.State{Tone: ui.Neutral, Word: t.Say("rollout.waiver.expired")}
	case Revoked:
		v.State = ui.State{Tone: ui.Neutral, Word: t.Say("rollout.waiver.revoked")}
		v.Ended = t.Say("rollout.waiver.revoked_by", "day", t.Day(w.RevokedAt), "who", w.RevokedByName, "reason", w.RevokeReason)
	}
	if tree != nil {
		const most = 12
		var names []string
		for _, u := range w.Units[:min(most, len(w.Units))] {
			names = append(names, tree.Name(u))
		}
		v.Units = strings.Join(names, ", ")
		if more := len(w.Units) - most; more > 0 {
			v.Units = t.Say("rollout.units.more", "names", v.Units, "n", more)
		}
	}
	return v
}

// waiverForm asks for a waiver of the communes that a board's selection or a
// district's page brought along.
func (p pages) waiverForm(c *httpx.Ctx) error {
	in := WaiverInput{}
	in.Units, _ = picked(c)
	return p.askWaiver(c, in, nil)
}

func (p pages) giveWaiver(c *httpx.Ctx) error {
	in := WaiverInput{Programme: c.FormValue("p"), Criterion: c.FormValue("criterion"), Reason: c.FormValue("reason"), Step: c.FormValue("step"),
		Signer: c.FormValue("signer"), Until: c.FormValue("until")}
	in.Units, _ = picked(c)
	w, err := p.GiveWaiver(c.Std(), c.Who, in)
	if err != nil {
		if fault.Is(err, fault.Invalid) {
			return p.askWaiver(c, in, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.waiver.saved", "n", len(w.Units), "day", dayWords(c.T, w.UntilDay)))
	return c.See(at(c, "/rollout/waivers"))
}

func (p pages) askWaiver(c *httpx.Ctx, in WaiverInput, refused error) error {
	if err := c.Who.Need(Waive); err != nil {
		return err
	}
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	district := c.Query("district")
	if district == "" {
		district = c.FormValue("district")
	}
	b, err := p.Board(c.Std(), c.Who, pg.Code, Filter{Phase: Any, District: district})
	if err != nil {
		return err
	}
	criteria, err := p.Checklist(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	t := c.T
	return p.again(c, t.Say("rollout.waiver.new"), refused, func(e ui.Errors) templ.Component {
		v := views.FormPage{Header: ui.HeaderData{Title: t.Say("rollout.waiver.new"), Lead: t.Say("rollout.waiver.new.lead"),
			Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.waivers"), Href: at(c, "/rollout/waivers")}, ui.Crumb{Label: t.Say("rollout.waiver.new")})},
			Form: ui.FormData{Action: "/rollout/waivers", Errors: e, Submit: t.Say("rollout.waiver.give"), Cancel: at(c, "/rollout/waivers"),
				Hidden: []ui.Hidden{hiddenProgramme(pg), {Name: "district", Value: district}}}}
		v.Fields = []ui.Field{
			{Kind: ui.Select, Name: "criterion", Label: t.Say("rollout.col.criterion"), Value: in.Criterion, Options: criterionOptions(t, criteria), Required: true, Error: e.Of("criterion")},
			{Kind: ui.Date, Name: "until", Label: t.Say("rollout.waiver.last_day"), Hint: t.Say("rollout.waiver.last_day.hint"), Value: in.Until, Min: clock.Date(b.At), Narrow: true, Required: true, Error: e.Of("until")},
			{Name: "signer", Label: t.Say("rollout.col.signer"), Hint: t.Say("rollout.waiver.signer.hint"), Value: in.Signer, Max: 200, Required: true, Error: e.Of("signer")},
			{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.col.reason"), Value: in.Reason, Rows: 2, Max: 1000, Required: true, Error: e.Of("reason")},
			{Kind: ui.Area, Name: "step", Label: t.Say("rollout.waiver.step"), Hint: t.Say("rollout.waiver.step.hint"), Value: in.Step, Rows: 2, Required: true, Max: 1000, Error: e.Of("step")},
			communeChoice(t, b, in.Units, e.Of("units")),
		}
		return views.OneForm(t, v)
	})
}

func criterionOptions(t i18n.T, criteria []Criterion) []ui.Option {
	all := []ui.Option{{Label: t.Say("rollout.choose")}}
	for _, cr := range criteria {
		all = append(all, ui.Option{Value: cr.Key, Label: inLang(t, cr.Title, cr.TitleEN)})
	}
	return all
}

// communeChoice lists the communes to choose from, those chosen already first.
func communeChoice(t i18n.T, b Board, chosen []string, wrong string) ui.Field {
	f := ui.Field{Kind: ui.Checks, Name: "u", Label: t.Say("rollout.col.units"), Values: chosen, Required: true, Error: wrong}
	for _, r := range b.Rows {
		if r.Stage == Live {
			continue
		}
		o := ui.Option{Value: r.Unit, Label: r.Name + ", " + r.DistrictName}
		o.Hint = shortly(t, r.Gate.Reasons)
		f.Options = append(f.Options, o)
	}
	picked := func(o ui.Option) bool { return slices.Contains(chosen, o.Value) }
	var first []ui.Option
	for _, o := range f.Options {
		if picked(o) {
			first = append(first, o)
		}
	}
	f.Options = append(first, slices.DeleteFunc(f.Options, picked)...)
	return f
}

func (p pages) revokeForm(c *httpx.Ctx) error { return p.askRevoke(c, "", nil) }

func (p pages) askRevoke(c *httpx.Ctx, reason string, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	w, pg, err := p.waiver(c, id)
	if err != nil {
		return err
	}
	titles, err := p.titles(c, pg)
	if err != nil {
		return err
	}
	now := p.clock.Now()
	tree, err := p.units.Tree(c.Std(), now)
	if err != nil {
		return err
	}
	t := c.T
	return p.again(c, t.Say("rollout.waiver.revoke"), refused, func(e ui.Errors) templ.Component {
		row := waiverView(c, &w, now, titles, tree)
		return views.OneForm(t, views.FormPage{
			Header: ui.HeaderData{Title: t.Say("rollout.waiver.revoke"), Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.waivers"), Href: at(c, "/rollout/waivers")}, ui.Crumb{Label: t.Say("rollout.waiver.revoke")})},
			Facts:  []ui.Fact{{Label: t.Say("rollout.col.criterion"), Text: row.Criterion}, {Label: t.Say("rollout.col.units"), Text: row.Units}, {Label: t.Say("rollout.col.until"), Text: row.Until}, {Label: t.Say("rollout.col.reason"), Text: row.Reason}},
			Form: ui.FormData{Action: "/rollout/waivers/" + string(id) + "/revoke", Errors: e, Submit: t.Say("rollout.waiver.revoke"), Danger: true, Cancel: at(c, "/rollout/waivers"),
				Hidden: []ui.Hidden{{Name: "version", Value: itoa(w.Version)}}},
			Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.col.reason"), Value: reason, Rows: 2, Max: 1000, Required: true, Error: e.Of("reason")}},
		})
	})
}

func (p pages) waiver(c *httpx.Ctx, id ident.ID) (Waiver, Programme, error) {
	if err := c.Who.Need(Waive); err != nil {
		return Waiver{}, Programme{}, err
	}
	w, pg, err := waiverByID(c.Std(), p.db.Read(), id)
	if err != nil {
		return w, pg, db.Sorted(err)
	}
	return w, pg, reach(c.Who, Waive, w.Units)
}

func (p pages) revoke(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	version, reason := number(c.FormValue("version")), c.FormValue("reason")
	if err := p.RevokeWaiver(c.Std(), c.Who, id, version, reason); err != nil {
		if sameForm(err) {
			return p.askRevoke(c, reason, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.waiver.revoke.saved"))
	return c.See(at(c, "/rollout/waivers"))
}
