package filing

import (
	"encoding/json"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/filing/views"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// What an applicant can do with a dossier, by the last part of the address.
const (
	doSupply   = "bo-sung"
	doWithdraw = "rut-ho-so"
	doConfirm  = "xac-nhan"
	doRate     = "danh-gia"
)

// ask shows the page of something that the applicant can do.
func (p *pages) ask(c *httpx.Ctx) error {
	pass, open, err := p.passed(c)
	if err != nil {
		return p.gone(c, err, trackPath, "filing.pass.again")
	}
	if !open {
		return c.See(p.ownPath(pass))
	}
	return p.showAsk(c, pass, nil)
}

func (p *pages) showAsk(c *httpx.Ctx, pass Pass, refused error) error {
	m, err := p.mineOf(c.Std(), pass)
	if err != nil {
		return err
	}
	// What can no longer be done is not asked: the dossier's page says how it stands.
	switch what := c.Params("do"); {
	case what == doSupply && m.Waiting == dossier.ForSupplement:
		return p.showSupply(c, m, refused)
	case what == doWithdraw && p.Dossiers.May(applicant(), m.def, m.Dossier, dossier.Withdraw):
		return p.showWithdraw(c, m, refused)
	case what == doConfirm && m.Waiting == dossier.ForConfirmation:
		return p.showConfirm(c, m, refused)
	case what == doRate && rateable(m.Dossier):
		return p.showRate(c, m, refused)
	case what == doSupply || what == doWithdraw || what == doConfirm || what == doRate:
		return c.See(p.ownPath(pass))
	}
	return fault.New(fault.Missing, "fault.missing")
}

// act does it.
func (p *pages) act(c *httpx.Ctx) error {
	pass, open, err := p.passed(c)
	if err != nil {
		return p.gone(c, err, trackPath, "filing.pass.again")
	}
	if !open {
		return c.See(p.ownPath(pass))
	}
	ver := c.Version()
	var done string
	switch c.Params("do") {
	case doSupply:
		if c.FormValue("do") != "send" {
			return p.supplyFile(c, pass)
		}
		done, err = "filing.done.supply", p.Supply(c.Std(), pass, c.FormValue("words"))
	case doWithdraw:
		done, err = "filing.done.withdraw", p.Withdraw(c.Std(), pass, ver, c.FormValue("why"))
	case doConfirm:
		if c.FormValue("do") == "object" {
			done, err = "filing.done.object", p.Object(c.Std(), pass, ver, c.FormValue("why"))
		} else {
			done, err = "filing.done.confirm", p.Agree(c.Std(), pass, ver)
		}
	case doRate:
		done = "filing.done.rate"
		var r Rating
		if r, err = ratingOf(c); err == nil {
			err = p.Rate(c.Std(), pass, r)
		}
	default:
		return fault.New(fault.Missing, "fault.missing")
	}
	if err != nil {
		return p.showAsk(c, pass, err)
	}
	site.Flash(c, ui.Good, c.T.Say(done))
	return c.See(p.ownPath(pass))
}

// supplyFile takes pictures of a plain form in, or one away.
func (p *pages) supplyFile(c *httpx.Ctx, pass Pass) error {
	f, err := p.SupplementOf(c.Std(), pass)
	if err == nil {
		err = p.receive(c, f, c.Query("giay"))
	}
	if err != nil {
		return p.showAsk(c, pass, err)
	}
	return c.See(p.ownPath(pass) + "/" + doSupply)
}

// version is the hidden field by which a form says what its reader saw.
func version(m mine) []ui.Hidden {
	return []ui.Hidden{{Name: "version", Value: strconv.FormatInt(m.Ver, 10)}}
}

func (p *pages) showWithdraw(c *httpx.Ctx, m mine, refused error) error {
	title := c.T.Say("filing.withdraw", "number", m.Number())
	return p.show(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Ask(c.T, views.AskView{Back: p.ownPath(m.pass), Number: m.def.Name.Say(string(c.T.Lang)), Title: title, Text: c.T.Say("filing.withdraw.note"),
			Form: ui.FormData{Action: p.ownPath(m.pass) + "/" + doWithdraw, Errors: e, Hidden: version(m), Danger: true, Loose: true, Submit: c.T.Say("filing.withdraw.go", "number", m.Number()),
				Cancel: p.ownPath(m.pass),
				Fields: []ui.Field{{Kind: ui.Area, Name: "why", Label: c.T.Say("filing.withdraw.why"), Value: c.FormValue("why"), Rows: 3, Max: dossier.MostSaid, Required: true}}}})
	})
}

// showConfirm shows what the certificate will say, to be confirmed or objected to.
func (p *pages) showConfirm(c *httpx.Ctx, m mine, refused error) error {
	raw, err := p.Dossiers.AnswersOf(c.Std(), p.DB.Read(), m.ID)
	if err != nil {
		return err
	}
	answers, err := readAnswers(raw)
	if err != nil {
		return err
	}
	seen, _, err := p.judged(c.Std(), m.Unit)
	if err != nil {
		return err
	}
	seen.Accepted = m.AcceptedAt
	var facts []ui.Fact
	for _, s := range form.Summary(m.form, answers, seen) {
		for _, l := range s.Lines {
			if text := l.Value.In(c.T.Lang); text != "" {
				facts = append(facts, ui.Fact{Label: l.Label.In(c.T.Lang), Text: text})
			}
		}
	}
	action, title := p.ownPath(m.pass)+"/"+doConfirm, c.T.Say("filing.confirm")
	return p.show(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Ask(c.T, views.AskView{Back: p.ownPath(m.pass), Number: m.Number() + " · " + m.def.Name.Say(string(c.T.Lang)), Title: title, Text: c.T.Say("filing.confirm.note"), Facts: facts,
			Form:      ui.FormData{Action: action, Hidden: version(m), Loose: true, Submit: c.T.Say("filing.confirm.go")},
			MoreTitle: c.T.Say("filing.object"),
			More: &ui.FormData{Action: action, Errors: e, Hidden: append(version(m), ui.Hidden{Name: "do", Value: "object"}), Loose: true, Submit: c.T.Say("filing.object.go"),
				Fields: []ui.Field{{Kind: ui.Area, Name: "why", Label: c.T.Say("filing.object.why"), Value: c.FormValue("why"), Rows: 3, Max: dossier.MostSaid, Required: true}}}})
	})
}

// showSupply shows what was asked for and takes it: each paper that is missing, and others.
func (p *pages) showSupply(c *httpx.Ctx, m mine, refused error) error {
	f, err := p.SupplementOf(c.Std(), m.pass)
	if err != nil {
		return err
	}
	have, err := p.Documents(c.Std(), f)
	if err != nil {
		return err
	}
	home := p.ownPath(m.pass)
	action := home + "/" + doSupply
	v := views.SupplyView{Back: home, Number: m.Number() + " · " + m.def.Name.Say(string(c.T.Lang)), Asked: m.lastSaid(dossier.AskSupplement)}
	keys := []string{}
	for _, state := range []string{Missing, Present} { // a photo that is there may be asked for again
		for _, one := range m.docs {
			if !one.Shown && one.State == state && one.Key != Other {
				keys = append(keys, one.Key)
			}
		}
	}
	for _, key := range append(keys, Other) {
		v.Papers = append(v.Papers, p.paperView(c.T, f, action+"?giay="+key, key, have[key]))
		v.Names = append(v.Names, m.paperName(c.T, key))
	}
	k := p.keeper(c.T, at{Draft: f, def: m.def, form: m.form})
	k.Until, k.Worker = "", ""
	v.Keeper = &k
	return p.show(c, c.T.Say("filing.supply"), refused, func(e ui.Errors) templ.Component {
		for i := range v.Papers {
			if v.Papers[i].Key == c.Query("giay") {
				v.Papers[i].Step.Errors = e
			}
		}
		v.Form = ui.FormData{Action: action, Errors: e, Hidden: []ui.Hidden{{Name: "do", Value: "send"}}, Loose: true, Submit: c.T.Say("filing.supply.send"),
			Fields: []ui.Field{{Kind: ui.Area, Name: "words", Label: c.T.Say("filing.supply.words"), Value: c.FormValue("words"), Rows: 3, Max: dossier.MostSaid}}}
		return views.Supply(c.T, v)
	})
}

func (p *pages) showRate(c *httpx.Ctx, m mine, refused error) error {
	v := views.RateView{Back: p.ownPath(m.pass), Number: m.Number() + " · " + m.def.Name.Say(string(c.T.Lang)), Action: p.ownPath(m.pass) + "/" + doRate}
	for _, n := range []string{"2", "1", "0"} {
		v.Marks = append(v.Marks, ui.Option{Value: n, Label: c.T.Say("filing.rate.attitude." + n)})
	}
	for _, name := range []string{"contacts", "agencies", "openness"} {
		f := ui.Field{Kind: ui.Radio, Name: name, Label: c.T.Say("filing.rate." + name), Value: c.FormValue(name)}
		for _, n := range []string{"2", "1", "0"} {
			f.Options = append(f.Options, ui.Option{Value: n, Label: c.T.Say("filing.rate." + name + "." + n)})
		}
		v.Fields = append(v.Fields, f)
	}
	v.Fields = append(v.Fields, ui.Field{Kind: ui.Area, Name: "comment", Label: c.T.Say("filing.rate.comment"), Hint: c.T.Say("filing.rate.comment.hint"), Value: c.FormValue("comment"), Rows: 3, Max: mostComment})
	return p.show(c, c.T.Say("filing.rate"), refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Rate(c.T, v)
	})
}

// ratingOf reads what was pressed and, perhaps, said.
func ratingOf(c *httpx.Ctx) (Rating, error) {
	r := Rating{Comment: c.FormValue("comment")}
	var k fault.Check
	n, err := strconv.ParseInt(c.FormValue("attitude"), 10, 64)
	k.Need(err == nil, "attitude", "filing.form.attitude")
	r.Attitude = n
	for name, to := range map[string]**int64{"contacts": &r.Contacts, "agencies": &r.Agencies, "openness": &r.Openness} {
		raw := c.FormValue(name)
		if raw == "" {
			continue
		}
		n, err := strconv.ParseInt(raw, 10, 64)
		k.Need(err == nil, name, "filing.form.points")
		*to = &n
	}
	return r, k.Err()
}

// readAnswers reads what a dossier's form says.
func readAnswers(raw json.RawMessage) (form.Answers, error) {
	var a form.Answers
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return a, nil
}
