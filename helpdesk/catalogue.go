package helpdesk

import (
	"cmp"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// listOf is a short list kept in one JSON column.
type listOf[T any] []T

// Value is the list as JSON.
func (l listOf[T]) Value() (driver.Value, error) {
	if l == nil {
		return "[]", nil
	}
	raw, err := json.Marshal([]T(l))
	return string(raw), err
}

// Scan reads the list from JSON.
func (l *listOf[T]) Scan(from any) error {
	switch v := from.(type) {
	case string:
		return json.Unmarshal([]byte(v), (*[]T)(l))
	case []byte:
		return json.Unmarshal(v, (*[]T)(l))
	}
	return errors.New("helpdesk: a list is not JSON")
}

// Item is a line of a service's checklist.
type Item struct {
	Label     string `json:"label"`
	Mandatory bool   `json:"mandatory"` // a resolve asks when it is open
}

// FieldKind is what may be put into a field of one's own.
type FieldKind string

// The kinds of fields.
const (
	FieldText   FieldKind = "text"
	FieldNumber FieldKind = "number"
	FieldDate   FieldKind = "date"
	FieldChoice FieldKind = "choice"
)

// FieldKinds are all of them, in the order of forms.
var FieldKinds = []FieldKind{FieldText, FieldNumber, FieldDate, FieldChoice}

// FieldDef is one more question that a service asks. Its code never changes, so that
// what was answered stays answered when the label is corrected.
type FieldDef struct {
	Code     string    `json:"code"`
	Label    string    `json:"label"`
	Kind     FieldKind `json:"kind"`
	Options  []string  `json:"options,omitempty"` // of a choice
	Required bool      `json:"required"`          // asked of whoever opens the ticket
}

// Offer is a service of the catalogue: what help can be asked for, which group
// answers it, and what a ticket of it starts with. One that has no row yet is as it
// was shipped (version 0) and is called by the words of its code.
type Offer struct {
	bun.BaseModel `bun:"table:desk_service,alias:ds"`
	Code          Category         `bun:"code,pk"`
	NameVI        string           `bun:"name_vi"`
	NameEN        string           `bun:"name_en"`
	Group         Group            `bun:"grp"`
	Kind          Kind             `bun:"kind"`
	Impact        int              `bun:"impact"` // what the form of a new ticket proposes
	Urgency       int              `bun:"urgency"`
	Position      int              `bun:"position"`
	Active        bool             `bun:"active"` // offered for new tickets
	Checklist     listOf[Item]     `bun:"checklist"`
	Fields        listOf[FieldDef] `bun:"fields"`
	Version       int64            `bun:"version"`
}

// Field is a question of the service by its code.
func (o Offer) Field(code string) (FieldDef, bool) {
	i := slices.IndexFunc(o.Fields, func(f FieldDef) bool { return f.Code == code })
	if i < 0 {
		return FieldDef{}, false
	}
	return o.Fields[i], true
}

// FollowUp is what becomes of a word on a closed ticket.
type FollowUp string

// The follow-ups.
const (
	FollowReopens FollowUp = "reopen" // the ticket is reopened
	FollowNew     FollowUp = "new"    // a new ticket is made, linked to the closed one
)

// Team is a group that answers tickets, with its policies.
type Team struct {
	bun.BaseModel `bun:"table:desk_group,alias:dg"`
	Code          Group            `bun:"code,pk"`
	NameVI        string           `bun:"name_vi"`
	NameEN        string           `bun:"name_en"`
	Role          access.Role      `bun:"role"`      // whose holders belong to it, when nobody is named
	Members       listOf[ident.ID] `bun:"members"`   // who belongs to it by name
	FollowUp      FollowUp         `bun:"follow_up"` // for FollowUpDays days after closing; later it is always a new ticket
	FollowUpDays  int              `bun:"follow_up_days"`
	Position      int              `bun:"position"`
	Active        bool             `bun:"active"`
	Version       int64            `bun:"version"`
}

// holds tells whether somebody who may answer belongs to the team: by name, else by
// role, else everybody does.
func (t Team) holds(a Agent) bool {
	switch {
	case len(t.Members) > 0:
		return slices.Contains(t.Members, a.ID)
	case t.Role != "":
		return slices.Contains(a.Roles, t.Role)
	}
	return true
}

// shippedDays is for how many days a word on a closed ticket reopens it, as shipped.
const shippedDays = 10

// shipped is the catalogue before anybody edited it.
func shipped() ([]Offer, []Team) {
	kinds := map[Category]Kind{Usage: Question, Account: Request}
	var offers []Offer
	for i, c := range Categories {
		o := Offer{Code: c, Group: c.Group(), Kind: Fault, Impact: Least, Urgency: 2, Position: 10 * (i + 1), Active: true}
		if k, ok := kinds[c]; ok {
			o.Kind = k
		}
		offers = append(offers, o)
	}
	var teams []Team
	for i, g := range Groups {
		teams = append(teams, Team{Code: g, FollowUp: FollowReopens, FollowUpDays: shippedDays, Position: 10 * (i + 1), Active: true})
	}
	return offers, teams
}

// Catalogue is every service and every group, shared and never changed.
type Catalogue struct {
	Offers []Offer // in the order of forms
	Teams  []Team
	offer  map[Category]Offer
	team   map[Group]Team
}

// Offer is a service by its code; one that is no longer offered as well.
func (c *Catalogue) Offer(code Category) (Offer, bool) {
	o, ok := c.offer[code]
	return o, ok
}

// Team is a group by its code.
func (c *Catalogue) Team(code Group) (Team, bool) {
	t, ok := c.team[code]
	return t, ok
}

// Offered are the services that a new ticket may be about.
func (c *Catalogue) Offered() []Offer {
	return slices.DeleteFunc(slices.Clone(c.Offers), func(o Offer) bool { return !o.Active })
}

// Working are the groups that get tickets.
func (c *Catalogue) Working() []Team {
	return slices.DeleteFunc(slices.Clone(c.Teams), func(t Team) bool { return !t.Active })
}

// Service is what a service is called.
func (c *Catalogue) Service(t i18n.T, code Category) string {
	o := c.offer[code]
	o.Code = code
	return o.name(t)
}

// Group is what a group is called.
func (c *Catalogue) Group(t i18n.T, code Group) string {
	g := c.team[code]
	g.Code = code
	return g.name(t)
}

func (o Offer) name(t i18n.T) string {
	return named(t, o.NameVI, o.NameEN, string(serviceKey(o.Code)), string(o.Code))
}

func (t Team) name(in i18n.T) string {
	return named(in, t.NameVI, t.NameEN, string(groupKey(t.Code)), string(t.Code))
}

func named(t i18n.T, vi, en, key, code string) string {
	switch {
	case t.Lang == i18n.EN && en != "":
		return en
	case vi != "":
		return vi
	case t.Has(key):
		return t.Say(key)
	}
	return code
}

// revisionKey is the setting that counts the changes of the catalogue.
const revisionKey = "helpdesk.catalogue.revision"

// recheck is how long a process may believe in its copy of the catalogue before it
// asks whether another one has changed it.
const recheck = 5 * time.Second

// shelf keeps the catalogue in memory by its revision.
type shelf struct {
	mu       sync.Mutex
	now      *Catalogue
	revision string
	checked  time.Time
}

// Catalogue is the catalogue in force. It mostly costs nothing, and never a query of
// an operation: what an operation needs of it is known before it begins.
func (s *Service) Catalogue(ctx context.Context) (*Catalogue, error) {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	now := s.Business.Now()
	if age := now.Sub(s.shelf.checked); s.shelf.now != nil && age >= 0 && age < recheck {
		return s.shelf.now, nil
	}
	revision, err := catalogueRevision(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	if s.shelf.now == nil || revision != s.shelf.revision {
		c, err := readCatalogue(ctx, s.DB.Read())
		if err != nil {
			return nil, err
		}
		s.shelf.now, s.shelf.revision = c, revision
	}
	s.shelf.checked = now
	return s.shelf.now, nil
}

// forget makes the next question read the store again.
func (s *shelf) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = nil
}

func catalogueRevision(ctx context.Context, from bun.IDB) (string, error) {
	var values []string
	err := from.NewSelect().Table("setting").Column("value").Where("name = ?", revisionKey).Scan(ctx, &values)
	if err != nil || len(values) == 0 {
		return "0", db.Sorted(err)
	}
	return values[0], nil
}

// readCatalogue is what was shipped with what was edited laid over it.
func readCatalogue(ctx context.Context, from bun.IDB) (*Catalogue, error) {
	offers, teams := shipped()
	c := &Catalogue{offer: map[Category]Offer{}, team: map[Group]Team{}}
	for _, o := range offers {
		c.offer[o.Code] = o
	}
	for _, t := range teams {
		c.team[t.Code] = t
	}
	var edited []Offer
	if err := from.NewSelect().Model(&edited).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var groups []Team
	if err := from.NewSelect().Model(&groups).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, o := range edited {
		c.offer[o.Code] = o
	}
	for _, t := range groups {
		c.team[t.Code] = t
	}
	for _, o := range c.offer {
		c.Offers = append(c.Offers, o)
	}
	for _, t := range c.team {
		c.Teams = append(c.Teams, t)
	}
	slices.SortFunc(c.Offers, func(a, b Offer) int { return cmp.Or(a.Position-b.Position, cmp.Compare(a.Code, b.Code)) })
	slices.SortFunc(c.Teams, func(a, b Team) int { return cmp.Or(a.Position-b.Position, cmp.Compare(a.Code, b.Code)) })
	return c, nil
}

// reshelve counts a change of the catalogue and makes this process forget its copy.
func (s *Service) reshelve(ctx context.Context, tx *db.Tx) error {
	revision, err := catalogueRevision(ctx, tx)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(revision, 10, 64)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		revisionKey, strconv.FormatInt(n+1, 10)).Exec(ctx)
	tx.After(s.shelf.forget)
	return db.Sorted(err)
}

// Team are the people of a group who may answer the tickets of a unit; an empty unit
// asks for everybody.
func (s *Service) Team(ctx context.Context, g Group, unit string) ([]Agent, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.People.Agents(ctx, unit)
	if err != nil {
		return nil, err
	}
	team := c.team[g]
	return slices.DeleteFunc(slices.Clone(all), func(a Agent) bool { return !team.holds(a) }), nil
}

// teamFirst are the same people, those of a group before the others.
func (c *Catalogue) teamFirst(g Group, all []Agent) []Agent {
	team := c.team[g]
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Agent) int {
		switch x, y := team.holds(a), team.holds(b); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}
