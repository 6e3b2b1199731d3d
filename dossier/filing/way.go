package filing

import (
	"strings"

	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
)

// The pages of a draft, by the last part of their address. Those of questions and of
// papers carry the key of what they ask.
const (
	stepPlace  = "noi-nop"
	stepGroup  = "muc-"
	stepPaper  = "giay-"
	stepPhone  = "dien-thoai"
	stepCode   = "ma"
	stepCheck  = "kiem-tra"
	stepDone   = "xong"
	stepRenew  = "thay-doi"
	filingPath = "/nop-ho-so"
	trackPath  = "/tra-cuu"
)

// way is the pages of a draft in their order, as its answers ask for them now.
type way []string

// wayOf is the way of a draft. A number that an officer vouches for needs no code.
func (s *Service) wayOf(def procedure.Definition, f form.Form, d Draft, seen form.Context) (way, error) {
	var w way
	if d.Helper == "" || d.Practice {
		w = append(w, stepPlace)
	}
	for _, g := range form.Shown(f, d.Answers, seen) {
		w = append(w, stepGroup+g.Key)
	}
	wanted, err := s.Wanted(def, f, d, seen)
	if err != nil {
		return nil, err
	}
	for _, one := range wanted {
		if !one.Show {
			w = append(w, stepPaper+one.Key)
		}
	}
	w = append(w, stepPhone)
	if d.Helper == "" && d.VerifiedAt == nil {
		w = append(w, stepCode)
	}
	return append(w, stepCheck), nil
}

// after is the page behind another, and before the one in front of it; "" for none.
func (w way) after(step string) string {
	for i, one := range w {
		if one == step && i+1 < len(w) {
			return w[i+1]
		}
	}
	return stepCheck
}

func (w way) before(step string) string {
	for i, one := range w {
		if one == step && i > 0 {
			return w[i-1]
		}
	}
	return ""
}

func (w way) number(step string) int {
	for i, one := range w {
		if one == step {
			return i + 1
		}
	}
	return 0
}

// resume is where a draft goes on: the first page of questions that lacks an answer, then
// the telephone, then the last page.
func (s *Service) resume(w way, f form.Form, d Draft, seen form.Context) string {
	if d.Sent() {
		return stepDone
	}
	for _, step := range w {
		if key, is := strings.CutPrefix(step, stepGroup); is && len(form.Errors(form.CheckGroup(f, key, d.Answers, seen))) > 0 {
			return step
		}
	}
	if d.Number == "" && d.Helper == "" {
		return stepPhone
	}
	if d.VerifiedAt == nil && d.Helper == "" {
		return stepCode
	}
	return stepCheck
}

// may tells whether a page can be shown now, and the one to show instead.
func (s *Service) may(w way, d Draft, step string) (instead string, ok bool) {
	switch {
	case d.Sent():
		return stepDone, step == stepDone
	case step == stepDone:
		return stepCheck, false
	case step == stepCode && (d.Number == "" || d.VerifiedAt != nil || d.Helper != ""):
		return stepPhone, false
	case step == stepCheck && d.VerifiedAt == nil && d.Helper == "":
		if d.Number == "" {
			return stepPhone, false
		}
		return stepCode, false
	case step == stepRenew || w.number(step) > 0:
		return "", true
	}
	return w[0], false
}

// home is the address of a draft; it leads on to where the draft stands.
func (s *Service) home(d Draft) string { return filingPath + "/" + d.Procedure + "/" + s.Token(d) }

func (s *Service) path(d Draft, step string) string { return s.home(d) + "/" + step }
