package readiness

import "time"

// Memo remembers how assets were judged by lines, for whoever asks about one unit again
// and again with most of its assets as they were. It holds for one moment, for the same
// profiles and figures of the unit, and for assets whose facts nobody writes to.
type Memo struct {
	at time.Time
	of map[memoKey]outcome
}

// memoKey is an asset, by its facts in memory and its state, and a line of a profile.
type memoKey struct {
	facts   *Fact
	n       int
	id      string
	state   string
	profile string
	line    int
}

// NewMemo remembers what is judged at a moment.
func NewMemo(at time.Time) *Memo { return &Memo{at, map[memoKey]outcome{}} }

// Judge is Judge at the memo's moment.
func (m *Memo) Judge(c Case) Result { return judged(c, m.at, m) }

// Verdict is that of Judge at the memo's moment.
func (m *Memo) Verdict(c Case) Verdict { return m.Judge(c).Verdict }

// weigh judges one asset by a line, or remembers how it was judged.
func (j *judge) weigh(profile string, line int, l Line, a Asset) outcome {
	if j.memo == nil || len(a.Facts) == 0 {
		return j.asset(l, a)
	}
	k := memoKey{&a.Facts[0], len(a.Facts), a.ID, a.State, profile, line}
	o, ok := j.memo.of[k]
	if !ok {
		o = j.asset(l, a)
		j.memo.of[k] = o
	}
	return o
}
