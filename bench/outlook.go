package main

import (
	"fmt"
	"sync"

	"lotrinh/rollout/forecast"
	"lotrinh/rollout/hold"
)

// What -scale forecast generates. docs/BENCHMARKS.md publishes these parameters.
const (
	outlookRollouts = 1000
	outlookSeed     = 198
	outlookRounds   = 300 // of the simulation that chooses each limit
)

// outlook measures how often the days that forecasts say come true, and how often a watch holds a healthy wave and catches a bad
// one, over generated rollouts whose truth is known. It needs no store and no server.
func outlook() {
	fmt.Printf("%d rollouts of 139 communes, 4 a working day, seed %d\n", outlookRollouts, outlookSeed)
	fmt.Println("| swing | memory | done | blocked | said | by P50 | by P85 | by P95 | days left | P50 to P85 | usual recipe by P85 |\n|---|---|---|---|---|---|---|---|---|---|---|")
	var trials []forecast.Trial
	for _, memory := range []float64{0, 0.6, 0.8} {
		for _, at := range []float64{0.4, 0.7} {
			trials = append(trials, forecast.Trial{Communes: 139, Rate: 4, Swing: 0.5, Memory: memory, At: at})
		}
	}
	for _, sigma := range []float64{0.5, 0.8} {
		for _, at := range []float64{0.4, 0.7} {
			trials = append(trials, forecast.Trial{Communes: 139, Rate: 4, Swing: 0.5, Memory: 0.6, At: at, Blocked: 0.12, Median: 10, Sigma: sigma, Spread: 10})
		}
	}
	for _, line := range each(trials, func(t forecast.Trial) string {
		ours, recipe := t.Cover(outlookRollouts, outlookSeed, forecast.Ours), t.Cover(outlookRollouts, outlookSeed, forecast.Recipe)
		blocked := "none"
		if t.Blocked > 0 {
			blocked = fmt.Sprintf("%.0f %%, median %.0f days, σ %.1f", t.Blocked*100, t.Median, t.Sigma)
		}
		return fmt.Sprintf("| %.1f | %.1f | %.0f %% | %s | %d | %.1f %% | **%.1f %%** | %.1f %% | %.1f | %.1f | %.1f %% |", t.Swing, t.Memory, t.At*100,
			blocked, ours.Cases, ours.P50*100, ours.P85*100, ours.P95*100, ours.Mean, ours.Wide, recipe.P85*100)
	}) {
		fmt.Println(line)
	}
	fmt.Printf("\n%d times three earlier waves, a curve, a limit, a healthy and a bad wave of 24 communes, 10 days\n", outlookRollouts)
	fmt.Println("| usual a day | surge | waves differ by | healthy held | from day | bad caught | on day | limits |\n|---|---|---|---|---|---|---|---|")
	waves := []hold.Trial{{Usual: 4, Surge: 1.5}, {Usual: 6, Surge: 1.5}, {Usual: 8, Surge: 1.5}, {Usual: 6, Surge: 2.2}, {Usual: 4, Surge: 2, From: 4}, {Usual: 8, Surge: 1.5, Spread: 0.2}}
	for _, line := range each(waves, func(t hold.Trial) string {
		t.Communes, t.Rise, t.Half, t.Earlier, t.Share = 24, 4, 4, 3, [hold.Severities]float64{0.1, 0.25, 0.5, 0.15}
		o := t.Run(hold.Usual(), outlookRollouts, outlookRounds, outlookSeed)
		return fmt.Sprintf("| %.0f | × %.1f | %.0f %% | **%.1f %%** | %d | **%.1f %%** | %.1f | %.1f, %.2f |", t.Usual, t.Surge, t.Spread*100, o.False*100, t.From+1, o.Caught*100, o.After, o.Limit, o.Whole)
	}) {
		fmt.Println(line)
	}
}

// each works on every thing, two at a time, and answers in their order.
func each[T any](all []T, work func(T) string) []string {
	lines, gate := make([]string, len(all)), make(chan struct{}, 2)
	var wait sync.WaitGroup
	for i, one := range all {
		wait.Go(func() {
			gate <- struct{}{}
			lines[i] = work(one)
			<-gate
		})
	}
	wait.Wait()
	return lines
}
