package main

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// result is what one case of a run measured.
type result struct {
	Name          string
	Clients       int
	Count         int
	Asked         int // Count, with what failed and what warmed up
	Failed        int
	Wall          time.Duration
	P50, P95, P99 time.Duration
	Bytes         int64
	Err           error         // the first failure
	Limit         time.Duration // at the 95th percentile; 0 is none
	Each          time.Duration // of a processor that the product took for one; 0 is not measured
}

// PerSecond is how many were answered in a second.
func (r result) PerSecond() float64 {
	if r.Wall <= 0 {
		return 0
	}
	return float64(r.Count) / r.Wall.Seconds()
}

// errEnough ends a client before its time: there is nothing left to ask.
var errEnough = errors.New("enough")

// ask does one request and says how many bytes came back; worker and turn make inputs differ.
type ask func(worker, turn int) (int, error)

// load lets clients ask one after the other, without a pause, until the time is over. Every duration is
// kept, so percentiles are exact. A tenth of the time before it warms up and is thrown away.
func load(name string, clients int, span time.Duration, do ask) result {
	warm := run(clients, span/10, do)
	r := summary(name, clients, run(clients, span, do))
	r.Asked = r.Count + r.Failed
	for _, t := range warm {
		r.Asked += len(t.took) + t.failed
	}
	return r
}

// tally is what one client saw.
type tally struct {
	took   []time.Duration
	bytes  int64
	failed int
	err    error
	wall   time.Duration
}

func run(clients int, span time.Duration, do ask) []tally {
	all := make([]tally, clients)
	var wg sync.WaitGroup
	start := time.Now()
	for w := range clients {
		wg.Go(func() {
			t := tally{took: make([]time.Duration, 0, 1<<14)}
			for turn := 0; time.Since(start) < span; turn++ {
				from := time.Now()
				n, err := do(w, turn)
				if errors.Is(err, errEnough) {
					break
				}
				if err != nil {
					t.failed++
					t.err = err
					continue
				}
				t.took = append(t.took, time.Since(from))
				t.bytes += int64(n)
			}
			t.wall = time.Since(start)
			all[w] = t
		})
	}
	wg.Wait()
	return all
}

func summary(name string, clients int, all []tally) result {
	r := result{Name: name, Clients: clients}
	var took []time.Duration
	for _, t := range all {
		took = append(took, t.took...)
		r.Failed += t.failed
		r.Bytes += t.bytes
		r.Wall = max(r.Wall, t.wall)
		if r.Err == nil {
			r.Err = t.err
		}
	}
	r.Count = len(took)
	if r.Count == 0 {
		return r
	}
	slices.Sort(took)
	at := func(p float64) time.Duration { return took[min(r.Count-1, int(p*float64(r.Count)))] }
	r.P50, r.P95, r.P99 = at(.50), at(.95), at(.99)
	return r
}
