package exchange

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/exchange/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/internal/wire"
)

func (p *pages) setup(c *httpx.Ctx) error { return p.showSetup(c, nil) }

// showSetup shows one office: how it is reached, its sheets, its given-up messages, and for
// an administrator the form that sets it up.
func (p *pages) showSetup(c *httpx.Ctx, refused error) error {
	code, err := officeOf(c)
	if err != nil {
		return err
	}
	if !c.Who.May(dossier.Configure) {
		if err := c.Who.Need(dossier.Exchange); err != nil {
			return err
		}
	}
	o, err := p.Post.PartnerOf(c.Std(), p.DB.Read(), code)
	if err != nil {
		return err
	}
	t := c.T
	title, state := t.Say("exchange.office."+code), p.circuit(t, o)
	head := ui.HeaderData{Title: title, State: &state, Lead: t.Say("exchange.office_does." + code), Crumbs: crumbs(t, "", "", title),
		More: []ui.Action{{Label: t.Say("exchange.messages"), Href: address(home+"/messages", "office", code)}}}
	return p.show(c, views.Page{Head: head}, refused, func(e ui.Errors) templ.Component {
		v := views.Page{Head: head, Blocks: []views.Block{{Facts: p.setupFacts(t, o)}}}
		if all, _ := c.Who.Reach(dossier.Exchange); all {
			v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("exchange.replay"), Href: home + "/offices/" + code + "/replay"})
			if o.Mode == post.ByFile {
				v.Blocks = append(v.Blocks, p.sheetBlock(t, code))
			}
		}
		if all, _ := c.Who.Reach(dossier.Configure); all {
			v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("exchange.setup"), Note: t.Say("exchange.setup_note")}, Form: p.setupForm(c, e, o)})
		}
		return views.Show(t, v)
	})
}

func (p *pages) setupFacts(t i18n.T, o post.Partner) []ui.Fact {
	secret := t.Say("exchange.secret.none")
	switch {
	case o.SecretBefore != "":
		secret = t.Say("exchange.secret.two")
	case o.Secret != "":
		secret = t.Say("exchange.secret.one")
	}
	answered := t.Say("exchange.never")
	if !o.AnsweredAt.IsZero() {
		answered = ui.Age(t, o.AnsweredAt, p.Business.Now())
	}
	all := []ui.Fact{{Label: t.Say("exchange.mode"), Text: t.Say("exchange.mode." + o.Mode)}, {Label: t.Say("exchange.endpoint"), Text: o.Endpoint}, {Label: t.Say("exchange.secret"), Text: secret},
		{Label: t.Say("exchange.answered"), Text: answered}, {Label: t.Say("exchange.received_hours"), Text: t.Int(o.ReceivedMinutes / 60)}, {Label: t.Say("exchange.result_hours"), Text: t.Int(o.ResultMinutes / 60)}}
	if o.Problem != "" {
		all = append(all, ui.Fact{Label: t.Say("exchange.problem"), Text: t.Say(o.Problem)})
	}
	return all
}

func (p *pages) sheetBlock(t i18n.T, code string) views.Block {
	return views.Block{Card: ui.CardData{Title: t.Say("exchange.bridge"), Note: t.Say("exchange.bridge_note"), Action: &ui.Action{Label: t.Say("exchange.ack.title"), Href: "/imports/" + AckImport, Icon: "upload"}},
		Form: &ui.FormData{Action: home + "/offices/" + code + "/sheet", Submit: t.Say("exchange.sheet"), Loose: true, Fields: []ui.Field{
			{Name: "batch", Label: t.Say("exchange.batch"), Hint: t.Say("exchange.batch_hint")}}}}
}

func (p *pages) setupForm(c *httpx.Ctx, e ui.Errors, o post.Partner) *ui.FormData {
	t := c.T
	typed := func(name, kept string) string {
		if c.Method() == "POST" {
			return c.FormValue(name)
		}
		return kept
	}
	flag := func(on bool) string {
		if on {
			return "1"
		}
		return ""
	}
	mode := ui.Field{Kind: ui.Radio, Name: "mode", Label: t.Say("exchange.mode"), Value: typed("mode", o.Mode), Required: true}
	for _, m := range post.Modes {
		mode.Options = append(mode.Options, ui.Option{Value: m, Label: t.Say("exchange.mode." + m), Hint: t.Say("exchange.mode." + m + "_hint")})
	}
	return &ui.FormData{Action: home + "/offices/" + o.Code, Errors: e, Submit: t.Say("exchange.save"), Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(o.Ver, 10)}}, Fields: []ui.Field{
		mode,
		{Name: "endpoint", Label: t.Say("exchange.endpoint"), Hint: t.Say("exchange.endpoint_hint"), Value: typed("endpoint", o.Endpoint), Max: 300},
		{Name: "source", Label: t.Say("exchange.source"), Hint: t.Say("exchange.source_hint"), Value: typed("source", o.Source), Max: 200},
		{Kind: ui.Password, Name: "secret", Label: t.Say("exchange.secret_new"), Hint: t.Say("exchange.secret_hint"), Autocomplete: "off", Max: 120},
		{Kind: ui.Check, Name: "forget", Label: t.Say("exchange.secret_forget")},
		{Kind: ui.Check, Name: "pull", Label: t.Say("exchange.pull"), Value: typed("pull", flag(o.Pull))},
		{Kind: ui.Whole, Name: "received_hours", Label: t.Say("exchange.received_hours"), Value: typed("received_hours", strconv.FormatInt(o.ReceivedMinutes/60, 10)), Narrow: true, Required: true},
		{Kind: ui.Whole, Name: "result_hours", Label: t.Say("exchange.result_hours"), Value: typed("result_hours", strconv.FormatInt(o.ResultMinutes/60, 10)), Narrow: true, Required: true},
	}}
}

func (p *pages) saveSetup(c *httpx.Ctx) error {
	code, err := officeOf(c)
	if err != nil {
		return err
	}
	err = p.SetUp(c.Std(), c.Who, code, Setup{Mode: c.FormValue("mode"), Endpoint: c.FormValue("endpoint"), Source: c.FormValue("source"), Secret: c.FormValue("secret"),
		Forget: c.FormValue("forget") == "1", Pull: c.FormValue("pull") == "1", ReceivedHours: c.Whole("received_hours"), ResultHours: c.Whole("result_hours"), Ver: c.Version()})
	if err != nil {
		return p.showSetup(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("exchange.saved"))
	return c.See(home + "/offices/" + code)
}

// sheet sends the export sheet, a workbook or a CSV file.
func (p *pages) sheet(c *httpx.Ctx) error {
	code, err := officeOf(c)
	if err != nil {
		return err
	}
	rows, batch, err := p.Sheet(c.Std(), c.Who, code, c.FormValue("batch"))
	if err != nil {
		return p.showSetup(c, err)
	}
	t := c.T
	names := sheetFields(rows)
	head := append([]string{t.Say("exchange.ack.key"), t.Say("exchange.batch"), t.Say("exchange.subject"), t.Say("exchange.kind"), t.Say("exchange.unit")}, names...)
	lines := func(yield func([]any, error) bool) {
		for _, m := range rows {
			var one wire.Case
			err := json.Unmarshal([]byte(m.Data), &one)
			row := []any{m.Key, batch, m.Dossier, t.Say(typeKey(m.Type)), m.Unit}
			for _, name := range names {
				row = append(row, one.Fields[name])
			}
			if !yield(row, err) {
				return
			}
		}
	}
	var b bytes.Buffer
	if c.FormValue("format") == "csv" {
		c.Set("Content-Type", "text/csv; charset=utf-8")
		c.Set("Content-Disposition", `attachment; filename="`+code+"-"+batch+`.csv"`)
		err = importer.WriteCSV(&b, head, lines)
	} else {
		c.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		c.Set("Content-Disposition", `attachment; filename="`+code+"-"+batch+`.xlsx"`)
		err = importer.WriteXLSX(&b, t.Say("exchange.sheet_name"), head, lines)
	}
	if err != nil {
		return err
	}
	return c.Send(b.Bytes())
}

func (p *pages) askReplay(c *httpx.Ctx) error { return p.showReplay(c, nil) }

func (p *pages) showReplay(c *httpx.Ctx, refused error) error {
	code, err := officeOf(c)
	if err != nil {
		return err
	}
	if err := everywhere(c.Who, dossier.Exchange); err != nil {
		return err
	}
	t := c.T
	head := ui.HeaderData{Title: t.Say("exchange.replay"), Lead: t.Say("exchange.replay_lead"), Crumbs: crumbs(t, "exchange.office."+code, home+"/offices/"+code, t.Say("exchange.replay"))}
	return p.show(c, views.Page{Head: head}, refused, func(e ui.Errors) templ.Component {
		return views.Show(t, views.Page{Head: head, Blocks: []views.Block{{Form: reasonForm(c, e, home+"/offices/"+code+"/replay", t.Say("exchange.replay.ask"), false)}}})
	})
}

func (p *pages) wishReplay(c *httpx.Ctx) error {
	code, err := officeOf(c)
	if err != nil {
		return err
	}
	if err := p.AskReplay(c.Std(), c.Who, code, c.FormValue("reason")); err != nil {
		return p.showReplay(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("exchange.replay.asked"))
	return c.See(home)
}
