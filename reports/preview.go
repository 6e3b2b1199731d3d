package reports

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/define"
	"lotrinh/reports/views"
)

// PreviewOf reads the figures that a report by a definition would hold, of the part of the
// city that the reader sees; nothing is stored. Whole is the last whole period, else the
// running one.
func (s *Service) PreviewOf(ctx context.Context, who access.Actor, d Definition, programme, cut string, whole bool) (Figures, error) {
	if err := who.NeedAt(Read, cut); err != nil {
		return Figures{}, err
	}
	if err := s.known(ctx, programme, cut); err != nil {
		return Figures{}, err
	}
	cal, err := s.Calendar(ctx, programme)
	if err != nil {
		return Figures{}, err
	}
	now := s.business.Now()
	p, ok := cal.Running(d.kind(), now)
	if whole {
		p, ok = cal.Last(d.kind(), now)
	}
	if !ok {
		return Figures{}, fault.New(fault.Invalid, "reports.preview.no_period")
	}
	var asOf time.Time // a running period is told as it stands now
	if whole {
		asOf = lastOf(p, now)
	}
	f, err := s.read(ctx, who, programme, cut, p, asOf)
	if err != nil {
		return f, err
	}
	f.Kind, f.NominalAt = Manual, now.UTC()
	return f, s.fill(ctx, who, programme, d, &f)
}

// Shown is a report as a page shows it.
func (s *Service) Shown(t i18n.T, f Figures) ([]views.Chapter, error) {
	chapters, err := s.Chapters(t, f)
	if err != nil {
		return nil, err
	}
	w := s.writer(t, f)
	var all []views.Chapter
	for i, ch := range chapters {
		out := views.Chapter{Heading: t.Say("reports.doc.heading", "no", numeral(i), "name", ch.Heading)}
		for _, b := range ch.Blocks {
			if g, is := b.(Grid); is && g.On == define.PaperOnly {
				continue
			}
			shown, err := w.block(b)
			if err != nil {
				return nil, err
			}
			out.Blocks = append(out.Blocks, shown)
		}
		all = append(all, out)
	}
	return all, nil
}

// numeral is the number of a chapter: I, II, III …
func numeral(i int) string {
	if i < len(roman) {
		return roman[i]
	}
	return roman[len(roman)-1]
}

// Choices is what a preview may be asked of.
type Choices struct {
	Programmes []Programme
	Cuts       []Cut // the city and its districts, as far as the reader reads reports of them
}

// Choices are the programmes and the cuts of a reader.
func (s *Service) Choices(ctx context.Context, who access.Actor) (Choices, error) {
	if err := who.Need(Read); err != nil {
		return Choices{}, err
	}
	var o Choices
	var err error
	if o.Programmes, err = s.near.Rollout.Programmes(ctx); err != nil {
		return o, err
	}
	tree, err := s.near.Units.Tree(ctx, s.business.Now())
	if err != nil {
		return o, err
	}
	for _, u := range append(tree.Roots(), tree.Districts()...) {
		if who.Covers(Read, u.Code) {
			o.Cuts = append(o.Cuts, Cut{Code: u.Code, Name: tree.Name(u.Code), City: u.Parent == ""})
		}
	}
	return o, nil
}
