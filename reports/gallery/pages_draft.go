package gallery

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/define"
	"lotrinh/reports/gallery/views"
)

func (p *pages) begin(c *httpx.Ctx) error {
	from, err := number(c.FormValue("from"))
	if err != nil {
		return err
	}
	if _, err := p.Begin(c.Std(), c.Who, c.Params("key"), from); err != nil {
		return err
	}
	return c.See(at(c.Params("key")) + "/draft")
}

func (p *pages) draft(c *httpx.Ctx) error { return p.draftAgain(c, nil) }

// draftAgain is the editor, with what is wrong at its place.
func (p *pages) draftAgain(c *httpx.Ctx, refused error) error {
	t, key := c.T, c.Params("key")
	v, d, err := p.Draft(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	wrong := ui.ErrorsOf(t, d.Check())
	b := editor{c: c, key: key, v: v, d: d, wrong: wrong}
	return p.shown(c, t.Say("gallery.draft"), refused, func(e ui.Errors) templ.Component { return views.Draft(t, b.view(e)) })
}

// editor makes the page of a draft.
type editor struct {
	c     *httpx.Ctx
	key   string
	v     Version
	d     define.Definition
	wrong ui.Errors
}

func (b editor) say(key string, pairs ...any) string { return b.c.T.Say(key, pairs...) }

func (b editor) href(parts ...int) string {
	s := at(b.key) + "/draft"
	for _, n := range parts {
		s += "/" + strconv.Itoa(n)
	}
	return s
}

func (b editor) version() ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(b.v.Version, 10)}
}

// under are the sentences of what is wrong at a place and below it, but not below one of
// its parts that has a line of its own.
func (b editor) under(at string, but string) []string {
	var all []string
	for _, f := range b.wrong.Fields {
		if f.Name != at && !strings.HasPrefix(f.Name, at+".") || but != "" && strings.HasPrefix(f.Name, at+"."+but) {
			continue
		}
		all = append(all, strings.TrimPrefix(strings.TrimPrefix(f.Name, at), ".")+": "+f.Text)
	}
	return all
}

func (b editor) view(e ui.Errors) views.Editor {
	title := b.d.Title.In(b.c.T.Lang)
	out := views.Editor{Head: ui.HeaderData{Crumbs: crumbs(b.c.T, b.key, title, ui.Crumb{Label: b.say("gallery.draft")}), Title: b.say("gallery.draft.of", "name", title, "n", b.v.No)}, Facts: factsOf(b.c.T, b.d)}
	no := strconv.FormatInt(b.v.No, 10)
	if len(b.wrong.Fields) > 0 {
		out.Notice = ui.NoticeData{Tone: ui.Warn, Title: b.say("gallery.wrong", "n", len(b.wrong.Fields)), Text: b.say("gallery.wrong.text")}
	} else {
		out.Notice = ui.NoticeData{Tone: ui.Good, Title: b.say("gallery.right"), Text: b.say("gallery.right.text")}
		out.Head.Action = &ui.Action{Label: b.say("gallery.preview"), Href: at(b.key) + "/preview?no=" + no, Icon: "eye"}
	}
	out.About = views.Line{Text: b.d.About.In(b.c.T.Lang), Errors: b.top(), Acts: []ui.Action{{Label: b.say("gallery.change"), About: title, Href: b.href() + "/head", Icon: "edit"}}}
	for i, s := range b.d.Sections {
		out.Sections = append(out.Sections, b.section(i, s))
	}
	out.Add = ui.FormData{Action: b.href() + "/act", Submit: b.say("gallery.add"), Hidden: []ui.Hidden{b.version(), {Name: "do", Value: "section"}},
		Fields: []ui.Field{{Name: "heading", Label: b.say("gallery.heading"), Required: true, Max: 200, Attrs: templ.Attributes{"id": "heading-new"}}}}
	out.Publish = ui.FormData{Action: b.href() + "/publish", Errors: e, Submit: b.say("gallery.publish"), Hidden: []ui.Hidden{b.version()}, Fields: []ui.Field{reasonField(b.c)}}
	out.Discard = ui.Action{Label: b.say("gallery.discard"), Href: b.href() + "/discard", Post: true, Danger: true, Hidden: []ui.Hidden{b.version()},
		Confirm: &ui.Confirm{Title: b.say("gallery.discard"), Text: b.say("gallery.discard.text"), Yes: b.say("gallery.discard")}}
	return out
}

// top is what is wrong outside the sections.
func (b editor) top() []string {
	var all []string
	for _, f := range b.wrong.Fields {
		if !strings.HasPrefix(f.Name, "sections.") {
			all = append(all, f.Name+": "+f.Text)
		}
	}
	return all
}

func (b editor) section(i int, s define.Section) views.EditSection {
	heading := s.Heading.In(b.c.T.Lang)
	place := "sections." + strconv.Itoa(i)
	out := views.EditSection{Card: ui.CardData{Title: strconv.Itoa(i+1) + ". " + heading}, Self: views.Line{Errors: b.under(place, "blocks."),
		Acts: b.acts(heading, b.href(i), i, -1, len(b.d.Sections))}}
	if s.If != "" {
		out.Self.Note = b.say("gallery.only_if", "if", s.If)
	}
	for j, x := range s.Blocks {
		text, note := blockWords(b.c.T, x)
		out.Blocks = append(out.Blocks, views.Line{Text: text, Note: note, Errors: b.under(place+".blocks."+strconv.Itoa(j), ""), Acts: b.acts(text, b.href(i, j), i, j, len(s.Blocks))})
	}
	kind := ui.Field{Kind: ui.Select, Name: "kind", Label: b.say("gallery.block.add"), Required: true, Attrs: templ.Attributes{"id": "kind-" + strconv.Itoa(i)}}
	for _, k := range define.Kinds {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: b.say("gallery.kind." + string(k))})
	}
	out.Add = ui.FormData{Action: b.href() + "/act", Submit: b.say("gallery.add"), Fields: []ui.Field{kind},
		Hidden: []ui.Hidden{b.version(), {Name: "do", Value: "block"}, {Name: "section", Value: strconv.Itoa(i)}}}
	return out
}

// acts are what can be done to a section (block -1) or a block.
func (b editor) acts(about, href string, section, block, of int) []ui.Action {
	n := block
	if block < 0 {
		n = section
	}
	do := func(what, label, icon string) ui.Action {
		return ui.Action{Label: b.say(label), About: about, Href: b.href() + "/act", Post: true, Icon: icon, Danger: what == "remove",
			Hidden: []ui.Hidden{b.version(), {Name: "do", Value: what}, {Name: "section", Value: strconv.Itoa(section)}, {Name: "block", Value: strconv.Itoa(block)}}}
	}
	all := []ui.Action{{Label: b.say("gallery.change"), About: about, Href: href, Icon: "edit"}}
	if n > 0 {
		all = append(all, do("up", "gallery.up", "chevron-up"))
	}
	if n < of-1 {
		all = append(all, do("down", "gallery.down", "chevron-down"))
	}
	return append(all, do("remove", "gallery.remove", "trash"))
}

// act moves, removes or adds a section or a block.
func (p *pages) act(c *httpx.Ctx) error {
	version, err := seen(c)
	if err != nil {
		return err
	}
	key, to := c.Params("key"), at(c.Params("key"))+"/draft"
	err = p.Change(c.Std(), c.Who, key, version, func(d *define.Definition) error {
		do := c.FormValue("do")
		if do == "section" {
			d.Sections = append(d.Sections, define.Section{Heading: define.Both{VI: tidy(c.FormValue("heading"))}, Blocks: []define.Block{}})
			return nil
		}
		i, err := number(c.FormValue("section"))
		if err != nil || int(i) >= len(d.Sections) {
			return fault.New(fault.Missing, "fault.missing")
		}
		s := &d.Sections[i]
		if do == "block" {
			s.Blocks = append(s.Blocks, blank(define.Kind(c.FormValue("kind"))))
			to += "/" + strconv.Itoa(int(i)) + "/" + strconv.Itoa(len(s.Blocks)-1)
			return nil
		}
		if c.FormValue("block") == "-1" {
			return moved(&d.Sections, int(i), do)
		}
		j, err := number(c.FormValue("block"))
		if err != nil || int(j) >= len(s.Blocks) {
			return fault.New(fault.Missing, "fault.missing")
		}
		return moved(&s.Blocks, int(j), do)
	})
	if err != nil {
		return err
	}
	return c.See(to)
}

// moved moves the i-th of several up or down, or removes it.
func moved[T any](all *[]T, i int, do string) error {
	s := *all
	switch {
	case do == "up" && i > 0:
		s[i-1], s[i] = s[i], s[i-1]
	case do == "down" && i < len(s)-1:
		s[i], s[i+1] = s[i+1], s[i]
	case do == "remove":
		*all = slices.Delete(s, i, i+1)
	default:
		return fault.New(fault.Invalid, "fault.invalid")
	}
	return nil
}

// blank is a new block of a kind.
func blank(k define.Kind) define.Block {
	b := define.Block{Kind: k}
	switch k {
	case define.Table:
		b.Rows = define.ByDistrict
	case define.Chart:
		b.Chart = "bars"
	case define.List:
		b.List = define.Held
	case define.Ready:
		b.Ready = define.Parts[0]
	default:
		b.Kind = define.Text
	}
	return b
}

func (p *pages) publish(c *httpx.Ctx) error {
	version, err := seen(c)
	if err != nil {
		return err
	}
	if err := p.Publish(c.Std(), c.Who, c.Params("key"), version, c.FormValue("reason")); err != nil {
		if fault.Is(err, fault.Invalid) {
			return p.draftAgain(c, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("gallery.was_published"))
	return c.See(at(c.Params("key")))
}

func (p *pages) discard(c *httpx.Ctx) error {
	version, err := seen(c)
	if err != nil {
		return err
	}
	if err := p.Discard(c.Std(), c.Who, c.Params("key"), version); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("gallery.discarded"))
	return c.See(Home)
}

// options are a select over keys with their words; none is said first when it is one.
func options(t i18n.T, prefix string, none bool, keys ...string) []ui.Option {
	var all []ui.Option
	if none {
		all = append(all, ui.Option{Label: "–"})
	}
	for _, k := range keys {
		all = append(all, ui.Option{Value: k, Label: t.Say(prefix + k)})
	}
	return all
}
