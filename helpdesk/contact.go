package helpdesk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// WayKind is a way to reach somebody.
type WayKind string

// The ways.
const (
	MailWay  WayKind = "mail"
	PhoneWay WayKind = "phone"
)

// Contact is a person who writes or calls. With an account, Account says which; a
// contact of an account is that account and has no row here.
type Contact struct {
	bun.BaseModel `bun:"table:desk_contact,alias:dc"`
	ID            ident.ID  `bun:"id,pk"`
	Account       ident.ID  `bun:"account"`
	Name          string    `bun:"name"`
	Unit          string    `bun:"unit"` // code; empty when nobody has said
	CreatedAt     time.Time `bun:"created_at"`
	Version       int64     `bun:"version"`
}

// Way is an address or a number of a contact, normalised: an address in small
// letters, a number as 0….
type Way struct {
	bun.BaseModel `bun:"table:desk_way,alias:dw"`
	Kind          WayKind  `bun:"kind"`
	Value         string   `bun:"value"`
	Contact       ident.ID `bun:"contact"`
	Verified      bool     `bun:"verified"` // the person has proved it
	Broken        bool     `bun:"broken"`   // what was sent there came back
}

// longestName is how long a contact's name may be, in letters.
const longestName = 100

// mostContacts is how many people of one number or address are offered.
const mostContacts = 20

// ContactsBy are the people known by a normalised address or number: accounts first,
// then contacts without one, at most 20. It is for the product's own use, to tell
// who writes or calls; whoever shows the answer to a person keeps to that person's
// scope and audits it.
func (s *Service) ContactsBy(ctx context.Context, from bun.IDB, kind WayKind, value string) ([]Contact, error) {
	if value == "" {
		return nil, nil
	}
	all, err := s.People.Reachable(ctx, kind, value)
	if err != nil {
		return nil, err
	}
	var rows []Contact
	err = from.NewSelect().Model(&rows).Join("JOIN desk_way AS dw ON dw.contact = dc.id").
		Where("dw.kind = ?", kind).Where("dw.value = ?", value).Order("dc.id DESC").Limit(mostContacts).Scan(ctx)
	return append(all, rows...), db.Sorted(err)
}

// KnowIn is the contact known by one of the ways, or a new one with all of them. The
// name of a known one stays as it is.
func (s *Service) KnowIn(ctx context.Context, tx *db.Tx, who access.Actor, c Contact, ways ...Way) (Contact, error) {
	c.Name = strings.Join(strings.Fields(fold.NFC(c.Name)), " ")
	var k fault.Check
	k.Need(len(ways) > 0, "way", "helpdesk.form.way_needed")
	k.Need(utf8.RuneCountInString(c.Name) <= longestName, "name", "helpdesk.form.name_long", "max", longestName)
	if err := k.Err(); err != nil {
		return c, err
	}
	for _, w := range ways {
		known, err := s.ContactsBy(ctx, tx, w.Kind, w.Value)
		if err != nil {
			return c, err
		}
		if len(known) > 0 {
			return known[0], nil
		}
	}
	now := s.Business.Now()
	c.ID, c.CreatedAt, c.Version = ident.New(now), now, 1
	if c.Name == "" {
		c.Name = ways[0].Value
	}
	if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
		return c, db.Sorted(err)
	}
	for i := range ways {
		ways[i].Contact = c.ID
	}
	if _, err := tx.NewInsert().Model(&ways).Exec(ctx); err != nil {
		return c, db.Sorted(err)
	}
	return c, trail.Write(ctx, tx, now, who, "helpdesk.contact.made", string(c.ID), nil, trail.At(c.Unit))
}

// WaysOf are the addresses and numbers of contacts without an account.
func (s *Service) WaysOf(ctx context.Context, from bun.IDB, contact ident.ID) ([]Way, error) {
	var rows []Way
	err := from.NewSelect().Model(&rows).Where("dw.contact = ?", contact).Order("dw.kind", "dw.value").Scan(ctx)
	return rows, db.Sorted(err)
}

// NamesOf are what accounts and contacts are called, for the rooms around the help desk.
func (s *Service) NamesOf(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	return s.names(ctx, ids)
}

// names are what accounts and contacts are called.
func (s *Service) names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	names, err := s.People.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(ids), func(id ident.ID) bool { return names[id] != "" })
	if len(rest) == 0 {
		return names, nil
	}
	var rows []Contact
	err = s.DB.Read().NewSelect().Model(&rows).Column("id", "name").Where("dc.id IN (?)", bun.List(rest)).Scan(ctx)
	for _, c := range rows {
		names[c.ID] = c.Name
	}
	return names, db.Sorted(err)
}
