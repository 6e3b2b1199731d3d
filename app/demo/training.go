package demo

import (
	"context"
	"fmt"
	"strconv"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/rollout/training"
)

// lesson is a class of phase 1 with the seats of its people, and who of them stays away.
type lesson struct {
	class training.Class
	came  []ident.ID
}

// hour is when a class is held: in the morning or in the afternoon, in one of two rooms.
type hour struct {
	day, from, until string
	room, trainer    int
}

func morning(day string, room, trainer int) hour { return hour{day, "08:00", "11:30", room, trainer} }

func afternoon(day string, room, trainer int) hour {
	return hour{day, "13:30", "17:00", room, trainer}
}

// firstClasses are the eighteen classes of phase 1, by district: eight in Gia Lâm, Thanh
// Trì and Hoài Đức, ten in Ba Vì, Sóc Sơn and Đông Anh.
var firstClasses = []struct {
	district string
	hours    []hour
}{
	{"271", []hour{afternoon("2016-10-26", 0, 0), afternoon("2016-10-26", 1, 1), morning("2016-10-27", 0, 0), morning("2016-10-27", 1, 1)}},
	{"016", []hour{morning("2016-10-28", 0, 2), morning("2016-10-28", 1, 3), afternoon("2016-10-28", 0, 2)}},
	{"020", []hour{morning("2016-10-31", 0, 4), afternoon("2016-10-31", 0, 4)}},
	{"018", []hour{morning("2016-11-01", 0, 0), morning("2016-11-01", 1, 5), afternoon("2016-11-01", 0, 0)}},
	{"017", []hour{morning("2016-11-02", 0, 6), morning("2016-11-02", 1, 7), afternoon("2016-11-02", 0, 6)}},
	{"274", []hour{morning("2016-11-03", 0, 1), morning("2016-11-03", 1, 2), afternoon("2016-11-03", 0, 1)}},
}

// stayedAway are the communes of Ba Vì whose labour officers did not come.
var stayedAway = map[string]bool{"09682": true, "09685": true, "09688": true, "09691": true}

var (
	surnames = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"}
	middles  = []string{"Văn", "Thị", "Đình", "Thu", "Quang", "Ngọc", "Minh", "Thanh", "Hữu"}
	givens   = []string{"An", "Bình", "Chi", "Dung", "Giang", "Hải", "Hằng", "Hùng", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Phong", "Quân", "Sơn", "Tâm", "Thắng", "Thủy", "Tuấn", "Vân", "Yến"}
)

// roles of accounts that stand for an audience of their commune.
var roles = map[training.Audience]access.Role{training.Leader: org.SigningLeader, training.OneStop: org.OneStopOfficer, training.Civil: org.CivilStatusOfficer, training.Labour: org.LabourOfficer}

// officials are the four people of a commune: those with accounts, and invented ones.
func (h House) officials(unit string) []training.PersonForm {
	n, err := strconv.Atoi(unit)
	if err != nil {
		n = len(unit)
	}
	var out []training.PersonForm
	for i, a := range training.OfCommune.Audiences() {
		f := training.PersonForm{Unit: unit, Audience: string(a), Code: fmt.Sprintf("HN-%s-%d", unit, i+1),
			Name: surnames[(n+i*5)%len(surnames)] + " " + middles[(n/3+i)%len(middles)] + " " + givens[(n*7+i*11)%len(givens)]}
		for _, p := range h.staff {
			if p.Home == unit && p.Role == roles[a] {
				f.Name = p.Name
			}
		}
		out = append(out, f)
	}
	return out
}

// train plays a step of the training.
func (h House) train(ctx context.Context, who access.Actor, a act) error {
	switch a.Act {
	case "train.plan":
		return h.planFirst(ctx, who)
	case "train.hold":
		return h.holds(ctx, who, a.District)
	case "train.early":
		return h.early(ctx, who, a.Units)
	}
	return h.drafts(ctx, who)
}

// school is what a class is planned from.
type school struct {
	courses  map[string]training.Course
	trainers []training.Account
	units    *org.Tree
}

func (h House) school(ctx context.Context, who access.Actor) (school, error) {
	s := school{courses: map[string]training.Course{}}
	all, err := h.Training.Courses(ctx, who)
	if err != nil {
		return s, err
	}
	for _, c := range all {
		s.courses[c.Code] = c
	}
	for i := range 8 {
		login := "trainer"
		if i > 0 {
			login += strconv.Itoa(i + 1)
		}
		t, err := h.People.Actor(ctx, login)
		if err != nil {
			return s, err
		}
		s.trainers = append(s.trainers, training.Account{ID: t.ID, Name: t.Name})
	}
	s.units, err = h.Units.Tree(ctx, h.Training.Business.Now())
	return s, err
}

// class plans a class of a district and registers people for it.
func (h House) class(ctx context.Context, who access.Actor, s school, course, district string, at hour, seats int, people []training.Person) (training.Enrolled, error) {
	rooms := []string{"Hội trường UBND " + s.units.Name(district), "Phòng họp số 2, UBND " + s.units.Name(district)}
	c, err := h.Training.PlanClass(ctx, who, training.ClassForm{Course: string(s.courses[course].ID), Unit: district, Day: at.day, From: at.from, Until: at.until, Room: rooms[at.room],
		Trainer: string(s.trainers[at.trainer].ID), Capacity: strconv.Itoa(seats)})
	if err != nil || len(people) == 0 {
		return training.Enrolled{Class: c}, err
	}
	keys := make([]ident.ID, len(people))
	for i, p := range people {
		keys[i] = p.ID
	}
	return h.Training.Register(ctx, who, c.ID, keys)
}

// planFirst enters the people of phase 1 and plans its classes.
func (h House) planFirst(ctx context.Context, who access.Actor) error {
	s, err := h.school(ctx, who)
	if err != nil {
		return err
	}
	for _, d := range firstClasses {
		communes := s.units.Communes(d.district)
		var forms []training.PersonForm
		for _, u := range communes {
			forms = append(forms, h.officials(u.Code)...)
		}
		people, err := h.Training.AddPeople(ctx, who, forms...)
		if err != nil {
			return err
		}
		each := (len(communes) + len(d.hours) - 1) / len(d.hours) * len(training.OfCommune.Audiences())
		for i, at := range d.hours {
			some := people[min(i*each, len(people)):min((i+1)*each, len(people))]
			out, err := h.class(ctx, who, s, "TH198-XA", d.district, at, 36, some)
			if err != nil {
				return err
			}
			l := lesson{class: out.Class}
			for _, x := range out.Seats {
				if x.Audience != training.Labour || !stayedAway[x.Unit] {
					l.came = append(l.came, x.ID)
				}
			}
			h.lessons[d.district] = append(h.lessons[d.district], l)
		}
	}
	return nil
}

// holds takes the attendance of a district's classes from the paper lists and closes them.
func (h House) holds(ctx context.Context, who access.Actor, district string) error {
	for _, l := range h.lessons[district] {
		if _, err := h.Training.Roll(ctx, who, l.class.ID, l.came, ""); err != nil {
			return err
		}
		if _, err := h.Training.CloseClass(ctx, who, l.class.ID, l.class.Version); err != nil {
			return err
		}
	}
	return nil
}

// drafts plans the first classes of phase 2: one on the morning of the demo, one that is
// full, one with seats left.
func (h House) drafts(ctx context.Context, who access.Actor) error {
	s, err := h.school(ctx, who)
	if err != nil {
		return err
	}
	var people []training.Person
	for _, district := range []string{"273", "250"} {
		var forms []training.PersonForm
		for i, u := range s.units.Communes(district)[:12] {
			for j, f := range h.officials(u.Code) {
				if i == 0 {
					f.Phone = fmt.Sprintf("0912%s%02d", district, j+1) + "0"
				}
				forms = append(forms, f)
			}
		}
		some, err := h.Training.AddPeople(ctx, who, forms...)
		if err != nil {
			return err
		}
		people = append(people, some...)
	}
	for _, x := range []struct {
		district    string
		at          hour
		seats       int
		first, last int
	}{{"273", hour{"2016-11-10", "08:30", "11:30", 0, 0}, 31, 0, 28}, {"273", morning("2016-11-22", 0, 0), 16, 28, 48}, {"250", morning("2016-11-23", 0, 1), 31, 48, 68}, {"250", afternoon("2016-11-23", 0, 1), 31, 0, 0}} {
		if _, err := h.class(ctx, who, s, "TH198-XA2", x.district, x.at, x.seats, people[x.first:x.last]); err != nil {
			return err
		}
	}
	return nil
}
