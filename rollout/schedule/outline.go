package schedule

import (
	"slices"

	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/planner"
)

// The resources of a drafted phase, by ordinal.
const (
	trainers = iota
	trucks
	technicians
	volunteers
	testers
)

// resourceKeys are the words of the resources, by ordinal.
var resourceKeys = []string{"trainers", "trucks", "technicians", "volunteers", "testers"}

// Outline is what a draft is made from. Trucks are lorries, of which each makes Stops
// deliveries a day; a class takes two trainers for two days.
type Outline struct {
	Programme                                                          string
	Phase                                                              int
	FromOn                                                             string
	Classes, Trainers, Trucks, Stops, Technicians, Volunteers, Testers int
	Notice, Trial                                                      int // working days from an invitation to its class, and from the trial to the official start
}

// group is a district with its communes of the phase.
type group struct {
	district string
	communes []string
}

// sketch collects tasks; links are by ordinal.
type sketch struct {
	tasks []Task
	due   string
}

func (s *sketch) add(kind Kind, step, unit, owner string, days int, needs []planner.Need, after ...planner.Link) int {
	n := len(s.tasks)
	s.tasks = append(s.tasks, Task{Ordinal: n, Kind: kind, Step: step, Unit: unit, Owner: owner, Duration: days, Links: pack(slices.Clone(after)), Needs: pack(needs), Version: 1})
	return n
}

func follow(task, lag int) planner.Link { return planner.Link{Task: task, Lag: lag} }

func need(resource, amount int) []planner.Need {
	return []planner.Need{{Resource: resource, Amount: amount}}
}

// outline makes the tasks of a phase: seven steps for every commune, the classes of its
// district, what tells people of it, and the day on which a district is official, to be
// reached by due. It depends on its input alone.
func outline(groups []group, o Outline, due string) []Task {
	s := &sketch{due: due}
	posters := s.add(Telling, "posters", "", "", 3, nil)
	share := shares(groups, o.Classes)
	number := 0
	var officials []planner.Link
	for g, one := range groups {
		invite := s.add(Telling, "invite", one.district, one.district, 1, nil)
		var held []int
		for range share[g] {
			number++
			c := s.add(Class, "class", one.district, one.district, 2, need(trainers, 2), follow(invite, o.Notice))
			s.tasks[c].Number = number
			held = append(held, c)
		}
		loud := s.add(Telling, "loudspeaker", one.district, one.district, 3, nil, follow(invite, 0))
		sms := s.add(Telling, "sms", one.district, "", 1, nil, follow(loud, 0))
		var gone []planner.Link
		for k, commune := range one.communes {
			gone = append(gone, follow(s.commune(commune, one.district, held[k*len(held)/len(one.communes)], posters, sms), o.Trial))
		}
		official := s.add(Milestone, "official", one.district, one.district, 1, nil, gone...)
		s.tasks[official].DueOn = due
		officials = append(officials, follow(official, 0))
	}
	finished := s.add(Milestone, "finished", "", "", 1, nil, officials...)
	s.tasks[finished].DueOn = due
	return s.tasks
}

// commune adds the seven steps of a commune and answers the last one.
func (s *sketch) commune(unit, district string, class, posters, sms int) int {
	ship := s.add(Shipment, "ship", unit, district, 1, need(trucks, 1))
	setup := s.add(Setup, "setup", unit, unit, 1, need(technicians, 1), follow(ship, 0))
	accounts := s.add(Setup, "accounts", unit, district, 1, nil, follow(class, 1), follow(setup, 0))
	posting := s.add(Telling, "posting", unit, unit, 1, nil, follow(posters, 0))
	youth := s.add(Telling, "youth", unit, unit, 2, need(volunteers, 1), follow(posting, 0))
	practice := s.add(Rehearsal, "practice", unit, unit, 1, need(testers, 1), follow(accounts, 0))
	cutover := s.add(Cutover, "cutover", unit, unit, 1, nil, follow(practice, 1), follow(youth, 0), follow(sms, 0))
	s.tasks[cutover].DueOn = s.due
	return cutover
}

// shares divides the classes over the districts by their communes, one at least each,
// the largest remainders first.
func shares(groups []group, classes int) []int {
	total, given := 0, 0
	for _, g := range groups {
		total += len(g.communes)
	}
	share, order := make([]int, len(groups)), make([]int, len(groups))
	for g, one := range groups {
		share[g] = max(1, classes*len(one.communes)/max(1, total))
		given += share[g]
		order[g] = g
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return classes*len(groups[b].communes)%max(1, total) - classes*len(groups[a].communes)%max(1, total)
	})
	for k := 0; given < classes && len(order) > 0; k++ {
		share[order[k%len(order)]]++
		given++
	}
	return share
}

// resources are the resources of an outline.
func (o Outline) resources(draft ident.ID) []Resource {
	capacity := []int{o.Trainers, o.Trucks * o.Stops, o.Technicians, o.Volunteers, o.Testers}
	var all []Resource
	for k, key := range resourceKeys {
		all = append(all, Resource{Draft: draft, Ordinal: k, Key: key, Capacity: capacity[k], Days: "[]", Version: 1})
	}
	return all
}
