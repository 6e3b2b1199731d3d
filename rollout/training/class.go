package training

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Course is what is taught: to whom, how long, with which test. PassMark is how many
// right answers pass; 0 asks for no test. Tries is how often the test may be taken. A
// course that Counts trains for the gate.
type Course struct {
	bun.BaseModel `bun:"table:training_course,alias:tc"`
	ID            ident.ID `bun:"id,pk"`
	Code          string   `bun:"code"`
	Title         string   `bun:"title"`
	TitleEN       string   `bun:"title_en"`
	Level         Level    `bun:"level"`
	Audiences     string   `bun:"audiences"` // divided by spaces
	Hours         int64    `bun:"hours"`
	PassMark      int64    `bun:"pass_mark"`
	Tries         int64    `bun:"tries"`
	Counts        bool     `bun:"counts"`
	Questions     string   `bun:"questions"` // JSON list of Question
	Open          bool     `bun:"open"`      // classes may be planned of it
	Version       int64    `bun:"version"`
}

// For tells whether the course is for an audience.
func (c Course) For(a Audience) bool { return slices.Contains(strings.Fields(c.Audiences), string(a)) }

// Path is the course's page.
func (c Course) Path() string { return Home + "/courses/" + string(c.ID) }

// ClassState is where a class stands.
type ClassState string

// The states of a class. Held and Called off are the ends.
const (
	Planned   ClassState = "open"
	Held      ClassState = "held"
	CalledOff ClassState = "cancelled"
)

// Class is one class on one day: a room and a trainer for so many people. Taken are the
// seats given out, Waiting who waits for one, Attended who came; all three are kept by
// every change of a seat.
type Class struct {
	bun.BaseModel `bun:"table:training_class,alias:cl"`
	ID            ident.ID   `bun:"id,pk"`
	Code          string     `bun:"code"` // LH-2016-0001
	Course        ident.ID   `bun:"course"`
	Unit          string     `bun:"unit"` // the district that it is for; empty for all
	Day           string     `bun:"day"`
	StartsAt      time.Time  `bun:"starts_at"`
	EndsAt        time.Time  `bun:"ends_at"`
	ClosesAt      time.Time  `bun:"closes_at"` // until when communes register
	Room          string     `bun:"room"`
	RoomFold      string     `bun:"room_fold"`
	Trainer       ident.ID   `bun:"trainer"`
	TrainerName   string     `bun:"trainer_name"`
	Capacity      int64      `bun:"capacity"`
	Taken         int64      `bun:"taken"`
	Waiting       int64      `bun:"waiting"`
	Attended      int64      `bun:"attended"`
	State         ClassState `bun:"state"`
	Makeup        bool       `bun:"makeup"`
	Reminded      bool       `bun:"reminded"`
	Note          string     `bun:"note"`
	MadeBy        ident.ID   `bun:"made_by"`
	MadeAt        time.Time  `bun:"made_at"`
	Version       int64      `bun:"version"`
}

// Path is the class's page.
func (c Class) Path() string { return Home + "/classes/" + string(c.ID) }

// Free is how many seats are left.
func (c Class) Free() int64 { return max(0, c.Capacity-c.Taken) }

// Registering tells whether communes may still register at a moment.
func (c Class) Registering(at time.Time) bool { return c.State == Planned && at.Before(c.ClosesAt) }

// Running tells whether people may come in by themselves at a moment: from an hour before
// the beginning until half an hour after the end, while the class is not closed.
func (c Class) Running(at time.Time) bool {
	return c.State == Planned && !at.Before(c.StartsAt.Add(-runUp)) && at.Before(c.EndsAt.Add(30*time.Minute))
}

// ClassForm is a class as somebody typed it. Day is 2016-12-05, From and Until 08:00.
type ClassForm struct {
	Course, Unit, Day, From, Until, Room, Trainer, Capacity, Closes, Note string
}

const (
	longestRoom  = 120
	mostSeats    = 500
	registerDays = 2 // working days before the class by which registration ends
	longestClass = 12 * time.Hour
	runUp        = time.Hour // before a class begins, when people come in
)

// read checks what was typed about a class, all but who teaches what.
func (f ClassForm) read() (Class, error) {
	var k fault.Check
	c := Class{Day: f.Day, Unit: f.Unit, Room: strings.Join(strings.Fields(fold.NFC(f.Room)), " "), Note: strings.TrimSpace(f.Note), State: Planned, Version: 1}
	c.RoomFold = fold.Key(c.Room)
	day, err := clock.ParseDate(f.Day)
	k.Need(err == nil, "day", "form.bad_day")
	from, okFrom := hour(f.From)
	until, okUntil := hour(f.Until)
	k.Need(okFrom, "from", "training.class.hour_bad")
	k.Need(okUntil, "until", "training.class.hour_bad")
	k.Need(!okFrom || !okUntil || from < until && until-from <= longestClass, "until", "training.class.ends_early")
	c.StartsAt, c.EndsAt = day.Add(from), day.Add(until)
	k.Need(c.RoomFold != "", "room", "training.class.room_needed")
	k.Need(utf8.RuneCountInString(c.Room) <= longestRoom, "room", "training.class.room_long", "limit", longestRoom)
	k.Need(utf8.RuneCountInString(c.Note) <= longestNote, "note", "training.note_long", "limit", longestNote)
	n, err := strconv.ParseInt(strings.TrimSpace(f.Capacity), 10, 64)
	k.Need(err == nil && n >= 1 && n <= mostSeats, "capacity", "training.class.capacity_bad", "limit", mostSeats)
	c.Capacity = n
	if typed := strings.TrimSpace(f.Closes); typed != "" {
		at, err := time.ParseInLocation("2006-01-02T15:04", typed, clock.City)
		k.Need(err == nil && !at.After(c.StartsAt), "closes", "training.class.closes_bad")
		c.ClosesAt = at.UTC()
	}
	return c, k.Err()
}

// hour reads 08:00 as the time since midnight.
func hour(s string) (time.Duration, bool) {
	var h, m int
	if n, err := fmt.Sscanf(strings.TrimSpace(s), "%d:%d", &h, &m); err != nil || n != 2 || h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

// Form is the class as a form shows it.
func (c Class) Form() ClassForm {
	city := func(at time.Time, layout string) string { return at.In(clock.City).Format(layout) }
	return ClassForm{Course: string(c.Course), Unit: c.Unit, Day: c.Day, From: city(c.StartsAt, "15:04"), Until: city(c.EndsAt, "15:04"), Room: c.Room,
		Trainer: string(c.Trainer), Capacity: strconv.FormatInt(c.Capacity, 10), Closes: city(c.ClosesAt, "2006-01-02T15:04"), Note: c.Note}
}

// SeatState is where somebody stands in a class.
type SeatState string

// The states of a seat.
const (
	Registered SeatState = "registered"
	Waiting    SeatState = "waiting"
	Attended   SeatState = "attended"
	Absent     SeatState = "absent"
	Withdrawn  SeatState = "withdrawn"
)

// How attendance is known.
const (
	ByCode  = "code"  // the person typed or scanned the code on the screen
	ByPaper = "paper" // from the list that was signed in the hall
	Later   = "later" // recorded after the class was closed, with a reason
)

// The results of a test.
const (
	Passed = "passed"
	Failed = "failed" // no try is left
)

// Seat is a person's place in a class, from registering to the certificate. Its key
// tells the order of registering: who waits moves up in that order.
type Seat struct {
	bun.BaseModel `bun:"table:training_seat,alias:ts"`
	ID            ident.ID  `bun:"id,pk"`
	Class         ident.ID  `bun:"class"`
	Person        ident.ID  `bun:"person"`
	Course        ident.ID  `bun:"course"`
	Unit          string    `bun:"unit"`     // of the person then
	Audience      Audience  `bun:"audience"` // of the person then
	State         SeatState `bun:"state"`
	WalkIn        bool      `bun:"walk_in"` // came without being registered
	How           string    `bun:"how"`
	Reason        string    `bun:"reason"` // why it was recorded afterwards or taken back
	ArrivedAt     time.Time `bun:"arrived_at,nullzero"`
	RecordedBy    ident.ID  `bun:"recorded_by"`
	Recorder      string    `bun:"recorder"`
	Result        string    `bun:"result"`
	Tries         int64     `bun:"tries"`
	Score         int64     `bun:"score"` // the best
	DoneAt        time.Time `bun:"done_at,nullzero"`
	Version       int64     `bun:"version"`
}

// complete tells whether the seat makes its person trained.
func (x Seat) complete(c Course) bool {
	return x.State == Attended && (c.PassMark == 0 || x.Result == Passed)
}
