package reports

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/render"
	"lotrinh/reports/views"
)

// shownHash is how much of a hash the list of files shows; the API gives all of it.
const shownHash = 16

// paperRoutes declares the files of a report and the recording of its signature.
func (p pages) paperRoutes(r *httpx.Router) {
	r.Page("GET", "/reports/runs/:id/report.pdf", p.file(PDF))
	r.Page("GET", "/reports/runs/:id/report.xlsx", p.file(XLSX))
	r.Page("GET", "/reports/runs/:id/report.docx", p.file(DOCX))
	r.Page("GET", "/reports/runs/:id/files/:name", p.named)
	r.Page("GET", "/reports/runs/:id/issue", p.issueForm)
	r.Page("POST", "/reports/runs/:id/issue", p.issue)
}

func (p pages) file(form string) httpx.Handler {
	return func(c *httpx.Ctx) error {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		edition, err := editionQuery(c.Query("edition"))
		if err != nil {
			return err
		}
		f, err := p.fileBy(c.Std(), c.Who, id, edition, func(f ReportFile) bool { return f.Form == form })
		if err != nil {
			return err
		}
		return p.files.Send(c, f)
	}
}

// named hands over the file of a name; ?edition= asks for an earlier one.
func (p pages) named(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	edition, err := editionQuery(c.Query("edition"))
	if err != nil {
		return err
	}
	f, err := p.FileNamed(c.Std(), c.Who, id, edition, strings.Clone(c.Params("name")))
	if err != nil {
		return err
	}
	return p.files.Send(c, f)
}

// onPaper fills in what the page of an edition says of its files, and what it is when
// it is printed.
func (p pages) onPaper(c *httpx.Ctx, r RunRow, sn Snapshot, f Figures, v *views.RunView) error {
	d, err := definitionOf(f)
	if err != nil {
		return err
	}
	issued, err := p.issuedOf(c.Std(), r.ID)
	if err != nil {
		return err
	}
	v.Decree = decree(c.T, d, f, issued, sn.Edition)
	v.Papers, err = p.papers(c, r, sn.Edition, issued, &v.Header)
	return err
}

// papers are an edition's files and signatures as the page of the report shows them; the
// page's head gets the Word file where there is one.
func (p pages) papers(c *httpx.Ctx, r RunRow, edition int64, issued []Issued, head *ui.HeaderData) (*views.PapersView, error) {
	t, href := c.T, "/reports/runs/"+string(r.ID)
	all, err := p.filesOf(c.Std(), r.ID, edition)
	if err != nil {
		return nil, err
	}
	v := &views.PapersView{Card: ui.CardData{Title: t.Say("reports.papers"), Flush: true}, Signed: signedFacts(t, issued, edition),
		Files: ui.TableData{Caption: t.Say("reports.papers"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("reports.papers.file")},
			{Label: t.Say("reports.papers.size"), Quiet: true}, {Label: t.Say("reports.papers.hash"), Quiet: true}}}}
	if c.Who.Covers(Issue, r.Cut) {
		word := "reports.issue.do"
		if len(issued) > 0 {
			word = "reports.issue.mend"
		}
		v.Card.Action = &ui.Action{Label: t.Say(word), Href: href + "/issue"}
	}
	more := map[string]*views.FileGroup{CSV: {Title: t.Say("reports.papers.csv")}, PNG: {Title: t.Say("reports.papers.png")}}
	for _, f := range all {
		at := fileAt(f)
		if f.Form == DOCX { // reports of before have none
			head.More = append([]ui.Action{{Label: t.Say("reports.download.docx"), Href: at, Icon: "download"}}, head.More...)
		}
		if g := more[f.Form]; g != nil {
			g.Files = append(g.Files, views.FileLine{Href: at, Name: f.Caption, Note: size(t, f.Size)})
			continue
		}
		name := t.Say("reports.papers." + f.Form)
		if f.Form == PDF && f.Issue > 0 {
			name = t.Say("reports.papers.signed", "number", numberOf(issued, f.Issue))
		}
		v.Files.Rows = append(v.Files.Rows, ui.Row{Href: at, Cells: []templ.Component{ui.Main(at, name, f.Name), ui.Text(size(t, f.Size)), ui.Text(f.Hash[:shownHash] + "…")}})
	}
	for _, form := range []string{CSV, PNG} {
		if g := more[form]; len(g.Files) > 0 {
			v.More = append(v.More, *g)
		}
	}
	return v, nil
}

// fileAt is where a stored file is handed over.
func fileAt(f ReportFile) string {
	return "/reports/runs/" + string(f.Run) + "/files/" + f.Name + "?edition=" + strconv.FormatInt(f.Edition, 10)
}

// filesOut fills in what the API says of a snapshot's files and of its signature.
func (s *Service) filesOut(c *httpx.Ctx, r RunRow, sn Snapshot, out *RunOut) error {
	all, err := s.filesOf(c.Std(), r.ID, sn.Edition)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Form == DOCX {
			out.DOCX = "/reports/runs/" + out.ID + "/report.docx"
		}
		out.Files = append(out.Files, FileOut{Form: f.Form, Name: f.Name, Caption: f.Caption, Address: fileAt(f), Issue: f.Issue, Size: f.Size, SHA256: f.Hash})
	}
	issued, err := s.issuedOf(c.Std(), r.ID)
	if err == nil && len(issued) > 0 && issued[0].Edition == sn.Edition {
		out.Number, out.SignedOn = issued[0].Code(), issued[0].SignedOn
	}
	return err
}

func numberOf(all []Issued, issue int64) string {
	for _, i := range all {
		if i.Issue == issue {
			return i.Code()
		}
	}
	return ""
}

// signedFacts say under which number the report was signed, and what was mended.
func signedFacts(t i18n.T, all []Issued, edition int64) []ui.Fact {
	var facts []ui.Fact
	for n, i := range all {
		if edition > 0 && i.Edition != edition {
			continue
		}
		if n > 0 {
			facts = append(facts, ui.Fact{Label: t.Say("reports.issue.before"), Text: t.Say("reports.issue.replaced", "number", i.Code(), "day", t.Day(dayOf(i.SignedOn)), "reason", all[n-1].Reason)})
			continue
		}
		facts = append(facts, ui.Fact{Label: t.Say("reports.issue.number"), Text: i.Code()}, ui.Fact{Label: t.Say("reports.issue.signed_on"), Text: t.Day(dayOf(i.SignedOn))},
			ui.Fact{Label: t.Say("reports.issue.signer"), Text: strings.ReplaceAll(i.Capacity, "\n", " – ") + ": " + i.Signer}, ui.Fact{Label: t.Say("reports.issue.by"), Text: i.ByName + ", " + t.Moment(i.At)})
	}
	return facts
}

// decree is the head and the foot that the page gets on paper.
func decree(t i18n.T, d Definition, f Figures, all []Issued, edition int64) *views.DecreeView {
	doc := head(t, d, f)
	if len(all) > 0 && all[0].Edition == edition {
		doc = all[0].on(t, doc)
	}
	return &views.DecreeView{Nation: doc.Nation, Motto: doc.Motto, Parent: doc.Parent, Issuer: doc.Issuer, Number: doc.Number, PlaceDate: doc.PlaceDate, Draft: doc.Draft,
		Kind: doc.Kind, Title: doc.Title, To: strings.TrimSpace(doc.AddresseeHead + " " + strings.Join(doc.Addressees, ", ")), Grounds: doc.Grounds,
		ReceiversHead: doc.ReceiversHead, Receivers: doc.Receivers, Capacity: doc.Capacity, Signer: doc.Signer}
}

func (p pages) issueForm(c *httpx.Ctx) error { return p.showIssue(c, nil) }

// showIssue shows the form that records a signature, with what was typed.
func (p pages) showIssue(c *httpx.Ctx, refused error) error {
	r, err := p.runAsked(c)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(Issue, r.Cut); err != nil {
		return err
	}
	f, doc, err := p.issueTyped(c, r)
	if err != nil {
		return err
	}
	t, href := c.T, "/reports/runs/"+string(r.ID)
	v := views.IssueView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: r.Period().Days(t), Href: href}, {Label: t.Say("reports.issue.do")}},
		Title: t.Say("reports.issue.title"), Lead: t.Say("reports.issue.lead")}}
	v.Form = ui.FormData{Action: href + "/issue", Submit: t.Say("reports.issue.save"), Cancel: href, Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(f.Version, 10)}},
		Fields: []ui.Field{
			{Kind: ui.Whole, Name: "number", Label: t.Say("reports.issue.number"), Hint: t.Say("reports.issue.number.hint", "symbol", symbolOf(doc)), Value: f.Number, Required: true, Narrow: true},
			{Kind: ui.Date, Name: "signed_on", Label: t.Say("reports.issue.signed_on"), Value: f.SignedOn, Required: true},
			{Kind: ui.Area, Name: "capacity", Label: t.Say("reports.issue.capacity"), Hint: t.Say("reports.issue.capacity.hint"), Value: f.Capacity, Required: true},
			{Name: "signer", Label: t.Say("reports.issue.signer"), Value: f.Signer, Required: true, Max: 80},
		}}
	if f.Version > 0 {
		v.Form.Fields = append(v.Form.Fields, ui.Field{Kind: ui.Area, Name: "reason", Label: t.Say("reports.issue.reason"), Hint: t.Say("reports.issue.reason.hint"), Value: f.Reason, Required: true})
	}
	return p.page.Form(c, site.Page{Title: v.Header.Title, At: "/reports"}, refused, func(e ui.Errors) templ.Component {
		v.Form.Errors = e
		return views.Issue(t, v)
	})
}

// issueTyped is what was typed, or what is offered at first: the day, and who usually signs.
func (p pages) issueTyped(c *httpx.Ctx, r RunRow) (IssueForm, render.Document, error) {
	sn, err := p.SnapshotOf(c.Std(), c.Who, r.ID)
	if err != nil {
		return IssueForm{}, render.Document{}, err
	}
	fig, d, err := p.bodied([]byte(sn.Body))
	if err != nil {
		return IssueForm{}, render.Document{}, err
	}
	doc := head(p.words.In(i18n.VI), d, fig)
	if c.Method() == "POST" {
		f, err := issueSent(c)
		return f, doc, err
	}
	all, err := p.issuedOf(c.Std(), r.ID)
	if err != nil {
		return IssueForm{}, doc, err
	}
	f := IssueForm{SignedOn: clock.Date(p.business.Now()), Capacity: strings.Join(doc.Capacity, "\n")}
	if len(all) > 0 {
		i := all[0]
		f = IssueForm{Number: strconv.FormatInt(i.Number, 10), SignedOn: i.SignedOn, Capacity: i.Capacity, Signer: i.Signer, Version: i.Issue}
	}
	return f, doc, nil
}

func issueSent(c *httpx.Ctx) (IssueForm, error) {
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil || version < 0 {
		return IssueForm{}, fault.Because(fault.Invalid, "fault.invalid", err)
	}
	return IssueForm{Number: strings.Clone(c.FormValue("number")), SignedOn: strings.Clone(c.FormValue("signed_on")), Capacity: strings.Clone(c.FormValue("capacity")),
		Signer: strings.Clone(c.FormValue("signer")), Reason: strings.Clone(c.FormValue("reason")), Version: version}, nil
}

func (p pages) issue(c *httpx.Ctx) error {
	r, err := p.runAsked(c)
	if err != nil {
		return err
	}
	f, err := issueSent(c)
	if err != nil {
		return err
	}
	i, err := p.IssueRun(c.Std(), c.Who, r.ID, f)
	if err != nil {
		if refused(err) {
			return p.showIssue(c, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.issue.saved", "number", i.Code()))
	return c.See("/reports/runs/" + string(r.ID))
}

// issuedOf are the issues of a run, the latest first.
func (s *Service) issuedOf(ctx context.Context, run ident.ID) ([]Issued, error) {
	return s.IssuedOf(ctx, system, run)
}
