package planner

import (
	"errors"
	"fmt"
)

// The largest project that is planned: beyond it a project is refused, so that no input
// can take the machine's memory.
const (
	MostTasks     = 200_000
	MostDays      = 400_000
	MostLinks     = 2_000_000
	MostResources = 256
)

// Project is what is to be planned. Its slices are only read.
type Project struct {
	Days      int // the axis is [0, Days): a plan that needs more does not exist
	Calendars []Calendar
	Resources []Resource
	Tasks     []Task
}

// Calendar says which days are worked: Off[d] is true on a day that is not. Days behind
// the end of Off are worked.
type Calendar struct{ Off []bool }

// Resource offers Capacity units a day, or Each[d] on the days that Each covers.
type Resource struct {
	Capacity int
	Each     []int
}

// on is what the resource offers on a day.
func (r Resource) on(day int) int {
	if day < len(r.Each) {
		return r.Each[day]
	}
	return r.Capacity
}

// Need is an amount of a resource, by its index, on every working day of a task.
type Need struct{ Resource, Amount int }

// Link says that a task starts once another, by its index, ended and Lag further
// working days of the later task's calendar went by.
type Link struct{ Task, Lag int }

// EveryDay is the calendar of a task that works on all days.
const EveryDay = -1

// Task is a piece of work that is not interrupted but by days off.
type Task struct {
	Duration int // working days; 0 is a moment
	Calendar int // index, or EveryDay
	Needs    []Need
	After    []Link
	Release  int  // the first day on which it may start
	Due      int  // it should have ended by then ([…, Due)); 0: no due day
	Fixed    bool // it starts at Start, come what may
	Start    int  // of a fixed task
}

// Why is what makes a project impossible to plan.
type Why string

// The reasons for which a project has no plan.
const (
	BadTask    Why = "bad_task"    // a number of a task is out of its range, or names nothing
	BadSize    Why = "bad_size"    // too large or too small as a whole
	Circle     Why = "circle"      // the task waits for itself, through others
	TooMuch    Why = "too_much"    // the task needs more than the resource ever offers
	FixedClash Why = "fixed_clash" // fixed tasks need more of a resource on a day than there is
	FixedOrder Why = "fixed_order" // a fixed task starts before what it follows has ended
	FixedOff   Why = "fixed_off"   // a fixed task starts on a day off, or before its release
	NoRoom     Why = "no_room"     // the task fits nowhere: before a fixed one that follows it, or on the axis
)

// Impossible is why a project has no plan. Task and Other are indexes, Resource and Day
// are set where the reason concerns one; each is -1 otherwise.
type Impossible struct {
	Why                        Why
	Task, Other, Resource, Day int
}

// Error says the reason for a log; people read Why in their own words.
func (e *Impossible) Error() string {
	return fmt.Sprintf("planner: %s (task %d, other %d, resource %d, day %d)", e.Why, e.Task, e.Other, e.Resource, e.Day)
}

// Reason is the cause inside an error of Solve or Bound.
func Reason(err error) (*Impossible, bool) {
	var e *Impossible
	ok := errors.As(err, &e)
	return e, ok
}

func impossible(why Why, task int) *Impossible {
	return &Impossible{Why: why, Task: task, Other: -1, Resource: -1, Day: -1}
}

// check refuses numbers out of range before anything is built from them.
func check(p Project) error {
	links := 0
	if len(p.Tasks) > MostTasks || p.Days < 0 || p.Days > MostDays || len(p.Resources) > MostResources {
		return impossible(BadSize, -1)
	}
	for _, r := range p.Resources {
		if !sane(r.Capacity) {
			return impossible(BadSize, -1)
		}
		for _, c := range r.Each {
			if !sane(c) {
				return impossible(BadSize, -1)
			}
		}
	}
	for i, t := range p.Tasks {
		if links += len(t.After); links > MostLinks {
			return impossible(BadSize, i)
		}
		if !checkTask(p, i, t) {
			return impossible(BadTask, i)
		}
	}
	return nil
}

func checkTask(p Project, i int, t Task) bool {
	fine := t.Duration >= 0 && t.Duration <= p.Days && t.Release >= 0 && t.Release <= p.Days && t.Due >= 0 &&
		t.Calendar >= EveryDay && t.Calendar < len(p.Calendars) && (!t.Fixed || t.Start >= 0 && t.Start <= p.Days)
	for _, l := range t.After {
		fine = fine && l.Task >= 0 && l.Task < len(p.Tasks) && l.Task != i && l.Lag >= 0 && l.Lag <= p.Days
	}
	for k, n := range t.Needs {
		fine = fine && n.Resource >= 0 && n.Resource < len(p.Resources) && sane(n.Amount)
		for _, m := range t.Needs[:min(k, len(t.Needs))] {
			fine = fine && m.Resource != n.Resource
		}
	}
	return fine
}

// sane tells whether an amount is one that sums over a whole project can hold.
func sane(amount int) bool { return amount >= 0 && amount <= 1_000_000 }
