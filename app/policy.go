package app

import (
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// everybody may do this, whatever the role: see working time, make tokens for oneself.
var everybody = []access.Perm{calstore.Look, org.TokenOwn}

// Policy says which role may do what. Where a role reaches is said by each post; this
// table is reviewed by hand, and app/testdata/routes.tsv shows what follows from it.
var Policy = func() access.Policy {
	p := access.Policy{
		org.Planner:             {org.AccountRead},
		org.FocalPoint:          {},
		org.DistrictCoordinator: {org.AccountRead},
		org.Inspector:           {},
		org.OneStopOfficer:      {},
		org.CivilStatusOfficer:  {},
		org.LabourOfficer:       {},
		org.SigningLeader:       {},
		org.SupportAgent:        {org.AccountRead, org.AccountHelp},
		org.SupportLead:         {org.AccountRead, org.AccountHelp, notify.Manage},
		org.Trainer:             {org.AccountRead},
		org.Leadership:          {},
		org.Auditor:             {trail.Read, org.AccountRead},
		org.Administrator:       slices.Concat(org.Perms, []access.Perm{trail.Read, notify.Manage, calstore.Edit}),
	}
	for role := range p {
		p[role] = append(p[role], everybody...)
	}
	return p
}()
