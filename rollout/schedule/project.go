package schedule

import (
	"context"

	"lotrinh/internal/kit/fault"
	"lotrinh/rollout/planner"
)

// budget is how many schedules a plan may cost: for the whole of a phase a tenth of a
// second.
const budget = 200

// book is a draft with all that belongs to it.
type book struct {
	draft     Draft
	resources []Resource // by ordinal
	tasks     []Task     // by ordinal
	result    Result
	axis      axis
}

// project is the book as the planner takes it. What is done is a moment at the end of the
// day on which it was done, and needs nothing any more; everything else that is not
// promised begins today or later.
func (b *book) project(today string) planner.Project {
	now, _ := b.axis.at(today)
	p := planner.Project{Days: b.axis.days(), Calendars: []planner.Calendar{{Off: b.axis.off}}}
	for _, r := range b.resources {
		p.Resources = append(p.Resources, b.offer(r))
	}
	for _, t := range b.tasks {
		p.Tasks = append(p.Tasks, b.work(t, now))
	}
	return p
}

func (b *book) offer(r Resource) planner.Resource {
	res := planner.Resource{Capacity: r.Capacity}
	for _, span := range r.Spans() {
		from, ok := b.axis.at(span.From)
		until, also := b.axis.at(span.Until)
		if !ok || !also {
			continue
		}
		from, until = b.axis.inside(from), b.axis.inside(until+1)
		for len(res.Each) < until {
			res.Each = append(res.Each, r.Capacity)
		}
		for d := from; d < until; d++ {
			res.Each[d] = span.Capacity
		}
	}
	return res
}

func (b *book) work(t Task, now int) planner.Task {
	if done, is := b.axis.at(t.DoneOn); is {
		return planner.Task{Calendar: planner.EveryDay, Fixed: true, Start: b.axis.inside(done + 1)}
	}
	w := planner.Task{Duration: t.Duration, Needs: t.needs(), After: t.after(), Release: b.axis.inside(now)}
	if d, is := b.axis.at(t.ReleaseOn); is {
		w.Release = max(w.Release, b.axis.inside(d))
	}
	if d, is := b.axis.at(t.DueOn); is {
		w.Due = max(1, b.axis.inside(d+1))
	}
	if d, is := b.axis.at(t.PromisedOn); is && d >= now {
		w.Fixed, w.Start, w.Release = true, b.axis.inside(d), 0
	}
	return w
}

// solve places the tasks of a project. With a prior result what people know moves as
// little as it must.
func (b *book) solve(ctx context.Context, p planner.Project, prior Result) (Result, error) {
	o := planner.Options{Schedules: budget, Seed: 1}
	if len(prior.Start) > 0 {
		for i := range p.Tasks {
			o.Prior = append(o.Prior, -1)
			if i < len(prior.Start) {
				o.Prior[i] = prior.Start[i]
			}
		}
	}
	plan, err := planner.Solve(ctx, p, o)
	if why, is := planner.Reason(err); is {
		return Result{Failed: why}, nil
	} else if err != nil {
		return Result{}, err
	}
	least, err := planner.Least(p)
	if err != nil {
		return Result{}, err
	}
	if broken := planner.Verify(p, plan.Start); broken != nil {
		return Result{}, fault.New(fault.Internal, "fault.internal")
	}
	return Result{Start: plan.Start, End: plan.End, Span: plan.Span, Late: plan.Late, Moved: plan.Moved, Schedules: plan.Schedules, Least: least}, nil
}

// with is the book as a variant asks for it.
func (b *book) with(changes []Change, under func(place, unit string) bool) *book {
	c := *b
	c.resources = append([]Resource(nil), b.resources...)
	c.tasks = append([]Task(nil), b.tasks...)
	for _, ask := range changes {
		if ask.Resource >= 0 && ask.Resource < len(c.resources) {
			c.resources[ask.Resource].Capacity = ask.Capacity
		}
		for i := range c.tasks {
			switch t := &c.tasks[i]; {
			case t.DoneOn != "":
			case ask.Task != "" && t.ID == ask.Task:
				t.PromisedOn = ask.Day
			case ask.Unit != "" && under(ask.Unit, t.Unit):
				t.ReleaseOn = ask.Day
			}
		}
	}
	return &c
}

// missed is the tasks that end after their due day, by ordinal, with the working days.
func (b *book) missed(r Result) map[int]int {
	out := map[int]int{}
	for _, t := range b.tasks {
		due, is := b.axis.at(t.DueOn)
		if !is || !r.planned(t) {
			continue
		}
		if late := b.axis.worked(due+1, r.End[t.Ordinal]); late > 0 {
			out[t.Ordinal] = late
		}
	}
	return out
}
