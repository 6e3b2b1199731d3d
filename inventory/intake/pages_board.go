package intake

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/intake/views"
)

var stateTones = map[State]ui.Tone{Failing: ui.Bad, Silent: ui.Warn, Never: ui.Unknown, Fine: ui.Good, ByFile: ui.Neutral, Aside: ui.Paused}

var resultTones = map[Result]ui.Tone{Kept: ui.Good, Repeated: ui.Neutral, Noted: ui.Info, Refused: ui.Bad}

// href is the address of the board with a filter.
func (f Filter) href(after string) string {
	q := url.Values{}
	for k, v := range map[string]string{"state": string(f.State), "unit": f.Unit, "after": after} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if f.Days > 0 {
		q.Set("days", strconv.Itoa(f.Days))
	}
	if len(q) == 0 {
		return home
	}
	return home + "?" + q.Encode()
}

func readFilter(c *httpx.Ctx) Filter {
	f := Filter{State: State(c.Query("state")), Unit: c.Query("unit"), Days: days(c)}
	if !slices.Contains(States, f.State) {
		f.State = ""
	}
	return f
}

// board shows how the agents stand.
func (p *pages) board(c *httpx.Ctx) error {
	f := readFilter(c)
	b, err := p.Board(c.Std(), c.Who, f)
	if err != nil {
		return err
	}
	rows, err := p.Senders(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	turned, err := p.Refusals(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	v := views.BoardView{Head: ui.HeaderData{Title: t.Say("intake.board.title"), Lead: t.Say("intake.board.lead")},
		Figures: figures(t, f, b), Filter: p.filter(c, tree, f, b), Card: ui.CardData{Flush: true}, Table: p.senderTable(t, tree, f, b, rows),
		Hint: ui.NoticeData{Tone: ui.Info, Title: t.Say("intake.tls.title"), Text: t.Say("intake.tls.text")}}
	if c.Who.May(Keys) {
		v.Head.More = []ui.Action{{Label: t.Say("intake.keys"), Href: home + "/keys", Icon: "lock"}}
		table, err := p.turnedTable(c, turned)
		if err != nil {
			return err
		}
		v.Turned, v.TurnedCard = table, ui.CardData{Title: t.Say("intake.turned.title"), Note: t.Say("intake.turned.note"), Flush: true}
	}
	if c.Who.May(inventory.Edit) {
		v.Head.Action = &ui.Action{Label: t.Say("intake.upload"), Href: home + "/upload", Icon: "upload"}
	}
	if b.NoKey {
		v.Table.Empty = ui.EmptyData{Icon: "device-desktop", Title: t.Say("intake.board.no_key"), Text: t.Say("intake.board.no_key_text"),
			Action: &ui.Action{Label: t.Say("intake.key.new"), Href: home + "/keys"}}
	}
	return p.site.Show(c, site.Page{Title: t.Say("intake.board.title"), At: "/inventory", Tabs: p.Equip.Tabs(t, c.Who, home)}, views.Board(t, v))
}

func figures(t i18n.T, f Filter, b Board) []ui.FigureData {
	var out []ui.FigureData
	n := int(b.Silence / (24 * time.Hour))
	for _, st := range []State{Failing, Silent, Never, Fine} {
		one := ui.FigureData{Label: t.Say("intake.state." + string(st)), Value: t.Int(b.Counts[st]), SoWhat: t.Say("intake.state.so."+string(st), "days", n),
			Href: Filter{State: st, Unit: f.Unit, Days: f.Days}.href("")}
		if b.Counts[st] > 0 {
			one.Tone = stateTones[st]
		}
		out = append(out, one)
	}
	return out
}

func (p *pages) filter(c *httpx.Ctx, tree *org.Tree, f Filter, b Board) ui.FilterData {
	t := c.T
	d := ui.FilterData{Action: home, Results: "results"}
	total := int64(0)
	for _, st := range States {
		if st != Aside {
			total += b.Counts[st]
		}
	}
	d.Presets = append(d.Presets, ui.Preset{Label: t.Say("intake.filter.all"), Href: Filter{Unit: f.Unit, Days: f.Days}.href(""), Active: f.State == "", Count: total})
	for _, st := range States {
		if b.Counts[st] > 0 || f.State == st {
			d.Presets = append(d.Presets, ui.Preset{Label: t.Say("intake.state." + string(st)), Href: Filter{State: st, Unit: f.Unit, Days: f.Days}.href(""), Active: f.State == st, Count: b.Counts[st]})
		}
	}
	silent := ui.Field{Kind: ui.Select, Name: "days", Label: t.Say("intake.filter.days"), Value: strconv.Itoa(int(b.Silence / (24 * time.Hour)))}
	for _, n := range slices.Compact(slices.Sorted(slices.Values([]int{7, 14, 30, 90, p.Silent, max(f.Days, 7)}))) {
		silent.Options = append(silent.Options, ui.Option{Value: strconv.Itoa(n), Label: t.Say("intake.filter.n_days", "n", n)})
	}
	unit := ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("intake.filter.unit"), Value: f.Unit, Options: []ui.Option{{Label: t.Say("intake.filter.every_unit")}}}
	for _, u := range tree.Districts() {
		if c.Who.Covers(inventory.Look, u.Code) {
			unit.Options = append(unit.Options, ui.Option{Value: u.Code, Label: u.Title()})
		}
	}
	d.Fields = []ui.Field{silent}
	if len(unit.Options) > 2 {
		d.Fields = append(d.Fields, unit)
	}
	if f.State != "" {
		d.Hidden = append(d.Hidden, ui.Hidden{Name: "state", Value: string(f.State)})
	}
	if f != (Filter{}) {
		d.Clear = home
	}
	return d
}

// named is what a sender is called.
func named(t i18n.T, x Sender) string {
	if !x.Named() {
		return t.Say("intake.unnamed", "remote", x.Device[1:])
	}
	return x.Device
}

// standing is where a sender stands; one of a district's key may not have told its commune.
func standing(t i18n.T, tree *org.Tree, x Sender) string {
	if u, ok := tree.Unit(x.Unit); ok && u.Level != org.Commune {
		return t.Say("intake.district_only", "place", tree.Place(x.Unit))
	}
	return tree.Place(x.Unit)
}

func (p *pages) senderTable(t i18n.T, tree *org.Tree, f Filter, b Board, rows page.Page[Sender]) ui.TableData {
	table := ui.TableData{Caption: t.Say("intake.board.machines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("intake.col.machine")}, {Label: t.Say("intake.col.state")},
		{Label: t.Say("intake.col.good")}, {Label: t.Say("intake.col.seen"), Quiet: true}, {Label: t.Say("intake.col.agent"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("intake.board.none"), Text: t.Say("intake.board.none_text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, x := range rows.Items {
		st := x.StateAt(b.At, b.Silence)
		state := ui.Badge(ui.State{Tone: stateTones[st], Word: t.Say("intake.state." + string(st))})
		if line, ok := x.Problem(); ok && st == Failing {
			state = views.Stated(state, t.Line(line))
		}
		good := t.Say("intake.never_yet")
		if x.GoodAt != nil {
			good = ui.Age(t, *x.GoodAt, b.At)
		}
		href := home + "/" + string(x.ID)
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, named(t, x), standing(t, tree, x)), state, ui.Text(good), ui.Text(ui.Age(t, x.SeenAt, b.At)), ui.Text(x.Agent)}}
		table.Rows = append(table.Rows, row)
	}
	if !rows.First {
		table.Pager.First = f.href("")
	}
	if rows.Next != "" {
		table.Pager.Next = f.href(rows.Next)
	}
	return table
}

// turnedTable lists the credentials that were turned away, the latest first.
func (p *pages) turnedTable(c *httpx.Ctx, all []Refusal) (ui.TableData, error) {
	t := c.T
	table := ui.TableData{Caption: t.Say("intake.turned.title"), HideCap: true, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("intake.turned.key")}, {Label: t.Say("intake.turned.reason")},
		{Label: t.Say("intake.turned.remote")}, {Label: t.Say("intake.turned.times"), Num: true}, {Label: t.Say("intake.turned.last")}}}
	logins, err := p.logins(c.Std(), all)
	if err != nil {
		return table, err
	}
	for _, r := range all {
		login := logins[r.Key]
		if login == "" {
			login = t.Say("intake.turned.unknown")
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(login), ui.Text(t.Say("intake.reason." + string(r.Reason))), ui.Text(r.Remote), ui.Number(t, r.Times),
			ui.Text(t.Moment(r.LastAt))}})
	}
	return table, nil
}
