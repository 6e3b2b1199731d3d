package app

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"lotrinh/app/demo"
	"lotrinh/helpdesk"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/agent/specimen"
	"lotrinh/inventory/install"
	"lotrinh/inventory/stocktake"
	"lotrinh/reports/directive"
	"lotrinh/rollout"
)

// counter counts the queries between two looks at it.
type counter struct {
	mu  sync.Mutex
	all []string
}

func (c *counter) seen(_ context.Context, query string, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, query)
}

func (c *counter) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.all
	c.all = nil
	return taken
}

// visit is a page and who reads it.
type visit struct{ login, path string }

// visits are the pages that must cost the same however much there is: homes, pages of
// one thing, and every page that has a plain address, read by the first who may.
func (s *street) visits(ticket string) []visit {
	all := []visit{
		{"planner", "/"}, {"coordinator", "/"}, {"officer", "/"}, {"agent", "/"}, {"leadership", "/"}, {"admin", "/"},
		{"leadership", "/overview?on=2016-11-08&with=2016-11-01"}, {"leadership", "/overview/districts/" + hereDistrict + "?with=2016-11-01"}, {"leadership", "/overview/equipment?unit=" + hereDistrict},
		{"coordinator", "/rollout/board"}, {"planner", "/rollout/districts/" + hereDistrict}, {"planner", "/rollout/units/" + hereUnit},
		{"agent", "/tickets?view=free"}, {"agent", "/tickets?view=work"}, {"officer", "/tickets"},
		{"agent", "/tickets/" + ticket}, {"officer", "/tickets/" + ticket},
		{"coordinator", "/field/installs?unit=" + hereUnit}, {"coordinator", "/inventory/agents?unit=" + hereDistrict}, {"coordinator", "/inventory/devices?unit=" + hereDistrict},
		{"coordinator", "/inventory/supply"}, {"planner", "/inventory/supply/requests"}, {"planner", "/inventory/supply/late"}, {"coordinator", "/inventory/units/" + hereUnit}, {"planner", "/search?q=may+quet"},
	}
	for _, r := range s.Routes() {
		if r.Method != "GET" || r.Open || strings.Contains(r.Path, ":") {
			continue
		}
		for _, login := range []string{"planner", "agent", "leadership", "admin", "auditor"} {
			if s.ask(login, "GET", r.Path, "").status == 200 {
				all = append(all, visit{login, r.Path})
				break
			}
		}
	}
	return all
}

// cost is how many queries each page sends once what can be remembered is: the fewest
// of three times in a row. What is remembered is looked at again every few seconds, by
// whichever page comes next.
func (s *street) cost(c *counter, visits []visit) map[string][]string {
	s.t.Helper()
	all := map[string][]string{}
	for _, v := range visits {
		s.session(v.login)
		page := v.login + " " + v.path
		for range 3 {
			c.take()
			a := s.ask(v.login, "GET", v.path, "")
			if a.status != 200 {
				s.t.Fatalf("%s: %d", page, a.status)
			}
			sent := c.take()
			if best, known := all[page]; !known || len(sent) < len(best) {
				all[page] = sent
			}
		}
	}
	return all
}

func TestNoPageAsksMoreWhenThereIsMore(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		c := &counter{}
		s.DB.Watch(c.seen)
		officer := s.actor("officer")
		first, err := s.Desk.Open(t.Context(), officer, helpdesk.Draft{Unit: officer.Home, Title: "Máy quét", Body: "Máy quét không nhận.", Service: "device", Impact: 1, Urgency: 2, Source: "web"})
		must(t, err)
		s.asks(first)
		visits := s.visits(string(first.ID))
		few := s.cost(c, visits)
		s.crowd(first)
		for page, queries := range s.cost(c, visits) {
			if len(queries) > len(few[page]) {
				t.Errorf("%s sends %d queries, with few rows %d:\n%s", page, len(queries), len(few[page]), strings.Join(queries, "\n"))
			}
		}
	})
}

// crowd makes the house fuller: tickets and messages, gaps in many communes, evidence
// from every commune of a district, people.
func (s *street) crowd(first helpdesk.Ticket) {
	s.t.Helper()
	ctx, t := s.t.Context(), s.t
	planner := s.actor("planner")
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	must(t, err)
	s.asks(first)
	var codes []string

	for _, u := range tree.Communes(thereDistrict) {
		codes = append(codes, u.Code)
		_, err := s.Inventory.ReportGap(ctx, planner, inventory.GapForm{Unit: u.Code, Kind: "missing", What: "ups", Quantity: "1"})
		must(t, err)
		s.person(u.Code)
	}
	s.equip(codes[:3])
	must(t, s.Rollout.Declare(ctx, planner, rollout.EvidenceInput{Programme: demo.Programme, Units: codes, Criterion: "training", Answer: rollout.Met, Source: "records", Note: "Đủ người."}))
	_, err = s.Events.Run(ctx)
	must(t, err)
}

// asks lets an officer ask twenty times, and be answered; what repeats becomes a proposal.
func (s *street) asks(first helpdesk.Ticket) {
	s.t.Helper()
	ctx, t := s.t.Context(), s.t
	officer, agent := s.actor("officer"), s.actor("agent")
	for i := range 20 {
		opened, err := s.Desk.Open(ctx, officer, helpdesk.Draft{Unit: officer.Home, Title: fmt.Sprintf("Máy quét %d", i), Body: "Máy quét không nhận.",
			Service: helpdesk.Categories[i%len(helpdesk.Categories)], Impact: 1 + i%3, Urgency: 2, Source: "web"})
		must(t, err)
		if i%2 == 0 {
			_, err = s.Desk.Take(ctx, agent, opened.ID, opened.Version)
			must(t, err)
		}
		_, err = s.Desk.Reply(ctx, agent, first.ID, helpdesk.Words{Body: "Đang kiểm tra."})
		must(t, err)
	}
	s.heeds()
	_, err := s.Events.Run(ctx)
	must(t, err)
}

// heeds writes twenty conclusions and lets an alert open in every district that has none.
func (s *street) heeds() {
	s.t.Helper()
	ctx, t := s.t.Context(), s.t
	var rows []directive.Row
	for i := range 20 {
		rows = append(rows, directive.Row{Text: fmt.Sprintf("Việc thứ %d", i), Unit: hereDistrict, Post: string(org.DistrictCoordinator), Due: "5"})
	}
	_, err := s.Watch.Directives.Write(ctx, s.actor("leadership"), directive.Head{ConcludedBy: "Phó Chủ tịch"}, rows)
	must(t, err)
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	must(t, err)
	var units []string
	for _, u := range tree.Districts() {
		units = append(units, u.Code)
	}
	s.alarm(units...)
}

// equip lets machines of communes report, counts what is there, and plans their software.
func (s *street) equip(units []string) {
	s.t.Helper()
	ctx, t, planner := s.t.Context(), s.t, s.actor("planner")
	stock := s.Inventory
	key, err := stock.Intake.MakeKey(ctx, planner, thereDistrict, "")
	must(t, err)
	for i := range 12 {
		m := specimen.Desk(900 + i)
		m.Tag = units[i%len(units)]
		_, err := stock.Intake.Receive(ctx, key.Key, "10.1.1.1", "FusionInventory-Agent_v2.6-3", m.XML())
		must(t, err)
	}
	all, err := stock.Field.Installs.Catalogue(ctx, planner)
	must(t, err)
	for _, unit := range units {
		_, err := stock.Field.Installs.Plan(ctx, planner, install.PlanForm{Software: all[0].ID, Unit: unit})
		must(t, err)
		_, err = stock.Field.Counts.Start(ctx, planner, stocktake.StartForm{Unit: unit})
		must(t, err)
	}
}
