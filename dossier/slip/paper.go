package slip

import (
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
)

// Doc is a paper in words, for the screen and for the printer.
type Doc struct {
	Parent, Issuer, Nation, Motto string
	Number, PlaceDate             string
	Form                          string // "Mẫu số 01"
	Title                         string
	Parts                         []Part
	Parties                       []Party
	Code, Link                    string // under the barcode; what the QR opens
	Mark                          string // "BẢN IN LẠI", "BẢN TẬP HUẤN"; empty for none
	Foot                          string
}

// Part is one piece of a paper: a line with its label, a paragraph, a list or a table.
type Part struct {
	Label, Text string
	Items       []string
	Table       *Table
	Strong      bool
}

// Table is a table of a paper.
type Table struct {
	Heads []string
	Rows  [][]string
}

// Party is who signs.
type Party struct{ Role, Hint, Name string }

// Doc is the slip in words. What is printed again says so, and for which time; 0 is the
// first print.
func (s Slip) Doc(t i18n.T, copy int64) Doc {
	d := Doc{Parent: s.Office.Parent, Issuer: s.Office.Name, Nation: t.Say("slip.nation"), Motto: t.Say("slip.motto"),
		Form: t.Say("slip.form", "n", s.Form.String()), Title: t.Say("slip.title." + s.Form.String()), Code: s.Code, Link: s.Link,
		PlaceDate: t.Say("slip.place_date", "place", s.Office.Place, "date", dateOf(t, s.Made))}
	if s.Number > 0 {
		d.Number = t.Say("slip.number."+s.Form.String(), "n", strconv.FormatInt(s.Number, 10))
	}
	if s.Code != "" {
		d.Foot = t.Say("slip.foot", "code", s.Code)
		if s.Track != "" {
			d.Foot = t.Say("slip.foot_track", "code", s.Code, "track", s.Track)
		}
	}
	d.Foot = strings.TrimSpace(d.Foot + " " + s.Office.Contact)
	switch {
	case s.Practice:
		d.Mark = t.Say("slip.practice")
	case copy > 0:
		d.Mark = t.Say("slip.copy", "n", copy)
	}
	w := writer{t, s}
	switch s.Form {
	case Receipt:
		d.Parts, d.Parties = w.receipt()
	case Supplement:
		d.Parts, d.Parties = w.supplement()
	case Refusal:
		d.Parts, d.Parties = w.refusal()
	case Apology:
		d.Parts, d.Parties = w.apology()
	case Control:
		d.Parts, d.Parties = w.control()
	case Tracking:
		d.Parts = w.tracking()
	}
	return d
}

type writer struct {
	t i18n.T
	s Slip
}

func (w writer) line(key, text string) Part {
	return Part{Label: w.t.Say("slip.label." + key), Text: orDots(text)}
}

func (w writer) party(role, name string) Party {
	return Party{Role: w.t.Say("slip.role." + role), Hint: w.t.Say("slip.sign_hint"), Name: name}
}

// who are the lines that say whose dossier it is.
func (w writer) who(first string) []Part {
	all := []Part{w.line(first, w.s.Applicant), w.line("address", w.s.Address), w.line("phone", contact(w.s))}
	return append(all, w.line("subject", w.s.Subject))
}

func contact(s Slip) string {
	if s.Email == "" {
		return s.Phone
	}
	return s.Phone + " · " + s.Email
}

func (w writer) receipt() ([]Part, []Party) {
	t, s := w.t, w.s
	parts := w.who("received_from")
	parts = append(parts, Part{Label: t.Say("slip.label.documents"), Items: s.Documents})
	if len(s.Shown) > 0 {
		parts = append(parts, Part{Label: t.Say("slip.label.shown"), Items: s.Shown})
	}
	parts = append(parts, w.line("sets", t.Say("slip.sets")), w.line("term", s.Term), w.line("accepted", momentOf(t, s.Accepted)))
	due := Part{Label: t.Say("slip.label.due"), Text: momentOf(t, s.Due), Strong: true}
	if s.Due.IsZero() {
		due.Text = t.Say("slip.due_open")
	}
	parts = append(parts, due, w.line("way", s.Way))
	if s.BookLine > 0 {
		parts = append(parts, Part{Text: t.Say("slip.book_line", "year", strconv.Itoa(s.Year), "n", strconv.FormatInt(s.BookLine, 10))})
	}
	return parts, []Party{w.party("applicant", s.Applicant), w.party("receiver", s.Giver)}
}

func (w writer) supplement() ([]Part, []Party) {
	t, s := w.t, w.s
	parts := append(w.who("dossier_of"), w.line("code", s.Code), Part{Label: t.Say("slip.label.items"), Items: s.Items}, w.line("reason", s.Reason))
	if s.Basis != "" {
		parts = append(parts, w.line("basis", s.Basis))
	}
	parts = append(parts, Part{Text: t.Say("slip.supplement_once")}, Part{Text: t.Say("slip.ask", "phone", orDots(s.Office.Phone))})
	return parts, []Party{w.party("guide", s.Giver)}
}

func (w writer) refusal() ([]Part, []Party) {
	t, s := w.t, w.s
	parts := append(w.who("received_from"), Part{Text: t.Say("slip.refused", "office", s.Office.Name)}, w.line("reason", s.Reason))
	if s.Basis != "" {
		parts = append(parts, w.line("basis", s.Basis))
	}
	parts = append(parts, Part{Text: t.Say("slip.refused_end")})
	return parts, []Party{w.party("applicant", s.Applicant), w.party("refuser", s.Giver)}
}

func (w writer) apology() ([]Part, []Party) {
	t, s := w.t, w.s
	parts := []Part{w.line("dear", s.Applicant),
		{Text: t.Say("slip.sorry.received", "date", dateOf(t, s.Accepted), "office", s.Office.Name, "subject", s.Subject, "code", s.Code)},
		{Text: t.Say("slip.sorry.promised", "at", momentOf(t, s.Due))},
		{Text: t.Say("slip.sorry.late", "office", s.Office.Name)}, w.line("reason", s.Reason),
		{Text: t.Say("slip.sorry.sorry", "office", s.Office.Name)},
		{Label: t.Say("slip.label.new_due"), Text: momentOf(t, s.NewDue), Strong: true},
		{Text: t.Say("slip.sorry.end")}}
	return parts, []Party{w.party("head", s.Giver)}
}

func (w writer) control() ([]Part, []Party) {
	t, s := w.t, w.s
	many := s.Code == ""
	var parts []Part
	heads := []string{t.Say("slip.col.given"), t.Say("slip.col.at"), t.Say("slip.col.state"), t.Say("slip.col.note")}
	if many {
		heads = append([]string{t.Say("slip.col.code"), t.Say("slip.col.applicant")}, heads...)
		parts = append(parts, w.line("count", t.Say("slip.count", "n", len(s.Hands))))
	} else {
		parts = append(parts, w.line("code", s.Code), w.line("subject", s.Subject), w.line("dossier_of", s.Applicant), w.line("due_short", momentOf(t, s.Due)))
	}
	parts = append(parts, w.line("office", s.Office.Name))
	table := Table{Heads: heads}
	for _, h := range s.Hands {
		row := []string{t.Say("slip.hand", "from", h.From, "to", h.To), momentOf(t, h.At), stateOf(t, h), h.Note}
		if many {
			row = append([]string{h.Code, h.Who}, row...)
		}
		table.Rows = append(table.Rows, row)
	}
	parts = append(parts, Part{Table: &table})
	return parts, []Party{w.party("giver", s.Giver), w.party("taker", s.Receiver)}
}

// stateOf says how a hand-over stands to the due moment that held then.
func stateOf(t i18n.T, h Hand) string {
	switch {
	case h.DueAt.IsZero():
		return t.Say("slip.state.standing")
	case h.At.After(h.DueAt):
		return t.Say("slip.state.late")
	case local(h.At).Format(time.DateOnly) == local(h.DueAt).Format(time.DateOnly):
		return t.Say("slip.state.on_time")
	}
	return t.Say("slip.state.early")
}

func (w writer) tracking() []Part {
	t := w.t
	table := Table{Heads: []string{t.Say("slip.col.no"), t.Say("slip.col.code"), t.Say("slip.col.procedure"), t.Say("slip.col.sets"), t.Say("slip.col.applicant"),
		t.Say("slip.col.contact"), t.Say("slip.col.received"), t.Say("slip.col.due"), t.Say("slip.col.returned"), t.Say("slip.col.how"), t.Say("slip.col.receiver"), t.Say("slip.col.note")}}
	for _, l := range w.s.Lines {
		table.Rows = append(table.Rows, []string{strconv.FormatInt(l.Number, 10), l.Code, l.Procedure, "1", l.Applicant, l.Contact, shortMoment(l.Received), shortMoment(l.Due), shortMoment(l.Returned), l.How, l.Receiver, l.Note})
	}
	return []Part{{Text: t.Say("slip.book", "year", strconv.Itoa(w.s.Year))}, {Table: &table}}
}

const dots = "……………………"

func orDots(s string) string {
	if strings.TrimSpace(s) == "" {
		return dots
	}
	return s
}

// dateOf is a day as a paper has it: "ngày 05 tháng 01 năm 2017".
func dateOf(t i18n.T, at time.Time) string {
	if at.IsZero() {
		return dots
	}
	at = local(at)
	month := at.Format("1")
	if at.Month() <= time.February {
		month = at.Format("01")
	}
	return t.Say("slip.date", "day", at.Format("02"), "month", month, "year", at.Format("2006"))
}

func momentOf(t i18n.T, at time.Time) string {
	if at.IsZero() {
		return dots
	}
	return t.Say("slip.moment", "hour", local(at).Format("15"), "minute", local(at).Format("04"), "date", dateOf(t, at))
}

func shortMoment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return local(at).Format("02/01/2006 15:04")
}
