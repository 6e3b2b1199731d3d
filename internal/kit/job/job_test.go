package job

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

var owner = access.Actor{ID: "0191f2a0-0000-7000-8000-000000000001", Name: "Điều phối viên"}

func jobs(d *db.DB) (*Jobs, *clock.Fake) {
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
	return New(d, at, slog.New(slog.DiscardHandler), func(_ context.Context, id ident.ID) (access.Actor, error) {
		return access.Actor{ID: id, Name: "looked up"}, nil
	}), at
}

func start(t *testing.T, j *Jobs, kind string, input any) ident.ID {
	t.Helper()
	var id ident.ID
	err := j.db.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		id, err = j.Start(ctx, tx, kind, owner, input)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func get(t *testing.T, j *Jobs, id ident.ID) Row {
	t.Helper()
	r, err := j.Get(t.Context(), owner, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARunShowsItsProgressAndItsResult(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		j, _ := jobs(d)
		var seen []int
		j.Register("count", func(ctx context.Context, run *Run) error {
			var want struct{ N int64 }
			if err := run.Want(&want); err != nil {
				return err
			}
			for i := range want.N {
				if err := run.Step(ctx, i+1, want.N, "count.step", "n", i+1); err != nil {
					return err
				}
				seen = append(seen, get(t, j, run.ID).Percent())
			}
			return run.Keep(map[string]string{"by": run.Who.Name})
		})
		id := start(t, j, "count", map[string]int{"N": 4})
		if get(t, j, id).State != Queued {
			t.Error("a new run does not wait")
		}
		if n, err := j.RunDue(t.Context()); err != nil || n != 1 {
			t.Fatalf("ran %d, %v", n, err)
		}
		r := get(t, j, id)
		var got map[string]string
		if err := r.Into(&got); err != nil || r.State != Done || got["by"] != "looked up" || len(seen) != 4 || seen[1] != 50 {
			t.Errorf("%+v, result %v, progress %v, %v", r, got, seen, err)
		}
		if err := j.Cancel(t.Context(), owner, id); !fault.HasKey(err, "job.already_ended") {
			t.Errorf("cancel of an ended run: %v", err)
		}
		if _, err := j.Get(t.Context(), access.Actor{ID: "somebody"}, id); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's run: %v", err)
		}
		p, err := j.List(t.Context(), owner, page.Read("", ""))
		if err != nil || len(p.Items) != 1 {
			t.Errorf("own runs: %v, %v", p.Items, err)
		}
	})
}

func TestARunStopsWhenItsOwnerAsks(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		j, _ := jobs(d)
		j.Register("long", func(ctx context.Context, run *Run) error {
			for i := range int64(10) {
				if i == 3 {
					if err := j.Cancel(ctx, owner, run.ID); err != nil {
						return err
					}
				}
				if err := run.Step(ctx, i, 10, "x"); err != nil {
					return err
				}
			}
			return nil
		})
		id, waiting := start(t, j, "long", nil), start(t, j, "long", nil)
		if err := j.Cancel(t.Context(), owner, waiting); err != nil {
			t.Fatal(err)
		}
		if n, err := j.RunDue(t.Context()); err != nil || n != 1 {
			t.Fatalf("ran %d, %v", n, err)
		}
		if r := get(t, j, id); r.State != Cancelled || r.Done != 3 {
			t.Errorf("running one: %s at %d", r.State, r.Done)
		}
		if r := get(t, j, waiting); r.State != Cancelled {
			t.Errorf("waiting one: %s", r.State)
		}
	})
}

func TestARunOfADeadProcessIsTakenUpAgain(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		j, at := jobs(d)
		j.Register("x", func(ctx context.Context, run *Run) error { return run.Step(ctx, 1, 1, "x") })
		id := start(t, j, "x", nil)
		dead, err := j.claim(t.Context()) // and then nothing: the process is gone
		if err != nil {
			t.Fatal(err)
		}
		if n, err := j.RunDue(t.Context()); err != nil || n != 0 {
			t.Fatalf("a run with a live lease was taken: %d, %v", n, err)
		}
		at.Move(lease + time.Second)
		if n, err := j.RunDue(t.Context()); err != nil || n != 1 || get(t, j, id).State != Done {
			t.Fatalf("not taken up: %d, %v", n, err)
		}
		if err := dead.Step(t.Context(), 9, 9, "x"); !errors.Is(err, errStopped) {
			t.Errorf("the old runner goes on: %v", err)
		}
		id = start(t, j, "x", nil)
		for range tries {
			if _, err := j.claim(t.Context()); err != nil {
				t.Fatal(err)
			}
			at.Move(lease + time.Second)
		}
		if n, err := j.RunDue(t.Context()); err != nil || n != 0 {
			t.Fatalf("ran %d, %v", n, err)
		}
		if r := get(t, j, id); r.State != Failed || r.Line().Key != "job.died" {
			t.Errorf("a run that always dies: %s %s", r.State, r.Line().Key)
		}
	})
}

func TestAFailureSaysWhyAndTheNextRunGoesOn(t *testing.T) {
	d := testkit.SQLite(t)
	j, at := jobs(d)
	j.Register("bad", func(context.Context, *Run) error {
		return fault.New(fault.Invalid, "importer.too_many_rows", "limit", 20000)
	})
	j.Register("panics", func(context.Context, *Run) error { panic("a bug") })
	bad, panics, unknown := start(t, j, "bad", nil), start(t, j, "panics", nil), start(t, j, "unknown", nil)
	if n, err := j.RunDue(t.Context()); err != nil || n != 3 {
		t.Fatalf("ran %d, %v", n, err)
	}
	for id, key := range map[ident.ID]string{bad: "importer.too_many_rows", panics: "fault.internal", unknown: "job.kind_unknown"} {
		if r := get(t, j, id); r.State != Failed || r.Line().Key != key {
			t.Errorf("%s: %s", r.State, r.Line().Key)
		}
	}
	at.Move(100 * time.Hour)
	if err := j.Forget(t.Context(), 50*time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Get(t.Context(), owner, bad); !fault.Is(err, fault.Missing) {
		t.Errorf("an old run stands: %v", err)
	}
}
