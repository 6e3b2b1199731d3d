package inspection

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/ask/fields"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi

const (
	giaLam = "018"
	dangXa = "00556"
)

var policy = access.Policy{
	"planner":     {rollout.Read, rollout.Plan, rollout.Verify, Arrange, Inspect},
	"inspector":   {rollout.Read, rollout.Verify, Inspect},
	"coordinator": {rollout.Read, rollout.Declare, Mend},
	"reader":      {rollout.Read},
}

type people struct{ inspector ident.ID }

func (p people) Holding(_ context.Context, need access.Perm, _ string) ([]ident.ID, error) {
	if need == Inspect {
		return []ident.ID{p.inspector}, nil
	}
	return []ident.ID{ident.ID("holder-" + string(need))}, nil
}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	out := map[ident.ID]string{}
	for _, id := range ids {
		out[id] = "Đỗ Minh Tuấn"
	}
	return out, nil
}

// shop has one scanner in each commune and remembers what was seen.
type shop struct{ seen []ident.ID }

func (*shop) At(context.Context, access.Actor, string) ([]Thing, error) {
	return []Thing{{"0191f2a0-0000-7000-8000-00000000beef", "Máy quét"}}, nil
}

func (s *shop) SawIn(_ context.Context, _ *db.Tx, _ access.Actor, _ string, ids []ident.ID) error {
	s.seen = append(s.seen, ids...)
	return nil
}

type ready struct{}

func (ready) All(context.Context, []string, time.Time) (map[string]rollout.Verdict, error) {
	return map[string]rollout.Verdict{}, nil
}

type house struct {
	*Service
	t                                    *testing.T
	at                                   *clock.Fake
	tree                                 *org.Tree
	shop                                 *shop
	planner, inspector, her, far, nobody access.Actor
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	h := &house{t: t, at: at, shop: &shop{}}
	units := org.NewUnits(d, at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	h.tree, err = units.Tree(t.Context(), start)
	h.ok(err)
	cals := calstore.New(d, at)
	h.ok(cals.Seed(t.Context(), start))
	as := func(role access.Role, under string) access.Actor {
		return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", string(role)+under)[:12]), Name: "Đỗ Minh Tuấn",
			Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
	}
	h.planner, h.inspector, h.her, h.far = as("planner", ""), as("inspector", ""), as("coordinator", giaLam), as("coordinator", "016")
	root := rollout.New(d, at, units, ready{})
	p, err := rollout.Plan198()
	h.ok(err)
	_, err = root.ImportPlan(t.Context(), h.planner, p)
	h.ok(err)
	blobs, err := files.Folder(t.TempDir())
	h.ok(err)
	words, err := i18n.Load(Locale, fields.Locale, kit.Locale)
	h.ok(err)
	h.Service = New(Deps{DB: d, Business: at, Calendars: cals, Units: units, Rollout: root, People: people{h.inspector.ID}, Equipment: h.shop, Files: files.New(d, at, blobs), Words: words})
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// planned is a round of eleven communes of Gia Lâm, Đặng Xá among them; visit is that one.
func (h *house) planned() (Round, Visit) {
	h.t.Helper()
	r, err := h.Plan(h.t.Context(), h.planner, Form{Title: "Kiểm tra đợt 1", Programme: "KH198", Team: []ident.ID{h.inspector.ID}})
	h.ok(err)
	var units []string
	for _, u := range h.tree.Communes(giaLam) {
		if u.Code != dangXa && len(units) < 10 {
			units = append(units, u.Code)
		}
	}
	_, err = h.AddVisits(h.t.Context(), h.planner, r.ID, "2016-11-11", units)
	h.ok(err)
	rows, err := h.AddVisits(h.t.Context(), h.planner, r.ID, "2016-11-14", []string{dangXa})
	h.ok(err)
	return r, rows[0]
}

func (h *house) record() Record {
	return Record{ID: ident.New(h.at.Now()), Answers: ask.Answers{Values: map[string]string{"one_stop": "yes", "posted": "no", "loudspeaker": "yes", "equipment": "yes", "books": "yes", "dossiers": "12", "waits": "short"}},
		Notes: map[string]string{"posted": "Bảng niêm yết còn trống"}, Seen: []ident.ID{"0191f2a0-0000-7000-8000-00000000beef"}}
}

func (h *house) evidence(criterion string) []rollout.Evidence {
	h.t.Helper()
	var rows []rollout.Evidence
	h.ok(h.DB.Read().NewSelect().Model(&rows).Where("ev.unit = ? AND ev.criterion = ? AND ev.kind = ?", dangXa, criterion, rollout.Verification).Order("ev.seq").Scan(h.t.Context()))
	return rows
}

func TestWhatAnInspectionSawArrivesOnceAndIsEvidence(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.ok(h.Rollout.Declare(t.Context(), h.her, rollout.EvidenceInput{Programme: "KH198", Units: []string{dangXa}, Criterion: "posted", Answer: rollout.Met}))
		_, v := h.planned()
		var b bytes.Buffer
		h.ok(png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
		photo, err := h.Files.Receive(t.Context(), files.Photo, "bang.png", &b)
		h.ok(err)
		for name, change := range map[string]func(*Record){"no note": func(r *Record) { r.Notes = nil }, "unanswered": func(r *Record) { delete(r.Answers.Values, "waits") }, "no ID": func(r *Record) { r.ID = "x" }} {
			r := h.record()
			change(&r)
			if _, err := h.HandIn(t.Context(), h.inspector, v.ID, r, nil); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		r := h.record()
		r.At = start
		h.at.Move(72 * time.Hour) // three days without a line
		for i := range 3 {
			photos := []files.Blob{photo}
			if i > 0 {
				photos = nil
			}
			got, err := h.HandIn(t.Context(), h.inspector, v.ID, r, photos)
			h.ok(err)
			if got.State != HandedIn || !got.SawAt.Equal(start) {
				t.Errorf("sent %d: %+v", i, got)
			}
		}
		other := h.record()
		if _, err := h.HandIn(t.Context(), h.inspector, v.ID, other, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("another record: %v", err)
		}
		posted, stop := h.evidence("posted"), h.evidence("one-stop")
		if len(posted) != 1 || posted[0].Answer != rollout.Unmet || posted[0].Source != rollout.FromInspection || !posted[0].ObservedAt.Equal(start) || len(stop) != 1 || stop[0].Answer != rollout.Met {
			t.Errorf("%+v %+v", posted, stop)
		}
		said := rollout.Evidence{Answer: rollout.Met, Kind: rollout.Declaration, ObservedAt: start}
		g := rollout.Judge(rollout.Official, []rollout.Criterion{{Key: "posted", Source: rollout.Declared, Must: true, Stage: rollout.Official}}, rollout.Known{"posted": {Declared: &said, Verified: &posted[0]}}, nil, h.at.Now())
		if g.Answer != rollout.Unmet {
			t.Errorf("what was seen outranks what was declared: %s", g.Answer)
		}
		if len(h.shop.seen) != 1 {
			t.Errorf("the inventory is told what was seen, once: %v", h.shop.seen)
		}
		view, err := h.Visit(t.Context(), h.her, v.ID)
		h.ok(err)
		if len(view.Findings) != 1 || view.Findings[0].Item != "posted" || len(view.Photos) != 1 {
			t.Errorf("%+v", view.Findings)
		}
	})
}

func TestMinutesAreSignedAndFindingsFollowedUntilSeen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		_, v := h.planned()
		v, err := h.HandIn(t.Context(), h.inspector, v.ID, h.record(), nil)
		h.ok(err)
		v, err = h.Sign(t.Context(), h.inspector, v.ID, v.Version, "Nguyễn Văn An", "Chủ tịch UBND xã", nil)
		h.ok(err)
		view, err := h.Visit(t.Context(), h.inspector, v.ID)
		h.ok(err)
		one, err := h.PDF(t.Context(), view, h.tree)
		h.ok(err)
		two, err := h.PDF(t.Context(), view, h.tree)
		h.ok(err)
		if !bytes.Equal(one, two) || !bytes.HasPrefix(one, []byte("%PDF")) || len(v.Hash) != 64 {
			t.Error("minutes differ between two printings")
		}
		h.at.Move(30 * 24 * time.Hour)
		for range 2 {
			_, err = deadline.Tick(t.Context(), d, h.at.Now(), 100)
			h.ok(err)
			_, err = outbox.NewDispatcher(d, h.at, slog.New(slog.DiscardHandler), h.Handlers()...).Run(t.Context())
			h.ok(err)
		}
		late, err := h.Findings(t.Context(), h.planner, true, page.Read("", ""))
		h.ok(err)
		told, err := d.Read().NewSelect().Table("notice").Where("template = ?", "inspection.notice.late").Count(t.Context())
		h.ok(err)
		if len(late.Items) != 1 || told != 1 {
			t.Fatalf("%d late, %d told", len(late.Items), told)
		}
		f := late.Items[0]
		f, err = h.Assign(t.Context(), h.inspector, f.ID, f.Version, "holder-"+ident.ID(Mend), 5)
		h.ok(err)
		if f.Late(h.at.Now()) || f.OwnerName == "" {
			t.Errorf("%+v", f)
		}
		f, err = h.Mended(t.Context(), h.her, f.ID, f.Version, "Đã dán bảng")
		h.ok(err)
		f, err = h.Again(t.Context(), h.inspector, f.ID, f.Version, "Thiếu số điện thoại")
		h.ok(err)
		f, err = h.Mended(t.Context(), h.her, f.ID, f.Version, "Đã bổ sung")
		h.ok(err)
		if _, err := h.Close(t.Context(), h.her, f.ID, f.Version); !fault.Is(err, fault.Denied) {
			t.Errorf("the unit does not close its own: %v", err)
		}
		_, err = h.Close(t.Context(), h.inspector, f.ID, f.Version)
		h.ok(err)
		if all := h.evidence("posted"); len(all) != 2 || all[1].Answer != rollout.Met {
			t.Errorf("closed is seen: %+v", all)
		}
	})
}

func TestARoundIsPlannedByDayAndRoute(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r, v := h.planned()
		if _, err := h.AddVisits(t.Context(), h.planner, r.ID, "2016-11-15", []string{dangXa}); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		if _, err := h.AddVisits(t.Context(), h.planner, r.ID, "2016-11-09", []string{"00004"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("yesterday: %v", err)
		}
		all, err := h.Round(t.Context(), h.planner, r.ID)
		h.ok(err)
		second := all.Visits[1]
		_, err = h.Reorder(t.Context(), h.planner, second.ID, second.Version, -1)
		h.ok(err)
		again, err := h.Round(t.Context(), h.planner, r.ID)
		h.ok(err)
		if len(all.Visits) != 11 || again.Visits[0].ID != second.ID || again.Visits[10].ID != v.ID {
			t.Errorf("%d visits", len(all.Visits))
		}
		_, err = h.Cancel(t.Context(), h.planner, again.Visits[3].ID, again.Visits[3].Version, "Ngập đường")
		h.ok(err)
		_, tallies, err := h.Rounds(t.Context(), h.planner)
		h.ok(err)
		if n := tallies[r.ID]; n.Visits != 11 || n.Skipped != 1 || n.Done != 0 {
			t.Errorf("%+v", n)
		}
		mine, err := h.Mine(t.Context(), h.inspector, 5)
		h.ok(err)
		if len(mine) != 5 || mine[0].ID != second.ID {
			t.Errorf("%d of mine", len(mine))
		}
		ctx := t.Context()
		reader := policy.As(access.Actor{ID: "r", Name: "Doc", Grants: []access.Grant{{Role: "reader", Units: []string{"00004"}}}})
		for name, do := range map[string]func(access.Actor) error{
			"plan":    func(a access.Actor) error { _, err := h.Plan(ctx, a, Form{}); return err },
			"visits":  func(a access.Actor) error { _, err := h.AddVisits(ctx, a, r.ID, "", nil); return err },
			"cancel":  func(a access.Actor) error { _, err := h.Cancel(ctx, a, v.ID, 99, "x"); return err },
			"hand in": func(a access.Actor) error { _, err := h.HandIn(ctx, a, v.ID, h.record(), nil); return err },
			"sign":    func(a access.Actor) error { _, err := h.Sign(ctx, a, v.ID, 99, "x", "y", nil); return err },
		} {
			for _, a := range []access.Actor{h.her, reader} {
				if err := do(a); !fault.Is(err, fault.Denied) {
					t.Errorf("%s, without the right: %v", name, err)
				}
			}
			if err := do(h.nobody); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s, nobody: %v", name, err)
			}
		}
		if _, err := h.Visit(ctx, h.far, v.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("elsewhere: %v", err)
		}
	})
}
