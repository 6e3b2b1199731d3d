package register

import (
	"context"
	"slices"
	"strings"
	"testing"

	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// Every list of this room finds its rows by an index, for an officer of one commune and
// for one who sees the whole city.
func TestEveryListHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	e := h.enter(h.dead("Trần Văn An", "1950-01-02", "001050000001"))
	var seen []string
	d.Watch(func(_ context.Context, q string, _ error) {
		if strings.HasPrefix(q, "SELECT") && (strings.Contains(q, "register_") || strings.Contains(q, "dossier_to_sign") || strings.Contains(q, "dossier_signature")) {
			seen = append(seen, q)
		}
	})
	city := h.As(org.CivilStatusOfficer, "")
	for _, who := range []access.Actor{h.civil, city} {
		for _, f := range []Filter{{}, {Text: "tran van"}, {Text: "1/2016"}, {Day: "2016-11-10"}, {Kind: Death, Unit: dossiertest.DangXa}, {Practice: true}} {
			_, err := h.Search(t.Context(), who, f, page.Read("", "5"))
			must(t, err)
		}
		_, err := h.Books(t.Context(), who, dossiertest.DangXa, 2016, false)
		must(t, err)
		_, err = h.Entry(t.Context(), who, e.ID)
		must(t, err)
	}
	for _, who := range []access.Actor{h.leader, h.As(org.SigningLeader, "")} {
		_, err := h.ToSign(t.Context(), who, false, page.Read("", "5"))
		must(t, err)
		_, _, err = h.CountToSign(t.Context(), who)
		must(t, err)
	}
	if len(seen) < 20 {
		t.Fatalf("only %d queries were seen", len(seen))
	}
	for _, q := range slices.Clone(seen) {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		must(t, d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows))
		for _, one := range rows {
			if strings.HasPrefix(one.Detail, "SCAN") && !strings.Contains(one.Detail, "USING") {
				t.Errorf("%s\nreads a whole table: %s", q, one.Detail)
			}
		}
	}
}
