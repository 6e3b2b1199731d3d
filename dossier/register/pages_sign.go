package register

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/register/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func (p *pages) signList(c *httpx.Ctx) error { return p.showSign(c, "", nil) }

// showSign shows what waits for a signature, one dossier of it open beside the list.
func (p *pages) showSign(c *httpx.Ctx, which string, refused error) error {
	t := c.T
	practice := c.Query("practice", c.FormValue("practice")) == "1"
	all, err := p.ToSign(c.Std(), c.Who, practice, page.Read(c.Query("after"), "50"))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all.Items, func(w Waiting) bool { return string(w.ID) == c.Query("id", c.FormValue("id")) })
	if at < 0 && len(all.Items) > 0 {
		at = 0
	}
	b := signPage{p: p, c: c, all: all, at: at, practice: practice, which: which}
	out, err := b.build()
	if err != nil {
		return err
	}
	return p.again(c, t.Say("register.sign.title"), signAt, refused, func(e ui.Errors) templ.Component {
		if which == "refuse" {
			out.Refuse.Form.Errors = e
		} else {
			out.Form.Errors, out.Password.Error = e, e.Of("password")
		}
		return views.SignPage(t, out)
	})
}

// signPage builds the leader's list.
type signPage struct {
	p        *pages
	c        *httpx.Ctx
	all      page.Page[Waiting]
	at       int // of all.Items, which is open; below zero when there is none
	practice bool
	which    string
}

func (b signPage) href(id ident.ID) string {
	q := url.Values{"id": {string(id)}}
	if b.practice {
		q.Set("practice", "1")
	}
	if after := b.c.Query("after"); after != "" {
		q.Set("after", after)
	}
	return signAt + "?" + q.Encode()
}

func (b signPage) build() (views.Sign, error) {
	t := b.c.T
	out := views.Sign{Head: ui.HeaderData{Title: t.Say("register.sign.title"), Lead: t.Say("register.sign.lead")},
		Filter: ui.FilterData{Action: signAt, Presets: []ui.Preset{{Label: t.Say("register.real"), Href: signAt, Active: !b.practice, Count: -1}, {Label: t.Say("register.practice.short"), Href: signAt + "?practice=1", Active: b.practice, Count: -1}}},
		Empty:  ui.EmptyData{Icon: "circle-check", Title: t.Say("register.sign.none"), Text: t.Say("register.sign.none_text")}}
	if b.practice {
		out.Notice = &ui.NoticeData{Tone: ui.Trial, Title: t.Say("register.practice")}
	}
	if b.at < 0 {
		return out, nil
	}
	if err := b.open(&out); err != nil {
		return out, err
	}
	for i, w := range b.all.Items {
		one := views.Pick{ID: string(w.ID), Href: b.href(w.ID), Title: w.Subject, Sub: w.Number(), Open: i == b.at, Version: strconv.FormatInt(w.Ver, 10), Barred: i == b.at && out.Bar != nil}
		if def, err := b.p.Dossiers.Definition(b.c.Std(), w.Version); err == nil {
			one.Sub = def.Name.Say(string(t.Lang)) + " · " + w.Number()
		}
		if w.Late(b.p.now()) {
			one.State = &ui.State{Tone: ui.Late, Word: t.Say("register.sign.late")}
		}
		out.Picks = append(out.Picks, one)
	}
	hidden := []ui.Hidden{{Name: "id", Value: string(b.all.Items[b.at].ID)}}
	if b.practice {
		hidden = append(hidden, ui.Hidden{Name: "practice", Value: "1"})
	}
	out.Form = ui.FormData{Action: signAt, Submit: t.Say("register.sign.submit"), Hidden: hidden, Wide: true, Loose: true}
	out.Password = passwordField(t)
	if !b.all.First {
		out.Pager.First = signAt
	}
	if b.all.Next != "" {
		out.Pager.Next = signAt + "?after=" + b.all.Next
	}
	out.Pager.Shown = len(b.all.Items)
	if b.at+1 < len(b.all.Items) {
		out.Keys = append(out.Keys, ui.Action{Label: t.Say("register.sign.next"), Href: b.href(b.all.Items[b.at+1].ID), Key: "j"})
	}
	if b.at > 0 {
		out.Keys = append(out.Keys, ui.Action{Label: t.Say("register.sign.previous"), Href: b.href(b.all.Items[b.at-1].ID), Key: "k"})
	}
	return out, nil
}

// open fills in what is signed: the draft, the entry, what the officers checked, and
// whether this person may sign it.
func (b signPage) open(out *views.Sign) error {
	t, w, s := b.c.T, b.all.Items[b.at], b.p.Service
	ctx, q := b.c.Std(), b.p.DB.Read()
	f, err := s.fileOf(ctx, q, w.Dossier)
	if err != nil {
		return err
	}
	tree, err := b.p.tree(ctx)
	if err != nil {
		return err
	}
	def, err := s.Dossiers.Definition(ctx, w.Version)
	if err != nil {
		return err
	}
	out.Opened = true
	out.Title = t.Say("register.sign.draft", "name", w.Subject)
	out.Facts = []ui.Fact{{Label: t.Say("register.sign.result"), Text: def.Name.Say(string(t.Lang))}, {Label: t.Say("register.entry.dossier"), Value: ui.Link(w.Path(), w.Number())}, {Label: t.Say("register.unit"), Text: tree.Place(w.Unit)}}
	if w.SubjectPID != "" {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("register.sign.pid"), Value: ui.Code(t, w.SubjectPID)})
	}
	if !w.DueAt.IsZero() {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("register.sign.due"), Text: t.Moment(w.DueAt)})
	}
	if out.Says, err = b.p.says(b.c, w.Version, w.Unit, w.AcceptedAt, f.answers, nil); err != nil {
		return err
	}
	if out.Checks, err = b.checks(w.Dossier); err != nil {
		return err
	}
	cl, found, err := s.clashOf(ctx, q, b.c.Who.ID, w.Dossier)
	if err != nil {
		return err
	}
	if found {
		out.Bar = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("register.own_relative", "name", cl.Name, "relation", i18n.Key("register.relation."+cl.Relation)), Text: t.Say("register.sign.delegate")}
		out.Checks = append(out.Checks, ui.Fact{Label: t.Say("register.sign.impartial"), Text: t.Say("register.sign.impartial.no")})
	} else {
		out.Checks = append(out.Checks, ui.Fact{Label: t.Say("register.sign.impartial"), Text: t.Say("register.sign.impartial.yes")})
	}
	if _, err := s.People.PostAt(ctx, q, b.c.Who.ID, org.SigningLeader, w.Unit, clock.Date(s.now())); err != nil && out.Bar == nil {
		out.Bar = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("register.no_authority")}
	}
	out.Refuse = views.Form{Title: t.Say("register.sign.refuse"), Folded: b.which != "refuse", Form: ui.FormData{ID: "refuse", Action: signAt + "/refuse", Submit: t.Say("register.sign.refuse"), Danger: true,
		Hidden: []ui.Hidden{{Name: "id", Value: string(w.ID)}, {Name: "version", Value: strconv.FormatInt(w.Ver, 10)}},
		Fields: []ui.Field{{Kind: ui.Area, Name: "said", Label: t.Say("register.reason"), Hint: t.Say("register.sign.refuse.hint"), Value: b.c.FormValue("said"), Rows: 3, Required: true}, passwordAt(t, "refuse-password")}}}
	return nil
}

// passwordAt is passwordField with an id of its own, where a page asks twice.
func passwordAt(t i18n.T, id string) ui.Field {
	f := passwordField(t)
	f.Attrs = templ.Attributes{"id": id}
	return f
}

// checks are what the officers did before: the entry, the papers, who examined.
func (b signPage) checks(d dossier.Dossier) ([]ui.Fact, error) {
	t, ctx, q := b.c.T, b.c.Std(), b.p.DB.Read()
	var out []ui.Fact
	var entries []Entry
	if err := q.NewSelect().Model(&entries).Where("re.dossier = ?", d.ID).Where("NOT EXISTS (SELECT 1 FROM register_void AS rv WHERE rv.entry = re.id)").Order("re.id DESC").Limit(1).Scan(ctx); err != nil {
		return nil, err
	}
	for _, e := range entries {
		out = append(out, ui.Fact{Label: t.Say("register.sign.entry"), Value: ui.Link(e.Path(), Numbered(e.Number, e.Year)+" · "+e.Book())},
			ui.Fact{Label: t.Say("register.officer"), Text: t.Say("register.by_at", "name", e.OfficerName, "at", e.At)}, ui.Fact{Label: t.Say("register.hash"), Value: ui.Code(t, e.Hash[:16])})
	}
	docs, err := b.p.Dossiers.DocumentsOf(ctx, q, d.ID)
	if err != nil {
		return nil, err
	}
	present := 0
	for _, one := range docs {
		if one.State == "present" {
			present++
		}
	}
	if len(docs) > 0 {
		out = append(out, ui.Fact{Label: t.Say("register.sign.papers"), Text: t.Say("register.of", "n", present, "of", len(docs))})
	}
	steps, err := b.p.Dossiers.StepsOf(ctx, q, d.ID)
	if err != nil {
		return nil, err
	}
	for _, st := range steps {
		switch st.Act {
		case dossier.HandOver, dossier.Verified, dossier.Confirmed, dossier.PIDGiven, dossier.Declined:
			who := st.ActorName
			if strings.HasPrefix(string(st.Actor), "system:") {
				who = t.Say("dossier.by_system")
			}
			out = append(out, ui.Fact{Label: t.Say(string(st.Act.Key())), Text: t.Say("register.by_at", "name", who, "at", st.At), Age: st.Said})
		}
	}
	return out, nil
}

// picked are the dossiers that were ticked, each with the version that was seen.
func picked(c *httpx.Ctx) []Ask {
	var out []Ask
	for _, raw := range c.Request().PostArgs().PeekMulti("dossier") {
		id, ver, _ := strings.Cut(string(raw), ":")
		key, err := ident.Parse(id)
		if err == nil {
			out = append(out, Ask{key, httpx.VersionIn(ver)})
		}
	}
	return out
}

func (p *pages) signMany(c *httpx.Ctx) error {
	if err := c.Who.Need(dossier.Sign); err != nil {
		return err
	}
	asked := picked(c)
	if len(asked) == 0 || len(asked) > page.Max {
		var k fault.Check
		k.Need(false, "dossier", "register.sign.pick")
		return p.showSign(c, "sign", k.Err())
	}
	proof, err := p.prove(c)
	if err != nil {
		return p.showSign(c, "sign", err)
	}
	all, err := p.Sign(c.Std(), c.Who, proof, asked)
	if err != nil {
		return p.showSign(c, "sign", err)
	}
	done := 0
	var not []string
	for _, o := range all {
		if o.Err == nil {
			done++
			continue
		}
		f := fault.Of(o.Err)
		not = append(not, c.T.Say(f.Key, f.Args...))
	}
	tone := ui.Good
	if len(not) > 0 {
		tone = ui.Warn
	}
	site.Flash(c, tone, c.T.Say("register.done.sign", "n", done, "not", len(not)), not...)
	return c.See(p.backToSign(c))
}

func (p *pages) backToSign(c *httpx.Ctx) string {
	if c.FormValue("practice") == "1" {
		return signAt + "?practice=1"
	}
	return signAt
}

func (p *pages) refuse(c *httpx.Ctx) error {
	if err := c.Who.Need(dossier.Sign); err != nil {
		return err
	}
	key, err := ident.Parse(c.FormValue("id"))
	if err != nil {
		return err
	}
	if _, err := p.Dossiers.DossierIn(c.Std(), p.DB.Read(), c.Who, dossier.Sign, key); err != nil {
		return err
	}
	proof, err := p.prove(c)
	if err == nil {
		_, err = p.Refuse(c.Std(), c.Who, proof, Ask{key, c.Version()}, c.FormValue("said"))
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showSign(c, "refuse", err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done.refuse"))
	return c.See(p.backToSign(c))
}
