package changes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/org/succession"
	"lotrinh/internal/site"
	"lotrinh/internal/site/changes/views"
	"lotrinh/internal/site/ui"
)

// shown is how many changes or doubts of a set one page lists; a search narrows them.
const shown = 100

func (p Pages) show(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.set(c, id, nil)
}

// set shows one set with what may be done with it now.
func (p Pages) set(c *httpx.Ctx, id ident.ID, refused error) error {
	v, err := p.Sets.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	b := look{t: c.T, v: v, who: c, version: strconv.FormatInt(v.Version, 10), at: home + "/" + string(id), query: c.Query("q")}
	if b.atlas, err = p.Units.Atlas(c.Std()); err != nil {
		return err
	}
	if v.Wrong == nil {
		b.atlas = v.Plan.After()
	}
	title := titleOf(c.T, v.Set)
	return p.Site.Form(c, site.Page{Title: title, At: unitsAt}, refused, func(e ui.Errors) templ.Component {
		return views.Set(c.T, b.view(title, refused, e, clock.Date(p.Business.Now())))
	})
}

// look is one look at a set.
type look struct {
	t                  i18n.T
	v                  succession.View
	who                *httpx.Ctx
	version, at, query string
	atlas              *org.Atlas
}

func (b look) may() bool { return b.who.Who.May(org.UnitChange) }

func (b look) hidden() []ui.Hidden { return []ui.Hidden{{Name: "version", Value: b.version}} }

// view is the page of the set.
func (b look) view(title string, refused error, e ui.Errors, today string) views.SetView {
	t, v := b.t, b.v
	state := stateOf(t, v.State)
	out := views.SetView{Header: ui.HeaderData{Crumbs: crumbs(t, ui.Crumb{Label: title}), Title: title, State: &state, Lead: t.Say("changes.set.lead", "day", day(t, v.Day))},
		Facts: b.facts(), Changes: b.changes(), Reports: b.reports()}
	sum := v.Told.Summary
	if v.Wrong == nil && v.Open() {
		sum = v.Plan.Summary()
	}
	out.Figures = []ui.FigureData{
		{Label: t.Say("changes.before"), Value: t.Int(int64(sum.Before))}, {Label: t.Say("changes.after"), Value: t.Int(int64(sum.After)), SoWhat: t.Say("changes.districts", "n", sum.Districts)},
		{Label: t.Say("changes.ended"), Value: t.Int(int64(sum.Ended))}, {Label: t.Say("changes.begun"), Value: t.Int(int64(sum.Begun))},
		{Label: t.Say("changes.renamed"), Value: t.Int(int64(sum.Renamed))}, {Label: t.Say("changes.doubts"), Value: t.Int(int64(sum.Doubts))},
	}
	switch {
	case refused != nil && fault.Of(refused).Kind == fault.Conflict:
		out.Notices = append(out.Notices, ui.NoticeData{Tone: ui.Bad, Title: e.Title})
	case v.Wrong != nil && v.Open():
		out.Notices = append(out.Notices, ui.NoticeData{Tone: ui.Bad, Title: ui.ErrorsOf(t, v.Wrong).Title, Items: told(ui.ErrorsOf(t, v.Wrong))})
	}
	if sum.Lost > 0 {
		out.Notices = append(out.Notices, ui.NoticeData{Tone: ui.Bad, Title: t.Say("changes.lost", "n", sum.Lost), Items: b.names(v.Plan.Lost)})
	}
	for _, r := range v.Told.Reports {
		for _, problem := range r.Problems {
			out.Notices = append(out.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Line(problem)})
		}
	}
	if b.may() {
		b.acts(&out, e, sum, today)
	}
	return out
}

func told(e ui.Errors) []string {
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Text)
	}
	return all
}

// acts are what a planner may do with the set now.
func (b look) acts(out *views.SetView, e ui.Errors, sum succession.Summary, today string) {
	t, v := b.t, b.v
	if v.Open() && v.Wrong == nil {
		out.Header.Action = &ui.Action{Label: t.Say("changes.preview"), Href: b.at + "/preview", Icon: "eye", Post: true}
		out.Receivers = b.doubts()
	}
	if v.Open() || v.State == succession.Waiting {
		out.Header.More = append(out.Header.More, ui.Action{Label: t.Say("changes.drop"), Href: b.at + "/drop", Icon: "trash", Post: true, Danger: true, Hidden: b.hidden()})
	}
	if v.State == succession.Previewed && sum.Doubts == 0 && sum.Lost == 0 {
		note := t.Say("changes.confirm.now")
		if v.Day > today {
			note = t.Say("changes.confirm.later", "day", day(t, v.Day))
		}
		basis := b.who.FormValue("basis")
		if basis == "" {
			basis = v.Basis
		}
		out.Decide = &views.Decide{Title: t.Say("changes.confirm"), Note: note, Form: ui.FormData{Action: b.at + "/confirm", Errors: e, Submit: t.Say("changes.confirm.do"), Hidden: b.hidden(), Fields: []ui.Field{
			{Kind: ui.Line, Name: "basis", Label: t.Say("changes.basis"), Hint: t.Say("changes.basis.hint"), Value: basis, Max: 200, Required: true},
			{Kind: ui.Area, Name: "reason", Label: t.Say("changes.reason"), Value: b.who.FormValue("reason"), Max: 1000, Rows: 3, Required: true}}}}
	}
	if v.State == succession.InForce {
		out.Decide = &views.Decide{Title: t.Say("changes.reverse"), Note: t.Say("changes.reverse.note"), Form: ui.FormData{Action: b.at + "/reverse", Errors: e, Submit: t.Say("changes.reverse.do"), Danger: true, Hidden: b.hidden(), Fields: []ui.Field{
			{Kind: ui.Area, Name: "reason", Label: t.Say("changes.reason"), Value: b.who.FormValue("reason"), Max: 1000, Rows: 3, Required: true}}}}
	}
}

func (b look) facts() []ui.Fact {
	t, v := b.t, b.v
	facts := []ui.Fact{{Label: t.Say("changes.day"), Text: day(t, v.Day)}, {Label: t.Say("changes.basis"), Text: v.Basis}, {Label: t.Say("changes.made_by"), Text: v.MadeName + ", " + t.Moment(v.MadeAt)}}
	if !v.DecidedAt.IsZero() {
		facts = append(facts, ui.Fact{Label: t.Say("changes.confirmed_by"), Text: v.DecidedName + ", " + t.Moment(v.DecidedAt)}, ui.Fact{Label: t.Say("changes.reason"), Text: v.Reason})
	}
	if !v.ForceAt.IsZero() {
		facts = append(facts, ui.Fact{Label: t.Say("changes.force_at"), Text: t.Moment(v.ForceAt)})
	}
	if !v.ReversedAt.IsZero() {
		facts = append(facts, ui.Fact{Label: t.Say("changes.reversed_by"), Text: v.ReversedName + ", " + t.Moment(v.ReversedAt)}, ui.Fact{Label: t.Say("changes.reverse.reason"), Text: v.ReverseReason})
	}
	return facts
}

// place is a unit as it is called at or after the day, or before it where it ends.
func (b look) place(code string) string {
	if _, ok := b.atlas.Version(code, b.v.Day); ok {
		return b.atlas.Name(code, b.v.Day) + " (" + code + ")"
	}
	return b.atlas.Name(code, eve(b.v.Day)) + " (" + code + ")"
}

func eve(date string) string {
	at, err := clock.ParseDate(date)
	if err != nil {
		return date
	}
	return clock.Date(at.AddDate(0, 0, -1))
}

func (b look) names(codes []string) []string {
	var all []string
	for _, c := range codes {
		all = append(all, b.atlas.Name(c, eve(b.v.Day))+" ("+c+")")
	}
	return all
}

// changes are who gives to whom, narrowed by what was searched.
func (b look) changes() ui.TableData {
	t := b.t
	d := ui.TableData{Caption: t.Say("changes.table"), Count: int64(len(b.v.Words.Changes)), Columns: []ui.Column{{Label: t.Say("changes.gives")}, {Label: t.Say("changes.takes")},
		{Label: t.Say("changes.share")}, {Label: t.Say("changes.basis"), Quiet: true}}, Empty: ui.EmptyData{Icon: "map", Title: t.Say("changes.table.none")}}
	find := fold.Key(b.query)
	for _, ch := range b.v.Words.Changes {
		from, to := b.atlas.Name(ch.From, eve(b.v.Day))+" ("+ch.From+")", b.place(ch.To)
		if find != "" && !strings.Contains(fold.Key(from+" "+to), find) {
			continue
		}
		if len(d.Rows) == shown {
			break
		}
		share := t.Say("admin.share." + ch.Share)
		if ch.Confidence == "C" {
			share = t.Say("admin.share.inferred", "share", share)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Link(b.unit(ch.From, eve(b.v.Day)), from), ui.Link(b.unit(ch.To, b.v.Day), to), ui.Text(share), ui.Text(ch.Basis)}})
	}
	for _, code := range b.v.Words.Ends {
		if len(d.Rows) < shown {
			d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.place(code)), ui.Text(t.Say("changes.ends")), nil, nil}})
		}
	}
	return d
}

func (b look) unit(code, on string) string { return unitsAt + "?unit=" + code + "&date=" + on }

// reports are the rows of every area by sort and rule.
func (b look) reports() ui.TableData {
	t := b.t
	d := ui.TableData{Caption: t.Say("changes.moves"), Count: -1, Columns: []ui.Column{{Label: t.Say("changes.area")}, {Label: t.Say("changes.what")}, {Label: t.Say("changes.rows"), Num: true}, {Label: t.Say("changes.rule"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "eye", Title: t.Say("changes.moves.none"), Text: t.Say("changes.moves.none.text")}}
	if len(b.v.Told.Reports) > 0 {
		d.Empty = ui.EmptyData{Icon: "check", Title: t.Say("changes.moves.nothing")}
	}
	for _, r := range b.v.Told.Reports {
		for _, m := range r.Moved {
			if m.Rows == 0 {
				continue
			}
			d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say(r.Area)), ui.Text(t.Say(m.Label)), ui.Number(t, m.Rows), ui.Text(t.Say(string(m.Rule)))}})
		}
	}
	return d
}

// doubts is the form in which the planner chooses main receivers; nil when there are none.
func (b look) doubts() *views.Decide {
	t := b.t
	var fields []ui.Field
	left := 0
	for _, d := range slices.SortedStableFunc(slices.Values(b.v.Plan.Doubts), func(x, y succession.Doubt) int { return undecidedFirst(x) - undecidedFirst(y) }) {
		if !d.Decided {
			left++
		}
		if len(fields) == shown {
			continue
		}
		f := ui.Field{Kind: ui.Select, Name: "to-" + d.Unit, Label: b.atlas.Name(d.Unit, eve(b.v.Day)) + " (" + d.Unit + ")"}
		if d.Decided {
			f.Value = d.Proposed
		} else {
			f.Options = []ui.Option{{Value: "", Label: t.Say("changes.proposed", "name", b.place(d.Proposed))}}
		}
		for _, part := range d.Parts {
			f.Options = append(f.Options, ui.Option{Value: part.Code, Label: b.place(part.Code) + " – " + t.Say("admin.share."+part.Share)})
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return nil
	}
	return &views.Decide{Title: t.Say("changes.receivers", "n", left), Note: t.Say("changes.receivers.note"), Form: ui.FormData{Action: b.at + "/receivers", Submit: t.Say("changes.receivers.save"),
		Hidden: b.hidden(), Fields: fields, Loose: true, More: []ui.SubmitData{{Name: "rest", Value: "1", Label: t.Say("changes.receivers.rest")}}}}
}

func undecidedFirst(d succession.Doubt) int {
	if d.Decided {
		return 1
	}
	return 0
}

// reviews are the posts that a succession moved and nobody looked at.
func (p Pages) reviews(c *httpx.Ctx) error {
	all, err := p.Sets.Reviews(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	atlas, err := p.Units.Atlas(c.Std())
	if err != nil {
		return err
	}
	t, today := c.T, clock.Date(p.Business.Now())
	v := views.ReviewsView{Header: ui.HeaderData{Crumbs: crumbs(t, ui.Crumb{Label: t.Say("changes.reviews")}), Title: t.Say("changes.reviews"), Lead: t.Say("changes.reviews.lead")},
		Pager: ui.PagerData{Shown: len(all.Items)}}
	for _, r := range all.Items {
		var units []string
		for _, u := range strings.Fields(r.Units) {
			units = append(units, atlas.Name(u, today))
		}
		v.Rows = append(v.Rows, views.Review{Name: r.Name, Account: "/admin/accounts/" + string(r.Account), Role: t.Say("role." + string(r.Role)), Was: atlas.Name(r.Was, eve(today)), Units: strings.Join(units, ", "),
			Action: home + "/reviews/" + string(r.ID)})
	}
	if !all.First {
		v.Pager.First = home + "/reviews"
	}
	if all.Next != "" {
		v.Pager.Next = home + "/reviews?after=" + all.Next
	}
	return p.Site.Show(c, site.Page{Title: t.Say("changes.reviews"), At: unitsAt}, views.Reviews(t, v))
}

func (p Pages) decide(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.Sets.Decide(c.Std(), c.Who, id, c.FormValue("keep") != ""); err != nil {
		return err
	}
	return c.See(home + "/reviews")
}
