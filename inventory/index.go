package inventory

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/search"
)

// SearchScopes is what the actor may find of this area in the search index.
func (s *Service) SearchScopes(who access.Actor) []search.Scope {
	if !who.May(Look) {
		return nil
	}
	return []search.Scope{search.Reach(who, Look, AssetDoc), search.Reach(who, Look, GapDoc)}
}

// HitPath is where a hit of this area leads; ok is false when it is another area's.
func HitPath(h search.Hit) (path string, ok bool) {
	switch {
	case h.Area != Area:
		return "", false
	case h.Kind == GapDoc:
		return "/inventory/gaps/" + h.Subject, true
	}
	return assetsAt + "/" + h.Subject, true
}

// gapDoc is a gap as the index finds it.
func (s *Service) gapDoc(g Gap) search.Doc {
	return search.Doc{Area: Area, Kind: GapDoc, Subject: string(g.ID), Unit: g.Unit, Title: s.catalog.In(i18n.VI).Line(g.Line()), Lead: g.Code, Updated: g.MovedAt,
		Body: g.Code + " " + g.Note + " " + g.ReporterName}
}

// Index puts assets and gaps into the index of the house that are not in it: those of a
// store that is older than their index. It tells how many there were.
func (s *Service) Index(ctx context.Context) (int, error) {
	n := 0
	for {
		var some []Gap
		err := s.db.Read().NewSelect().Model(&some).
			Where("NOT EXISTS (SELECT 1 FROM search_doc AS sd WHERE sd.kind = ? AND sd.subject = g.id)", GapDoc).Order("g.id").Limit(500).Scan(ctx)
		if err != nil {
			return n, db.Sorted(err)
		}
		if len(some) == 0 {
			break
		}
		docs := make([]search.Doc, len(some))
		for i, g := range some {
			docs[i] = s.gapDoc(g)
		}
		if err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return search.Add(ctx, tx, docs...) }); err != nil {
			return n, err
		}
		n += len(some)
	}
	for {
		var some []Asset
		err := s.db.Read().NewSelect().Model(&some).
			Where("NOT EXISTS (SELECT 1 FROM search_doc AS sd WHERE sd.kind = ? AND sd.subject = a.id)", AssetDoc).Order("a.code").Limit(500).Scan(ctx)
		if err != nil || len(some) == 0 {
			return n, db.Sorted(err)
		}
		err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return findable(ctx, tx, some, true) })
		if err != nil {
			return n, err
		}
		n += len(some)
	}
}
