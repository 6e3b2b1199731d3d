package line

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/ui"

	"lotrinh/inventory/line/views"
)

// measure is the page at the counter: choose the line, press once.
func (p *pages) measure(c *httpx.Ctx) error {
	rows, err := p.Mine(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Measure{Head: ui.HeaderData{Title: t.Say("line.measure.title"), Lead: t.Say("line.measure.lead"), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("line.measure.title")})},
		Line: c.Query("line"), None: ui.EmptyData{Icon: "search", Title: t.Say("line.measure.none"), Text: t.Say("line.measure.none.hint")}}
	for _, r := range rows {
		v.Lines = append(v.Lines, ui.Option{Value: string(r.Asset), Label: tree.Name(r.Unit) + " · " + r.Name + " (" + r.Code + ")"})
	}
	v.Words = templ.Attributes{}
	for _, w := range []string{"ping", "down", "up", "saving", "failed", "busy", "next", "again"} {
		v.Words["data-"+w] = t.Say("line.measure." + w)
	}
	return p.show(c, v.Head.Title, views.MeasurePage(t, v))
}

// beginJSON is what the page is told of a run.
type beginJSON struct {
	Run   string `json:"run"` // its address
	Pings int    `json:"pings"`
	Down  []int  `json:"down"`
	Up    []int  `json:"up"`
}

func (p *pages) begin(c *httpx.Ctx) error {
	asset, err := ident.Parse(c.FormValue("line"))
	if err != nil {
		return err
	}
	b, err := p.Begin(c.Std(), c.Who, asset, agentClass(c.Get("User-Agent")))
	if err != nil {
		return plain(c, err)
	}
	return c.Reply(0, beginJSON{Run: home + "/runs/" + b.Token, Pings: b.Pings, Down: b.Down, Up: b.Up})
}

// plain answers a refusal with its sentence alone, for the page's script; what is no
// refusal of this kind goes on.
func plain(c *httpx.Ctx, err error) error {
	f := fault.Of(err)
	switch f.Kind {
	case fault.TooMany, fault.Conflict, fault.Invalid:
		return c.Reply(f.Kind.Status(), map[string]string{"refused": c.T.Say(f.Key, f.Args...)})
	}
	return err
}

func (p *pages) ping(c *httpx.Ctx) error {
	if err := c.Who.Need(Measure); err != nil {
		return err
	}
	if err := p.Ping(c.Params("token")); err != nil {
		return err
	}
	return c.Reply(0, 1)
}

// down sends bytes that no box on the way can make smaller.
func (p *pages) down(c *httpx.Ctx) error {
	n, err := strconv.Atoi(c.Query("n"))
	if err != nil {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	if err := p.Take(c.Std(), c.Who, c.Params("token"), n); err != nil {
		return err
	}
	c.Set("Content-Type", "binary/octet-stream") // a type that is sent as it is
	return c.Send(noise(n))
}

// noise are n bytes of chance. Nothing rests on their being secret.
func noise(n int) []byte {
	out := make([]byte, n)
	source := rand.NewPCG(rand.Uint64(), rand.Uint64()) //nolint:gosec // filler
	for i := 0; i < n; i += 8 {
		v := source.Uint64()
		for j := i; j < min(i+8, n); j++ {
			out[j] = byte(v)
			v >>= 8
		}
	}
	return out
}

func (p *pages) up(c *httpx.Ctx) error {
	if err := p.Take(c.Std(), c.Who, c.Params("token"), len(c.Body())); err != nil {
		return err
	}
	return c.Reply(0, 1)
}

// finishJSON is what the page shows of a run that is over.
type finishJSON struct {
	At    string      `json:"at"`
	Title string      `json:"title"`
	Tone  ui.Tone     `json:"tone"`
	Lines []finishRow `json:"lines"`
	Href  string      `json:"href"`
	More  string      `json:"more"` // the words of the link
}

type finishRow struct {
	Tone ui.Tone `json:"tone"`
	Text string  `json:"text"`
}

func (p *pages) finish(c *httpx.Ctx) error {
	if err := p.own(c.Std(), c.Who, c.Params("token")); err != nil {
		return err
	}
	var res Result
	if err := json.Unmarshal(c.Body(), &res); err != nil {
		return fault.Because(fault.Invalid, "fault.body_syntax", err)
	}
	r, err := p.Finish(c.Std(), c.Who, c.Params("token"), res)
	if err != nil {
		return plain(c, err)
	}
	a, err := p.lineOf(c.Std(), r)
	if err != nil {
		return err
	}
	wanted, err := p.wanted(c.Std(), a.Unit)
	if err != nil {
		return err
	}
	t := c.T
	out := finishJSON{At: t.Moment(r.At), Tone: ui.Good, Title: t.Say("line.measure.good"), Href: home + "/" + string(a.ID), More: t.Say("line.measure.more")}
	out.Lines = inWords(t, r.values(), wanted.at(a.Unit))
	for _, one := range out.Lines {
		if one.Tone == ui.Bad {
			out.Tone, out.Title = ui.Bad, t.Say("line.measure.bad")
		}
	}
	return c.Reply(0, out)
}

// values are the figures of one run by fact.
func (r Run) values() map[string]float64 {
	out := map[string]float64{}
	m := r.measurement()
	var rtts []float64
	for _, one := range m.Requests {
		if !one.Lost {
			rtts = append(rtts, one.RTT)
		}
	}
	if len(rtts) > 0 {
		out[factRTT] = slow(rtts)
	}
	if r.Sent > 0 {
		out[factLoss] = float64(r.Lost) / float64(r.Sent) * 100
	}
	if r.Down != nil {
		out[factDown] = *r.Down
	}
	if r.Up != nil {
		out[factUp] = *r.Up
	}
	return out
}

// inWords says each figure beside what is wanted of it.
func inWords(t i18n.T, known map[string]float64, all []Want) []finishRow {
	var out []finishRow
	for _, name := range measuredFacts {
		v, ok := known[name]
		if !ok {
			continue
		}
		row := finishRow{Tone: ui.Info, Text: t.Say("line.figure", "fact", i18n.Key("inventory.fact."+name), "value", said(t, name, v))}
		if w, asked := mainOf(all, name); asked && w.settled(v) {
			row.Tone, row.Text = ui.Good, t.Say("line.figure.met", "fact", i18n.Key("inventory.fact."+name), "value", said(t, name, v), "want", w.say(t))
			if !w.Met(v) {
				row.Tone, row.Text = ui.Bad, t.Say("line.figure.short", "fact", i18n.Key("inventory.fact."+name), "value", said(t, name, v), "want", w.say(t))
			}
		}
		out = append(out, row)
	}
	return out
}
