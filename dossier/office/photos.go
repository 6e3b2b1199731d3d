package office

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// PhotosOf are the photos and scans of a dossier's papers, by the paper's key, the oldest
// first.
func (s *Service) PhotosOf(ctx context.Context, d dossier.Dossier, docs []dossier.Document) (map[string][]files.File, error) {
	subjects := make([]string, len(docs))
	for i, doc := range docs {
		subjects[i] = dossier.PaperOwner(d, doc.Key).Subject
	}
	all := map[string][]files.File{}
	if len(docs) == 0 {
		return all, nil
	}
	found, err := s.Files.Of(ctx, dossier.Area, subjects...)
	for i, doc := range docs {
		all[doc.Key] = found[subjects[i]]
	}
	return all, err
}

// AddPapers takes in what an applicant brings after the dossier was filed: papers that lie
// on the counter or are shown, and photos of them. The history says who took what. It wants
// Receive or Examine at the dossier's unit; a dossier that is done takes nothing more.
func (s *Service) AddPapers(ctx context.Context, who access.Actor, id ident.ID, papers []string, got map[string][]files.Blob) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.DossierIn(ctx, tx, who, dossier.Read, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		if err := mends(who, d); err != nil {
			return err
		}
		if !d.Open || d.Status == dossier.Finished {
			return fault.New(fault.Conflict, "dossier.closed")
		}
		def, err := s.Definition(ctx, d.Version)
		if err != nil {
			return err
		}
		var names []string
		for _, doc := range def.Documents {
			if !slices.Contains(papers, doc.Key) && len(got[doc.Key]) == 0 {
				continue
			}
			names = append(names, doc.Name.VI)
			if err := s.PresentIn(ctx, tx, d.ID, doc.Key, doc.Show); err != nil {
				return err
			}
			if err := s.give(ctx, tx, who, d, doc, got[doc.Key]); err != nil {
				return err
			}
		}
		if len(names) == 0 {
			return fault.New(fault.Invalid, "office.papers.nothing")
		}
		_, err = s.DoIn(ctx, tx, who, d.ID, 0, dossier.Move{Act: dossier.Note, Said: s.vi().Say("office.papers.taken", "papers", strings.Join(names, "; "))})
		return err
	})
}

// give attaches photos to a paper of a dossier; the same content is there once.
func (s *Service) give(ctx context.Context, tx *db.Tx, who access.Actor, d dossier.Dossier, doc document, got []files.Blob) error {
	if len(got) == 0 {
		return nil
	}
	owner := dossier.PaperOwner(d, doc.Key)
	var there []string
	if err := tx.NewRaw("SELECT hash FROM file WHERE area = ? AND subject = ?", owner.Area, owner.Subject).Scan(ctx, &there); err != nil {
		return db.Sorted(err)
	}
	for _, b := range got {
		if slices.Contains(there, b.Hash) {
			continue
		}
		if there = append(there, b.Hash); len(there) > mostPhotos {
			var k fault.Check
			k.Need(false, filesOf+doc.Key, "office.intake.photos_many", "n", mostPhotos)
			return k.Err()
		}
		if _, err := files.Attach(ctx, tx, s.Now(), who, b, owner); err != nil {
			return err
		}
	}
	return nil
}

// Photo is a file of a dossier's paper for whoever may read the dossier. Opening it whole
// is in the trail; its small picture is part of the dossier's page, which is.
func (s *Service) Photo(ctx context.Context, who access.Actor, id, file ident.ID, whole bool) (files.File, error) {
	d, err := s.DossierIn(ctx, s.DB.Read(), who, dossier.Read, id)
	if err != nil {
		return files.File{}, err
	}
	f, err := s.Files.Get(ctx, dossier.Area, file)
	if err == nil && !strings.HasPrefix(f.Subject, dossier.PaperOwner(d, "").Subject) {
		err = fault.New(fault.Missing, "fault.missing")
	}
	if err != nil || !whole {
		return f, err
	}
	return f, s.Seen(ctx, who, "dossier.paper.read", id)
}

func (p *pages) photo(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f, err := p.Photo(c.Std(), c.Who, key, ident.ID(c.Params("file")), c.Query("small") != "1")
	if err != nil {
		return err
	}
	return p.hand(c, f)
}

func (p *pages) addPapers(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	d, err := p.DossierIn(c.Std(), p.DB.Read(), c.Who, dossier.Read, key)
	if err != nil {
		return err
	}
	if err := mends(c.Who, d); err != nil {
		return err
	}
	def, err := p.Definition(c.Std(), d.Version)
	if err != nil {
		return err
	}
	var papers []string
	got := map[string][]files.Blob{}
	for _, doc := range def.Documents {
		if c.FormValue(tickOf+doc.Key) == "1" {
			papers = append(papers, doc.Key)
		}
		if doc.Show {
			continue
		}
		if got[doc.Key], err = p.Files.FromForm(c, filesOf+doc.Key, files.Document, mostPhotos); err != nil {
			return p.ShowDossier(c, p.site, key, err)
		}
	}
	if err := p.AddPapers(c.Std(), c.Who, key, papers, got); err != nil {
		return p.ShowDossier(c, p.site, key, err)
	}
	site.Flash(c, ui.Good, c.T.Say("office.papers.done"))
	return c.See(d.Path() + "#check")
}

// documentItems are the papers of a dossier as they stand, with what was found of each and
// their photos.
func (s *Service) documentItems(t i18n.T, v dossier.View, found map[string]Finding, photos map[string][]files.File) []views.PaperItem {
	lang := string(t.Lang)
	out := make([]views.PaperItem, 0, len(v.Documents))
	for _, d := range v.Documents {
		one := views.PaperItem{Title: t.Say("office.document.other"), Show: d.Shown, Sent: sentOf(t, photos[d.Key], v.Path()+"/papers/")}
		if i := slices.IndexFunc(v.Definition.Documents, func(x document) bool { return x.Key == d.Key }); i >= 0 {
			one.Title = v.Definition.Documents[i].Name.Say(lang)
		}
		one.State = s.documentState(t, d, found[d.Key])
		out = append(out, one)
	}
	return out
}

// papersForm takes in what an applicant brings later; nil for who may not, or where nothing
// can come any more.
func (s *Service) papersForm(c *httpx.Ctx, v dossier.View, photos map[string][]files.File) templ.Component {
	if mends(c.Who, v.Dossier) != nil || !v.Open || v.Status == dossier.Finished || len(v.Definition.Documents) == 0 {
		return nil
	}
	t, lang := c.T, string(c.T.Lang)
	all := make([]views.PaperItem, 0, len(v.Definition.Documents))
	for _, doc := range v.Definition.Documents {
		there := slices.ContainsFunc(v.Documents, func(d dossier.Document) bool { return d.Key == doc.Key && d.State == present })
		label := "office.intake.tick.submit"
		if doc.Show {
			label = "office.intake.tick.show"
		}
		one := views.PaperItem{Title: doc.Name.Say(lang), Show: doc.Show, Tick: ui.Field{Kind: ui.Check, Name: tickOf + doc.Key, Label: t.Say(label), Value: ticked(there)}}
		if !doc.Show && len(photos[doc.Key]) < mostPhotos {
			one.Upload = photoField(t, doc.Key, one.Title, "")
		}
		all = append(all, one)
	}
	form := ui.FormData{ID: "papers", Action: v.Path() + "/papers", Multipart: true, Submit: t.Say("office.papers.save")}
	return views.AddPapers(t, t.Say("office.papers.add"), form, all)
}

// photoField is the input for the photos of one paper.
func photoField(t i18n.T, key, name, wrong string) *ui.Field {
	return &ui.Field{Kind: ui.File, Name: filesOf + key, Label: t.Say("office.intake.photo"), Hint: t.Say("office.intake.photo_hint"), Multiple: true, Accept: photoTypes, Error: wrong,
		Attrs: templ.Attributes{"aria-label": t.Say("office.intake.photo_of", "name", name), "data-shrink": true}}
}

func bunList(ids []ident.ID) any { return bun.List(ids) }
