// Package imports is the pages of every import of tables: the template, the upload,
// the preview with every fault at its cell, the commit, the undo.
package imports

import (
	"bytes"
	"context"
	"embed"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/imports/views"
	"lotrinh/internal/site/ui"
)

// Locale holds the sentences of these pages.
//
//go:embed locale
var Locale embed.FS

// CommitJob is the kind of job that saves a large import.
const CommitJob = "import.commit"

// large is from how many rows on an import is saved by a job.
const large = 2000

// Pages shows imports.
type Pages struct {
	db       *db.DB
	importer *importer.Importer
	jobs     *job.Jobs
	catalog  *i18n.Catalog
	site     *site.Site
}

type commit struct {
	Run     ident.ID `json:"run"`
	Partial bool     `json:"partial"`
}

// Register says how large imports are saved, while the house is built.
func Register(jobs *job.Jobs, im *importer.Importer) {
	jobs.Register(CommitJob, func(ctx context.Context, run *job.Run) error {
		var in commit
		if err := run.Want(&in); err != nil {
			return err
		}
		r, err := im.Get(ctx, run.Who, in.Run)
		if err != nil || r.State == importer.Committed {
			return err // a run that died after its commit has nothing left to do
		}
		if err := run.Step(ctx, 0, r.Good(), "imports.saving", "name", r.Name); err != nil {
			return err
		}
		if _, err := im.Commit(ctx, run.Who, in.Run, in.Partial); err != nil {
			return err
		}
		return run.Keep(in)
	})
}

// Result is where the result of a commit job is seen.
func Result(r job.Row) string {
	var in commit
	if r.Into(&in) != nil {
		return "/imports"
	}
	return "/imports/runs/" + string(in.Run)
}

// New are the pages over an importer.
func New(d *db.DB, im *importer.Importer, jobs *job.Jobs, catalog *i18n.Catalog, s *site.Site) Pages {
	return Pages{db: d, importer: im, jobs: jobs, catalog: catalog, site: s}
}

// Routes declares the pages.
func (p Pages) Routes(r *httpx.Router) {
	r.Page("GET", "/imports", p.list)
	r.Page("GET", "/imports/runs/:id", p.run)
	r.Page("POST", "/imports/runs/:id/choose", p.choose)
	r.Page("POST", "/imports/runs/:id/commit", p.commit)
	r.Page("POST", "/imports/runs/:id/undo", p.undo)
	r.Page("GET", "/imports/:kind", p.form)
	r.Page("POST", "/imports/:kind", p.upload, httpx.Body(files.FormBody))
	r.Page("GET", "/imports/:kind/template.xlsx", p.template)
}

func (p Pages) list(c *httpx.Ctx) error {
	all, err := p.importer.List(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("imports.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("imports.file")},
		{Label: t.Say("imports.state")}, {Label: t.Say("imports.rows"), Num: true}, {Label: t.Say("imports.at")}},
		Empty: ui.EmptyData{Icon: "upload", Title: t.Say("imports.none")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	for _, r := range all.Items {
		href := "/imports/runs/" + string(r.ID)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, r.Name, ""), ui.Badge(stateOf(t, r.State)), ui.Number(t, r.Total), ui.Text(t.Moment(r.At))}})
	}
	if !all.First {
		d.Pager.First = "/imports"
	}
	if all.Next != "" {
		d.Pager.Next = "/imports?after=" + all.Next
	}
	return p.site.Show(c, site.Page{Title: t.Say("imports.title")}, views.List(t, ui.HeaderData{Title: t.Say("imports.title")}, d))
}

var stateTones = map[importer.State]ui.Tone{importer.Previewed: ui.Warn, importer.Committed: ui.Good, importer.Undone: ui.Neutral}

func stateOf(t i18n.T, s importer.State) ui.State {
	return ui.State{Tone: stateTones[s], Word: t.Say("imports.state." + string(s))}
}

func (p Pages) form(c *httpx.Ctx) error {
	spec, err := p.importer.Spec(c.Who, c.Params("kind"))
	if err != nil {
		return err
	}
	return p.ask(c, spec, nil)
}

func (p Pages) ask(c *httpx.Ctx, spec importer.Spec, refused error) error {
	t, status := c.T, 0
	if refused != nil {
		f := fault.Of(refused)
		if f.Kind != fault.Invalid && f.Kind != fault.TooLarge && f.Kind != fault.Conflict {
			return refused
		}
		status = f.Kind.Status()
	}
	e := ui.ErrorsOf(t, refused)
	at := "/imports/" + spec.Kind
	v := views.Upload{
		Header: ui.HeaderData{Title: t.Say(spec.Title), Lead: t.Say("imports.lead"), More: []ui.Action{
			{Label: t.Say("imports.template"), Href: at + "/template.xlsx", Icon: "download"}, {Label: t.Say("imports.title"), Href: "/imports", Icon: "history"}}},
		Form: ui.FormData{Action: at, Errors: e, Submit: t.Say("imports.preview"), Cancel: spec.Home, Multipart: true, Loose: true},
		Fields: []ui.Field{{Kind: ui.File, Name: "file", Label: t.Say("imports.file"), Hint: t.Say("imports.file.hint"), Accept: ".xlsx,.csv", Error: e.Of("file")},
			{Kind: ui.Area, Name: "pasted", Label: t.Say("imports.pasted"), Hint: t.Say("imports.pasted.hint"), Value: c.FormValue("pasted"), Rows: 6, Error: e.Of("pasted")}},
		Columns: p.columns(t, spec),
	}
	for _, o := range spec.Options {
		f := ui.Field{Kind: ui.Select, Name: o.Key, Label: t.Say(o.Name), Hint: t.Say(o.Name + ".hint"), Value: c.FormValue(o.Key)}
		for _, value := range o.Values {
			f.Options = append(f.Options, ui.Option{Value: value, Label: t.Say(o.Name + "." + value)})
		}
		v.Fields = append(v.Fields, f)
	}
	return p.site.Show(c, site.Page{Title: t.Say(spec.Title), At: spec.At, Status: status}, views.UploadPage(t, v))
}

func (p Pages) columns(t i18n.T, spec importer.Spec) ui.TableData {
	d := ui.TableData{Caption: t.Say("imports.columns"), Count: -1, Columns: []ui.Column{{Label: t.Say("imports.column")}, {Label: t.Say("imports.need")}, {Label: t.Say("imports.hint")}}}
	for _, col := range spec.Columns {
		need, hint := "importer.optional", ""
		if col.Needed {
			need = "importer.needed"
		}
		if p.catalog.Has(col.Name + ".hint") {
			hint = t.Say(col.Name + ".hint")
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say(col.Name)), ui.Text(t.Say(need)), ui.Text(hint)}})
	}
	return d
}

func (p Pages) template(c *httpx.Ctx) error {
	spec, err := p.importer.Spec(c.Who, c.Params("kind"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.Template(&b, p.catalog, c.T, spec); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, files.XLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+spec.Kind+`.xlsx"`)
	return c.Send(b.Bytes())
}

func (p Pages) upload(c *httpx.Ctx) error {
	spec, err := p.importer.Spec(c.Who, c.Params("kind"))
	if err != nil {
		return err
	}
	name, body, err := p.sent(c)
	if err != nil {
		return p.ask(c, spec, err)
	}
	asked := map[string]string{}
	for _, o := range spec.Options {
		asked[o.Key] = c.FormValue(o.Key)
	}
	r, err := p.importer.Preview(c.Std(), c.Who, spec.Kind, files.Name(name), bytes.NewReader(body), int64(len(body)), asked)
	if err != nil {
		return p.ask(c, spec, err)
	}
	return c.See("/imports/runs/" + string(r.ID))
}

// sent is the table of the form: the file, or else what was pasted from a spreadsheet.
func (p Pages) sent(c *httpx.Ctx) (name string, body []byte, err error) {
	if name, body, err = c.Upload("file", files.Sheet.Max); err != nil || len(body) > 0 {
		return name, body, err
	}
	if pasted := c.FormValue("pasted"); strings.TrimSpace(pasted) != "" {
		at := p.site.Business.Now().In(clock.City).Format("02-01-2006 15.04")
		return c.T.Say("imports.pasted.name", "at", at), []byte(pasted), nil
	}
	var k fault.Check
	k.Need(false, "file", "imports.file_needed")
	return "", nil, k.Err()
}

// choose takes a decision about a row, or about every row that waits for one.
func (p Pages) choose(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(c.FormValue("n"), 10, 64)
	if err != nil {
		n = 0
	}
	if _, err := p.importer.Choose(c.Std(), c.Who, id, n, c.FormValue("choice")); err != nil {
		return p.show(c, id, err, nil)
	}
	q := url.Values{}
	if only := c.FormValue("only"); only != "" {
		q.Set("only", only)
	}
	return c.See("/imports/runs/" + string(id) + "?" + q.Encode())
}

func (p Pages) commit(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	partial := c.FormValue("partial") != ""
	r, err := p.importer.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	if r.State == importer.Previewed && r.Total >= large {
		return p.later(c, c.Who, commit{Run: id, Partial: partial})
	}
	if r, err = p.importer.Commit(c.Std(), c.Who, id, partial); err != nil {
		return p.show(c, id, err, nil)
	}
	site.Flash(c, ui.Good, c.T.Say("imports.saved", "created", r.Created, "updated", r.Updated))
	return c.See("/imports/runs/" + string(id))
}

// later saves a large import by a job.
func (p Pages) later(c *httpx.Ctx, who access.Actor, in commit) error {
	var jobID ident.ID
	err := p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		jobID, err = p.jobs.Start(ctx, tx, CommitJob, who, in)
		return err
	})
	if err != nil {
		return err
	}
	return c.See("/jobs/" + string(jobID))
}

func (p Pages) undo(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	refused, err := p.importer.Undo(c.Std(), c.Who, id, c.FormValue("partial") != "")
	if err != nil {
		return p.show(c, id, err, refused)
	}
	if len(refused) > 0 {
		left := make([]string, len(refused))
		for i, r := range refused {
			left[i] = strconv.Itoa(r.N)
		}
		site.Flash(c, ui.Warn, c.T.Say("imports.undone_but", "rows", strings.Join(left, ", ")))
		return c.See("/imports/runs/" + string(id))
	}
	site.Flash(c, ui.Good, c.T.Say("imports.undone"))
	return c.See("/imports/runs/" + string(id))
}
