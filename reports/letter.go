package reports

import (
	"context"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/render"
)

// Shown is a chart of a report with the sentence under it.
type Shown struct {
	Caption string
	Chart   plot.Chart
}

// Letter is what a mail says of a frozen report: its title, the first
// paragraphs, the first charts and the first table, as they stand in the report itself.
type Letter struct {
	Name   string // what the report is called
	Title  string
	Cut    string
	Paras  []string
	Charts []Shown
	Table  *render.Table
}

const (
	// letterParas, letterCharts and letterWidth say how much of a report a mail shows: the
	// rest is in the files that go along.
	letterParas  = 3
	letterCharts = 2
	letterWidth  = 600 // logical pixels, what mail programs show without scrolling
)

// Letter is a frozen report for a mail, in one language.
func (s *Service) Letter(t i18n.T, f Figures) (Letter, error) {
	w := s.writer(t, f)
	l := Letter{Name: w.title(), Title: Title(t, f), Cut: upperFirst(f.Cut.Name)}
	chapters, err := s.Chapters(t, f)
	if err != nil {
		return Letter{}, err
	}
	for _, ch := range chapters {
		for _, b := range ch.Blocks {
			if err := l.take(b); err != nil {
				return Letter{}, err
			}
		}
	}
	return l, nil
}

// take puts a block into the letter while there is room for its kind.
func (l *Letter) take(b Block) error {
	switch b := b.(type) {
	case Para: // what opens a list has nothing to say where the list is not shown
		if len(l.Paras) < letterParas && !strings.HasSuffix(string(b), ":") {
			l.Paras = append(l.Paras, string(b))
		}
	case Picture:
		if len(l.Charts) >= letterCharts {
			return nil
		}
		c, err := b.Draw(letterWidth, "")
		if err != nil {
			return err
		}
		l.Charts = append(l.Charts, Shown{Caption: b.Caption, Chart: c})
	case Grid:
		if l.Table == nil && len(b.Rows) > 0 {
			table := b.Table
			l.Table = &table
		}
	}
	return nil
}

// Titles tells what the reports of now are called, by key; the key of one that is not
// offered any more.
func (s *Service) Titles(ctx context.Context, t i18n.T) (func(key string) string, error) {
	names, err := s.titles(ctx, t)
	return names.of, err
}

// Attached are the files of a report that travel with its mail.
type Attached struct {
	PDF, XLSX files.File
}

// PapersOf are the stored files of one edition: the PDF that was issued, while there is
// none the draft, and the workbook.
func (s *Service) PapersOf(ctx context.Context, who access.Actor, sn Snapshot) (Attached, error) {
	form := func(form string) func(ReportFile) bool { return func(f ReportFile) bool { return f.Form == form } }
	pdf, err := s.fileBy(ctx, who, sn.Run, sn.Edition, form(PDF))
	if err != nil {
		return Attached{}, err
	}
	xlsx, err := s.fileBy(ctx, who, sn.Run, sn.Edition, form(XLSX))
	return Attached{PDF: pdf, XLSX: xlsx}, err
}

// ScheduleFor is the schedule of a report, cut and programme; Missing when it never
// comes round by itself.
func (s *Service) ScheduleFor(ctx context.Context, who access.Actor, definition, programme, cut string) (Schedule, error) {
	if err := who.NeedAt(Read, cut); err != nil {
		return Schedule{}, err
	}
	var sc Schedule
	err := s.db.Read().NewSelect().Model(&sc).Where("rs.definition = ?", definition).Where("rs.programme = ?", programme).Where("rs.cut = ?", cut).Scan(ctx)
	return sc, db.Sorted(err)
}

// Offer is a report that is offered now.
type Offer struct{ Key, Title string }

// Offered are the reports of now, in the order in which they are offered.
func (s *Service) Offered(ctx context.Context, t i18n.T) ([]Offer, error) {
	all, err := s.definitions(ctx)
	out := make([]Offer, len(all))
	for i, d := range all {
		out[i] = Offer{d.Key, d.title(t)}
	}
	return out, err
}
