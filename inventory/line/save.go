package line

import (
	"context"
	"hash/fnv"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// Form is what a person types about a line. Unit, Name and Place are of a new line
// only; speeds are as the contract says them, Mbps.
type Form struct {
	Unit, Name, Place        string
	Provider, Circuit        string
	ContractDown, ContractUp string
	Target                   string
	contractDown, contractUp string // as they are stored
	providerID               ident.ID
}

const (
	longestName = 120
	// The facts that a contract declares.
	factContract, factContractUp = "contract_mbps", "contract_up_mbps"
)

// check reads what was typed; what does not concern a line itself the inventory checks.
func (s *Service) check(ctx context.Context, q bun.IDB, f *Form) error {
	f.Circuit = tidy(f.Circuit)
	var k fault.Check
	k.Need(utf8.RuneCountInString(f.Circuit) <= longestReference, "circuit", "line.form.long", "max", longestReference)
	for _, one := range []struct {
		field, fact string
		raw         string
		into        *string
	}{{"contract_down", factContract, f.ContractDown, &f.contractDown}, {"contract_up", factContractUp, f.ContractUp, &f.contractUp}} {
		if strings.TrimSpace(one.raw) == "" {
			continue
		}
		v, err := inventory.ReadFact(one.fact, one.raw)
		if err != nil {
			e := fault.Of(err)
			k.Need(false, one.field, e.Key, e.Args...)
		}
		*one.into = v
	}
	target, err := ReadTarget(s.Guard, f.Target)
	if err != nil {
		k.Need(false, "target", fault.Of(err).Key)
	}
	f.Target = target
	if f.Provider != "" {
		n, err := q.NewSelect().Model((*Provider)(nil)).Where("lp.id = ?", f.Provider).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		k.Need(n == 1, "provider", "line.form.provider_needed")
		f.providerID = ident.ID(f.Provider)
	}
	return k.Err()
}

// Add records a new line: its asset in the inventory, and what stands beside it.
func (s *Service) Add(ctx context.Context, who access.Actor, f Form) (inventory.Asset, error) {
	if err := who.Need(inventory.Edit); err != nil {
		return inventory.Asset{}, err
	}
	var a inventory.Asset
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.check(ctx, tx, &f); err != nil {
			return err
		}
		facts := map[string]string{}
		if f.contractDown != "" {
			facts[factContract] = f.contractDown
		}
		if f.contractUp != "" {
			facts[factContractUp] = f.contractUp
		}
		made, err := s.Inventory.AddIn(ctx, tx, who, []inventory.AssetForm{{Unit: f.Unit, Kind: string(inventory.WANLine), Name: f.Name, Place: f.Place,
			State: string(inventory.InUse), Facts: facts}})
		if err != nil {
			return err
		}
		a = made[0]
		l, _, err := s.lineIn(ctx, tx, who, inventory.Edit, a.ID)
		if err != nil {
			return err
		}
		return s.put(ctx, tx, who, a, l, f)
	})
	return a, err
}

// Save keeps what a person typed about a line.
func (s *Service) Save(ctx context.Context, who access.Actor, asset ident.ID, version int64, f Form) (inventory.Asset, error) {
	var a inventory.Asset
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		l, found, err := s.lineIn(ctx, tx, who, inventory.Edit, asset)
		if err != nil {
			return err
		}
		if a = found; l.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		if err := s.check(ctx, tx, &f); err != nil {
			return err
		}
		if err := s.put(ctx, tx, who, a, l, f); err != nil {
			return err
		}
		return s.declare(ctx, tx, who, a, f)
	})
	return a, err
}

// put saves a line's own columns. What the server probes is set only by those who may.
func (s *Service) put(ctx context.Context, tx *db.Tx, who access.Actor, a inventory.Asset, was Line, f Form) error {
	now, l := s.Business.Now(), was
	l.Provider, l.Circuit, l.Version = f.providerID, f.Circuit, was.Version+1
	if f.Target != was.Target {
		if err := who.NeedAt(Configure, a.Unit); err != nil {
			return err
		}
		l.Target, l.TargetBy = f.Target, who.ID
		l.Fails, l.FailingSince, l.NextProbe = 0, time.Time{}, time.Time{}
		if l.Target != "" {
			l.NextProbe = now.Add(s.turn(a.ID))
		}
		if err := s.closeOutage(ctx, tx, &l, now); err != nil {
			return err
		}
	}
	err := db.Changed(tx.NewUpdate().Model(&l).Column("provider", "circuit", "target", "target_by", "next_probe", "fails", "failing_since", "health", "since", "down_now", "dirty_from", "version").
		WherePK().Where("version = ?", was.Version).Exec(ctx))
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "inventory.line.saved", string(a.ID), map[string][2]any{
		"provider": {was.Provider, l.Provider}, "circuit": {was.Circuit, l.Circuit}, "target": {was.Target, l.Target}}, trail.At(a.Unit))
}

// turn spreads the lines over the interval, so that not all are probed at once.
func (s *Service) turn(id ident.ID) time.Duration {
	if s.Every <= 0 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return time.Duration(h.Sum32()%uint32(max(s.Every/time.Second, 1))) * time.Second
}

// declare records the contract's speeds that are not what is declared already.
func (s *Service) declare(ctx context.Context, tx *db.Tx, who access.Actor, a inventory.Asset, f Form) error {
	have, err := declared(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	now := s.Business.Now()
	var facts []inventory.Fact
	for name, v := range map[string]string{factContract: f.contractDown, factContractUp: f.contractUp} {
		if v != "" && v != have[name] {
			facts = append(facts, inventory.Fact{ID: ident.New(now), Asset: a.ID, Unit: a.Unit, Name: name, Value: v, Source: readiness.Declared, ObservedAt: now,
				Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true})
		}
	}
	if len(facts) == 0 {
		return nil
	}
	if err := s.Inventory.NoteIn(ctx, tx, a.Unit, string(a.ID), who, i18n.L("line.note.contract", "code", a.Code), ""); err != nil {
		return err
	}
	return s.Inventory.RecordIn(ctx, tx, facts)
}

// declared are a line's declared facts by name.
func declared(ctx context.Context, q bun.IDB, asset ident.ID) (map[string]string, error) {
	var rows []inventory.Fact
	err := q.NewSelect().Model(&rows).Where("af.asset = ?", asset).Where("af.current").Where("af.source = ?", readiness.Declared).Scan(ctx)
	out := map[string]string{}
	for _, f := range rows {
		out[f.Name] = f.Value
	}
	return out, db.Sorted(err)
}

// mostProviders is how many providers a city has at the most.
const mostProviders = 200

// Providers are all of them, by name; those that provide nothing any more come last.
func (s *Service) Providers(ctx context.Context, who access.Actor) ([]Provider, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, err
	}
	var rows []Provider
	err := s.DB.Read().NewSelect().Model(&rows).OrderExpr("lp.active DESC, lp.name, lp.id").Limit(mostProviders).Scan(ctx)
	return rows, db.Sorted(err)
}

func (p *Provider) check() error {
	p.Name, p.Contact, p.Phone, p.Portal = tidy(p.Name), tidy(p.Contact), tidy(p.Phone), strings.TrimSpace(p.Portal)
	p.Mail = strings.ToLower(strings.TrimSpace(p.Mail))
	var k fault.Check
	k.Need(p.Name != "", "name", "line.form.provider_name")
	for _, one := range []struct {
		field, value string
		most         int
	}{{"name", p.Name, longestName}, {"contact", p.Contact, longestName}, {"phone", p.Phone, 40}, {"portal", p.Portal, longestTarget}} {
		k.Need(utf8.RuneCountInString(one.value) <= one.most, one.field, "line.form.long", "max", one.most)
	}
	if p.Mail != "" {
		a, err := mail.ParseAddress(p.Mail)
		k.Need(err == nil && a.Address == p.Mail, "mail", "line.form.mail_wrong")
	}
	k.Need(p.Portal == "" || strings.HasPrefix(p.Portal, "https://") || strings.HasPrefix(p.Portal, "http://"), "portal", "line.form.portal_wrong")
	return k.Err()
}

// SaveProvider adds a provider, or changes the one with this ID and version.
func (s *Service) SaveProvider(ctx context.Context, who access.Actor, p Provider) (Provider, error) {
	if err := who.Need(Configure); err != nil {
		return p, err
	}
	if err := p.check(); err != nil {
		return p, err
	}
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var was Provider
		var err error
		if p.ID == "" {
			p.ID, p.Version = ident.New(now), 1
			_, err = tx.NewInsert().Model(&p).Exec(ctx)
		} else {
			if err := tx.NewSelect().Model(&was).Where("lp.id = ?", p.ID).Scan(ctx); err != nil {
				return db.Sorted(err)
			}
			before := p.Version
			p.Version++
			err = db.Changed(tx.NewUpdate().Model(&p).WherePK().Where("version = ?", before).Exec(ctx))
		}
		if db.Duplicate(err) {
			var k fault.Check
			k.Need(false, "name", "line.form.provider_taken")
			return k.Err()
		} else if err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "inventory.line.provider.saved", string(p.ID), map[string][2]any{"name": {was.Name, p.Name}, "active": {was.Active, p.Active}})
	})
	return p, err
}
