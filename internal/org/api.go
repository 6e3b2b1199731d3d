package org

import (
	"slices"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/page"
)

type unitJSON struct {
	Code   string `json:"code" doc:"code of the statistical list; the key"`
	Name   string `json:"name" doc:"without its kind; names repeat"`
	Kind   string `json:"kind" doc:"xã, phường, thị trấn, huyện, quận, thị xã, thành phố"`
	Level  string `json:"level" doc:"province, district or commune"`
	Parent string `json:"parent,omitempty"`
	Place  string `json:"place" doc:"the unit with what it lies in"`
	From   string `json:"from" doc:"first day of this version"`
	Until  string `json:"until,omitempty" doc:"the day on which it no longer holds"`
}

type successorJSON struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Whole    bool   `json:"whole" doc:"everything of the unit went here"`
	Main     bool   `json:"main" doc:"the main receiver, where the sources say"`
	Inferred bool   `json:"inferred" doc:"a step of the way is not in an official text"`
}

type meJSON struct {
	ID    string     `json:"id"`
	Login string     `json:"login"`
	Name  string     `json:"name"`
	Home  string     `json:"home,omitempty" doc:"code of the unit the person works in"`
	Posts []postJSON `json:"posts"`
	May   []string   `json:"may" doc:"rights that this credential carries somewhere"`
}

type postJSON struct {
	Role       string `json:"role"`
	Everywhere bool   `json:"everywhere"`
	Units      int    `json:"units" doc:"how many units it reaches when not everywhere"`
}

// API is the part of the API about units and about oneself.
type API struct {
	Units    *Units
	Business clock.Clock
}

var onDay = httpx.Param{Name: "date", Doc: "the day asked about, 2016-11-10; today of the business clock unasked"}

// Routes declares the operations.
func (a API) Routes(r *httpx.Router) {
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/units", ID: "listUnits", Tag: "units", Summary: "Units in force on a day, or what a search finds", Out: httpx.List[unitJSON]{},
		Query: slices.Concat([]httpx.Param{onDay, {Name: "under", Doc: "code: only this unit and what lies in it"}, {Name: "level", Doc: "only this level", Enum: []string{"province", "district", "commune"}},
			{Name: "q", Doc: "name with or without marks, or code; the best 50, without paging"}}, httpx.Paged)}, a.list)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/units/:code", ID: "getUnit", Tag: "units", Summary: "A unit as it was on a day", Out: unitJSON{}, Query: []httpx.Param{onDay}}, a.get)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/units/:code/successors", ID: "listSuccessors", Tag: "units", Summary: "What became of a unit between two days", Out: httpx.List[successorJSON]{},
		Query: []httpx.Param{{Name: "from", Doc: "a day on which the unit was in force"}, {Name: "to", Doc: "the day asked about"}}}, a.successors)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/me", ID: "getMe", Tag: "people", Summary: "Whose credential this is and what it may do", Out: meJSON{}}, a.me)
}

// day is a day of the query, or today.
func (a API) day(c *httpx.Ctx, name string) (string, error) {
	typed := c.Query(name)
	if typed == "" {
		return clock.Date(a.Business.Now()), nil
	}
	var k fault.Check
	_, err := clock.ParseDate(typed)
	k.Need(err == nil, name, "form.bad_day")
	return typed, k.Err()
}

func (a API) list(c *httpx.Ctx) error {
	date, err := a.day(c, "date")
	if err != nil {
		return err
	}
	tree, err := a.Units.On(c.Std(), date)
	if err != nil {
		return err
	}
	out := httpx.List[unitJSON]{Items: []unitJSON{}}
	if q := c.Query("q"); q != "" {
		for _, h := range tree.Search(q, page.Default) {
			out.Items = append(out.Items, unitOut(tree, h.Unit))
		}
		return c.Reply(0, out)
	}
	r := page.Read("", c.Query("limit"))
	units := chosen(tree, c.Query("under"), Level(c.Query("level")))
	if after := c.Query("after"); after != "" {
		units = units[slices.IndexFunc(units, func(u Unit) bool { return u.Code == after })+1:]
	}
	if len(units) > r.Limit {
		units = units[:r.Limit]
		out.Next = units[r.Limit-1].Code
	}
	for _, u := range units {
		out.Items = append(out.Items, unitOut(tree, u))
	}
	return c.Reply(0, out)
}

func chosen(t *Tree, under string, level Level) []Unit {
	inside := t.Under(under)
	var list []Unit
	for _, u := range t.All() {
		if (level == "" || u.Level == level) && (under == "" || slices.Contains(inside, u.Code)) {
			list = append(list, u)
		}
	}
	return list
}

func unitOut(t *Tree, u Unit) unitJSON {
	return unitJSON{Code: u.Code, Name: u.Name, Kind: u.Kind, Level: string(u.Level), Parent: u.Parent, Place: t.Place(u.Code), From: u.From, Until: u.Until}
}

func (a API) get(c *httpx.Ctx) error {
	date, err := a.day(c, "date")
	if err != nil {
		return err
	}
	tree, err := a.Units.On(c.Std(), date)
	if err != nil {
		return err
	}
	u, ok := tree.Unit(c.Params("code"))
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	return c.Reply(0, unitOut(tree, u))
}

func (a API) successors(c *httpx.Ctx) error {
	from, err := a.day(c, "from")
	if err != nil {
		return err
	}
	to, err := a.day(c, "to")
	if err != nil {
		return err
	}
	atlas, err := a.Units.Atlas(c.Std())
	if err != nil {
		return err
	}
	found := atlas.Successors(c.Params("code"), from, to)
	if found == nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	out := httpx.List[successorJSON]{Items: []successorJSON{}}
	for _, s := range found {
		out.Items = append(out.Items, successorJSON{Code: s.Code, Name: atlas.Name(s.Code, to), Whole: s.Whole, Main: s.Main, Inferred: s.Inferred})
	}
	return c.Reply(0, out)
}

func (a API) me(c *httpx.Ctx) error {
	out := meJSON{ID: string(c.Who.ID), Login: c.Who.Login, Name: c.Who.Name, Home: c.Who.Home, Posts: []postJSON{}, May: []string{}}
	for _, g := range c.Who.Grants {
		out.Posts = append(out.Posts, postJSON{Role: string(g.Role), Everywhere: g.Everywhere, Units: len(g.Units)})
	}
	for _, p := range c.Who.Perms() {
		out.May = append(out.May, string(p))
	}
	return c.Reply(0, out)
}
