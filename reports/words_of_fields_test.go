package reports

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/reports/delta"
	"lotrinh/reports/metric"
)

// TestEveryFieldOfAReportHasWordsForItsDifferences walks through the form of the frozen figures: a
// difference between two editions may lie in any field, and is told by its words.
func TestEveryFieldOfAReportHasWordsForItsDifferences(t *testing.T) {
	words, err := i18n.Load(delta.Locale, metric.Locale, site.Locale, kit.Locale)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	for _, lang := range []i18n.Lang{i18n.VI, i18n.EN} {
		clear(seen)
		fieldsOf(reflect.TypeFor[Figures](), seen, func(name string) {
			say := words.In(lang)
			if !say.Has("delta.field."+name) && !say.Has("delta.group."+name) && !say.Has("delta.item."+name) && !say.Has("metric."+name) {
				t.Errorf("%s: no word for %q", lang, name)
			}
		})
	}
}

// untold are the fields that a comparison leaves out, or whose type tells itself.
var untold = []string{"schema", "definition", "version", "kind", "nominal_at", "read_at", "as_of", "at", "edition", "form", "form_hash", "href", "held_href", "late_href"}

func fieldsOf(in reflect.Type, seen map[reflect.Type]bool, found func(name string)) {
	for in.Kind() == reflect.Pointer || in.Kind() == reflect.Slice || in.Kind() == reflect.Map {
		in = in.Elem()
	}
	if in.Kind() != reflect.Struct || seen[in] || in == reflect.TypeFor[time.Time]() || in == reflect.TypeFor[i18n.Line]() || in == reflect.TypeFor[metric.Value]() || in == reflect.TypeFor[json.RawMessage]() {
		return
	}
	seen[in] = true
	for i := range in.NumField() {
		f := in.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		skip := false
		for _, u := range untold {
			skip = skip || u == name
		}
		if skip {
			continue
		}
		if name != "" {
			found(name)
		}
		fieldsOf(f.Type, seen, found)
	}
}
