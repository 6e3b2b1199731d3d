package register

import (
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/register/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func sortedKeys(a form.Answers) []string { return slices.Sorted(maps.Keys(a)) }

func (p *pages) filter(c *httpx.Ctx) Filter {
	return Filter{Text: c.Query("q"), Day: c.Query("day"), Kind: Kind(c.Query("kind")), Practice: c.Query("practice") == "1"}
}

func (p *pages) search(c *httpx.Ctx) error {
	f := p.filter(c)
	t := c.T
	found, err := p.Search(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	d := ui.TableData{Caption: t.Say("register.found"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("register.number")}, {Label: t.Say("register.subject")}, {Label: t.Say("register.kind"), Quiet: true},
		{Label: t.Say("register.unit"), Quiet: true}, {Label: t.Say("register.day")}, {Label: t.Say("register.state")}},
		Empty: ui.EmptyData{Icon: "book", Title: t.Say("register.none"), Text: t.Say("register.none_text")}}
	for _, e := range found.Items {
		d.Rows = append(d.Rows, ui.Row{Href: e.Path(), Cells: []templ.Component{ui.Main(e.Path(), Numbered(e.Number, e.Year), e.Book()), ui.Text(e.Subject), ui.Text(kindWord(t, e.Kind)),
			ui.Text(tree.Name(e.Unit)), ui.Text(day(t, e.Day)), ui.Badge(p.state(c, e.Voided, e.Ended, e.Practice))}})
	}
	q := url.Values{}
	for k, v := range map[string]string{"q": f.Text, "day": f.Day, "kind": string(f.Kind), "practice": c.Query("practice")} {
		if v != "" {
			q.Set(k, v)
		}
	}
	d.Pager = &ui.PagerData{Shown: len(found.Items)}
	if !found.First {
		d.Pager.First = Home + "?" + q.Encode()
	}
	if found.Next != "" {
		q.Set("after", found.Next)
		d.Pager.Next = Home + "?" + q.Encode()
	}
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("register.title"), Lead: t.Say("register.lead"), Action: &ui.Action{Label: t.Say("register.books.tab"), Href: booksAt, Icon: "book"}},
		Filter: p.searchBar(c, f), Tables: []views.Table{{Card: ui.CardData{Flush: true}, Table: d}}}
	if f.Practice {
		v.Notice = &ui.NoticeData{Tone: ui.Trial, Title: t.Say("register.practice")}
	}
	return p.show(c, v.Head.Title, Home, views.ListPage(t, v))
}

func (p *pages) searchBar(c *httpx.Ctx, f Filter) *ui.FilterData {
	t := c.T
	bar := &ui.FilterData{Action: Home, Results: "results", Fields: []ui.Field{{Kind: ui.Search, Name: "q", Label: t.Say("register.search"), Hint: t.Say("register.search.hint"), Value: f.Text},
		{Kind: ui.Date, Name: "day", Label: t.Say("register.search.day"), Value: f.Day}, {Kind: ui.Select, Name: "kind", Label: t.Say("register.kind"), Value: string(f.Kind), Options: kindOptions(t, "register.kind.every")}},
		Presets: []ui.Preset{{Label: t.Say("register.real"), Href: Home, Active: !f.Practice, Count: -1}, {Label: t.Say("register.practice.short"), Href: Home + "?practice=1", Active: f.Practice, Count: -1}}}
	if f.Practice {
		bar.Hidden = []ui.Hidden{{Name: "practice", Value: "1"}}
	}
	if f.Text != "" || f.Day != "" || f.Kind != "" {
		bar.Clear = Home
	}
	return bar
}

func (p *pages) state(c *httpx.Ctx, voided, ended, practice bool) ui.State {
	switch {
	case voided:
		return ui.State{Tone: ui.Bad, Word: c.T.Say("register.state.void")}
	case ended:
		return ui.State{Tone: ui.Bad, Word: c.T.Say("register.state.annulled")}
	case practice:
		return ui.State{Tone: ui.Trial, Word: c.T.Say("register.practice.short")}
	}
	return ui.State{Tone: ui.Good, Word: c.T.Say("register.state.valid")}
}

// unitAsked is the unit of the address, else the reader's own, else the first within reach.
func (p *pages) unitAsked(c *httpx.Ctx, tree *org.Tree, asked string) string {
	if asked != "" {
		return asked
	}
	if u, ok := tree.Unit(c.Who.Home); ok && u.Level == org.Commune {
		return u.Code
	}
	for _, u := range tree.Communes("") {
		if c.Who.Covers(dossier.Read, u.Code) {
			return u.Code
		}
	}
	return ""
}

func (p *pages) books(c *httpx.Ctx) error { return p.showBooks(c, "", nil) }

func (p *pages) showBooks(c *httpx.Ctx, which string, refused error) error {
	t := c.T
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	unit, year := p.unitAsked(c, tree, c.Query("unit", c.FormValue("unit"))), p.yearOf(c.Query("year", c.FormValue("year")))
	shelf, err := p.Books(c.Std(), c.Who, unit, year, false)
	if err != nil {
		return err
	}
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("register.books.title"), Lead: t.Say("register.books.lead"), Crumbs: []ui.Crumb{{Label: t.Say("register.tab"), Href: Home}, {Label: t.Say("register.books.tab")}}},
		Filter: &ui.FilterData{Action: booksAt, Results: "results", Fields: []ui.Field{unitField(t, tree, c.Who, unit), {Kind: ui.Whole, Name: "year", Label: t.Say("register.year"), Value: strconv.FormatInt(year, 10), Narrow: true}}}}
	v.Tables = []views.Table{{Card: ui.CardData{Title: t.Say("register.books.of", "year", strconv.FormatInt(year, 10), "place", tree.Place(unit)), Flush: true}, Table: p.shelfTable(c, shelf)}}
	return p.again(c, v.Head.Title, booksAt, refused, func(e ui.Errors) templ.Component {
		v.Notice, v.Forms = p.lockNotice(c, shelf, year), p.bookForms(c, unit, year, shelf, which, e)
		return views.ListPage(t, v)
	})
}

func (p *pages) shelfTable(c *httpx.Ctx, shelf []Shelf) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("register.books.tab"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("register.book")}, {Label: t.Say("register.kind")}, {Label: t.Say("register.last"), Num: true},
		{Label: t.Say("register.in_volume"), Num: true, Quiet: true}, {Label: t.Say("register.voided"), Num: true}, {Label: t.Say("register.lock")}},
		Empty: ui.EmptyData{Icon: "book", Title: t.Say("register.books.none"), Text: t.Say("register.books.none_text")}}
	for _, n := range shelf {
		lock := t.Say("register.lock.open")
		if n.Lock != nil {
			lock = t.Say("register.lock.done", "at", n.Lock.At, "name", n.Lock.ByName, "n", n.Lock.Entries)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(Code(n.Kind, n.Year, max(n.Volume, 1), n.Practice), ""), ui.Text(kindWord(t, n.Kind)), ui.Number(t, n.Last),
			ui.Text(t.Say("register.of", "n", n.InVolume, "of", n.Capacity)), ui.Number(t, n.Voided), ui.Text(lock)}})
	}
	return d
}

// lockNotice says that a past year is not locked, and from 5 January on that it is late.
func (p *pages) lockNotice(c *httpx.Ctx, shelf []Shelf, year int64) *ui.NoticeData {
	now := p.now()
	if now.Before(lockFrom(year)) || !slices.ContainsFunc(shelf, func(n Shelf) bool { return n.Lock == nil }) {
		return nil
	}
	n := &ui.NoticeData{Tone: ui.Warn, Title: c.T.Say("register.lock.wanted", "year", strconv.FormatInt(year, 10)), Text: c.T.Say("register.lock.by")}
	if !now.Before(LockBy(year)) {
		n.Tone, n.Title = ui.Late, c.T.Say("register.lock.late", "year", strconv.FormatInt(year, 10))
	}
	return n
}

func (p *pages) bookForms(c *httpx.Ctx, unit string, year int64, shelf []Shelf, which string, e ui.Errors) []views.Form {
	t := c.T
	here := []ui.Hidden{{Name: "unit", Value: unit}, {Name: "year", Value: strconv.FormatInt(year, 10)}}
	of := func(name string) ui.Errors {
		if name == which {
			return e
		}
		return ui.Errors{}
	}
	typed := func(name, usual string) string {
		if v := c.FormValue(name); v != "" && which != "" {
			return v
		}
		return usual
	}
	var out []views.Form
	open := slices.ContainsFunc(shelf, func(n Shelf) bool { return n.Lock == nil })
	if open && !p.now().Before(lockFrom(year)) && c.Who.Covers(dossier.Sign, unit) {
		out = append(out, views.Form{Title: t.Say("register.lock.do", "year", strconv.FormatInt(year, 10)), Form: ui.FormData{Action: booksAt + "/lock", Submit: t.Say("register.lock.submit"), Danger: true,
			Hidden: here, Errors: of("lock"), Fields: []ui.Field{passwordField(t)}}})
	}
	if !c.Who.Covers(dossier.Register, unit) {
		return out
	}
	if open {
		out = append(out, views.Form{Title: t.Say("register.book.next"), Folded: which != "next", Form: ui.FormData{Action: booksAt + "/next", Submit: t.Say("register.book.next"), Hidden: here, Errors: of("next"),
			Fields: []ui.Field{{Kind: ui.Select, Name: "kind", Label: t.Say("register.kind"), Options: kindOptions(t, ""), Value: typed("kind", "")}}}})
	}
	return append(out, views.Form{Title: t.Say("register.book.open"), Folded: which != "open", Form: ui.FormData{Action: booksAt + "/open", Submit: t.Say("register.book.open.submit"), Hidden: here, Errors: of("open"),
		Fields: []ui.Field{{Kind: ui.Select, Name: "kind", Label: t.Say("register.kind"), Options: kindOptions(t, ""), Value: typed("kind", "")},
			{Kind: ui.Whole, Name: "before", Label: t.Say("register.book.before"), Hint: t.Say("register.book.before.hint"), Value: typed("before", "0"), Narrow: true},
			{Kind: ui.Whole, Name: "volume", Label: t.Say("register.book.volume"), Value: typed("volume", "1"), Narrow: true},
			{Kind: ui.Whole, Name: "in_volume", Label: t.Say("register.book.in_volume"), Value: typed("in_volume", "0"), Narrow: true},
			{Kind: ui.Whole, Name: "capacity", Label: t.Say("register.book.capacity"), Value: typed("capacity", strconv.Itoa(Capacity)), Narrow: true}}}})
}

// bookDone answers a form of the shelf: back to it, or the form again.
func (p *pages) bookDone(c *httpx.Ctx, which string, err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showBooks(c, which, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done."+which))
	return c.See(booksAt + "?" + url.Values{"unit": {c.FormValue("unit")}, "year": {c.FormValue("year")}}.Encode())
}

func (p *pages) openBook(c *httpx.Ctx) error {
	_, err := p.OpenBook(c.Std(), c.Who, BookForm{Unit: c.FormValue("unit"), Kind: Kind(c.FormValue("kind")), Year: c.Whole("year"), Before: c.Whole("before"),
		Volume: c.Whole("volume"), InVolume: c.Whole("in_volume"), Capacity: c.Whole("capacity")})
	return p.bookDone(c, "open", err)
}

func (p *pages) nextVolume(c *httpx.Ctx) error {
	return p.bookDone(c, "next", p.NextVolume(c.Std(), c.Who, c.FormValue("unit"), Kind(c.FormValue("kind")), c.Whole("year")))
}

func (p *pages) lockYear(c *httpx.Ctx) error {
	if err := c.Who.NeedAt(dossier.Sign, c.FormValue("unit")); err != nil {
		return err
	}
	proof, err := p.prove(c)
	if err == nil {
		_, err = p.LockYear(c.Std(), c.Who, proof, c.FormValue("unit"), c.Whole("year"))
	}
	return p.bookDone(c, "lock", err)
}
