package notices

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/notices/views"
	"lotrinh/internal/site/ui"
)

// Names knows what people are called.
type Names interface {
	Names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error)
}

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Deps is what the pages stand on. Inbound is the token of the address at which the
// gateway hands over the text messages that come in.
type Deps struct {
	DB                *db.DB
	Machine, Business clock.Clock
	People            Names
	Units             Units
	Site              *site.Site
	Sender            *notify.Sender
	Inbound           string
}

// Pages are the pages of notices and of text messages.
type Pages struct {
	Deps
	db      *db.DB
	machine clock.Clock
	people  Names
	page    *site.Site
}

// New makes the pages.
func New(d Deps) *Pages {
	return &Pages{Deps: d, db: d.DB, machine: d.Machine, people: d.People, page: d.Site}
}

const (
	bellAt = "/notices"
	outAt  = "/admin/notices"
)

// Routes declares the pages.
func (p *Pages) Routes(r *httpx.Router) {
	r.Page("GET", bellAt, p.bell)
	r.Page("POST", bellAt+"/seen", p.seen)
	r.Page("POST", bellAt+"/choice", p.choose)
	r.Page("GET", outAt, p.out)
	r.Page("POST", outAt+"/:id/retry", p.retry)
	r.Page("GET", notify.WishesAt, p.wishes)
	r.Page("POST", notify.WishesAt, p.wish)
	r.Page("GET", smsAt, p.sms)
	r.Page("POST", smsAt, p.budget)
	r.Page("GET", smsAt+"/in", p.incoming)
	r.Page("GET", "/api/v1/sms/:token/dlr", p.report, httpx.Open)
	r.Page("GET", "/api/v1/sms/:token/in", p.receive, httpx.Open)
}

// Unseen is the number beside the bell in the navigation.
func (p *Pages) Unseen(c *httpx.Ctx) (int64, bool) {
	n, err := notify.Unseen(c.Std(), p.db.Read(), c.Who.ID)
	if err != nil {
		return 0, false // the page itself matters more than the number beside it
	}
	return int64(n), false
}

var tones = map[string]ui.Tone{notify.Waiting: ui.Neutral, notify.Sending: ui.Info, notify.Sent: ui.Good, notify.Failed: ui.Bad, notify.Unmailed: ui.Neutral,
	notify.Accepted: ui.Info, notify.Delivered: ui.Good, notify.Unknown: ui.Warn}

func state(t i18n.T, n notify.Notice) templ.Component {
	return ui.Badge(ui.State{Tone: tones[n.State], Word: t.Say("notify.state." + n.State)})
}

func (p *Pages) bell(c *httpx.Ctx) error {
	list, err := notify.Bell(c.Std(), p.db.Read(), c.Who.ID, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	choice, err := notify.ChoiceOf(c.Std(), p.db.Read(), c.Who.ID)
	if err != nil {
		return err
	}
	v := views.BellView{Mail: choice.Mail, Always: choice.AnyHour, Pager: pager(bellAt+"?", list)}
	for _, n := range list.Items {
		subject := n.Subject(c.T)
		row := ui.Row{Href: n.Link, Cells: []templ.Component{ui.Main(n.Link, subject, n.Body(c.T)), ui.Text(c.T.Moment(n.At)), state(c.T, n)}}
		if n.SeenAt == nil {
			row.Tone = ui.Info
		}
		v.Rows = append(v.Rows, row)
	}
	if len(list.Items) > 0 && list.First && list.Items[0].SeenAt == nil {
		v.Seen = &ui.Action{Label: c.T.Say("notices.seen"), Href: bellAt + "/seen", Icon: "check", Post: true,
			Hidden: []ui.Hidden{{Name: "up_to", Value: string(list.Items[0].ID)}}}
	}
	return p.page.Show(c, site.Page{Title: c.T.Say("notices.title"), At: bellAt}, views.Bell(c.T, v))
}

func pager(at string, list page.Page[notify.Notice]) ui.PagerData {
	d := ui.PagerData{Shown: len(list.Items)}
	if !list.First {
		d.First = at
	}
	if list.Next != "" {
		d.Next = at + "&after=" + list.Next
	}
	return d
}

func (p *Pages) seen(c *httpx.Ctx) error {
	upTo, err := ident.Parse(c.FormValue("up_to"))
	if err != nil {
		return err
	}
	err = p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
		return notify.MarkSeen(ctx, tx, p.machine.Now(), c.Who.ID, upTo)
	})
	if err != nil {
		return err
	}
	return c.See(bellAt)
}

func (p *Pages) choose(c *httpx.Ctx) error {
	choice := notify.Choice{Account: c.Who.ID, Mail: c.FormValue("mail") == "1", AnyHour: c.FormValue("always") == "1"}
	err := p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error { return notify.Choose(ctx, tx, choice) })
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("notices.choice.done"))
	return c.See(bellAt)
}

// states are those by which the list is narrowed, the ones to look at first.
var states = []string{notify.Failed, notify.Waiting, notify.Sending, notify.Accepted, notify.Unknown, notify.Sent, notify.Delivered, notify.Unmailed}

func (p *Pages) out(c *httpx.Ctx) error {
	chosen, channel := "", ""
	at := func(state, channel string) string {
		return outAt + "?" + url.Values{"state": {state}, "channel": {channel}}.Encode()
	}
	if slices.Contains([]string{notify.ByMail, notify.BySMS}, c.Query("channel")) {
		channel = c.Query("channel")
	}
	v := views.OutView{Silent: p.Sender.Post == nil, Mute: p.Sender.Gate == nil, Filter: ui.FilterData{Action: outAt}}
	v.Filter.Presets = []ui.Preset{{Label: c.T.Say("notices.all"), Href: at("", channel), Count: -1}}
	for _, s := range states {
		if c.Query("state") == s {
			chosen = s
		}
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: c.T.Say("notify.state." + s), Href: at(s, channel), Active: chosen == s, Count: -1})
	}
	v.Filter.Presets[0].Active = chosen == ""
	for _, ch := range []string{"", notify.ByMail, notify.BySMS} {
		key := "notices.all_channels"
		if ch != "" {
			key = "notify.channel." + ch
		}
		v.Channels = append(v.Channels, ui.Tab{Label: c.T.Say(key), Href: at(chosen, ch), Active: ch == channel, Count: -1})
	}
	list, err := notify.List(c.Std(), p.db, c.Who, chosen, channel, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	var accounts []ident.ID
	for _, n := range list.Items {
		accounts = append(accounts, n.Account)
	}
	names, err := p.people.Names(c.Std(), accounts)
	if err != nil {
		return err
	}
	for _, n := range list.Items {
		v.Rows = append(v.Rows, p.outRow(c.T, n, names[n.Account]))
	}
	v.Pager = pager(at(chosen, channel), list)
	return p.page.Show(c, site.Page{Title: c.T.Say("notices.out"), At: outAt}, views.Out(c.T, v))
}

func (p *Pages) outRow(t i18n.T, n notify.Notice, name string) ui.Row {
	problem, next := "", ""
	if n.Problem != "" {
		problem = t.Say(n.Problem)
	}
	if n.State == notify.Waiting && (n.Attempts > 0 || n.NextAt.After(n.At)) {
		next = t.Moment(n.NextAt)
	}
	switch {
	case n.Account == "" && n.Channel == notify.BySMS:
		name = phone.Mask(n.Address)
	case n.Account == "":
		name = t.Say("notices.no_account")
	}
	channel := n.Channel
	if n.State == notify.Unmailed {
		channel = notify.OnScreen
	}
	if channel == notify.Undecided {
		channel = "undecided"
	}
	digest := ""
	if n.Digest != "" {
		digest = t.Say("notify.digest." + n.Digest)
	}
	row := ui.Row{Cells: []templ.Component{ui.Text(name), ui.Two(t.Say("notify.kind."+notify.KindOf(p.Sender.Kinds, n.Template)), problem),
		ui.Two(t.Say("notify.channel."+channel), digest), ui.Text(t.Moment(n.At)), state(t, n), ui.Number(t, n.Attempts), ui.Text(next)}}
	text := n.Channel == notify.BySMS
	if n.State == notify.Failed && !(text && n.Private) || text && n.State == notify.Unknown && !n.Private {
		row.Cells = append(row.Cells, ui.Button(t, ui.Action{Label: t.Say("notices.retry"), Icon: "refresh", Post: true, Href: outAt + "/" + string(n.ID) + "/retry"}, "btn btn-sm"))
	}
	return row
}

func (p *Pages) retry(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	err = p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
		now := p.machine.Now()
		if err := notify.Retry(ctx, tx, c.Who, now, id); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, c.Who, "notify.notice.retried", string(id), nil)
	})
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("notices.retried"))
	return c.See(outAt)
}
