package tally

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/tally/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// declaring is the commune and the year of a request: what it names, else the own commune
// and this year.
func (s *Service) declaring(c *httpx.Ctx) (unit string, year int64, tree *org.Tree, err error) {
	if _, tree, err = s.Dossiers.Known(c.Std()); err != nil {
		return "", 0, nil, err
	}
	unit = strings.Clone(c.FormValue("unit", c.Query("unit", c.Who.Home)))
	if u, ok := tree.Unit(unit); !ok || u.Level != org.Commune {
		return "", 0, nil, fault.New(fault.Missing, "fault.missing")
	}
	year, err = strconv.ParseInt(c.FormValue("year", c.Query("year")), 10, 64)
	if err != nil {
		year = int64(s.Dossiers.Now().In(clock.City).Year())
	}
	return unit, year, tree, nil
}

// declareAt is the place of what a commune says of a year.
func declareAt(unit, year string) string {
	return Declare + "?" + url.Values{"unit": {unit}, "year": {year}}.Encode()
}

func (p *pages) declare(c *httpx.Ctx) error { return p.showDeclared(c, nil) }

func (p *pages) showDeclared(c *httpx.Ctx, refused error) error {
	unit, year, tree, err := p.declaring(c)
	if err != nil {
		return err
	}
	d, proof, err := p.Said(c.Std(), c.Who, unit, year)
	if err != nil {
		return err
	}
	t, at := c.T, strconv.FormatInt(year, 10)
	v := views.Declared{Head: ui.HeaderData{Title: t.Say("tally.declare.title", "place", tree.Name(unit), "year", at), Lead: t.Say("tally.declare.lead")}}
	if c.Who.Covers(dossier.Figures, unit) {
		v.Head.Crumbs = []ui.Crumb{{Label: t.Say("tally.tab"), Href: Home + "?" + url.Values{"unit": {unit}}.Encode()}, {Label: t.Say("tally.declare")}}
	}
	for _, other := range []int64{year - 1, year + 1} {
		if other <= int64(p.Dossiers.Now().In(clock.City).Year()) {
			v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("tally.declare.year_of", "year", itoa(other)), Href: declareAt(unit, itoa(other))})
		}
	}
	for _, f := range proof {
		v.Files = append(v.Files, ui.Fact{Label: t.Moment(f.At), Value: ui.Link(Declare+"/"+unit+"/"+at+"/"+string(f.ID), f.Name)})
	}
	if d.Ver > 0 {
		v.Facts = []ui.Fact{{Label: t.Say("tally.declare.authority.label"), Text: t.Int(d.Authority)}, {Label: t.Say("tally.declare.one_stop"), Text: t.Int(d.OneStop)}, {Label: t.Say("tally.declare.feedback"), Text: t.Int(d.Feedback)},
			{Label: t.Say("tally.declare.answered"), Text: t.Int(d.Answered)}, {Label: t.Say("tally.declare.document"), Text: d.Document}, {Label: t.Say("tally.declare.at"), Text: t.Moment(d.At)}}
	}
	typed := func(name string, n int64) string {
		if d.Ver == 0 {
			return c.FormValue(name)
		}
		return c.FormValue(name, itoa(n))
	}
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: dossier.Home, Tabs: p.Dossiers.Tabs(t, c.Who, Declare)}, refused, func(e ui.Errors) templ.Component {
		if mayDeclare(c.Who, unit) == nil {
			v.Form = &ui.FormData{Action: Declare, Submit: t.Say("tally.declare.keep"), Errors: e, Multipart: true, Hidden: []ui.Hidden{{Name: "unit", Value: unit}, {Name: "year", Value: at}, {Name: "version", Value: c.FormValue("version", itoa(d.Ver))}},
				Fields: []ui.Field{{Kind: ui.Whole, Name: "authority", Label: t.Say("tally.declare.authority.label"), Value: typed("authority", d.Authority), Narrow: true, Required: true},
					{Kind: ui.Whole, Name: "one_stop", Label: t.Say("tally.declare.one_stop"), Value: typed("one_stop", d.OneStop), Narrow: true, Required: true},
					{Kind: ui.Whole, Name: "feedback", Label: t.Say("tally.declare.feedback"), Hint: t.Say("tally.declare.feedback.hint"), Value: typed("feedback", d.Feedback), Narrow: true, Required: true},
					{Kind: ui.Whole, Name: "answered", Label: t.Say("tally.declare.answered"), Value: typed("answered", d.Answered), Narrow: true, Required: true},
					{Name: "document", Label: t.Say("tally.declare.document"), Hint: t.Say("tally.declare.document.hint"), Value: c.FormValue("document", d.Document), Max: mostBasis, Required: true},
					{Kind: ui.Date, Name: "signed_on", Label: t.Say("tally.declare.signed_on"), Value: c.FormValue("signed_on", d.SignedOn), Required: true},
					{Kind: ui.File, Name: "files", Label: t.Say("tally.declare.files"), Hint: t.Say("tally.declare.files.hint", "n", MostFiles), Multiple: true, Accept: "application/pdf,image/*"},
					{Kind: ui.Area, Name: "note", Label: t.Say("tally.declare.note"), Value: c.FormValue("note", d.Note), Rows: 2, Max: longestNote}}}
		}
		return views.DeclaredPage(t, v)
	})
}

func (p *pages) keepDeclared(c *httpx.Ctx) error {
	unit, _, _, err := p.declaring(c)
	if err != nil {
		return err
	}
	if err := mayDeclare(c.Who, unit); err != nil { // who may not sends no files
		return err
	}
	d := Declared{Unit: unit, Year: c.Whole("year"), Authority: c.Whole("authority"), OneStop: c.Whole("one_stop"), Feedback: c.Whole("feedback"), Answered: c.Whole("answered"),
		Document: strings.Clone(c.FormValue("document")), SignedOn: strings.Clone(c.FormValue("signed_on")), Note: strings.Clone(c.FormValue("note")), Ver: max(0, c.Whole("version"))}
	proof, err := p.Files.FromForm(c, "files", files.Document, MostFiles)
	if err == nil {
		d, err = p.Declare(c.Std(), c.Who, d, proof)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.TooLarge) {
		return p.showDeclared(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("tally.declare.kept", "year", itoa(d.Year)))
	return c.See(declareAt(unit, itoa(d.Year)))
}

func (p *pages) proof(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	year, err := strconv.ParseInt(c.Params("year"), 10, 64)
	if err != nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	f, err := p.Proof(c.Std(), c.Who, strings.Clone(c.Params("unit")), year, id)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}
