package office

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/dossier/slip"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/site/ui"
)

// kept is a slip within reach; reading it is in the trail.
func (p *pages) kept(c *httpx.Ctx) (Paper, slip.Slip, error) {
	var one Paper
	key, err := id(c)
	if err != nil {
		return one, slip.Slip{}, err
	}
	if err := c.Who.Need(dossier.Read); err != nil {
		return one, slip.Slip{}, err
	}
	if err := p.DB.Read().NewSelect().Model(&one).Where("sl.id = ?", key).Apply(c.Who.Within(dossier.Read, "sl.unit")).Scan(c.Std()); err != nil {
		return one, slip.Slip{}, db.Sorted(err)
	}
	s, err := slip.Read(one.Content, one.Hash)
	if err != nil {
		return one, s, err
	}
	about := one.Dossier
	if about == "" {
		about = one.ID
	}
	return one, s, p.Seen(c.Std(), c.Who, "dossier.slip.read", about)
}

func (p *pages) slip(c *httpx.Ctx) error {
	one, s, err := p.kept(c)
	if err != nil {
		return err
	}
	t := c.T
	v := views.SlipView{Doc: s.Doc(p.vi(), 0), Hash: one.Hash, Head: ui.HeaderData{Title: one.Form.Name(t), Lead: s.Code,
		Crumbs: []ui.Crumb{{Label: t.Say("dossier.nav"), Href: home}, {Label: one.Form.Name(t)}},
		Action: &ui.Action{Label: t.Say("office.slip.print"), Href: one.Path() + "/paper", Icon: "printer", Key: "p"}, More: []ui.Action{{Label: t.Say("office.slip.reprint"), Href: one.Path() + "/copy", Icon: "printer", Post: true}}}}
	if one.Copies > 0 {
		v.Head.Lead += " · " + t.Say("office.slip.reprinted", "n", one.Copies)
	}
	if one.Dossier != "" {
		v.Head.Crumbs = []ui.Crumb{{Label: t.Say("dossier.nav"), Href: home}, {Label: s.Code, Href: home + "/" + string(one.Dossier)}, {Label: one.Form.Name(t)}}
	}
	return p.shown(c, home, v.Head.Title, nil, func(ui.Errors) templ.Component { return views.SlipPage(t, v) })
}

// reprint counts one more print of a slip: it says for which time it was printed, and the
// trail by whom.
func (p *pages) reprint(c *httpx.Ctx) error {
	one, _, err := p.kept(c)
	if err != nil {
		return err
	}
	err = p.DB.InTx(c.Std(), func(ctx ctx, tx *db.Tx) error {
		if err := tx.NewRaw("UPDATE dossier_slip SET copies = copies + 1 WHERE id = ? RETURNING copies", one.ID).Scan(ctx, &one.Copies); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, p.Now(), c.Who, "dossier.slip.reprinted", string(one.ID), map[string][2]any{"copies": {one.Copies - 1, one.Copies}}, trail.At(one.Unit))
	})
	if err != nil {
		return err
	}
	return c.See(one.Path() + "/paper?copy=" + strconv.FormatInt(one.Copies, 10))
}

func (p *pages) slipPaper(c *httpx.Ctx) error {
	one, s, err := p.kept(c)
	if err != nil {
		return err
	}
	copied := int64(0)
	if typed := c.Query("copy"); typed != "" {
		if copied, err = strconv.ParseInt(typed, 10, 64); err != nil || copied < 1 || copied > one.Copies {
			return fault.New(fault.Missing, "fault.missing") // no such print was made
		}
	}
	raw, err := slip.PDF(p.vi(), s, copied)
	if err != nil {
		return err
	}
	return pdf(c, s.Name(), raw)
}

func pdf(c *httpx.Ctx, name string, raw []byte) error {
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="`+name+`"`)
	return c.Send(raw)
}

// bookLines is a page of the tracking book, the newest line first.
func (p *pages) bookLines(c *httpx.Ctx, r page.Request) (slip.Slip, page.Page[slip.Line], error) {
	unit, year := c.Query("unit", c.Who.Home), p.Now().In(clock.City).Year()
	if y, err := strconv.Atoi(c.Query("year")); err == nil && y >= 2016 && y <= year {
		year = y
	}
	var out page.Page[slip.Line]
	s := slip.Slip{Form: slip.Tracking, Year: year, Made: p.Now(), Practice: c.Query("practice") == "1"}
	if err := c.Who.NeedAt(dossier.Read, unit); err != nil {
		return s, out, err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return s, out, err
	}
	s.Office = issuer(tree, unit, p.vi().Say("office.committee"))
	var rows []struct {
		dossier.Dossier
		Number int64
		Data   []byte
	}
	q := p.DB.Read().NewSelect().Model(&rows).ModelTableExpr("dossier_book AS bo").ColumnExpr("bo.number, d.*, (SELECT ds.data FROM dossier_step AS ds WHERE ds.dossier = d.id AND ds.act = 'return') AS data").
		Join("JOIN dossier AS d ON d.id = bo.dossier").Where("bo.unit = ?", unit).Where("bo.practice = ?", s.Practice).Where("bo.year = ?", year).Apply(r.On("bo.number"))
	if err := q.Scan(c.Std()); err != nil {
		return s, out, db.Sorted(err)
	}
	names, err := p.procedures(c)
	if err != nil {
		return s, out, err
	}
	var shown []Row
	lines := make([]slip.Line, len(rows))
	for i, x := range rows {
		lines[i] = slip.Line{Number: x.Number, Code: x.Code, Procedure: names[x.Procedure], Applicant: x.Applicant, Contact: x.Phone, Received: x.AcceptedAt, Due: x.DueAt, Returned: x.ReturnedAt}
		var h Handout
		if unmarshal(x.Data, &h) {
			lines[i].How, lines[i].Receiver = p.vi().Say("office.way."+h.How), h.Receiver
		}
		shown = append(shown, Row{Dossier: x.Dossier})
	}
	out = page.Cut(r, lines, func(l slip.Line) []string { return []string{strconv.FormatInt(l.Number, 10)} })
	return s, out, p.seenRows(c.Std(), c.Who, true, shown)
}

func (p *pages) book(c *httpx.Ctx) error {
	s, all, err := p.bookLines(c, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	s.Lines = all.Items
	d := ui.TableData{Caption: t.Say("office.book.lines"), HideCap: true, Count: -1, Pager: &ui.PagerData{Shown: len(all.Items)}, Empty: ui.EmptyData{Icon: "book", Title: t.Say("office.book.none"), Text: t.Say("office.book.none_text")}}
	for _, key := range []string{"no", "code", "applicant", "received", "due", "returned"} {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("slip.col." + key), Num: key == "no"})
	}
	for _, l := range all.Items {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Number(t, l.Number), ui.Two(l.Code, l.Procedure), ui.Two(l.Applicant, l.Contact), ui.Text(when(t, l.Received)), ui.Text(when(t, l.Due)),
			ui.Two(when(t, l.Returned), strings.TrimSpace(l.How+" "+l.Receiver))}})
	}
	q := "?year=" + strconv.Itoa(s.Year)
	if unit := c.Query("unit"); unit != "" {
		q += "&unit=" + unit
	}
	if !all.First {
		d.Pager.First = bookAt + q
	}
	if all.Next != "" {
		d.Pager.Next = bookAt + q + "&after=" + all.Next
	}
	paper := bookAt + "/paper" + q
	v := views.FormView{Head: ui.HeaderData{Title: t.Say("office.book.title", "year", strconv.Itoa(s.Year)), Lead: s.Office.Name, Action: &ui.Action{Label: t.Say("office.slip.print"), Href: paper, Icon: "printer"}},
		Tables: []views.TableView{{Title: t.Say("office.book.lines"), Table: d}}}
	return p.shown(c, bookAt, v.Head.Title, nil, func(ui.Errors) templ.Component { return views.FormPage(t, v) })
}

// when is a moment in a table, nothing for none.
func when(t i18n.T, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return t.Moment(at)
}

// bookPaper prints the book of a year whole, the first line first.
func (p *pages) bookPaper(c *httpx.Ctx) error {
	s, all, err := p.bookLines(c, page.Read("", strconv.Itoa(page.Max)))
	for err == nil {
		s.Lines = append(s.Lines, all.Items...)
		if all.Next == "" {
			break
		}
		_, all, err = p.bookLines(c, page.Read(all.Next, strconv.Itoa(page.Max)))
	}
	if err != nil {
		return err
	}
	slices.Reverse(s.Lines)
	raw, err := slip.PDF(p.vi(), s, 0)
	if err != nil {
		return err
	}
	return pdf(c, s.Name(), raw)
}

// certificate prints the draft of what a dossier gives, or the values alone for the
// authority's own paper.
func (p *pages) certificate(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	ctx, q := c.Std(), p.DB.Read()
	d, err := p.DossierIn(ctx, q, c.Who, dossier.Read, key)
	if err != nil {
		return err
	}
	def, err := p.Definition(ctx, d.Version)
	if err != nil {
		return err
	}
	if len(def.Results) == 0 || d.AcceptedAt.IsZero() {
		return fault.New(fault.Missing, "fault.missing")
	}
	steps, err := p.StepsOf(ctx, q, key)
	if err != nil {
		return err
	}
	raw, err := p.AnswersOf(ctx, q, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(ctx)
	if err != nil {
		return err
	}
	cert := slip.Certificate{Result: def.Results[0].Key, Book: def.Book(), Office: issuer(tree, d.Unit, p.vi().Say("office.committee")), Made: d.ChangedAt, Bare: c.Query("bare") == "1", Values: valuesOf(def, d, raw)}
	cert.Values["register_office"] = cert.Office.Name
	for _, st := range steps {
		switch st.Act {
		case dossier.Enter:
			cert.Values["officer"], cert.Values["register_day"] = st.ActorName, clock.Date(st.At)
			var n struct {
				Number string `json:"number"`
			}
			if unmarshal(st.Data, &n) && n.Number != "" {
				cert.Values["register_no"] = n.Number
			}
		case dossier.Signed:
			cert.Signed, cert.Values["signer"] = true, st.ActorName
		case dossier.Declined:
			cert.Signed = false
		}
	}
	cert.ShiftX, cert.ShiftY = shift(c.Query("x")), shift(c.Query("y"))
	body, err := cert.PDF(p.vi())
	if err != nil {
		return err
	}
	if err := p.Seen(ctx, c.Who, "dossier.certificate.read", key); err != nil {
		return err
	}
	return pdf(c, "ban-nhap-"+d.Number()+".pdf", body)
}

func shift(typed string) float64 {
	n, err := strconv.ParseFloat(typed, 64)
	if err != nil {
		return 0
	}
	return n
}

// valuesOf are the answers by the names under which layouts look for them: the columns of
// the Ministry of Justice, whole days as 2016-11-20.
func valuesOf(def definition, d dossier.Dossier, raw []byte) map[string]string {
	out := map[string]string{"subject": d.Subject, "born": d.Born, "pid": d.SubjectPID, "applicant": d.Applicant, "procedure": def.Name.VI}
	var a form.Answers
	if !unmarshal(raw, &a) {
		return out
	}
	f, err := formOf(def)
	if err != nil {
		return out // what cannot be read stays blank on the draft
	}
	for _, section := range form.Summary(f, a, form.Context{Accepted: d.AcceptedAt, Unit: d.Unit, Staff: true}) {
		for _, line := range section.Lines {
			field, _, ok := f.Field(line.Key)
			if !ok || field.Column == "" {
				continue
			}
			out[field.Column] = line.Value.VI
			if field.Kind == form.Date {
				if _, err := time.Parse(time.DateOnly, a[line.Key]); err == nil {
					out[field.Column] = a[line.Key]
				}
			}
		}
	}
	return out
}
