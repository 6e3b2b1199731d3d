package register

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/register/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func (p *pages) entry(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.showEntry(c, key, "", nil)
}

func (p *pages) showEntry(c *httpx.Ctx, key ident.ID, which string, refused error) error {
	v, err := p.Entry(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	out, err := p.entryPage(c, tree, v)
	if err != nil {
		return err
	}
	fields, err := p.fieldOptions(c, v.Content.Version, v.Stand.Answers)
	if err != nil {
		return err
	}
	return p.again(c, out.Head.Title, Home, refused, func(e ui.Errors) templ.Component {
		out.Forms = p.entryForms(c, v, fields, which, e)
		return views.EntryPage(c.T, out)
	})
}

func (p *pages) entryPage(c *httpx.Ctx, tree *org.Tree, v View) (views.Entry, error) {
	t := c.T
	state := p.state(c, v.Stand.Void != nil, v.Stand.Annulled(), v.Practice)
	title := t.Say("register.entry.title", "number", Numbered(v.Number, v.Year), "book", v.Book())
	out := views.Entry{Head: ui.HeaderData{Title: title, State: &state, Lead: v.Subject, Crumbs: []ui.Crumb{{Label: t.Say("register.tab"), Href: Home}, {Label: Numbered(v.Number, v.Year)}},
		More: []ui.Action{{Label: t.Say("register.entry.dossier"), Href: dossier.Home + "/" + string(v.Dossier), Icon: "inbox"}}}}
	if v.Stand.Valid() && c.Who.May(dossier.Register) {
		out.Head.Action = &ui.Action{Label: t.Say("register.extract.do"), Href: v.Path() + "/extract", Icon: "printer"}
	}
	switch {
	case !v.Proved:
		out.Notice = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("register.entry.tampered")}
	case v.Practice:
		out.Notice = &ui.NoticeData{Tone: ui.Trial, Title: t.Say("register.practice")}
	case v.Lock != nil && v.Lock.UnlockedAt.IsZero():
		out.Notice = &ui.NoticeData{Tone: ui.Info, Title: t.Say("register.entry.locked", "at", v.Lock.LockedAt)}
	}
	out.Facts = []ui.Fact{{Label: t.Say("register.book"), Text: v.Book()}, {Label: t.Say("register.number"), Text: Numbered(v.Number, v.Year)}, {Label: t.Say("register.kind"), Text: kindWord(t, v.Kind)},
		{Label: t.Say("register.day"), Text: day(t, v.Day)}, {Label: t.Say("register.unit"), Text: tree.Place(v.Unit)}, {Label: t.Say("register.officer"), Text: v.OfficerName},
		{Label: t.Say("register.hash"), Value: ui.Code(t, v.Hash[:16])}}
	says, err := p.says(c, v.Content.Version, v.Unit, v.At, v.Stand.Answers, v.Stand.First)
	out.Says, out.Events = says, p.entryEvents(c, v)
	out.Proposals = p.proposalTable(c, v)
	return out, err
}

func (p *pages) entryEvents(c *httpx.Ctx, v View) []ui.Event {
	t := c.T
	out := []ui.Event{{At: v.At, Who: v.OfficerName, What: t.Say("register.event.entered"), Note: t.Say("register.proof." + v.Proof)}}
	for _, g := range v.Signatures {
		out = append(out, ui.Event{At: g.At, Who: g.ByName, What: t.Say("register.event." + g.Decision), Note: g.Reason})
	}
	for _, f := range v.Stand.Facts {
		out = append(out, ui.Event{At: f.At, Who: f.ByName, What: t.Say("register.event."+string(f.Kind), "no", f.DecisionNo, "day", day(t, f.DecisionDay)), Note: f.Reason})
	}
	if v.Stand.Void != nil {
		out = append(out, ui.Event{At: v.Stand.Void.At, Who: v.Stand.Void.ByName, What: t.Say("register.event.voided"), Note: v.Stand.Void.Reason, Tone: ui.Bad})
	}
	for _, pr := range v.Proposals {
		out = append(out, ui.Event{At: pr.At, Who: pr.ByName, What: t.Say("register.event.compared", "page", pr.Page), Note: pr.Note})
		if pr.State != ProposalOpen {
			out = append(out, ui.Event{At: pr.DecidedAt, Who: pr.DecidedName, What: t.Say("register.event." + pr.State), Note: pr.Reason})
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Event) int { return b.At.Compare(a.At) })
	return out
}

func (p *pages) proposalTable(c *httpx.Ctx, v View) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("register.paper.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("register.paper.field")}, {Label: t.Say("register.paper.here")}, {Label: t.Say("register.paper.paper")}, {Label: t.Say("register.state")}}}
	for _, pr := range v.Proposals {
		for _, ch := range pr.Changes {
			d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(ch.Field), ui.Text(orBlank(t, ch.From)), ui.Text(orBlank(t, ch.To)), ui.Text(t.Say("register.paper.state." + pr.State))}})
		}
	}
	return d
}

// entryForms are what can still be done with an entry that is valid.
func (p *pages) entryForms(c *httpx.Ctx, v View, fields []ui.Option, which string, e ui.Errors) []views.Form {
	t := c.T
	unit, err := p.Issuer(c.Std(), c.Who, v.Entry)
	if err != nil || !v.Stand.Valid() || !c.Who.Covers(dossier.Register, unit) {
		return nil
	}
	of := func(name string) ui.Errors {
		if name == which {
			return e
		}
		return ui.Errors{}
	}
	pick := func() []ui.Field {
		return []ui.Field{{Kind: ui.Select, Name: "field", Label: t.Say("register.fact.field"), Options: fields, Value: c.FormValue("field")},
			{Name: "value", Label: t.Say("register.fact.value"), Hint: t.Say("register.fact.value.hint"), Value: c.FormValue("value")}}
	}
	decision := func() []ui.Field {
		return []ui.Field{{Name: "decision_no", Label: t.Say("register.fact.decision"), Value: c.FormValue("decision_no"), Max: 100},
			{Kind: ui.Date, Name: "decision_day", Label: t.Say("register.fact.decision_day"), Value: c.FormValue("decision_day")}}
	}
	reason := ui.Field{Kind: ui.Area, Name: "reason", Label: t.Say("register.reason"), Value: c.FormValue("reason"), Rows: 2}
	var out []views.Form
	for _, pr := range v.Proposals {
		if pr.State == ProposalOpen && pr.By != c.Who.ID {
			out = append(out, views.Form{Title: t.Say("register.paper.judge", "page", pr.Page), Form: ui.FormData{Action: Home + "/proposals/" + string(pr.ID), Errors: of("judge"), Submit: t.Say("register.paper.follow"),
				Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(pr.Ver, 10)}, {Name: "entry", Value: string(v.ID)}}, Fields: append(decision(), reason, passwordField(t)),
				More: []ui.SubmitData{{Name: "dismiss", Value: "1", Label: t.Say("register.paper.dismiss")}}}})
		}
	}
	out = append(out, views.Form{Title: t.Say("register.fact.correct"), Folded: which != "correction", Form: ui.FormData{Action: v.Path() + "/facts", Submit: t.Say("register.fact.correct"), Errors: of("correction"),
		Hidden: []ui.Hidden{{Name: "kind", Value: string(Correction)}}, Fields: append(append(pick(), decision()...), reason, passwordField(t))}})
	out = append(out, views.Form{Title: t.Say("register.paper.do"), Folded: which != "paper", Form: ui.FormData{Action: v.Path() + "/paper", Submit: t.Say("register.paper.submit"), Errors: of("paper"),
		Fields: append([]ui.Field{{Name: "page", Label: t.Say("register.paper.page"), Value: c.FormValue("page"), Narrow: true}}, append(pick(), ui.Field{Kind: ui.Area, Name: "note", Label: t.Say("register.paper.note"), Value: c.FormValue("note"), Rows: 2})...)}})
	return append(out, views.Form{Title: t.Say("register.fact.annul"), Folded: which != "annulment", Form: ui.FormData{Action: v.Path() + "/facts", Submit: t.Say("register.fact.annul"), Danger: true, Errors: of("annulment"),
		Hidden: []ui.Hidden{{Name: "kind", Value: string(Annulment)}}, Fields: append(decision(), reason, passwordField(t))}})
}

// entryDone answers a form of an entry's page: back to the entry, or the form again.
func (p *pages) entryDone(c *httpx.Ctx, key ident.ID, which string, err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showEntry(c, key, which, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done."+which))
	return c.See(entriesAt + "/" + string(key))
}

func typedChange(c *httpx.Ctx) []Change {
	if c.FormValue("field") == "" {
		return nil
	}
	return []Change{{Field: c.FormValue("field"), To: c.FormValue("value")}}
}

func (p *pages) decideFact(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := p.entryIn(c.Std(), p.DB.Read(), c.Who, dossier.Register, key); err != nil {
		return err
	}
	which := string(Correction)
	if c.FormValue("kind") == string(Annulment) {
		which = string(Annulment)
	}
	proof, err := p.prove(c)
	if err == nil {
		_, err = p.Decide(c.Std(), c.Who, proof, key, FactForm{Kind: FactKind(which), DecisionNo: c.FormValue("decision_no"), DecisionDay: c.FormValue("decision_day"), Changes: typedChange(c), Reason: c.FormValue("reason")})
	}
	return p.entryDone(c, key, which, err)
}

func (p *pages) compare(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	_, err = p.Compare(c.Std(), c.Who, key, PaperForm{Page: c.FormValue("page"), Changes: typedChange(c), Note: c.FormValue("note")})
	return p.entryDone(c, key, "paper", err)
}

func (p *pages) judge(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	entry, err := ident.Parse(c.FormValue("entry"))
	if err != nil {
		return err
	}
	if _, err := p.entryIn(c.Std(), p.DB.Read(), c.Who, dossier.Register, entry); err != nil {
		return err
	}
	proof, err := p.prove(c)
	if err == nil {
		_, err = p.Judge(c.Std(), c.Who, proof, key, c.Version(), Judgement{Follow: c.FormValue("dismiss") == "", DecisionNo: c.FormValue("decision_no"), DecisionDay: c.FormValue("decision_day"), Reason: c.FormValue("reason")})
	}
	return p.entryDone(c, entry, "judge", err)
}

// extract is a copy of what an entry says now, issued by who holds its book today.
func (p *pages) extract(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	t := c.T
	v, issuer, err := p.Copy(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	atlas, err := p.Units.Atlas(c.Std())
	if err != nil {
		return err
	}
	now := p.now()
	out := views.Extract{Head: ui.HeaderData{Title: t.Say("register.extract.page"), Crumbs: []ui.Crumb{{Label: t.Say("register.tab"), Href: Home}, {Label: Numbered(v.Number, v.Year), Href: v.Path()}, {Label: t.Say("register.extract.page")}}},
		Nation: t.Say("register.extract.nation"), Motto: t.Say("register.extract.motto"), Parent: t.Say("register.extract.committee", "place", strings.ToUpper(tree.Name(tree.District(issuer)))),
		Issuer: t.Say("register.extract.committee", "place", strings.ToUpper(tree.Name(issuer))), Number: t.Say("register.extract.number", "number", Numbered(v.Number, v.Year), "book", v.Book()),
		PlaceDate: t.Say("register.extract.place_date", "place", tree.Name(issuer), "day", t.Day(now)), Title: t.Say("register.extract.title." + string(v.Kind)), Draft: t.Say("register.extract.copy"),
		Lead:       t.Say("register.extract.lead", "place", atlas.Tree(v.Day).Place(v.Unit), "day", day(t, v.Day), "book", v.Book(), "number", Numbered(v.Number, v.Year)),
		SignerRole: t.Say("register.extract.signer"), Hash: v.Hash}
	if tree.District(issuer) == "" {
		out.Parent = ""
	}
	if out.Says, err = p.says(c, v.Content.Version, v.Unit, v.At, v.Stand.Answers, nil); err != nil {
		return err
	}
	for _, f := range v.Stand.Facts {
		out.Notes = append(out.Notes, t.Say("register.extract.corrected", "no", f.DecisionNo, "day", day(t, f.DecisionDay)))
	}
	if issuer != v.Unit {
		out.Notes = append(out.Notes, t.Say("register.extract.successor", "was", atlas.Name(v.Unit, v.Day), "now", tree.Name(issuer)))
	}
	if v.Practice {
		out.Notice = &ui.NoticeData{Tone: ui.Trial, Title: t.Say("register.practice")}
		out.Draft = t.Say("register.practice.mark")
	}
	return p.show(c, out.Head.Title, Home, views.ExtractPage(t, out))
}
