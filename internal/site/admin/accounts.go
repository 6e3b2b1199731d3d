package admin

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/admin/views"
	"lotrinh/internal/site/ui"
)

const accountsAt = "/admin/accounts"

func (p *Pages) accounts(c *httpx.Ctx) error {
	f := org.PersonFilter{Text: c.Query("q"), Role: access.Role(c.Query("role")), Unit: c.Query("unit"), State: org.State(c.Query("state"))}
	list, err := p.people.List(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	v := views.AccountsView{
		Filter: accountFilter(c.T, tree, f), Rows: personRows(c.T, tree, list.Items), MayCreate: c.Who.May(org.AccountManage),
		Pager: pager(c, accountsAt, list.First, list.Next, len(list.Items)),
	}
	return p.page.Show(c, site.Page{Title: c.T.Say("admin.accounts"), At: accountsAt}, views.Accounts(c.T, v))
}

// pager keeps the filters of the address and changes only where the page begins.
func pager(c *httpx.Ctx, path string, first bool, next string, shown int) *ui.PagerData {
	q := url.Values{}
	for k, v := range c.Queries() {
		if k != "after" && v != "" {
			q.Set(k, v)
		}
	}
	d := ui.PagerData{Shown: shown}
	if !first {
		d.First = address(path, q)
	}
	if next != "" {
		q.Set("after", next)
		d.Next = address(path, q)
	}
	return &d
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func accountFilter(t i18n.T, tree *org.Tree, f org.PersonFilter) ui.FilterData {
	units := []ui.Option{{Label: t.Say("admin.any.unit")}}
	parts := tree.Districts()
	if len(parts) == 0 {
		parts = tree.Communes("")
	}
	for _, u := range parts {
		units = append(units, ui.Option{Value: u.Code, Label: u.Title()})
	}
	states := []ui.Option{{Label: t.Say("admin.any.state")}}
	for _, s := range org.States {
		states = append(states, ui.Option{Value: string(s), Label: t.Say("admin.state." + string(s))})
	}
	d := ui.FilterData{Action: accountsAt, Results: "results", Fields: []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("admin.find.person"), Value: f.Text},
		{Kind: ui.Select, Name: "role", Label: t.Say("admin.role"), Value: string(f.Role), Options: append([]ui.Option{{Label: t.Say("admin.any.role")}}, roleOptions(t)...)},
		{Kind: ui.Select, Name: "unit", Label: t.Say("admin.unit"), Value: f.Unit, Options: units},
		{Kind: ui.Select, Name: "state", Label: t.Say("admin.state"), Value: string(f.State), Options: states},
	}}
	if f != (org.PersonFilter{}) {
		d.Clear = accountsAt
	}
	return d
}

func personRows(t i18n.T, tree *org.Tree, people []org.Person) []ui.Row {
	var rows []ui.Row
	for _, one := range people {
		href := accountsAt + "/" + string(one.ID)
		rows = append(rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, one.Name, one.Login), ui.Text(roleList(t, one.Posts)), ui.Text(workplace(t, tree, one.Unit)),
			ui.Two(one.Phone, one.Email), ui.Badge(stateOf(t, one.State)),
		}})
	}
	return rows
}

func roleList(t i18n.T, posts []org.Post) string {
	words := ""
	for i, r := range org.RolesOf(posts) {
		if i > 0 {
			words += ", "
		}
		words += roleWords(t, r)
	}
	return words
}

func workplace(t i18n.T, tree *org.Tree, unit string) string {
	if unit == "" {
		return t.Say("admin.city")
	}
	return tree.Place(unit)
}

func (p *Pages) account(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	one, err := p.people.Get(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	atlas, err := p.units.Atlas(c.Std())
	if err != nil {
		return err
	}
	v := p.accountView(c, atlas, one)
	return p.page.Show(c, site.Page{Title: one.Name, At: accountsAt}, views.Account(c.T, v))
}

func (p *Pages) accountView(c *httpx.Ctx, atlas *org.Atlas, one org.Person) views.AccountView {
	date := today(p.business)
	tree := atlas.Tree(date)
	t, base := c.T, accountsAt+"/"+string(one.ID)
	manage, closed := c.Who.Covers(org.AccountManage, one.Unit), one.State == org.Closed
	v := views.AccountView{
		Base: base, Name: one.Name, Login: one.Login, State: stateOf(t, one.State), Locked: one.State == org.Locked,
		Manage: manage && !closed, Help: c.Who.Covers(org.AccountHelp, one.Unit) && !closed, Self: one.ID == c.Who.ID,
		Trail: c.Who.May("trail.read"), ID: string(one.ID),
		Facts: []ui.Fact{
			{Label: t.Say("admin.login"), Text: one.Login}, {Label: t.Say("admin.unit"), Text: workplace(t, tree, one.Unit)},
			{Label: t.Say("admin.email"), Text: one.Email}, {Label: t.Say("admin.phone"), Text: one.Phone},
			{Label: t.Say("admin.created"), Text: t.Moment(one.CreatedAt)}, {Label: t.Say("admin.password_at"), Text: t.Moment(one.PasswordAt)},
			{Label: t.Say("admin.activated"), Text: momentOr(t, one.ActivatedAt, "admin.activated.not")}, {Label: t.Say("admin.second"), Text: t.Say("admin.second.off")},
		},
	}
	if one.Second != "" {
		v.Facts[len(v.Facts)-1].Text, v.Second = t.Say("admin.second.on"), true
	}
	if one.Account.Password == "" || one.MustChange {
		v.Note = t.Say("admin.password.waits")
	}
	for _, post := range one.Posts {
		where := t.Say("admin.everywhere")
		if post.Unit != "" {
			where = tree.Place(post.Unit)
			if _, lives := tree.Unit(post.Unit); !lives {
				where = t.Say("admin.unit.ended", "name", atlas.Name(post.Unit, date))
			}
		}
		state := ui.State{Tone: ui.Good, Word: t.Say("admin.post.on")}
		switch {
		case post.From > date:
			state = ui.State{Tone: ui.Info, Word: t.Say("admin.post.later")}
		case !post.On(date):
			state = ui.State{Tone: ui.Neutral, Word: t.Say("admin.post.over")}
		}
		var end templ.Component
		if v.Manage && (post.On(date) || post.From > date) {
			end = ui.Button(t, ui.Action{Label: t.Say("admin.post.end"), Href: base + "/posts/" + string(post.ID) + "/end", Post: true,
				Confirm: &ui.Confirm{ID: "end-" + string(post.ID), Title: t.Say("admin.post.end.ask", "role", roleWords(t, post.Role), "name", one.Name), Text: t.Say("admin.post.end.text")}}, "btn btn-sm")
		}
		v.Posts = append(v.Posts, ui.Row{Cells: []templ.Component{
			ui.Text(roleWords(t, post.Role)), ui.Text(where), ui.Two(day(t, post.From), day(t, post.Until)), ui.Badge(state), end}})
	}
	return v
}

// momentOr is a moment in words, or the sentence for none.
func momentOr(t i18n.T, at time.Time, none string) string {
	if at.IsZero() {
		return t.Say(none)
	}
	return t.Moment(at)
}

// typedAccount is what the form of an account holds.
func typedAccount(c *httpx.Ctx) views.AccountForm {
	return views.AccountForm{
		Login: c.FormValue("login"), Name: c.FormValue("name"), Email: c.FormValue("email"), Phone: c.FormValue("phone"),
		Unit: c.FormValue("unit"), Lang: c.FormValue("lang"), Role: c.FormValue("role"), Version: c.FormValue("version"),
	}
}

func profileOf(f views.AccountForm, tree *org.Tree) (org.Profile, error) {
	unit, err := unitTyped(tree, f.Unit)
	return org.Profile{Name: f.Name, Email: f.Email, Phone: f.Phone, Unit: unit, Lang: i18n.Lang(f.Lang)}, err
}

func (p *Pages) newAccount(c *httpx.Ctx) error {
	if err := c.Who.Need(org.AccountManage); err != nil {
		return err
	}
	return p.showNew(c, views.AccountForm{Lang: "vi"}, nil)
}

func (p *Pages) showNew(c *httpx.Ctx, f views.AccountForm, err error) error {
	tree, terr := p.tree(c)
	if terr != nil {
		return terr
	}
	f.Action, f.Cancel, f.Fresh, f.Units, f.Roles = accountsAt+"/new", accountsAt, true, unitList(tree), roleOptions(c.T)
	f.Title = c.T.Say("admin.account.new")
	return p.form(c, f.Title, accountsAt, err, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.EditAccount(c.T, f)
	})
}

// createAccount gives the person a password for one use, which the page shows once:
// it answers with a page, not a redirect, so that it travels in no address or cookie.
func (p *Pages) createAccount(c *httpx.Ctx) error {
	if err := c.Who.Need(org.AccountManage); err != nil {
		return err
	}
	f := typedAccount(c)
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	prof, err := profileOf(f, tree)
	if err != nil {
		return p.showNew(c, f, err)
	}
	in := org.NewAccount{Profile: prof, Login: f.Login, Password: org.Passphrase(), MustChange: true}
	if f.Role != "" {
		in.Posts = []org.Post{{Role: access.Role(f.Role), Unit: prof.Unit}}
	}
	a, err := p.people.Create(c.Std(), c.Who, in)
	if err != nil {
		return p.showNew(c, f, err)
	}
	return p.showOnce(c, a.Name, a.Login, in.Password, accountsAt+"/"+string(a.ID))
}

func (p *Pages) showOnce(c *httpx.Ctx, name, login, password, next string) error {
	title := c.T.Say("admin.password.once")
	return p.page.Show(c, site.Page{Title: title, At: accountsAt}, views.Once(c.T, views.OnceView{Name: name, Login: login, Password: password, Next: next}))
}

func (p *Pages) editAccount(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(org.AccountManage); err != nil {
		return err
	}
	one, err := p.people.Get(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	f := views.AccountForm{Login: one.Login, Name: one.Name, Email: one.Email, Phone: one.Phone, Unit: unitLabel(tree, one.Unit), Lang: string(one.Lang), Version: strconv.FormatInt(one.Version, 10)}
	return p.showEdit(c, f, nil)
}

func (p *Pages) showEdit(c *httpx.Ctx, f views.AccountForm, err error) error {
	tree, terr := p.tree(c)
	if terr != nil {
		return terr
	}
	base := accountsAt + "/" + c.Params("id")
	f.Action, f.Cancel, f.Units, f.Title = base+"/edit", base, unitList(tree), c.T.Say("admin.account.edit")
	return p.form(c, f.Title, accountsAt, err, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.EditAccount(c.T, f)
	})
}

func (p *Pages) saveAccount(c *httpx.Ctx) error {
	if err := c.Who.Need(org.AccountManage); err != nil {
		return err
	}
	key, err := id(c)
	if err != nil {
		return err
	}
	f := typedAccount(c)
	version, err := strconv.ParseInt(f.Version, 10, 64)
	if err != nil {
		return fault.Because(fault.Conflict, "fault.changed_meanwhile", err)
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	prof, err := profileOf(f, tree)
	if err != nil {
		return p.showEdit(c, f, err)
	}
	if _, err := p.people.Change(c.Std(), c.Who, key, version, prof); err != nil {
		return p.showEdit(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("admin.saved"))
	return c.See(accountsAt + "/" + string(key))
}
