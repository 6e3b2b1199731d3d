package catalogue

import (
	"lotrinh/dossier/catalogue/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Public is where citizens look for procedures.
const Public = "/thu-tuc"

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages for citizens and for those who keep procedures.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Public, p.find, httpx.Open)
	r.Page("GET", Public+"/:key", p.offer, httpx.Open)
	r.Page("GET", Public+"/:key/to-dan.pdf", p.poster, httpx.Open)
	p.keeping(r)
}

// find lists what is offered today, or what answers the words asked.
func (p *pages) find(c *httpx.Ctx) error {
	all, err := p.Offers(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	t := c.T
	asked := c.Query("q")
	v := views.FindView{Asked: asked, Action: Public}
	found := Find(all, asked)
	if asked != "" {
		g := views.Offers{}
		for _, o := range found {
			g.All = append(g.All, line(t, o))
		}
		v.Found, v.Groups = len(found), []views.Offers{g}
	} else {
		at := map[string]int{}
		for _, o := range found {
			i, ok := at[o.Group]
			if !ok {
				i = len(v.Groups)
				at[o.Group] = i
				v.Groups = append(v.Groups, views.Offers{Title: t.Say("catalogue.group." + o.Group)})
			}
			v.Groups[i].All = append(v.Groups[i].All, line(t, o))
		}
	}
	return p.site.Show(c, site.Page{Title: t.Say("catalogue.find"), Citizen: true}, views.Find(t, v))
}

func line(t i18n.T, o Offer) views.OfferLine {
	lang := string(t.Lang)
	return views.OfferLine{Name: o.Name.Say(lang), What: o.Plain.What.Say(lang), Href: Public + "/" + o.Key, Term: SayTerm(t, o.Term)}
}

// offer tells one procedure in plain words.
func (p *pages) offer(c *httpx.Ctx) error {
	o, err := p.OfferOf(c.Std(), c.Params("key"), p.Business.Now())
	if err != nil {
		return err
	}
	f, err := p.FormOf(c.Std(), o.ID)
	if err != nil {
		return err
	}
	t, lang := c.T, string(c.T.Lang)
	v := views.OfferView{Name: o.Name.Say(lang), What: o.Plain.What.Say(lang), Who: o.Plain.Who.Say(lang), Where: o.Plain.Where.Say(lang), Next: o.Plain.Next.Say(lang),
		Submit: papers(t, o.Definition, f, false), Show: papers(t, o.Definition, f, true), Term: SayTerm(t, o.Term), Fee: SayFee(t, o.Fee), Level: sayLevel(t, o.Definition), Code: o.Code,
		Back: Public, Poster: Public + "/" + o.Key + "/to-dan.pdf"}
	for _, r := range o.Results {
		v.Results = append(v.Results, r.Name.Say(lang))
	}
	for _, b := range o.Basis {
		s := b.Text
		if b.Article != "" {
			s = b.Article + ", " + b.Text
		}
		v.Basis = append(v.Basis, s)
	}
	if p.Filing != nil && o.fromHome() {
		v.File = &ui.Action{Label: t.Say("catalogue.file"), Href: p.Filing(o.Key)}
	}
	return p.site.Show(c, site.Page{Title: v.Name, Citizen: true}, views.Offer(t, v))
}

// fromHome tells whether a procedure is filed online: at level 3 and 4 of Decree
// 43/2011/NĐ-CP, and wholly or partly since 2022.
func (o Offer) fromHome() bool { return o.Level >= 3 || o.Online != "" }
