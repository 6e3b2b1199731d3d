package inventory

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/views"
)

// listed is the list of assets that an address asks for.
type listed struct {
	AssetFilter
	tree  *org.Tree
	saved []SavedList
	at    *SavedList // the kept filter that is shown
}

// readFilter reads a filter from the values of an address or a form, from allow-lists.
func readFilter(value func(string, ...string) string) AssetFilter {
	number := func(name string) int {
		n, err := strconv.Atoi(value(name))
		if err != nil {
			return 0
		}
		return n
	}
	return AssetFilter{Words: value("q"), District: value("district"), Unit: value("unit"), Kind: value("kind"), State: value("state"), Custodian: value("custodian"),
		Warranty: value("warranty"), Source: value("source"), Older: number("older"), Silent: number("silent"), Sort: value("sort"), Down: value("down") != ""}.tidy()
}

// query is the filter as an address carries it.
func (f AssetFilter) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" {
			q.Set(name, value)
		}
	}
	set("q", f.Words)
	set("district", f.District)
	set("unit", f.Unit)
	set("kind", f.Kind)
	set("state", f.State)
	set("custodian", f.Custodian)
	set("warranty", f.Warranty)
	set("source", f.Source)
	set("older", strconv.Itoa(f.Older))
	set("silent", strconv.Itoa(f.Silent))
	if f.Sort != "code" || f.Down {
		set("sort", f.Sort)
	}
	if f.Down {
		set("down", "1")
	}
	return q
}

// href is the list of a filter, changed a little.
func (f AssetFilter) href(path string, change ...func(*AssetFilter)) string {
	for _, c := range change {
		c(&f)
	}
	if q := f.query(); len(q) > 0 {
		return path + "?" + q.Encode()
	}
	return path
}

const assetsAt = "/inventory/assets"

// asked reads what the address asks for; a kept filter is narrowed further by what else
// stands there.
func (p pages) asked(c *httpx.Ctx) (listed, error) {
	l := listed{AssetFilter: readFilter(c.Query)}
	var err error
	if l.tree, err = p.units.Tree(c.Std(), p.clock.Now()); err != nil {
		return l, err
	}
	if l.saved, err = p.SavedLists(c.Std(), c.Who); err != nil {
		return l, err
	}
	for i := range l.saved {
		if l.saved[i].Filter().query().Encode() == l.query().Encode() && l.narrowed() {
			l.at = &l.saved[i]
		}
	}
	return l, nil
}

func (p pages) assets(c *httpx.Ctx) error {
	l, err := p.asked(c)
	if err != nil {
		return err
	}
	rows, err := p.AssetList(c.Std(), c.Who, l.AssetFilter, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tally, err := p.TallyAssets(c.Std(), c.Who, l.AssetFilter)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Assets{
		Header:  ui.HeaderData{Title: t.Say("inventory.list.title"), Lead: t.Say("inventory.list.lead"), More: p.listActions(c, l)},
		Figures: listFigures(t, l.AssetFilter, tally),
		Filter:  p.listFilter(c, l),
		Table:   p.listTable(t, l, rows, tally.Total),
		Picked:  "/inventory/picked?" + l.query().Encode(), Total: tally.Total, Edits: c.Who.May(Edit),
	}
	if l.at != nil {
		v.Header.Title = l.at.Name
	}
	if c.Who.May(Edit) {
		v.Header.Action = &ui.Action{Label: t.Say("inventory.asset.add"), Href: assetsAt + "/new", Icon: "plus"}
	}
	return p.show(c, v.Header.Title, views.AssetsPage(t, v))
}

func (p pages) listActions(c *httpx.Ctx, l listed) []ui.Action {
	t := c.T
	var more []ui.Action
	if l.narrowed() && l.at == nil {
		more = append(more, ui.Action{Label: t.Say("inventory.list.keep"), Href: l.href("/inventory/lists/new"), Icon: "plus"})
	}
	if len(l.saved) > 0 {
		more = append(more, ui.Action{Label: t.Say("inventory.list.kept"), Href: "/inventory/lists", Icon: "filter"})
	}
	if c.Who.May(Edit) {
		more = append(more, ui.Action{Label: t.Say("inventory.import"), Href: "/imports/" + AssetImport, Icon: "upload"})
	}
	return append(more, ui.Action{Label: t.Say("inventory.export"), Href: l.href("/inventory/export.xlsx"), Icon: "download"},
		ui.Action{Label: t.Say("inventory.export_csv"), Href: l.href("/inventory/export.csv"), Icon: "download"})
}

func listFigures(t i18n.T, f AssetFilter, n AssetTally) []ui.FigureData {
	state := func(s State, tone ui.Tone) ui.FigureData {
		d := ui.FigureData{Label: t.Say("inventory.state." + string(s)), Value: t.Int(n.States[s]), Tone: tone, Href: f.href(assetsAt, func(f *AssetFilter) { f.State = string(s) })}
		if n.States[s] > 0 {
			d.SoWhat = t.Say("inventory.list.so." + string(s))
		}
		return d
	}
	ending := ui.FigureData{Label: t.Say("inventory.warranty.soon"), Value: t.Int(n.Ending), Tone: ui.Warn,
		Href: f.href(assetsAt, func(f *AssetFilter) { f.Warranty, f.Sort, f.Down = "soon", "warranty", false })}
	if n.Finished > 0 {
		ending.SoWhat = t.Say("inventory.warranty.over_n", "n", n.Finished)
	}
	return []ui.FigureData{state(InUse, ui.Good), state(Broken, ui.Bad), state(Repair, ui.Warn), state(Spare, ui.Info),
		ending}
}

// choose is a field of words with a first one that does not narrow.
func choose(t i18n.T, name, label, all, value string, values []string, say func(string) string) ui.Field {
	f := ui.Field{Kind: ui.Select, Name: name, Label: t.Say(label), Value: value, Options: []ui.Option{{Label: t.Say(all)}}}
	for _, v := range values {
		f.Options = append(f.Options, ui.Option{Value: v, Label: say(v)})
	}
	return f
}

func (p pages) listFilter(c *httpx.Ctx, l listed) ui.FilterData {
	t, f := c.T, l.AssetFilter
	said := func(prefix string) func(string) string { return func(v string) string { return t.Say(prefix + v) } }
	counted := func(key string, all []int) ([]string, func(string) string) {
		out := make([]string, len(all))
		for i, n := range all {
			out[i] = strconv.Itoa(n)
		}
		return out, func(v string) string {
			n, err := strconv.Atoi(v)
			if err != nil {
				return v
			}
			return t.Say(key, "n", n)
		}
	}
	var districts []org.Unit
	for _, d := range l.tree.Districts() {
		if slices.ContainsFunc(l.tree.Under(d.Code), func(u string) bool { return c.Who.Covers(Look, u) }) {
			districts = append(districts, d)
		}
	}
	years, sayYears := counted("inventory.list.years", olderYears)
	days, sayDays := counted("inventory.list.days", silentDays)
	d := ui.FilterData{Action: assetsAt, Results: "results", Fields: []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("inventory.list.search"), Value: f.Words},
		districtField(t, districts, f.District),
		choose(t, "kind", "inventory.column.kind", "inventory.filter.every_kind", f.Kind, words(Kinds), said("inventory.kind.")),
		choose(t, "state", "inventory.column.state", "inventory.filter.all", f.State, words(States), said("inventory.state.")),
		choose(t, "warranty", "inventory.warranty", "inventory.filter.all", f.Warranty, Warranties, said("inventory.warranty.is.")),
		choose(t, "source", "inventory.list.source", "inventory.filter.all", f.Source, Evidences, said("inventory.list.source.")),
		{Name: "custodian", Label: t.Say("inventory.column.custodian"), Value: f.Custodian, Max: 80},
		choose(t, "older", "inventory.list.older", "inventory.filter.all", strconv.Itoa(f.Older), years, sayYears),
		choose(t, "silent", "inventory.list.silent", "inventory.filter.all", strconv.Itoa(f.Silent), days, sayDays),
		choose(t, "sort", "inventory.list.sort", "inventory.list.sort.code", f.Sort, []string{"name", "unit", "warranty", "bought", "changed"}, said("inventory.list.sort.")),
	}}
	d.Fields = slices.Replace(d.Fields, 1, 2, places(t, c.Who, l, districts)...)
	for _, v := range l.saved {
		d.Presets = append(d.Presets, ui.Preset{Label: v.Name, Href: v.Filter().href(assetsAt), Active: l.at != nil && l.at.ID == v.ID, Count: -1})
	}
	if l.narrowed() || f.Sort != "code" {
		d.Clear = assetsAt
	}
	return d
}

// places ask where: in which district, when there are several, and in which commune of
// the one that is chosen.
func places(t i18n.T, who access.Actor, l listed, districts []org.Unit) []ui.Field {
	var out []ui.Field
	within := l.District
	if len(districts) > 1 {
		out = append(out, districtField(t, districts, l.District))
	} else if len(districts) == 1 {
		within = districts[0].Code
	}
	communes := ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("inventory.column.unit"), Value: l.Unit, Options: []ui.Option{{Label: t.Say("inventory.filter.all")}}}
	listed := false
	if within != "" {
		for _, u := range l.tree.Communes(within) {
			if who.Covers(Look, u.Code) {
				communes.Options = append(communes.Options, ui.Option{Value: u.Code, Label: u.Title()})
				listed = listed || u.Code == l.Unit
			}
		}
	}
	if l.Unit != "" && !listed {
		communes.Options = append(communes.Options, ui.Option{Value: l.Unit, Label: l.tree.Place(l.Unit)})
	}
	if len(communes.Options) > 2 || l.Unit != "" {
		out = append(out, communes)
	}
	return out
}

// head is the head of a column that the list is sorted by on a click, and the other way
// round on a second one.
func (l listed) head(t i18n.T, key, sort string) ui.Column {
	col := ui.Column{Label: t.Say(key)}
	if sort == "" {
		return col
	}
	down := l.Sort == sort && !l.Down
	col.SortHref = l.href(assetsAt, func(f *AssetFilter) { f.Sort, f.Down = sort, down })
	if l.Sort == sort {
		col.Sorted = map[bool]string{false: "ascending", true: "descending"}[l.Down]
	}
	return col
}

func (p pages) listTable(t i18n.T, l listed, rows page.Page[AssetView], total int64) ui.TableData {
	d := ui.TableData{Caption: t.Say("inventory.list.title"), Count: total, Pick: "asset", PickForm: "picked", Columns: []ui.Column{
		l.head(t, "inventory.asset", "name"), l.head(t, "inventory.column.unit", "unit"), l.head(t, "inventory.column.state", ""),
		l.head(t, "inventory.column.custodian", ""), l.head(t, "inventory.warranty", "warranty"), l.head(t, "inventory.list.last", "")},
		Empty: ui.EmptyData{Icon: "search", Title: t.Say("inventory.list.none"), Text: t.Say("inventory.board.none.hint"), Action: &ui.Action{Label: t.Say("inventory.filter.clear"), Href: assetsAt}},
		Pager: &ui.PagerData{Shown: len(rows.Items)}}
	if !l.narrowed() {
		d.Empty = ui.EmptyData{Icon: "device-desktop", Title: t.Say("inventory.unit.no_assets"), Text: t.Say("inventory.unit.no_assets.hint")}
	}
	d.Columns[3].Quiet = true
	for _, a := range rows.Items {
		href := assetsAt + "/" + string(a.ID)
		sub := t.Say("inventory.kind."+string(a.Kind)) + " · " + a.Code
		if a.Serial != "" {
			sub += " · " + a.Serial
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Pick: string(a.ID), Cells: []templ.Component{ui.Main(href, a.Name, sub), ui.Two(l.tree.Place(a.Unit), a.Place),
			ui.Badge(stateBadge(t, a.State)), ui.Text(a.Custodian), p.warrantyCell(t, a.Asset), p.lastCell(t, a)}})
	}
	q := l.query()
	if !rows.First {
		d.Pager.First = l.href(assetsAt)
	}
	if rows.Next != "" {
		q.Set("after", rows.Next)
		d.Pager.Next = assetsAt + "?" + q.Encode()
	}
	return d
}

// lastCell is what was last known of an asset: from which source, and how long ago.
func (p pages) lastCell(t i18n.T, a AssetView) templ.Component {
	var last time.Time
	var source readiness.Source
	for _, f := range a.Facts {
		if f.ConfirmedAt.After(last) {
			last, source = f.ConfirmedAt, f.Source
		}
	}
	if last.IsZero() {
		return ui.Badge(ui.State{Tone: ui.Unknown, Word: t.Say("inventory.list.source.none")})
	}
	return views.Until(ui.Age(t, last, p.clock.Now()), ui.State{Tone: sourceTones[source], Word: t.Say("readiness.source." + string(source))})
}
