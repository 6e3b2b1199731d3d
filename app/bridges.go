package app

import (
	"context"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
	"lotrinh/rollout"
)

// letters is org's Mailer: a letter is a notice in the transaction that made its link.
type letters struct{}

// Reset queues the letter with the link for a new password.
func (letters) Reset(ctx context.Context, tx *db.Tx, now time.Time, l org.Letter) error {
	return notify.Write(ctx, tx, now, notify.Message{
		Account: l.Account, Address: l.To, Lang: l.Lang, Template: "org.letter.reset",
		Args: []any{"name", l.Name, "login", l.Login, "minutes", int(l.Life.Minutes())},
		Link: l.Path, Dedupe: "reset:" + l.Path, Critical: true, Private: true,
	})
}

// officeHours is when people may be written to: the working time of the city, by the
// business clock. Whoever asks counts by the machine's.
type officeHours struct {
	calendars *calstore.Store
	business  *clock.Shifted
}

// NextOpen is the moment, or when working time next begins. A year without a
// calendar holds no letter back.
func (o officeHours) NextOpen(at time.Time) (time.Time, error) {
	away := o.business.Offset()
	cal, err := o.calendars.Calendar(context.Background(), calstore.Office)
	if err != nil {
		return at, err
	}
	open, err := cal.NextOpen(at.Add(away))
	if err != nil || !open.Known() {
		return at, err
	}
	return open.At.Add(-away).UTC(), nil
}

// nextMorning is when offices next open after now.
func (h *House) nextMorning(ctx context.Context, now time.Time) (time.Time, error) {
	cal, err := h.Calendars.Calendar(ctx, calstore.Office)
	if err != nil {
		return now, err
	}
	_, until := clock.Day(now)
	open, err := cal.NextOpen(until)
	if err != nil || !open.Known() {
		return until.Add(8 * time.Hour), err
	}
	return open.At.UTC(), nil
}

// equipmentAt is the page of a commune's equipment.
const equipmentAt = "/inventory/units/:unit"

// equipment is rollout's Readiness: the inventory answers.
type equipment struct{ inventory *inventory.Service }

// All are the inventory's verdicts with their reasons.
func (e equipment) All(ctx context.Context, units []string, at time.Time) (map[string]rollout.Verdict, error) {
	answers, err := e.inventory.All(ctx, units, at)
	if err != nil {
		return nil, err
	}
	verdicts := make(map[string]rollout.Verdict, len(answers))
	for unit, a := range answers {
		v := rollout.Verdict{Answer: rollout.Answer(a.Verdict), Link: equipmentOf(unit)}
		if a.Verdict == readiness.Waived { // the gate opens, and its reasons name who excused what until when
			v.Answer = rollout.Met
		}
		for _, r := range a.Reasons {
			v.Reasons = append(v.Reasons, rollout.Reason{Line: r.Text})
		}
		verdicts[unit] = v
	}
	return verdicts, nil
}

// deskPeople is who the help desk knows.
type deskPeople struct{ *org.People }

// Agents are the people whose post lets them work on the tickets of a unit, each
// once, by role and name.
func (d deskPeople) Agents(ctx context.Context, unit string) ([]helpdesk.Agent, error) {
	var all []helpdesk.Agent
	seen := map[ident.ID]int{} // place in all
	for _, role := range []access.Role{org.SupportAgent, org.SupportLead} {
		accounts, err := d.Holders(ctx, role, unit)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			at, ok := seen[a.ID]
			if !ok {
				at = len(all)
				seen[a.ID] = at
				all = append(all, helpdesk.Agent{ID: a.ID, Name: a.Name})
			}
			all[at].Roles = append(all[at].Roles, role)
		}
	}
	return all, nil
}

// Leads are those who lead the support of a unit.
func (d deskPeople) Leads(ctx context.Context, unit string) ([]ident.ID, error) {
	accounts, err := d.Holders(ctx, org.SupportLead, unit)
	ids := make([]ident.ID, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	return ids, err
}

// deskAssets is what the help desk knows of equipment.
type deskAssets struct{ *inventory.Service }

// ByCode are the assets within the reader's reach by their codes.
func (d deskAssets) ByCode(ctx context.Context, who access.Actor, codes []string) (map[string]helpdesk.Asset, error) {
	rows, err := d.Service.ByCode(ctx, who, codes)
	all := map[string]helpdesk.Asset{}
	for _, a := range rows {
		all[a.Code] = helpdesk.Asset{Code: a.Code, Name: a.Name, Unit: a.Unit, Href: "/inventory/assets/" + string(a.ID)}
	}
	return all, err
}

// Reachable are the open accounts that an address or a number belongs to.
func (d deskPeople) Reachable(ctx context.Context, kind helpdesk.WayKind, value string) ([]helpdesk.Contact, error) {
	find := d.HavingPhone
	if kind == helpdesk.MailWay {
		find = d.HavingEmail
	}
	accounts, err := find(ctx, value)
	all := make([]helpdesk.Contact, len(accounts))
	for i, a := range accounts {
		all[i] = helpdesk.Contact{ID: a.ID, Account: a.ID, Name: a.Name, Unit: a.Unit}
	}
	return all, err
}

// ladder is who is told above a ticket's owner.
type ladder struct{ people *org.People }

var rungs = map[sla.Rung]access.Role{sla.Lead: org.SupportLead, sla.Department: org.Planner, sla.Leadership: org.Leadership}

// Rung are the people whose post makes them answer for a unit on a rung.
func (l ladder) Rung(ctx context.Context, r sla.Rung, unit string) ([]ident.ID, error) {
	accounts, err := l.people.Holders(ctx, rungs[r], unit)
	if err != nil {
		return nil, err
	}
	ids := make([]ident.ID, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	return ids, nil
}

// deskGaps is the inventory as the help desk opens gaps in it.
type deskGaps struct{ inventory *inventory.Service }

// Devices are the kinds of devices that a gap can be about.
func (deskGaps) Devices(t i18n.T) []ui.Option {
	all := []ui.Option{{Label: t.Say("loop.device.pick")}}
	for _, k := range inventory.Kinds {
		all = append(all, ui.Option{Value: string(k), Label: t.Say("inventory.kind." + string(k))})
	}
	return all
}

// Open opens a gap for one broken device, and tells its address.
func (g deskGaps) Open(ctx context.Context, tx *db.Tx, who access.Actor, unit, device, reason string) (string, error) {
	gap, err := g.inventory.ReportGapIn(ctx, tx, who, inventory.GapForm{Unit: unit, Kind: string(inventory.BrokenGap), What: device, Quantity: "1", Note: reason})
	if err != nil {
		return "", err
	}
	return "/inventory/gaps/" + string(gap.ID), nil
}
