package gallery_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/reports"
	"lotrinh/reports/define"
	"lotrinh/reports/gallery"
)

var policy = access.Policy{"planner": {reports.Read, gallery.Design}, "leadership": {reports.Read}, "support_agent": {}}

func as(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("a-" + string(role)), Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

type house struct {
	*gallery.Service
	db *db.DB
}

func eachHouse(t *testing.T, f func(t *testing.T, h house)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
		s := gallery.NewStore(gallery.Deps{DB: d, Business: at, Machine: at})
		for range 2 { // a second start brings nothing again
			if err := s.Seed(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		f(t, house{gallery.New(s, nil), d})
	})
}

const weekly = "weekly-progress"

func (h house) force(t *testing.T) reports.Definition {
	t.Helper()
	all, err := h.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// published drafts a version of the weekly report under another title and publishes it.
func (h house) published(t *testing.T, title string) {
	t.Helper()
	ctx, who := t.Context(), as("planner")
	v, err := h.Begin(ctx, who, weekly, int64(h.force(t).Version))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Change(ctx, who, weekly, v.Version, func(d *define.Definition) error { d.Title.VI = title; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := h.Publish(ctx, who, weekly, v.Version+1, "Theo góp ý của Sở"); err != nil {
		t.Fatal(err)
	}
}

func TestTheReportsOfTheProductAreInForceFromTheStart(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		all, err := h.Published(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		built, err := reports.BuiltIn{}.Published(t.Context())
		if err != nil || len(all) != len(built) || len(all) < 11 {
			t.Fatalf("%d in force, %d come with the product: %v", len(all), len(built), err)
		}
		for i, d := range all {
			if d.Key != built[i].Key || d.Hash != built[i].Hash || d.Version != built[i].Version {
				t.Errorf("%s version %d, want %s version %d", d.Key, d.Version, built[i].Key, built[i].Version)
			}
		}
	})
}

func TestADraftBecomesTheVersionInForceAndTheOldOneStays(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		ctx, who := t.Context(), as("planner")
		before := h.force(t)
		h.published(t, "Báo cáo tuần của Sở")
		after := h.force(t)
		if after.Title.VI != "Báo cáo tuần của Sở" || after.Version != before.Version+1 || after.Hash == before.Hash {
			t.Errorf("in force: %q, version %d", after.Title.VI, after.Version)
		}
		old, err := h.At(ctx, who, weekly, int64(before.Version))
		if err != nil || old.Hash != before.Hash || define.Hash([]byte(old.Body)) != before.Hash {
			t.Errorf("the old version changed: %v", err)
		}
		changes, err := define.Diff([]byte(old.Body), after.Text)
		if err != nil || len(changes) != 1 || changes[0].At != "title.vi" || changes[0].Before != "Báo cáo tiến độ tuần" {
			t.Errorf("differences %+v, %v", changes, err)
		}
		if err := h.Seed(ctx); err != nil || h.force(t).Hash != after.Hash {
			t.Errorf("the product took the place of the house's version: %v", err)
		}
		if err := h.Restore(ctx, who, weekly, int64(before.Version), "Quay lại"); err != nil || h.force(t).Hash != before.Hash {
			t.Errorf("restored: %v", err)
		}
	})
}

func TestAPublishedVersionNeverChanges(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		for _, q := range []string{"UPDATE report_definition_version SET body = '{}'", "DELETE FROM report_definition_version", "UPDATE report_definition_version SET state = 'draft'"} {
			if _, err := h.db.Read().NewRaw(q).Exec(t.Context()); err == nil {
				t.Errorf("%s went through", q)
			}
		}
	})
}

func TestAWrongDraftIsKeptButNotPublished(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		ctx, who := t.Context(), as("planner")
		before := h.force(t)
		v, err := h.Begin(ctx, who, weekly, int64(before.Version))
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.Begin(ctx, who, weekly, int64(before.Version))
		if err != nil || again.ID != v.ID {
			t.Errorf("a second draft: %v %v", again.ID, err)
		}
		wrong := func(d *define.Definition) error { d.Sections[0].Blocks[0].Ready = "magic"; return nil }
		if err := h.Change(ctx, who, weekly, v.Version, wrong); err != nil {
			t.Fatal(err)
		}
		if err := h.Change(ctx, who, weekly, v.Version, wrong); !fault.Is(err, fault.Conflict) {
			t.Errorf("a lost update: %v", err)
		}
		err = h.Publish(ctx, who, weekly, v.Version+1, "Thử")
		if fields := fault.Of(err).Fields; !fault.Is(err, fault.Invalid) || len(fields) != 1 || fields[0].Name != "sections.0.blocks.0.ready" {
			t.Errorf("published: %v", err)
		}
		if err := h.Publish(ctx, who, weekly, v.Version+1, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("published without a reason: %v", err)
		}
		if h.force(t).Hash != before.Hash {
			t.Error("the draft is in force")
		}
		if err := h.Discard(ctx, who, weekly, v.Version+1); err != nil {
			t.Error(err)
		}
		if _, _, err := h.Draft(ctx, who, weekly); !fault.Is(err, fault.Missing) {
			t.Errorf("discarded: %v", err)
		}
	})
}

func TestANewReportIsNotOfferedBeforeItIsPublished(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		ctx, who := t.Context(), as("planner")
		n := len(mustPublished(t, h))
		v, err := h.Create(ctx, who, "bao-cao-quy", "Báo cáo quý", weekly)
		if err != nil || len(mustPublished(t, h)) != n {
			t.Fatalf("created: %v", err)
		}
		if _, err := h.Create(ctx, who, "bao-cao-quy", "Báo cáo quý", weekly); !fault.HasKey(err, "gallery.key.taken") {
			t.Errorf("the same key twice: %v", err)
		}
		if _, err := h.Create(ctx, who, "Báo cáo", "", "nothing"); len(fault.Of(err).Fields) != 3 {
			t.Errorf("nonsense: %v", err)
		}
		if err := h.Publish(ctx, who, "bao-cao-quy", v.Version, "Lần đầu"); err != nil || len(mustPublished(t, h)) != n+1 {
			t.Errorf("published: %v", err)
		}
	})
}

func mustPublished(t *testing.T, h house) []reports.Definition {
	t.Helper()
	all, err := h.Published(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhoMayDoWhat(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		none := func(*define.Definition) error { return nil }
		acts := map[string]func(context.Context, access.Actor) error{
			"list":    func(ctx context.Context, who access.Actor) error { _, err := h.All(ctx, who); return err },
			"version": func(ctx context.Context, who access.Actor) error { _, err := h.At(ctx, who, weekly, 3); return err },
			"begin":   func(ctx context.Context, who access.Actor) error { _, err := h.Begin(ctx, who, weekly, 3); return err },
			"create": func(ctx context.Context, who access.Actor) error {
				_, err := h.Create(ctx, who, "", "", "")
				return err
			},
			"change":  func(ctx context.Context, who access.Actor) error { return h.Change(ctx, who, weekly, 99, none) },
			"publish": func(ctx context.Context, who access.Actor) error { return h.Publish(ctx, who, weekly, 99, "a") },
			"restore": func(ctx context.Context, who access.Actor) error { return h.Restore(ctx, who, weekly, 3, "") },
			"discard": func(ctx context.Context, who access.Actor) error { return h.Discard(ctx, who, weekly, 99) },
		}
		reads := map[string]bool{"list": true, "version": true}
		for name, do := range acts {
			for role, may := range map[access.Role]bool{"leadership": reads[name], "support_agent": false} {
				if err := do(t.Context(), as(role)); may != (err == nil) || !may && !fault.Is(err, fault.Denied) {
					t.Errorf("%s, %s: %v", role, name, err)
				}
			}
			if err := do(t.Context(), access.Actor{}); !fault.Is(err, fault.SignIn) {
				t.Errorf("nobody, %s: %v", name, err)
			}
			if err := do(t.Context(), as("planner")); fault.Is(err, fault.Denied) {
				t.Errorf("planner, %s: %v", name, err)
			}
		}
	})
}

func TestTheTextOfAVersionIsCanonical(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		for _, d := range mustPublished(t, h) {
			var x define.Definition
			if err := json.Unmarshal(d.Text, &x); err != nil {
				t.Fatal(err)
			}
			if text, err := x.Canonical(); err != nil || string(text) != string(d.Text) {
				t.Errorf("%s: %v", d.Key, err)
			}
		}
	})
}
