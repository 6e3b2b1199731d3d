package supply

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

const (
	giaLam = "018"
	dangXa = "00556"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi

var policy = access.Policy{
	"planner":     {inventory.Look, inventory.Edit, inventory.Inspect, inventory.Report, inventory.Handle, inventory.Publish, Decide, Allocate, Deliver},
	"coordinator": {inventory.Look, inventory.Edit, inventory.Report, inventory.Handle, Ask, Deliver, Sign},
	"officer":     {inventory.Look, inventory.Report, Sign},
	"inspector":   {inventory.Look, inventory.Inspect},
	"auditor":     {inventory.Look},
}

// people tells notices to one account of each role.
type people struct{}

func (people) Holding(_ context.Context, need access.Perm, _ string) ([]ident.ID, error) {
	return []ident.ID{ident.ID("reader-" + string(need))}, nil
}

type house struct {
	*Service
	t       *testing.T
	at      *clock.Fake
	tree    *org.Tree
	away    string // a commune of another district
	planner access.Actor
	her     access.Actor // coordinator of Gia Lâm
	officer access.Actor // of Đặng Xá
	there   access.Actor // coordinator of the other district
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	tree, err := units.Tree(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, at)
	if err := cals.Seed(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	store := files.New(d, at, blobs)
	words, err := i18n.Load(Locale, inventory.Locale, kit.Locale, importer.Locale)
	if err != nil {
		t.Fatal(err)
	}
	stock := inventory.New(d, at, units, store, cals, words, importer.New(d, at, words))
	if err := stock.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &house{Service: New(Deps{DB: d, Stock: stock, Calendars: cals, Files: store, People: people{}, Words: words}), t: t, at: at, tree: tree}
	other := tree.District("00004")
	h.away = tree.Communes(other)[0].Code
	h.planner, h.her, h.officer, h.there = h.as("planner", ""), h.as("coordinator", giaLam), h.as("officer", dangXa), h.as("coordinator", other)
	return h
}

func (h *house) as(role access.Role, under string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", string(role)+under)[:12]), Name: "Nguyễn Thị Hoa",
		Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
}

// lack reports that a commune lacks n scanners.
func (h *house) lack(unit string, n int) inventory.Gap {
	h.t.Helper()
	g, err := h.Stock.ReportGap(h.t.Context(), h.her, inventory.GapForm{Unit: unit, Kind: "missing", What: "scanner", Quantity: fmt.Sprint(n)})
	if err != nil {
		h.t.Fatal(err)
	}
	return g
}

func (h *house) gap(id ident.ID) inventory.Gap {
	h.t.Helper()
	v, err := h.Stock.Gap(h.t.Context(), h.planner, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return v.Gap
}

// ask requests the gaps at 4.000.000 đ a piece.
func (h *house) ask(own bool, gaps ...inventory.Gap) (Request, []Line) {
	h.t.Helper()
	f := RequestForm{District: giaLam, Own: own, Note: "Cho kịp giai đoạn 2"}
	for _, g := range gaps {
		f.Wants = append(f.Wants, Want{Key: "gap:" + string(g.ID), Price: 4_000_000})
	}
	r, lines, err := h.Ask(h.t.Context(), h.her, f)
	if err != nil {
		h.t.Fatal(err)
	}
	return r, lines
}

// grant approves so many of each line at 3.500.000 đ.
func (h *house) grant(r Request, lines []Line, n ...int64) Request {
	h.t.Helper()
	d := Decision{Grants: map[ident.ID]Grant{}, Reason: "Theo dự toán"}
	for i, l := range lines {
		d.Grants[l.ID] = Grant{n[i], 3_500_000}
	}
	r, err := h.Decide(h.t.Context(), h.planner, r.ID, r.Version, d)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) view(id ident.ID) RequestView {
	h.t.Helper()
	v, err := h.Request(h.t.Context(), h.planner, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

func (h *house) delivery(id ident.ID) DeliveryView {
	h.t.Helper()
	v, err := h.Delivery(h.t.Context(), h.planner, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// spare puts a spare scanner into a commune.
func (h *house) spare(unit string) inventory.Asset {
	h.t.Helper()
	a, err := h.Stock.AddAsset(h.t.Context(), h.planner, inventory.AssetForm{Unit: unit, Kind: "scanner", Name: "Canon P-215", State: "spare"})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) allocate(r Request, p Plan) []Delivery {
	h.t.Helper()
	made, err := h.Allocate(h.t.Context(), h.planner, r.ID, h.view(r.ID).Version, p)
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

func (h *house) step(who access.Actor, id ident.ID, to DeliveryState) Delivery {
	h.t.Helper()
	d, err := h.Step(h.t.Context(), who, id, h.delivery(id).Version, Move{To: to, Giver: "Lê Văn An", Post: "Chuyên viên", Reason: "Đổi kế hoạch"})
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func (h *house) shape() *files.Blob {
	h.t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 80, 30))
	for x := range 80 {
		img.Set(x, 10, color.Black)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		h.t.Fatal(err)
	}
	blob, err := h.Files.Receive(h.t.Context(), files.Photo, "chu-ky.png", &b)
	if err != nil {
		h.t.Fatal(err)
	}
	return &blob
}

// deliver lets the events go to this room's handlers.
func (h *house) deliver() {
	h.t.Helper()
	d := outbox.NewDispatcher(h.DB, h.at, slog.New(slog.DiscardHandler), h.Handlers()...)
	for {
		n, err := d.Run(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// see records that machines saw the assets.
func (h *house) see(unit string, ids ...ident.ID) {
	h.t.Helper()
	h.at.Move(time.Hour)
	now := h.at.Now()
	err := h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var all []inventory.Fact
		for _, id := range ids {
			all = append(all, inventory.Fact{ID: ident.New(now), Asset: id, Unit: unit, Name: readiness.Present, Value: "yes", Source: readiness.Measured,
				ObservedAt: now, ConfirmedAt: now, RecordedAt: now, Current: true})
		}
		return h.Stock.RecordIn(ctx, tx, all)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.deliver()
}

func TestFromGapToHandOver(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		g := h.lack(dangXa, 3)
		r, lines := h.ask(true, g)
		if r.AskedTotal != 12_000_000 || h.gap(g.ID).State != inventory.Requested || r.Code != "DN-2016-000001" || r.DueAt.IsZero() {
			t.Fatalf("%+v", r)
		}
		r = h.grant(r, lines, 2)
		if r.State != Partly || r.ApprovedTotal != 7_000_000 || h.gap(g.ID).Quantity != 2 {
			t.Fatalf("%+v of %+v", r, h.gap(g.ID))
		}
		needs, err := h.Needs(t.Context(), h.her, giaLam)
		if err != nil || open(needs, "") != 1 {
			t.Errorf("the rest is lacking still: %+v, %v", needs, err)
		}
		made := h.allocate(r, Plan{Buy: map[ident.ID]int64{lines[0].ID: 2}, Supplier: "Công ty An Phát", Contract: "12/HĐ"})
		if len(made) != 1 || made[0].State != Ordered || h.gap(g.ID).State != inventory.Ordered || h.view(r.ID).Open {
			t.Fatalf("%+v", made)
		}
		id := made[0].ID
		_, err = h.Label(t.Context(), h.her, id, made[0].Version, []Batch{{dangXa, inventory.Scanner, "Fujitsu fi-7030", "A1\nA2\n"}})
		if err != nil {
			t.Fatal(err)
		}
		h.step(h.her, id, Sent)
		v, err := h.Sign(t.Context(), h.officer, id, h.delivery(id).Version, Signature{Name: "Trần Thị Bình", Post: "Công chức một cửa", Way: Drawn, Shape: h.shape()})
		if err != nil || v.State != Signed || v.Hash == "" {
			t.Fatalf("%+v, %v", v, err)
		}
		done := h.delivery(id)
		if done.Items[0].Asset == "" || done.Items[0].Serial != "A1" || h.gap(g.ID).State != inventory.Delivered {
			t.Fatalf("%+v", done.Items)
		}
		h.see(dangXa, done.Items[0].Asset)
		if h.gap(g.ID).State != inventory.Delivered {
			t.Error("closed though one was not seen")
		}
		h.see(dangXa, done.Items[1].Asset)
		if h.gap(g.ID).State != inventory.Closed || h.delivery(id).State != Finished || h.view(r.ID).State != Done {
			t.Errorf("%s, %s, %s", h.gap(g.ID).State, h.delivery(id).State, h.view(r.ID).State)
		}
		if _, err := h.Sign(t.Context(), h.officer, id, h.delivery(id).Version, Signature{Name: "X", Post: "Y", Way: Drawn, Shape: h.shape()}); !fault.Is(err, fault.Conflict) {
			t.Errorf("signed twice: %v", err)
		}
	})
}

// open counts the needs that are asked for by a request, or by none.
func open(needs []Need, request ident.ID) int {
	n := 0
	for _, x := range needs {
		if x.Gap != "" && x.Request == request {
			n++
		}
	}
	return n
}

func TestSpareEquipmentMovesFromElsewhere(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		g := h.lack(dangXa, 2)
		r, lines := h.ask(false, g)
		r = h.grant(r, lines, 2)
		a, b := h.spare(h.away), h.spare(h.away)
		made := h.allocate(r, Plan{Spares: []ident.ID{a.ID, b.ID}})
		if len(made) != 1 || made[0].Source != Transfer || made[0].From != h.away || made[0].State != Proposed {
			t.Fatalf("%+v", made)
		}
		id := made[0].ID
		left, err := h.Spares(t.Context(), h.planner, []inventory.Kind{inventory.Scanner})
		if err != nil || len(left) != 0 {
			t.Errorf("still offered: %v, %v", left, err)
		}
		if _, err := h.Step(t.Context(), h.her, id, 1, Move{To: Agreed}); !fault.Is(err, fault.Denied) {
			t.Errorf("the receiver agreed for the giver: %v", err)
		}
		h.step(h.there, id, Agreed)
		h.step(h.planner, id, Recalled)
		if h.gap(g.ID).State != inventory.Requested || h.view(r.ID).Lines[0].Allocated != 0 || !h.view(r.ID).Open {
			t.Errorf("after taking back: %+v", h.view(r.ID))
		}
		id = h.allocate(r, Plan{Spares: []ident.ID{a.ID, b.ID}})[0].ID
		h.step(h.there, id, Agreed)
		sent := h.step(h.there, id, Sent)
		for range 2 {
			if _, err := h.Sign(t.Context(), h.officer, id, h.delivery(id).Version, Signature{Name: "B", Post: "C", Way: Code, Code: "none"}); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		if h.delivery(id).Tries != 2 {
			t.Error("wrong codes are counted")
		}
		if _, err := h.Sign(t.Context(), h.officer, id, h.delivery(id).Version, Signature{Name: "B", Post: "C", Way: Code, Code: sent.Pin}); err != nil {
			t.Fatal(err)
		}
		v, _, err := h.Stock.Asset(t.Context(), h.planner, a.ID)
		if err != nil || v.Unit != dangXa || v.State != inventory.InUse {
			t.Errorf("%+v, %v", v, err)
		}
		seen := h.delivery(id)
		h.at.Move(time.Hour)
		if _, err := h.Check(t.Context(), h.as("inspector", ""), id, seen.Version, []ident.ID{seen.Items[0].ID, seen.Items[1].ID}); err != nil {
			t.Fatal(err)
		}
		h.deliver()
		if h.gap(g.ID).State != inventory.Closed || h.delivery(id).State != Finished {
			t.Errorf("%s, %s", h.gap(g.ID).State, h.delivery(id).State)
		}
	})
}

func TestTwoAtOnceCannotAllocateOneThingTwice(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a := h.spare(h.away)
		var rs []Request
		for _, u := range h.tree.Communes(giaLam)[:2] {
			r, lines := h.ask(false, h.lack(u.Code, 1))
			rs = append(rs, h.grant(r, lines, 1))
		}
		errs := make([]error, 2)
		var all sync.WaitGroup
		for i := range rs {
			all.Go(func() {
				_, errs[i] = h.Allocate(t.Context(), h.planner, rs[i].ID, rs[i].Version, Plan{Spares: []ident.ID{a.ID}})
			})
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("one wins: %v", errs)
		}
		lost := errs[0]
		if lost == nil {
			lost = errs[1]
		}
		if !fault.HasKey(lost, "supply.allocate.taken") {
			t.Errorf("the other is told: %v", lost)
		}
		var n int64
		for _, r := range rs {
			n += h.view(r.ID).Lines[0].Allocated
		}
		if n != 1 {
			t.Errorf("%d allocated of one thing", n)
		}
	})
}

func TestTwoAtOnceCannotBuyMoreThanWasApproved(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r, lines := h.ask(false, h.lack(dangXa, 5))
		r = h.grant(r, lines, 5)
		errs := make([]error, 2)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = h.Allocate(t.Context(), h.planner, r.ID, r.Version, Plan{Buy: map[ident.ID]int64{lines[0].ID: 3}})
			})
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || h.view(r.ID).Lines[0].Allocated != 3 {
			t.Errorf("%v, %+v", errs, h.view(r.ID).Lines[0])
		}
	})
}

func TestAGapIsAskedForOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		g := h.lack(dangXa, 1)
		r, _ := h.ask(false, g)
		f := RequestForm{District: giaLam, Wants: []Want{{Key: "gap:" + string(g.ID)}}}
		if _, _, err := h.Ask(t.Context(), h.her, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("asked twice: %v", err)
		}
		if _, err := h.Cancel(t.Context(), h.her, r.ID, r.Version, "Nhầm"); err != nil || h.gap(g.ID).State != inventory.GapOpen {
			t.Errorf("cancelled: %v, %s", err, h.gap(g.ID).State)
		}
		again, lines := h.ask(false, g)
		refused := h.grant(again, lines, 0)
		if refused.State != Refused || h.gap(g.ID).State != inventory.GapOpen || refused.Open {
			t.Errorf("%+v, %s", refused, h.gap(g.ID).State)
		}
	})
}

func TestWhatTimeOverrunsIsOnTheLateList(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r, lines := h.ask(false, h.lack(dangXa, 1))
		late := func(who access.Actor) (int, int) {
			rs, ds, err := h.Late(t.Context(), who)
			if err != nil {
				t.Fatal(err)
			}
			return len(rs), len(ds)
		}
		if n, _ := late(h.planner); n != 0 {
			t.Error("late at once")
		}
		h.at.Move(14 * 24 * time.Hour)
		if n, _ := late(h.her); n != 1 {
			t.Error("a request of two weeks is not late")
		}
		if n, _ := late(h.there); n != 0 {
			t.Error("another district sees it")
		}
		r = h.grant(r, lines, 1)
		h.allocate(r, Plan{Buy: map[ident.ID]int64{lines[0].ID: 1}})
		if n, m := late(h.planner); n != 0 || m != 0 {
			t.Errorf("%d requests, %d deliveries late", n, m)
		}
		h.at.Move(40 * 24 * time.Hour)
		if n, m := late(h.planner); n != 0 || m != 1 {
			t.Errorf("%d requests, %d deliveries late", n, m)
		}
	})
}

func TestTheHomePageNamesWhoseTurnItIs(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		turns := func(who access.Actor) int {
			all, err := h.Todo(t.Context(), h.Words.In(i18n.VI), who)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		see := func(when string, planner, her, officer, there int) {
			t.Helper()
			if got, want := [4]int{turns(h.planner), turns(h.her), turns(h.officer), turns(h.there)}, [4]int{planner, her, officer, there}; got != want {
				t.Errorf("%s: %v, want %v", when, got, want)
			}
		}
		r, lines := h.ask(false, h.lack(dangXa, 1))
		see("asked", 1, 0, 0, 0)
		r = h.grant(r, lines, 1)
		see("approved", 1, 0, 0, 0)
		id := h.allocate(r, Plan{Spares: []ident.ID{h.spare(h.away).ID}})[0].ID
		see("allocated", 0, 0, 0, 1)
		h.step(h.there, id, Agreed)
		h.step(h.there, id, Sent)
		see("sent", 0, 1, 1, 0)
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		g := h.lack(dangXa, 1)
		r, lines := h.ask(false, g)
		stranger, auditor := access.Actor{}, h.as("auditor", "")
		decide := func(who access.Actor) error {
			_, err := h.Decide(t.Context(), who, r.ID, r.Version, Decision{Grants: map[ident.ID]Grant{}, Reason: ""})
			return err
		}
		cancel := func(who access.Actor) error { _, err := h.Cancel(t.Context(), who, r.ID, 99, ""); return err }
		allocate := func(who access.Actor) error {
			_, err := h.Allocate(t.Context(), who, r.ID, 99, Plan{})
			return err
		}
		look := func(who access.Actor) error { _, err := h.Request(t.Context(), who, r.ID); return err }
		ask := func(who access.Actor) error {
			_, _, err := h.Ask(t.Context(), who, RequestForm{District: giaLam})
			return err
		}
		list := func(who access.Actor) error {
			p, err := h.Requests(t.Context(), who, Filter{}, page.Read("", ""))
			if err == nil && len(p.Items) == 0 {
				return fault.New(fault.Missing, "fault.missing")
			}
			return err
		}
		for _, one := range []struct {
			name string
			do   func(access.Actor) error
			who  access.Actor
			want fault.Kind
		}{
			{"decide", decide, h.planner, fault.Invalid}, {"decide", decide, h.her, fault.Denied}, {"decide", decide, stranger, fault.SignIn},
			{"cancel", cancel, h.her, fault.Conflict}, {"cancel", cancel, h.there, fault.Missing}, {"cancel", cancel, auditor, fault.Denied}, {"cancel", cancel, stranger, fault.SignIn},
			{"allocate", allocate, h.planner, fault.Conflict}, {"allocate", allocate, h.there, fault.Missing}, {"allocate", allocate, auditor, fault.Denied}, {"allocate", allocate, stranger, fault.SignIn},
			{"look", look, h.there, fault.Missing}, {"look", look, stranger, fault.SignIn}, {"look", look, h.officer, fault.Missing},
			{"ask", ask, h.her, fault.Invalid}, {"ask", ask, h.there, fault.Missing}, {"ask", ask, h.planner, fault.Denied}, {"ask", ask, stranger, fault.SignIn},
			{"list", list, h.there, fault.Missing}, {"list", list, stranger, fault.SignIn},
		} {
			if err := one.do(one.who); !fault.Is(err, one.want) {
				t.Errorf("%s by %v: %v, want %v", one.name, one.who.Grants, err, one.want)
			}
		}
		if look(auditor) != nil || list(h.her) != nil {
			t.Error("who may look does not")
		}
		id := h.allocate(h.grant(r, lines, 1), Plan{Buy: map[ident.ID]int64{lines[0].ID: 1}})[0].ID
		sign := func(who access.Actor) error {
			_, err := h.Sign(t.Context(), who, id, h.delivery(id).Version, Signature{Name: "A", Post: "B", Way: Code, Code: "1"})
			return err
		}
		check := func(who access.Actor) error {
			_, err := h.Check(t.Context(), who, id, h.delivery(id).Version, nil)
			return err
		}
		step := func(who access.Actor) error {
			_, err := h.Step(t.Context(), who, id, h.delivery(id).Version, Move{To: Agreed})
			return err
		}
		for _, one := range []struct {
			name string
			do   func(access.Actor) error
			who  access.Actor
			want fault.Kind
		}{
			{"sign", sign, h.officer, fault.Conflict}, {"sign", sign, h.there, fault.Missing}, {"sign", sign, h.planner, fault.Denied}, {"sign", sign, stranger, fault.SignIn},
			{"check", check, h.as("inspector", ""), fault.Conflict}, {"check", check, h.officer, fault.Denied}, {"check", check, stranger, fault.SignIn},
			{"step", step, h.planner, fault.Conflict}, {"step", step, h.her, fault.Denied}, {"step", step, h.there, fault.Missing}, {"step", step, stranger, fault.SignIn},
		} {
			if err := one.do(one.who); !fault.Is(err, one.want) {
				t.Errorf("%s by %v: %v, want %v", one.name, one.who.Grants, err, one.want)
			}
		}
	})
}
