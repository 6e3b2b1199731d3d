package intake

import (
	"context"
	"net/url"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/intake/views"
)

// logins are the user names of keys.
func (s *Service) logins(ctx context.Context, all []Refusal) (map[ident.ID]string, error) {
	out := map[ident.ID]string{}
	var ids []ident.ID
	for _, r := range all {
		if r.Key != "" {
			ids = append(ids, r.Key)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Key
	err := s.DB.Read().NewSelect().Model(&rows).Column("ak.id", "ak.login").Where("ak.id IN (?)", bun.List(ids)).Scan(ctx)
	for _, k := range rows {
		out[k.ID] = k.Login
	}
	return out, db.Sorted(err)
}

// sender shows one agent with what it sent.
func (p *pages) sender(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	x, rows, err := p.Sender(c.Std(), c.Who, id, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	assets, err := p.assets(c.Std(), p.DB.Read(), c.Who, []Sender{x})
	if err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	st := x.StateAt(now, p.silence())
	title := named(t, x)
	v := views.OneView{Head: ui.HeaderData{Crumbs: p.crumbs(t, title), Title: title, Lead: standing(t, tree, x), State: &ui.State{Tone: stateTones[st], Word: t.Say("intake.state." + string(st))}},
		Card: ui.CardData{Title: t.Say("intake.sender.facts")}, Facts: senderFacts(t, x, assets[x.Asset]), LogCard: ui.CardData{Title: t.Say("intake.log"), Flush: true},
		Log: logTable(t, x, rows)}
	if line, ok := x.Problem(); ok && st == Failing {
		v.Problem = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("intake.sender.problem"), Text: t.Moment(*x.BadAt) + ". " + said(t, line)}
	}
	if c.Who.Covers(Keys, x.Unit) {
		a := ui.Action{Label: t.Say("intake.sender.aside"), Post: true, Href: home + "/" + string(x.ID) + "/aside", Hidden: []ui.Hidden{{Name: "aside", Value: "1"}}}
		if x.AsideAt != nil {
			a.Label, a.Hidden = t.Say("intake.sender.await"), nil
		}
		v.Head.More = []ui.Action{a}
	}
	return p.site.Show(c, site.Page{Title: title, At: "/inventory", Tabs: p.Equip.Tabs(t, c.Who, home)}, views.One(t, v))
}

func senderFacts(t i18n.T, x Sender, a inventory.Asset) []ui.Fact {
	asset := ui.Fact{Label: t.Say("intake.sender.asset"), Text: t.Say("intake.sender.no_asset")}
	if a.Code != "" {
		asset.Value = ui.Link("/inventory/assets/"+string(a.ID), a.Code+" · "+a.Name)
	}
	if x.Doubt {
		asset.Text = t.Say("intake.sender.doubt")
	}
	tls := x.TLS
	if tls == "" {
		tls = t.Say("intake.sender.no_tls")
	}
	good := t.Say("intake.never_yet")
	if x.GoodAt != nil {
		good = t.Moment(*x.GoodAt)
	}
	all := []ui.Fact{asset, {Label: t.Say("intake.col.good"), Text: good}, {Label: t.Say("intake.col.seen"), Text: t.Moment(x.SeenAt)}, {Label: t.Say("intake.sender.first"), Text: t.Moment(x.FirstAt)},
		{Label: t.Say("intake.sender.device"), Text: x.Device}, {Label: t.Say("intake.col.agent"), Text: x.Agent}, {Label: t.Say("intake.sender.tag"), Text: x.Tag},
		{Label: t.Say("intake.sender.remote"), Text: x.Remote}}
	if !x.File {
		all = append(all, ui.Fact{Label: t.Say("intake.sender.tls"), Text: tls})
	}
	return all
}

func logTable(t i18n.T, x Sender, rows page.Page[Message]) ui.TableData {
	table := ui.TableData{Caption: t.Say("intake.log"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("intake.log.at")}, {Label: t.Say("intake.log.result")},
		{Label: t.Say("intake.log.size"), Num: true, Quiet: true}, {Label: t.Say("intake.log.from"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "message", Title: t.Say("intake.log.none")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, m := range rows.Items {
		kind := "intake.kind.unknown"
		if m.Kind != "" {
			kind = "intake.kind." + string(m.Kind)
		}
		result := ui.Badge(ui.State{Tone: resultTones[m.Result], Word: t.Say("intake.result." + string(m.Result))})
		if note := m.Note(t); note != "" {
			result = views.Stated(result, note)
		}
		from := m.Remote
		if m.File != "" {
			from = t.Say("intake.log.file", "name", m.File)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{linked(m, t.Moment(m.At), t.Say(kind)), result,
			ui.Text(m.bytes(t)), ui.Text(from)}})
	}
	if rows.Next != "" {
		table.Pager.Next = home + "/" + string(x.ID) + "?" + url.Values{"after": {rows.Next}}.Encode()
	}
	if !rows.First {
		table.Pager.First = home + "/" + string(x.ID)
	}
	return table
}

// bytes is how large a message was, as it came and unpacked; the latter is not known of
// one that could not be read.
func (m Message) bytes(t i18n.T) string {
	if m.Size == 0 {
		return t.Say("intake.log.wire", "wire", t.Decimal(float64(m.Wire)/1024, 1))
	}
	return t.Say("intake.log.bytes", "wire", t.Decimal(float64(m.Wire)/1024, 1), "size", t.Decimal(float64(m.Size)/1024, 1))
}

// Note is why a message was refused, or what was repaired in it.
func (m Message) Note(t i18n.T) string {
	if line, ok := lineOf(m.Problem); ok {
		return t.Line(line)
	}
	note := ""
	for _, r := range []agent.Repair{agent.Recoded, agent.Cleaned, agent.Cut} {
		if !hasWord(m.Repairs, string(r)) {
			continue
		}
		if note != "" {
			note += ", "
		}
		note += t.Say("intake.repair." + string(r))
	}
	return note
}

func (p *pages) aside(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	aside := c.FormValue("aside") != ""
	x, err := p.SetAside(c.Std(), c.Who, id, aside)
	if err != nil {
		return err
	}
	done := "intake.sender.await_done"
	if aside {
		done = "intake.sender.aside_done"
	}
	site.Flash(c, ui.Good, c.T.Say(done, "device", named(c.T, x)))
	return c.See(home + "/" + string(x.ID))
}

func (p *pages) keysPage(c *httpx.Ctx) error { return p.showKeys(c, nil, nil) }

// showKeys lists the keys, with the form for a new one; what was just made shows its
// secret, once.
func (p *pages) showKeys(c *httpx.Ctx, made *MadeKey, refused error) error {
	rows, err := p.AllKeys(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	return p.shown(c, t.Say("intake.key.title"), refused, func(e ui.Errors) templ.Component {
		v := views.KeysView{Head: ui.HeaderData{Crumbs: p.crumbs(t, t.Say("intake.keys")), Title: t.Say("intake.key.title"), Lead: t.Say("intake.key.lead")},
			Card: ui.CardData{Flush: true}, Table: keyTable(t, tree, rows), FormCard: ui.CardData{Title: t.Say("intake.key.new")},
			Form: ui.FormData{Action: home + "/keys", Errors: e, Submit: t.Say("intake.key.new"), Fields: []ui.Field{
				{Kind: ui.Select, Name: "unit", Label: t.Say("intake.key.unit"), Hint: t.Say("intake.key.unit_hint"), Value: formValue(c, made, "unit"), Required: true,
					Options: unitOptions(c, tree, Keys, false, t.Say("intake.unit.choose"))},
				{Name: "note", Label: t.Say("intake.key.note"), Hint: t.Say("intake.key.note_hint"), Value: formValue(c, made, "note"), Max: longestNote}}}}
		if made != nil {
			v.Made = p.madeView(t, *made)
		}
		return views.Keys(t, v)
	})
}

// formValue is what was typed, unless it has led to a key.
func formValue(c *httpx.Ctx, made *MadeKey, name string) string {
	if made != nil {
		return ""
	}
	return c.FormValue(name)
}

func (p *pages) madeView(t i18n.T, made MadeKey) *views.MadeView {
	direct := p.BaseURL + agentPath
	if u, err := url.Parse(direct); err == nil {
		u.User = url.UserPassword(made.Login, made.Plain)
		direct = u.String()
	}
	return &views.MadeView{Title: t.Say("intake.key.made", "login", made.Login), Lines: []views.Secret{
		{Label: t.Say("intake.key.url"), Text: direct},
		{Label: t.Say("intake.key.password"), Text: made.Login + ":" + made.Plain},
		{Label: t.Say("intake.key.path"), Text: p.BaseURL + made.Path()},
		{Label: t.Say("intake.key.example"), Text: "fusioninventory-agent --server=" + direct + " --no-category=environment,process,local_user,local_group"},
	}}
}

func keyTable(t i18n.T, tree *org.Tree, rows page.Page[Key]) ui.TableData {
	table := ui.TableData{Caption: t.Say("intake.key.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("intake.key.login")}, {Label: t.Say("intake.col.state")},
		{Label: t.Say("intake.key.made_at"), Quiet: true}, {Label: t.Say("intake.key.used_at")}, {Label: ""}},
		Empty: ui.EmptyData{Icon: "lock", Title: t.Say("intake.key.none"), Text: t.Say("intake.key.none_text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, k := range rows.Items {
		used := t.Say("intake.never_yet")
		if k.UsedAt != nil {
			used = t.Moment(*k.UsedAt)
		}
		state, do := ui.State{Tone: ui.Good, Word: t.Say("intake.key.state.active")}, ui.Button(t, ui.Action{Label: t.Say("intake.key.revoke"), Post: true, Danger: true,
			Href: home + "/keys/" + string(k.ID) + "/revoke", Confirm: &ui.Confirm{ID: "revoke-" + string(k.ID), Title: t.Say("intake.key.revoke_sure", "login", k.Login),
				Text: t.Say("intake.key.revoke_text"), Yes: t.Say("intake.key.revoke")}}, "btn btn-sm")
		if k.RevokedAt != nil {
			state, do = ui.State{Tone: ui.Neutral, Word: t.Say("intake.key.state.revoked")}, ui.Text("")
		}
		sub := tree.Place(k.Unit)
		if k.Note != "" {
			sub += " · " + k.Note
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(k.Login, sub), ui.Badge(state), ui.Text(t.Moment(k.MadeAt)), ui.Text(used), do}})
	}
	if rows.Next != "" {
		table.Pager.Next = home + "/keys?" + url.Values{"after": {rows.Next}}.Encode()
	}
	return table
}

func (p *pages) makeKey(c *httpx.Ctx) error {
	made, err := p.MakeKey(c.Std(), c.Who, c.FormValue("unit"), c.FormValue("note"))
	if err != nil {
		return p.showKeys(c, nil, err)
	}
	return p.showKeys(c, &made, nil)
}

func (p *pages) revokeKey(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	k, err := p.RevokeKey(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("intake.key.revoked", "login", k.Login))
	return c.See(home + "/keys")
}
