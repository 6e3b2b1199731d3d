package inventory

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/views"
)

func (p pages) unit(c *httpx.Ctx) error {
	code := c.Params("code")
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	if u, ok := tree.Unit(code); ok && u.Level == org.District {
		return c.See("/inventory?district=" + code)
	}
	v, err := p.Unit(c.Std(), c.Who, code)
	if err != nil {
		return err
	}
	t := c.T
	state := badge(t, v.Answer.Verdict)
	out := views.Unit{
		Header: ui.HeaderData{Title: v.Unit.Title(), State: &state, Lead: t.Say("inventory.unit.lead"), Crumbs: crumbs(t, tree, v)},
		Why:    ui.CardData{Title: t.Say("inventory.unit.why"), Note: profileNames(t, v.Profiles)}, AllWell: t.Say("inventory.unit.all_well"),
		Gaps:   ui.CardData{Title: t.Say("inventory.gaps.title"), Flush: true},
		Assets: ui.CardData{Title: t.Say("inventory.unit.assets"), Flush: true},
		Notes:  ui.CardData{Title: t.Say("inventory.unit.history")},
	}
	if c.Who.Covers(Report, code) {
		out.Header.Action = &ui.Action{Label: t.Say("inventory.gap.report"), Href: "/inventory/gaps/new?unit=" + code, Icon: "flag"}
	}
	if c.Who.Covers(Edit, code) {
		out.Assets.Action = &ui.Action{Label: t.Say("inventory.asset.add"), Href: "/inventory/assets/new?unit=" + code, Icon: "plus"}
	}
	out.Reasons = reasonViews(t, v.Answer)
	out.GapList = p.gapTable(t, v.Gaps, false)
	out.GapList.HideCap, out.GapList.Caption = true, out.Gaps.Title
	out.List = p.assetTable(t, v)
	out.History = History(t, v.Notes)
	if out.Rooms, err = panels(p.unitPanels, func(one UnitPanel) (templ.Component, error) { return one(c, v) }); err != nil {
		return err
	}
	return p.show(c, out.Header.Title, views.UnitPage(t, out))
}

func crumbs(t i18n.T, tree *org.Tree, v UnitView) []ui.Crumb {
	return []ui.Crumb{{Label: t.Say("inventory.board.title"), Href: "/inventory"},
		{Label: tree.Name(v.District), Href: "/inventory?district=" + v.District}, {Label: v.Unit.Title()}}
}

func profileNames(t i18n.T, all []Profile) string {
	names := ""
	for i, p := range all {
		if i > 0 {
			names += "; "
		}
		names += p.Title(t)
	}
	if names == "" {
		return ""
	}
	return t.Say("inventory.unit.profiles", "names", names)
}

func reasonViews(t i18n.T, a Answer) []views.Reason {
	var out []views.Reason
	for _, r := range a.Reasons {
		state := badge(t, r.Verdict)
		if !r.Must {
			state = ui.State{Tone: ui.Info, Word: t.Say("inventory.unit.should")}
		}
		one := views.Reason{State: state, Text: t.Line(r.Text)}
		switch {
		case r.Gap != "":
			one.Href = "/inventory/gaps/" + r.Gap
		case r.Asset != "":
			one.Href = "/inventory/assets/" + r.Asset
		}
		out = append(out, one)
	}
	return out
}

var stateTones = map[State]ui.Tone{Planned: ui.Prepare, InUse: ui.Good, Broken: ui.Bad, Repair: ui.Warn, Spare: ui.Info, Retired: ui.Neutral}

func stateBadge(t i18n.T, s State) ui.State {
	return ui.State{Tone: stateTones[s], Word: t.Say("inventory.state." + string(s))}
}

func (p pages) assetTable(t i18n.T, v UnitView) ui.TableData {
	d := ui.TableData{Caption: t.Say("inventory.unit.assets"), HideCap: true, Count: int64(len(v.Assets)), Columns: []ui.Column{
		{Label: t.Say("inventory.asset")}, {Label: t.Say("inventory.column.state")}, {Label: t.Say("inventory.asset.known")}},
		Empty: ui.EmptyData{Icon: "device-desktop", Title: t.Say("inventory.unit.no_assets"), Text: t.Say("inventory.unit.no_assets.hint")}}
	for _, a := range v.Assets {
		href := "/inventory/assets/" + string(a.ID)
		sub := t.Say("inventory.kind."+string(a.Kind)) + " · " + a.Code
		if a.Place != "" {
			sub += " · " + a.Place
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, a.Name, sub), ui.Badge(stateBadge(t, a.State)), views.FactsCell(p.saidOf(t, a))}})
	}
	return d
}

var sourceTones = map[readiness.Source]ui.Tone{readiness.Declared: ui.Neutral, readiness.Photo: ui.Neutral, readiness.Measured: ui.Info, readiness.Probe: ui.Info, readiness.Seen: ui.Good}

// knownOf puts what is known of an asset together by fact, the sources side by side.
func (p pages) knownOf(t i18n.T, a AssetView) []views.Known {
	var out []views.Known
	now := p.clock.Now()
	for _, info := range facts {
		k := views.Known{Label: t.Say("inventory.fact." + info.name)}
		values := map[string]bool{}
		for _, f := range a.Facts {
			if f.Name != info.name {
				continue
			}
			values[f.Value] = true
			k.Values = append(k.Values, views.Value{Text: SayFact(t, f.Name, f.Value),
				State: ui.State{Tone: sourceTones[f.Source], Word: t.Say("readiness.source." + string(f.Source))}, Age: factAge(t, f, now)})
		}
		if len(values) > 1 {
			k.Differ = t.Say("inventory.fact.differ")
		}
		if len(k.Values) > 0 {
			out = append(out, k)
		}
	}
	return out
}

// saidOf puts what is known of an asset together by source, the strongest first.
func (p pages) saidOf(t i18n.T, a AssetView) []views.Said {
	var out []views.Said
	now := p.clock.Now()
	for _, source := range slices.Backward(readiness.Sources) {
		var words []string
		var last time.Time
		for _, info := range facts {
			for _, f := range a.Facts {
				if f.Name != info.name || f.Source != source {
					continue
				}
				if info.typ == system || info.typ == bits {
					words = append(words, SayFact(t, f.Name, f.Value))
				} else if info.typ != yesOnly {
					words = append(words, t.Say("inventory.fact."+f.Name)+" "+SayFact(t, f.Name, f.Value))
				}
				if f.ConfirmedAt.After(last) {
					last = f.ConfirmedAt
				}
			}
		}
		if !last.IsZero() {
			out = append(out, views.Said{State: ui.State{Tone: sourceTones[source], Word: t.Say("readiness.source." + string(source))},
				Text: strings.Join(words, " · "), Age: ui.Age(t, last, now)})
		}
	}
	return out
}

func factAge(t i18n.T, f Fact, now time.Time) string {
	return t.Say("inventory.fact.age", "day", t.Day(f.ConfirmedAt), "age", ui.Age(t, f.ConfirmedAt, now), "name", f.ObserverName)
}

// History is kept lines as a timeline, for rooms too.
func History(t i18n.T, notes []Note) []ui.Event {
	var out []ui.Event
	for _, n := range notes {
		e := ui.Event{At: n.At, Who: n.Who, What: t.Line(n.Line()), Note: n.Said}
		switch e.Who {
		case "":
			e.Who = t.Say("inventory.note.system")
		case access.System("agent").Name:
			e.Who = t.Say("inventory.note.agent")
		}
		out = append(out, e)
	}
	return out
}

// gapTones says how a state of a gap looks.
var gapTones = map[GapState]ui.Tone{GapOpen: ui.Warn, Requested: ui.Info, Ordered: ui.Info, Delivered: ui.Trial, Closed: ui.Good, Declined: ui.Neutral}

func gapBadge(t i18n.T, s GapState) ui.State {
	return ui.State{Tone: gapTones[s], Word: t.Say("inventory.gap.state." + string(s))}
}

func (p pages) gapTable(t i18n.T, gaps []GapView, withPlace bool) ui.TableData {
	now := p.clock.Now()
	d := ui.TableData{Caption: t.Say("inventory.gaps.caption"), Count: -1, Columns: []ui.Column{
		{Label: t.Say("inventory.gap")}, {Label: t.Say("inventory.column.state")}, {Label: t.Say("inventory.gap.due")}, {Label: t.Say("inventory.gap.owner"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("inventory.gaps.none"), Text: t.Say("inventory.gaps.none.hint")}}
	for _, g := range gaps {
		href := "/inventory/gaps/" + string(g.ID)
		sub := g.Code
		if withPlace {
			sub = g.Place + " · " + g.Code
		}
		if n := len(g.Photos); n > 0 {
			sub += " · " + t.Say("inventory.gap.photos", "n", n)
		}
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Line(g.Line()), sub), ui.Badge(gapBadge(t, g.State)),
			ui.DueCell(t, dueOf(t, g)), ui.Text(g.OwnerName)}}
		if g.Overdue(now) {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func weightWord(t i18n.T, must bool) string {
	if must {
		return t.Say("inventory.profiles.must")
	}
	return t.Say("inventory.unit.should")
}
