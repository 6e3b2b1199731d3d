package helpdesk

import (
	"context"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Asset is a piece of equipment as the help desk needs to know it.
type Asset struct {
	Code string
	Name string
	Unit string
	Href string // its page; empty for readers who may not open it
}

// Assets knows equipment; app fits the inventory behind it.
type Assets interface {
	// ByCode are the assets with these codes, in one query; unknown ones are left out.
	ByCode(ctx context.Context, who access.Actor, codes []string) (map[string]Asset, error)
}

// noAssets stands where nobody keeps equipment: no code is known.
type noAssets struct{}

// ByCode knows none.
func (noAssets) ByCode(context.Context, access.Actor, []string) (map[string]Asset, error) {
	return nil, nil //nolint:nilnil // no assets is an answer
}

func (s *Service) assets() Assets {
	if s.Assets == nil {
		return noAssets{}
	}
	return s.Assets
}

// longestDossier is how long a dossier's number may be.
const longestDossier = 60

// subject checks what a ticket is about: an asset that exists, and a dossier's number.
func (s *Service) subject(ctx context.Context, who access.Actor, asset, dossier *string) error {
	*asset, *dossier = strings.ToUpper(tidy(*asset)), tidy(*dossier)
	var k fault.Check
	k.Need(utf8.RuneCountInString(*dossier) <= longestDossier, "dossier", "helpdesk.form.dossier_long", "max", longestDossier)
	if *asset != "" {
		known, err := s.assets().ByCode(ctx, who, []string{*asset})
		if err != nil {
			return err
		}
		_, ok := known[*asset]
		k.Need(ok, "asset", "helpdesk.form.asset_unknown", "code", *asset)
	}
	return k.Err()
}

// draftSubject checks what a new ticket is about, before its transaction begins.
func (s *Service) draftSubject(ctx context.Context, who access.Actor, d *Draft) error {
	if d.Asset == "" && d.Dossier == "" {
		return nil
	}
	if err := who.Need(Ask); err != nil {
		return err
	}
	return s.subject(ctx, who, &d.Asset, &d.Dossier)
}

// SetSubject says which equipment and which dossier a ticket is about.
func (s *Service) SetSubject(ctx context.Context, who access.Actor, id ident.ID, version int64, asset, dossier string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if err := s.subject(ctx, who, &asset, &dossier); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(_ context.Context, a *action) error {
		if err := a.working(); err != nil {
			return err
		}
		a.t.Asset, a.t.Dossier = asset, dossier
		if a.t.Asset == a.before.Asset && a.t.Dossier == a.before.Dossier {
			return nil
		}
		a.step(ActAbout, strings.Trim(asset+" · "+dossier, " ·"), true)
		a.trail("helpdesk.ticket.subject", map[string][2]any{"asset": {a.before.Asset, asset}, "dossier": {a.before.Dossier, dossier}})
		return nil
	})
}

// Sort says what sort of ticket it is: its kind, its service, and the group that
// works on it. A ticket that changes its service keeps its checklist; its clocks follow
// the rule that holds now.
func (s *Service) Sort(ctx context.Context, who access.Actor, id ident.ID, version int64, kind Kind, service Category, group Group) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.SortIn(ctx, tx, r, who, id, version, kind, service, group)
	})
}

// SortIn is Sort in the caller's transaction; empty values stay as they are.
func (s *Service) SortIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, version int64, kind Kind, service Category, group Group) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	var k fault.Check
	k.Need(kind == "" || knownKind(kind), "kind", "helpdesk.form.kind_needed")
	_, offered := r.cat.Offer(service)
	k.Need(service == "" || offered, "service", "helpdesk.form.service_needed")
	_, there := r.cat.Team(group)
	k.Need(group == "" || there, "group", "helpdesk.catalogue.group_unknown")
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.working(); err != nil {
			return err
		}
		return a.sort(ctx, kind, service, group)
	})
}

func (a *action) sort(ctx context.Context, kind Kind, service Category, group Group) error {
	changes := map[string][2]any{}
	if kind != "" && kind != a.t.Kind {
		a.t.Kind = kind
		changes["kind"] = [2]any{a.before.Kind, kind}
		a.step(ActKind, string(kind), false)
	}
	if service != "" && service != a.t.Service {
		a.t.Service = service
		changes["service"] = [2]any{a.before.Service, service}
		a.step(ActService, string(service), false)
	}
	if group != "" && group != a.t.Group {
		a.t.Group = group
		changes["group"] = [2]any{a.before.Group, group}
		a.step(ActGroup, string(group), false)
	}
	if len(changes) == 0 {
		return nil
	}
	a.trail("helpdesk.ticket.sorted", changes)
	if a.t.Phase == Done {
		return nil
	}
	return a.reclock(ctx)
}
