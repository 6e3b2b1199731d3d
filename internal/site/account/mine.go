package account

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/account/views"
	"lotrinh/internal/site/ui"
)

func (p *Pages) mine(c *httpx.Ctx) error { return p.showMine(c, nil, nil) }

// showMine shows the page; typed keeps what was typed into a refused profile.
func (p *Pages) showMine(c *httpx.Ctx, typed *org.Profile, refused error) error {
	v, err := p.mineView(c)
	if err != nil {
		return err
	}
	if typed != nil {
		v.Profile = profile(*typed)
	}
	return p.shown(c, c.T.Say("account.mine"), false, refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Mine(c.T, v)
	})
}

func profile(p org.Profile) views.Profile {
	return views.Profile{Name: p.Name, Email: p.Email, Phone: p.Phone, Lang: string(p.Lang)}
}

func (p *Pages) mineView(c *httpx.Ctx) (views.MineView, error) {
	one, err := p.people.Get(c.Std(), c.Who, c.Who.ID)
	if err != nil {
		return views.MineView{}, err
	}
	atlas, err := p.units.Atlas(c.Std())
	if err != nil {
		return views.MineView{}, err
	}
	date := clock.Date(p.business.Now())
	tree := atlas.Tree(date)
	v := views.MineView{Login: one.Login, Version: one.Version, Profile: profile(one.Profile()), Unit: c.T.Say("account.city"), More: p.beside(c)}
	if one.Unit != "" {
		v.Unit = tree.Place(one.Unit)
	}
	for _, post := range one.Posts {
		if !post.On(date) {
			continue
		}
		where := c.T.Say("account.everywhere")
		if post.Unit != "" {
			where = tree.Place(post.Unit)
			if _, lives := tree.Unit(post.Unit); !lives {
				where = atlas.Name(post.Unit, date)
			}
		}
		v.Posts = append(v.Posts, views.Post{Role: c.T.Say("role." + string(post.Role)), Where: where, Until: day(c.T, post.Until)})
	}
	sessions, current, err := p.people.Sessions(c.Std(), c.Who, c.Session())
	if err != nil {
		return v, err
	}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, views.Session{ID: string(s.ID), Agent: s.Agent, Address: s.Address, Seen: s.SeenAt, Since: s.CreatedAt, Current: s.ID == current})
	}
	if v.MayToken = c.Who.May(org.TokenOwn); !v.MayToken {
		return v, nil
	}
	tokens, err := p.people.Tokens(c.Std(), c.Who)
	for _, one := range tokens {
		v.Tokens = append(v.Tokens, views.Token{ID: string(one.ID), Name: one.Name, Scope: one.Scope, Made: one.CreatedAt, Until: one.ExpiresAt, Used: one.UsedAt})
	}
	return v, err
}

func day(t i18n.T, date string) string {
	at, err := clock.ParseDate(date)
	if err != nil {
		return "" // no end
	}
	return t.Day(at)
}

// rights are what a token of this person may be limited to.
func rights(who access.Actor) []string {
	var list []string
	for _, p := range who.Perms() {
		list = append(list, string(p))
	}
	return list
}

func (p *Pages) saveProfile(c *httpx.Ctx) error {
	in := org.Profile{Name: c.FormValue("name"), Email: c.FormValue("email"), Phone: c.FormValue("phone"), Lang: i18n.Lang(c.FormValue("lang"))}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return fault.Because(fault.Conflict, "fault.changed_meanwhile", err)
	}
	a, err := p.people.ChangeOwn(c.Std(), c.Who, version, in)
	if err != nil {
		return p.showMine(c, &in, err)
	}
	c.SetLang(a.Lang)
	site.Flash(c, ui.Good, c.T.Say("account.saved"))
	return c.See("/account")
}

func (p *Pages) endSession(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.people.EndSession(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("account.session.ended"))
	return c.See("/account")
}

func (p *Pages) tokenForm(c *httpx.Ctx) error {
	if err := c.Who.Need(org.TokenOwn); err != nil {
		return err
	}
	return p.showToken(c, views.TokenView{Days: "90"}, nil)
}

func (p *Pages) showToken(c *httpx.Ctx, v views.TokenView, err error) error {
	v.Rights = rights(c.Who)
	return p.shown(c, c.T.Say("account.token.make"), false, err, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.NewToken(c.T, v)
	})
}

// makeToken answers with the page itself, not a redirect: the token is shown once and
// must not travel in an address or a cookie.
func (p *Pages) makeToken(c *httpx.Ctx) error {
	v := views.TokenView{Name: c.FormValue("name"), Days: c.FormValue("days")}
	in := org.NewToken{Name: v.Name}
	for _, raw := range c.Request().PostArgs().PeekMulti("scope") {
		v.Scope = append(v.Scope, string(raw))
		in.Scope = append(in.Scope, access.Perm(raw))
	}
	days, err := strconv.Atoi(v.Days)
	if err != nil || days < 1 || days > 10000 {
		days = -1 // refused as too short
	}
	in.Life = time.Duration(days) * 24 * time.Hour
	secret, _, err := p.people.MakeToken(c.Std(), c.Who, in)
	if err != nil {
		return p.showToken(c, v, err)
	}
	return p.showToken(c, views.TokenView{Secret: secret}, nil)
}

func (p *Pages) endToken(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.people.EndToken(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("account.token.ended"))
	return c.See("/account")
}
