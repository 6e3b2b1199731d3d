package rollout

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
)

// BeyondRow is a commune that declares more than is measured. Items are the must criteria
// of the official stage that it declares met and that are not met by evidence of the kind
// they ask for; a waiver does not turn a declaration into a measurement.
type BeyondRow struct {
	Row
	Items []Item
}

// BeyondDistrict counts one district: the communes, those that declare readiness, those
// whose readiness is verified, those that declare more than is measured.
type BeyondDistrict struct {
	Code, Name                        string
	Total, Declared, Verified, Beyond int
}

// Beyond is what is declared beside what is measured, over the communes that the actor
// may see and that were not live before.
type Beyond struct {
	Board
	Total     BeyondDistrict
	Districts []BeyondDistrict // of those that have communes in a phase
	Communes  []BeyondRow      // by district and name
}

// Beyond lists the communes that declare more than is measured, of one district or, with
// an empty code, of all: a constant number of queries.
func (s *Service) Beyond(ctx context.Context, who access.Actor, code, district string) (Beyond, error) {
	b, book, err := s.board(ctx, who, code, Filter{Phase: Any, District: district})
	if err != nil {
		return Beyond{}, err
	}
	out := Beyond{Board: b}
	out.Phases = book.phases
	at := map[string]int{}
	for _, r := range b.Rows {
		if r.Stage == Live {
			continue
		}
		i, known := at[r.District]
		if !known {
			i = len(out.Districts)
			at[r.District] = i
			out.Districts = append(out.Districts, BeyondDistrict{Code: r.District, Name: r.DistrictName})
		}
		out.Districts[i].add(r)
		out.Total.add(r)
		if r.Beyond > 0 {
			ph := book.byOrdinal(r.Phase)
			g := Judge(Official, book.criteria[ph.ID], book.known[r.Unit], book.waiversOf[r.Unit], b.At)
			out.Communes = append(out.Communes, BeyondRow{r, slices.DeleteFunc(g.Items, func(i Item) bool { return !i.beyond() })})
		}
	}
	return out, nil
}

func (d *BeyondDistrict) add(r Row) {
	d.Total++
	if r.Declared {
		d.Declared++
	}
	if r.Verified {
		d.Verified++
	}
	if r.Beyond > 0 {
		d.Beyond++
	}
}

// beyond tells whether more is declared of a criterion than is measured.
func (i Item) beyond() bool {
	return i.Criterion.Must && i.Declared != nil && i.Declared.Answer == Met && i.Answer != Met
}
