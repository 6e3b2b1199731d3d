package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

const perm access.Perm = "test.import"

var clerk = access.Policy{"clerk": {perm}}.As(access.Actor{ID: "0191f2a0-0000-7000-8000-000000000001",
	Grants: []access.Grant{{Role: "clerk", Everywhere: true}}})

// settings imports rows into the table of settings: name and value, where a value
// "locked" in the store is a conflict.
func settings() Spec {
	known := func(ctx context.Context, q bun.IDB) (map[string]string, error) {
		var rows []struct{ Name, Value string }
		err := q.NewRaw("SELECT name, value FROM setting").Scan(ctx, &rows)
		out := map[string]string{}
		for _, r := range rows {
			out[r.Name] = r.Value
		}
		return out, db.Sorted(err)
	}
	return Spec{Kind: "settings", Perm: perm,
		Columns: []Column{{Key: "name", Name: "c.name", Needed: true, Read: Text(10)}, {Key: "value", Name: "c.value", Needed: true, Read: Whole(1, 100)},
			{Key: "day", Name: "c.day", Read: Date}},
		Plan: func(ctx context.Context, q bun.IDB, _ access.Actor, rows []Row) ([]Plan, error) {
			have, err := known(ctx, q)
			out := make([]Plan, len(rows))
			for i, r := range rows {
				switch old, ok := have[r.Cells["name"]]; {
				case !ok:
					out[i].Action = Create
				case old == "locked" && r.Choice == "force":
					out[i] = Plan{Action: Update}
				case old == "locked" && r.Choice == "leave":
					out[i] = Plan{Action: Skip}
				case old == "locked":
					out[i] = Plan{Action: Conflict, Problems: []Problem{{Column: "value", Line: i18n.L("c.locked")}}}
				case old == r.Cells["value"]:
					out[i].Action = Skip
				default:
					out[i].Action = Update
				}
				if have[r.Cells["name"]] == "locked" {
					out[i].Mark, out[i].About = "held", i18n.L("c.locked")
					out[i].Sides = []Side{{Column: "value", Have: i18n.L("c.locked"), Told: i18n.L("c.value")}}
					if r.Cells["name"] != "lock" {
						out[i].Choices = []string{"force", "leave"}
					}
				}
			}
			return out, err
		},
		Apply: func(ctx context.Context, tx *db.Tx, _ access.Actor, rows []Row) ([]Change, error) {
			have, err := known(ctx, tx)
			if err != nil {
				return nil, err
			}
			var out []Change
			for _, r := range rows {
				name, value := r.Cells["name"], r.Cells["value"]
				_, err := tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value", name, value).Exec(ctx)
				if err != nil {
					return nil, db.Sorted(err)
				}
				raw, err := json.Marshal([3]string{name, have[name], value})
				if err != nil {
					return nil, err
				}
				out = append(out, Change{N: r.N, Record: raw})
			}
			return out, nil
		},
		Undo: func(ctx context.Context, tx *db.Tx, _ access.Actor, changes []Change) ([]Refusal, error) {
			have, err := known(ctx, tx)
			if err != nil {
				return nil, err
			}
			var refused []Refusal
			for _, c := range changes {
				var did [3]string
				if err := json.Unmarshal(c.Record, &did); err != nil {
					return nil, err
				}
				if have[did[0]] != did[2] {
					refused = append(refused, Refusal{N: c.N, Line: i18n.L("c.changed")})
				}
			}
			if len(refused) > 0 {
				return refused, nil
			}
			for _, c := range changes {
				var did [3]string
				if err := json.Unmarshal(c.Record, &did); err != nil {
					return nil, err
				}
				if did[1] == "" {
					_, err = tx.NewRaw("DELETE FROM setting WHERE name = ?", did[0]).Exec(ctx)
				} else {
					_, err = tx.NewRaw("UPDATE setting SET value = ? WHERE name = ?", did[1], did[0]).Exec(ctx)
				}
				if err != nil {
					return nil, db.Sorted(err)
				}
			}
			return refused, nil
		},
	}
}

func importer(t *testing.T, d *db.DB) *Importer {
	t.Helper()
	words := fstest.MapFS{
		"locale/vi.json": {Data: []byte(`{"c.name":"Tên","c.name.also":"tên gọi|ten goi tat","c.value":"Số lượng","c.day":"Ngày","c.locked":"khoá","c.changed":"đã đổi"}`)},
		"locale/en.json": {Data: []byte(`{"c.name":"Name","c.name.also":"called","c.value":"Quantity","c.day":"Day","c.locked":"locked","c.changed":"changed"}`)},
	}
	c, err := i18n.Load(words)
	if err != nil {
		t.Fatal(err)
	}
	im := New(d, clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)), c)
	im.Register(settings())
	return im
}

func set(t *testing.T, d *db.DB, name, value string) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value", name, value).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func all(t *testing.T, d *db.DB) string {
	t.Helper()
	var out []string
	if err := d.Read().NewRaw("SELECT name || '=' || value FROM setting ORDER BY name").Scan(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

const sheet = "UỶ BAN NHÂN DÂN HUYỆN GIA LÂM\nDANH SÁCH\nTen goi tat;Số lượng (chiếc);Ngày;Ghi chú\n" +
	"a;5;10/11/2016;\nb;7;;\nc;9;;\nlock;3;;\nmột tên quá dài;bảy;32/13/2016;\n;1;;\n"

func preview(t *testing.T, im *Importer, text string) Run {
	t.Helper()
	r, err := im.Preview(t.Context(), clerk, "settings", "bảng.csv", bytes.NewReader([]byte(text)), int64(len(text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAPreviewSaysEverythingAndChangesNothing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		im := importer(t, d)
		set(t, d, "b", "6")
		set(t, d, "c", "9")
		set(t, d, "lock", "locked")
		before := all(t, d)
		r := preview(t, im, sheet)
		if r.Created != 1 || r.Updated != 1 || r.Skipped != 1 || r.Conflicts != 1 || r.Bad != 2 || r.Total != 6 {
			t.Errorf("counts %+v", r)
		}
		if h := r.Headings(); len(h) != 1 || h[0] != "Ghi chú" {
			t.Errorf("unread columns %v", h)
		}
		p, err := im.Rows(t.Context(), clerk, r.ID, Bad, page.Read("", ""))
		if err != nil || len(p.Items) != 2 {
			t.Fatalf("%v, %v", p, err)
		}
		var refs []string
		for _, row := range p.Items {
			for _, one := range row.Problems() {
				refs = append(refs, one.Ref+" "+one.Line.Key)
			}
		}
		want := "A8 importer.text_long, B8 importer.number_bad, C8 importer.date_bad, A9 importer.cell_needed"
		if got := strings.Join(refs, ", "); got != want {
			t.Errorf("problems %s\nwant %s", got, want)
		}
		if got := all(t, d); got != before {
			t.Errorf("a preview changed %q to %q", before, got)
		}
		if _, err := im.Commit(t.Context(), clerk, r.ID, false); !fault.HasKey(err, "importer.has_bad") {
			t.Errorf("committed with bad rows: %v", err)
		}
		if _, err := im.Get(t.Context(), access.Actor{ID: "other"}, r.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's import: %v", err)
		}
	})
}

func TestACommitIsWholeAndIsUndoneWhole(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		im := importer(t, d)
		set(t, d, "b", "6")
		r := preview(t, im, sheet)
		r, err := im.Commit(t.Context(), clerk, r.ID, true)
		if err != nil || r.State != Committed || all(t, d) != "a=5 b=7 c=9 lock=3" {
			t.Fatalf("%+v, %v, %s", r, err, all(t, d))
		}
		if _, err := im.Commit(t.Context(), clerk, r.ID, true); !fault.HasKey(err, "importer.not_previewed") {
			t.Errorf("committed twice: %v", err)
		}
		set(t, d, "c", "10")
		refused, err := im.Undo(t.Context(), clerk, r.ID, false)
		if !fault.HasKey(err, "importer.changed_since") || len(refused) != 1 || refused[0].N != 6 || all(t, d) != "a=5 b=7 c=10 lock=3" {
			t.Fatalf("undo of a changed row: %v, %v, %s", refused, err, all(t, d))
		}
		set(t, d, "c", "9")
		if _, err := im.Undo(t.Context(), clerk, r.ID, false); err != nil || all(t, d) != "b=6" {
			t.Fatalf("undo: %v, %s", err, all(t, d))
		}
		if _, err := im.Undo(t.Context(), clerk, r.ID, false); !fault.HasKey(err, "importer.not_committed") {
			t.Errorf("undone twice: %v", err)
		}
	})
}

func TestAPartialUndoLeavesWhatSomebodyChangedAndNamesIt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		im := importer(t, d)
		r := preview(t, im, "name,quantity\na,1\nb,2\n")
		if _, err := im.Commit(t.Context(), clerk, r.ID, false); err != nil {
			t.Fatal(err)
		}
		set(t, d, "a", "9")
		refused, err := im.Undo(t.Context(), clerk, r.ID, true)
		if err != nil || len(refused) != 1 || refused[0].N != 2 || all(t, d) != "a=9" {
			t.Errorf("%v, %v, %s", refused, err, all(t, d))
		}
		if r, err = im.Get(t.Context(), clerk, r.ID); err != nil || r.State != Undone {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestADecisionTurnsAConflictAndIsTakenBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		im := importer(t, d)
		for _, n := range []string{"x", "y", "lock"} {
			set(t, d, n, "locked")
		}
		r := preview(t, im, "name,quantity\nx,1\ny,2\nz,3\nlock,4\n")
		counts := func(want string) {
			t.Helper()
			var err error
			if r, err = im.Get(t.Context(), clerk, r.ID); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(r.Created, r.Updated, r.Skipped, r.Conflicts, r.Marks()); got != want {
				t.Errorf("counts %s, want %s", got, want)
			}
		}
		counts("1 0 0 3 map[held:3]")
		if _, err := im.Choose(t.Context(), clerk, r.ID, 5, "force"); !fault.HasKey(err, "importer.no_choice") {
			t.Errorf("a decision about a row without any: %v", err)
		}
		if _, err := im.Choose(t.Context(), clerk, r.ID, 2, "force"); err != nil {
			t.Fatal(err)
		}
		counts("1 1 0 2 map[held:3]")
		if _, err := im.Choose(t.Context(), clerk, r.ID, 0, "leave"); err != nil {
			t.Fatal(err)
		}
		counts("1 1 1 1 map[held:3]")
		if _, err := im.Choose(t.Context(), clerk, r.ID, 3, ""); err != nil {
			t.Fatal(err)
		}
		counts("1 1 0 2 map[held:3]")
		if _, err := im.Choose(t.Context(), access.Actor{ID: "other"}, r.ID, 2, "force"); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's import: %v", err)
		}
		p, err := im.Rows(t.Context(), clerk, r.ID, "held", page.Read("", ""))
		if err != nil || len(p.Items) != 3 || p.Items[0].Choice != "force" || len(p.Items[0].Sides()) != 1 || p.Items[0].About().Key != "c.locked" {
			t.Errorf("%+v, %v", p.Items, err)
		}
		if _, err := im.Commit(t.Context(), clerk, r.ID, true); err != nil || all(t, d) != "lock=locked x=1 y=locked z=3" {
			t.Errorf("%v, %s", err, all(t, d))
		}
	})
}

func TestAnOldPreviewIsRenewedInsteadOfSaved(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		im := importer(t, d)
		r := preview(t, im, "name,quantity\na,1\nb,2\n")
		set(t, d, "a", "locked")
		if _, err := im.Commit(t.Context(), clerk, r.ID, true); !fault.HasKey(err, "importer.preview_old") {
			t.Fatalf("committed an old preview: %v", err)
		}
		if got := all(t, d); got != "a=locked" {
			t.Errorf("half saved: %s", got)
		}
		r, err := im.Get(t.Context(), clerk, r.ID)
		if err != nil || r.Conflicts != 1 || r.Created != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := im.Commit(t.Context(), clerk, r.ID, true); err != nil || all(t, d) != "a=locked b=2" {
			t.Errorf("%v, %s", err, all(t, d))
		}
	})
}

func TestRefusedBeforeAnythingIsRead(t *testing.T) {
	d := testkit.SQLite(t)
	im := importer(t, d)
	for name, tc := range map[string]struct {
		who        access.Actor
		kind, text string
		want       fault.Kind
	}{
		"no right":      {access.Actor{ID: "x"}, "settings", "name,quantity\na,1\n", fault.Denied},
		"nobody":        {access.Actor{}, "settings", "name,quantity\na,1\n", fault.SignIn},
		"unknown kind":  {clerk, "nothing", "name,quantity\na,1\n", fault.Missing},
		"lacks columns": {clerk, "settings", "tên,ghi chú\na,1\n", fault.Invalid},
		"only headings": {clerk, "settings", "name,quantity\n", fault.Invalid},
		"nothing":       {clerk, "settings", " \n", fault.Invalid},
	} {
		_, err := im.Preview(t.Context(), tc.who, tc.kind, "x.csv", strings.NewReader(tc.text), int64(len(tc.text)), nil)
		if !fault.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheTemplateIsATableThatTheImporterReads(t *testing.T) {
	d := testkit.SQLite(t)
	im := importer(t, d)
	for _, lang := range i18n.Langs {
		var b bytes.Buffer
		if err := Template(&b, im.catalog, im.catalog.In(lang), settings()); err != nil {
			t.Fatal(err)
		}
		_, err := im.Preview(t.Context(), clerk, "settings", "x.xlsx", bytes.NewReader(b.Bytes()), int64(b.Len()), nil)
		if !fault.HasKey(err, "importer.no_rows") {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

func TestTwentyThousandRowsArePreviewedAndSaved(t *testing.T) {
	d := testkit.SQLite(t)
	im := importer(t, d)
	var b strings.Builder
	b.WriteString("name,quantity\n")
	for i := range MaxRows {
		b.WriteString("n" + i64(int64(i)) + ",1\n")
	}
	r := preview(t, im, b.String())
	if r, err := im.Commit(t.Context(), clerk, r.ID, false); err != nil || r.Created != MaxRows {
		t.Fatalf("%+v, %v", r, err)
	}
}
