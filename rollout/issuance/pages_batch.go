package issuance

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/issuance/views"
)

func (p *pages) batches(c *httpx.Ctx) error { return p.showBatches(c, "", nil) }

func (p *pages) showBatches(c *httpx.Ctx, unit string, refused error) error {
	all, err := p.Batches(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	channels := []ui.Option{{Value: BySlip, Label: t.Say("issuance.channel.slip"), Hint: t.Say("issuance.channel.slip.hint")}}
	if p.Texting != nil && p.Texting() {
		channels = append(channels, ui.Option{Value: BySMS, Label: t.Say("issuance.channel.sms"), Hint: t.Say("issuance.channel.sms.hint")})
	}
	table := batchTable(t, tree, all)
	v := views.View{Head: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("issuance.batches")}), Title: t.Say("issuance.batches"), Lead: t.Say("issuance.batches.lead")}, Sections: []views.Section{
		{Card: ui.CardData{Title: t.Say("issuance.issue")}, Form: &ui.FormData{Action: batchesAt, Submit: t.Say("issuance.issue.do"), Fields: []ui.Field{
			{Kind: ui.Select, Name: "unit", Label: t.Say("issuance.column.district"), Value: unit, Options: append([]ui.Option{{Label: t.Say("issuance.everywhere")}}, districtOptions(tree, c.Who, Issue)...)},
			{Kind: ui.Radio, Name: "channel", Label: t.Say("issuance.issue.channel_of"), Value: BySlip, Required: true, Options: channels}}}},
		{Card: ui.CardData{Title: t.Say("issuance.batches.past"), Flush: true}, Table: &table}}}
	return p.again(c, v, refused)
}

func batchTable(t i18n.T, tree *org.Tree, all page.Page[Batch]) ui.TableData {
	d := ui.TableData{Caption: t.Say("issuance.batches.past"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("issuance.batch.at")}, {Label: t.Say("issuance.column.district")}, {Label: t.Say("issuance.issue.channel_of")}, {Label: t.Say("issuance.batch.issued"), Num: true}, {Label: t.Say("issuance.column.state")}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("issuance.batches.none"), Text: t.Say("issuance.batches.none.text")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	for _, b := range all.Items {
		where := t.Say("issuance.everywhere")
		if b.Unit != "" {
			where = tree.Place(b.Unit)
		}
		d.Rows = append(d.Rows, ui.Row{Href: b.Path(), Cells: []templ.Component{ui.Main(b.Path(), t.Moment(b.MadeAt), b.MadeName), ui.Text(where), ui.Text(t.Say("issuance.channel." + b.Channel)), ui.Number(t, b.Issued), ui.Badge(batchState(t, b))}})
	}
	if !all.First {
		d.Pager.First = batchesAt
	}
	if all.Next != "" {
		d.Pager.Next = address(batchesAt, "after", all.Next)
	}
	return d
}

func batchState(t i18n.T, b Batch) ui.State {
	if b.DoneAt.IsZero() {
		return ui.State{Tone: ui.Info, Word: t.Say("issuance.batch.running")}
	}
	return ui.State{Tone: ui.Good, Word: t.Say("issuance.batch.done")}
}

func (p *pages) start(c *httpx.Ctx) error {
	b, err := p.Start(c.Std(), c.Who, c.FormValue("unit"), c.FormValue("channel"))
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showBatches(c, c.FormValue("unit"), err)
		}
		return err
	}
	return c.See(b.Path())
}

func (p *pages) batch(c *httpx.Ctx) error { return p.showBatch(c, nil) }

func (p *pages) showBatch(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	b, err := p.Batch(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t, state := c.T, batchState(c.T, b.Batch)
	where := t.Say("issuance.everywhere")
	if b.Unit != "" {
		where = tree.Place(b.Unit)
	}
	v := views.View{Head: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("issuance.batches"), Href: batchesAt}, ui.Crumb{Label: t.Moment(b.MadeAt)}), Title: t.Say("issuance.batch.title", "unit", where), State: &state,
		Lead: t.Say("issuance.batch.lead", "who", b.MadeName, "at", b.MadeAt)}, Figures: []ui.FigureData{
		{Label: t.Say("issuance.batch.issued"), Value: t.Int(b.Issued)}, {Label: t.Say("issuance.batch.unprinted"), Value: t.Int(b.Unprinted)}, {Label: t.Say("issuance.batch.not_in"), Value: t.Int(b.NotIn), Href: address(Home, "state", string(Issued), "unit", b.Unit)}}}
	if b.MadeBy == c.Who.ID {
		v.Head.More = []ui.Action{{Label: t.Say("issuance.batch.job"), Href: "/jobs/" + string(b.Job), Icon: "history"}}
	}
	if b.DoneAt.IsZero() {
		v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Info, Title: t.Say("issuance.batch.wait")})
	}
	if b.Unprinted > 0 {
		v.Sections = append(v.Sections, views.Section{Card: ui.CardData{Title: t.Say("issuance.slips"), Note: t.Say("issuance.slips.note", "n", min(b.Unprinted, mostSlips))}, Text: t.Say("issuance.slips.text"),
			Form: &ui.FormData{Action: b.Path() + "/slips", Submit: t.Say("issuance.slips.do", "n", min(b.Unprinted, mostSlips)), Loose: true}})
	}
	return p.again(c, v, refused)
}

// slips answers with the letters themselves: their passwords are told nowhere else.
func (p *pages) slips(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	raw, _, _, err := p.Slips(c.Std(), c.Who, key)
	if err != nil {
		if fault.Is(err, fault.Conflict) {
			return p.showBatch(c, err)
		}
		return err
	}
	return pdf(c, "phieu-giao-tai-khoan", raw)
}
