package metric_test

import (
	"encoding/json"
	"testing"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/metric"
)

func TestEveryMetricOfTheCatalogueIsWhole(t *testing.T) {
	seen := map[metric.Key]bool{}
	texts := map[string]string{}
	for _, lang := range []string{"vi", "en"} {
		raw, err := metric.Locale.ReadFile("locale/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		for _, m := range metric.All {
			for _, key := range []string{"metric." + string(m.Key), "metric." + string(m.Key) + ".say", "metric.unit." + string(m.Unit), "metric.kind." + string(m.Kind), "metric.owner." + m.Owner} {
				if texts[key] == "" {
					t.Errorf("%s: no words for %s", lang, key)
				}
			}
		}
		clear(texts)
	}
	for _, m := range metric.All {
		if seen[m.Key] {
			t.Errorf("%s stands twice", m.Key)
		}
		seen[m.Key] = true
		if m.Source() == string(m.Key) || m.Grain == "" {
			t.Errorf("%s names no source or grain", m.Key)
		}
		if (m.Kind == metric.Rate) != (m.Num != "" && m.Den != "") || (m.Kind == metric.Rate) != (m.Unit == metric.Share) {
			t.Errorf("%s: a rate, and only a rate, is a share with two parts", m.Key)
		}
		for _, part := range metric.Base(m.Key) {
			if p, ok := metric.Find(part); !ok || p.Kind == metric.Rate {
				t.Errorf("%s rests on %s", m.Key, part)
			}
		}
		if m.Kind == metric.Rate && len(metric.Base(m.Key)) != 2 {
			t.Errorf("%s has parts that are not in the catalogue", m.Key)
		}
	}
}

func TestARateIsMadeOfSumsNeverOfRates(t *testing.T) {
	tab := metric.Table{}
	tab.Add("dossiers.finished", "018", 100)
	tab.Add("dossiers.finished_late", "018", 10)
	tab.Add("dossiers.finished", "018", 900)
	tab.Add("dossiers.finished_late", "018", 0)
	m, _ := metric.Find("dossiers.late_share")
	if x, ok := tab.At(m.Key, "018").Number(m); !ok || x != 0.01 {
		t.Errorf("late share %v %v", x, ok)
	}
	if v := tab.At(m.Key, "016"); v.Known {
		t.Errorf("unknown is not zero: %+v", v)
	}
}

func TestValuesAreWrittenTheVietnameseWay(t *testing.T) {
	words := i18n.T{Lang: i18n.VI}
	for key, c := range map[metric.Key]struct {
		v    metric.Value
		want string
	}{
		"tickets.opened":         {metric.Value{N: 1234, Known: true}, "1.234"},
		"rollout.official_share": {metric.Value{N: 5, Of: 6, Known: true}, "83,3%"},
		"rollout.spi_t":          {metric.Value{N: 850, Known: true}, "0,85"},
		"rollout.forecast_day":   {metric.Value{N: time.Date(2016, 12, 28, 0, 0, 0, 0, time.UTC).Unix() / 86400, Known: true}, "28/12/2016"},
	} {
		m, ok := metric.Find(key)
		if got := m.Write(words, c.v); !ok || got != c.want {
			t.Errorf("%s: %q, want %q", key, got, c.want)
		}
	}
}
