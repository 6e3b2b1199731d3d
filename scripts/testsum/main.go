// Command testsum reads the output of go test -json, prints one line per package and the whole
// output of what failed, and writes the counts to the file named by its argument.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// line is what go test -json prints per event.
type line struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | testsum COUNTS-FILE")
		os.Exit(2)
	}
	sum := summary{output: map[string]*strings.Builder{}, passed: map[string]int{}, counts: map[string]int{}}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		sum.take(in.Bytes())
	}
	counts := fmt.Sprintf("pass %d\nfail %d\nskipped %d\n", sum.counts["pass"], sum.counts["fail"], sum.counts["skip"])
	if err := os.WriteFile(os.Args[1], []byte(counts), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if in.Err() != nil || sum.broken || sum.counts["pass"] == 0 {
		os.Exit(1)
	}
}

// summary gathers the events of one run.
type summary struct {
	output map[string]*strings.Builder
	passed map[string]int
	counts map[string]int
	broken bool
}

func (s *summary) take(raw []byte) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil { // the tool's own words, not an event
		fmt.Printf("%s\n", raw)
		return
	}
	key := l.Package + l.ImportPath + " " + l.Test
	switch l.Action {
	case "output", "build-output":
		if s.output[key] == nil {
			s.output[key] = &strings.Builder{}
		}
		s.output[key].WriteString(l.Output)
	case "pass", "skip":
		if l.Test != "" {
			s.counts[l.Action]++
			s.passed[l.Package]++
		} else if n := s.passed[l.Package]; n > 0 {
			fmt.Printf("ok   %-40s %4d tests %6.1fs\n", l.Package, n, l.Elapsed)
		}
		delete(s.output, key)
	case "fail", "build-fail":
		s.broken = true
		if l.Test != "" || l.Action == "build-fail" {
			s.counts["fail"]++
		}
		fmt.Printf("FAIL %s\n%s", key, s.output[key])
		delete(s.output, key)
	}
}
