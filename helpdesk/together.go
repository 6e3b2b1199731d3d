package helpdesk

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// together declares what the page of a ticket asks for while it is open.
func (p *pages) together(r *httpx.Router) {
	r.Page("POST", "/tickets/:id/presence", p.presence)
	r.Page("POST", "/tickets/:id/unsent/:box", p.keepUnsent)
}

// presence is the heart-beat of an open page: it says that its reader is there, and
// answers who else is and what was said meanwhile. A page that closes sends "leave".
func (p *pages) presence(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if c.FormValue("leave") != "" {
		if err := p.Leave(c.Std(), c.Who, id); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
	others, err := p.Here(c.Std(), c.Who, id, c.FormValue("writing") != "")
	if err != nil {
		return err
	}
	v := presenceView(others)
	if seen, err := strconv.ParseInt(c.FormValue("was_messages"), 10, 64); err == nil {
		t, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
		if err != nil {
			return err
		}
		news, err := p.since(c.Std(), t, seen)
		if err != nil {
			return err
		}
		for _, m := range news {
			if m.Author != c.Who.ID {
				v.News, v.Href = v.News+1, "/tickets/"+string(id)+"#conversation"
			}
		}
	}
	return p.site.ShowPart(c, views.Others(c.T, v))
}

func presenceView(others []Presence) views.OthersView {
	var v views.OthersView
	for _, o := range others {
		if o.Writing {
			v.Writing = append(v.Writing, o.Name)
		} else {
			v.Looking = append(v.Looking, o.Name)
		}
	}
	return v
}

// keepUnsent keeps what is being typed, and says when it did.
func (p *pages) keepUnsent(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	at, err := p.KeepUnsent(c.Std(), c.Who, id, Box(c.Params("box")), c.FormValue("body"))
	if err != nil {
		return err
	}
	return p.site.ShowPart(c, views.Kept(c.T, at))
}

// keepRefused keeps the text of a form that was refused, as if it were still being typed.
func (p *pages) keepRefused(c *httpx.Ctx, id ident.ID, form string) error {
	box := map[string]Box{"reply": BoxReply, "note": BoxNote}[form]
	if box == "" || c.FormValue("body") == "" {
		return nil
	}
	_, err := p.KeepUnsent(c.Std(), c.Who, id, box, c.FormValue("body"))
	switch fault.Of(err).Kind {
	case fault.Invalid, fault.Denied, fault.Missing:
		return nil // the form's own refusal says it
	}
	return err
}

// both reads what the page of a ticket says about others and about what its reader had
// typed, and hands back how to put it there.
func (p *pages) both(c *httpx.Ctx, d Detail, a attempt) (func(*views.TicketView), error) {
	clash, err := p.meanwhile(c, d, a)
	if err != nil {
		return nil, err
	}
	if d.State == Closed || !d.Supports && !d.Own {
		return func(*views.TicketView) {}, nil
	}
	typed, err := p.unsentOf(c.Std(), c.Who, d.ID)
	if err != nil {
		return nil, err
	}
	var here *views.PresenceView
	if d.Supports {
		others, err := p.here(c.Std(), c.Who, d.ID, len(typed) > 0)
		if err != nil {
			return nil, err
		}
		here = &views.PresenceView{Action: "/tickets/" + string(d.ID) + "/presence", Messages: strconv.FormatInt(d.Ticket.Messages, 10), Writing: len(typed) > 0, Others: presenceView(others)}
	}
	macros, err := p.offered(c, d, a)
	if err != nil {
		return nil, err
	}
	return func(v *views.TicketView) {
		v.Meanwhile, v.Presence = clash, here
		for i := range v.Forms {
			restore(c, d, &v.Forms[i], typed)
			if f := &v.Forms[i]; f.ID == "form-reply" {
				f.Macros = macros
				for k, v := range ui.Keyed("r", f.Title) {
					f.Fields[0].Attrs[k] = v
				}
				if a.fill != nil {
					f.Fields[0].Attrs["data-focus"] = true
				}
			}
		}
	}, nil
}

// restore makes a form's text one that is kept, and gives it what was kept before.
func restore(c *httpx.Ctx, d Detail, f *views.Form, typed map[Box]Unsent) {
	box := map[string]Box{"form-reply": BoxReply, "form-note": BoxNote}[f.ID]
	for i := range f.Fields {
		one := &f.Fields[i]
		if box == "" || one.Name != "body" {
			continue
		}
		f.Kept = &views.KeptView{ID: "kept-" + string(box)}
		if was, ok := typed[box]; ok && one.Value == "" {
			one.Value, f.Open = was.Body, true
			f.Kept.Text = c.T.Say("helpdesk.unsent.restored", "at", was.At)
		}
		if one.Attrs == nil {
			one.Attrs = map[string]any{}
		}
		for k, v := range map[string]string{"hx-post": "/tickets/" + string(d.ID) + "/unsent/" + string(box), "hx-trigger": "input changed delay:2s",
			"hx-target": "#kept-" + string(box), "hx-select": "unset", "hx-swap": "innerHTML", "hx-params": "body", "hx-sync": "this:replace", "data-unsent": string(box)} {
			one.Attrs[k] = v
		}
	}
}
