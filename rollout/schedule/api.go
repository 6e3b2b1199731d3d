package schedule

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/rollout"
)

const apiRoot = "/api/v1/plans"

// api declares the operations by which other systems read plans and report what is done.
func (s *Service) api(r *httpx.Router) {
	op := func(method, path, id, summary string, in, out any) httpx.Op {
		return httpx.Op{Method: method, Path: apiRoot + path, ID: id, Tag: "rollout", Summary: summary, In: in, Out: out}
	}
	r.API(op("GET", "", "listPlans", "The plans of phases", nil, httpx.List[planJSON]{}), s.apiPlans)
	r.API(op("GET", "/:id", "getPlan", "A plan with its resources, the bound that it cannot beat, and how far the work is", nil, planDetail{}), s.apiPlan)
	tasks := op("GET", "/:id/tasks", "listPlanTasks", "The tasks of a plan within reach, with the days that the planner gave them", nil, httpx.List[taskJSON]{})
	tasks.Query = append([]httpx.Param{{Name: "unit", Doc: "code of a commune or a district"}}, httpx.Paged...)
	r.API(tasks, s.apiTasks)
	r.API(op("GET", "/:id/baselines", "listBaselines", "What was agreed on, newest first", nil, httpx.List[baselineJSON]{}), s.apiBaselines)
	r.API(op("GET", "/baselines/:id", "getBaseline", "A baseline with its content", nil, baselineDetail{}), s.apiBaseline)
	makes := op("POST", "", "makePlan", "Draft the plan of a phase and place its tasks", planIn{}, planJSON{})
	makes.Status, makes.Creates = http.StatusCreated, true
	r.API(makes, s.apiMake)
	freeze := op("POST", "/:id/baselines", "freezeBaseline", "Keep the plan as it stands, for ever", freezeIn{}, baselineJSON{})
	freeze.Status, freeze.Creates, freeze.Changes = http.StatusCreated, true, true
	r.API(freeze, s.apiFreeze)
	compute := op("POST", "/:id/computation", "computePlan", "Place the tasks again; what is done or promised stays", nil, planJSON{})
	compute.Changes = true
	r.API(compute, s.apiCompute)
	done := op("POST", "/tasks/:id/completion", "completeTask", "Report the day on which a task was finished, or take it back", doneIn{}, nil)
	done.Status, done.Changes = http.StatusNoContent, true
	r.API(done, s.apiDone)
}

type planJSON struct {
	ID         ident.ID   `json:"id"`
	Programme  string     `json:"programme"`
	Phase      int        `json:"phase"`
	FromOn     string     `json:"from_on"`
	LastOn     string     `json:"last_on,omitempty" doc:"the last day of work; absent when there is no calendar"`
	Late       int        `json:"late" doc:"tasks that end after their due day"`
	ComputedAt *time.Time `json:"computed_at"`
	Version    int64      `json:"version"`
}

type resourceJSON struct {
	Key      string `json:"key"`
	Capacity int    `json:"capacity"`
	Days     []Span `json:"days"`
}

type planDetail struct {
	Plan      planJSON       `json:"plan"`
	Resources []resourceJSON `json:"resources"`
	LeastOn   string         `json:"least_on,omitempty" doc:"no plan with these resources ends earlier"`
	Tasks     int            `json:"tasks"`
	Done      int            `json:"done"`
	SPI       *float64       `json:"spi" doc:"SPI(t) against the newest baseline"`
}

type taskJSON struct {
	ID         ident.ID `json:"id"`
	Kind       Kind     `json:"kind"`
	Step       string   `json:"step,omitempty"`
	Number     int      `json:"number,omitempty"`
	Title      string   `json:"title"`
	Unit       string   `json:"unit,omitempty"`
	Owner      string   `json:"owner,omitempty"`
	Duration   int      `json:"duration" doc:"working days"`
	FirstOn    string   `json:"first_on,omitempty"`
	LastOn     string   `json:"last_on,omitempty"`
	DueOn      string   `json:"due_on,omitempty"`
	PromisedOn string   `json:"promised_on,omitempty"`
	DoneOn     string   `json:"done_on,omitempty"`
	Slip       *int     `json:"slip_days" doc:"working days behind the newest baseline"`
	Version    int64    `json:"version"`
}

type baselineJSON struct {
	ID     ident.ID  `json:"id"`
	Name   string    `json:"name"`
	Hash   string    `json:"hash" doc:"SHA-256 of the content"`
	Intact bool      `json:"intact" doc:"whether the hash is still that of the content"`
	MadeBy string    `json:"made_by"`
	MadeAt time.Time `json:"made_at"`
}

func outBaseline(b Baseline) baselineJSON {
	return baselineJSON{b.ID, b.Name, b.Hash, b.Intact(), b.MadeName, b.MadeAt}
}

type baselineDetail struct {
	Baseline baselineJSON `json:"baseline"`
	Content  Frozen       `json:"content"`
}

type planIn struct {
	Programme   string `json:"programme"`
	Phase       int    `json:"phase" doc:"ordinal"`
	FromOn      string `json:"from_on" doc:"first day, 2016-11-14"`
	Classes     int    `json:"classes"`
	Trainers    int    `json:"trainers"`
	Trucks      int    `json:"trucks"`
	Stops       int    `json:"stops" doc:"communes that a lorry serves on a day"`
	Technicians int    `json:"technicians"`
	Volunteers  int    `json:"volunteers"`
	Testers     int    `json:"testers"`
	Notice      int    `json:"notice" doc:"working days of telling people before the start"`
	Trial       int    `json:"trial" doc:"working days of trial"`
}

type freezeIn struct {
	Name string `json:"name"`
}

type doneIn struct {
	On string `json:"on" doc:"2016-11-14; empty takes it back"`
}

// outPlan is the plan as the API tells it, without its tasks.
func (b *book) outPlan() planJSON {
	d := b.draft
	out := planJSON{d.ID, d.Programme, d.Phase, d.FromOn, "", b.result.Late, d.ComputedAt, d.Version}
	if b.result.Span > 0 {
		out.LastOn = b.axis.date(b.result.Span - 1)
	}
	return out
}

func (s *Service) apiPlans(c *httpx.Ctx) error {
	if err := c.Who.Need(rollout.Read); err != nil {
		return err
	}
	var drafts []Draft
	if err := s.DB.Read().NewSelect().Model(&drafts).Order("pd.programme", "pd.phase").Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	cal, err := s.calendar(c.Std())
	if err != nil {
		return err
	}
	out := httpx.List[planJSON]{Items: make([]planJSON, len(drafts))}
	for i, d := range drafts {
		b := &book{draft: d, result: unpack[Result](d.Result)}
		if b.axis, err = newAxis(cal, d.FromOn); err != nil {
			return err
		}
		out.Items[i] = b.outPlan()
	}
	return c.Reply(0, out)
}

// asked is the plan that the address names.
func (s *Service) asked(c *httpx.Ctx) (*book, error) {
	if err := c.Who.Need(rollout.Read); err != nil {
		return nil, err
	}
	key, err := id(c)
	if err != nil {
		return nil, err
	}
	return s.load(c.Std(), s.DB.Read(), key)
}

func (s *Service) apiPlan(c *httpx.Ctx) error {
	b, err := s.asked(c)
	if err != nil {
		return err
	}
	out := planDetail{Plan: b.outPlan(), Resources: make([]resourceJSON, len(b.resources)), Tasks: len(b.tasks)}
	for i, r := range b.resources {
		out.Resources[i] = resourceJSON{r.Key, r.Capacity, append([]Span{}, r.Spans()...)}
	}
	for _, t := range b.tasks {
		if t.DoneOn != "" {
			out.Done++
		}
	}
	if n := b.result.Least.Days; n > 0 {
		out.LeastOn = b.axis.date(n - 1)
	}
	f, known, err := s.latest(c.Std(), s.DB.Read(), b.draft.ID)
	if err != nil {
		return err
	}
	if known {
		e, _ := b.earned(f, s.today())
		if i, ok := e.Index(); ok {
			out.SPI = &i
		}
	}
	return c.ReplyVersion(0, b.draft.Version, out)
}

func (s *Service) apiTasks(c *httpx.Ctx) error {
	b, err := s.asked(c)
	if err != nil {
		return err
	}
	f, known, err := s.latest(c.Std(), s.DB.Read(), b.draft.ID)
	if err != nil {
		return err
	}
	tree, err := s.tree(c.Std())
	if err != nil {
		return err
	}
	agreed := f.byTask()
	under := tree.Under(c.Query("unit"))
	after, limit := -1, page.Read("", c.Query("limit")).Limit
	if n, err := strconv.Atoi(c.Query("after")); err == nil {
		after = n
	}
	out, last := httpx.List[taskJSON]{Items: []taskJSON{}}, 0
	for _, t := range b.tasks {
		if t.Ordinal <= after || !sees(c.Who, t) || c.Query("unit") != "" && !slices.Contains(under, t.Unit) {
			continue
		}
		if len(out.Items) == limit {
			out.Next = strconv.Itoa(last)
			break
		}
		j := taskJSON{t.ID, t.Kind, t.Step, t.Number, called(c.T, t), t.Unit, t.Owner, t.Duration, "", "", t.DueOn, t.PromisedOn, t.DoneOn, nil, t.Version}
		if from, until, ok := b.bar(t, b.result); ok {
			j.FirstOn, j.LastOn = b.axis.date(from), b.axis.date(until-1)
		}
		if was, there := agreed[t.ID]; known && there {
			n := b.slipFrom(t, was)
			j.Slip = &n
		}
		out.Items, last = append(out.Items, j), t.Ordinal
	}
	return c.Reply(0, out)
}

func (s *Service) apiBaselines(c *httpx.Ctx) error {
	b, err := s.asked(c)
	if err != nil {
		return err
	}
	var rows []Baseline
	if err := s.DB.Read().NewSelect().Model(&rows).Where("pb.draft = ?", b.draft.ID).Order("pb.id DESC").Limit(page.Max).Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	out := httpx.List[baselineJSON]{Items: make([]baselineJSON, len(rows))}
	for i, r := range rows {
		out.Items[i] = outBaseline(r)
	}
	return c.Reply(0, out)
}
