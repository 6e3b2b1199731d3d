package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/admin/views"
	"lotrinh/internal/site/ui"
)

const trailAt = "/admin/trail"

func (p *Pages) trail(c *httpx.Ctx) error {
	typed := trail.Filter{Actor: strings.TrimSpace(c.Query("actor")), Target: strings.TrimSpace(c.Query("target")), Act: strings.TrimSpace(c.Query("act"))}
	f, err := p.trailFilter(c, typed)
	if err != nil {
		return err
	}
	list, err := trail.List(c.Std(), p.db, c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	chain, err := trail.State(c.Std(), p.db, c.Who)
	if err != nil {
		return err
	}
	rows, err := p.entries(c, list.Items)
	if err != nil {
		return err
	}
	if err := p.trailRead(c, f); err != nil {
		return err
	}
	v := views.TrailView{Filter: trailBar(c.T, typed), Rows: rows, Pager: pager(c, trailAt, list.First, list.Next, len(list.Items)), Chain: chainFacts(c.T, chain)}
	return p.page.Show(c, site.Page{Title: c.T.Say("admin.trail"), At: trailAt}, views.Trail(c.T, v))
}

// trailFilter lets a login stand for the account's key.
func (p *Pages) trailFilter(c *httpx.Ctx, f trail.Filter) (trail.Filter, error) {
	for _, field := range []*string{&f.Actor, &f.Target} {
		if _, err := ident.Parse(*field); *field == "" || err == nil || strings.Contains(*field, ":") {
			continue
		}
		key, err := p.people.Key(c.Std(), *field)
		if err == nil {
			*field = string(key)
		} else if !fault.Is(err, fault.Missing) {
			return f, err
		}
	}
	return f, nil
}

// trailRead records that the trail was read: it holds addresses of people.
func (p *Pages) trailRead(c *httpx.Ctx, f trail.Filter) error {
	return p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
		return trail.Write(ctx, tx, p.machine.Now(), c.Who, "trail.read", strings.TrimSpace(f.Actor+" "+f.Target+" "+f.Act), nil)
	})
}

func trailBar(t i18n.T, f trail.Filter) ui.FilterData {
	d := ui.FilterData{Action: trailAt, Results: "results", Fields: []ui.Field{
		{Kind: ui.Search, Name: "actor", Label: t.Say("admin.trail.login"), Value: f.Actor},
		{Kind: ui.Search, Name: "act", Label: t.Say("admin.trail.act.code"), Value: f.Act},
		{Kind: ui.Search, Name: "target", Label: t.Say("admin.trail.target"), Value: f.Target},
	}}
	if f != (trail.Filter{}) {
		d.Clear = trailAt
	}
	return d
}

func (p *Pages) entries(c *httpx.Ctx, entries []trail.Entry) ([]ui.Row, error) {
	var ids []ident.ID
	for _, e := range entries {
		for _, s := range append(strings.Fields(e.Target), e.Actor) {
			if key, err := ident.Parse(s); err == nil {
				ids = append(ids, key)
			}
		}
	}
	names, err := p.people.Names(c.Std(), ids)
	if err != nil {
		return nil, err
	}
	tree, err := p.tree(c)
	if err != nil {
		return nil, err
	}
	var rows []ui.Row
	for _, e := range entries {
		rows = append(rows, entryRow(c.T, tree, names, e))
	}
	return rows, nil
}

func entryRow(t i18n.T, tree *org.Tree, names map[ident.ID]string, e trail.Entry) ui.Row {
	actor := t.Say("admin.trail.stranger")
	if e.Actor != "" {
		actor = named(names, e.Actor)
	}
	where := e.Via
	if from := personal(e.Personal)["from"]; from != "" {
		where += " · " + from
	}
	var targets []string
	for _, s := range strings.Fields(e.Target) {
		targets = append(targets, named(names, s))
	}
	if n := len(targets); n > 3 {
		targets = append(targets[:3], t.Say("admin.trail.more", "n", n-3))
	}
	unit := ""
	if e.Unit != "" {
		unit = tree.Name(e.Unit)
	}
	seal := ui.State{Tone: ui.Good, Word: t.Say("admin.trail.sealed")}
	if e.Seal == nil {
		seal = ui.State{Tone: ui.Neutral, Word: t.Say("admin.trail.waits")}
	}
	return ui.Row{Cells: []templ.Component{
		ui.Two(t.Moment(e.At), "#"+t.Int(e.Seq)), ui.Two(actor, where), actCell(t, e), ui.Two(strings.Join(targets, ", "), unit), ui.Badge(seal)}}
}

// actCell says an act in words that lead to all of its kind, with what changed under
// it; an act without words shows as its code.
func actCell(t i18n.T, e trail.Entry) templ.Component {
	what := changes(e.Changes)
	key := "act." + e.Act
	if !t.Has(key) {
		return ui.Two(e.Act, what)
	}
	return ui.Main(trailAt+"?act="+e.Act, t.Say(key), what)
}

func named(names map[ident.ID]string, id string) string {
	if name := names[ident.ID(id)]; name != "" {
		return name
	}
	return id
}

// changes writes what an entry says has changed: "state: active → locked".
func changes(raw string) string {
	var m map[string][2]any
	if json.Unmarshal([]byte(raw), &m) != nil {
		return ""
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		before, after := said(m[k][0]), said(m[k][1])
		switch {
		case before == after:
			continue
		case before == "":
			parts = append(parts, k+": "+after)
		default:
			parts = append(parts, k+": "+before+" → "+after)
		}
	}
	s := strings.Join(parts, "; ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}

func said(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func personal(raw string) map[string]string {
	m := map[string]any{}
	if json.Unmarshal([]byte(raw), &m) != nil {
		return nil // forgotten, or nothing personal
	}
	out := map[string]string{}
	for k, v := range m {
		out[k] = said(v)
	}
	return out
}

func chainFacts(t i18n.T, c trail.Chain) []ui.Fact {
	last := t.Say("admin.trail.never")
	if !c.Last.IsZero() {
		last = t.Moment(c.Last)
	}
	return []ui.Fact{
		{Label: t.Say("admin.trail.seals"), Text: t.Int(c.Seals)}, {Label: t.Say("admin.trail.last"), Text: last},
		{Label: t.Say("admin.trail.waiting"), Text: t.Int(c.Waiting)}, {Label: t.Say("admin.trail.hash"), Text: c.Hash},
	}
}

// verifyTrail proves the whole chain; `lotrinh check` does the same at the machine.
func (p *Pages) verifyTrail(c *httpx.Ctx) error {
	if err := c.Who.Need(trail.Read); err != nil {
		return err
	}
	wrong, err := trail.Verify(c.Std(), p.db)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		site.Flash(c, ui.Bad, c.T.Say("admin.trail.torn", "n", len(wrong)), wrong[:min(10, len(wrong))]...)
	} else {
		site.Flash(c, ui.Good, c.T.Say("admin.trail.whole"))
	}
	return c.See(trailAt)
}
