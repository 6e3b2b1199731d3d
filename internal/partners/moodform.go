package partners

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/internal/wire"
)

// flags are what an office does wrong until it is told otherwise.
var flags = []string{"twice", "reorder", "other_body", "newer", "asks", "by_hand"}

func (m *Mood) flag(name string) *bool {
	return map[string]*bool{"twice": &m.Twice, "reorder": &m.Reorder, "other_body": &m.OtherBody, "newer": &m.Newer, "asks": &m.Asks, "by_hand": &m.ByHand}[name]
}

// numbers are what it does wrong so often, or for so long.
var numbers = []string{"slow_ms", "drop_before", "drop_after", "busy", "late_s"}

func (m *Mood) number(name string) *int64 {
	return map[string]*int64{"slow_ms": &m.SlowMS, "drop_before": &m.DropBefore, "drop_after": &m.DropAfter, "busy": &m.Busy, "late_s": &m.LateS}[name]
}

func (p *Program) moodForm(t i18n.T, m Mood) ui.FormData {
	down := ui.Field{Kind: ui.Select, Name: "down", Label: t.Say("partners.mood.down"), Value: "0"}
	for _, d := range downFor {
		down.Options = append(down.Options, ui.Option{Value: strconv.Itoa(int(d / time.Second)), Label: t.Say("partners.mood.down_for", "seconds", int(d/time.Second))})
	}
	form := ui.FormData{Action: "/offices/" + m.Office + "/mood", Submit: t.Say("partners.mood.save"), Loose: true, Fields: []ui.Field{down}}
	for _, name := range numbers {
		form.Fields = append(form.Fields, ui.Field{Kind: ui.Whole, Name: name, Label: t.Say("partners.mood." + name), Value: strconv.FormatInt(*m.number(name), 10), Narrow: true})
	}
	for _, name := range flags {
		f := ui.Field{Kind: ui.Check, Name: name, Label: t.Say("partners.mood." + name)}
		if *m.flag(name) {
			f.Value = "1"
		}
		form.Fields = append(form.Fields, f)
	}
	return form
}

// saveMood takes the form of a person, or of a program that drives a story.
func (p *Program) saveMood(w http.ResponseWriter, r *http.Request, _ i18n.T) error {
	m := Mood{Office: r.PathValue("office")}
	if n, err := strconv.ParseInt(r.FormValue("down"), 10, 64); err == nil && n > 0 && n <= 86400 {
		m.DownUntil = p.Clock.Now().Add(time.Duration(n) * time.Second)
	}
	for _, name := range numbers {
		if n, err := strconv.ParseInt(strings.TrimSpace(r.FormValue(name)), 10, 64); err == nil && n >= 0 && n <= 1_000_000 {
			*m.number(name) = n
		}
	}
	for _, name := range flags {
		*m.flag(name) = r.FormValue(name) == "1"
	}
	if err := p.Tell(r.Context(), m); err != nil {
		return err
	}
	http.Redirect(w, r, "/offices/"+m.Office, http.StatusSeeOther)
	return nil
}

func submitForm(t i18n.T) ui.FormData {
	form := ui.FormData{Action: "/offices/portal/submit", Submit: t.Say("partners.submit"), Loose: true}
	for _, name := range submitted {
		form.Fields = append(form.Fields, ui.Field{Name: name, Label: t.Say("partners.form." + name), Required: true})
	}
	return form
}

// submitted are the fields of the portal's form, in their order.
var submitted = []string{"procedure", "unit", "applicant", "phone", "nksHoTen", "nksGioiTinh", "nksNgaySinh", "meHoTen"}

// submit is a citizen who sends a dossier at the portal.
func (p *Program) submit(w http.ResponseWriter, r *http.Request, _ i18n.T) error {
	s := wire.Submission{Procedure: r.FormValue("procedure"), Unit: r.FormValue("unit"), Applicant: r.FormValue("applicant"), Phone: r.FormValue("phone"), Answers: wire.Fields{}}
	for _, name := range submitted[4:] {
		s.Answers[name] = r.FormValue(name)
	}
	if _, err := p.Submit(r.Context(), s); err != nil {
		return err
	}
	http.Redirect(w, r, "/offices/portal", http.StatusSeeOther)
	return nil
}
