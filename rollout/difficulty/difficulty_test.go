package difficulty

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi, a Thursday

const hoaiDuc = "274"

var policy = access.Policy{
	"planner":     {rollout.Read, Answer, Own},
	"coordinator": {rollout.Read, Raise, Own},
	"reader":      {rollout.Read},
}

type people struct{ owner ident.ID }

func (p people) Holding(_ context.Context, need access.Perm, _ string) ([]ident.ID, error) {
	if need == Own {
		return []ident.ID{p.owner}, nil
	}
	return []ident.ID{ident.ID("holder-" + string(need))}, nil
}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	out := map[ident.ID]string{}
	for _, id := range ids {
		out[id] = "Trần Thu Hà"
	}
	return out, nil
}

// places knows one ticket.
type places struct{}

func (places) Find(_ context.Context, _ i18n.T, _ access.Actor, typed string) (string, string, error) {
	if typed != "HN-000042" {
		return "", "", fault.New(fault.Missing, "fault.missing")
	}
	return "/tickets/0191f2a0-0000-7000-8000-000000000042", "HN-000042 Máy quét", nil
}

type house struct {
	*Service
	t                          *testing.T
	at                         *clock.Fake
	unit                       string
	planner, her, there, owner access.Actor
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	units := org.NewUnits(d, at)
	h := &house{t: t, at: at}
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	tree, err := units.Tree(t.Context(), start)
	h.ok(err)
	cals := calstore.New(d, at)
	h.ok(cals.Seed(t.Context(), start))
	as := func(role access.Role, under string) access.Actor {
		return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", string(role)+under)[:12]), Name: "Nguyễn Thị Hoa",
			Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: tree.Under(under)}}})
	}
	h.unit = tree.Communes(hoaiDuc)[0].Code
	h.planner, h.her, h.there, h.owner = as("planner", ""), as("coordinator", hoaiDuc), as("coordinator", "016"), as("coordinator", hoaiDuc)
	h.owner.ID = "0191f2a0-0000-7000-8000-00000000ffff"
	h.Service = New(Deps{DB: d, Business: at, Calendars: cals, Units: units, People: people{h.owner.ID}, Places: places{}})
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) raise() Difficulty {
	h.t.Helper()
	d, err := h.Raise(h.t.Context(), h.her, Form{Unit: h.unit, Source: "/rollout/returns/sheets/x", Title: "Thiếu máy quét", Cause: "Máy cũ hỏng, chưa có kinh phí", Proposal: "Thành phố điều chuyển hai máy"})
	h.ok(err)
	return d
}

func (h *house) notices(template string) int {
	h.t.Helper()
	n, err := h.DB.Read().NewSelect().Table("notice").Where("template = ?", template).Count(h.t.Context())
	h.ok(err)
	return int(n)
}

func TestADifficultyGetsTheCitysAnswerWithAnOwnerAndADay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.raise()
		answerBy := time.Date(2016, 11, 15, 10, 30, 0, 0, time.UTC) // the closing of the third working day: a weekend lies between
		if x.Code != "VM-2016-000001" || x.DueAt == nil || x.DueAt.Sub(answerBy).Abs() > time.Hour || h.notices("difficulty.notice.raised") != 1 {
			t.Errorf("%+v", x)
		}
		if _, err := h.Reply(t.Context(), h.planner, x.ID, x.Version, Reply{"", "somebody", 0}); !fault.Is(err, fault.Invalid) || len(fault.Of(err).Fields) != 3 {
			t.Errorf("nothing, nobody, no day: %v", err)
		}
		x, err := h.Reply(t.Context(), h.planner, x.ID, x.Version, Reply{"Điều chuyển một máy từ quận Ba Đình", h.owner.ID, 5})
		h.ok(err)
		if x.State != InHand || x.OwnerName != "Trần Thu Hà" || x.DueAt == nil || clock.Date(*x.DueAt) != "2016-11-17" || h.notices("difficulty.notice.answered") != 1 || h.notices("difficulty.notice.owned") != 1 {
			t.Errorf("%+v", x)
		}
		_, err = h.Connect(t.Context(), i18n.T{}, h.her, x.ID, " HN-000042 ")
		h.ok(err)
		_, err = h.Connect(t.Context(), i18n.T{}, h.her, x.ID, "HN-000042")
		h.ok(err)
		if _, err := h.Connect(t.Context(), i18n.T{}, h.her, x.ID, "HN-7"); !fault.Is(err, fault.Invalid) {
			t.Errorf("what is not there: %v", err)
		}
		x, err = h.Finish(t.Context(), h.owner, x.ID, x.Version, "Đã giao máy")
		h.ok(err)
		x, err = h.Reopen(t.Context(), h.her, x.ID, x.Version, "Máy không chạy")
		h.ok(err)
		x, err = h.Finish(t.Context(), h.owner, x.ID, x.Version, "Đã đổi máy")
		h.ok(err)
		x, err = h.Close(t.Context(), h.her, x.ID, x.Version)
		h.ok(err)
		v, err := h.Get(t.Context(), h.her, x.ID)
		h.ok(err)
		if v.State != Closed || len(v.Links) != 1 || len(v.Notes) != 7 {
			t.Errorf("%s, %d links, %d notes", v.State, len(v.Links), len(v.Notes))
		}
	})
}

func TestWhatIsLateIsListedAndToldOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.raise()
		late, err := h.List(t.Context(), h.planner, "late", page.Read("", ""))
		h.ok(err)
		if len(late.Items) != 0 {
			t.Error("not late yet")
		}
		h.at.Set(start.AddDate(0, 0, 6))
		for range 2 {
			_, err := deadline.Tick(t.Context(), d, h.at.Now(), 100)
			h.ok(err)
			_, err = outbox.NewDispatcher(d, h.at, slog.New(slog.DiscardHandler), h.Handlers()...).Run(t.Context())
			h.ok(err)
		}
		late, err = h.List(t.Context(), h.planner, "late", page.Read("", ""))
		h.ok(err)
		if len(late.Items) != 1 || late.Items[0].ID != x.ID || h.notices("difficulty.notice.late") != 1 {
			t.Errorf("%d late, %d notices", len(late.Items), h.notices("difficulty.notice.late"))
		}
	})
}

func TestWhoMayDoWhatWithADifficulty(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.raise()
		ctx, reader, nobody := t.Context(), policy.As(access.Actor{ID: "r", Name: "Doc", Grants: []access.Grant{{Role: "reader", Everywhere: true}}}), access.Actor{}
		for name, use := range map[string]struct {
			do             func(access.Actor) error
			right          access.Actor
			denied, hidden []access.Actor
		}{
			"raise": {func(a access.Actor) error {
				_, err := h.Raise(ctx, a, Form{Unit: h.unit})
				return err
			}, h.her, []access.Actor{h.planner, reader}, []access.Actor{h.there}},
			"answer": {func(a access.Actor) error { _, err := h.Reply(ctx, a, x.ID, 99, Reply{}); return err }, h.planner, []access.Actor{h.her, reader}, []access.Actor{h.there}},
			"finish": {func(a access.Actor) error { _, err := h.Finish(ctx, a, x.ID, 99, "x"); return err }, h.planner, []access.Actor{h.her, reader}, []access.Actor{h.there}},
			"close":  {func(a access.Actor) error { _, err := h.Close(ctx, a, x.ID, 99); return err }, h.her, []access.Actor{reader}, []access.Actor{h.there}},
			"reopen": {func(a access.Actor) error { _, err := h.Reopen(ctx, a, x.ID, 99, "x"); return err }, h.her, []access.Actor{reader}, []access.Actor{h.there}},
			"link":   {func(a access.Actor) error { _, err := h.Connect(ctx, i18n.T{}, a, x.ID, "HN-7"); return err }, h.her, []access.Actor{reader}, []access.Actor{h.there}},
			"read":   {func(a access.Actor) error { _, err := h.Get(ctx, a, x.ID); return err }, reader, nil, []access.Actor{h.there}},
		} {
			if err := use.do(use.right); fault.Is(err, fault.Denied) || fault.Is(err, fault.Missing) || fault.Is(err, fault.SignIn) {
				t.Errorf("%s, who may: %v", name, err)
			}
			for _, a := range use.denied {
				if err := use.do(a); !fault.Is(err, fault.Denied) {
					t.Errorf("%s, without the right: %v", name, err)
				}
			}
			for _, a := range use.hidden {
				if err := use.do(a); !fault.Is(err, fault.Missing) {
					t.Errorf("%s, elsewhere: %v", name, err)
				}
			}
			if err := use.do(nobody); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s, nobody: %v", name, err)
			}
		}
	})
}
