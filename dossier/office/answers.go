package office

import (
	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/ui"
)

// answerPanel shows what was declared, and above it what the form's own rules find wrong
// or doubtful in it.
func (s *Service) answerPanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	f, err := s.formOfVersion(v.Version, v.Definition)
	if err != nil {
		return nil, err
	}
	var a form.Answers
	if len(f.Groups) == 0 || !unmarshal(v.Answers, &a) {
		return nil, nil
	}
	tree, err := s.tree(c.Std())
	if err != nil {
		return nil, err
	}
	at := v.AcceptedAt
	if at.IsZero() {
		at = s.Now()
	}
	ctx := form.Context{Accepted: at, Unit: v.Unit, Staff: true, District: tree.District}
	out := views.PanelView{ID: "answers", Title: c.T.Say("office.answers.title")}
	if v.Open && v.Status != dossier.Finished {
		for _, one := range form.Check(f, a, ctx) {
			n := ui.NoticeData{Tone: ui.Warn, Title: one.Text(c.T)}
			if one.Severity == form.Error {
				n.Tone = ui.Bad
			}
			if field, _, ok := f.Field(one.Field); ok {
				n.Text = field.Label.In(c.T.Lang)
			}
			out.Notices = append(out.Notices, n)
		}
	}
	for _, section := range form.Summary(f, a, ctx) {
		for _, line := range section.Lines {
			text := line.Value.In(c.T.Lang)
			if text == "" {
				continue
			}
			out.Facts = append(out.Facts, ui.Fact{Label: line.Label.In(c.T.Lang), Text: text})
		}
	}
	if len(out.Facts) == 0 && len(out.Notices) == 0 {
		return nil, nil
	}
	if len(out.Notices) > mostNotices {
		out.Notices = out.Notices[:mostNotices]
	}
	if s.May(c.Who, v.Definition, v.Dossier, dossier.Amend) && v.Waiting != dossier.ForConfirmation && !lastWordIs(v.Steps, dossier.Confirmed) {
		out.Links = []ui.Action{{Label: c.T.Say(string(dossier.Amend.Key())), Href: v.Path() + "/answers"}}
	}
	return views.Panel(c.T, out), nil
}

// lastWordIs tells whether an act is the last word on the draft: of the applicant, or of a
// leader who sent it back.
func lastWordIs(steps []dossier.Step, act dossier.Act) bool {
	for i := len(steps) - 1; i >= 0; i-- {
		switch steps[i].Act {
		case dossier.Confirmed, dossier.Objected, dossier.Declined:
			return steps[i].Act == act
		}
	}
	return false
}

// mostNotices is how many findings are shown at once: a dossier that was taken quickly at
// the counter lacks many answers, and each is a finding.
const mostNotices = 5
