package admin

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/admin/views"
	"lotrinh/internal/site/ui"
)

func today(c clock.Clock) string { return clock.Date(c.Now()) }

func (p *Pages) newPost(c *httpx.Ctx) error {
	if err := c.Who.Need(org.AccountManage); err != nil {
		return err
	}
	return p.showPost(c, views.PostForm{From: today(p.business)}, nil)
}

func (p *Pages) showPost(c *httpx.Ctx, f views.PostForm, err error) error {
	key, kerr := id(c)
	if kerr != nil {
		return kerr
	}
	one, gerr := p.people.Get(c.Std(), c.Who, key)
	if gerr != nil {
		return gerr
	}
	tree, terr := p.tree(c)
	if terr != nil {
		return terr
	}
	base := accountsAt + "/" + string(key)
	f.Action, f.Cancel, f.Name, f.Units, f.Roles = base+"/posts/new", base, one.Name, unitList(tree), roleOptions(c.T)
	return p.form(c, c.T.Say("admin.post.give"), accountsAt, err, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.GivePost(c.T, f)
	})
}

func (p *Pages) givePost(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := views.PostForm{Role: c.FormValue("role"), Unit: c.FormValue("unit"), From: c.FormValue("from"), Until: c.FormValue("until")}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	unit, err := unitTyped(tree, f.Unit)
	if err != nil {
		return p.showPost(c, f, err)
	}
	if _, err := p.people.Grant(c.Std(), c.Who, key, org.Post{Role: access.Role(f.Role), Unit: unit, From: f.From, Until: f.Until}); err != nil {
		return p.showPost(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("admin.post.given"))
	return c.See(accountsAt + "/" + string(key))
}

// postsToReview lists posts over units that have ended, with what they reach now.
func (p *Pages) postsToReview(c *httpx.Ctx) error {
	list, err := p.people.PostsToReview(c.Std(), c.Who)
	if err != nil {
		return err
	}
	var ids []ident.ID
	for _, r := range list {
		ids = append(ids, r.Post.Account)
	}
	names, err := p.people.Names(c.Std(), ids)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	var rows []ui.Row
	for _, r := range list {
		var now []string
		for _, code := range r.Units {
			now = append(now, tree.Name(code))
		}
		href := accountsAt + "/" + string(r.Post.Account)
		rows = append(rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, names[r.Post.Account], ""), ui.Text(roleWords(c.T, r.Post.Role)), ui.Two(r.Was, r.Post.Unit), ui.Text(strings.Join(now, ", "))}})
	}
	return p.page.Show(c, site.Page{Title: c.T.Say("admin.review"), At: accountsAt}, views.Review(c.T, rows))
}

// done says what was done to an account and shows it again.
func (p *Pages) done(c *httpx.Ctx, key ident.ID, err error, said string) error {
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(accountsAt + "/" + string(key))
}

func (p *Pages) endPost(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	post, err := ident.Parse(c.Params("post"))
	if err != nil {
		return err
	}
	return p.done(c, key, p.people.EndPost(c.Std(), c.Who, key, post), "admin.post.ended")
}

func (p *Pages) lock(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.done(c, key, p.people.Lock(c.Std(), c.Who, key), "admin.locked")
}

func (p *Pages) close(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.done(c, key, p.people.Close(c.Std(), c.Who, key), "admin.closed")
}

// doSecond is the word of the form by which support takes codes off an account.
const doSecond = "second"

func (p *Pages) helpForm(c *httpx.Ctx) error {
	if err := c.Who.Need(org.AccountHelp); err != nil {
		return err
	}
	return p.showHelp(c, views.HelpForm{Second: c.Query("do") == doSecond}, nil)
}

func (p *Pages) showHelp(c *httpx.Ctx, f views.HelpForm, err error) error {
	key, kerr := id(c)
	if kerr != nil {
		return kerr
	}
	one, gerr := p.people.Get(c.Std(), c.Who, key)
	if gerr != nil {
		return gerr
	}
	base := accountsAt + "/" + string(key)
	f.Action, f.Cancel, f.Name, f.Phone, f.Locked = base+"/help", base, one.Name, one.Phone, one.State == org.Locked
	for _, check := range org.Checks {
		if check == org.CalledBack && one.Phone == "" {
			continue // there is no number to call
		}
		f.Checks = append(f.Checks, ui.Option{Value: string(check), Label: c.T.Say("admin.check." + string(check))})
	}
	return p.form(c, c.T.Say("admin.help"), accountsAt, err, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.Help(c.T, f)
	})
}

// help unlocks, or gives a password for one use that the answer shows once.
func (p *Pages) help(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := views.HelpForm{Check: c.FormValue("check"), Note: c.FormValue("note"), Second: c.FormValue("do") == doSecond}
	switch c.FormValue("do") {
	case doSecond:
		if err := p.people.HelpSecond(c.Std(), c.Who, key, org.Check(f.Check), f.Note); err != nil {
			return p.showHelp(c, f, err)
		}
		return p.done(c, key, nil, "admin.second.dropped")
	case "unlock":
		if err := p.people.HelpUnlock(c.Std(), c.Who, key, org.Check(f.Check), f.Note); err != nil {
			return p.showHelp(c, f, err)
		}
		return p.done(c, key, nil, "admin.unlocked")
	}
	password, err := p.people.HelpReset(c.Std(), c.Who, key, org.Check(f.Check), f.Note)
	if err != nil {
		return p.showHelp(c, f, err)
	}
	one, err := p.people.Get(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return p.showOnce(c, one.Name, one.Login, password, accountsAt+"/"+string(key))
}
