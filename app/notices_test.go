package app

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/sms"
)

var placed = regexp.MustCompile(`\{(\w+)\}`)

// TestTextMessagesSayNothingPersonal holds every template that may go out as a text
// message to the arguments that harm nobody, in both languages, and to few parts.
func TestTextMessagesSayNothingPersonal(t *testing.T) {
	words, err := Words()
	must(t, err)
	longest := []any{"number", "HT-2026-000042", "track", "7KQ2M9XRTA", "code", "48291733", "minutes", 10, "count", 100, "due", time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC),
		"link", "https://lotrinh.hanoi.gov.vn/theo-doi?phieu=HT-2026-000042"}
	for _, text := range noticeTexts() {
		for _, a := range text.Args {
			if !slices.Contains(notify.Harmless, a) {
				t.Errorf("%s may say %q, which may be personal", text.Template, a)
			}
		}
		for _, lang := range []i18n.Lang{i18n.VI, i18n.EN} {
			say := words.In(lang)
			key := text.Template + ".sms"
			if !say.Has(key) {
				t.Errorf("%s has no words in %s", key, lang)
				continue
			}
			for _, m := range placed.FindAllStringSubmatch(say.Say(key), -1) {
				if !slices.Contains(text.Args, m[1]) {
					t.Errorf("%s says {%s}, which it may not", key, m[1])
				}
			}
			if n := sms.Parts(say.Say(key, longest...)); n > 4 {
				t.Errorf("%s in %s takes %d parts", key, lang, n)
			}
		}
	}
}

func TestEveryWordOfATextMessageIsRegistered(t *testing.T) {
	words, err := Words()
	must(t, err)
	for _, key := range words.Keys() {
		template, is := strings.CutSuffix(key, ".sms")
		if is && words.Has(template+".subject") && !slices.ContainsFunc(noticeTexts(), func(x notify.Text) bool { return x.Template == template }) {
			t.Errorf("%s is no registered text message", key)
		}
	}
}

func TestEveryKindOfNoticeHasWords(t *testing.T) {
	words, err := Words()
	must(t, err)
	for _, k := range append(noticeKinds, notify.Kind{Code: notify.Others}) {
		if !words.Has("notify.kind." + k.Code) {
			t.Errorf("the kind %s has no words", k.Code)
		}
	}
}
