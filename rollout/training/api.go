package training

import (
	"net/http"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

const apiRoot = "/api/v1/training"

// api declares the operations by which other systems read and feed training.
func (s *Service) api(r *httpx.Router) {
	op := func(method, path, id, summary string, in, out any) httpx.Op {
		return httpx.Op{Method: method, Path: apiRoot + path, ID: id, Tag: "rollout", Summary: summary, In: in, Out: out}
	}
	made := func(o httpx.Op) httpx.Op { o.Status, o.Creates = http.StatusCreated, true; return o }
	r.API(op("GET", "/courses", "listCourses", "Courses, those that may be planned first", nil, httpx.List[courseJSON]{}), s.apiCourses)
	r.API(op("GET", "/courses/:id", "getCourse", "One course", nil, courseJSON{}), s.apiCourse)
	r.API(made(op("POST", "/courses", "makeCourse", "Make a course", courseIn{}, courseJSON{})), s.apiMakeCourse)
	list := op("GET", "/classes", "listClasses", "Classes that concern the caller, by their beginning", nil, httpx.List[classJSON]{})
	list.Query = append([]httpx.Param{{Name: "from", Doc: "first day, 2016-11-01; a month ago unasked"}, {Name: "until", Doc: "the day after the last; three months ahead unasked"},
		{Name: "district", Doc: "code of a district"}}, httpx.Paged...)
	r.API(list, s.apiClasses)
	r.API(op("GET", "/classes/:id", "getClass", "A class with those of its people who are within reach", nil, classDetail{}), s.apiClass)
	r.API(made(op("POST", "/classes", "planClass", "Plan a class", classIn{}, classJSON{})), s.apiPlan)
	r.API(made(op("POST", "/classes/:id/registrations", "registerLearners", "Register people of the roster; those for whom no seat is left wait", registerIn{}, registerOut{})), s.apiRegister)
	r.API(made(op("POST", "/classes/:id/attendance", "recordAttendance", "Record who was there, from the list that was signed", attendIn{}, classJSON{})), s.apiAttend)
	people := op("GET", "/people", "listLearners", "The roster within reach", nil, httpx.List[learnerJSON]{})
	people.Query = append([]httpx.Param{{Name: "under", Doc: "code of a district or a commune"}}, httpx.Paged...)
	r.API(people, s.apiPeople)
	r.API(made(op("POST", "/people", "addLearner", "Put somebody on the roster", learnerIn{}, learnerJSON{})), s.apiAddPerson)
	back := op("POST", "/seats/:id/withdrawal", "withdrawLearner", "Take a registration back before the class begins", nil, classJSON{})
	back.Changes = true
	r.API(back, s.apiWithdraw)
}

type courseJSON struct {
	ID        ident.ID `json:"id"`
	Code      string   `json:"code"`
	Title     string   `json:"title"`
	Level     Level    `json:"level" doc:"commune or district"`
	Audiences []string `json:"audiences"`
	Hours     int64    `json:"hours"`
	PassMark  int64    `json:"pass_mark" doc:"right answers that pass; 0 when there is no test"`
	Questions int      `json:"questions"`
	Counts    bool     `json:"counts" doc:"whether it trains for the gate"`
	Open      bool     `json:"open" doc:"whether classes may be planned of it"`
	Version   int64    `json:"version"`
}

func outCourse(t i18n.T, c Course) courseJSON {
	return courseJSON{c.ID, c.Code, inLang(t, c.Title, c.TitleEN), c.Level, strings.Fields(c.Audiences), c.Hours, c.PassMark, len(c.Test()), c.Counts, c.Open, c.Version}
}

type courseIn struct {
	Code      string   `json:"code"`
	Title     string   `json:"title"`
	TitleEN   string   `json:"title_en,omitempty"`
	Level     Level    `json:"level" doc:"commune or district"`
	Audiences []string `json:"audiences"`
	Hours     int      `json:"hours"`
	PassMark  int      `json:"pass_mark,omitempty"`
	Tries     int      `json:"tries,omitempty" doc:"how often the test may be taken; 1 unsaid"`
	Questions string   `json:"questions,omitempty" doc:"as the form of a course takes them"`
	Counts    bool     `json:"counts,omitempty"`
	Open      bool     `json:"open,omitempty"`
}

type classJSON struct {
	ID       ident.ID   `json:"id"`
	Code     string     `json:"code"`
	Course   ident.ID   `json:"course"`
	District string     `json:"district,omitempty" doc:"the one that it is for; absent: for all"`
	Starts   time.Time  `json:"starts_at"`
	Ends     time.Time  `json:"ends_at"`
	Closes   time.Time  `json:"closes_at" doc:"until when communes register"`
	Room     string     `json:"room"`
	Trainer  string     `json:"trainer"`
	Capacity int64      `json:"capacity"`
	Taken    int64      `json:"taken"`
	Waiting  int64      `json:"waiting"`
	Attended int64      `json:"attended"`
	State    ClassState `json:"state" doc:"open, held or cancelled"`
	Makeup   bool       `json:"makeup"`
	Version  int64      `json:"version"`
}

func outClass(c Class) classJSON {
	return classJSON{c.ID, c.Code, c.Course, c.Unit, c.StartsAt, c.EndsAt, c.ClosesAt, c.Room, c.TrainerName, c.Capacity, c.Taken, c.Waiting, c.Attended, c.State, c.Makeup, c.Version}
}

type seatJSON struct {
	ID       ident.ID   `json:"id"`
	Person   ident.ID   `json:"person"`
	Name     string     `json:"name"`
	Unit     string     `json:"unit"`
	Audience Audience   `json:"audience"`
	State    SeatState  `json:"state" doc:"registered, waiting, attended or absent"`
	How      string     `json:"how,omitempty" doc:"how attendance is known: code, paper or later"`
	Arrived  *time.Time `json:"arrived_at"`
	Result   string     `json:"result,omitempty" doc:"of the test: passed or failed"`
	Trained  *time.Time `json:"trained_at" doc:"since when the seat makes its person trained"`
	Version  int64      `json:"version"`
}

func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

type classDetail struct {
	Class classJSON  `json:"class"`
	Seats []seatJSON `json:"seats"`
}

type classIn struct {
	Course   ident.ID `json:"course"`
	District string   `json:"district,omitempty"`
	Day      string   `json:"day" doc:"2016-12-05"`
	From     string   `json:"from" doc:"08:00, the city's time"`
	Until    string   `json:"until" doc:"11:30"`
	Room     string   `json:"room"`
	Trainer  ident.ID `json:"trainer" doc:"an account that teaches"`
	Capacity int      `json:"capacity"`
	Closes   string   `json:"closes,omitempty" doc:"2016-12-01T17:00; two working days before the class unsaid"`
	Note     string   `json:"note,omitempty"`
}

type registerIn struct {
	People []ident.ID `json:"people"`
}

type leftJSON struct {
	Person ident.ID `json:"person"`
	Reason string   `json:"reason"`
	Key    string   `json:"key" doc:"the reason as a stable name"`
}

type registerOut struct {
	Class   classJSON  `json:"class"`
	Seats   []seatJSON `json:"seats" doc:"given now"`
	Refused []leftJSON `json:"refused"`
}

type attendIn struct {
	Seats  []ident.ID `json:"seats"`
	Reason string     `json:"reason,omitempty" doc:"needed once the class is closed"`
}

type learnerJSON struct {
	ID       ident.ID `json:"id"`
	Unit     string   `json:"unit"`
	Audience Audience `json:"audience"`
	Name     string   `json:"name"`
	Code     string   `json:"code,omitempty" doc:"of the civil servant"`
	Version  int64    `json:"version"`
}

func outLearner(p Person) learnerJSON {
	return learnerJSON{p.ID, p.Unit, p.Audience, p.Name, p.Code, p.Version}
}

type learnerIn struct {
	Unit     string   `json:"unit" doc:"code of a commune or a district"`
	Audience Audience `json:"audience" doc:"leader, onestop, civil or labour; of a district: leader, office, justice or it"`
	Name     string   `json:"name"`
	Code     string   `json:"code,omitempty"`
	Phone    string   `json:"phone,omitempty"`
	Email    string   `json:"email,omitempty"`
	Born     string   `json:"born,omitempty" doc:"1980-05-31"`
}

func (s *Service) apiCourses(c *httpx.Ctx) error {
	all, err := s.Courses(c.Std(), c.Who)
	if err != nil {
		return err
	}
	out := httpx.List[courseJSON]{Items: make([]courseJSON, len(all))}
	for i, x := range all {
		out.Items[i] = outCourse(c.T, x)
	}
	return c.Reply(0, out)
}

func (s *Service) apiCourse(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	x, err := s.course(c.Std(), c.Params("id"))
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, x.Version, outCourse(c.T, x))
}

// span are the days that a list of classes is asked for.
func (s *Service) span(c *httpx.Ctx) (from, until string) {
	from, until = c.Query("from"), c.Query("until")
	if from == "" {
		from = clock.Date(s.now().AddDate(0, -1, 0))
	}
	if until == "" {
		until = clock.Date(s.now().AddDate(0, 3, 0))
	}
	return from, until
}

func (s *Service) apiClasses(c *httpx.Ctx) error {
	from, until := s.span(c)
	all, err := s.Classes(c.Std(), c.Who, from, until, c.Query("district"))
	if err != nil {
		return err
	}
	cursor, limit := c.Query("after"), page.Read("", c.Query("limit")).Limit
	out, behind := httpx.List[classJSON]{Items: []classJSON{}}, cursor == ""
	for _, x := range all {
		if !behind {
			behind = string(x.ID) == cursor
			continue
		}
		if len(out.Items) == limit {
			out.Next = string(out.Items[limit-1].ID)
			break
		}
		out.Items = append(out.Items, outClass(x.Class))
	}
	return c.Reply(0, out)
}

func (s *Service) apiClass(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	v, err := s.ClassOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	out := classDetail{Class: outClass(v.Class), Seats: []seatJSON{}}
	for _, x := range v.Seats {
		out.Seats = append(out.Seats, outSeat(x.Seat, x.Name))
	}
	return c.ReplyVersion(0, v.Version, out)
}

func outSeat(x Seat, name string) seatJSON {
	return seatJSON{x.ID, x.Person, name, x.Unit, x.Audience, x.State, x.How, moment(x.ArrivedAt), x.Result, moment(x.DoneAt), x.Version}
}

func (s *Service) apiPeople(c *httpx.Ctx) error {
	under := c.Query("under")
	all, err := s.Persons(c.Std(), c.Who, under, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[learnerJSON]{Items: make([]learnerJSON, len(all.Items)), Next: all.Next}
	for i, x := range all.Items {
		out.Items[i] = outLearner(x)
	}
	if err := s.seen(c.Std(), c.Who, "rollout.training.roster.seen", under, len(all.Items)); err != nil {
		return err
	}
	return c.Reply(0, out)
}
