package install

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/readiness"
)

// The rights of this room. Its catalogue is kept by whoever publishes profiles.
const (
	Plan   access.Perm = "inventory.install.plan"   // say which software goes onto which PCs
	Record access.Perm = "inventory.install.record" // say what was installed and tried
)

// Software is a program that a phase needs on its PCs.
type Software struct {
	bun.BaseModel `bun:"table:install_software,alias:sw"`
	ID            ident.ID `bun:"id,pk"`
	Name          string   `bun:"name"`
	Phase         string   `bun:"phase"`       // empty: every phase
	Pattern       string   `bun:"pattern"`     // names by which agents know it, separated by semicolons; empty: agents cannot tell
	MinVersion    string   `bun:"min_version"` // an older one does not count; empty: any
	Reach         string   `bun:"reach"`       // what the PC's browser should reach; empty: a browser cannot tell
	Active        bool     `bun:"active"`
	Version       int64    `bun:"version"`
}

// Patterns are the names by which agents know the software.
func (s Software) Patterns() []string {
	var out []string
	for p := range strings.SplitSeq(s.Pattern, ";") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// reachable tells whether an address may be one to try: http or https on some host, or
// a path of our own.
func reachable(address string) bool {
	if strings.ContainsAny(address, " ;,'\"\t\r\n") {
		return false
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Scheme == "" && u.Host == "" {
		return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// origin is the scheme and host of an address elsewhere, empty for our own.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// State is how far an install is.
type State string

// The states of an install.
const (
	Planned   State = "planned"
	Installed State = "installed"
	Works     State = "works" // the connection was tried, and it works
	Fails     State = "fails" // the connection was tried, and it does not
)

// States are all states.
var States = []State{Planned, Installed, Works, Fails}

// Install is one software on one PC.
type Install struct {
	bun.BaseModel   `bun:"table:install,alias:ins"`
	ID              ident.ID         `bun:"id,pk"`
	Software        ident.ID         `bun:"software"`
	Asset           ident.ID         `bun:"asset"`
	State           State            `bun:"state"`
	PlannedAt       time.Time        `bun:"planned_at"`
	PlannedBy       ident.ID         `bun:"planned_by"`
	PlannerName     string           `bun:"planner_name"`
	InstalledAt     *time.Time       `bun:"installed_at"`
	InstallerName   string           `bun:"installer_name"`
	InstalledSource readiness.Source `bun:"installed_source"`
	ProgramVersion  string           `bun:"program_version"`
	TriedAt         *time.Time       `bun:"tried_at"`
	TesterName      string           `bun:"tester_name"`
	TriedSource     readiness.Source `bun:"tried_source"`
	TriedMS         int64            `bun:"tried_ms"` // how long reaching took, in milliseconds; 0 unmeasured
	Why             string           `bun:"why"`      // it does not work
	Version         int64            `bun:"version"`
}

// What happened to an install.
const (
	DidInstall = "installed"
	DidTry     = "tried"
	DidRemove  = "removed"
)

// How something was found out.
const (
	Manual  = "manual"
	Browser = "browser"
	Agent   = "agent"
)

// Event is something that happened to an install.
type Event struct {
	bun.BaseModel  `bun:"table:install_event,alias:ie"`
	ID             ident.ID         `bun:"id,pk"`
	Install        ident.ID         `bun:"install"`
	Kind           string           `bun:"kind"`
	OK             bool             `bun:"ok"` // of a try
	Why            string           `bun:"why"`
	ProgramVersion string           `bun:"program_version"`
	How            string           `bun:"how"`
	Source         readiness.Source `bun:"source"`
	MS             int64            `bun:"ms"`
	At             time.Time        `bun:"at"`
	ArrivedAt      time.Time        `bun:"arrived_at"`
	By             ident.ID         `bun:"by_account"`
	ByName         string           `bun:"by_name"`
}

// Fold is an install after its events, by their moments, not by their arrival. A
// program that works was installed; removing it takes everything back.
func Fold(i Install, events []Event) Install {
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(string(a.ID), string(b.ID))) })
	clear := func() {
		i.InstalledAt, i.InstallerName, i.InstalledSource, i.ProgramVersion = nil, "", "", ""
		i.TriedAt, i.TesterName, i.TriedSource, i.TriedMS, i.Why = nil, "", "", 0, ""
		i.State = Planned
	}
	clear()
	for _, e := range events {
		at := e.At
		switch e.Kind {
		case DidRemove:
			clear()
		case DidInstall:
			// a machine's word is not weakened by somebody who says the same later
			if i.InstalledAt == nil || e.Source.Rank() >= i.InstalledSource.Rank() {
				i.InstalledAt, i.InstallerName, i.InstalledSource = &at, e.ByName, e.Source
			}
			if e.ProgramVersion != "" {
				i.ProgramVersion = e.ProgramVersion
			}
			if i.State == Planned {
				i.State = Installed
			}
		case DidTry:
			i.TriedAt, i.TesterName, i.TriedSource, i.TriedMS, i.Why = &at, e.ByName, e.Source, e.MS, e.Why
			i.State = Fails
			if e.OK {
				i.State = Works
				if i.InstalledAt == nil { // that the address is reached measures no program
					i.InstalledAt, i.InstallerName, i.InstalledSource = &at, e.ByName, readiness.Declared
				}
			}
		}
	}
	return i
}

// AtLeast tells whether a version is not older than another, number by number; what is
// no number compares as text. Nothing is asked when least is empty; an unknown version
// does not do where one is asked.
func AtLeast(version, least string) bool {
	if least == "" {
		return true
	}
	if version == "" {
		return false
	}
	a, b := parts(version), parts(least)
	for i := range max(len(a), len(b)) {
		x, y := at(a, i), at(b, i)
		m, errM := strconv.ParseUint(x, 10, 64)
		n, errN := strconv.ParseUint(y, 10, 64)
		c := strings.Compare(x, y)
		if errM == nil && errN == nil {
			c = cmp.Compare(m, n)
		}
		if c != 0 {
			return c > 0
		}
	}
	return true
}

func parts(v string) []string {
	return strings.FieldsFunc(fold.Key(v), func(r rune) bool { return r == '.' || r == '-' || r == ' ' || r == '_' })
}

func at(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return "0"
}
