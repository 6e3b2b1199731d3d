package filing

import (
	"encoding/json"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier/fields"
	"lotrinh/dossier/filing/views"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// at is a page of a draft with what every one of them needs.
type at struct {
	Draft
	def  procedure.Definition
	form form.Form
	seen form.Context // what answers are judged against
	near *fields.Places
	way  way
	step string
}

// typed is what a refused page held.
type typed struct {
	value string
	hits  []org.Hit
}

// standing reads the draft of an address and where it stands. An address of another
// procedure's draft is none.
func (p *pages) standing(c *httpx.Ctx) (at, error) {
	d, err := p.ByKey(c.Std(), c.Params("draft"))
	if err != nil {
		return at{}, err
	}
	a := at{Draft: d, step: c.Params("step")}
	if a.def, a.form, err = p.Definition(c.Std(), d); err != nil {
		return a, err
	}
	if a.seen, a.near, err = p.judged(c.Std(), d.Unit); err != nil {
		return a, err
	}
	a.way, err = p.wayOf(a.def, a.form, d, a.seen)
	return a, err
}

func (p *pages) lost(c *httpx.Ctx, err error) error {
	return p.gone(c, err, filingPath+"/"+c.Params("key"), "filing.gone.again")
}

// resumed leads an address to where its draft goes on.
func (p *pages) resumed(c *httpx.Ctx) error {
	a, err := p.standing(c)
	if err != nil {
		return p.lost(c, err)
	}
	if a.Kind == Supplement {
		return c.See(trackPath)
	}
	return c.See(p.path(a.Draft, p.resume(a.way, a.form, a.Draft, a.seen)))
}

func (p *pages) step(c *httpx.Ctx) error {
	a, err := p.standing(c)
	if err != nil {
		return p.lost(c, err)
	}
	if instead, ok := p.may(a.way, a.Draft, a.step); !ok {
		return c.See(p.path(a.Draft, instead))
	}
	if a.step != stepDone && a.step != stepRenew {
		if changed, err := p.Changed(c.Std(), a.Draft); err != nil {
			return err
		} else if changed {
			return c.See(p.path(a.Draft, stepRenew))
		}
	}
	return p.showStep(c, a, typed{}, nil)
}

// take takes the answer of a page in and goes on.
func (p *pages) take(c *httpx.Ctx) error {
	a, err := p.standing(c)
	if err != nil {
		return p.lost(c, err)
	}
	if instead, ok := p.may(a.way, a.Draft, a.step); !ok {
		return c.See(p.path(a.Draft, instead))
	}
	var was typed
	next := a.way.after(a.step)
	switch {
	case a.step == stepPlace:
		was.value = c.FormValue("place")
		var unit string
		in := Start{Procedure: a.Procedure, Practice: a.Practice, Helper: c.Who}
		if a.Helper == "" {
			in.Helper.ID = ""
		}
		if unit, was.hits, err = p.Sit(c.Std(), in, c.FormValue("unit"), was.value); err == nil {
			_, err = p.Move(c.Std(), a.Draft, unit)
		}
	case strings.HasPrefix(a.step, stepGroup):
		return p.takeGroup(c, a)
	case strings.HasPrefix(a.step, stepPaper):
		return p.takePaper(c, a)
	case a.step == stepPhone:
		was.value = c.FormValue("number")
		if a.Draft, err = p.Reach(c.Std(), a.Draft, was.value, c.IP(), c.T.Lang); err == nil {
			if a.way, err = p.wayOf(a.def, a.form, a.Draft, a.seen); err == nil {
				next = a.way.after(a.step)
			}
		}
	case a.step == stepCode:
		return p.takeCode(c, a)
	case a.step == stepRenew:
		if a.Draft, err = p.Renew(c.Std(), a.Draft); err == nil {
			return c.See(p.home(a.Draft))
		}
	case a.step == stepCheck:
		next = stepDone
		_, err = p.Send(c.Std(), c.Who, a.Draft, Sending{Sure: c.FormValue("sure") != "", Paper: inHand(c, a), Lang: c.T.Lang})
	}
	if err != nil {
		return p.showStep(c, a, was, err)
	}
	return c.See(p.path(a.Draft, next))
}

// showStep shows one page of the way.
func (p *pages) showStep(c *httpx.Ctx, a at, was typed, refused error) error {
	switch {
	case strings.HasPrefix(a.step, stepGroup):
		return p.showGroup(c, a, nil, nil)
	case strings.HasPrefix(a.step, stepPaper):
		return p.showPaper(c, a, refused)
	case a.step == stepCheck:
		return p.showCheck(c, a, refused)
	case a.step == stepDone:
		return p.showDone(c, a)
	case a.step == stepRenew:
		return p.show(c, c.T.Say("filing.changed"), refused, func(ui.Errors) templ.Component {
			return views.Changed(c.T, views.ChangedView{Procedure: a.def.Name.Say(string(c.T.Lang)), Action: p.path(a.Draft, stepRenew)})
		})
	}
	v := p.view(c, a, c.T.Say("filing.step."+a.step))
	v.Help = c.T.Say("filing.step." + a.step + ".hint")
	switch a.step {
	case stepPlace:
		was.value = p.placeOf(c, a, was.value)
	case stepPhone:
		if a.Helper != "" {
			v.Help = c.T.Say("filing.step.dien-thoai.helped")
		}
	case stepCode:
		v.Help, v.Again = c.T.Say("filing.code.sent", "number", phone.Mask(a.Number)), true
	}
	return p.show(c, v.Title, refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		v.Fields = stepFields(c, a, was, e)
		return views.Step(c.T, v)
	})
}

// placeOf is the name of the draft's commune, unless another was just typed.
func (p *pages) placeOf(c *httpx.Ctx, a at, typed string) string {
	if typed != "" {
		return typed
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return ""
	}
	return tree.Place(a.Unit)
}

func stepFields(c *httpx.Ctx, a at, was typed, e ui.Errors) []ui.Field {
	switch a.step {
	case stepPlace:
		return placeFields(c, was.value, was.hits, e)
	case stepPhone:
		value := was.value
		if known, ok := phone.Normal(a.form.Of(form.ApplicantTel, a.Answers)); value == "" && a.Number == "" && ok {
			value = phone.Show(known) // said before: only the code is missing
		} else if value == "" && a.Number != "" {
			value = phone.Show(a.Number)
		}
		return []ui.Field{{Kind: ui.Phone, Name: "number", Label: c.T.Say("filing.phone.label"), Value: value, Narrow: true, Required: a.Helper == "", Autocomplete: "tel", Error: e.Of("number")}}
	}
	return []ui.Field{{Kind: ui.Whole, Name: "code", Label: c.T.Say("filing.code.label"), Value: was.value, Narrow: true, Required: true, Autocomplete: "one-time-code", Max: 9, Error: e.Of("code")}}
}

// view is what the pages of the way share.
func (p *pages) view(c *httpx.Ctx, a at, title string) views.StepView {
	v := views.StepView{Procedure: a.def.Name.Say(string(c.T.Lang)), Title: title, Action: p.path(a.Draft, a.step), Next: p.path(a.Draft, a.way.after(a.step)),
		N: a.way.number(a.step), Of: len(a.way), Submit: c.T.Say("filing.next"), Practice: a.Practice, Helper: a.HelperName}
	if before := a.way.before(a.step); before != "" {
		v.Back = p.path(a.Draft, before)
	}
	k := p.keeper(c.T, a)
	v.Keeper = &k
	return v
}

// said are the sentences of the script, by the name under which it asks.
var said = []string{"saved", "saving", "offline", "wait", "sending", "file.later", "file.refused", "full"}

func sentences(t i18n.T) string {
	all := make(map[string]string, len(said))
	for _, w := range said {
		all[w] = t.Say("filing.script."+w, "at", "{at}", "n", "{n}", "of", "{of}", "why", "{why}")
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return "{}" // a map of text always marshals
	}
	return string(raw)
}

// keeper is what the script knows of a draft: where things go, which pages to keep.
func (p *pages) keeper(t i18n.T, a at) views.KeeperView {
	token := p.Token(a.Draft)
	k := views.KeeperView{Draft: token, Save: p.path(a.Draft, "luu"), Upload: p.path(a.Draft, "tai"), Worker: workerPath, Scope: filingPath,
		Stamp: a.Stamp, Words: sentences(t), Over: a.Sent()}
	if a.Sent() {
		return k
	}
	k.Until = t.Day(a.Until())
	for _, step := range a.way {
		if strings.HasPrefix(step, stepGroup) && step != a.step {
			k.Pages = append(k.Pages, p.path(a.Draft, step))
		}
	}
	return k
}

func (p *pages) takeCode(c *httpx.Ctx, a at) error {
	var err error
	if c.FormValue("do") == "again" {
		if _, err = p.Again(c.Std(), a.Draft, c.IP(), c.T.Lang); err == nil {
			return p.again(c, a)
		}
		return p.showStep(c, a, typed{}, err)
	}
	code := c.FormValue("code")
	if _, err = p.Prove(c.Std(), a.Draft, code); err != nil {
		return p.showStep(c, a, typed{value: code}, err)
	}
	return c.See(p.path(a.Draft, stepCheck))
}
