package helpdesk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// A tag is a word or two by which the support side finds tickets again. "Máy in" and
// "may in" are one tag: its key is folded, its label is how it was first written.

// Tag is a tag that is in use.
type Tag struct {
	bun.BaseModel `bun:"table:desk_tag,alias:dt"`
	Key           string `bun:"tag,pk"`
	Label         string `bun:"label"`
	Uses          int64  `bun:"uses"` // tickets that have it
}

// Limits of tags.
const (
	longestTag = 30
	mostTags   = 10
	fewTags    = 12 // suggested on the page of a ticket
	// fewUses is up to how many tickets of a tag a list reads them all and sorts
	// them; beyond that it walks the list's own index, where they are frequent.
	fewUses = 5000
)

// TagKey is what a tag is compared by.
func TagKey(label string) string { return strings.ReplaceAll(fold.Key(label), ",", " ") }

// TagList are the tags of a ticket as its lists show them.
func (t Ticket) TagList() []string {
	if t.Tags == "" {
		return nil
	}
	return strings.Split(t.Tags, ", ")
}

// tags tidies labels: no empty ones, each key once, the first way of writing wins.
func tags(labels []string) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	var k fault.Check
	for _, l := range labels {
		l = strings.Join(strings.Fields(strings.ReplaceAll(fold.NFC(l), ",", " ")), " ")
		key := TagKey(l)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		k.Need(utf8.RuneCountInString(l) <= longestTag, "tags", "helpdesk.tag.long", "max", longestTag)
		all = append(all, l)
	}
	k.Need(len(all) <= mostTags, "tags", "helpdesk.tag.many", "max", mostTags)
	return all, k.Err()
}

// SetTags gives a ticket exactly these tags.
func (s *Service) SetTags(ctx context.Context, who access.Actor, id ident.ID, version int64, labels []string) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.TagIn(ctx, tx, r, who, id, version, func([]string) []string { return labels })
	})
}

// TagIn changes the tags of a ticket in the caller's transaction: change gets the
// labels that it has.
func (s *Service) TagIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, version int64, change func([]string) []string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		a.quiet = version == 0 // whoever asks for no version adds or takes away, and overwrites nothing
		return a.retag(ctx, change(a.t.TagList()))
	})
}

// retag writes the tags of a ticket and how often each is used.
func (a *action) retag(ctx context.Context, labels []string) error {
	labels, err := tags(labels)
	if err != nil {
		return err
	}
	had := a.t.TagList()
	holds := func(in []string, l string) bool {
		return slices.ContainsFunc(in, func(o string) bool { return TagKey(o) == TagKey(l) })
	}
	for _, l := range had {
		if holds(labels, l) {
			continue
		}
		if _, err := a.tx.NewRaw("DELETE FROM ticket_tag WHERE tag = ? AND ticket = ?", TagKey(l), a.t.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := a.tx.NewRaw("UPDATE desk_tag SET uses = uses - 1 WHERE tag = ?", TagKey(l)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	for i, l := range labels {
		if holds(had, l) {
			continue
		}
		var known []string // the way the tag is written
		err := a.tx.NewRaw("INSERT INTO desk_tag (tag, label, uses) VALUES (?, ?, 1) ON CONFLICT (tag) DO UPDATE SET uses = desk_tag.uses + 1 RETURNING label",
			TagKey(l), l).Scan(ctx, &known)
		if err != nil {
			return db.Sorted(err)
		}
		labels[i] = known[0]
		if _, err := a.tx.NewRaw("INSERT INTO ticket_tag (tag, ticket) VALUES (?, ?)", TagKey(l), a.t.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	a.t.Tags = strings.Join(labels, ", ")
	if a.t.Tags != a.before.Tags {
		a.trail("helpdesk.ticket.tagged", map[string][2]any{"tags": {a.before.Tags, a.t.Tags}})
	}
	return nil
}

// SuggestTags are the tags whose key begins like what was typed, the most used first.
func (s *Service) SuggestTags(ctx context.Context, who access.Actor, typed string, limit int) ([]Tag, error) {
	if err := who.Need(Work); err != nil {
		return nil, err
	}
	var rows []Tag
	q := s.DB.Read().NewSelect().Model(&rows).Where("dt.uses > 0").Order("dt.uses DESC", "dt.tag").Limit(int64(min(max(limit, 1), 100)))
	if key := TagKey(typed); key != "" {
		q = q.Where("dt.tag >= ?", key).Where("dt.tag < ?", key+"\U0010FFFF")
	}
	err := q.Scan(ctx)
	return rows, db.Sorted(err)
}

// rare tells whether few tickets have a tag.
func (s *Service) rare(ctx context.Context, key string) (bool, error) {
	var uses []int64
	err := s.DB.Read().NewSelect().TableExpr("desk_tag AS dt").ColumnExpr("dt.uses").Where("dt.tag = ?", key).Scan(ctx, &uses)
	return len(uses) == 0 || uses[0] <= fewUses, db.Sorted(err)
}

// CountTags counts how often tags are used from scratch, for a check.
func CountTags(ctx context.Context, from bun.IDB) (map[string]int64, error) {
	var rows []struct {
		Tag string
		N   int64
	}
	err := from.NewSelect().TableExpr("ticket_tag AS tt").ColumnExpr("tt.tag, count(*) AS n").GroupExpr("tt.tag").Scan(ctx, &rows)
	all := map[string]int64{}
	for _, r := range rows {
		all[r.Tag] = r.N
	}
	return all, db.Sorted(err)
}
