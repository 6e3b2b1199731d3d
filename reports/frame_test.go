package reports

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/define"
	"lotrinh/reports/metric"
)

// measured is fake measures and lists: every metric of every unit is known.
type measured struct{ asked []metric.Ask }

func (m *measured) Values(_ context.Context, _ access.Actor, a metric.Ask) (metric.Table, error) {
	m.asked = append(m.asked, a)
	t := metric.Table{}
	for _, k := range a.Metrics {
		for _, u := range a.Units {
			t.Add(k, u, int64(len(k))+int64(len(a.Span.Until)))
		}
	}
	return t, nil
}

func (m *measured) Series(_ context.Context, _ access.Actor, a metric.Ask) ([]metric.Line, error) {
	m.asked = append(m.asked, a)
	return nil, nil
}

func (m *measured) List(_ context.Context, a Ask, list string, _ Period, _ int) (define.Listed, error) {
	return define.Listed{Total: 1, Entries: []define.Entry{{Unit: a.Unit, Place: "huyện Ba Vì", What: "Thiếu máy quét", Cause: "Chậm mua sắm", Proposal: list}}}, nil
}

func TestFrozenFiguresCarryTheirDefinition(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		m := &measured{}
		h.near.Measures, h.near.Lists = m, m
		f, err := h.snapshot(h.made().ID).Figures()
		if err != nil {
			t.Fatal(err)
		}
		if f.Schema != 2 || f.Version != 3 || define.Hash(f.Form) != f.FormHash || f.Frame == nil {
			t.Fatalf("schema %d, version %d, hash %q", f.Schema, f.Version, f.FormHash)
		}
		d, err := define.Parse(f.Form)
		if err != nil {
			t.Fatal(err)
		}
		need := d.Need()
		for _, k := range need.Now {
			if !f.Frame.Now.At(k, city).Known {
				t.Errorf("%s is not frozen", k)
			}
		}
		if len(f.Frame.Now) != len(need.Now) {
			t.Errorf("%d metrics are frozen, %d are needed", len(f.Frame.Now), len(need.Now))
		}
		if s := m.asked[0].Span; s != (metric.Span{From: "2016-11-07", Until: "2016-11-13"}) || m.asked[1].Span != (metric.Span{From: "2016-10-31", Until: "2016-11-06"}) {
			t.Errorf("asked of %+v and %+v", s, m.asked[1].Span)
		}
		before := headings(t, h, f)
		if !slices.Contains(before, "Nguyên nhân") || !slices.Contains(before, "Kiến nghị") {
			t.Errorf("headings %q", before)
		}
		other := strings.Replace(string(f.Form), "Kiến nghị", "Đề nghị", 1)
		bent := f
		bent.Form = json.RawMessage(other)
		if _, err := h.Chapters(h.words.In(i18n.VI), bent); !fault.HasKey(err, "reports.snapshot.bent") {
			t.Errorf("another text under the same hash: %v", err)
		}
	})
}

func headings(t *testing.T, h *house, f Figures) []string {
	t.Helper()
	chapters, err := h.Chapters(h.words.In(i18n.VI), f)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range chapters {
		all = append(all, c.Heading)
	}
	return all
}

func TestSnapshotsOfBeforeDefinitionsWereDataStayReadable(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		f, err := h.snapshot(h.made().ID).Figures()
		if err != nil {
			t.Fatal(err)
		}
		f.Schema, f.Version, f.Form, f.FormHash, f.Frame = 1, 2, nil, "", nil
		if got := headings(t, h, f); !slices.Equal(got, []string{"Kết quả", "Khó khăn, vướng mắc", "Nhiệm vụ tuần tới"}) {
			t.Errorf("headings %q", got)
		}
		body, err := canonical(f)
		if err != nil {
			t.Fatal(err)
		}
		papers, err := h.Papers(body)
		if err != nil {
			t.Fatal(err)
		}
		if text := pdftotext(t, papers[0].Content); !strings.Contains(text, "Tiến độ triển khai Dịch vụ công") || !strings.Contains(text, "NHIỆM VỤ TUẦN TỚI") {
			t.Error(text)
		}
	})
}
