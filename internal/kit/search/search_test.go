package search

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

var at = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

func put(t testing.TB, d *db.DB, docs ...Doc) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Put(ctx, tx, docs...) })
	if err != nil {
		t.Fatal(err)
	}
}

func unit(code, title string) Doc {
	return Doc{Area: "org", Kind: "unit", Subject: code, Unit: code, Title: title, Updated: at}
}

func found(t testing.TB, d *db.DB, query string, scopes ...Scope) string {
	t.Helper()
	hits, err := Find(t.Context(), d, query, scopes, 20)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	var keys []string
	for _, h := range hits {
		keys = append(keys, h.Subject)
	}
	return strings.Join(keys, " ")
}

var all = Scope{Kind: "unit", Everywhere: true}

func TestMarksAndToneSpellingsFindTheSame(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		put(t, d, unit("00574", "xã Đặng Xá"), unit("00009", "phường Hòa Bình"), unit("00010", "phường Hoa Binh"))
		for query, want := range map[string]string{
			"dang xa":                     "00574",
			"đặng xá":                     "00574",
			"ĐẶNG XÁ":                     "00574",
			norm.NFD.String("Đặng Xá"):    "00574",
			"dang x":                      "00574",
			"xa d":                        "00574",
			"xa dx":                       "",
			"xa":                          "00574",
			"hòa bình":                    "00009 00010",
			"hoà bình":                    "00009 00010",
			norm.NFD.String("hoà bình"):   "00009 00010",
			"hoa binh":                    "00010 00009",
			"00574":                       "",
			"dan xa":                      "",
			"  ":                          "",
			strings.Repeat("dang xa ", 9): "00574",
		} {
			if got := found(t, d, query, all); got != want {
				t.Errorf("%q found %q, want %q", query, got, want)
			}
		}
	})
}

func TestTheScopeIsPartOfTheMatch(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		a := unit("00574", "xã Đặng Xá")
		b := Doc{Area: "helpdesk", Kind: "ticket", Subject: "t1", Unit: "00574", Owner: "0192-aa", Title: "Máy quét xã Đặng Xá", Body: "x9unit9a9u không quét được", Updated: at}
		c := Doc{Area: "helpdesk", Kind: "note", Subject: "t1", Part: "m2", Unit: "00574", Title: "Đặng Xá: mật", Updated: at}
		put(t, d, a, b, c)
		for _, tc := range []struct {
			name   string
			query  string
			scopes []Scope
			want   string
		}{
			{"nobody", "dang xa", nil, ""},
			{"no units", "dang xa", []Scope{{Kind: "unit"}}, ""},
			{"another unit", "dang xa", []Scope{{Kind: "unit", Units: []string{"00575"}}}, ""},
			{"its unit", "dang xa", []Scope{{Kind: "unit", Units: []string{"00575", "00574"}}}, "00574"},
			{"its owner", "may quet", []Scope{{Kind: "ticket", Owner: "0192-aa"}}, "t1"},
			{"another owner", "may quet", []Scope{{Kind: "ticket", Owner: "0192-ab"}}, ""},
			{"one hit for a thing and its part", "dang xa", []Scope{{Kind: "ticket", Everywhere: true}, {Kind: "note", Everywhere: true}}, "t1"},
			{"a kind that is not asked", "mat", []Scope{{Kind: "ticket", Everywhere: true}}, ""},
			{"text cannot forge a scope", "khong quet", []Scope{{Kind: "unit", Everywhere: true}}, ""},
			{"a query cannot ask for a scope", "x9unit9a9u", []Scope{{Kind: "unit", Units: []string{"00574"}}}, ""},
		} {
			if got := found(t, d, tc.query, tc.scopes...); got != tc.want {
				t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
			}
		}
	})
}

func TestChangedAndRemovedDocuments(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		put(t, d, unit("1", "xã Cũ"), unit("2", "xã Cũ Hai"))
		put(t, d, unit("1", "xã Mới"))
		if got := found(t, d, "cu", all) + "|" + found(t, d, "moi", all) + "|" + found(t, d, "xa", all); got != "2|1|1 2" {
			t.Errorf("after a change: %s", got)
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Remove(ctx, tx, "unit", "1") })
		if err != nil {
			t.Fatal(err)
		}
		if got := found(t, d, "xa", all); got != "2" {
			t.Errorf("after removal: %s", got)
		}
	})
}

// fill puts enough rows that a plan which reads them all shows.
func fill(t testing.TB, d *db.DB, n int) {
	t.Helper()
	docs := make([]Doc, n)
	for i := range docs {
		docs[i] = Doc{Area: "helpdesk", Kind: "ticket", Subject: fmt.Sprint(i), Unit: fmt.Sprintf("%05d", i%500), Title: fmt.Sprintf("Phiếu %d máy in", i), Body: "hỏng", Updated: at}
	}
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for part := range slices.Chunk(docs, 500) {
			if err := Add(ctx, tx, part...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAThingOfManyPartsDoesNotHideTheOthers(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			var docs []Doc
			for i := range 10 {
				docs = append(docs, Doc{Area: "helpdesk", Kind: "ticket", Subject: fmt.Sprint(i), Title: "Mất mạng"})
			}
			for i := range 2*candidates + 50 {
				docs = append(docs, Doc{Area: "helpdesk", Kind: "ticket", Subject: "long", Part: fmt.Sprint(i), Title: "Mất mạng kéo dài", Body: "Vẫn mất mạng."})
			}
			return Add(ctx, tx, docs...)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{"mat mang", "mất mạng", "mat man"} {
			hits, err := Find(t.Context(), d, words, []Scope{{Kind: "ticket", Everywhere: true}}, 8)
			if err != nil || len(hits) != 8 {
				t.Errorf("%q finds %d things, %v", words, len(hits), err)
			}
		}
	})
}

func TestPlanStaysInTheIndex(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 4000)
		scope := scopeWords([]Scope{{Kind: "ticket", Units: []string{"00007"}}, {Kind: "ticket_note", Units: []string{"00007"}}})
		var plan []string
		var err error
		if d.SQLite() {
			var rows []struct {
				ID, Parent, Notused int64
				Detail              string
			}
			err = d.Read().NewRaw("EXPLAIN QUERY PLAN "+sqliteMatch, sqliteQuery(flat(scope), asked{words: []string{"may", "in"}, starts: true, before: math.MaxInt64}), math.MaxInt64, 300).Scan(t.Context(), &rows)
			for _, r := range rows {
				plan = append(plan, r.Detail)
			}
		} else {
			err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil { // 4,000 rows are few enough to read
					return err
				}
				sql, args := postgresMatch(scope, asked{words: []string{"may", "in"}, starts: true, before: math.MaxInt64}, 300)
				return tx.NewRaw("EXPLAIN "+sql, args...).Scan(ctx, &plan)
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(plan, "\n")
		good := strings.Contains(got, "search_doc_") && !strings.Contains(got, "Seq Scan")
		if d.SQLite() {
			good = strings.Contains(got, "VIRTUAL TABLE INDEX") && strings.Contains(got, "USING INTEGER PRIMARY KEY") && !strings.Contains(got, "TEMP B-TREE")
		}
		if !good {
			t.Errorf("the plan leaves the index:\n%s", got)
		}
		if got := found(t, d, "may in", Scope{Kind: "ticket", Units: []string{"00007"}}); got != "3507 3007 2507 2007 1507 1007 507 7" {
			t.Errorf("newest first within the unit: %s", got)
		}
	})
}

func FuzzNoQueryBreaksTheSyntax(f *testing.F) {
	for _, s := range []string{`dang xa`, `"`, `'`, `a" OR scope:"x`, `') | ('x`, `a:*`, "NEAR(a b)", "\x00", "{head}:x", "-a", "a\\", "𝒳 ٣ ა", "ﬁ ½", "'':A"} {
		f.Add(s)
	}
	lite := testkit.SQLite(f)
	put(f, lite, unit("1", "xã Một"))
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := Find(t.Context(), lite, query, []Scope{{Kind: "ticket", Owner: query}, all}, 5); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOddQueriesAreQueriesOnBothStores(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		put(t, d, unit("1", "xã Một"))
		for _, q := range []string{`"`, `' | '`, `a') | 'b`, `mot:*`, "\\", "a\x00b", "𝒳", "٣٣", "ა", "1e5 2.5 -3", "http://x.y/z?a=b", "mot'", "mot:D"} {
			found(t, d, q, all)
		}
		if got := found(t, d, "mot'", all); got != "1" {
			t.Errorf("a quote behind a word: %q", got)
		}
	})
}
