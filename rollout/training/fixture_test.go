package training

import (
	"context"
	"fmt"
	"slices"
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
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

const (
	giaLam = "018"
	dangXa = "00556"
)

var policy = access.Policy{
	"planner":     {rollout.Read, rollout.Plan, rollout.Verify, Look, Enrol, Teach, Plan},
	"coordinator": {rollout.Read, Look, Enrol},
	"trainer":     {rollout.Read, Look, Teach},
	"auditor":     {rollout.Read, Look},
	"officer":     {rollout.Read},
}

// faculty are the accounts of the tests: two trainers, and whoever is asked for.
type faculty struct{ all []Account }

func (f faculty) Trainers(context.Context) ([]Account, error) { return f.all[:2], nil }

func (f faculty) Account(_ context.Context, id ident.ID) (Account, error) {
	for _, a := range f.all {
		if a.ID == id {
			return a, nil
		}
	}
	return Account{}, fault.New(fault.Missing, "fault.missing")
}

type noEquipment struct{}

func (noEquipment) All(context.Context, []string, time.Time) (map[string]rollout.Verdict, error) {
	return nil, nil
}

type house struct {
	*Service
	t       *testing.T
	at      *clock.Fake
	tree    *org.Tree
	planner access.Actor
	her     access.Actor // coordinator of Gia Lâm
	there   access.Actor // coordinator of Thanh Trì
	trainer access.Actor
	other   access.Actor // another trainer
	auditor access.Actor
	nobody  access.Actor
	course  Course // for communes, without a test
	tested  Course // for communes, with a test
}

// build is a store with the units of Hanoi, Plan 198 and the built-in courses, on
// Thursday 10/11/2016 at 08:00.
func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
	h := &house{t: t, at: at}
	units := org.NewUnits(d, at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	h.tree, err = units.Tree(t.Context(), at.Now())
	h.ok(err)
	cals := calstore.New(d, at)
	h.ok(cals.Seed(t.Context(), at.Now()))
	blobs, err := files.Folder(t.TempDir())
	h.ok(err)
	words, err := i18n.Load(Locale, rollout.Locale, kit.Locale, importer.Locale)
	h.ok(err)
	people := faculty{[]Account{{ID: ident.New(at.Now()), Name: "Vũ Thị Lan Anh"}, {ID: ident.New(at.Now()), Name: "Phan Văn Đức"},
		{ID: ident.New(at.Now()), Name: "Nguyễn Thị Thảo", Unit: dangXa, Audience: OneStop}}}
	plan := rollout.New(d, at, units, noEquipment{})
	h.Service = New(Deps{DB: d, Business: at, Units: units, Rollout: plan, Calendars: cals, Files: files.New(d, at, blobs), People: people, Words: words,
		Imports: importer.New(d, at, words), Key: "a key of the tests", Address: "https://lotrinh.example/"})
	h.ok(h.Seed(t.Context()))
	h.planner, h.her, h.there, h.auditor = h.as("planner", ""), h.as("coordinator", giaLam), h.as("coordinator", "020"), h.as("auditor", "")
	h.trainer, h.other = h.as("trainer", ""), h.as("trainer", "")
	h.trainer.ID, h.other.ID = people.all[0].ID, people.all[1].ID
	h.nobody = h.as("officer", dangXa)
	file, err := rollout.Plan198()
	h.ok(err)
	_, err = plan.ImportPlan(t.Context(), h.planner, file)
	h.ok(err)
	all, err := h.Courses(t.Context(), h.planner)
	h.ok(err)
	for _, c := range all {
		switch c.Code {
		case "TH198-XA":
			h.course = c
		case "TH198-XA2":
			h.tested = c
		}
	}
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) as(role access.Role, under string) access.Actor {
	return policy.As(access.Actor{ID: ident.New(h.at.Now()), Name: "Nguyễn Thị Mai", Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
}

// class plans a class of a course in a room of its own on a day of November 2016, from
// 08:00 to 11:30.
func (h *house) class(c Course, day, capacity int) Class {
	h.t.Helper()
	out, err := h.PlanClass(h.t.Context(), h.planner, h.form(c, day, capacity))
	h.ok(err)
	return out
}

func (h *house) form(c Course, day, capacity int) ClassForm {
	return ClassForm{Course: string(c.ID), Day: fmt.Sprintf("2016-11-%02d", day), From: "08:00", Until: "11:30", Room: fmt.Sprint("Hội trường ", day), Trainer: string(h.trainer.ID), Capacity: fmt.Sprint(capacity)}
}

// staff are the four people of a commune, put on the roster.
func (h *house) staff(unit string) []Person {
	h.t.Helper()
	var out []Person
	for i, a := range OfCommune.Audiences() {
		p, err := h.AddPerson(h.t.Context(), h.planner, PersonForm{Unit: unit, Audience: string(a), Name: fmt.Sprintf("Nguyễn Văn %c", 'A'+i), Code: fmt.Sprintf("HN%s%d", unit, i),
			Phone: fmt.Sprintf("09%s%03d", unit, 100+i)})
		h.ok(err)
		out = append(out, p)
	}
	return out
}

func ids(people []Person) []ident.ID {
	var out []ident.ID
	for _, p := range people {
		out = append(out, p.ID)
	}
	return out
}

// enrol registers people and gives their seats, in the order of the people.
func (h *house) enrol(c Class, people ...Person) []Seat {
	h.t.Helper()
	out, err := h.Register(h.t.Context(), h.planner, c.ID, ids(people))
	h.ok(err)
	if len(out.Seats) != len(people) {
		h.t.Fatalf("%d of %d got a seat: %+v", len(out.Seats), len(people), out.Refused)
	}
	return out.Seats
}

// clock sets the clock to a moment of November 2016 in the city.
func (h *house) clock(day, hour, minute int) {
	h.at.Set(time.Date(2016, 11, day, hour, minute, 0, 0, clock.City))
}

// verdict is what the gate knows of a commune's training: the answer and the keys of its
// reasons; empty while nothing is known.
func (h *house) verdict(unit string) (rollout.Answer, []string) {
	h.t.Helper()
	v, err := h.Rollout.Unit(h.t.Context(), h.planner, "KH198", unit)
	h.ok(err)
	for _, i := range v.Official.Items {
		if i.Criterion.Key != "training" || i.Verified == nil {
			continue
		}
		var keys []string
		for _, r := range i.Verified.Why() {
			keys = append(keys, r.Key)
		}
		return i.Verified.Answer, keys
	}
	return "", nil
}

// stands is a class and its seats as they stand, the seats in their order.
func (h *house) stands(c Class) (Class, []Seat) {
	h.t.Helper()
	var rows []Seat
	h.ok(h.DB.Read().NewSelect().Model(&c).WherePK().Scan(h.t.Context()))
	h.ok(h.DB.Read().NewSelect().Model(&rows).Where("ts.class = ?", c.ID).Order("ts.id").Scan(h.t.Context()))
	return c, rows
}

func states(rows []Seat) []SeatState {
	var out []SeatState
	for _, x := range rows {
		out = append(out, x.State)
	}
	return out
}

func same(t *testing.T, what string, got, want []SeatState) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

var firstPage = page.Read("", "")
