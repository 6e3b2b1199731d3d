package ui

import (
	"strconv"

	"lotrinh/internal/kit/i18n"
)

// share is n of the total in percent, for the bar's geometry; it never leaves the bar.
func (p ProgressData) share(n int64) string {
	if p.Total <= 0 || n <= 0 {
		return "0"
	}
	return strconv.FormatFloat(min(100, float64(n)*100/float64(p.Total)), 'f', 2, 64)
}

func (p ProgressData) words() ProgressWords {
	if p.Words != nil {
		return *p.Words
	}
	return ProgressWords{Verified: "ui.progress.verified", Declared: "ui.progress.declared", Sentence: "ui.progress.sentence"}
}

func (p ProgressData) sentence(t i18n.T) string {
	return t.Say(p.words().Sentence, "label", p.Label, "verified", p.Verified, "declared", p.Declared, "of", p.Total)
}

func toneClass(tone Tone) string {
	if tone == "" {
		tone = Neutral
	}
	return "lt-" + string(tone)
}
