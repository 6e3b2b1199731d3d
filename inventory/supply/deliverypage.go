package supply

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/supply/views"
)

// deliveryPage builds a delivery's page; a refused form keeps what was typed into it.
type deliveryPage struct {
	p    *pages
	c    *httpx.Ctx
	v    DeliveryView
	tree *org.Tree
	form string
	e    ui.Errors
}

// frame is a form of this page; the one that was refused carries its faults.
func (b deliveryPage) frame(form, submit string) ui.FormData {
	f := ui.FormData{Action: b.v.Path() + "/" + form, Submit: b.c.T.Say(submit), Hidden: []ui.Hidden{seen(b.v.Version)}}
	if b.form == form {
		f.Errors = b.e
	}
	return f
}

func (b deliveryPage) typed(form, field, other string) string {
	if b.form == form {
		return b.c.FormValue(field)
	}
	return other
}

func (b deliveryPage) detail() views.Detail {
	t, v, who := b.c.T, b.v, b.c.Who
	state := deliveryBadge(t, v.State)
	d := views.Detail{Head: ui.HeaderData{Title: t.Say("supply.delivery.title", "code", v.Code), State: &state,
		Lead:   t.Say("supply.delivery.lead", "n", len(v.Items), "from", giverPlace(t, b.tree, v.Delivery), "to", b.tree.Place(v.Unit)),
		Crumbs: []ui.Crumb{{Label: t.Say("supply.deliveries"), Href: deliveriesAt}, {Label: v.Code}}}, Steps: b.steps(), Facts: b.facts(), Events: inventory.History(t, v.Events)}
	if v.State == Sent || v.State == Signed || v.State == Finished {
		d.Head.Action = &ui.Action{Label: t.Say("supply.paper.open"), Href: v.Path() + "/record", Icon: "printer"}
	}
	if v.State == Sent && v.gives(who) {
		d.Notice = &ui.NoticeData{Tone: ui.Info, Title: t.Say("supply.code.is", "code", v.Pin), Text: t.Say("supply.code.text"),
			Action: &ui.Action{Label: t.Say("supply.code.new"), Post: true, Href: v.Path() + "/code", Hidden: []ui.Hidden{seen(v.Version)}}}
	}
	mayCheck := v.State == Signed && who.May(inventory.Inspect)
	if !mayCheck {
		d.Sections = []views.Section{{Card: ui.CardData{Title: t.Say("supply.items"), Flush: true}, Table: b.items()}}
	} else {
		table := b.items()
		table.Pick = "seen"
		f := b.frame("check", "supply.check.submit")
		f.Wide = true
		d.Forms = append(d.Forms, views.Asked{Card: ui.CardData{Title: t.Say("supply.check"), Note: t.Say("supply.check.note")}, Form: f, Sections: []views.Section{{Table: table}}})
	}
	d.Forms = append(d.Forms, b.forms()...)
	return d
}

func (b deliveryPage) forms() []views.Asked {
	t, v, who := b.c.T, b.v, b.c.Who
	var out []views.Asked
	if v.Source == Bought && (v.State == Ordered || v.State == Sent) && (v.gives(who) || who.Covers(Sign, v.Unit)) {
		out = append(out, b.labels())
	}
	if v.State == Proposed && v.gives(who) {
		f := b.frame("step", "supply.agree")
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "to", Value: string(Agreed)})
		out = append(out, views.Asked{Card: ui.CardData{Title: t.Say("supply.agree.title"), Note: t.Say("supply.agree.note")}, Form: f})
	}
	if (v.State == Agreed || v.State == Ordered) && v.gives(who) {
		f := b.frame("step", "supply.send")
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "to", Value: string(Sent)})
		f.Fields = []ui.Field{{Name: "giver", Label: t.Say("supply.giver"), Value: b.typed("step", "giver", who.Name), Required: true, Max: longestName},
			{Name: "post", Label: t.Say("supply.post"), Value: b.typed("step", "post", ""), Hint: t.Say("supply.post_hint"), Required: true, Max: longestName}}
		out = append(out, views.Asked{Card: ui.CardData{Title: t.Say("supply.send.title"), Note: t.Say("supply.send.note")}, Form: f})
	}
	if v.State == Sent && who.Covers(Sign, v.Unit) {
		out = append(out, b.signing())
	}
	if v.State == Proposed && v.gives(who) {
		out = append(out, b.undo(Declined, "supply.decline"))
	}
	if v.State != Signed && v.State.open() && v.mayMove(who, v.Asked, Recalled) {
		out = append(out, b.undo(Recalled, "supply.recall"))
	}
	return out
}

func (b deliveryPage) undo(to DeliveryState, label string) views.Asked {
	t := b.c.T
	f := b.frame("step", label)
	f.Danger = true
	f.Hidden = append(f.Hidden, ui.Hidden{Name: "to", Value: string(to)})
	f.Fields = []ui.Field{{Name: "reason", Label: t.Say("supply.reason"), Required: true, Max: longestNote, Attrs: templ.Attributes{"id": "f-reason-" + string(to)}}}
	if b.c.FormValue("to") != string(to) {
		f.Errors = ui.Errors{}
	}
	return views.Asked{Card: ui.CardData{Title: t.Say(label)}, Form: f, Folded: true}
}

// labels ask for names and serial numbers, a scanner may type them.
func (b deliveryPage) labels() views.Asked {
	t := b.c.T
	f := b.frame("items", "supply.label.submit")
	for _, one := range batchesOf(b.v.Items) {
		n := 0
		for _, it := range b.v.Items {
			if it.Unit == one.Unit && it.Kind == one.Kind {
				n++
			}
		}
		name, serials := "name-"+one.Key(), "serials-"+one.Key()
		what := t.Say("supply.label.of", "n", n, "kind", kindWord(t, one.Kind), "place", b.tree.Name(one.Unit))
		f.Fields = append(f.Fields, ui.Field{Name: name, Label: t.Say("supply.label.name") + " · " + what, Value: b.typed("items", name, one.Name), Required: true, Max: longestName},
			ui.Field{Kind: ui.Area, Name: serials, Label: t.Say("supply.label.serials") + " · " + what, Hint: t.Say("supply.label.hint"), Value: b.typed("items", serials, one.Serials), Rows: min(n+1, 8)})
	}
	return views.Asked{Card: ui.CardData{Title: t.Say("supply.label")}, Form: f}
}

func (b deliveryPage) signing() views.Asked {
	t := b.c.T
	f := b.frame("sign", "supply.sign.submit")
	f.Multipart = true
	return views.Asked{Card: ui.CardData{Title: t.Say("supply.sign"), Note: t.Say("supply.sign.note", "n", len(b.v.Items)), ID: "sign"}, Form: f, Sign: true, Fields: []ui.Field{
		{Name: "signer", Label: t.Say("supply.signer"), Value: b.typed("sign", "signer", b.c.Who.Name), Required: true, Max: longestName, Error: f.Errors.Of("signer")},
		{Name: "post", Label: t.Say("supply.post"), Hint: t.Say("supply.post_hint"), Value: b.typed("sign", "post", ""), Required: true, Max: longestName, Error: f.Errors.Of("post"),
			Attrs: templ.Attributes{"id": "f-sign-post"}},
		{Name: "code", Label: t.Say("supply.sign.code"), Hint: t.Say("supply.sign.code_hint"), Narrow: true, Max: 6, Error: f.Errors.Of("code"), Autocomplete: "one-time-code", Attrs: templ.Attributes{"inputmode": "numeric"}},
		{Kind: ui.Photo, Name: "paper", Label: t.Say("supply.sign.paper"), Hint: t.Say("supply.sign.paper_hint"), Error: f.Errors.Of("paper")},
	}}
}

func (b deliveryPage) facts() []ui.Fact {
	t, v := b.c.T, b.v
	all := []ui.Fact{{Label: t.Say("supply.source"), Text: t.Say("supply.source." + string(v.Source))}, {Label: t.Say("supply.request"), Text: v.Asked.Code}}
	if b.c.Who.Covers(inventory.Look, v.Asked.Unit) {
		all[1] = ui.Fact{Label: t.Say("supply.request"), Value: ui.Link(v.Asked.Path(), v.Asked.Code)}
	}
	all = append(all, ui.Fact{Label: t.Say("supply.supplier"), Text: v.Supplier}, ui.Fact{Label: t.Say("supply.contract"), Text: v.Contract})
	if v.Giver != "" {
		all = append(all, ui.Fact{Label: t.Say("supply.giver"), Text: v.Giver + " · " + v.GiverPost})
	}
	if !v.SignedAt.IsZero() {
		all = append(all, ui.Fact{Label: t.Say("supply.signer"), Text: v.Signer + " · " + v.SignerPost}, ui.Fact{Label: t.Say("supply.signed_at"), Text: t.Moment(v.SignedAt)},
			ui.Fact{Label: t.Say("supply.way"), Text: t.Say("supply.way." + v.Way)}, ui.Fact{Label: t.Say("supply.paper.hash"), Text: v.Hash})
	}
	all = append(all, ui.Fact{Label: t.Say("supply.reason"), Text: v.Reason})
	if v.Open {
		due, _ := b.p.dueCell(t, true, v.DueAt)
		all = append(all, ui.Fact{Label: t.Say("supply.owner"), Text: owner(t, b.tree, v.OwnerName, v.asks())}, ui.Fact{Label: t.Say("supply.due"), Value: due})
	}
	return all
}

func (b deliveryPage) items() ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("supply.items"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.thing")}, {Label: t.Say("supply.serial")}, {Label: t.Say("supply.commune")}, {Label: t.Say("supply.seen")}}}
	for _, it := range b.v.Items {
		name := it.Name
		if name == "" {
			name = t.Say("supply.label.not_yet")
		}
		first := ui.Two(name, kindWord(t, it.Kind))
		if it.Asset != "" && b.c.Who.Covers(inventory.Look, it.Unit) && !it.Held {
			first = ui.Main("/inventory/assets/"+string(it.Asset), it.Code+" · "+name, kindWord(t, it.Kind))
		}
		shown := ui.Text("")
		row := ui.Row{}
		switch {
		case !it.SeenAt.IsZero():
			shown = ui.Badge(ui.State{Tone: ui.Good, Word: t.Say("supply.seen_at", "at", it.SeenAt)})
		case b.v.State == Signed:
			shown = ui.Badge(ui.State{Tone: ui.Warn, Word: t.Say("supply.not_seen")})
			row.Pick = string(it.ID)
		}
		row.Cells = []templ.Component{first, ui.Text(it.Serial), ui.Text(b.tree.Name(it.Unit)), shown}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// steps are where the delivery stands on its way.
func (b deliveryPage) steps() []ui.Step {
	t := b.c.T
	way := []DeliveryState{Ordered, Sent, Signed, Finished}
	if b.v.Source == Transfer {
		way = []DeliveryState{Proposed, Agreed, Sent, Signed, Finished}
	}
	at := len(way)
	bad := b.v.State == Declined || b.v.State == Recalled
	for i, s := range way {
		if s == b.v.State {
			at = i
		}
	}
	if bad {
		at = 0
	}
	var out []ui.Step
	for i, s := range way {
		one := ui.Step{Label: t.Say(string(deliveryKey(s))), State: ui.StepTodo}
		switch {
		case bad && i == 0:
			one.State, one.Note = ui.StepBad, t.Say(string(deliveryKey(b.v.State)))
		case i < at || b.v.State == Finished && !bad:
			one.State = ui.StepDone
		case i == at && !bad:
			one.State = ui.StepNow
		}
		out = append(out, one)
	}
	return out
}
