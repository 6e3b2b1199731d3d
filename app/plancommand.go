package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"lotrinh/rollout/planner"
)

// solvedSM is the line that plan solve prints: starts by the job's number, source and sink included.
type solvedSM struct {
	Makespan   int            `json:"makespan"`
	LowerBound int            `json:"lower_bound"`
	Starts     map[string]int `json:"starts"`
}

// planCommand is plan solve FILE.sm --schedules N --seed S: it lets anyone check the planner
// against published optima, and needs no database.
func planCommand(ctx context.Context, args []string, term Terminal) int {
	var schedules int
	var seed uint64
	flags := flag.NewFlagSet("plan", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&schedules, "schedules", 5000, "")
	flags.Uint64Var(&seed, "seed", 1, "")
	var words []string
	for rest := args; len(rest) > 0; {
		if !strings.HasPrefix(rest[0], "-") {
			words, rest = append(words, rest[0]), rest[1:]
			continue
		}
		if err := flags.Parse(rest); err != nil {
			fmt.Fprintln(term.Err, err)
			return exitUsage
		}
		rest = flags.Args()
	}
	if len(words) != 2 || words[0] != "solve" || schedules < 1 {
		fmt.Fprintln(term.Err, term.t.Say("app.plan.usage"))
		return exitUsage
	}
	out, err := solveSM(ctx, words[1], planner.Options{Schedules: schedules, Seed: seed})
	if err == nil {
		err = json.NewEncoder(term.Out).Encode(out)
	}
	if err != nil {
		fmt.Fprintln(term.Err, term.t.Say("app.plan.failed", "file", words[1], "why", err.Error()))
		return exitFailed
	}
	return exitOK
}

func solveSM(ctx context.Context, path string, o planner.Options) (solvedSM, error) {
	file, err := os.Open(path)
	if err != nil {
		return solvedSM{}, err
	}
	p, err := planner.ReadSM(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return solvedSM{}, err
	}
	plan, err := planner.Solve(ctx, p, o)
	if err != nil {
		return solvedSM{}, err
	}
	least, err := planner.Least(p)
	if err != nil {
		return solvedSM{}, err
	}
	out := solvedSM{Makespan: plan.Span, LowerBound: least.Days, Starts: map[string]int{}}
	for i, start := range plan.Start {
		out.Starts[strconv.Itoa(i+1)] = start
	}
	return out, nil
}
