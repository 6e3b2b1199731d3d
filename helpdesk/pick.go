package helpdesk

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/search"
)

// longestPick is how much of what was typed into a picker is looked at.
const longestPick = 100

// Pick finds tickets to link to or to merge into: by number, or by the end of one,
// else by words. It is quick however many tickets there are.
func (s *Service) Pick(ctx context.Context, who access.Actor, typed string, limit int) ([]Ticket, error) {
	if err := s.reads(who); err != nil {
		return nil, err
	}
	if typed = tidy(typed); len(typed) > longestPick {
		typed = strings.ToValidUTF8(typed[:longestPick], "")
	}
	limit = min(max(limit, 1), 20)
	if seq, ok := pickedNumber(typed); ok {
		var rows []Ticket
		err := s.DB.Read().NewSelect().Model(&rows).Where("ti.seq = ?", seq).Scan(ctx)
		return seenBy(who, rows), db.Sorted(err)
	}
	if from, to, ok := begunNumber(typed); ok {
		var rows []Ticket
		err := s.DB.Read().NewSelect().Model(&rows).Where("ti.seq BETWEEN ? AND ?", from, to).Apply(within(who)).Order("ti.seq DESC").Limit(int64(limit)).Scan(ctx)
		return rows, db.Sorted(err)
	}
	hits, err := search.Find(ctx, s.DB, typed, s.SearchScopes(who), limit)
	if err != nil || len(hits) == 0 {
		return nil, err
	}
	ids := make([]ident.ID, len(hits))
	for i, h := range hits {
		ids[i] = ident.ID(h.Subject)
	}
	var rows []Ticket
	if err := s.DB.Read().NewSelect().Model(&rows).Where("ti.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortFunc(rows, func(a, b Ticket) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return seenBy(who, rows), nil
}

// pickedNumber reads a number as people type it in a hurry: HT-2016-000042, 000042 or
// #42.
func pickedNumber(typed string) (int64, bool) {
	if seq, ok := ParseNumber(typed); ok {
		return seq, true
	}
	seq, err := strconv.ParseInt(strings.TrimPrefix(typed, "#"), 10, 64)
	return seq, err == nil && seq > 0
}

var beginning = regexp.MustCompile(`^(?i)HT-?(?:\d{4}-?(\d{0,5}))?$`)

// begunNumber reads a number of which only the beginning has been typed, "HT-2016-0004":
// the numbers that begin like it, which words would look for among all tickets.
func begunNumber(typed string) (from, to int64, ok bool) {
	m := beginning.FindStringSubmatch(typed)
	if m == nil {
		return 0, 0, false
	}
	from, to = 0, 1
	for _, digit := range m[1] {
		from = from*10 + int64(digit-'0')
	}
	for range 6 - len(m[1]) {
		from, to = from*10, to*10
	}
	return from, from + to - 1, true
}

func seenBy(who access.Actor, rows []Ticket) []Ticket {
	return slices.DeleteFunc(rows, func(t Ticket) bool { return !t.visible(who) })
}

// meantTicket is the ticket that was picked by its key, or the only one that what was
// typed can mean.
func (s *Service) meantTicket(ctx context.Context, who access.Actor, picked, typed string) (ident.ID, error) {
	if picked != "" {
		return ident.Parse(picked)
	}
	var k fault.Check
	k.Need(tidy(typed) != "", "to", "helpdesk.pick.needed")
	if !k.OK() {
		return "", k.Err()
	}
	rows, err := s.Pick(ctx, who, typed, 6)
	if err != nil {
		return "", err
	}
	if len(rows) == 1 {
		return rows[0].ID, nil
	}
	var names []string
	for _, t := range rows {
		names = append(names, t.Number()+" "+t.Title)
	}
	k.Need(len(rows) > 0, "to", "helpdesk.pick.none", "words", typed)
	k.Need(len(rows) == 0, "to", "helpdesk.pick.many", "names", strings.Join(names, "; "))
	return "", k.Err()
}
