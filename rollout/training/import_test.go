package training

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
)

// table previews a table of the roster as somebody.
func (h *house) table(who access.Actor, rows ...string) importer.Run {
	h.t.Helper()
	raw := []byte("Huyện;Xã;Đối tượng;Họ và tên;Mã cán bộ;Điện thoại;Mã lớp\n" + strings.Join(rows, "\n") + "\n")
	r, err := h.Imports.Preview(h.t.Context(), who, RosterImport, "danh-sach.csv", bytes.NewReader(raw), int64(len(raw)), nil)
	h.ok(err)
	return r
}

func TestCommunesRegisterByATable(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		c := h.class(h.course, 18, 2)
		run := h.table(h.her, "Gia Lâm;Đặng Xá;Lãnh đạo UBND;Nguyễn Văn Lãnh;A1;0912000301;"+c.Code, ";00556;Cán bộ một cửa;Trần Thị Cửa;A2;;"+c.Code,
			"Gia Lâm;Đặng Xá;cong chuc tu phap – ho tich;Lê Thị Hộ;A3;;"+c.Code, "Sóc Sơn;Bắc Sơn;Lãnh đạo UBND;Người Nơi Khác;;;", "Gia Lâm;Không Có;Lãnh đạo UBND;Ai Đó;;;",
			";00556;Thủ kho;Ai Khác;;;", ";00556;Cán bộ một cửa;Trần Thị Cửa;;;", ";00559;Cán bộ một cửa;Phạm Số Sai;;12;", ";00559;Lãnh đạo UBND;Hồ Lớp Sai;;;LH-2016-9999")
		if run.Created != 3 || run.Bad != 6 || run.Marks()[queued] != 1 {
			t.Fatalf("preview: %d new, %d bad, marks %v", run.Created, run.Bad, run.Marks())
		}
		if n, err := d.Read().NewSelect().Model((*Person)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("the preview changed something: %d people, %v", n, err)
		}
		_, err := h.Imports.Commit(t.Context(), h.her, run.ID, true)
		h.ok(err)
		c, rows := h.stands(c)
		same(t, "two seats for three", states(rows), []SeatState{Registered, Registered, Waiting})
		// The same table again is already so, and a changed telephone is an update.
		again := h.table(h.her, ";00556;Lãnh đạo UBND;Nguyễn Văn Lãnh;A1;0912000301;"+c.Code, ";00556;Cán bộ một cửa;Trần Thị Cửa;A2;0912000302;")
		if again.Skipped != 1 || again.Updated != 1 {
			t.Errorf("again: %d so already, %d changed", again.Skipped, again.Updated)
		}
		if _, err := h.Imports.Undo(t.Context(), h.her, run.ID, false); err != nil {
			t.Fatal(err)
		}
		if c, rows = h.stands(c); len(rows) != 0 || c.Taken != 0 {
			t.Errorf("after undoing: %d seats, %d taken", len(rows), c.Taken)
		}
		if n, err := d.Read().NewSelect().Model((*Person)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("after undoing: %d people, %v", n, err)
		}
	})
}

func TestAnImportThatWasTaughtIsNotUndone(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	c := h.class(h.course, 14, 5)
	run := h.table(h.planner, ";00556;Lãnh đạo UBND;Nguyễn Văn Lãnh;A1;;"+c.Code)
	_, err := h.Imports.Commit(t.Context(), h.planner, run.ID, false)
	h.ok(err)
	_, rows := h.stands(c)
	h.clock(14, 8, 0)
	_, err = h.Roll(t.Context(), h.trainer, c.ID, keysOf(rows), "")
	h.ok(err)
	refused, err := h.Imports.Undo(t.Context(), h.planner, run.ID, false)
	if err == nil && len(refused) == 0 {
		t.Error("who attended was taken off the roster")
	}
}

// told is an event of another area, as a test tells it.
type told struct {
	topic string
	suggested
	membersChanged
}

func (e told) Topic() string   { return e.topic }
func (e told) Subject() string { return "test" }

// deliver lets the events go to this room's handlers.
func (h *house) deliver(events ...outbox.Body) {
	h.t.Helper()
	h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error { return outbox.WriteAll(ctx, tx, h.at.Now(), events...) }))
	_, err := outbox.NewDispatcher(h.DB, h.at, slog.New(slog.DiscardHandler), h.Handlers()...).Run(h.t.Context())
	h.ok(err)
}

func TestWhatTheHelpDeskProposesIsTaughtInAMakeUpClass(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		officer := h.People.(faculty).all[2]
		e := told{topic: "helpdesk.class.accepted", suggested: suggested{Proposal: ident.New(h.at.Now()), Unit: dangXa, Account: officer.ID, Tickets: []ident.ID{"a", "b", "c"}}}
		h.deliver(e, e, told{topic: "helpdesk.class.accepted", suggested: suggested{Proposal: ident.New(h.at.Now()), Unit: dangXa, Account: ident.New(h.at.Now())}})
		_, asked, err := h.Owing(t.Context(), h.her, "")
		h.ok(err)
		if len(asked) != 1 || asked[0].Name != officer.Name || asked[0].For != OneStop || asked[0].Tickets != 3 {
			t.Fatalf("proposed: %+v", asked)
		}
		if _, far, err := h.Owing(t.Context(), h.there, ""); err != nil || len(far) != 0 {
			t.Errorf("another district sees %+v, %v", far, err)
		}
		out, err := h.MakeUp(t.Context(), h.planner, h.form(h.course, 18, 5), nil, []ident.ID{asked[0].ID})
		h.ok(err)
		if len(out.Seats) != 1 {
			t.Errorf("make-up class: %+v", out)
		}
		if _, asked, err = h.Owing(t.Context(), h.planner, ""); err != nil || len(asked) != 0 {
			t.Errorf("still proposed: %+v, %v", asked, err)
		}
	})
}

func TestPeopleAreRemindedOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		c := h.class(h.course, 14, 10)
		h.enrol(c, h.staff(dangXa)...)
		count := func(template string) (n int) {
			t.Helper()
			h.ok(d.Read().NewSelect().TableExpr("notice").ColumnExpr("count(*)").Where("template = ?", template).Scan(t.Context(), &n))
			return n
		}
		if n, err := h.Remind(t.Context()); err != nil || n != 0 {
			t.Errorf("four days before: %d, %v", n, err)
		}
		h.clock(13, 9, 0)
		for range 3 {
			_, err := h.Remind(t.Context())
			h.ok(err)
		}
		if n, m := count("training.notice.remind"), count("training.notice.teach_soon"); n != 4 || m != 1 {
			t.Errorf("%d learners and %d trainers were reminded", n, m)
		}
		c, _ = h.stands(c)
		f := h.form(h.course, 14, 10)
		f.From = "09:00"
		_, err := h.ChangeClass(t.Context(), h.planner, c.ID, c.Version, f)
		h.ok(err)
		_, err = h.Remind(t.Context())
		h.ok(err)
		if n := count("training.notice.remind"); n != 8 {
			t.Errorf("after another hour %d reminders, 8 wanted", n)
		}
	})
}

// A plan that arrives after its people were trained finds its gates met.
func TestAPlanThatComesLaterFindsWhoWasTrained(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	c := h.class(h.course, 14, 10)
	seats := h.enrol(c, h.staff(dangXa)...)
	h.clock(14, 8, 0)
	_, err := h.Roll(t.Context(), h.trainer, c.ID, keysOf(seats), "")
	h.ok(err)
	h.ok(d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM rollout_evidence WHERE criterion = 'training'").Exec(ctx)
		return err
	}))
	h.at.Move(time.Hour)
	h.deliver(told{topic: "rollout.members.changed", membersChanged: membersChanged{Units: []string{dangXa}}})
	if a, _ := h.verdict(dangXa); a != "met" {
		t.Errorf("the gate knows %q", a)
	}
}
