package board

import (
	"maps"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/board/views"
)

// pages are the boards on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.overview)
	r.Page("GET", Home+"/districts/:code", p.district)
	r.Page("GET", Home+"/communes", p.communes)
	r.Page("GET", Home+"/compare", p.compare)
	for _, t := range themes {
		r.Page("GET", Home+"/"+t.Name, p.theme(t))
	}
}

// page is one request for a board: its state, its day and what all its parts share.
type page struct {
	s      *Service
	c      *httpx.Ctx
	t      i18n.T
	st     State
	today  string
	day    string // that the board is about
	source string // where its numbers come from
	tree   *org.Tree
}

func (p *pages) page(c *httpx.Ctx) *page {
	now := p.Business.Now()
	today := clock.Date(now)
	b := &page{s: p.Service, c: c, t: c.T, st: Read(func(name string) string { return c.Query(name) }, today), today: today}
	b.day = b.st.Day(today)
	b.source = c.T.Say("reports.source", "at", now)
	if b.st.On != "" {
		b.source = c.T.Say("board.source_on", "day", dayWords(c.T, b.day))
	}
	return b
}

// show answers with a board. Its tabs lead to the other boards of the same unit and day.
func (p *pages) show(b *page, at string, unit org.Unit, v views.Board) error {
	if b.st.On != "" {
		now := b.st
		now.On = ""
		v.Past = &ui.NoticeData{Tone: ui.Warn, Title: b.t.Say("board.past", "day", dayWords(b.t, b.st.On)), Text: b.t.Say("board.past.text"),
			Action: &ui.Action{Label: b.t.Say("board.past.back"), Href: now.At(at)}}
	}
	return p.site.Show(b.c, site.Page{Title: v.Header.Title, At: Home, Tabs: b.tabs(at, unit)}, views.Page(b.t, v))
}

func (b *page) tabs(at string, unit org.Unit) []ui.Tab {
	to := b.st.lasting()
	tab := func(label, path string, st State) ui.Tab {
		return ui.Tab{Label: b.t.Say(label), Href: st.At(path), Active: path == at, Count: -1}
	}
	all := []ui.Tab{tab("board.tab.overview", Home, to)}
	if unit.Parent != "" {
		to.Unit = unit.Code
	}
	for _, th := range themes {
		all = append(all, tab("board.tab."+th.Name, Home+"/"+th.Name, to))
	}
	pair := b.st.lasting()
	if unit.Level == org.District {
		pair.A = unit.Code
	}
	return append(all, tab("board.tab.compare", Home+"/compare", pair))
}

// days is the bar on which the day of a board is chosen; path keeps the rest of the state.
func (b *page) days(path string) ui.FilterData {
	at, _ := clock.ParseDate(b.today)
	preset := func(label, day string) ui.Preset {
		st := b.st
		st.On = day
		return ui.Preset{Label: b.t.Say(label), Href: st.At(path), Active: b.st.On == day, Count: -1}
	}
	d := ui.FilterData{Action: path, Presets: []ui.Preset{preset("board.today", ""), preset("board.yesterday", clock.Date(at.AddDate(0, 0, -1))),
		preset("board.week_ago", clock.Date(at.AddDate(0, 0, -week)))}}
	yesterday := clock.Date(at.AddDate(0, 0, -1))
	d.Fields = []ui.Field{{Kind: ui.Date, Name: "on", Label: b.t.Say("board.on"), Value: b.st.On, Until: yesterday, Narrow: true},
		{Kind: ui.Date, Name: "with", Label: b.t.Say("board.with"), Value: b.st.With, Until: b.today, Narrow: true}}
	rest := b.st
	rest.On, rest.With = "", ""
	query := rest.query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		d.Hidden = append(d.Hidden, ui.Hidden{Name: name, Value: query.Get(name)})
	}
	if b.st.On != "" || b.st.With != "" {
		d.Clear = rest.At(path)
	}
	return d
}

// lead says what a board is of and how old it is.
func (b *page) lead(of reports.Programme) string {
	return b.t.Say("board.lead", "name", b.say(of.Title, of.TitleEN), "source", b.source)
}

// say is a text in the reader's language.
func (b *page) say(vi, en string) string {
	if b.t.Lang == i18n.EN && en != "" {
		return en
	}
	return vi
}

// phases are the choices of a phase.
func (b *page) phases(path string, of Standing) []ui.Preset {
	all := []ui.Preset{}
	to := func(phase string) string {
		st := b.st
		st.Phase = phase
		return st.At(path)
	}
	all = append(all, ui.Preset{Label: b.t.Say("board.phase.all"), Href: to(""), Active: b.st.Phase == "", Count: -1})
	for _, ph := range of.Phases {
		no := strconv.Itoa(ph.No)
		all = append(all, ui.Preset{Label: b.say(ph.Name, ph.NameEN), Href: to(no), Active: b.st.Phase == no, Count: -1})
	}
	return all
}

// phaseNo is the phase of a state as the store asks for it; 0 is all.
func phaseNo(phase string) int {
	n, err := strconv.Atoi(phase)
	if err != nil {
		return 0
	}
	return n
}

// none is the board while there is no programme.
func (p *pages) none(b *page) error {
	v := views.Board{Header: ui.HeaderData{Title: b.t.Say("board.title")}, Empty: &ui.EmptyData{Icon: "chart-bar", Title: b.t.Say("board.empty"),
		Text: b.t.Say("board.no_programme"), Action: &ui.Action{Label: b.t.Say("board.to_rollout"), Href: "/rollout"}}}
	return p.show(b, Home, org.Unit{}, v)
}

func noProgramme(err error) bool { return fault.HasKey(err, "board.no_programme") }

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
