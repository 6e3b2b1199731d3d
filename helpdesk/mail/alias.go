package mail

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/trail"
)

// Alias is what becomes of mail that comes to a further address of a mailbox: another
// service, another unit for people without one. An empty field is as the mailbox has it.
// An address without a row is treated like the mailbox's own.
type Alias struct {
	bun.BaseModel `bun:"table:desk_mail_alias,alias:ma"`
	Address       string            `bun:"address,pk"`
	Category      helpdesk.Category `bun:"service"`
	Unit          string            `bun:"unit"`
	ChangedAt     time.Time         `bun:"changed_at"`
	Version       int64             `bun:"version"` // 0: it has no row yet

	Box Mailbox `bun:"-"` // whose address it is
}

// Aliases are the further addresses of all mailboxes, by mailbox and address.
func (s *Service) Aliases(ctx context.Context, who access.Actor) ([]Alias, error) {
	boxes, err := s.Mailboxes(ctx, who)
	if err != nil {
		return nil, err
	}
	var rows []Alias
	if err := s.DB.Read().NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	kept := map[string]Alias{}
	for _, a := range rows {
		kept[a.Address] = a
	}
	var all []Alias
	for _, b := range boxes {
		for _, address := range slices.Sorted(slices.Values(b.aliases())) {
			a := kept[address]
			a.Address, a.Box = address, b
			all = append(all, a)
		}
	}
	return all, nil
}

// Route says what becomes of mail to a further address.
func (s *Service) Route(ctx context.Context, who access.Actor, a Alias) error {
	all, err := s.Aliases(ctx, who)
	if err != nil {
		return err
	}
	a.Address, a.Unit = strings.ToLower(strings.TrimSpace(a.Address)), strings.TrimSpace(a.Unit)
	i := slices.IndexFunc(all, func(x Alias) bool { return x.Address == a.Address })
	if i < 0 {
		return fault.New(fault.Invalid, "helpdesk.mail.alias_gone")
	}
	before := all[i]
	tree, err := s.Desk.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return err
	}
	offers, err := s.Desk.Catalogue(ctx)
	if err != nil {
		return err
	}
	var k fault.Check
	offer, offered := offers.Offer(a.Category)
	k.Need(a.Category == "" || offered && offer.Active, "service", "helpdesk.form.service_needed")
	_, known := tree.Unit(a.Unit)
	k.Need(a.Unit == "" || known, "unit", "helpdesk.form.unit_unknown", "code", a.Unit)
	if err := k.Err(); err != nil {
		return err
	}
	if a.Version != before.Version {
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	a.ChangedAt = s.Business.Now()
	a.Version++
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if before.Version == 0 {
			if _, err := tx.NewInsert().Model(&a).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		} else if err := db.Changed(tx.NewUpdate().Model(&a).WherePK().Where("version = ?", before.Version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, a.ChangedAt, who, "helpdesk.mail.alias_routed", string(before.Box.ID),
			map[string][2]any{"service": {before.Category, a.Category}, "unit": {before.Unit, a.Unit}})
	})
}

// alias is the further address of the mailbox by which a mail came in, as far as it is
// treated otherwise than the mailbox's own: where the server says that it came in, else
// whom it says it is for.
func (k *taking) alias(ctx context.Context, from bun.IDB) (Alias, error) {
	var mine []string
	for _, to := range append(slices.Clone(k.mail.Delivered), k.mail.Recipients()...) {
		if address := strings.ToLower(to.Mail); slices.Contains(k.box.aliases(), address) && !slices.Contains(mine, address) {
			mine = append(mine, address)
		}
	}
	if len(mine) == 0 {
		return Alias{}, nil
	}
	var rows []Alias
	if err := from.NewSelect().Model(&rows).Where("ma.address IN (?)", bun.List(mine)).Scan(ctx); err != nil {
		return Alias{}, db.Sorted(err)
	}
	for _, address := range mine {
		if i := slices.IndexFunc(rows, func(a Alias) bool { return a.Address == address }); i >= 0 {
			return rows[i], nil
		}
	}
	return Alias{}, nil
}

// routed treats a new ticket as the alias wants it, and says so.
func (k *taking) routed(a Alias, who helpdesk.Contact, d *helpdesk.Draft) {
	if o, ok := k.offers.Offer(a.Category); ok && o.Active {
		d.Service = o.Code
	}
	if _, ok := k.tree.Unit(a.Unit); ok && who.Unit == "" {
		d.Unit = a.Unit
	}
	if a.Category != "" || a.Unit != "" {
		k.verdict.Why = append(k.verdict.Why, rules.Reason{Key: "helpdesk.mail.why.alias", Args: []any{"address", a.Address}})
	}
}
