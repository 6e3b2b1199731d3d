package training

import (
	"slices"
	"strconv"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
)

func (s *Service) apiMakeCourse(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[courseIn](c)
	if err != nil {
		return err
	}
	x, err := s.SaveCourse(c.Std(), c.Who, "", 0, CourseForm{Code: in.Code, Title: in.Title, TitleEN: in.TitleEN, Level: string(in.Level), Audiences: in.Audiences,
		Hours: strconv.Itoa(in.Hours), PassMark: strconv.Itoa(in.PassMark), Tries: strconv.Itoa(max(in.Tries, 1)), Counts: in.Counts, Open: in.Open, Questions: in.Questions})
	if err != nil {
		return err
	}
	return c.Created(apiRoot+"/courses/"+string(x.ID), x.Version, outCourse(c.T, x))
}

func (s *Service) apiPlan(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[classIn](c)
	if err != nil {
		return err
	}
	x, err := s.PlanClass(c.Std(), c.Who, ClassForm{Course: string(in.Course), Unit: in.District, Day: in.Day, From: in.From, Until: in.Until, Room: in.Room,
		Trainer: string(in.Trainer), Capacity: strconv.Itoa(in.Capacity), Closes: in.Closes, Note: in.Note})
	if err != nil {
		return err
	}
	return c.Created(apiRoot+"/classes/"+string(x.ID), x.Version, outClass(x))
}

func (s *Service) apiRegister(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[registerIn](c)
	if err != nil {
		return err
	}
	got, err := s.Register(c.Std(), c.Who, id, in.People)
	if err != nil {
		return err
	}
	people, err := s.called(c, got.Seats)
	if err != nil {
		return err
	}
	out := registerOut{Class: outClass(got.Class), Seats: []seatJSON{}, Refused: []leftJSON{}}
	for _, x := range got.Seats {
		out.Seats = append(out.Seats, outSeat(x, people[x.Person]))
	}
	for _, l := range got.Refused {
		out.Refused = append(out.Refused, leftJSON{l.Person.ID, c.T.Line(l.Why), l.Why.Key})
	}
	return c.Created(apiRoot+"/classes/"+string(id), got.Class.Version, out)
}

// called are the names of the people of seats.
func (s *Service) called(c *httpx.Ctx, seats []Seat) (map[ident.ID]string, error) {
	names := map[ident.ID]string{}
	if len(seats) == 0 {
		return names, nil
	}
	ids := make([]ident.ID, len(seats))
	for i, x := range seats {
		ids[i] = x.Person
	}
	people, err := peopleByID(c.Std(), s.DB.Read(), slices.Compact(slices.Sorted(slices.Values(ids))))
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

func (s *Service) apiAttend(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[attendIn](c)
	if err != nil {
		return err
	}
	x, err := s.Roll(c.Std(), c.Who, id, in.Seats, in.Reason)
	if err != nil {
		return err
	}
	return c.Created(apiRoot+"/classes/"+string(id), x.Version, outClass(x))
}

func (s *Service) apiAddPerson(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[learnerIn](c)
	if err != nil {
		return err
	}
	p, err := s.AddPerson(c.Std(), c.Who, PersonForm{Unit: in.Unit, Audience: string(in.Audience), Name: in.Name, Code: in.Code, Phone: in.Phone, Email: in.Email, Born: in.Born})
	if err != nil {
		return err
	}
	return c.Created(peopleAt+"/"+string(p.ID), p.Version, outLearner(p))
}

func (s *Service) apiWithdraw(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	x, err := s.Withdraw(c.Std(), c.Who, id, version)
	if err != nil {
		return httpx.Stale(err)
	}
	return c.Reply(0, outClass(x))
}
