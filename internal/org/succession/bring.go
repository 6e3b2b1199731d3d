package succession

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"reflect"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
)

// Kind is which of the two files a text is.
type Kind string

// The files, by the columns of their first line.
const (
	ChangesFile Kind = "changes"
	UnitsFile   Kind = "units"
)

// FileKind tells which of the two files a text is; empty for any other.
func FileKind(raw []byte) Kind {
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	for _, k := range []struct {
		kind    Kind
		columns []string
	}{{ChangesFile, changeColumns}, {UnitsFile, unitColumns}} {
		if _, err := table(bytes.NewReader(head), k.columns); err == nil {
			return k.kind
		}
	}
	return ""
}

// Bring drafts the sets of the two files, one a day, but for days of which a set is open,
// waits or is in force already. units may be nil.
func (s *Service) Bring(ctx context.Context, who access.Actor, title string, changes, units io.Reader) ([]Set, error) {
	if err := need(who); err != nil {
		return nil, err
	}
	var days []string
	if err := s.db.Read().NewSelect().Model((*Set)(nil)).Column("day").Where("su.state <> ?", Reversed).Scan(ctx, &days); err != nil {
		return nil, db.Sorted(err)
	}
	news, err := FromFiles(changes, units, func(day string) bool { return slices.Contains(days, day) })
	if err != nil {
		return nil, err
	}
	for i := range news {
		news[i].Title = title
	}
	return s.Write(ctx, who, news...)
}

// Again are the open sets that say what the two files say, whichever receivers were chosen
// since, in the order of days: those that were drafted from them before. units may be nil.
func (s *Service) Again(ctx context.Context, who access.Actor, changes, units io.Reader) ([]Set, error) {
	if err := need(who); err != nil {
		return nil, err
	}
	news, err := FromFiles(changes, units, nil)
	if err != nil {
		return nil, err
	}
	said := map[string]Draft{}
	for _, n := range news {
		said[n.Day] = n.Draft
	}
	var open []Set
	if err := s.db.Read().NewSelect().Model(&open).Where("su.state IN (?)", bun.List([]State{Drafted, Previewed})).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortFunc(open, func(x, y Set) int { return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.ID, y.ID)) })
	var same []Set
	for _, set := range open {
		d, err := set.Words()
		if err != nil {
			return nil, err
		}
		want, of := said[set.Day]
		if of && reflect.DeepEqual(d.Changes, want.Changes) && reflect.DeepEqual(d.Wants, want.Wants) && d.Full == want.Full &&
			!slices.ContainsFunc(same, func(x Set) bool { return x.Day == set.Day }) {
			same = append(same, set)
		}
	}
	return same, nil
}
