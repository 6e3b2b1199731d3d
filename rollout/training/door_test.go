package training

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/rollout"
)

func TestTheCodeOnTheScreenTurnsAndRunsOut(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	people := h.staff(dangXa)
	c := h.class(h.course, 14, 10)
	h.enrol(c, people...)
	h.clock(14, 8, 0)
	at := h.at.Now()
	token, digits := screenToken(h.Key, c.ID, at), screenCode(h.Key, c.ID, turnOf(at))
	if token == screenToken(h.Key, c.ID, at.Add(turn)) || digits == screenCode(h.Key, c.ID, turnOf(at.Add(turn))) {
		t.Error("the code is the same half a minute later")
	}
	for _, tc := range []struct {
		what  string
		after time.Duration
		good  bool
	}{{"at once", 0, true}, {"a minute later", time.Minute, true}, {"a minute and a half later", 90 * time.Second, false}, {"before it was shown", -turn, false}} {
		if _, ok := readScreen(h.Key, token, at.Add(tc.after)); ok != tc.good {
			t.Errorf("scanned %s: %v", tc.what, ok)
		}
		if ok := readTyped(h.Key, c.ID, digits, at.Add(tc.after)); ok != tc.good {
			t.Errorf("typed %s: %v", tc.what, ok)
		}
	}
	if _, ok := readScreen("another key", token, at); ok {
		t.Error("another house reads the code")
	}
	if _, ok := readPass(h.Key, token, at); ok {
		t.Error("a screen's token is no pass")
	}
	p := pass(h.Key, c.ID, at)
	if _, ok := readPass(h.Key, p, at.Add(passGood)); !ok {
		t.Error("the pass runs out before the form can be filled in")
	}
	if _, ok := readPass(h.Key, p, at.Add(passGood+2*time.Minute)); ok {
		t.Error("the pass never runs out")
	}
}

func FuzzOnlyWhatThisHouseMadeIsACode(f *testing.F) {
	class := ident.ID("015842f3-7005-761e-a32b-7be4b9c9ab3b")
	at := time.Date(2016, 11, 14, 1, 0, 0, 0, time.UTC)
	f.Add(screenToken("key", class, at), "123 456")
	f.Add("", "")
	f.Add(strings.Repeat("A", 43), "000000")
	f.Fuzz(func(t *testing.T, token, digits string) {
		if id, ok := readScreen("key", token, at); ok && slip("key", "screen", id, turnOf(at)) != token && slip("key", "screen", id, turnOf(at)-1) != token && slip("key", "screen", id, turnOf(at)-2) != token {
			t.Errorf("%q is taken for a code of %s", token, id)
		}
		if readTyped("key", class, digits, at) {
			good := []string{screenCode("key", class, turnOf(at)), screenCode("key", class, turnOf(at)-1), screenCode("key", class, turnOf(at)-2)}
			if !slices.Contains(good, onlyDigits(digits)) {
				t.Errorf("%q is taken for a code", digits)
			}
		}
	})
}

func FuzzQuestionsSurviveWriting(f *testing.F) {
	f.Add("Một?\n- a\n+ b\n\nHai?\n+ c\n- d\n")
	f.Add("+ trước câu hỏi")
	f.Fuzz(func(t *testing.T, text string) {
		qs, err := ReadQuestions(text)
		if err != nil {
			return
		}
		again, err := ReadQuestions(WriteQuestions(qs))
		if err != nil || len(again) != len(qs) {
			t.Fatalf("%d questions became %d, %v", len(qs), len(again), err)
		}
		for i, q := range qs {
			if q.Text != again[i].Text || q.Right != again[i].Right || !slices.Equal(q.Choices, again[i].Choices) {
				t.Errorf("%+v became %+v", q, again[i])
			}
			if score, _ := Mark([]Question{q}, []int{q.Right}); score != 1 {
				t.Errorf("the right answer of %+v is marked wrong", q)
			}
		}
	})
}

func TestPeopleRecordThemselvesByTheCode(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people, strangers := h.staff(dangXa), h.staff("00559")
		c := h.class(h.course, 14, 10)
		h.enrol(c, people...)
		h.clock(14, 7, 0)
		if _, _, err := h.Knock(t.Context(), screenToken(h.Key, c.ID, h.at.Now().Add(-time.Minute))); err != nil {
			t.Errorf("an hour before the class: %v", err)
		}
		code := func() string { return screenCode(h.Key, c.ID, turnOf(h.at.Now())) }
		for _, tc := range []struct {
			what, who, key string
		}{{"four digits of the telephone", "6100", ""}, {"the code in small letters", "hn005561", ""}, {"the whole telephone", people[2].Phone, ""}, {"twice", "6100", ""},
			{"somebody of another commune, by digits", strangers[0].Phone[6:], "training.door.nobody"}, {"somebody of another commune, by code", strangers[1].Code, ""},
			{"nothing", " ", "training.door.who_needed"}, {"nobody", "KHONG-CO", "training.door.nobody"}} {
			h.at.Move(time.Minute)
			_, err := h.Enter(t.Context(), DoorForm{Code: code(), Who: tc.who, From: "hall"})
			got := ""
			if err != nil && len(fault.Of(err).Fields) > 0 {
				got = fault.Of(err).Fields[0].Key
			}
			if got != tc.key {
				t.Errorf("%s: %v", tc.what, err)
			}
		}
		_, rows := h.stands(c)
		came, walked := 0, 0
		for _, x := range rows {
			if x.State == Attended && x.How == ByCode {
				came++
			}
			if x.WalkIn {
				walked++
			}
		}
		if came != 4 || walked != 1 {
			t.Errorf("%d came, %d of them unannounced", came, walked)
		}
		if _, err := h.Enter(t.Context(), DoorForm{Code: "000000", Who: "6103", From: "hall"}); !fault.Is(err, fault.Invalid) && code() != "000000" {
			t.Errorf("a wrong code: %v", err)
		}
		for range mostKnocks {
			_, _ = h.Enter(t.Context(), DoorForm{Code: "1", Who: "x", From: "elsewhere"})
		}
		if _, err := h.Enter(t.Context(), DoorForm{Code: code(), Who: "6103", From: "elsewhere"}); !fault.Is(err, fault.TooMany) {
			t.Errorf("after %d wrong tries: %v", mostKnocks, err)
		}
		if _, err := h.Enter(t.Context(), DoorForm{Code: code(), Who: "6103", From: "hall"}); err != nil {
			t.Errorf("the hall suffers for it: %v", err)
		}
		h.clock(14, 13, 0)
		if _, err := h.Enter(t.Context(), DoorForm{Pass: pass(h.Key, c.ID, h.at.Now()), Who: "6103", From: "hall"}); !fault.HasKey(err, "training.door.closed") {
			t.Errorf("after the class: %v", err)
		}
	})
}

func TestOnlyWhoPassesTheTestIsTrained(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		people := h.staff(dangXa)
		c := h.class(h.tested, 14, 10)
		seats := h.enrol(c, people...)
		right := make([]int, len(h.tested.Test()))
		for i, q := range h.tested.Test() {
			right[i] = q.Right
		}
		wrong := make([]int, len(right))
		for i := range wrong {
			wrong[i] = -1
		}
		if _, err := h.TakeTest(t.Context(), seats[0].ID, right); !fault.HasKey(err, "training.test.not_attended") {
			t.Errorf("a test before the class: %v", err)
		}
		h.clock(14, 9, 0)
		_, err := h.Roll(t.Context(), h.trainer, c.ID, keysOf(seats), "")
		h.ok(err)
		if a, why := h.verdict(dangXa); a != rollout.Unmet || len(why) != 4 || why[0] != "training.reason.untested" {
			t.Errorf("attended, not tested: %s because of %v", a, why)
		}
		one := slices.Clone(right)
		one[0] = -1 // four of five pass
		for i, x := range seats[:3] {
			try, err := h.TakeTest(t.Context(), x.ID, one)
			if err != nil || !try.Passed || try.Score != 4 {
				t.Errorf("no. %d: %+v, %v", i, try, err)
			}
		}
		if _, err := h.TakeTest(t.Context(), seats[0].ID, right); !fault.HasKey(err, "training.test.passed") {
			t.Errorf("a test that is passed: %v", err)
		}
		for range h.tested.Tries {
			_, err := h.TakeTest(t.Context(), seats[3].ID, wrong)
			h.ok(err)
		}
		if _, err := h.TakeTest(t.Context(), seats[3].ID, right); !fault.HasKey(err, "training.test.no_try") {
			t.Errorf("one try too many: %v", err)
		}
		if a, why := h.verdict(dangXa); a != rollout.Unmet || !slices.Equal(why, []string{"training.reason.failed"}) {
			t.Errorf("three passed, one failed: %s because of %v", a, why)
		}
		h.againTaught(t, people[3])
		h.certified(t, seats[0])
	})
}

// elsewhere is a course that is not for an audience.
func (h *house) elsewhere(a Audience) Course {
	h.t.Helper()
	all, err := h.Courses(h.t.Context(), h.planner)
	h.ok(err)
	for _, c := range all {
		if !c.For(a) {
			return c
		}
	}
	h.t.Fatalf("every course is for %s", a)
	return Course{}
}

// againTaught puts who failed into a make-up class in one step; there she passes.
func (h *house) againTaught(t *testing.T, p Person) {
	owed, _, err := h.Owing(t.Context(), h.planner, dangXa)
	h.ok(err)
	if len(owed) != 1 || owed[0].Person != p.ID {
		t.Fatalf("to be taught again: %+v", owed)
	}
	f := h.form(h.tested, 18, 0)
	if _, err := h.MakeUp(t.Context(), h.planner, f, keysOf([]Seat{owed[0].Seat}), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a make-up class without seats: %v", err)
	}
	f.Capacity = "1"
	f.Course = string(h.elsewhere(p.Audience).ID)
	if _, err := h.MakeUp(t.Context(), h.planner, f, keysOf([]Seat{owed[0].Seat}), nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("a make-up class of a course that nobody owes: %v", err)
	}
	f.Course = string(h.tested.ID)
	out, err := h.MakeUp(t.Context(), h.planner, f, keysOf([]Seat{owed[0].Seat}), nil)
	h.ok(err)
	if !out.Class.Makeup || len(out.Seats) != 1 {
		t.Fatalf("make-up class: %+v", out)
	}
	if owed, _, err = h.Owing(t.Context(), h.planner, dangXa); err != nil || len(owed) != 0 {
		t.Errorf("still owed: %+v, %v", owed, err)
	}
	h.clock(18, 8, 0)
	_, err = h.Roll(t.Context(), h.trainer, out.Class.ID, keysOf(out.Seats), "")
	h.ok(err)
	var answers []int
	for _, q := range h.tested.Test() {
		answers = append(answers, q.Right)
	}
	_, err = h.TakeTest(t.Context(), out.Seats[0].ID, answers)
	h.ok(err)
	if a, _ := h.verdict(dangXa); a != rollout.Met {
		t.Errorf("after the make-up class: %s", a)
	}
}

// certified: a certificate is found however its code is typed, and the same paper is the
// same bytes.
func (h *house) certified(t *testing.T, seat Seat) {
	l, err := h.Learner(t.Context(), strings.TrimPrefix(h.LearnerPath(seat.ID), learnerAt+"/"))
	h.ok(err)
	if l.Certificate == nil {
		t.Fatal("passed without a certificate")
	}
	for _, typed := range []string{l.Certificate.Code, strings.ToLower(strings.ReplaceAll(l.Certificate.Code, "-", " "))} {
		if c, err := h.Verify(t.Context(), typed); err != nil || c.Name != l.Person.Name {
			t.Errorf("%q: %+v, %v", typed, c, err)
		}
	}
	for _, typed := range []string{"", "LT16", "LT16-AAAAA-AAAAA", "' OR 1=1"} {
		if _, err := h.Verify(t.Context(), typed); !fault.Is(err, fault.Missing) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	a, err := h.Paper(*l.Certificate)
	h.ok(err)
	b, err := h.Paper(*l.Certificate)
	h.ok(err)
	if string(a) != string(b) || len(a) < 5000 {
		t.Error("the same certificate is not the same paper")
	}
	if _, err := h.Learner(t.Context(), "AAAA"); !fault.Is(err, fault.Missing) {
		t.Errorf("an invented link: %v", err)
	}
	h.ok(h.Say(t.Context(), seat.ID, 5, "Dễ hiểu"))
	if err := h.Say(t.Context(), seat.ID, 6, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("six of five: %v", err)
	}
}
