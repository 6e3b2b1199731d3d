package filing

import (
	"encoding/json"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier/filing/views"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/ui"
)

// paperOf is the document that a page asks for.
func paperOf(a at) (procedure.Document, error) {
	key := strings.TrimPrefix(a.step, stepPaper)
	for _, one := range a.def.Documents {
		if one.Key == key && !one.Show {
			return one, nil
		}
	}
	return procedure.Document{}, fault.New(fault.Missing, "fault.missing")
}

func (p *pages) showPaper(c *httpx.Ctx, a at, refused error) error {
	doc, err := paperOf(a)
	if err != nil {
		return err
	}
	all, err := p.Documents(c.Std(), a.Draft)
	if err != nil {
		return err
	}
	lang := string(c.T.Lang)
	v := p.paperView(c.T, a.Draft, p.path(a.Draft, a.step), doc.Key, all[doc.Key])
	v.Step = p.view(c, a, doc.Name.Say(lang))
	v.Step.Help, v.Required, v.Counter = doc.Note.Say(lang), !doc.Optional, a.Helper != ""
	lacks := refused == nil && c.Query(askMissing) == "1" && v.Required && !v.Counter && len(v.Papers) == 0
	return p.show(c, v.Step.Title, refused, func(e ui.Errors) templ.Component {
		if lacks {
			e.Fields = append(e.Fields, ui.FieldError{Name: "files", Text: c.T.Say("filing.form.paper_photo", "paper", doc.Name.Say(lang))})
		}
		v.Step.Errors = e
		return views.PaperPage(c.T, v)
	})
}

// paperView shows what has arrived of a document and takes more.
func (p *pages) paperView(t i18n.T, d Draft, action, key string, all []Document) views.PaperView {
	v := views.PaperView{Key: key, Full: len(all) >= MostFiles, Step: views.StepView{Action: action}}
	for _, one := range all {
		href := p.path(d, "tep") + "/" + string(one.File)
		paper := views.Paper{ID: string(one.File), Name: one.Name, Size: sized(t, one.Size), Href: href, Remove: action}
		if one.Thumb != "" {
			paper.Thumb = href + "/nho"
		}
		v.Papers = append(v.Papers, paper)
	}
	return v
}

func sized(t i18n.T, n int64) string {
	size, unit := scale(n)
	return t.Decimal(size, 1) + " " + unit
}

// takePaper takes pictures of a plain form in, one away, or goes on.
func (p *pages) takePaper(c *httpx.Ctx, a at) error {
	doc, err := paperOf(a)
	if err != nil {
		return err
	}
	switch c.FormValue("do") {
	case "next":
		return c.See(p.path(a.Draft, a.way.after(a.step)))
	default:
		err = p.receive(c, a.Draft, doc.Key)
	}
	if err != nil {
		return p.showPaper(c, a, err)
	}
	return c.See(p.path(a.Draft, a.step))
}

// receive takes the files of a plain form in for a document, or takes one away.
func (p *pages) receive(c *httpx.Ctx, d Draft, key string) error {
	if c.FormValue("do") == "remove" {
		id, err := ident.Parse(c.FormValue("file"))
		if err != nil {
			return err
		}
		return p.Remove(c.Std(), d, id)
	}
	blobs, err := p.Files.FromForm(c, "files", files.Document, MostFiles)
	if err == nil && len(blobs) == 0 {
		err = fault.New(fault.Invalid, "filing.form.files_none")
	}
	if err == nil {
		_, err = p.Put(c.Std(), d, key, blobs)
	}
	return onFiles(err)
}

// onFiles puts a refusal of a file at the field of files.
func onFiles(err error) error {
	if err == nil {
		return nil
	}
	e := fault.Of(err)
	if e.Kind != fault.Invalid && e.Kind != fault.TooLarge || len(e.Fields) > 0 {
		return err
	}
	var k fault.Check
	k.Need(false, "files", e.Key, e.Args...)
	return k.Err()
}

// uploading is what the script says of a picture.
type uploading struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// stands is how an upload stands, for the script.
type stands struct {
	ID      ident.ID `json:"id,omitempty"`
	Chunk   int64    `json:"chunk,omitempty"`
	Parts   int64    `json:"parts,omitempty"`
	Missing []int64  `json:"missing"`
	Done    bool     `json:"done"`
	Refused string   `json:"refused,omitempty"`
}

// scripted answers the script: what was refused in words, with its status.
func scripted(c *httpx.Ctx, out any, err error) error {
	quiet(c)
	if err == nil {
		return c.JSON(out)
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	words := c.T.Say(f.Key, f.Args...)
	for _, one := range f.Fields {
		words = c.T.Say(one.Key, one.Args...)
	}
	return c.Status(f.Kind.Status()).JSON(stands{Refused: words})
}

// carries is the draft of an address and the document that a script speaks of.
func (p *pages) carries(c *httpx.Ctx) (Draft, uploading, error) {
	d, err := p.ByKey(c.Std(), c.Params("draft"))
	if err != nil {
		return d, uploading{}, err
	}
	var in uploading
	if err := json.Unmarshal(c.Body(), &in); err != nil {
		return d, in, fault.Because(fault.Invalid, "fault.invalid", err)
	}
	def, err := p.Dossiers.Definition(c.Std(), d.Version)
	if err != nil {
		return d, in, err
	}
	for _, one := range def.Documents {
		if one.Key == in.Key && (!one.Show || d.Kind == Supplement) {
			return d, in, nil
		}
	}
	if d.Kind == Supplement && in.Key == Other {
		return d, in, nil
	}
	return d, in, fault.New(fault.Invalid, "filing.form.paper_unknown")
}

func (p *pages) upload(c *httpx.Ctx) error {
	d, in, err := p.carries(c)
	if err != nil {
		return scripted(c, nil, err)
	}
	u, err := p.BeginUpload(c.Std(), d, in.Key, in.Name, in.Size, in.SHA256)
	if u.Missing == nil {
		u.Missing = []int64{}
	}
	return scripted(c, stands{ID: u.Upload, Chunk: files.Chunk, Parts: (in.Size + files.Chunk - 1) / files.Chunk, Missing: u.Missing, Done: u.Document != nil}, err)
}

func (p *pages) part(c *httpx.Ctx) error {
	d, err := p.ByKey(c.Std(), c.Params("draft"))
	if err != nil {
		return scripted(c, nil, err)
	}
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return scripted(c, nil, err)
	}
	n, err := c.ParamsInt("n")
	if err != nil {
		return scripted(c, nil, fault.Because(fault.Missing, "fault.missing", err))
	}
	return scripted(c, stands{Missing: []int64{}}, p.Part(c.Std(), d, id, int64(n), c.Body()))
}

func (p *pages) finish(c *httpx.Ctx) error {
	d, in, err := p.carries(c)
	if err != nil {
		return scripted(c, nil, err)
	}
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return scripted(c, nil, err)
	}
	_, err = p.FinishUpload(c.Std(), d, in.Key, id)
	return scripted(c, stands{Missing: []int64{}, Done: err == nil}, err)
}

// file shows a picture of a draft to whoever has its address.
func (p *pages) file(c *httpx.Ctx) error {
	d, err := p.ByKey(c.Std(), c.Params("draft"))
	if err != nil {
		return err
	}
	id, err := ident.Parse(c.Params("file"))
	if err != nil {
		return err
	}
	f, err := p.File(c.Std(), d, id)
	if err != nil {
		return err
	}
	return p.hand(c, f)
}

// hand answers with a file, or with its thumbnail.
func (p *pages) hand(c *httpx.Ctx, f files.File) error {
	if strings.HasSuffix(c.Path(), "/nho") && f.Thumb != "" {
		return p.Files.SendThumb(c, f)
	}
	return p.Files.Send(c, f)
}
