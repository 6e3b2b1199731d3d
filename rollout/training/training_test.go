package training

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/rollout"
)

// The story of a commune: three come, the fourth is absent, and comes to the next class.
func TestACommuneIsTrainedWhenItsFourAudiencesAre(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people := h.staff(dangXa)
		c := h.class(h.course, 14, 10)
		seats := h.enrol(c, people...)
		if a, _ := h.verdict(dangXa); a != "" {
			t.Errorf("before anybody was awaited the gate knows %q", a)
		}
		h.clock(14, 8, 5)
		_, err := h.Roll(t.Context(), h.trainer, c.ID, keysOf(seats[:3]), "")
		h.ok(err)
		if a, why := h.verdict(dangXa); a != rollout.Unmet || !slices.Equal(why, []string{"training.reason.registered"}) {
			t.Errorf("three of four: %s because of %v", a, why)
		}
		h.clock(14, 11, 30)
		c, _ = h.stands(c)
		_, err = h.CloseClass(t.Context(), h.trainer, c.ID, c.Version)
		h.ok(err)
		if a, why := h.verdict(dangXa); a != rollout.Unmet || !slices.Equal(why, []string{"training.reason.absent"}) {
			t.Errorf("one absent: %s because of %v", a, why)
		}
		c, rows := h.stands(c)
		same(t, "after closing", states(rows), []SeatState{Attended, Attended, Attended, Absent})
		if c.Attended != 3 || c.Taken != 4 {
			t.Errorf("%d of %d attended", c.Attended, c.Taken)
		}
		// She was there all the time, the list says: recorded afterwards, with a reason.
		if _, err = h.Roll(t.Context(), h.trainer, c.ID, keysOf(rows[3:]), " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("recorded afterwards without a reason: %v", err)
		}
		_, err = h.Roll(t.Context(), h.trainer, c.ID, keysOf(rows[3:]), "Ký danh sách giấy, quên nhập")
		h.ok(err)
		if a, why := h.verdict(dangXa); a != rollout.Met || len(why) > 0 {
			t.Errorf("all four: %s because of %v", a, why)
		}
		var proof string
		h.ok(d.Read().NewSelect().TableExpr("rollout_evidence").Column("link").Where("unit = ? AND criterion = 'training'", dangXa).Where("latest").Scan(t.Context(), &proof))
		if proof != peopleAt+"?under="+dangXa {
			t.Errorf("the evidence leads to %q", proof)
		}
		all, err := h.Trained(t.Context(), d.Read(), []string{dangXa, "00559"})
		h.ok(err)
		if len(all) != 4 || all[0].Unit != dangXa || all[0].At.IsZero() {
			t.Errorf("trained: %+v", all)
		}
		h.leaveAndTakeBack(t, people, rows)
	})
}

// leaveAndTakeBack: who leaves takes the training along, and what is taken back is gone.
func (h *house) leaveAndTakeBack(t *testing.T, people []Person, rows []Seat) {
	p := people[0]
	moved := p.Form()
	moved.Unit = "00559"
	p, err := h.ChangePerson(t.Context(), h.her, p.ID, p.Version, moved)
	h.ok(err)
	if a, why := h.verdict(dangXa); a != rollout.Unmet || !slices.Equal(why, []string{"training.reason.nobody"}) {
		t.Errorf("the leader moved away: %s because of %v", a, why)
	}
	moved.Unit = dangXa
	_, err = h.ChangePerson(t.Context(), h.her, p.ID, p.Version, moved)
	h.ok(err)
	if a, _ := h.verdict(dangXa); a != rollout.Met {
		t.Errorf("the leader is back: %s", a)
	}
	_, rows = h.stands(Class{ID: rows[0].Class})
	var code string
	h.ok(h.DB.Read().NewSelect().Model((*Certificate)(nil)).Column("code").Where("seat = ?", rows[1].ID).Scan(t.Context(), &code))
	if _, err = h.TakeBack(t.Context(), h.trainer, rows[1].ID, rows[1].Version, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("taken back without a reason: %v", err)
	}
	_, err = h.TakeBack(t.Context(), h.trainer, rows[1].ID, rows[1].Version, "Nhầm người cùng tên")
	h.ok(err)
	if a, why := h.verdict(dangXa); a != rollout.Unmet || !slices.Equal(why, []string{"training.reason.absent"}) {
		t.Errorf("taken back: %s because of %v", a, why)
	}
	if ce, err := h.Verify(t.Context(), strings.ToLower(code)); err != nil || ce.RevokedAt.IsZero() {
		t.Errorf("the certificate still holds: %+v, %v", ce, err)
	}
	_, err = h.Leave(t.Context(), h.her, people[2].ID, people[2].Version)
	h.ok(err)
	all, err := h.Trained(t.Context(), h.DB.Read(), []string{dangXa})
	h.ok(err)
	if len(all) != 2 {
		t.Errorf("one was taken back and one left, %d are trained", len(all))
	}
}

func TestWhoWaitsMovesUpWhenASeatFrees(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people := append(h.staff(dangXa), h.staff("00559")...)
		c := h.class(h.course, 18, 3)
		seats := h.enrol(c, people[:6]...)
		same(t, "three seats for six", states(seats), []SeatState{Registered, Registered, Registered, Waiting, Waiting, Waiting})
		_, err := h.Withdraw(t.Context(), h.her, seats[1].ID, seats[1].Version)
		h.ok(err)
		c, rows := h.stands(c)
		same(t, "one withdrew", states(rows), []SeatState{Registered, Withdrawn, Registered, Registered, Waiting, Waiting})
		if c.Taken != 3 || c.Waiting != 2 {
			t.Errorf("%d taken, %d wait", c.Taken, c.Waiting)
		}
		// Who withdrew and comes again stands at the end.
		out, err := h.Register(t.Context(), h.her, c.ID, ids(people[1:2]))
		h.ok(err)
		same(t, "registered again", states(out.Seats), []SeatState{Waiting})
		f := h.form(h.course, 18, 5)
		c, _ = h.stands(c)
		_, err = h.ChangeClass(t.Context(), h.planner, c.ID, c.Version, f)
		h.ok(err)
		c, rows = h.stands(c)
		same(t, "two seats more", states(rows), []SeatState{Registered, Registered, Registered, Registered, Registered, Waiting})
		f.Capacity = "4"
		if _, err = h.ChangeClass(t.Context(), h.planner, c.ID, c.Version, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("fewer seats than people: %v", err)
		}
		_, err = h.Leave(t.Context(), h.her, people[0].ID, people[0].Version)
		h.ok(err)
		_, rows = h.stands(c)
		same(t, "somebody left the post", states(rows), []SeatState{Withdrawn, Registered, Registered, Registered, Registered, Registered})
		var n int
		h.ok(d.Read().NewSelect().TableExpr("notice").ColumnExpr("count(*)").Where("template = 'training.notice.moved_up'").Scan(t.Context(), &n))
		if n != 4 {
			t.Errorf("%d were told that they moved up, 4 did", n)
		}
	})
}

func TestARoomAndATrainerHaveOneClassAtATime(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		first := h.class(h.course, 14, 30)
		for _, tc := range []struct {
			what   string
			change func(*ClassForm)
			field  string
		}{
			{"the same room in other letters", func(f *ClassForm) { f.Room, f.Trainer = "HOI TRUONG 14", string(h.other.ID) }, "room"},
			{"the same trainer", func(f *ClassForm) { f.Room = "Phòng 2" }, "trainer"},
			{"half an hour of overlap", func(f *ClassForm) { f.Room, f.From, f.Until = "Phòng 2", "11:00", "15:00" }, "trainer"},
			{"no trainer", func(f *ClassForm) { f.Trainer = string(h.her.ID) }, "trainer"},
			{"no day", func(f *ClassForm) { f.Day = "2016-11-31" }, "day"},
			{"an end before the beginning", func(f *ClassForm) { f.Until = "07:00" }, "until"},
			{"registering after the beginning", func(f *ClassForm) { f.Closes = "2016-11-14T09:00" }, "closes"},
			{"no seats", func(f *ClassForm) { f.Capacity = "0" }, "capacity"},
		} {
			f := h.form(h.course, 14, 30)
			tc.change(&f)
			_, err := h.PlanClass(t.Context(), h.planner, f)
			if !fault.Is(err, fault.Invalid) || !slices.ContainsFunc(fault.Of(err).Fields, func(x fault.Field) bool { return x.Name == tc.field }) {
				t.Errorf("%s: %v", tc.what, err)
			}
		}
		f := h.form(h.course, 14, 30)
		f.From, f.Until = "13:30", "17:00"
		_, err := h.PlanClass(t.Context(), h.planner, f)
		h.ok(err) // in the afternoon both are free
		_, err = h.CallOff(t.Context(), h.planner, first.ID, first.Version, "Giảng viên ốm")
		h.ok(err)
		h.class(h.course, 14, 30)
		// Two working days before Monday 14/11 is Thursday 10/11.
		if want := time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC); !first.ClosesAt.Equal(want) {
			t.Errorf("registration ends %v, want %v", first.ClosesAt, want)
		}
	})
}

func TestRegisteringEndsAndKnowsItsAudience(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people := h.staff(dangXa)
		f := h.form(h.course, 18, 30)
		f.Unit = "020"
		c, err := h.PlanClass(t.Context(), h.planner, f)
		h.ok(err)
		out, err := h.Register(t.Context(), h.her, c.ID, ids(people[:1]))
		h.ok(err)
		if len(out.Refused) != 1 || out.Refused[0].Why.Key != "training.register.other_district" {
			t.Errorf("a class of another district: %+v", out)
		}
		mine := h.class(h.course, 21, 30)
		h.enrol(mine, people[0])
		second := h.class(h.course, 22, 30)
		out, err = h.Register(t.Context(), h.her, second.ID, ids(people[:2]))
		h.ok(err)
		if len(out.Seats) != 1 || len(out.Refused) != 1 || out.Refused[0].Why.Key != "training.register.elsewhere" {
			t.Errorf("two classes of one course: %+v", out)
		}
		boss, err := h.AddPerson(t.Context(), h.her, PersonForm{Unit: giaLam, Audience: string(Justice), Name: "Trần Thị Tư"})
		h.ok(err)
		if out, err = h.Register(t.Context(), h.her, mine.ID, ids([]Person{boss})); err != nil || len(out.Refused) != 1 || out.Refused[0].Why.Key != "training.register.other_audience" {
			t.Errorf("a district's officer in a class of communes: %+v, %v", out, err)
		}
		h.clock(20, 8, 0)
		if _, err = h.Register(t.Context(), h.her, mine.ID, ids(people[2:3])); !fault.HasKey(err, "training.class.closed") {
			t.Errorf("after the deadline: %v", err)
		}
		_, err = h.Register(t.Context(), h.planner, mine.ID, ids(people[2:3]))
		h.ok(err)
	})
}

func TestWhoMayDoWhatInTraining(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people := h.staff(dangXa)
		c := h.class(h.course, 14, 30)
		seat := h.enrol(c, people[0])[0]
		stranger := access.Actor{}
		h.clock(14, 8, 0)
		for _, tc := range []struct {
			what string
			do   func(who access.Actor) error
			may  []access.Actor
			not  []access.Actor
		}{
			{"plan", func(who access.Actor) error { _, err := h.PlanClass(t.Context(), who, ClassForm{}); return err }, []access.Actor{h.planner}, []access.Actor{h.her, h.trainer, h.nobody, stranger}},
			{"call off", func(who access.Actor) error { _, err := h.CallOff(t.Context(), who, c.ID, -1, "x"); return err }, []access.Actor{h.planner}, []access.Actor{h.her, h.trainer, h.nobody, stranger}},
			{"enter", func(who access.Actor) error {
				_, err := h.AddPerson(t.Context(), who, PersonForm{Unit: dangXa, Audience: "leader", Name: fmt.Sprint("Lê ", rand.Int64())})
				return err
			}, []access.Actor{h.planner, h.her}, []access.Actor{h.there, h.trainer, h.auditor, h.nobody, stranger}},
			{"register", func(who access.Actor) error {
				_, err := h.Register(t.Context(), who, c.ID, ids(people[1:2]))
				return err
			}, []access.Actor{h.planner}, []access.Actor{h.there, h.trainer, h.auditor, h.nobody, stranger}},
			{"withdraw", func(who access.Actor) error { _, err := h.Withdraw(t.Context(), who, seat.ID, -1); return err }, []access.Actor{h.planner, h.her}, []access.Actor{h.there, h.trainer, h.auditor, h.nobody, stranger}},
			{"take attendance", func(who access.Actor) error {
				_, err := h.Roll(t.Context(), who, c.ID, []ident.ID{seat.ID}, "")
				return err
			}, []access.Actor{h.planner, h.trainer}, []access.Actor{h.other, h.her, h.auditor, h.nobody, stranger}},
			{"take back", func(who access.Actor) error { _, err := h.TakeBack(t.Context(), who, seat.ID, -1, "x"); return err }, []access.Actor{h.planner, h.trainer}, []access.Actor{h.other, h.her, h.auditor, h.nobody, stranger}},
			{"close", func(who access.Actor) error { _, err := h.CloseClass(t.Context(), who, c.ID, -1); return err }, []access.Actor{h.planner, h.trainer}, []access.Actor{h.other, h.her, h.auditor, h.nobody, stranger}},
			{"change a person", func(who access.Actor) error {
				_, err := h.ChangePerson(t.Context(), who, people[3].ID, -1, PersonForm{Unit: dangXa, Audience: "labour", Name: "Khác"})
				return err
			}, []access.Actor{h.planner, h.her}, []access.Actor{h.there, h.trainer, h.auditor, h.nobody, stranger}},
			{"see the roster", func(who access.Actor) error { _, err := h.Persons(t.Context(), who, dangXa, firstPage); return err }, []access.Actor{h.planner, h.her, h.there, h.trainer, h.auditor}, []access.Actor{h.nobody, stranger}},
		} {
			for _, who := range tc.may {
				if err := tc.do(who); fault.Is(err, fault.Denied) || fault.Is(err, fault.SignIn) || fault.Is(err, fault.Missing) {
					t.Errorf("%s is refused to %v: %v", tc.what, who.Grants[0].Role, err)
				}
			}
			for i, who := range tc.not {
				if err := tc.do(who); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.SignIn) && !fault.Is(err, fault.Missing) {
					t.Errorf("%s is open to no. %d who may not: %v", tc.what, i, err)
				}
			}
		}
		if p, err := h.Persons(t.Context(), h.there, "", firstPage); err != nil || len(p.Items) != 0 {
			t.Errorf("a coordinator sees %d people of another district, %v", len(p.Items), err)
		}
	})
}

// Whatever is done in whatever order: the counters are the counts, nobody waits beside a
// free seat, and no class gives out more seats than it has.
func TestSeatsAddUpWhateverIsDone(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	people := slices.Concat(h.staff(dangXa), h.staff("00559"), h.staff("00562"), h.staff("00565"))
	c := h.class(h.course, 21, 5)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		_, rows := h.stands(c)
		switch r.IntN(4) {
		case 0, 1:
			p := people[r.IntN(len(people))]
			_, err := h.Register(t.Context(), h.planner, c.ID, ids([]Person{p}))
			h.ok(err)
		case 2:
			if len(rows) == 0 {
				continue
			}
			x := rows[r.IntN(len(rows))]
			if _, err := h.Withdraw(t.Context(), h.her, x.ID, x.Version); err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatal(err)
			}
		case 3:
			c, _ = h.stands(c)
			f := h.form(h.course, 21, int(max(c.Taken, 1))+r.IntN(4))
			if _, err := h.ChangeClass(t.Context(), h.planner, c.ID, c.Version, f); err != nil {
				t.Fatal(err)
			}
		}
		var taken, waiting int64
		c, rows = h.stands(c)
		for _, x := range rows {
			if x.State == Registered {
				taken++
			}
			if x.State == Waiting {
				waiting++
			}
		}
		if c.Taken != taken || c.Waiting != waiting || c.Taken > c.Capacity || c.Waiting > 0 && c.Free() > 0 {
			t.Fatalf("step %d: %d taken (%d), %d wait (%d), %d seats", n, c.Taken, taken, c.Waiting, waiting, c.Capacity)
		}
	}
}

// Two who register at the same time never share the last seat.
func TestTheLastSeatIsGivenOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people := h.staff(dangXa)
		c := h.class(h.course, 18, 1)
		errs := make(chan error, len(people))
		for _, p := range people {
			go func() {
				_, err := h.Register(context.WithoutCancel(t.Context()), h.planner, c.ID, ids([]Person{p}))
				errs <- err
			}()
		}
		for range people {
			h.ok(<-errs)
		}
		if c, _ = h.stands(c); c.Taken != 1 || c.Waiting != 3 {
			t.Errorf("%d taken, %d wait", c.Taken, c.Waiting)
		}
	})
}
