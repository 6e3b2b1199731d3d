package reports

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/render"
)

var (
	script = regexp.MustCompile(`(?s)<(script|style|svg)\b.*?</(script|style|svg)>`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// seenText is what a page says, without its charts.
func seenText(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(script.ReplaceAllString(page, " "), " "))), " ")
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

// rowText is the cells of a row as the page writes them, one after the other.
func rowText(g Grid, t i18n.T, row []any) string {
	var cells []string
	for j, c := range row {
		cells = append(cells, g.Columns[j].Write(t, c))
	}
	return squeezed(strings.Join(cells, " "))
}

// TestPageMailAndAPISayTheFiguresOfTheSnapshot: what the other test asks of the papers this one
// asks of the web page (every sentence, every row of every table), of the API (the same JSON,
// value for value) and of the mail's letter (its sentences and its table are those of the report).
func TestPageMailAndAPISayTheFiguresOfTheSnapshot(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		sn, vi := h.snapshot(r.ID), h.words.In(i18n.VI)
		f, err := sn.Figures()
		if err != nil {
			t.Fatal(err)
		}
		chapters, err := h.Chapters(vi, f)
		if err != nil {
			t.Fatal(err)
		}
		s := h.street(everywhere("planner"))
		res, page := h.ask(s, "GET", "/reports/runs/"+string(r.ID), "")
		if res.StatusCode != http.StatusOK {
			t.Fatalf("the page answers %d", res.StatusCode)
		}
		seen, rows, said := seenText(page), 0, map[string]bool{}
		for _, ch := range chapters {
			for _, b := range ch.Blocks {
				for _, text := range texts(b) {
					said[text] = true
					if !strings.Contains(seen, squeezed(text)) {
						t.Errorf("the page does not say %q", text)
					}
				}
				g, is := b.(Grid)
				if !is || g.On == PaperOnly {
					continue
				}
				for _, row := range append(slices.Clone(g.Rows), g.Foot) {
					rows++
					if text := rowText(g, vi, row); !strings.Contains(seen, text) {
						t.Errorf("%s: the page lacks the row %q", g.Caption, text)
					}
				}
			}
		}
		if rows < 10 {
			t.Errorf("only %d rows were compared", rows)
		}
		h.sameByAPI(r, sn)
		l, err := h.Letter(vi, f)
		if err != nil || len(l.Paras) == 0 || l.Table == nil {
			t.Fatalf("the letter: %v %+v", err, l)
		}
		for _, p := range l.Paras {
			if !said[p] {
				t.Errorf("the letter says %q, the report does not", p)
			}
		}
		if i := slices.IndexFunc(gridsOf(chapters), func(g Grid) bool { return g.Caption == l.Table.Caption }); i < 0 || !sameCells(gridsOf(chapters)[i].Table, *l.Table) {
			t.Error("the table of the letter is not that of the report")
		}
	})
}

// sameByAPI compares the figures of the API with the snapshot's.
func (h *house) sameByAPI(r RunRow, sn Snapshot) {
	h.t.Helper()
	res, body := h.ask(h.street(everywhere("planner")), "GET", "/api/v1/reports/runs/"+string(r.ID), "")
	var out struct {
		Hash    string          `json:"hash"`
		Figures json.RawMessage `json:"figures"`
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil || res.StatusCode != http.StatusOK {
		h.t.Fatal(res.StatusCode, err)
	}
	if string(out.Figures) != sn.Body || out.Hash != sn.Hash || digest(out.Figures) != sn.Hash {
		h.t.Error("the API tells other figures than the snapshot")
	}
}

func gridsOf(chapters []Chapter) (all []Grid) {
	for _, ch := range chapters {
		for _, b := range ch.Blocks {
			if g, is := b.(Grid); is {
				all = append(all, g)
			}
		}
	}
	return all
}

func sameCells(a, b render.Table) bool {
	one, err1 := json.Marshal(append(slices.Clone(a.Rows), a.Foot))
	two, err2 := json.Marshal(append(slices.Clone(b.Rows), b.Foot))
	return err1 == nil && err2 == nil && string(one) == string(two)
}
