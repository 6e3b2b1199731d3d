package inspection

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/ask/fields"
	"lotrinh/rollout/inspection/views"
)

func (p *pages) visit(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.visitAgain(c, key, "", nil)
}

// visitAgain is the page of a visit; form names the form that was refused.
func (p *pages) visitAgain(c *httpx.Ctx, key ident.ID, form string, refused error) error {
	v, err := p.Visit(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	list, err := v.Round.Form()
	if err != nil {
		return err
	}
	answers, notes, err := v.Answers()
	if err != nil {
		return err
	}
	var mends []ui.Option
	if c.Who.Covers(Inspect, v.Unit) && len(v.Findings) > 0 {
		names, err := p.mends(c.Std(), v.Unit)
		if err != nil {
			return err
		}
		for id, name := range names {
			mends = append(mends, ui.Option{Value: string(id), Label: name})
		}
		slices.SortFunc(mends, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	}
	return p.show(c, tree.Place(v.Unit), refused, func(e ui.Errors) templ.Component {
		b := visitPage{pages: p, c: c, v: v, place: tree.Place(v.Unit), form: form, e: e, mends: mends}
		return views.VisitPage(c.T, b.view(list, answers, notes))
	})
}

// visitPage builds the page of a visit; a refused form keeps what was typed into it.
type visitPage struct {
	*pages
	c     *httpx.Ctx
	v     VisitView
	place string
	form  string
	e     ui.Errors
	mends []ui.Option
}

func (b visitPage) typed(form, name, other string) string {
	if b.form == form {
		return b.c.FormValue(name)
	}
	return other
}

func (b visitPage) frame(form, action, submit string, version int64, all ...ui.Field) ui.FormData {
	f := ui.FormData{ID: "form-" + form, Action: action, Submit: b.c.T.Say(submit), Hidden: []ui.Hidden{seen(version)}, Fields: all}
	if b.form == form {
		f.Errors = b.e
	}
	return f
}

func (b visitPage) view(list ask.Form, answers ask.Answers, notes map[string]string) views.Visit {
	t, v, who := b.c.T, b.v, b.c.Who
	state := v.state(t)
	out := views.Visit{Head: ui.HeaderData{Title: b.place, State: &state, Lead: v.Round.Title, Crumbs: []ui.Crumb{{Label: t.Say("inspection.title"), Href: home}, {Label: v.Round.Code, Href: v.Round.Path()}, {Label: b.place}}},
		Facts: []ui.Fact{{Label: t.Say("inspection.day.field"), Text: dayWords(t, v.Day)}}}
	if v.SawAt != nil {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("inspection.seen_by"), Text: t.Say("inspection.by", "who", v.ByName, "at", *v.SawAt)}, ui.Fact{Label: t.Say("inspection.things"), Text: t.Int(v.Seen)})
		out.Table = resultTable(t, list, answers, notes)
		out.Head.Action = &ui.Action{Label: t.Say("inspection.minutes"), Href: v.Path() + "/minutes.pdf", Icon: "printer"}
	}
	if v.Remark != "" {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("inspection.remark"), Text: v.Remark})
	}
	if v.SignedAt != nil {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("inspection.signed_by"), Text: t.Say("inspection.by", "who", v.Signer+", "+v.SignerPost, "at", *v.SignedAt)}, ui.Fact{Label: t.Say("inspection.hash"), Text: v.Hash[:12]})
	}
	for _, f := range v.Photos {
		out.Photos = append(out.Photos, views.Picture{Thumb: home + "/photos/" + string(f.ID) + "/thumb", Href: home + "/photos/" + string(f.ID), Alt: f.Name})
	}
	for _, f := range v.Findings {
		out.Findings = append(out.Findings, b.finding(f))
	}
	for _, n := range v.Notes {
		out.History = append(out.History, ui.Event{At: n.At, Who: n.ByName, What: n.Say(t), Note: n.Said})
	}
	inspects := who.Covers(Inspect, v.Unit)
	if v.State == Planned && inspects {
		out.Head.Action = &ui.Action{Label: t.Say("inspection.work"), Href: v.Field(), Icon: "clipboard-check"}
	}
	if v.State == HandedIn && inspects {
		f := b.frame("sign", v.Path()+"/sign", "inspection.sign.submit", v.Version,
			ui.Field{Name: "signer", Label: t.Say("inspection.signer"), Value: b.typed("sign", "signer", ""), Required: true, Max: 120},
			ui.Field{Name: "post", Label: t.Say("inspection.post"), Value: b.typed("sign", "post", ""), Required: true, Max: 120},
			ui.Field{Kind: ui.Photo, Name: "scan", Label: t.Say("inspection.scan"), Hint: t.Say("inspection.scan.hint"), Multiple: true})
		f.Multipart = true
		out.Acts = append(out.Acts, views.Act{Title: t.Say("inspection.sign"), Form: f})
	}
	if v.State == Planned && who.Covers(Arrange, v.Unit) {
		f := b.frame("cancel", v.Path()+"/cancel", "inspection.cancel", v.Version, ui.Field{Name: "reason", Label: t.Say("inspection.reason"), Value: b.typed("cancel", "reason", ""), Required: true, Max: 1000})
		f.Danger = true
		out.Acts = append(out.Acts, views.Act{Title: t.Say("inspection.cancel"), Form: f})
	}
	return out
}

func resultTable(t i18n.T, list ask.Form, answers ask.Answers, notes map[string]string) ui.TableData {
	table := ui.TableData{Caption: t.Say("inspection.result"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inspection.item")}, {Label: t.Say("inspection.found")}, {Label: t.Say("inspection.item_note")}}}
	for _, x := range list.Fields {
		said := ui.Text(fields.Said(t, x, answers))
		if x.Kind == ask.YesNo {
			tone := ui.Good
			if answers.Values[x.Key] == ask.No {
				tone = ui.Bad
			}
			said = ui.Badge(ui.State{Tone: tone, Word: fields.Said(t, x, answers)})
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(fields.Label(t, x)), said, ui.Text(notes[x.Key])}})
	}
	return table
}

// finding is a finding with what the reader may do about it.
func (b visitPage) finding(f Finding) views.Finding {
	t, who := b.c.T, b.c.Who
	at := home + "/findings/" + string(f.ID)
	out := views.Finding{ID: "finding-" + string(f.ID), Title: f.Title, Note: f.Note, State: b.findingState(t, f)}
	if due := f.due(b.Business.Now()); due != nil {
		out.Due = due
	}
	if f.OwnerName != "" {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("inspection.owner"), Text: f.OwnerName})
	}
	if f.Result != "" {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("inspection.mended"), Text: f.Result})
	}
	id := string(f.ID)
	if f.State == Open && who.Covers(Mend, f.Unit) {
		out.Acts = append(out.Acts, views.Act{Title: t.Say("inspection.mend"), Form: b.frame("mended-"+id, at+"/mended", "inspection.mend.submit", f.Version,
			ui.Field{Kind: ui.Area, Name: "result", Label: t.Say("inspection.mended"), Value: b.typed("mended-"+id, "result", ""), Required: true, Rows: 2, Max: longestText})})
	}
	if f.State == Open && who.Covers(Inspect, f.Unit) {
		out.Acts = append(out.Acts, views.Act{Title: t.Say("inspection.assign"), Form: b.frame("assign-"+id, at+"/assign", "inspection.assign.submit", f.Version,
			ui.Field{Kind: ui.Select, Name: "owner", Label: t.Say("inspection.owner"), Value: b.typed("assign-"+id, "owner", string(f.Owner)), Options: b.mends, Required: true},
			ui.Field{Kind: ui.Whole, Name: "days", Label: t.Say("inspection.days"), Value: b.typed("assign-"+id, "days", "5"), Required: true, Narrow: true})})
	}
	if f.State == Mended && who.Covers(Inspect, f.Unit) {
		out.Do = append(out.Do, ui.Action{Label: t.Say("inspection.close"), Post: true, Href: at + "/close", Hidden: []ui.Hidden{seen(f.Version)}})
		out.Acts = append(out.Acts, views.Act{Title: t.Say("inspection.again"), Form: b.frame("again-"+id, at+"/again", "inspection.again.submit", f.Version,
			ui.Field{Kind: ui.Area, Name: "reason", Label: t.Say("inspection.reason"), Value: b.typed("again-"+id, "reason", ""), Required: true, Rows: 2, Max: longestText})})
	}
	return out
}

// PDF is the minutes of a visit that was handed in, to be signed on both sides; the same
// visit gives the same bytes.
func (s *Service) PDF(ctx context.Context, v VisitView, tree *org.Tree) ([]byte, error) {
	t := s.Words.In(i18n.VI)
	list, err := v.Round.Form()
	if err != nil {
		return nil, err
	}
	answers, notes, err := v.Answers()
	if err != nil {
		return nil, err
	}
	place, day := tree.Place(v.Unit), v.SawAt.In(clock.City)
	sheet, err := paper.New(paper.About{Title: t.Say("inspection.paper.kind") + " " + place, Author: v.ByName, Lang: string(i18n.VI), Made: *v.SawAt})
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	sheet.NumberPages()
	sheet.NewPage()
	sheet.Head(paper.Head{Parent: t.Say("inspection.paper.parent"), Issuer: t.Say("inspection.paper.issuer"), Nation: t.Say("inspection.paper.nation"), Motto: t.Say("inspection.paper.motto"),
		Number: t.Say("inspection.paper.number", "code", v.Round.Code, "n", v.Position), PlaceDate: t.Say("inspection.paper.place_date", "day", day.Format("02"), "month", day.Format("01"), "year", day.Format("2006"))})
	sheet.Title(t.Say("inspection.paper.kind"), t.Say("inspection.paper.title", "place", place))
	body := paper.Font{Size: paper.BodySize}
	sheet.Paragraph(body, t.Say("inspection.paper.when", "at", *v.SawAt, "place", place))
	for _, m := range v.Team {
		sheet.Paragraph(body, t.Say("inspection.paper.member", "name", m.Name))
	}
	rows := [][]string{}
	for i, x := range list.Fields {
		rows = append(rows, []string{t.Int(int64(i + 1)), fields.Label(t, x), fields.Said(t, x, answers), notes[x.Key]})
	}
	sheet.Table(paper.Table{Columns: []paper.Column{{Head: t.Say("inspection.paper.no"), Align: "C"}, {Head: t.Say("inspection.item")}, {Head: t.Say("inspection.found")}, {Head: t.Say("inspection.item_note")}}, Rows: rows})
	if v.Remark != "" {
		sheet.Paragraph(body, t.Say("inspection.paper.remark", "said", v.Remark))
	}
	for _, f := range v.Findings {
		if f.DueAt != nil {
			sheet.Paragraph(body, t.Say("inspection.paper.finding", "title", f.Title, "day", t.Day(*f.DueAt)))
		}
	}
	sheet.Paragraph(body, t.Say("inspection.paper.end"))
	hint := t.Say("inspection.paper.hint")
	if err := sheet.Signatures(paper.Party{Role: t.Say("inspection.paper.unit_role"), Hint: hint, Name: v.Signer}, paper.Party{Role: t.Say("inspection.paper.team_role"), Hint: hint, Name: v.ByName}); err != nil {
		return nil, err
	}
	if v.Hash != "" {
		sheet.Y += 4
		sheet.Paragraph(paper.Font{Size: 9, Style: "I"}, t.Say("inspection.hash")+" "+v.Hash)
	}
	return sheet.Bytes()
}

func (p *pages) minutes(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.Visit(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if v.SawAt == nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	raw, err := p.PDF(c.Std(), v, tree)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bien-ban-`+v.Round.Code+`-`+v.Unit+`.pdf"`)
	return c.Send(raw)
}
