package tier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Record is what a technician found and did, and with which parts.
type Record struct {
	Found string
	Did   string
	Parts []Part
}

func (r *Record) check() error {
	r.Found, r.Did = strings.TrimSpace(fold.NFC(r.Found)), strings.TrimSpace(fold.NFC(r.Did))
	var k fault.Check
	k.Need(r.Found != "", "found", "tier.form.found_needed")
	k.Need(r.Did != "", "did", "tier.form.did_needed")
	k.Need(utf8.RuneCountInString(r.Found) <= longestText, "found", "tier.form.long", "max", longestText)
	k.Need(utf8.RuneCountInString(r.Did) <= longestText, "did", "tier.form.long", "max", longestText)
	k.Need(len(r.Parts) <= mostParts, "parts", "tier.form.parts_many", "max", mostParts)
	for i := range r.Parts {
		p := &r.Parts[i]
		p.Name, p.Serial = strings.TrimSpace(fold.NFC(p.Name)), strings.TrimSpace(fold.NFC(p.Serial))
		n := strconv.Itoa(i + 1)
		k.Need(p.Name != "" && utf8.RuneCountInString(p.Name) <= longestName, "part"+n, "tier.form.part_needed", "n", i+1)
		k.Need(p.Quantity >= 1 && p.Quantity <= mostQuant, "quantity"+n, "tier.form.quantity_needed", "n", i+1)
		p.Position = int64(i + 1)
	}
	return k.Err()
}

// Write keeps the record of a visit that is on site; until it is signed it may be
// written again.
func (s *Service) Write(ctx context.Context, who access.Actor, id ident.ID, version int64, r Record) (Visit, error) {
	if err := r.check(); err != nil {
		return Visit{}, err
	}
	return s.change(ctx, who, id, version, "tier.visit.recorded", func(ctx context.Context, tx *db.Tx, v *Visit) error {
		if v.State != OnSite {
			return fault.New(fault.Conflict, "tier.visit.not_on_site")
		}
		v.Found, v.Did = r.Found, r.Did
		if _, err := tx.NewDelete().Model((*Part)(nil)).Where("visit = ?", v.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(r.Parts) == 0 {
			return nil
		}
		for i := range r.Parts {
			r.Parts[i].Visit = v.ID
		}
		_, err := tx.NewInsert().Model(&r.Parts).Exec(ctx)
		return db.Sorted(err)
	})
}

// Signature is who of the commune signs for the work, and how it looks: drawn on the
// phone, or the photo of a signed paper.
type Signature struct {
	Name  string
	Post  string
	Shape *files.Blob
}

func (g *Signature) check() error {
	tidy := func(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }
	g.Name, g.Post = tidy(g.Name), tidy(g.Post)
	var k fault.Check
	k.Need(g.Name != "" && utf8.RuneCountInString(g.Name) <= longestName, "signer", "tier.form.signer_needed")
	k.Need(g.Post != "" && utf8.RuneCountInString(g.Post) <= longestName, "post", "tier.form.post_needed")
	k.Need(g.Shape != nil, "paper", "tier.form.signature_needed")
	return k.Err()
}

// Sign ends a visit: the record as it stands is signed by somebody of the commune and
// never changes again; the ticket gets it as a note.
func (s *Service) Sign(ctx context.Context, who access.Actor, id ident.ID, version int64, g Signature, note func(Visit, []Part) string) (Visit, error) {
	if err := g.check(); err != nil {
		return Visit{}, err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return Visit{}, err
	}
	return s.change(ctx, who, id, version, "tier.visit.signed", func(ctx context.Context, tx *db.Tx, v *Visit) error {
		switch {
		case v.State != OnSite:
			return fault.New(fault.Conflict, "tier.visit.not_on_site")
		case v.Found == "" || v.Did == "":
			return fault.New(fault.Conflict, "tier.visit.no_record")
		}
		var parts []Part
		if err := tx.NewSelect().Model(&parts).Where("vp.visit = ?", v.ID).Order("vp.position").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		now := s.Business.Now()
		v.State, v.EndedAt, v.Signer, v.SignerPost = Signed, &now, g.Name, g.Post
		v.Hash = Hash(*v, parts, g.Shape.Hash)
		if _, err := files.Attach(ctx, tx, now, who, *g.Shape, files.Owner{Area: area, Subject: string(v.ID), Unit: v.Unit}); err != nil {
			return err
		}
		_, err := s.Desk.NoteIn(ctx, tx, ready, who, v.Ticket, helpdesk.Words{Body: note(*v, parts)})
		return err
	})
}

// Hash is what stands for a signed record: SHA-256 over everything that was signed,
// the picture of the signature included, as JSON in this order.
func Hash(v Visit, parts []Part, shape string) string {
	type part struct {
		Name, Serial string
		Quantity     int64
	}
	all := make([]part, len(parts))
	for i, p := range parts {
		all[i] = part{p.Name, p.Serial, p.Quantity}
	}
	raw, err := json.Marshal([]any{v.ID, v.Ticket, v.Unit, v.Technician, v.Day, v.EndedAt.UTC().Format(time.RFC3339Nano), v.Found, v.Did, all, v.Signer, v.SignerPost, shape})
	if err != nil {
		return "" // text and numbers can always be written
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
