package tier

import (
	"strconv"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/tier/views"
)

// visitPage builds a visit's page; a refused form keeps what was typed into it.
type visitPage struct {
	c       *httpx.Ctx
	v       Visit
	parts   []Part
	form    string
	refused bool
	e       ui.Errors
}

func (b visitPage) typed(form, field, other string) string {
	if b.refused && b.form == form {
		return b.c.FormValue(field)
	}
	return other
}

func (b visitPage) frame(form, submit string) ui.FormData {
	f := ui.FormData{Action: "/desk/visits/" + string(b.v.ID) + "/" + form, Submit: b.c.T.Say(submit), Hidden: []ui.Hidden{seen(b.v)}}
	if b.form == form {
		f.Errors = b.e
	}
	return f
}

func (b visitPage) view(x helpdesk.Ticket, technician, place string) views.VisitView {
	t, v := b.c.T, b.v
	state := stateOf(t, v.State)
	out := views.VisitView{Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("tier.route"), Href: "/desk/visits?day=" + v.Day}, {Label: x.Number()}},
		Title: place, State: &state, Lead: x.Number() + " · " + x.Title},
		Facts: []ui.Fact{{Label: t.Say("tier.day"), Text: dayOf(t, v.Day)}, {Label: t.Say("tier.technician"), Text: technician},
			{Label: t.Say("tier.paper.ticket"), Value: ui.Link("/tickets/"+string(x.ID), x.Number())}}}
	if v.ArrivedAt != nil {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("tier.arrived"), Text: t.Moment(*v.ArrivedAt)})
	}
	if v.Reason != "" {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("tier.reason"), Text: v.Reason})
	}
	to := func(s VisitState, label string) ui.Action {
		return ui.Action{Label: t.Say(label), Post: true, Href: "/desk/visits/" + string(v.ID) + "/step", Hidden: []ui.Hidden{{Name: "to", Value: string(s)}, seen(v)}}
	}
	switch v.State {
	case Planned:
		out.Do = []ui.Action{to(OnTheWay, "tier.visit.leave"), to(OnSite, "tier.visit.arrive")}
	case OnTheWay:
		out.Do = []ui.Action{to(OnSite, "tier.visit.arrive")}
	case OnSite:
		record := b.record()
		out.Record = &record
		if v.Found != "" {
			out.Sign = b.sign()
		}
	case Signed:
		out.Said = b.said()
		out.Head.Action = &ui.Action{Label: t.Say("tier.paper.open"), Href: "/desk/visits/" + string(v.ID) + "/record", Icon: "printer"}
	}
	if v.State != Signed && v.State != Cancelled {
		f := b.frame("step", "tier.visit.cancel")
		f.Danger = true
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "to", Value: string(Cancelled)})
		f.Fields = []ui.Field{{Name: "reason", Label: t.Say("tier.reason"), Value: b.typed("step", "reason", ""), Required: true, Max: longestPhrase}}
		out.Cancel = &f
	}
	return out
}

func (b visitPage) record() ui.FormData {
	t, v := b.c.T, b.v
	f := b.frame("record", "tier.record.submit")
	f.Fields = []ui.Field{
		{Kind: ui.Area, Name: "found", Label: t.Say("tier.record.found"), Value: b.typed("record", "found", v.Found), Rows: 3, Required: true, Max: longestText},
		{Kind: ui.Area, Name: "did", Label: t.Say("tier.record.did"), Value: b.typed("record", "did", v.Did), Rows: 3, Required: true, Max: longestText},
	}
	for i := range rows {
		n, p := strconv.Itoa(i+1), Part{}
		if i < len(b.parts) {
			p = b.parts[i]
		}
		quantity := ""
		if p.Quantity > 0 {
			quantity = strconv.FormatInt(p.Quantity, 10)
		}
		if i > len(b.parts) && !b.refused {
			break // one empty line more than there are parts
		}
		f.Fields = append(f.Fields,
			ui.Field{Name: "part" + n, Label: t.Say("tier.record.part", "n", i+1), Value: b.typed("record", "part"+n, p.Name), Max: longestName},
			ui.Field{Name: "serial" + n, Label: t.Say("tier.part.number"), Value: b.typed("record", "serial"+n, p.Serial), Max: 60, Narrow: true},
			ui.Field{Kind: ui.Whole, Name: "quantity" + n, Label: t.Say("tier.part.quantity"), Value: b.typed("record", "quantity"+n, quantity), Narrow: true})
	}
	return f
}

func (b visitPage) sign() *views.SignView {
	t := b.c.T
	f := b.frame("sign", "tier.sign.submit")
	f.Multipart = true
	return &views.SignView{Form: f, Fields: []ui.Field{
		{Name: "signer", Label: t.Say("tier.sign.name"), Value: b.typed("sign", "signer", ""), Required: true, Max: longestName, Error: f.Errors.Of("signer")},
		{Name: "post", Label: t.Say("tier.sign.post"), Hint: t.Say("tier.sign.post_hint"), Value: b.typed("sign", "post", ""), Required: true, Max: longestName, Error: f.Errors.Of("post")},
	}, Paper: ui.Field{Kind: ui.Photo, Name: "paper", Label: t.Say("tier.sign.paper"), Hint: t.Say("tier.sign.paper_hint"), Error: f.Errors.Of("paper")}}
}

// said is the signed record.
func (b visitPage) said() []ui.Fact {
	t, v := b.c.T, b.v
	all := []ui.Fact{{Label: t.Say("tier.record.found"), Text: v.Found}, {Label: t.Say("tier.record.did"), Text: v.Did}}
	for _, p := range b.parts {
		all = append(all, ui.Fact{Label: t.Say("tier.parts"), Text: partOf(t, p)})
	}
	return append(all, ui.Fact{Label: t.Say("tier.paper.commune"), Text: v.Signer + " · " + v.SignerPost}, ui.Fact{Label: t.Say("tier.paper.signed"), Text: t.Moment(*v.EndedAt)},
		ui.Fact{Label: t.Say("tier.paper.hash"), Text: v.Hash})
}
