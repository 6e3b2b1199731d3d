package issuance

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Twin is somebody who may be the same person as the one asked for.
type Twin struct {
	Request ident.ID // of this room; empty for an account that was made elsewhere
	Account ident.ID // empty while there is none
	Login   string
	Name    string
	Unit    string
	Post    string // a role; empty when it is not known
	Why     []i18n.Line
}

// likeness says why two may be one person: by the code of the civil servant, by the
// number, by name and birth, by name in the same commune. Another birth, or another code,
// tells people of one name apart.
func likeness(a, b Request) (why []i18n.Line) {
	apart := a.Born != "" && b.Born != "" && a.Born != b.Born || a.Code != "" && b.Code != "" && a.Code != b.Code
	name := a.NameFold == b.NameFold
	switch {
	case a.Code != "" && a.Code == b.Code:
		why = append(why, i18n.L("issuance.twin.code"))
	case name && a.Born != "" && a.Born == b.Born:
		why = append(why, i18n.L("issuance.twin.born"))
	case name && a.Unit == b.Unit && !apart:
		why = append(why, i18n.L("issuance.twin.unit"))
	}
	if a.Phone != "" && a.Phone == b.Phone {
		key := "issuance.twin.phone"
		if name {
			key = "issuance.twin.phone_name"
		}
		why = append(why, i18n.L(key))
	}
	return why
}

// twins finds who may be the same person as each of the requests, among requests that
// have not ended and among accounts: a fixed number of queries for any number of rows. A
// request that was found to be apart has none.
func (s *Service) twins(ctx context.Context, q bun.IDB, rows []Request) (map[ident.ID][]Twin, error) {
	out := map[ident.ID][]Twin{}
	folds, codes, phones := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		folds[r.NameFold], codes[r.Code], phones[r.Phone] = true, true, true
	}
	delete(codes, "")
	delete(phones, "")
	if len(folds) == 0 {
		return out, nil
	}
	var others []Request
	const live = " AND iq.state <> 'ended'" // in each part: that is how an index of what is live is found
	sel := q.NewSelect().Model(&others).Where("iq.state <> ?", Refused).WhereGroup(" AND ", func(g *bun.SelectQuery) *bun.SelectQuery {
		g = g.Where("iq.name_fold IN (?)"+live, bun.List(names(folds)))
		if len(codes) > 0 {
			g = g.WhereOr("iq.code IN (?) AND iq.code <> ''"+live, bun.List(names(codes)))
		}
		if len(phones) > 0 {
			g = g.WhereOr("iq.phone IN (?) AND iq.phone <> ''"+live, bun.List(names(phones)))
		}
		return g
	})
	if err := sel.Order("iq.id").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	accounts, err := s.People.Alike(ctx, q, names(phones), names(folds))
	if err != nil {
		return nil, err
	}
	known := map[ident.ID]bool{}
	for _, o := range others {
		known[o.Account] = true
	}
	for _, r := range rows {
		if r.Apart || r.Account != "" {
			continue
		}
		for _, o := range others {
			if why := likeness(r, o); o.ID != r.ID && len(why) > 0 {
				out[r.ID] = append(out[r.ID], Twin{Request: o.ID, Account: o.Account, Login: o.Login, Name: o.Name, Unit: o.Unit, Post: string(o.Post), Why: why})
			}
		}
		for _, a := range accounts {
			if why := likeness(r, ofAccount(a)); !known[a.ID] && len(why) > 0 {
				out[r.ID] = append(out[r.ID], Twin{Account: a.ID, Login: a.Login, Name: a.Name, Unit: a.Unit, Why: why})
			}
		}
	}
	return out, nil
}

// ofAccount is an account as a request would say it.
func ofAccount(a org.Account) Request {
	return Request{Name: a.Name, NameFold: org.NameKey(a), Unit: a.Unit, Phone: a.Phone}
}

func names(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
