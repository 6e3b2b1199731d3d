package inventory

import (
	"net/url"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/views"
)

var verdicts = []readiness.Verdict{readiness.Met, readiness.Unmet, readiness.Unknown, readiness.Waived}

func toneOf(v readiness.Verdict) ui.Tone {
	switch v {
	case readiness.Met:
		return ui.Good
	case readiness.Waived:
		return ui.Paused
	case readiness.NotApplicable:
		return ui.Neutral
	case readiness.Unmet:
		return ui.Bad
	}
	return ui.Unknown
}

// VerdictBadge shows an answer in its colour and its word.
func VerdictBadge(t i18n.T, v readiness.Verdict) ui.State { return badge(t, v) }

func badge(t i18n.T, v readiness.Verdict) ui.State {
	return ui.State{Tone: toneOf(v), Word: t.Say("readiness.verdict." + string(v))}
}

func why(t i18n.T, r BoardRow) templ.Component {
	text, more := "", ""
	if r.Deciding > 0 && r.Top.Key != "" {
		text = t.Line(r.Top)
		if r.Deciding > 1 {
			more = t.Say("inventory.board.more", "n", r.Deciding-1)
		}
	}
	return views.Why(badge(t, r.Verdict), text, more)
}

func boardHref(f BoardFilter) string {
	q := url.Values{}
	for k, v := range map[string]string{"district": f.District, "verdict": f.Verdict, "q": f.Query, "after": f.After} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if len(q) == 0 {
		return "/inventory"
	}
	return "/inventory?" + q.Encode()
}

func districtField(t i18n.T, all []org.Unit, value string) ui.Field {
	options := []ui.Option{{Label: t.Say("inventory.filter.every_district")}}
	for _, d := range all {
		options = append(options, ui.Option{Value: d.Code, Label: d.Title()})
	}
	return ui.Field{Kind: ui.Select, Name: "district", Label: t.Say("inventory.column.district"), Options: options, Value: value}
}

func (p pages) board(c *httpx.Ctx) error {
	f := BoardFilter{District: c.Query("district"), Verdict: c.Query("verdict"), Query: c.Query("q"), After: c.Query("after")}
	b, err := p.Board(c.Std(), c.Who, f)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Listed{
		Header:  ui.HeaderData{Title: t.Say("inventory.board.title"), Lead: t.Say("inventory.board.lead"), More: p.boardActions(c)},
		Figures: boardFigures(t, b, f),
		Filter:  boardFilter(t, b, f),
		Table:   boardTable(t, b),
	}
	if c.Who.May(Report) {
		v.Header.Action = &ui.Action{Label: t.Say("inventory.gap.report"), Href: "/inventory/gaps/new", Icon: "flag"}
	}
	v.Table.Pager = boardPager(b, f)
	return p.show(c, v.Header.Title, views.List(t, v))
}

func boardTable(t i18n.T, b Board) ui.TableData {
	d := ui.TableData{Caption: t.Say("inventory.board.caption"), Count: int64(b.Matching), Columns: []ui.Column{
		{Label: t.Say("inventory.column.unit")}, {Label: t.Say("inventory.board.ready")},
		{Label: t.Say("inventory.board.assets"), Num: true}, {Label: t.Say("inventory.board.gaps"), Num: true}},
		Empty: ui.EmptyData{Icon: "search", Title: t.Say("inventory.board.none"), Text: t.Say("inventory.board.none.hint"),
			Action: &ui.Action{Label: t.Say("inventory.filter.clear"), Href: "/inventory"}}}
	for _, r := range b.Rows {
		href := "/inventory/units/" + r.Unit.Code
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, r.Unit.Title(), r.District), why(t, r), ui.Number(t, r.Assets), ui.Number(t, r.Gaps)}})
	}
	return d
}

func boardPager(b Board, f BoardFilter) *ui.PagerData {
	pager := &ui.PagerData{Shown: len(b.Rows)}
	if f.After != "" {
		first := f
		first.After = ""
		pager.First = boardHref(first)
	}
	if b.Next != "" {
		next := f
		next.After = b.Next
		pager.Next = boardHref(next)
	}
	return pager
}

func (p pages) boardActions(c *httpx.Ctx) []ui.Action {
	t := c.T
	var more []ui.Action
	if c.Who.May(Edit) {
		more = append(more, ui.Action{Label: t.Say("inventory.import"), Href: "/imports/" + AssetImport, Icon: "upload"})
	}
	return append(more, ui.Action{Label: t.Say("inventory.export"), Href: "/inventory/export.xlsx", Icon: "download"})
}

func boardFigures(t i18n.T, b Board, f BoardFilter) []ui.FigureData {
	gaps := "/inventory/gaps"
	if f.District != "" {
		gaps += "?district=" + url.QueryEscape(f.District)
	}
	return tallyFigures(t, Tally{Communes: b.Total, Count: b.Count, Gaps: b.OpenGaps}, gaps,
		func(v readiness.Verdict) string {
			return boardHref(BoardFilter{District: f.District, Verdict: string(v)})
		})
}

// tallyFigures are the answers in absolute numbers; nobody is excused, nothing is said of it.
func tallyFigures(t i18n.T, y Tally, gaps string, href func(readiness.Verdict) string) []ui.FigureData {
	var out []ui.FigureData
	for _, v := range verdicts {
		n := y.Count[v]
		if v == readiness.Waived && n == 0 {
			continue
		}
		out = append(out, ui.FigureData{Label: t.Say("readiness.verdict." + string(v)), Value: t.Int(int64(n)),
			Of: t.Say("inventory.board.of", "n", y.Communes), Href: href(v), SoWhat: t.Say("inventory.board.so." + string(v)), Tone: toneOf(v)})
	}
	return append(out, ui.FigureData{Label: t.Say("inventory.board.open_gaps"), Value: t.Int(y.Gaps), Href: gaps, SoWhat: t.Say("inventory.board.so.gaps")})
}

func boardFilter(t i18n.T, b Board, f BoardFilter) ui.FilterData {
	options := []ui.Option{{Label: t.Say("inventory.filter.every_verdict")}}
	for _, v := range verdicts {
		options = append(options, ui.Option{Value: string(v), Label: t.Say("readiness.verdict." + string(v))})
	}
	d := ui.FilterData{Action: "/inventory", Results: "results", Fields: []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("inventory.column.unit"), Value: f.Query},
		districtField(t, b.Districts, f.District),
		{Kind: ui.Select, Name: "verdict", Label: t.Say("inventory.board.ready"), Options: options, Value: f.Verdict}}}
	if f.Query+f.District+f.Verdict != "" {
		d.Clear = "/inventory"
	}
	return d
}

func handOver(c *httpx.Ctx, name, typ string, body []byte) error {
	c.Set(fiber.HeaderContentType, typ)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(body)
}
