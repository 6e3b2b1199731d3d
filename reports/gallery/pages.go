package gallery

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/define"
	"lotrinh/reports/gallery/views"
)

// all is the gallery.
func (p *pages) all(c *httpx.Ctx) error {
	t := c.T
	rows, err := p.All(c.Std(), c.Who)
	if err != nil {
		return err
	}
	head := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("gallery.title")}}, Title: t.Say("gallery.title"), Lead: t.Say("gallery.lead")}
	if c.Who.May(Design) {
		head.Action = &ui.Action{Label: t.Say("gallery.new"), Href: Home + "/new", Icon: "plus"}
	}
	var cards []views.Card
	for _, r := range rows {
		if r.Force == nil && !c.Who.May(Design) {
			continue
		}
		cards = append(cards, cardOf(t, r, c.Who.May(Design)))
	}
	return p.site.Show(c, site.Page{Title: head.Title, At: "/reports"}, views.Gallery(t, head, cards))
}

func cardOf(t i18n.T, r Shown, may bool) views.Card {
	card := views.Card{Data: ui.CardData{Title: r.Key, Action: &ui.Action{Label: t.Say("gallery.open"), Href: at(r.Key)}}}
	if r.Force == nil {
		card.Badges = []ui.State{{Tone: ui.Warn, Word: t.Say("gallery.unpublished")}}
		if r.Draft != nil {
			if d, err := define.Read([]byte(r.Draft.Body)); err == nil {
				card.Data.Title = d.Title.In(t.Lang)
			}
		}
		return card
	}
	d := r.Force
	card.Data.Title, card.Text = d.Title.In(t.Lang), d.Summary.In(t.Lang)
	if may && r.Draft != nil {
		card.Badges = append(card.Badges, ui.State{Tone: ui.Info, Word: t.Say("gallery.has_draft")})
	}
	card.Facts = factsOf(t, d.Definition)
	for _, s := range d.Sections {
		card.Outline = append(card.Outline, s.Heading.In(t.Lang)+" – "+tally(t, s))
	}
	return card
}

// tally is how much of what stands in a section: "2 biểu đồ, 1 bảng".
func tally(t i18n.T, s define.Section) string {
	n := map[define.Kind]int{}
	for _, b := range s.Blocks {
		n[b.Kind]++
	}
	var all []string
	for _, k := range define.Kinds {
		if n[k] > 0 {
			all = append(all, t.Say("gallery.count."+string(k), "n", n[k]))
		}
	}
	return strings.Join(all, ", ")
}

// factsOf is who gets a report, when, and of what.
func factsOf(t i18n.T, d define.Definition) []ui.Fact {
	return []ui.Fact{
		{Label: t.Say("gallery.period"), Text: d.Period.Say(t)},
		{Label: t.Say("gallery.when"), Text: upper(reports.Words(t, d.Spec))},
		{Label: t.Say("gallery.audience"), Text: roles(t, d.Audience)},
		{Label: t.Say("gallery.cut"), Text: t.Say("gallery.cut." + string(d.Cut))},
	}
}

func roles(t i18n.T, all []string) string {
	said := make([]string, len(all))
	for i, r := range all {
		said[i] = t.Say("role." + r)
	}
	return strings.Join(said, ", ")
}

func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func crumbs(t i18n.T, key, title string, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("gallery.title"), Href: Home}, {Label: title, Href: at(key)}}, more...)
}

// one is a definition with its versions.
func (p *pages) one(c *httpx.Ctx) error {
	t, key := c.T, c.Params("key")
	e, versions, err := p.One(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(versions, func(v Version) bool { return v.ID == e.InForce })
	if i < 0 {
		i = 0
	}
	if len(versions) == 0 || versions[i].State == Draft && !c.Who.May(Design) {
		return fault.New(fault.Missing, "fault.missing")
	}
	d, err := define.Read([]byte(versions[i].Body))
	if err != nil {
		return err
	}
	title := d.Title.In(t.Lang)
	v := views.One{Head: ui.HeaderData{Crumbs: crumbs(t, key, title)[:2], Title: title, Lead: d.Summary.In(t.Lang)}, Facts: factsOf(t, d), Parts: outline(t, d)}
	v.Head.Action = &ui.Action{Label: t.Say("gallery.preview"), Href: at(key) + "/preview", Icon: "eye"}
	if c.Who.May(reports.Plan) && e.InForce != "" {
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("reports.schedule.new"), Href: "/reports/schedules/new?definition=" + key, Icon: "calendar"})
	}
	v.Versions = p.versionTable(c, e, versions)
	if c.Who.May(Design) {
		label := "gallery.edit"
		if versions[0].State == Draft {
			label = "gallery.draft.open"
		}
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say(label), Href: at(key) + "/draft", Post: true, Icon: "edit",
			Hidden: []ui.Hidden{{Name: "from", Value: t.Say("gallery.number", "n", versions[i].No)}}})
	}
	return p.site.Show(c, site.Page{Title: title, At: "/reports"}, views.Definition(t, v))
}

func (p *pages) versionTable(c *httpx.Ctx, e Entry, versions []Version) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("gallery.versions"), Count: int64(len(versions)), Columns: []ui.Column{{Label: t.Say("gallery.version")}, {Label: t.Say("gallery.state")},
		{Label: t.Say("gallery.published")}, {Label: t.Say("gallery.by"), Quiet: true}, {Label: t.Say("gallery.reason")}}}
	for _, v := range versions {
		if v.State == Draft && !c.Who.May(Design) {
			continue
		}
		href := at(v.Definition) + "/versions/" + t.Say("gallery.number", "n", v.No)
		state := ui.State{Tone: ui.Neutral, Word: t.Say("gallery.state." + string(v.State))}
		if v.ID == e.InForce {
			state = ui.State{Tone: ui.Good, Word: t.Say("gallery.state.force")}
		}
		day, by, why := "", v.MadeName, v.Reason
		if v.PublishedAt != nil {
			day, by = t.Moment(*v.PublishedAt), v.PublishedName
		}
		if v.Shipped > 0 {
			by, why = t.Say("gallery.product"), t.Say("gallery.shipped")
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("gallery.version.no", "n", v.No), ""), ui.Badge(state), ui.Text(day), ui.Text(by), ui.Text(why)}})
	}
	return d
}

// outline is what stands in a definition, in words.
func outline(t i18n.T, d define.Definition) []views.Part {
	var all []views.Part
	for _, s := range d.Sections {
		part := views.Part{Heading: s.Heading.In(t.Lang)}
		if s.If != "" {
			part.Note = t.Say("gallery.only_if", "if", s.If)
		}
		for _, b := range s.Blocks {
			text, note := blockWords(t, b)
			if note != "" {
				text += " (" + note + ")"
			}
			part.Lines = append(part.Lines, text)
		}
		all = append(all, part)
	}
	return all
}

// blockWords is a block in a line: what it is, and when it is there.
func blockWords(t i18n.T, b define.Block) (text, note string) {
	var what string
	switch b.Kind {
	case define.Text:
		what = short(b.Text.In(t.Lang))
	case define.Ready:
		what = t.Say("gallery.ready." + b.Ready)
	case define.List:
		what = t.Say("gallery.list."+b.List) + colon(short(b.Name.In(t.Lang)+b.Item.In(t.Lang)))
	case define.Chart:
		what = t.Say("gallery.chart."+b.Chart) + colon(short(b.Name.In(t.Lang)))
	default:
		what = short(b.Name.In(t.Lang))
	}
	if b.If != "" {
		note = t.Say("gallery.only_if", "if", b.If)
	}
	kind := t.Say("gallery.kind.unknown")
	if slices.Contains(define.Kinds, b.Kind) {
		kind = t.Say("gallery.kind." + string(b.Kind))
	}
	return kind + colon(what), note
}

func colon(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// short is the beginning of a text.
func short(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 120 {
		return string(r[:117]) + "…"
	}
	return string(r)
}

// newForm asks for a new definition, as a copy of another one.
func (p *pages) newForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Design); err != nil {
		return err
	}
	return p.askNew(c, nil)
}

func (p *pages) askNew(c *httpx.Ctx, refused error) error {
	t := c.T
	rows, err := p.Published(c.Std())
	if err != nil {
		return err
	}
	like := ui.Field{Kind: ui.Select, Name: "like", Label: t.Say("gallery.like"), Value: c.FormValue("like"), Required: true}
	for _, d := range rows {
		like.Options = append(like.Options, ui.Option{Value: d.Key, Label: d.Title.In(t.Lang)})
	}
	head := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("gallery.title"), Href: Home}, {Label: t.Say("gallery.new")}}, Title: t.Say("gallery.new")}
	return p.shown(c, head.Title, refused, func(e ui.Errors) templ.Component {
		return views.Asked(t, head, ui.FormData{Action: Home + "/new", Errors: e, Submit: t.Say("gallery.create"), Cancel: Home,
			Hidden: []ui.Hidden{{Name: httpx.OnceField, Value: string(ident.New(p.Machine.Now()))}},
			Fields: []ui.Field{{Name: "title", Label: t.Say("gallery.name"), Value: c.FormValue("title"), Required: true, Max: 200},
				{Name: "key", Label: t.Say("gallery.key"), Hint: t.Say("gallery.key.hint"), Value: c.FormValue("key"), Required: true, Max: 40}, like}}, nil)
	})
}

func (p *pages) create(c *httpx.Ctx) error {
	v, err := p.Create(c.Std(), c.Who, c.FormValue("key"), c.FormValue("title"), c.FormValue("like"))
	if err != nil {
		if c.Who.May(Design) {
			return p.askNew(c, err)
		}
		return err
	}
	return c.See(at(v.Definition) + "/draft")
}
