package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/fields"
	fieldviews "lotrinh/dossier/fields/views"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// The names of the counter's own inputs; those of the form's questions never begin so.
const (
	intakeName = "_key"
	tickOf     = "_paper."
	filesOf    = "_files."
	fillerName = "_by"
	helperName = "_helper"
	trialName  = "_practice"
	sureName   = "_sure"
	dropName   = "_drop"
	doName     = "_do"
)

// offer is the version that the counter takes now.
func (p *pages) offer(c *httpx.Ctx) (dossier.Version, definition, error) {
	if err := c.Who.Need(dossier.Receive); err != nil {
		return dossier.Version{}, definition{}, err
	}
	v, err := p.InForce(c.Std(), c.Params("procedure"), p.Now())
	if err != nil {
		return v, definition{}, err
	}
	def, err := p.Definition(c.Std(), v.ID)
	return v, def, err
}

// takeForm is the whole form, blank or as an intake was left.
func (p *pages) takeForm(c *httpx.Ctx) error {
	v, def, err := p.offer(c)
	if err != nil {
		return err
	}
	in := Draft{ID: ident.New(p.Now()), Procedure: v.Procedure, Version: v.ID, Unit: c.Who.Home, FilledBy: ByPaper, Practice: c.Query("practice") == "1"}
	if left := c.Query("intake"); left != "" {
		if in, err = p.DraftOf(c.Std(), p.DB.Read(), c.Who, ident.ID(left)); err != nil {
			return err
		}
	}
	return p.showIntake(c, def, in, Judged{}, nil, nil)
}

// posted reads what was typed, ticked and sent. A refused file is told beside what was
// read: nothing else of the form is lost for it.
func (p *pages) posted(c *httpx.Ctx, v dossier.Version, def definition) (Draft, map[string][]files.Blob, error) {
	in := Draft{Procedure: v.Procedure, Version: v.ID, Unit: c.Who.Home, FilledBy: Filler(c.FormValue(fillerName)), Helper: tidy(c.FormValue(helperName)), Practice: c.FormValue(trialName) == "1"}
	key, err := ident.Parse(c.FormValue(intakeName))
	if err != nil {
		return in, nil, fault.New(fault.Invalid, "dossier.key_needed")
	}
	in.ID = key
	x, err := p.asks(c.Std(), def, in.Unit)
	if err != nil {
		return in, nil, err
	}
	if in.Answers, err = fields.Read(x.form, "", fields.Posted(c), nil, x.ctx, x.places); err != nil {
		return in, nil, err
	}
	for _, role := range unasked(x.form) {
		if value := tidy(c.FormValue(x.form.Keys[role])); value != "" {
			in.Answers[x.form.Keys[role]] = value
		}
	}
	got := map[string][]files.Blob{}
	var k fault.Check
	for _, doc := range def.Documents {
		if c.FormValue(tickOf+doc.Key) == "1" {
			in.Papers = append(in.Papers, doc.Key)
		}
		if doc.Show {
			continue // what is only to be shown is never copied (Decree 123/2015/NĐ-CP, art. 3.2)
		}
		blobs, err := p.Files.FromForm(c, filesOf+doc.Key, files.Document, mostPhotos)
		if err != nil {
			f := fault.Of(err)
			if f.Kind != fault.Invalid && f.Kind != fault.TooLarge {
				return in, nil, err
			}
			k.Need(false, filesOf+doc.Key, f.Key, f.Args...)
			continue
		}
		got[doc.Key] = blobs
	}
	return in, got, k.Err()
}

// take keeps what was typed, then does what was pressed: accept, keep for later, take a
// photo away, one more row.
func (p *pages) take(c *httpx.Ctx) error {
	v, def, err := p.offer(c)
	if err != nil {
		return err
	}
	in, got, refused := p.posted(c, v, def)
	if refused != nil && got == nil {
		return refused
	}
	if d, taken, err := p.TakenAs(c.Std(), c.Who, in.ID); err != nil {
		return err
	} else if taken {
		return p.toReceipt(c, d)
	}
	if in, err = p.Keep(c.Std(), c.Who, in, got); err != nil {
		if fault.Is(err, fault.Invalid) {
			return p.showIntake(c, def, in, Judged{}, nil, err)
		}
		return err
	}
	back := counterAt + "/" + in.Procedure + "?intake=" + string(in.ID)
	more := fields.Added(fields.Posted(c))
	switch {
	case refused != nil, more != nil:
		return p.showIntake(c, def, in, Judged{}, more, refused)
	case c.FormValue(dropName) != "":
		if err := p.DropPhoto(c.Std(), c.Who, def, in, ident.ID(c.FormValue(dropName))); err != nil {
			return err
		}
		return c.See(back + "#papers")
	case c.FormValue(doName) == "keep":
		site.Flash(c, ui.Good, c.T.Say("office.intake.kept"))
		return c.See(back)
	}
	d, judged, err := p.Take(c.Std(), c.Who, in.ID, c.FormValue(sureName) == "1")
	if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) || fault.Is(err, fault.Missing) {
		return err
	}
	if err != nil || judged.Stops() {
		return p.showIntake(c, def, in, judged, nil, err)
	}
	site.Flash(c, ui.Good, c.T.Say("office.take.done", "code", d.Code))
	return p.toReceipt(c, d)
}

// toReceipt leads to the slip that an accepted dossier's applicant takes home.
func (p *pages) toReceipt(c *httpx.Ctx, d dossier.Dossier) error {
	papers, err := p.Papers(c.Std(), p.DB.Read(), d.ID)
	if err != nil {
		return err
	}
	for _, one := range papers {
		return c.See(one.Path())
	}
	return c.See(d.Path())
}

// showIntake is the whole form with its papers as they stand.
func (p *pages) showIntake(c *httpx.Ctx, def definition, in Draft, judged Judged, more map[string]int, refused error) error {
	x, err := p.asks(c.Std(), def, in.Unit)
	if err != nil {
		return err
	}
	photos, err := p.Photos(c.Std(), def, in)
	if err != nil {
		return err
	}
	t, lang := c.T, string(c.T.Lang)
	look := fields.Look{T: t, Form: x.form, Answers: in.Answers, Context: x.ctx, Places: x.places, Findings: judged.Findings, Compact: true, More: more}
	at, title := counterAt+"/"+in.Procedure, def.Name.Say(lang)
	page := site.Page{Title: title, At: home, Tabs: p.Tabs(t, c.Who, counterAt)}
	if judged.Stops() {
		page.Status = fault.Invalid.Status()
	}
	return p.site.Form(c, page, refused, func(e ui.Errors) templ.Component {
		v := views.IntakeView{Head: ui.HeaderData{Title: title, More: []ui.Action{{Label: t.Say("office.intake.poster"), Href: "/thu-tuc/" + in.Procedure + "/to-dan.pdf?xa=" + in.Unit, Icon: "printer"}}, Lead: t.Say("office.take.lead", "term", termWords(t, def.Term)), Crumbs: []ui.Crumb{{Label: t.Say("office.counter.title"), Href: counterAt}, {Label: title}}},
			Groups: look.Groups(), Doubts: look.Warnings(),
			Form: ui.FormData{Action: at, Multipart: true, Submit: t.Say("office.take.accept"), Cancel: counterAt, Hidden: []ui.Hidden{{Name: intakeName, Value: string(in.ID)}},
				More: []ui.SubmitData{{Name: doName, Value: "keep", Label: t.Say("office.intake.keep")}}}}
		e = merged(e, look.Errors(), lacking(t, lang, judged.Lacking))
		if judged.Doubtful && !e.Any() {
			e.Fields = append(e.Fields, ui.FieldError{Name: sureName, Text: t.Say("office.intake.sure_needed")})
		}
		v.Form.Errors = e
		v.By, v.Known = fillers(t, in, e), knownFields(t, x.form, in, e)
		v.Papers = paperItems(t, lang, def, in, look, photos, e, at)
		if len(v.Doubts) > 0 {
			v.Sure = &ui.Field{Kind: ui.Check, Name: sureName, Label: t.Say("office.intake.sure"), Value: c.FormValue(sureName), Error: e.Of(sureName)}
		}
		v.Practice = ui.Field{Kind: ui.Check, Name: trialName, Label: t.Say("office.take.practice"), Value: ticked(in.Practice)}
		return views.IntakePage(t, v)
	})
}

// merged are the errors of a form, of its rules and of its papers together.
func merged(all ...ui.Errors) ui.Errors {
	var out ui.Errors
	for _, e := range all {
		if e.Title != "" {
			out.Title = e.Title
		}
		out.Fields = append(out.Fields, e.Fields...)
	}
	return out
}

// lacking says of each paper that is not there what must be done.
func lacking(t i18n.T, lang string, all []document) ui.Errors {
	var out ui.Errors
	for _, doc := range all {
		key := i18n.Key("office.intake.lacking.submit")
		if doc.Show {
			key = "office.intake.lacking.show"
		}
		out.Title = t.Say("office.intake.mend")
		out.Fields = append(out.Fields, ui.FieldError{Name: tickOf + doc.Key, Text: t.Say(string(key), "name", doc.Name.Say(lang))})
	}
	return out
}

func ticked(is bool) string {
	if is {
		return "1"
	}
	return ""
}

// fillers asks who filled the declaration in.
func fillers(t i18n.T, in Draft, e ui.Errors) []fieldviews.Item {
	by := ui.Field{Kind: ui.Radio, Name: fillerName, Label: t.Say("office.intake.filler"), Value: string(in.FilledBy), Required: true, Error: e.Of(fillerName)}
	for _, f := range Fillers {
		by.Options = append(by.Options, ui.Option{Value: string(f), Label: t.Say("office.intake.filler." + string(f))})
	}
	helper := ui.Field{Name: helperName, Label: t.Say("office.intake.helper"), Value: in.Helper, Max: mostHelper, Required: true, Error: e.Of(helperName)}
	when, said := `{"field":"`+fillerName+`","op":"is","value":"`+string(ByVolunteer)+`"}`, t.Say("office.intake.helper_when")
	return []fieldviews.Item{{Field: by}, {Field: helper, When: when, WhenSaid: said}}
}

// knownFields ask whom a dossier is about and who files, where the form does not.
func knownFields(t i18n.T, f form.Form, in Draft, e ui.Errors) []ui.Field {
	var out []ui.Field
	for _, role := range unasked(f) {
		key := f.Keys[role]
		one := ui.Field{Name: key, Label: t.Say("office.role." + role), Value: in.Answers[key], Max: 200, Required: role != form.ApplicantTel, Error: e.Of(key)}
		if role == form.ApplicantTel {
			one.Kind, one.Narrow = ui.Phone, true
		}
		out = append(out, one)
	}
	return out
}

// paperItems are the papers to hand in and to show, each with what of it is there.
func paperItems(t i18n.T, lang string, def definition, in Draft, look fields.Look, photos map[string][]files.File, e ui.Errors, at string) []views.PaperItem {
	out := make([]views.PaperItem, 0, len(def.Documents))
	for _, doc := range def.Documents {
		label := "office.intake.tick.submit"
		if doc.Show {
			label = "office.intake.tick.show"
		}
		one := views.PaperItem{Title: doc.Name.Say(lang), Show: doc.Show, Optional: doc.Optional, Sent: sentOf(t, photos[doc.Key], at+"/papers/"), Drop: dropName,
			Tick: ui.Field{Kind: ui.Check, Name: tickOf + doc.Key, Label: t.Say(label), Value: ticked(slices.Contains(in.Papers, doc.Key)), Error: e.Of(tickOf + doc.Key)}}
		one.Hint = doc.Note.Say(lang)
		if doc.Optional {
			one.Hint = strings.TrimSpace(t.Say("office.take.optional") + " " + one.Hint)
		}
		one.When, one.WhenSaid = look.When(doc.When)
		if !doc.Show && len(photos[doc.Key]) < mostPhotos {
			one.Upload = photoField(t, doc.Key, one.Title, e.Of(filesOf+doc.Key))
		}
		out = append(out, one)
	}
	return out
}

// photoTypes are what a paper can be sent as.
const photoTypes = "image/jpeg,image/png,image/webp,application/pdf"

// sentOf are files as they are shown: name, size, a small picture.
func sentOf(t i18n.T, all []files.File, at string) []views.SentFile {
	out := make([]views.SentFile, 0, len(all))
	for i, f := range all {
		one := views.SentFile{ID: string(f.ID), Name: f.Name, Size: sizeOf(t, f.Size), Href: at + string(f.ID), Alt: t.Say("office.intake.page", "n", strconv.Itoa(i+1))}
		if f.Thumb != "" {
			one.Thumb = one.Href + "?small=1"
		}
		out = append(out, one)
	}
	return out
}

// sizeOf writes a number of bytes for people: 1,4 MB, 812 KB.
func sizeOf(t i18n.T, n int64) string {
	if n >= 1<<20 {
		return t.Decimal(float64(n)/(1<<20), 1) + " MB"
	}
	return strconv.FormatInt((n+1023)>>10, 10) + " KB"
}

// intakePhoto shows the officer who types an intake what was sent with it.
func (p *pages) intakePhoto(c *httpx.Ctx) error {
	if err := c.Who.Need(dossier.Receive); err != nil {
		return err
	}
	f, err := p.Files.Get(c.Std(), intakeArea, ident.ID(c.Params("file")))
	if err != nil {
		return err
	}
	key, _, _ := strings.Cut(f.Subject, "/")
	if _, err := p.DraftOf(c.Std(), p.DB.Read(), c.Who, ident.ID(key)); err != nil {
		return err
	}
	return p.hand(c, f)
}

// hand answers with a file, or with its small picture.
func (p *pages) hand(c *httpx.Ctx, f files.File) error {
	c.Set("Cache-Control", "no-store")
	if c.Query("small") == "1" && f.Thumb != "" {
		return p.Files.SendThumb(c, f)
	}
	return p.Files.Send(c, f)
}
