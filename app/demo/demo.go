// Package demo lays down a believable first fortnight of Plan 198: the people, the
// plan, what the districts declared, what was verified, and what is still missing on
// the morning of 10/11/2016. Names and events are invented; the units, the days and
// the numbers of what is short are those of the published accounts. Everything goes
// through the services, in the order of its time, so that the trail and the events
// tell the same story as the pages.
package demo

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/office"
	"lotrinh/dossier/register"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/tier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/intake"
	"lotrinh/inventory/line"
	"lotrinh/reports"
	"lotrinh/rollout"
	"lotrinh/rollout/services"
	"lotrinh/rollout/training"
)

//go:embed data
var data embed.FS

// Password opens every account of the demo; it stands on the demo's sign-in page.
const Password = "lotrinh-2016"

// Programme is the code of the plan that the demo shows.
const Programme = "KH198"

// House is what the demo fills.
type House struct {
	People    *org.People
	Units     *org.Units
	Rollout   *rollout.Service
	Inventory *inventory.Service
	Lines     *line.Service
	Desk      *helpdesk.Service
	Knowledge *knowledge.Service
	Mail      *mail.Service
	Incidents *incident.Service
	Hotline   *hotline.Service
	Duty      *duty.Service
	Tier      *tier.Service
	Reports   *reports.Service
	Dossiers  *dossier.Service
	Office    *office.Service
	Training  *training.Service
	Registers *register.Service
	Services  *services.Service
	Rooms
	Heed
	Follow Follow
	Ahead
	Accounts
	// At sets the business clock while the fortnight is told.
	At func(time.Time)
	// Settle lets what waits be done: events reach their handlers.
	Settle func(context.Context) error

	tickets   map[string]helpdesk.Ticket
	incidents map[string]ident.ID
	proofs    map[ident.ID]org.Proof
	keys      map[string]intake.Key // of agents, by district
	things    map[string]ident.ID   // requests for equipment
	lessons   map[string][]lesson   // classes of phase 1, by district
	staff     []person              // accounts, whose names the roster knows
}

type scenario struct {
	People []person `json:"people"`
	Acts   []act    `json:"acts"`
}

type person struct {
	Login string      `json:"login"`
	Name  string      `json:"name"`
	Role  access.Role `json:"role"`
	Unit  string      `json:"unit"`
	Home  string      `json:"home"`
	Email string      `json:"email"`
	Phone string      `json:"phone"`
}

// act is one thing that somebody did.
type act struct {
	At        string   `json:"at"` // the city's time
	Who       string   `json:"who"`
	Act       string   `json:"act"`
	Units     []string `json:"units"`
	District  string   `json:"district"`
	To        string   `json:"to"`
	Criterion string   `json:"criterion"`
	Answer    string   `json:"answer"`
	Source    string   `json:"source"`
	Note      string   `json:"note"`
	Until     string   `json:"until"`
	Signer    string   `json:"signer"`
	Reason    string   `json:"reason"`
	Step      string   `json:"step"`
	Low       int      `json:"low"`
	NoScanner bool     `json:"no_scanner"`
	Kind      string   `json:"kind"`
	What      string   `json:"what"`
	Quantity  int      `json:"quantity"`
	Key       string   `json:"key"`
	Title     string   `json:"title"`
	Impact    int      `json:"impact"`
	Urgency   int      `json:"urgency"`
}

// Person is an account that the demo's sign-in page offers.
type Person struct {
	Login, Name string
	Role        access.Role
}

// People are the first account of each role.
func People() ([]Person, error) {
	s, err := read()
	if err != nil {
		return nil, err
	}
	var list []Person
	seen := map[access.Role]bool{}
	for _, p := range s.People {
		if !seen[p.Role] {
			seen[p.Role] = true
			list = append(list, Person{p.Login, p.Name, p.Role})
		}
	}
	return list, nil
}

func read() (scenario, error) {
	var s scenario
	raw, err := data.ReadFile("data/scenario.json")
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(raw, &s)
}

// Load tells the whole story into an empty house.
func Load(ctx context.Context, h House) error {
	s, err := read()
	if err != nil {
		return err
	}
	h.tickets, h.incidents = map[string]helpdesk.Ticket{}, map[string]ident.ID{}
	h.keys, h.things = map[string]intake.Key{}, map[string]ident.ID{}
	h.proofs = map[ident.ID]org.Proof{}
	h.lessons, h.staff = map[string][]lesson{}, s.People
	h.At(time.Date(2016, 10, 26, 8, 0, 0, 0, clock.City))
	if err := h.hire(ctx, s.People); err != nil {
		return err
	}
	calls, err := readCalls()
	if err != nil {
		return err
	}
	families, err := h.families()
	if err != nil {
		return err
	}
	pbx, err := h.exchange(ctx)
	if err != nil {
		return err
	}
	day, watches := time.Date(2016, 10, 26, 0, 0, 0, 0, clock.City), h.watches()
	for _, a := range s.Acts {
		at, err := time.ParseInLocation("2006-01-02T15:04", a.At, clock.City)
		if err != nil {
			return err
		}
		if calls, err = h.ring(ctx, pbx, calls, at); err != nil {
			return fmt.Errorf("call before %s: %w", a.At, err)
		}
		if families, err = h.serve(ctx, families, at); err != nil {
			return err
		}
		if day, err = h.nights(ctx, day, at); err != nil {
			return err
		}
		if watches, err = h.seen(ctx, watches, at); err != nil {
			return err
		}
		h.At(at)
		who, err := h.People.Actor(ctx, a.Who)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Who, err)
		}
		if err := h.do(ctx, who, a); err != nil {
			return fmt.Errorf("%s %s by %s: %w", a.At, a.Act, a.Who, err)
		}
	}
	return h.end(ctx, pbx, calls, families, watches)
}

// end is what happened between the last act and the morning on which the demo opens.
func (h House) end(ctx context.Context, pbx hotline.PBX, calls []call, families []deed, watches []watch) error {
	if _, err := h.seen(ctx, watches, time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City)); err != nil {
		return err
	}
	if err := h.logged(ctx); err != nil {
		return err
	}
	if err := h.lines(ctx); err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	if _, err := h.serve(ctx, families, time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City)); err != nil {
		return err
	}
	if _, err := h.ring(ctx, pbx, calls, time.Date(2016, 11, 10, 0, 0, 0, 0, clock.City)); err != nil {
		return err
	}
	return h.Settle(ctx)
}

// nights keeps how equipment stood at the end of every day up to that of a moment, and
// answers with the first midnight that is not told yet.
func (h House) nights(ctx context.Context, day, at time.Time) (time.Time, error) {
	for next := day.AddDate(0, 0, 1); !at.Before(next); next = day.AddDate(0, 0, 1) {
		h.At(next)
		if _, err := h.Inventory.Refresh(ctx); err != nil {
			return day, err
		}
		if _, err := h.Inventory.KeepDay(ctx); err != nil {
			return day, err
		}
		day = next
	}
	return day, nil
}

func (h House) hire(ctx context.Context, people []person) error {
	hash, err := org.HashPassword(Password)
	if err != nil {
		return err
	}
	for _, p := range people {
		_, err := h.People.Create(ctx, access.System("demo"), org.NewAccount{
			Profile: org.Profile{Name: p.Name, Email: p.Email, Phone: p.Phone, Unit: p.Home},
			Login:   p.Login, Hash: hash, Posts: []org.Post{{Role: p.Role, Unit: p.Unit, From: "2016-10-01"}},
		})
		if err != nil {
			return fmt.Errorf("%s: %w", p.Login, err)
		}
	}
	return nil
}

// areas do the acts whose name begins with theirs, as "ticket.open".
var areas = map[string]func(House, context.Context, access.Actor, act) error{
	"accounts": House.accounts, "ahead": House.ahead, "call": House.called, "duty": House.accounts, "incident": House.incident, "plan": House.plans,
	"services": House.services, "stock": House.stock, "ticket": House.ticket, "train": House.train, "vendor": House.outside, "visit": House.outside,
}

func (h House) do(ctx context.Context, who access.Actor, a act) error {
	if area, _, dotted := strings.Cut(a.Act, "."); dotted && areas[area] != nil {
		return areas[area](h, ctx, who, a)
	}
	var err error
	in := a.evidence()
	switch a.Act {
	case "plan":
		var p rollout.PlanFile
		if p, err = rollout.Plan198(); err == nil {
			_, err = h.Rollout.ImportPlan(ctx, who, p)
		}
	case "milestone":
		err = h.milestone(ctx, who, a)
	case "declare":
		err = h.Rollout.Declare(ctx, who, in)
	case "verify":
		err = h.Rollout.Verify(ctx, who, in)
	case "waive":
		_, err = h.Rollout.GiveWaiver(ctx, who, rollout.WaiverInput{
			Programme: Programme, Units: a.Units, Criterion: a.Criterion, Reason: a.Reason, Step: a.Step, Signer: a.Signer, Until: a.Until,
		})
	case "move":
		_, err = h.Rollout.Move(ctx, who, rollout.MoveInput{Programme: Programme, District: a.District, To: rollout.Stage(a.To)})
	case "survey":
		err = h.survey(ctx, who, a)
	case "gap":
		err = h.gap(ctx, who, a)
	case "schedule":
		_, err = h.Reports.AddSchedule(ctx, who, reports.ScheduleForm{Definition: reports.Weekly, Programme: Programme, Cut: a.Units[0], Spec: "30 7 * * 1", CatchUp: "8", Enabled: true})
	case "periods":
		_, err = h.Reports.AddRule(ctx, who, reports.RuleForm{From: "2016-10-01", OpensOn: "15", Basis: "Chế độ báo cáo Kế hoạch 198/KH-UBND: số liệu tháng tính đến hết ngày 14",
			BasisEN: "Reporting under Plan 198/KH-UBND: months close at the end of the 14th"})
	case "reports":
		_, err = h.Reports.RunDue(ctx)
	case "letters":
		err = h.letters(ctx, who)
	case "articles":
		err = h.articles(ctx, who)
	case "settle":
		err = h.Settle(ctx)
	case "team":
		err = h.team(ctx, who)
	case "problem", "maintenance":
		err = h.incident(ctx, who, a)
	default:
		err = fmt.Errorf("nobody knows how to %q", a.Act)
	}
	return err
}

// evidence is what an act says of a criterion.
func (a act) evidence() rollout.EvidenceInput {
	answer := rollout.Met
	if a.Answer == "unmet" {
		answer = rollout.Unmet
	}
	return rollout.EvidenceInput{Programme: Programme, Units: a.Units, Criterion: a.Criterion, Answer: answer, Source: a.Source, Note: a.Note}
}

// milestone notes that what the plan promised for a day has happened.
func (h House) milestone(ctx context.Context, who access.Actor, a act) error {
	o, err := h.Rollout.Overview(ctx, who, Programme)
	if err != nil {
		return err
	}
	for _, m := range o.Milestones {
		if m.Key == a.Key {
			return h.Rollout.ReachMilestone(ctx, who, Programme, a.Key, a.At[:len(time.DateOnly)], a.Note, m.Version)
		}
	}
	return fmt.Errorf("the plan has no milestone %q", a.Key)
}
