package partners

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/partners/views"
	"lotrinh/internal/site"
	"lotrinh/internal/site/assets"
	"lotrinh/internal/site/ui"
	"lotrinh/internal/wire"
)

// pages are for people: what each office received, how it behaves, the telephone.
func (p *Program) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", p.page(p.home))
	mux.HandleFunc("GET /offices/{office}", p.page(p.office))
	mux.HandleFunc("POST /offices/{office}/mood", p.page(p.saveMood))
	mux.HandleFunc("POST /offices/{office}/cases/{n}/{act}", p.page(p.decide))
	mux.HandleFunc("POST /offices/portal/submit", p.page(p.submit))
	mux.HandleFunc("GET /phone", p.page(p.phone))
	mux.HandleFunc("GET "+assets.Prefix, func(w http.ResponseWriter, r *http.Request) {
		f, ok := assets.Lookup(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		body, encoding := f.Pick(r.Header.Get("Accept-Encoding"))
		if encoding != "" {
			w.Header().Set("Content-Encoding", encoding)
		}
		w.Header().Set("Cache-Control", assets.Cache)
		w.Header().Set("Content-Type", f.Type)
		if _, err := w.Write(body); err != nil { //nolint:gosec // a file of the program itself
			p.Log.Info("page: nobody waited", "cause", err.Error())
		}
	})
}

// guard is what keeps other sites from telling the offices what to do.
var guard = http.NewCrossOriginProtection()

func (p *Program) page(h func(w http.ResponseWriter, r *http.Request, t i18n.T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := guard.Check(r); err != nil {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		if office := r.PathValue("office"); office != "" && !known(office) {
			http.NotFound(w, r)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		lang := i18n.VI
		if r.URL.Query().Get("lang") == string(i18n.EN) {
			lang = i18n.EN
		}
		if err := h(w, r, p.Words.In(lang)); err != nil {
			p.failed(w, err)
		}
	}
}

func (p *Program) show(w http.ResponseWriter, r *http.Request, t i18n.T, title string, body templ.Component) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
	return site.Render(r.Context(), w, site.Frame{T: t, Title: title, Path: r.URL.RequestURI(), Clock: p.Clock.Now(), Citizen: true}, body)
}

func (p *Program) home(w http.ResponseWriter, r *http.Request, t i18n.T) error {
	table := ui.TableData{Caption: t.Say("partners.offices"), HideCap: true, Count: int64(len(Offices)), Columns: []ui.Column{{Label: t.Say("partners.office")},
		{Label: t.Say("partners.mood")}, {Label: t.Say("partners.cases"), Num: true}}}
	for _, office := range Offices {
		m, err := p.Mood(r.Context(), office)
		if err != nil {
			return err
		}
		n, err := p.db.Read().NewSelect().Model((*Case)(nil)).Where("c.office = ?", office).Count(r.Context())
		if err != nil {
			return db.Sorted(err)
		}
		href := "/offices/" + office
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("partners.name."+office), Source(office)),
			ui.Badge(p.moodState(t, m)), ui.Number(t, n)}})
	}
	return p.show(w, r, t, t.Say("partners.title"), views.Show(t, views.Page{
		Head:   ui.HeaderData{Title: t.Say("partners.title"), Lead: t.Say("partners.lead"), Action: &ui.Action{Label: t.Say("partners.phone"), Href: "/phone", Icon: "phone"}},
		Tables: []views.Table{{Card: ui.CardData{Flush: true}, Table: table}}}))
}

// moodState is how an office is, in a word.
func (p *Program) moodState(t i18n.T, m Mood) ui.State {
	switch {
	case m.DownUntil.After(p.Clock.Now()):
		return ui.State{Tone: ui.Bad, Word: t.Say("partners.down", "until", m.DownUntil)}
	case m != Mood{Office: m.Office, DownUntil: m.DownUntil}:
		return ui.State{Tone: ui.Warn, Word: t.Say("partners.odd")}
	}
	return ui.State{Tone: ui.Good, Word: t.Say("partners.fine")}
}

var stateTones = map[string]ui.Tone{stored: ui.Neutral, received: ui.Info, completion: ui.Warn, rejected: ui.Bad, done: ui.Good}

var verdictTones = map[string]ui.Tone{taken: ui.Good, duplicate: ui.Neutral, otherBody: ui.Bad, useless: ui.Bad, broken: ui.Bad}

func (p *Program) office(w http.ResponseWriter, r *http.Request, t i18n.T) error {
	office := r.PathValue("office")
	m, err := p.Mood(r.Context(), office)
	if err != nil {
		return err
	}
	cases, err := p.caseTable(r.Context(), t, office)
	if err != nil {
		return err
	}
	got, err := p.gotTable(r.Context(), t, office)
	if err != nil {
		return err
	}
	said, err := p.saidTable(r.Context(), t, office)
	if err != nil {
		return err
	}
	state := p.moodState(t, m)
	v := views.Page{
		Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("partners.title"), Href: "/"}, {Label: t.Say("partners.name." + office)}}, Title: t.Say("partners.name." + office), State: &state},
		Tables: []views.Table{
			{Card: ui.CardData{Title: t.Say("partners.cases"), Flush: true}, Table: cases},
			{Card: ui.CardData{Title: t.Say("partners.got"), Flush: true}, Table: got},
			{Card: ui.CardData{Title: t.Say("partners.said"), Flush: true}, Table: said}},
		Forms: []views.Form{{Card: ui.CardData{Title: t.Say("partners.behave"), Note: t.Say("partners.behave_note")}, Form: p.moodForm(t, m)}},
	}
	if office == Portal {
		v.Forms = append(v.Forms, views.Form{Card: ui.CardData{Title: t.Say("partners.submit")}, Form: submitForm(t)})
	}
	return p.show(w, r, t, v.Head.Title, views.Show(t, v))
}

func (p *Program) caseTable(ctx context.Context, t i18n.T, office string) (ui.TableData, error) {
	rows, err := p.Cases(ctx, office)
	table := ui.TableData{Caption: t.Say("partners.cases"), HideCap: true, Count: int64(len(rows)), Empty: ui.EmptyData{Icon: "mail", Title: t.Say("partners.nothing")},
		Columns: []ui.Column{{Label: t.Say("partners.dossier")}, {Label: t.Say("partners.state")}, {Label: t.Say("partners.result")}, {Label: t.Say("partners.at"), Quiet: true}, {Label: t.Say("partners.decide")}}}
	for _, c := range rows {
		var acts []ui.Option
		if c.Type != wire.StatusChanged && c.Type != wire.CompletionAnswered && (c.State == received || c.State == completion) {
			for _, act := range []string{completion, rejected, done} {
				acts = append(acts, ui.Option{Value: act, Label: t.Say("partners.act." + act)})
			}
		}
		if strings.Contains(c.Fields, `"`+nameField+`"`) {
			acts = append(acts, ui.Option{Value: retype, Label: t.Say("partners.act." + retype)})
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(c.Dossier, c.Type), ui.Badge(ui.State{Tone: stateTones[c.State], Word: t.Say("partners.state." + c.State)}),
			ui.Two(c.ResultNo, c.Said), ui.Text(t.Moment(c.At)), views.Decide(t, office, strconv.FormatInt(c.N, 10), acts)}})
	}
	return table, err
}

func (p *Program) gotTable(ctx context.Context, t i18n.T, office string) (ui.TableData, error) {
	var rows []Got
	err := p.db.Read().NewSelect().Model(&rows).ExcludeColumn("body").Where("g.office = ?", office).OrderExpr("g.n DESC").Limit(50).Scan(ctx)
	table := ui.TableData{Caption: t.Say("partners.got"), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "mail", Title: t.Say("partners.nothing")},
		Columns: []ui.Column{{Label: t.Say("partners.key")}, {Label: t.Say("partners.verdict")}, {Label: t.Say("partners.at"), Quiet: true}}}
	for _, g := range rows {
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(g.Key, g.ID), ui.Badge(ui.State{Tone: verdictTones[g.Verdict], Word: t.Say("partners.verdict." + g.Verdict)}), ui.Text(t.Moment(g.At))}})
	}
	return table, db.Sorted(err)
}

func (p *Program) saidTable(ctx context.Context, t i18n.T, office string) (ui.TableData, error) {
	var rows []Reply
	err := p.db.Read().NewSelect().Model(&rows).Where("r.office = ?", office).OrderExpr("r.n DESC").Limit(50).Scan(ctx)
	table := ui.TableData{Caption: t.Say("partners.said"), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "mail", Title: t.Say("partners.nothing")},
		Columns: []ui.Column{{Label: t.Say("partners.message")}, {Label: t.Say("partners.reply_state")}, {Label: t.Say("partners.due"), Quiet: true}}}
	for _, one := range rows {
		kind := ""
		if e, err := wire.Read([]byte(one.Body)); err == nil {
			kind = e.Type
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(one.Subject, kind), ui.Two(t.Say("partners.reply."+one.State), one.Answer), ui.Text(t.Moment(one.DueAt))}})
	}
	return table, db.Sorted(err)
}

// decide is what a person of the office decides on a case.
func (p *Program) decide(w http.ResponseWriter, r *http.Request, t i18n.T) error {
	office := r.PathValue("office")
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if _, known := traits[office]; !known || err != nil {
		http.NotFound(w, r)
		return nil //nolint:nilerr // answered: an address that names no case
	}
	if err := p.Decide(r.Context(), office, n, r.PathValue("act"), t); err != nil {
		return err
	}
	http.Redirect(w, r, "/offices/"+office, http.StatusSeeOther) //nolint:gosec // one of the offices of this program
	return nil
}

// retype is a clerk who types a name otherwise than it came.
const retype = "retype"

// nameField is the name that a clerk types otherwise.
const nameField = "nksHoTen"

// mistype writes another name down for a case that has one.
func mistype(ctx context.Context, tx *db.Tx, c Case) error {
	var f wire.Fields
	if err := json.Unmarshal([]byte(c.Fields), &f); err != nil || f[nameField] == "" {
		return err
	}
	f[nameField] += " Anh"
	raw, err := json.Marshal(f)
	if err != nil {
		return err
	}
	c.Fields = string(raw)
	return saveCase(ctx, tx, c)
}

// Decide asks for a completion of a case, rejects it or ends it with a result; a case that
// has ended stays as it is, except that a clerk may type its name otherwise.
func (p *Program) Decide(ctx context.Context, office string, n int64, act string, t i18n.T) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []Case
		if err := tx.NewSelect().Model(&rows).Where("c.office = ?", office).Where("c.n = ?", n).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(rows) > 0 && act == retype {
			return mistype(ctx, tx, rows[0])
		}
		if len(rows) == 0 || rows[0].State != received && rows[0].State != completion {
			return nil
		}
		m, err := moodOf(ctx, tx, office)
		if err != nil {
			return err
		}
		c, now := rows[0], p.Clock.Now()
		switch act {
		case completion:
			return p.ask(ctx, tx, c, t.Say("partners.wants."+office), now, m)
		case rejected:
			return p.reject(ctx, tx, c, t.Say("partners.reason"), now, m)
		case done:
			return p.finish(ctx, tx, c, now, m)
		}
		return nil
	})
}

// phone shows what text messages a telephone got.
func (p *Program) phone(w http.ResponseWriter, r *http.Request, t i18n.T) error {
	number := r.URL.Query().Get("number")
	rows, err := p.Texts(r.Context(), number)
	if err != nil {
		return err
	}
	title := t.Say("partners.phone")
	if number != "" {
		title = number
	}
	v := views.PhoneView{Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("partners.title"), Href: "/"}, {Label: t.Say("partners.phone"), Href: "/phone"}}, Title: title, Lead: t.Say("partners.phone_lead")},
		Empty: ui.EmptyData{Icon: "message", Title: t.Say("partners.no_texts")}}
	for _, m := range rows {
		e := ui.Event{At: m.At, What: m.Number, Note: m.Body}
		if number == "" {
			e.Detail = ui.Link("/phone?number="+m.Number, t.Say("partners.this_phone"))
		}
		v.Texts = append(v.Texts, e)
	}
	return p.show(w, r, t, title, views.Phone(t, v))
}

// downFor are the choices of how long an office is down.
var downFor = []time.Duration{0, 30 * time.Second, 5 * time.Minute, time.Hour}
