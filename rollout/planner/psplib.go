package planner

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The largest file that is read.
const (
	mostBytes = 8 << 20
	mostLine  = 1 << 20
)

// ReadSM reads a single-mode project in the .sm format of PSPLIB (Kolisch and Sprecher,
// "PSPLIB - a project scheduling problem library", 1996): job 1 is the source, the last
// job the sink, resources are renewable. Task i of the answer is job i+1. A file that
// has modes, other sorts of resources, or numbers that do not fit together is refused.
func ReadSM(r io.Reader) (Project, error) {
	s := smReader{jobs: -1, resources: -1}
	lines := bufio.NewScanner(io.LimitReader(r, mostBytes))
	lines.Buffer(nil, mostLine)
	for lines.Scan() {
		s.line++
		if err := s.read(strings.TrimSpace(lines.Text())); err != nil {
			return Project{}, fmt.Errorf("line %d: %w", s.line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Project{}, err
	}
	return s.project()
}

// smReader is what was read so far.
type smReader struct {
	line            int
	section         string
	jobs, resources int
	successors      [][]int
	tasks           []Task
	seen            []bool
	capacity        []int
}

// The headings of a file, each followed by its lines.
const (
	smOrder    = "PRECEDENCE RELATIONS"
	smRequests = "REQUESTS/DURATIONS"
	smOffers   = "RESOURCEAVAILABILITIES"
)

func (s *smReader) read(line string) error {
	if line == "" || strings.HasPrefix(line, "*") || strings.HasPrefix(line, "-") && strings.Trim(line, "-") == "" {
		return nil
	}
	head, value, pair := strings.Cut(line, ":")
	head = strings.TrimSpace(head)
	switch {
	case head == smOrder || head == smRequests || head == smOffers || head == "PROJECT INFORMATION":
		s.section = head
		return s.begin(head)
	case pair && strings.HasPrefix(head, "jobs"):
		return s.number(value, &s.jobs, 2, MostTasks)
	case pair && strings.HasPrefix(head, "- renewable"):
		return s.number(value, &s.resources, 0, MostResources)
	case pair && (strings.HasPrefix(head, "- nonrenewable") || strings.HasPrefix(head, "- doubly constrained")):
		none := 0
		return s.number(value, &none, 0, 0)
	}
	row, err := numbers(line)
	if err != nil {
		return nil //nolint:nilerr // a line of headings
	}
	switch s.section {
	case smOrder:
		return s.order(row)
	case smRequests:
		return s.request(row)
	case smOffers:
		return s.offer(row)
	}
	return nil
}

func (s *smReader) begin(section string) error {
	if section == "PROJECT INFORMATION" {
		return nil
	}
	if s.jobs < 0 || s.resources < 0 {
		return fmt.Errorf("%s before the numbers of jobs and resources", section)
	}
	if s.tasks == nil {
		s.successors, s.tasks, s.seen = make([][]int, s.jobs), make([]Task, s.jobs), make([]bool, s.jobs)
	}
	return nil
}

func (s *smReader) number(text string, into *int, least, most int) error {
	fields := strings.Fields(text)
	if len(fields) == 0 || s.tasks != nil {
		return fmt.Errorf("a number is missing, or comes too late")
	}
	n, err := strconv.Atoi(fields[0])
	if err != nil || n < least || n > most {
		return fmt.Errorf("%q is not a number from %d to %d", fields[0], least, most)
	}
	*into = n
	return nil
}

func numbers(line string) ([]int, error) {
	fields := strings.Fields(line)
	row := make([]int, len(fields))
	for i, f := range fields {
		n, err := strconv.Atoi(f)
		if err != nil || n < 0 || n > 1_000_000 {
			return nil, fmt.Errorf("%q is no number", f)
		}
		row[i] = n
	}
	return row, nil
}

// order reads: job, number of modes, number of successors, successors.
func (s *smReader) order(row []int) error {
	if len(row) < 3 || row[0] < 1 || row[0] > s.jobs || row[1] != 1 || row[2] != len(row)-3 || s.successors[row[0]-1] != nil {
		return fmt.Errorf("not a line of one job in one mode with its successors")
	}
	for _, to := range row[3:] {
		if to < 1 || to > s.jobs {
			return fmt.Errorf("job %d does not exist", to)
		}
	}
	s.successors[row[0]-1] = row[3:]
	return nil
}

// request reads: job, mode, duration, amounts.
func (s *smReader) request(row []int) error {
	if len(row) != 3+s.resources || row[0] < 1 || row[0] > s.jobs || row[1] != 1 || s.seen[row[0]-1] {
		return fmt.Errorf("not a line of one job in one mode with an amount of each resource")
	}
	t := Task{Duration: row[2], Calendar: EveryDay}
	for r, amount := range row[3:] {
		if amount > 0 {
			t.Needs = append(t.Needs, Need{r, amount})
		}
	}
	s.tasks[row[0]-1], s.seen[row[0]-1] = t, true
	return nil
}

func (s *smReader) offer(row []int) error {
	if len(row) != s.resources || s.capacity != nil {
		return fmt.Errorf("not one amount for each resource")
	}
	s.capacity = row
	return nil
}

// project puts the parts together; the axis is as long as all jobs one after another.
func (s *smReader) project() (Project, error) {
	p := Project{Tasks: s.tasks, Days: 1}
	if s.tasks == nil || len(s.capacity) != s.resources {
		return Project{}, fmt.Errorf("the file ends before its sections do")
	}
	for _, c := range s.capacity {
		p.Resources = append(p.Resources, Resource{Capacity: c})
	}
	for i, t := range s.tasks {
		if !s.seen[i] || s.successors[i] == nil {
			return Project{}, fmt.Errorf("job %d has no line", i+1)
		}
		p.Days += t.Duration
		for _, to := range s.successors[i] {
			p.Tasks[to-1].After = append(p.Tasks[to-1].After, Link{Task: i})
		}
	}
	return p, check(p)
}
