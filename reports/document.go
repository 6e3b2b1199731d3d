package reports

import (
	"cmp"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/define"
	"lotrinh/reports/render"
)

// paper is the width of a chart on paper, in logical pixels.
const paper = 720

// document is a report in the form of Nghị định 30/2020/NĐ-CP, in Vietnamese. Number
// and signature are the clerk's, so it says that it is a draft.
func (s *Service) document(d Definition, f Figures, hash string, skip define.Medium) (render.Document, error) {
	t := s.words.In(i18n.VI)
	chapters, err := s.Chapters(t, f)
	if err != nil {
		return render.Document{}, err
	}
	doc := head(t, d, f)
	for i, c := range chapters {
		sec := render.Section{Heading: t.Say("reports.doc.heading", "no", numeral(i), "name", strings.ToUpper(c.Heading)), Landscape: c.Landscape}
		for _, b := range c.Blocks {
			if g, is := b.(Grid); is && g.On == skip && skip != Everywhere {
				continue
			}
			laid, err := lay(b)
			if err != nil {
				return render.Document{}, err
			}
			sec.Blocks = append(sec.Blocks, laid)
		}
		doc.Sections = append(doc.Sections, sec)
	}
	doc.Sections = append(doc.Sections, render.Section{Blocks: []render.Block{
		render.Paragraph(source(t, f, hash))}})
	return doc, nil
}

// source says when the figures of a document were read, and of which moment they are.
func source(t i18n.T, f Figures, hash string) string {
	if f.AsOf.IsZero() {
		return t.Say("reports.doc.source", "hour", t.Hour(f.ReadAt), "day", t.Day(f.ReadAt), "hash", hash)
	}
	return t.Say("reports.doc.source_as_of", "hour", hour(t, f.AsOf), "day", t.Day(f.AsOf), "read", f.ReadAt, "hash", hash)
}

var roman = []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII", "XVIII", "XIX", "XX"}

// Title is what a report is about, in words.
func Title(t i18n.T, f Figures) string {
	p := f.Progress.Programme
	w := writer{t: t, f: f}
	if d, err := definitionOf(f); err == nil && d.sections == nil {
		return d.Subject(f.frame(), w.words())
	}
	name := w.name(p.Title, p.TitleEN)
	return t.Say("reports."+f.Definition+".about", "programme", name, "where", f.Cut.Name, "from", t.Day(f.Period.From), "until", t.Day(f.Period.Until.Add(-time.Microsecond)))
}

// head is everything of a document but its sections.
func head(t i18n.T, d Definition, f Figures) render.Document {
	day, month, year := render.OfficialDate(f.ReadAt)
	doc := render.Document{
		Lang: i18n.VI, Nation: t.Say("reports.doc.nation"), Motto: t.Say("reports.doc.motto"),
		Parent: t.Say("reports.doc.parent"), Draft: t.Say("reports.doc.draft"),
		PlaceDate: t.Say("reports.doc.place_date", "day", day, "month", month, "year", year),
		Kind:      t.Say("reports.doc.kind." + string(cmp.Or(d.Form, define.Report))), Title: Title(t, f),
		AddresseeHead: t.Say("reports.doc.to"), ReceiversHead: t.Say("reports.doc.receivers"), Made: f.ReadAt,
	}
	if basis := f.Progress.Programme.LegalBasis; basis != "" {
		doc.Grounds = []string{t.Say("reports.doc.ground", "basis", basis)}
	}
	who := "city"
	if !f.Cut.City {
		who = "district"
	}
	name := strings.ToUpper(f.Cut.Name)
	doc.Number = t.Say("reports.doc.number."+who, "kind", t.Say("reports.doc.sign."+string(cmp.Or(d.Form, define.Report))))
	doc.Issuer = t.Say("reports.doc.issuer."+who, "name", name)
	doc.Addressees = []string{t.Say("reports.doc.addressee." + who)}
	doc.Receivers = []string{t.Say("reports.doc.as_above"), t.Say("reports.doc.filed." + who)}
	doc.Capacity = strings.Split(t.Say("reports.doc.capacity."+who), "|")
	doc.Author = t.Say("reports.doc.author", "definition", d.Key)
	doc.Glossary = render.Glossary{Sheet: t.Say("reports.glossary"), TermHead: t.Say("reports.glossary.term"), SayHead: t.Say("reports.glossary.say")}
	for _, term := range []string{"official", "trial", "preparing", "declared", "verified", "gap", "late"} {
		doc.Glossary.Entries = append(doc.Glossary.Entries, [2]string{t.Say("reports.term." + term), t.Say("reports.term." + term + ".say")})
	}
	return doc
}

// lay is a block on paper.
func lay(b Block) (render.Block, error) {
	switch b := b.(type) {
	case Para:
		return render.Paragraph(b), nil
	case Items:
		return render.List(b), nil
	case Grid:
		return b.Table, nil
	case Picture:
		c, err := b.Draw(paper, "")
		return render.Figure{Caption: b.Caption, Chart: c, Data: b.Data, Listed: b.Listed}, err
	}
	return render.Paragraph(""), nil
}
