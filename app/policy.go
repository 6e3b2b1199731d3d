package app

import (
	"slices"

	"lotrinh/dossier"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/loop"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/install"
	"lotrinh/inventory/intake"
	lines "lotrinh/inventory/line"
	"lotrinh/inventory/stocktake"
	"lotrinh/inventory/supply"
	"lotrinh/inventory/suppose"
	"lotrinh/reports"
	"lotrinh/reports/delivery"
	"lotrinh/reports/gallery"
	"lotrinh/rollout"
	communeduty "lotrinh/rollout/duty"
	"lotrinh/rollout/issuance"
	"lotrinh/rollout/outlook"
	"lotrinh/rollout/probe"
	"lotrinh/rollout/services"
	"lotrinh/rollout/training"
)

type perms = []access.Perm

// What several roles share.
var (
	// everybody sees working time and makes tokens for oneself.
	everybody = perms{calstore.Look, org.TokenOwn}
	// commune is the work of a commune's officers: see how it stands, report what
	// is missing, ask for help.
	commune = perms{issuance.Look, issuance.Ask, communeduty.Keep, rollout.Read, training.Look, training.Enrol, inventory.Look, inventory.Report, supply.Sign, lines.Measure, helpdesk.Ask, hotline.Keep}
	// reading sees all the work and changes nothing.
	reading = perms{rollout.Read, training.Look, inventory.Look, helpdesk.Read, incident.Read, reports.Overview, reports.Read}
	// support answers tickets and helps people back in.
	support = perms{rollout.Read, inventory.Look, install.Record, helpdesk.Ask, helpdesk.Read, helpdesk.Work, org.AccountRead, org.AccountHelp, incident.Read, knowledge.Edit}
)

// Policy says which role may do what. Where a role reaches is said by each post; this
// table is reviewed by hand, and app/testdata/routes.tsv shows what follows from it.
var Policy = func() access.Policy {
	p := access.Policy{
		org.Planner: slices.Concat(reading, perms{
			rollout.Declare, rollout.Verify, rollout.MoveTo, rollout.Waive, rollout.Plan, probe.Keep, outlook.Decide,
			services.Report, services.Tell, services.Keep,
			inventory.Edit, inventory.Inspect, inventory.Report, inventory.Handle, inventory.Publish, intake.Keys, inventory.Waive, stocktake.Take, suppose.Ask, org.AccountRead, org.UnitChange,
			supply.Decide, supply.Allocate, supply.Deliver,
			lines.Measure, lines.Configure,
			reports.Run, reports.Plan, gallery.Design, reports.Issue, delivery.Share, reports.Reissue, reports.Calendars, loop.Decide, dossier.Figures,
			install.Plan, install.Record,
			issuance.Look, issuance.Ask, communeduty.Keep,
			training.Enrol, training.Teach, training.Plan,
		}),
		org.FocalPoint: {rollout.Read, services.Report},
		org.DistrictCoordinator: slices.Concat(commune, perms{
			install.Plan, install.Record,
			supply.Ask, supply.Deliver, issuance.Approve, org.AccountStaff,
			rollout.Declare, services.Tell, dossier.Supervise, dossier.Figures, inventory.Edit, inventory.Handle, intake.Keys, stocktake.Take, suppose.Ask, helpdesk.Read, org.AccountRead, reports.Overview, reports.Read, loop.Decide,
		}),
		org.Inspector:          slices.Concat(reading, perms{rollout.Verify, inventory.Inspect, inventory.Report, stocktake.Take, install.Record}),
		org.OneStopOfficer:     slices.Concat(commune, perms{inventory.Edit, stocktake.Take, install.Record, dossier.Read, dossier.Receive}),
		org.CivilStatusOfficer: slices.Concat(commune, perms{services.Tell, dossier.Read, dossier.Examine, dossier.Register}),
		org.LabourOfficer:      commune,
		org.SigningLeader:      slices.Concat(commune, perms{dossier.Read, dossier.Sign, dossier.Figures}),
		org.SupportAgent:       support,
		org.SupportLead:        slices.Concat(support, perms{helpdesk.Assign, helpdesk.Manage, incident.Lead, loop.Tell, inventory.Handle, lines.Measure, lines.Configure, notify.Manage, dossier.Exchange}),
		org.Trainer:            {rollout.Read, training.Look, training.Teach, helpdesk.Ask, org.AccountRead},
		org.Leadership:         slices.Concat(reading, perms{suppose.Ask, dossier.Figures, delivery.Share}),
		org.Auditor:            slices.Concat(reading, perms{trail.Read, org.AccountRead, org.AccountReview}),
		org.Administrator:      slices.Concat(org.Perms, perms{delivery.Manage, issuance.Look, issuance.Issue, probe.Keep, outlook.Set, trail.Read, notify.Manage, calstore.Edit, helpdesk.Ask, helpdesk.Manage, loop.Tell, dossier.Configure, dossier.Exchange}),
	}
	for role := range p {
		p[role] = append(p[role], followPerms[role]...)
		p[role] = append(p[role], watchPerms[role]...)
		p[role] = append(p[role], everybody...)
	}
	return p
}()
