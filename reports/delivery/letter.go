package delivery

import (
	"bytes"
	"context"
	_ "embed"
	"html/template"
	"io"
	"strings"
	"time"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/reports"
	"lotrinh/reports/render"
)

//go:embed letter.html
var letterSource string

// letterPage lays a mail out in tables with attributes and inline styles: what mail
// programs understand. It escapes what it is given.
var letterPage = template.Must(template.New("letter").Parse(letterSource))

// pngScale is how many pixels of a chart in a mail stand for one: sharp on a phone.
const pngScale = 2

// letters composes mails from frozen reports, each report and language once.
type letters struct {
	s    *Service
	made map[letterKey]letter
	open []io.Closer
}

type letterKey struct {
	run     ident.ID
	edition int64
	lang    i18n.Lang
}

// letter is what all mails of a report in one language share.
type letter struct {
	subject, text, html string
	inline              []notify.Content
	papers              reports.Attached
}

// mail is one report to one reader. Its files are read from disk while they are sent.
func (l *letters) mail(ctx context.Context, to ready) (notify.Mail, error) {
	key := letterKey{to.Run, to.Edition, to.lang}
	one, known := l.made[key]
	if !known {
		var err error
		if one, err = l.s.compose(ctx, key); err != nil {
			return notify.Mail{}, err
		}
		if l.made == nil {
			l.made = map[letterKey]letter{}
		}
		l.made[key] = one
	}
	m := notify.Mail{To: to.to, Subject: one.subject, Body: one.text, HTML: one.html, ID: to.MessageID, Content: one.inline}
	if to.Why == BySubscription {
		m.Unsubscribe = l.s.BaseURL + SubscriptionsAt
	}
	for _, f := range []files.File{one.papers.PDF, one.papers.XLSX} {
		o, err := l.s.Files.Open(f)
		if err != nil {
			l.rewind()
			return notify.Mail{}, err
		}
		l.open = append(l.open, o)
		m.Content = append(m.Content[:len(m.Content):len(m.Content)], notify.Content{Name: f.Name, Type: f.Type, Stream: o})
	}
	return m, nil
}

// rewind closes the files of the mail that was sent.
func (l *letters) rewind() {
	for _, o := range l.open {
		_ = o.Close() // only read
	}
	l.open = nil
}

// compose reads a report's frozen figures and puts them into words and pictures.
func (s *Service) compose(ctx context.Context, key letterKey) (letter, error) {
	sn, err := s.Reports.Edition(ctx, system, key.run, key.edition)
	if err != nil {
		return letter{}, err
	}
	f, err := sn.Figures()
	if err != nil {
		return letter{}, err
	}
	t := s.Words.In(key.lang)
	said, err := s.Reports.Letter(t, f)
	if err != nil {
		return letter{}, err
	}
	out := letter{subject: subject(t, said.Name, f, sn.Edition)}
	if out.papers, err = s.Reports.PapersOf(ctx, system, sn); err != nil {
		return letter{}, err
	}
	v := letterView{Lang: string(t.Lang), Title: said.Title, Keys: keysOf(t, f), Paras: said.Paras,
		Read: t.Say("delivery.mail.read", "at", f.ReadAt), Link: s.BaseURL + "/reports/runs/" + string(key.run), LinkWord: t.Say("delivery.mail.open"),
		Files: t.Say("delivery.mail.files"), Foot: t.Say("delivery.mail.foot"), Hash: t.Say("delivery.mail.hash", "hash", sn.Hash)}
	if sn.Edition > 1 {
		v.Edition = t.Say("delivery.mail.edition", "n", sn.Edition)
	}
	for i, c := range said.Charts {
		png, err := c.Chart.PNG(pngScale)
		if err != nil {
			return letter{}, err
		}
		w, h := c.Chart.Size()
		cid := "chart" + i18n.T{}.Int(int64(i+1)) + "." + string(key.run)
		out.inline = append(out.inline, notify.Content{Name: "chart" + i18n.T{}.Int(int64(i+1)) + ".png", Type: "image/png", Body: png, CID: cid})
		v.Charts = append(v.Charts, letterChart{Src: template.URL("cid:" + cid), Alt: c.Chart.Alt(), Caption: c.Caption, Width: w, Height: h}) //nolint:gosec // a key of ours
	}
	if said.Table != nil {
		v.Table = tableOf(t, *said.Table)
	}
	var b bytes.Buffer
	err = letterPage.Execute(&b, v)
	out.html, out.text = b.String(), v.plain()
	return out, err
}

func subject(t i18n.T, name string, f reports.Figures, edition int64) string {
	say := "delivery.mail.subject"
	if edition > 1 {
		say = "delivery.mail.subject.again"
	}
	return t.Say(say, "report", name, "cut", f.Cut.Name,
		"from", t.Day(f.Period.From), "until", t.Day(lastMoment(f.Period.Until)), "n", edition)
}

// lastMoment is the last moment before the end of a period.
func lastMoment(until time.Time) time.Time { return until.Add(-time.Microsecond) }

// letterView is what the page of a mail shows.
type letterView struct {
	Lang, Title, Read, Edition string
	Keys                       []key
	Paras                      []string
	Charts                     []letterChart
	Table                      *letterTable
	Link, LinkWord             string
	Files, Foot, Hash          string
}

type letterChart struct {
	Src           template.URL
	Alt, Caption  string
	Width, Height int
}

type letterTable struct {
	Caption string
	Head    []letterCell
	Rows    [][]letterCell
	Foot    []letterCell
}

type letterCell struct {
	Text string
	Num  bool
}

// mostLetterRows is how many rows of a table a mail shows; the files hold all.
const mostLetterRows = 40

func tableOf(t i18n.T, g render.Table) *letterTable {
	out := &letterTable{Caption: g.Caption}
	for _, c := range g.Columns {
		out.Head = append(out.Head, letterCell{c.Head, c.Form != render.Text})
	}
	line := func(cells []any) []letterCell {
		row := make([]letterCell, len(cells))
		for i, cell := range cells {
			row[i] = letterCell{g.Columns[i].Write(t, cell), g.Columns[i].Form != render.Text}
		}
		return row
	}
	for _, cells := range g.Rows[:min(mostLetterRows, len(g.Rows))] {
		out.Rows = append(out.Rows, line(cells))
	}
	if g.Foot != nil {
		out.Foot = line(g.Foot)
	}
	return out
}

// plain is the mail for those who read text alone: the key figures and where the rest is.
func (v letterView) plain() string {
	var b strings.Builder
	b.WriteString(v.Title + "\n")
	if v.Edition != "" {
		b.WriteString(v.Edition + "\n")
	}
	b.WriteString(v.Read + "\n\n")
	for _, k := range v.Keys {
		b.WriteString("- " + k.Label + ": " + k.Value)
		for _, more := range []string{k.Of, k.SoWhat} {
			if more != "" {
				b.WriteString("; " + more)
			}
		}
		b.WriteString("\n")
	}
	for _, p := range v.Paras {
		b.WriteString("\n" + p + "\n")
	}
	b.WriteString("\n" + v.Files + "\n" + v.LinkWord + ": " + v.Link + "\n\n" + v.Foot + "\n" + v.Hash + "\n")
	return b.String()
}
