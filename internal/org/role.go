package org

import (
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// The roles that a person can hold.
const (
	Planner             access.Role = "planner"
	FocalPoint          access.Role = "focal_point"
	DistrictCoordinator access.Role = "district_coordinator"
	Inspector           access.Role = "inspector"
	OneStopOfficer      access.Role = "one_stop_officer"
	CivilStatusOfficer  access.Role = "civil_status_officer"
	LabourOfficer       access.Role = "labour_officer"
	SigningLeader       access.Role = "signing_leader"
	SupportAgent        access.Role = "support_agent"
	SupportLead         access.Role = "support_lead"
	Trainer             access.Role = "trainer"
	Leadership          access.Role = "leadership"
	Auditor             access.Role = "auditor"
	Administrator       access.Role = "administrator"
	Citizen             access.Role = "citizen"
)

// Roles are the roles that an account can hold. A citizen has no account: a
// telephone proves who it is.
var Roles = []access.Role{
	Planner, FocalPoint, DistrictCoordinator, Inspector, OneStopOfficer, CivilStatusOfficer, LabourOfficer, SigningLeader,
	SupportAgent, SupportLead, Trainer, Leadership, Auditor, Administrator,
}

// Post is a role that an account holds over a unit, on days [From, Until) of the
// business clock. An empty Unit means everywhere, an empty Until no end.
type Post struct {
	bun.BaseModel `bun:"table:account_role,alias:r"`
	ID            ident.ID    `bun:"id,pk"`
	Account       ident.ID    `bun:"account"`
	Role          access.Role `bun:"role"`
	Unit          string      `bun:"unit"`
	From          string      `bun:"from_date"`
	Until         string      `bun:"until_date"`
	GrantedAt     time.Time   `bun:"granted_at"`
	GrantedBy     ident.ID    `bun:"granted_by"`
}

// On tells whether the post is held on a day.
func (p Post) On(date string) bool { return p.From <= date && (p.Until == "" || date < p.Until) }

func (p Post) check(tree *Tree) error {
	var k fault.Check
	k.Need(slices.Contains(Roles, p.Role), "role", "org.post.role_unknown", "role", string(p.Role))
	if p.Unit != "" {
		_, ok := tree.Unit(p.Unit)
		k.Need(ok, "unit", "org.account.unit_unknown", "unit", p.Unit)
	}
	_, err := clock.ParseDate(p.From)
	k.Need(err == nil, "from", "form.bad_day")
	if p.Until != "" {
		_, err := clock.ParseDate(p.Until)
		k.Need(err == nil, "until", "form.bad_day")
		k.Need(strings.Compare(p.From, p.Until) < 0, "until", "org.post.ends_before_start")
	}
	return k.Err()
}

// grant is the post as a right on a day: the subtree of its unit, or what took over
// from a unit that has ended.
func (p Post) grant(a *Atlas, date string) access.Grant {
	if p.Unit == "" {
		return access.Grant{Role: p.Role, Everywhere: true}
	}
	if u, ok := a.Version(p.Unit, date); ok && u.Level == Province {
		return access.Grant{Role: p.Role, Everywhere: true}
	}
	return access.Grant{Role: p.Role, Units: a.Scope(p.Unit, date)}
}
