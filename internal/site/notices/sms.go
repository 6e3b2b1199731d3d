package notices

import (
	"cmp"
	"crypto/subtle"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/sms"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/notices/views"
	"lotrinh/internal/site/ui"
)

const smsAt = "/admin/sms"

// months is how many months one can look back.
const months = 6

func (p *Pages) sms(c *httpx.Ctx) error { return p.showSMS(c, views.SMSView{}, nil) }

// month is the first day of the month asked for and of the one after it, this month
// when none is.
func month(now time.Time, asked string) (since, until string) {
	y, m, _ := now.In(clock.City).Date()
	first := time.Date(y, m, 1, 0, 0, 0, 0, clock.City)
	if t, err := time.ParseInLocation("2006-01", asked, clock.City); err == nil && t.Before(first) && t.After(first.AddDate(0, -months, 0)) {
		first = t
	}
	return clock.Date(first), clock.Date(first.AddDate(0, 1, 0))
}

// showSMS shows the page; v holds what was typed into a refused form.
func (p *Pages) showSMS(c *httpx.Ctx, v views.SMSView, refused error) error {
	now := p.machine.Now()
	since, until := month(now, c.Query("month"))
	parts, cost, err := notify.Used(c.Std(), p.db.Read(), c.Who, since, until)
	if err != nil {
		return err
	}
	budgets, err := notify.Budgets(c.Std(), p.db.Read(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	v.Mute, v.Errors, v.Months = p.Sender.Gate == nil, ui.ErrorsOf(c.T, refused), monthsBack(now, since)
	v.Inbound = p.Sender.BaseURL + "/api/v1/sms/" + p.Inbound + "/in?from=%p&to=%P&text=%b&charset=%C&id=%I"
	if v.Which != "standard" {
		v.Standard, v.Prize = quota(budgets[""].Monthly), strconv.FormatInt(budgets[""].Price, 10)
	}
	v.Rows = spending(c.T, tree, parts, cost, budgets)
	v.Totals = totals(c.T, parts, cost)
	show := site.Page{Title: c.T.Say("notices.sms"), At: outAt}
	if refused != nil {
		show.Status = fault.Of(refused).Kind.Status()
	}
	return p.page.Show(c, show, views.SMS(c.T, v))
}

func totals(t i18n.T, parts, cost map[string]int64) []ui.Fact {
	var n, dong int64
	for unit := range parts {
		n, dong = n+parts[unit], dong+cost[unit]
	}
	return []ui.Fact{{Label: t.Say("notices.sms.total_parts"), Text: t.Int(n)}, {Label: t.Say("notices.sms.total_cost"), Text: t.Int(dong)},
		{Label: t.Say("notices.sms.units"), Text: t.Int(int64(len(parts)))}}
}

// monthsBack are the months that one can look at, this one first.
func monthsBack(now time.Time, shown string) []ui.Preset {
	y, m, _ := now.In(clock.City).Date()
	var all []ui.Preset
	for i := range months {
		first := time.Date(y, m-time.Month(i), 1, 0, 0, 0, 0, clock.City)
		all = append(all, ui.Preset{Label: first.Format("01/2006"), Href: smsAt + "?month=" + first.Format("2006-01"), Active: clock.Date(first) == shown, Count: -1})
	}
	return all
}

// quota writes a monthly quota as a form shows it: nothing is without limit.
func quota(n int64) string {
	if n < 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// spending is what each unit sent and may send: those that sent most first, then
// those with a quota of their own.
func spending(t i18n.T, tree *org.Tree, parts, cost map[string]int64, budgets map[string]notify.Budget) []ui.Row {
	units := slices.Collect(maps.Keys(parts))
	for unit := range budgets {
		if _, has := parts[unit]; !has && unit != "" {
			units = append(units, unit)
		}
	}
	slices.SortFunc(units, func(a, b string) int { return cmp.Or(cmp.Compare(parts[b], parts[a]), cmp.Compare(a, b)) })
	var rows []ui.Row
	for _, unit := range units {
		name := t.Say("notices.sms.city")
		if unit != "" {
			name = tree.Place(unit)
		}
		b, own := budgets[unit]
		if !own {
			b = budgets[""]
		}
		limit := t.Say("notices.sms.no_limit")
		if b.Monthly >= 0 {
			limit = t.Int(b.Monthly)
		}
		row := ui.Row{Cells: []templ.Component{ui.Text(name), ui.Number(t, parts[unit]), ui.Text(limit), ui.Number(t, cost[unit])}}
		if b.Monthly >= 0 && parts[unit] >= b.Monthly {
			row.Tone = ui.Late
		}
		rows = append(rows, row)
	}
	return rows
}

// budget keeps the standard budget, or a unit's own quota.
func (p *Pages) budget(c *httpx.Ctx) error {
	v := views.SMSView{Which: c.FormValue("which"), Unit: c.FormValue("unit"), Monthly: c.FormValue("own_monthly"), Standard: c.FormValue("monthly"), Prize: c.FormValue("price")}
	b, err := p.meantBudget(c, v)
	if err == nil {
		err = named(notify.SetBudget(c.Std(), p.db, c.Who, p.machine.Now(), b), v.Which)
	}
	if fault.Is(err, fault.Invalid) {
		return p.showSMS(c, v, err)
	} else if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("notices.sms.saved"))
	return c.See(smsAt)
}

// named gives the faults of a unit's quota the names of its own form.
func named(err error, which string) error {
	if err == nil || which != "unit" {
		return err
	}
	f := fault.Of(err)
	for i := range f.Fields {
		f.Fields[i].Name = "own_" + f.Fields[i].Name
	}
	return f
}

func (p *Pages) meantBudget(c *httpx.Ctx, v views.SMSView) (notify.Budget, error) {
	if v.Which != "unit" {
		return notify.Budget{Monthly: number(v.Standard, -1), Price: number(v.Prize, -2)}, nil
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return notify.Budget{}, err
	}
	b := notify.Budget{Unit: strings.TrimSpace(v.Unit), Monthly: number(v.Monthly, -1)}
	if _, ok := tree.Unit(b.Unit); ok {
		return b, nil
	}
	hits := tree.Search(b.Unit, 2)
	if len(hits) == 1 || len(hits) == 2 && fold.Key(hits[0].Place) == fold.Key(b.Unit) {
		b.Unit = hits[0].Code
		return b, nil
	}
	var k fault.Check
	k.Need(false, "unit", "notices.sms.unit_unknown", "text", b.Unit)
	return b, k.Err()
}

// number reads a whole number as people type it, with dots between thousands; nothing
// is empty, nonsense is a number that no rule accepts.
func number(s string, empty int64) int64 {
	s = strings.NewReplacer(".", "", ",", "", " ", "").Replace(strings.TrimSpace(s))
	if s == "" {
		return empty
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return -9
	}
	return n
}

func (p *Pages) incoming(c *httpx.Ctx) error {
	list, err := notify.Incoming(c.Std(), p.db, c.Who, p.machine.Now(), page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	v := views.InView{Pager: ui.PagerData{Shown: len(list.Items)}}
	if !list.First {
		v.Pager.First = smsAt + "/in?"
	}
	if list.Next != "" {
		v.Pager.Next = smsAt + "/in?after=" + list.Next
	}
	for _, in := range list.Items {
		outcome := cmp.Or(in.Outcome, "unread")
		tone := map[string]ui.Tone{"unread": ui.Neutral, notify.Strange: ui.Warn}[outcome]
		if tone == "" {
			tone = ui.Good
		}
		v.Rows = append(v.Rows, ui.Row{Cells: []templ.Component{ui.Text(phone.Show(in.Number)), ui.Text(in.Body), ui.Text(c.T.Moment(in.At)),
			ui.Badge(ui.State{Tone: tone, Word: c.T.Say("notices.sms.became." + outcome)})}})
	}
	return p.page.Show(c, site.Page{Title: c.T.Say("notices.sms.in"), At: outAt}, views.In(c.T, v))
}

// report takes a delivery report of the gateway in.
func (p *Pages) report(c *httpx.Ctx) error {
	if err := p.Sender.Report(c.Std(), c.Params("token"), c.Query("type")); err != nil {
		return err
	}
	return c.SendStatus(204)
}

// receive takes a text message in. The answer is empty: a gateway would send it back as
// a message.
func (p *Pages) receive(c *httpx.Ctx) error {
	if !same(c.Params("token"), p.Inbound) {
		return fault.New(fault.Missing, "fault.missing")
	}
	err := notify.Receive(c.Std(), p.db, p.machine.Now(), c.Query("id"), c.Query("from"), c.Query("to"), sms.Decode(c.Query("text"), c.Query("charset")))
	if err != nil {
		return err
	}
	return c.SendStatus(204)
}

// same compares secrets without telling how much of them is right.
func same(a, b string) bool {
	return b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
