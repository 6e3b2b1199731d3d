package app

import (
	"slices"

	"lotrinh/helpdesk"
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
		org.Planner:             {org.AccountRead, helpdesk.Read},
		org.FocalPoint:          {helpdesk.Ask, helpdesk.Read},
		org.DistrictCoordinator: {org.AccountRead, helpdesk.Ask, helpdesk.Read},
		org.Inspector:           {},
		org.OneStopOfficer:      {helpdesk.Ask},
		org.CivilStatusOfficer:  {helpdesk.Ask},
		org.LabourOfficer:       {helpdesk.Ask},
		org.SigningLeader:       {helpdesk.Ask},
		org.SupportAgent:        {org.AccountRead, org.AccountHelp, helpdesk.Ask, helpdesk.Read, helpdesk.Work},
		org.SupportLead:         {org.AccountRead, org.AccountHelp, notify.Manage, helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Assign},
		org.Trainer:             {org.AccountRead, helpdesk.Ask},
		org.Leadership:          {helpdesk.Read},
		org.Auditor:             {trail.Read, org.AccountRead, helpdesk.Read},
		org.Administrator:       slices.Concat(org.Perms, []access.Perm{trail.Read, notify.Manage, calstore.Edit}),
	}
	for role := range p {
		p[role] = append(p[role], everybody...)
	}
	return p
}()
