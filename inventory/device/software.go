package device

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Program is one installed program, as the machine names it.
type Program struct {
	Name, Version, Publisher string
}

// programs reads the section of installed programs, by name, each once.
func programs(body []byte) []Program {
	var all []keyed
	for _, e := range entries(body) {
		if name := e.Of("NAME"); name != "" {
			all = append(all, keyed{strings.ToLower(name), Program{name, e.Of("VERSION"), e.Of("PUBLISHER")}})
		}
	}
	slices.SortFunc(all, keyed.compare)
	out := make([]Program, len(all))
	for i, k := range all {
		out[i] = k.Program
	}
	return slices.Compact(out)
}

// SoftwareOf are the programs that the agents of an asset last reported, by name. Known
// is false when no agent of it ever sent a list: then nothing is known, not "nothing".
// Permission is the caller's to ask.
func (s *Service) SoftwareOf(ctx context.Context, q bun.IDB, asset ident.ID) (all []Program, known bool, err error) {
	lists, err := s.lists(ctx, q, []ident.ID{asset})
	if err != nil {
		return nil, false, err
	}
	all, known = lists[asset]
	return all, known, nil
}

// HasSoftware are, for each of the assets that sent a list, the program whose name
// contains all words of name, without marks and case; an asset whose list has none is
// there with an empty program, and one that sent no list is absent. It asks two
// queries, however many assets.
func (s *Service) HasSoftware(ctx context.Context, q bun.IDB, assets []ident.ID, name string) (map[ident.ID]Program, error) {
	lists, err := s.lists(ctx, q, assets)
	if err != nil {
		return nil, err
	}
	want := fold.Words(name)
	out := map[ident.ID]Program{}
	for id, all := range lists {
		out[id] = Program{}
		for _, p := range all {
			if len(want) > 0 && holds(p.Name, want) {
				out[id] = p
				break
			}
		}
	}
	return out, nil
}

// holds tells whether a program's name has all the words.
func holds(name string, want []string) bool {
	have := fold.Words(name)
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(have, w) })
}

func (s *Service) lists(ctx context.Context, q bun.IDB, assets []ident.ID) (map[ident.ID][]Program, error) {
	if len(assets) == 0 {
		return nil, nil
	}
	var rows []struct {
		Asset ident.ID
		Hash  string
	}
	err := q.NewRaw(`SELECT d.asset, ds.hash FROM device AS d JOIN device_section AS ds ON ds.device = d.id AND ds.name = ?
		WHERE d.asset IN (?) AND d.asset <> '' ORDER BY d.asset, d.taken_at DESC`, softwares, bun.List(assets)).Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	newest := map[ident.ID]string{}
	var hashes []string
	for _, r := range rows {
		if newest[r.Asset] == "" {
			newest[r.Asset] = r.Hash
			hashes = append(hashes, r.Hash)
		}
	}
	bodies, err := s.bodies(ctx, q, hashes)
	if err != nil {
		return nil, err
	}
	read := map[string][]Program{}
	out := map[ident.ID][]Program{}
	for id, hash := range newest {
		if _, ok := read[hash]; !ok {
			read[hash] = programs(bodies[hash])
		}
		out[id] = read[hash]
	}
	return out, nil
}
