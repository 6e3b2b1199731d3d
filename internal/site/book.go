package site

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// bookNow is the moment at which the book of parts plays.
var bookNow = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

// bookTones are all tones with their words.
func bookTones(t i18n.T) []ui.State {
	var all []ui.State
	for _, tone := range []ui.Tone{ui.Neutral, ui.Info, ui.Good, ui.Warn, ui.Late, ui.Bad, ui.Paused, ui.Unknown, ui.Prepare, ui.Trial, ui.Official, ui.Live, ui.Held} {
		all = append(all, ui.State{Tone: tone, Word: t.Say("book.tone." + string(tone))})
	}
	return all
}

func bookStages(t i18n.T) []ui.State {
	all := bookTones(t)
	return all[len(all)-5 : len(all)-2]
}

func bookHeader(t i18n.T) ui.HeaderData {
	return ui.HeaderData{
		Crumbs: []ui.Crumb{{Label: "Hà Nội", Href: "#"}, {Label: "Huyện Gia Lâm", Href: "#"}, {Label: "Xã Đặng Xá"}},
		Title:  t.Say("site.book"), Lead: t.Say("site.book.lead"),
		State:  &ui.State{Tone: ui.Trial, Word: t.Say("book.tone.trial")},
		Action: &ui.Action{Label: t.Say("book.move"), Href: "#", Icon: "route"},
		More: []ui.Action{
			{Label: t.Say("book.print"), Href: "#", Icon: "printer"},
			{Label: t.Say("book.delete"), Href: "/_book", Icon: "trash", Post: true, Danger: true,
				Confirm: &ui.Confirm{ID: "ask", Title: t.Say("book.ask"), Text: t.Say("book.ask.text"), Yes: t.Say("book.delete")}},
		},
	}
}

func bookFigures(t i18n.T) []ui.FigureData {
	return []ui.FigureData{
		{Label: t.Say("book.fig.live"), Value: t.Int(96), Of: t.Say("book.of", "n", 139), SoWhat: t.Say("book.fig.live.so"), Tone: ui.Warn, Href: "#"},
		{Label: t.Say("book.fig.late"), Value: t.Int(7), SoWhat: t.Say("book.fig.late.so"), Tone: ui.Late, Href: "#"},
		{Label: t.Say("book.fig.verified"), Value: t.Percent(0.8333), SoWhat: t.Say("book.fig.verified.so"), Age: ui.Age(t, bookNow.Add(-3*time.Hour), bookNow)},
		{Label: t.Say("book.fig.calls"), Value: t.Int(1234), SoWhat: t.Say("book.fig.calls.so"), Tone: ui.Good},
	}
}

func bookDues(t i18n.T) []ui.Due {
	at := bookNow.Add(31 * time.Hour)
	steps := []string{t.Say("book.due.1"), t.Say("book.due.2"), t.Say("book.due.3")}
	return []ui.Due{
		{State: ui.DueRunning, At: at, Left: 11*time.Hour + 20*time.Minute, Steps: steps, Tentative: true},
		{State: ui.DueSoon, At: bookNow.Add(40 * time.Minute), Left: 40 * time.Minute},
		{State: ui.DueLate, At: bookNow.Add(-26 * time.Hour), Left: -9 * time.Hour},
		{State: ui.DuePaused, At: at, Left: 5 * time.Hour},
		{State: ui.DueMet, At: at}, {State: ui.DueMissed, At: at, Left: 90 * time.Minute},
		{State: ui.DueNoCalendar, Year: 2031},
	}
}

func bookTable(t i18n.T) ui.TableData {
	names := []string{"Đặng Xá", "Cổ Bi", "Đa Tốn", "Kiêu Kỵ", "Bát Tràng", "Phú Thị"}
	dues, stages := bookDues(t), bookStages(t)
	d := ui.TableData{
		ID: "communes", Caption: t.Say("book.table"), Count: 139, Pick: "unit",
		Columns: []ui.Column{
			{Label: t.Say("book.col.commune"), SortHref: "#", Sorted: "ascending"}, {Label: t.Say("book.col.stage")},
			{Label: t.Say("book.col.ready")}, {Label: t.Say("book.col.due")}, {Label: t.Say("book.col.tickets"), Num: true, SortHref: "#"},
			{Label: t.Say("book.col.seen"), Quiet: true},
		},
		Pager: &ui.PagerData{First: "#", Next: "#", Shown: len(names)},
	}
	for i, name := range names {
		row := ui.Row{Href: "#" + strconv.Itoa(i), Pick: strconv.Itoa(i), Cells: []templ.Component{
			ui.Main("#"+strconv.Itoa(i), "Xã "+name, "Huyện Gia Lâm"), ui.Badge(stages[i%3]),
			ui.Progress(t, ui.ProgressData{Label: name, Declared: int64(6 + i%3), Verified: int64(2 + i), Planned: -1, Total: 9, Bare: true}),
			ui.DueCell(t, dues[i]), ui.Number(t, int64(i*397)), ui.Text(ui.Age(t, bookNow.Add(-time.Duration(i*7)*time.Hour), bookNow)),
		}}
		if dues[i].State == ui.DueLate {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func bookErrors(t i18n.T) ui.Errors {
	var k fault.Check
	k.Need(false, "name", "form.needed")
	k.Need(false, "day", "form.bad_day")
	k.Need(false, "kind", "form.choose")
	k.Need(false, "note", "form.too_long", "max", 500)
	return ui.ErrorsOf(t, k.Err())
}

func bookFields(t i18n.T, e ui.Errors) []ui.Field {
	kinds := []ui.Option{{Value: "scanner", Label: t.Say("book.kind.scanner"), Hint: t.Say("book.kind.scanner.hint")}, {Value: "pc", Label: t.Say("book.kind.pc")}}
	prefix := "b" // the book shows the same form twice on a page
	if e.Any() {
		prefix = ""
	}
	at := func(f ui.Field) ui.Field {
		f.Name = prefix + f.Name
		return f
	}
	return []ui.Field{
		at(ui.Field{Name: "name", Label: t.Say("book.f.name"), Hint: t.Say("book.f.name.hint"), Required: true}),
		at(ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("book.f.unit"), Required: true, Value: "2", Options: []ui.Option{{Value: "1", Label: "Xã Cổ Bi"}, {Value: "2", Label: "Xã Đặng Xá"}}}),
		at(ui.Field{Kind: ui.Radio, Name: "kind", Label: t.Say("book.f.kind"), Required: true, Options: kinds}),
		at(ui.Field{Kind: ui.Checks, Name: "days", Label: t.Say("book.f.days"), Values: []string{"1"}, Options: []ui.Option{{Value: "1", Label: t.Say("weekday.1")}, {Value: "2", Label: t.Say("weekday.2")}}}),
		at(ui.Field{Kind: ui.Date, Name: "day", Label: t.Say("book.f.day"), Value: "2016-11-10", Narrow: true, Required: true}),
		at(ui.Field{Kind: ui.Whole, Name: "count", Label: t.Say("book.f.count"), Value: "2", Narrow: true}),
		at(ui.Field{Kind: ui.Area, Name: "note", Label: t.Say("book.f.note"), Value: t.Say("book.said")}),
		at(ui.Field{Kind: ui.Photo, Name: "photo", Label: t.Say("book.f.photo"), Hint: t.Say("book.f.photo.hint"), Multiple: true}),
		at(ui.Field{Kind: ui.Password, Name: "secret", Label: t.Say("book.f.secret"), Required: true, Autocomplete: "current-password"}),
		at(ui.Field{Kind: ui.Check, Name: "sure", Label: t.Say("book.f.sure")}),
	}
}

func bookTiles(t i18n.T) []ui.TileGroup {
	stages := bookStages(t)
	names := [][]string{{"Đặng Xá", "Cổ Bi", "Đa Tốn", "Kiêu Kỵ", "Bát Tràng", "Phú Thị", "Yên Viên", "Lệ Chi", "Kim Sơn"}, {"Đông Anh", "Uy Nỗ", "Cổ Loa", "Xuân Canh", "Kim Chung", "Võng La"}}
	var all []ui.TileGroup
	for i, g := range []string{"Gia Lâm", "Đông Anh"} {
		group := ui.TileGroup{Label: "Huyện " + g, Href: "#", Note: t.Say("book.of", "n", len(names[i]))}
		for j, n := range names[i] {
			group.Tiles = append(group.Tiles, ui.Tile{Label: "Xã " + n, Short: n, Href: "#", State: stages[(i+j)%3]})
		}
		all = append(all, group)
	}
	return all
}

func bookSignIn(t i18n.T) []ui.Field {
	return []ui.Field{
		{Name: "login", Label: t.Say("book.login"), Required: true, Value: "hoa.nt", Autocomplete: "username"},
		{Kind: ui.Password, Name: "password", Label: t.Say("book.f.secret"), Required: true, Autocomplete: "current-password"},
	}
}
