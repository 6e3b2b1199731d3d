package whatif

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"lotrinh/inventory/readiness"
)

// sideBySide is how many communes are thought through before the next: what they need to remember is small then.
const sideBySide = 64

// errand is what a commune needs, without what others could lend it.
type errand struct {
	before   readiness.Result
	trolleys []*trolley // by kind
}

// errands are those of all communes, in their order. No commune's depends on another's, so that they are found side by side.
func errands(units []Unit, allow Allow, at time.Time) []errand {
	out := make([]errand, len(units))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(units)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(units); i = int(next.Add(1)) - 1 {
				out[i] = errandOf(units[i], allow, at)
			}
		})
	}
	all.Wait()
	return out
}

func errandOf(u Unit, allow Allow, at time.Time) errand {
	e := errand{before: readiness.Judge(u.Case, at)}
	if Ready(e.before.Verdict) || u.blind() {
		return e
	}
	for _, kind := range kindsOf(u.Case) {
		t := newTrolley(u, kind, allow, at)
		if t.lacks && t.fill() {
			t.filled = true
			t.spare()
		}
		e.trolleys = append(e.trolleys, t)
	}
	return e
}
