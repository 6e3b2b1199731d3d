package notices

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/site"
	"lotrinh/internal/site/notices/views"
	"lotrinh/internal/site/ui"
)

// kinds are the kinds of notice that a person can have wishes for.
func (p *Pages) kinds() []string {
	var all []string
	for _, k := range p.Sender.Kinds {
		if !k.Outside {
			all = append(all, k.Code)
		}
	}
	return append(all, notify.Others)
}

func (p *Pages) wishes(c *httpx.Ctx) error {
	kept, err := notify.Wishes(c.Std(), p.db.Read(), c.Who.ID)
	if err != nil {
		return err
	}
	choice, err := notify.ChoiceOf(c.Std(), p.db.Read(), c.Who.ID)
	if err != nil {
		return err
	}
	var rows []notify.Wish
	for _, kind := range p.kinds() {
		w, ok := kept[kind]
		if !ok {
			w = notify.Wish{Kind: kind, Channel: notify.ByMail}
			if !choice.Mail {
				w.Channel = notify.OnScreen
			}
		}
		rows = append(rows, w)
	}
	return p.showWishes(c, rows, nil)
}

// showWishes shows the form; refused says what was wrong with it.
func (p *Pages) showWishes(c *httpx.Ctx, rows []notify.Wish, refused error) error {
	people, err := p.Sender.People.ForNotices(c.Std(), []ident.ID{c.Who.ID})
	if err != nil {
		return err
	}
	v := views.WishesView{Phone: people[c.Who.ID].Phone != "", Mute: p.Sender.Gate == nil, Errors: ui.ErrorsOf(c.T, refused)}
	for _, w := range rows {
		row := views.WishRow{Kind: w.Kind, Label: c.T.Say("notify.kind." + w.Kind), Channel: w.Channel, Digest: w.Digest}
		if row.Digest == "" {
			row.Digest = atOnce
		}
		v.Rows = append(v.Rows, row)
	}
	show := site.Page{Title: c.T.Say("notices.wishes"), At: bellAt}
	if refused != nil {
		show.Status = fault.Of(refused).Kind.Status()
	}
	return p.page.Show(c, show, views.Wishes(c.T, v))
}

// atOnce is the choice of no digest in a form.
const atOnce = "now"

func (p *Pages) wish(c *httpx.Ctx) error {
	var rows []notify.Wish
	for _, kind := range p.kinds() {
		w := notify.Wish{Account: c.Who.ID, Kind: kind, Channel: c.FormValue("channel." + kind), Digest: c.FormValue("digest." + kind)}
		if w.Digest == atOnce || w.Channel != notify.ByMail {
			w.Digest = "" // what is not mail goes at once
		}
		rows = append(rows, w)
	}
	err := p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error { return notify.WishFor(ctx, tx, rows...) })
	if fault.Is(err, fault.Invalid) {
		return p.showWishes(c, rows, err)
	} else if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("notices.wishes.done"))
	return c.See(notify.WishesAt)
}
