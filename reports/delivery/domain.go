package delivery

import (
	"context"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/trail"
)

// Domain is one that reports may be mailed to outside of the house's accounts. It
// stands for itself alone, not for what is below it.
type Domain struct {
	bun.BaseModel `bun:"table:report_domain,alias:dm"`
	Domain        string    `bun:"domain,pk"` // in small letters
	MadeAt        time.Time `bun:"made_at"`
	MadeBy        string    `bun:"made_by"` // name
}

// mostDomains is how many may be allowed.
const mostDomains = 200

// domainForm is a name of at least two labels (RFC 1035, letters in their ASCII form).
var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// Domains are those that are allowed, by name.
func (s *Service) Domains(ctx context.Context, who access.Actor) ([]Domain, error) {
	if err := who.Need(Manage); err != nil {
		return nil, err
	}
	var rows []Domain
	err := s.DB.Read().NewSelect().Model(&rows).Order("dm.domain").Limit(mostDomains).Scan(ctx)
	return rows, db.Sorted(err)
}

// Allow opens a domain.
func (s *Service) Allow(ctx context.Context, who access.Actor, domain string) error {
	if err := who.Need(Manage); err != nil {
		return err
	}
	domain = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(domain), "@"))
	if len(domain) > 253 || !domainForm.MatchString(domain) || net.ParseIP(domain) != nil {
		return wrong("domain", "delivery.domain.wrong")
	}
	now := s.Business.Now()
	row := Domain{Domain: domain, MadeAt: now, MadeBy: who.Name}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Domain)(nil)).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostDomains {
			return wrong("domain", "delivery.domain.full", "most", mostDomains)
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.Because(fault.Conflict, "delivery.domain.there", err)
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.domain.allowed", domain, nil)
	})
}

// Forbid closes a domain: what still waits for an address in it is dropped.
func (s *Service) Forbid(ctx context.Context, who access.Actor, domain string) error {
	if err := who.Need(Manage); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewDelete().Model((*Domain)(nil)).Where("domain = ?", domain).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.domain.forbidden", domain, nil)
	})
}

// allowed tells whether mail may go to an address outside.
func (s *Service) allowed(ctx context.Context, from bun.IDB, address string) (bool, error) {
	n, err := from.NewSelect().Model((*Domain)(nil)).Where("dm.domain = ?", domainOf(address)).Count(ctx)
	return n == 1, db.Sorted(err)
}
