package helpdesk

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// insert puts a macro into the answer that is being typed and shows the page again,
// with the form as the macro leaves it: nothing is sent.
func (p *pages) insert(c *httpx.Ctx, id ident.ID) error {
	fill := map[string]string{"body": c.FormValue("body"), "then": c.FormValue("then"), "macro": c.FormValue("macro_done")}
	if c.FormValue("macro") != "" {
		macro, err := ident.Parse(c.FormValue("macro"))
		if err != nil {
			return err
		}
		x, err := p.Stock(c.Std(), c.Who, Macro, macro)
		if err != nil {
			return err
		}
		text, err := p.filledIn(c, id, x)
		if err != nil {
			return err
		}
		fill["body"] = strings.TrimSpace(strings.TrimSpace(fill["body"]) + "\n\n" + text)
		fill["then"] = cmp.Or(x.Next, fill["then"])
		fill["macro"] = string(x.ID)
	}
	return p.showTicket(c, attempt{form: "reply", fill: fill})
}

// filledIn is the text of a macro for a ticket.
func (p *pages) filledIn(c *httpx.Ctx, id ident.ID, x Stock) (string, error) {
	t, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return "", err
	}
	names, err := p.names(c.Std(), []ident.ID{t.Requester})
	if err != nil {
		return "", err
	}
	tree, err := p.tree(c)
	if err != nil {
		return "", err
	}
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return "", err
	}
	values := map[string]string{"so_phieu": t.Number(), "tieu_de": t.Title, "nguoi_hoi": names[t.Requester], "don_vi": tree.Place(t.Unit),
		"dich_vu": cat.Service(c.T, t.Service), "nguoi_tra_loi": c.Who.Name, "ngay": c.T.Day(p.Business.Now())}
	if t.ResolveDue != nil {
		values["han_xu_ly"] = c.T.Moment(*t.ResolveDue)
	}
	return fillIn(x.Body, values), nil
}

// macros is what the form of an answer offers of macros; filled is the one that it was
// filled from.
func (p *pages) macros(c *httpx.Ctx, filled string) (*views.MacroPick, error) {
	all, err := p.Stocks(c.Std(), c.Who, Macro)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return nil, err
	}
	v := &views.MacroPick{Options: []ui.Option{{Label: c.T.Say("helpdesk.macro.pick")}}, Filled: filled}
	for _, x := range all {
		v.Options = append(v.Options, ui.Option{Value: string(x.ID), Label: x.Name})
		if string(x.ID) == filled && x.acts() {
			v.Note = c.T.Say("helpdesk.macro.also", "acts", x.does(c.T, cat))
		}
	}
	return v, nil
}

// offered are the macros for the reader of a ticket's page.
func (p *pages) offered(c *httpx.Ctx, d Detail, a attempt) (*views.MacroPick, error) {
	if !d.Supports || d.Phase == Done {
		return nil, nil //nolint:nilnil // nobody answers
	}
	filled := a.fill["macro"]
	if a.err != nil && a.form == "reply" {
		filled = c.FormValue("macro_done")
	}
	return p.macros(c, filled)
}

// answerWith sends an answer with what follows it, and does what the macro that it was
// filled from does besides, in one transaction.
func (s *Service) answerWith(ctx context.Context, c *httpx.Ctx, id ident.ID, w Words, then string) (Ticket, error) {
	var x Stock
	if raw := c.FormValue("macro_done"); raw != "" {
		macro, err := ident.Parse(raw)
		if err != nil {
			return Ticket{}, err
		}
		if x, err = s.Stock(ctx, c.Who, Macro, macro); err != nil && !fault.Is(err, fault.Missing) {
			return Ticket{}, err // one that was dropped meanwhile has given its text and does no more
		}
	}
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		if x.alters() {
			t, err := s.alter(ctx, tx, r, c.Who, id, w.Version, x)
			if err != nil {
				return t, err
			}
			w.Version = t.Version
		}
		switch then {
		case string(Requester), string(Vendor):
			return s.HoldIn(ctx, tx, r, c.Who, id, Party(then), w)
		case string(Resolved):
			return s.ResolveIn(ctx, tx, r, c.Who, id, w)
		}
		return s.ReplyIn(ctx, tx, r, c.Who, id, w)
	})
}

// alters tells whether a macro changes the ticket beside answering it.
func (x Stock) alters() bool {
	return x.ToGroup != "" || x.Impact != 0 || x.Urgency != 0 || x.Tags != ""
}

// alter does to a ticket what a macro does besides.
func (s *Service) alter(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, version int64, x Stock) (Ticket, error) {
	return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if x.Tags != "" {
			if err := a.retag(ctx, append(a.t.TagList(), strings.Split(x.Tags, ",")...)); err != nil {
				return err
			}
		}
		if err := a.sort(ctx, "", "", x.ToGroup); err != nil {
			return err
		}
		impact, urgency := cmp.Or(x.Impact, a.t.Impact), cmp.Or(x.Urgency, a.t.Urgency)
		if impact == a.t.Impact && urgency == a.t.Urgency {
			return nil
		}
		return a.rank(ctx, impact, urgency)
	})
}

// begin fills the form of a new ticket from the template that the address names.
func (p *pages) begin(c *httpx.Ctx, f *typed) error {
	if c.Query("template") == "" {
		return nil
	}
	id, err := ident.Parse(c.Query("template"))
	if err != nil {
		return err
	}
	x, err := p.Stock(c.Std(), c.Who, Template, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	values := map[string]string{"nguoi_hoi": c.Who.Name, "don_vi": tree.Place(f.unit), "ngay": c.T.Day(p.Business.Now())}
	f.title, f.body, f.service = fillIn(x.Title, values), fillIn(x.Body, values), string(x.Service)
	if x.Impact != 0 {
		f.impact = strconv.Itoa(x.Impact)
	}
	if x.Urgency != 0 {
		f.urgency = strconv.Itoa(x.Urgency)
	}
	return nil
}

// templates are the ways to begin a new ticket.
func (p *pages) templates(c *httpx.Ctx) ([]ui.Preset, error) {
	all, err := p.Stocks(c.Std(), c.Who, Template)
	if err != nil {
		return nil, err
	}
	var list []ui.Preset
	for _, x := range all {
		list = append(list, ui.Preset{Label: x.Name, Href: "/tickets/new?template=" + string(x.ID), Active: c.Query("template") == string(x.ID), Count: -1})
	}
	return list, nil
}
