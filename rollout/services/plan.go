package services

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout"
)

//go:embed data/services2016.json
var shipped embed.FS

// book is the list of services as a file: departments with how many procedures each has,
// groups by level, pilots, the essential services with their published counts.
type book struct {
	Plan        rollout.PlanFile `json:"plan"`
	Departments []struct {
		Code       string `json:"code"`
		Name       string `json:"name"`
		Procedures int    `json:"procedures"`
	} `json:"departments"`
	Groups []struct {
		Level   Level             `json:"level"`
		Count   int               `json:"count"`
		Name    string            `json:"name"`
		Carried map[string]string `json:"carried"`
		Names   map[string]string `json:"names"`
	} `json:"groups"`
	Pilots    []Pilot `json:"pilots"`
	Essential []struct {
		Number int    `json:"number"`
		Name   string `json:"name"`
		At     string `json:"at"`
	} `json:"essential"`
	EssentialTitle string `json:"essential_title"`
	LinkName       string `json:"link_name"`
	CoverageSource string `json:"coverage_source"`
	Coverage       []struct {
		Number int    `json:"number"`
		Done   int    `json:"done"`
		Total  int    `json:"total"`
		AsOf   string `json:"as_of"`
	} `json:"coverage"`
	Provinces []Province `json:"provinces"`
}

// Pilot is a unit that goes first.
type Pilot struct {
	Unit string `json:"unit"`
	Note string `json:"note"`
}

// Province is a province as it was until 30/6/2025, by its code in personal numbers.
type Province struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// provincesUntil is the first day on which the list of provinces holds no more.
const provincesUntil = "2025-07-01"

var list = sync.OnceValues(func() (book, error) {
	var b book
	raw, err := shipped.ReadFile("data/services2016.json")
	if err != nil {
		return b, fault.Because(fault.Internal, "fault.internal", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return b, fault.Because(fault.Internal, "fault.internal", err)
	}
	return b, nil
})

// Provinces are the provinces of the list.
func Provinces() ([]Province, error) {
	b, err := list()
	return b.Provinces, err
}

// Pilots are the units that go first, with what they are.
func Pilots() ([]Pilot, error) {
	b, err := list()
	return b.Pilots, err
}

// SetUp makes the programme of services of 2016 and its counted slots, with the published
// counts. What is there already stays as it is.
func (s *Service) SetUp(ctx context.Context, who access.Actor) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	b, err := list()
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		done, err := s.Rollout.SetServices(ctx, tx, who, b.Plan)
		if err != nil || !done.Created {
			return err
		}
		items := b.items(done.Programme.ID)
		byKey := make(map[string]ident.ID, len(items))
		now := s.now()
		for i := range items {
			items[i].ID, items[i].Version = ident.New(now), 1
			byKey[items[i].Key] = items[i].ID
		}
		if err := insert(ctx, tx, items); err != nil {
			return err
		}
		var counts []Coverage
		for _, c := range b.Coverage {
			row := Coverage{ID: ident.New(now), Item: byKey[essentialKey(c.Number)], Done: c.Done, Total: c.Total, AsOf: c.AsOf, Source: b.CoverageSource, Places: []string{},
				RecordedAt: now, Actor: string(who.ID), ActorName: who.Name}
			if c.Done == c.Total && c.Total == len(b.Provinces) {
				for _, p := range b.Provinces {
					row.Places = append(row.Places, p.Code)
				}
			}
			counts = append(counts, row)
		}
		return insert(ctx, tx, counts, "seq")
	})
}

func essentialKey(number int) string { return fmt.Sprintf("TY-%02d", number) }

// items are the slots of the list.
func (b book) items(programme ident.ID) []Item {
	var out []Item
	for _, d := range b.Departments {
		for n := 1; n <= d.Procedures; n++ {
			out = append(out, Item{Programme: programme, Key: fmt.Sprintf("%s-%02d", d.Code, n), Level: Department, Lead: d.Code, LeadName: d.Name, Ordinal: n})
		}
	}
	prefix := map[Level]string{District: "QH", Commune: "XA"}
	for _, g := range b.Groups {
		for n := 1; n <= g.Count; n++ {
			at := strconv.Itoa(n)
			out = append(out, Item{Programme: programme, Key: prefix[g.Level] + "-" + at, Level: g.Level, LeadName: g.Name, Ordinal: n, Name: g.Names[at], Carried: g.Carried[at]})
		}
	}
	for _, e := range b.Essential {
		out = append(out, Item{Programme: programme, Key: essentialKey(e.Number), Level: National, LeadName: e.At, Ordinal: e.Number, Name: e.Name})
	}
	return append(out, Item{Programme: programme, Key: essentialKey(0), Level: Link, Name: b.LinkName})
}
