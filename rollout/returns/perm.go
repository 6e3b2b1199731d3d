package returns

import (
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

// The rights of this room; who may read the rollout reads returns.
const (
	HandIn  access.Perm = "rollout.return.hand_in" // write and hand in a commune's return
	Compile access.Perm = "rollout.return.compile" // the same for a district
	Depart  access.Perm = "rollout.return.depart"  // the same for a department
	Check   access.Perm = "rollout.return.check"   // accept communes' returns or send them back
	Manage  access.Perm = "rollout.return.manage"  // rounds, forms, extensions; check districts and departments
)

// Level is whose return it is.
type Level string

// The levels.
const (
	Commune    Level = "commune"
	District   Level = "district"
	Department Level = "department"
)

// Levels are all of them, from below.
var Levels = []Level{Commune, District, Department}

// writes is the right to write a return of the level.
func (l Level) writes() access.Perm {
	switch l {
	case District:
		return Compile
	case Department:
		return Depart
	}
	return HandIn
}

// checks is the right to check a return of the level.
func (l Level) checks() access.Perm {
	if l == Commune {
		return Check
	}
	return Manage
}

// may is nil when the actor holds the right where the sheet belongs.
func (x Sheet) may(who access.Actor, p access.Perm) error {
	if x.Level == Department {
		return who.Need(p)
	}
	return who.NeedAt(p, x.Unit)
}

// can is may as a word.
func (x Sheet) can(who access.Actor, p access.Perm) bool { return x.may(who, p) == nil }

func missing() error { return fault.New(fault.Missing, "fault.missing") }
