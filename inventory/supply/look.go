package supply

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// Need is something that a district lacks: an open gap, or a requirement that is not
// met and that nobody reported yet.
type Need struct {
	inventory.Lack
	Key      string   // "gap:ID", or "line:UNIT:REQUIREMENT…" of what nobody reported
	Gap      ident.ID // empty of what nobody reported
	Code     string   // of the gap
	Remedy   inventory.Remedy
	Spec     string
	Request  ident.ID // the live request that asks for it, if any
	Reported time.Time
}

// advice tells whether nothing depends on the need: a line that should be met, and that
// nobody reported.
func (n Need) advice() bool { return n.Gap == "" && !n.Must }

// Needs is the shopping list of a district, or of one commune: it writes itself from
// the open gaps and from what the readiness of each commune lacks, by kind, remedy,
// requirement and commune. Five queries, whatever there is.
func (s *Service) Needs(ctx context.Context, who access.Actor, under string) ([]Need, error) {
	if err := who.NeedAt(inventory.Look, under); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	var units []string
	for _, u := range tree.Communes(under) {
		if who.Covers(inventory.Look, u.Code) {
			units = append(units, u.Code)
		}
	}
	if u, ok := tree.Unit(under); ok && u.Level == org.Commune {
		units = []string{under}
	}
	if len(units) == 0 {
		return nil, nil
	}
	q := s.DB.Read()
	var gaps []inventory.Gap
	if err := q.NewSelect().Model(&gaps).Where("g.unit IN (?)", bun.List(units)).Where("g.open").Order("g.id").Limit(mostNeeds).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var live []Line
	if err := q.NewSelect().Model(&live).Where("sl.unit IN (?)", bun.List(units)).Where("sl.live").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	lacks, err := s.Stock.Lacks(ctx, units)
	if err != nil {
		return nil, err
	}
	return needsOf(gaps, live, lacks), nil
}

// mostNeeds is how many open gaps one list takes in.
const mostNeeds = 5000

// needsOf puts gaps and lacks into one list. What one thing mends is listed once: a lack
// that open gaps of its commune and kind account for, one that the things for another
// profile fill as well, and whatever else the same asset falls short of.
func needsOf(gaps []inventory.Gap, live []Line, lacks []inventory.Lack) []Need {
	asked := map[ident.ID]ident.ID{}
	for _, l := range live {
		asked[l.Gap] = l.Request
	}
	plan := planned{reported: map[[2]string]int64{}, on: map[[2]string]int64{}, taken: map[[3]string]int64{}}
	of := map[[3]string]bool{}
	var out []Need
	for _, g := range gaps {
		lack := inventory.Lack{Unit: g.Unit, Requirement: g.Requirement, Kind: g.What, Quantity: g.Quantity, Cause: g.Cause, Asset: g.Asset}
		out = append(out, Need{Lack: lack, Key: "gap:" + string(g.ID), Gap: g.ID, Code: g.Code, Remedy: g.Remedy, Request: asked[g.ID], Reported: g.ReportedAt, Spec: g.Note})
		if g.Requirement != "" {
			of[[3]string{g.Unit, g.Requirement, string(g.Asset)}] = true
		}
		if g.Asset != "" {
			of[[3]string{g.Unit, "", string(g.Asset)}] = true
		} else if g.State != inventory.Closed {
			key := [2]string{g.Unit, string(g.What)}
			plan.reported[key] += g.Quantity
			plan.on[key] += g.Quantity
		}
	}
	lacks = slices.Clone(lacks)
	slices.SortStableFunc(lacks, func(a, b inventory.Lack) int { return boolOrder(a.Must, b.Must) })
	for _, l := range lacks {
		mended := [3]string{l.Unit, "", string(l.Asset)}
		if of[[3]string{l.Unit, l.Requirement, string(l.Asset)}] || l.Asset != "" && of[mended] {
			continue
		}
		if l.Quantity = plan.more(l); l.Quantity > 0 {
			of[mended] = l.Asset != ""
			out = append(out, Need{Lack: l, Key: l.Key(), Remedy: l.Cause.Suggests()})
		}
	}
	slices.SortStableFunc(out, func(a, b Need) int {
		if a.advice() != b.advice() {
			if b.advice() {
				return -1
			}
			return 1
		}
		if c := slices.Index(inventory.Kinds, a.Kind) - slices.Index(inventory.Kinds, b.Kind); c != 0 {
			return c
		}
		return slices.Compare([]string{string(a.Remedy), a.Requirement, a.Unit, a.Key}, []string{string(b.Remedy), b.Requirement, b.Unit, b.Key})
	})
	return out
}

// boolOrder puts what is true first.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// planned is what will be there when everything on the list has come. Of one profile
// distinct things fill distinct places; two profiles may want the same thing.
type planned struct {
	reported map[[2]string]int64 // pieces that gaps ask for, by commune and kind
	on       map[[2]string]int64 // those, and what nobody reported
	taken    map[[3]string]int64 // of them by each profile
}

// more is how many pieces a lack adds to what is planned. An asset that falls short is
// mended by itself, unless somebody reported it without its name.
func (p planned) more(l inventory.Lack) int64 {
	all := [2]string{l.Unit, string(l.Kind)}
	if l.Asset != "" {
		n := min(l.Quantity, p.reported[all])
		p.reported[all] -= n
		return l.Quantity - n
	}
	profile, _, _ := strings.Cut(l.Requirement, "/")
	mine := [3]string{l.Unit, string(l.Kind), profile}
	n := l.Quantity - max(0, min(l.Quantity, p.on[all]-p.taken[mine]))
	p.taken[mine] += l.Quantity
	p.on[all] += n
	return n
}

// Filter narrows the lists of requests and of deliveries; empty fields do not narrow.
type Filter struct {
	State string // a state, "all", or empty for what is not over
	Unit  string // a district, or of deliveries also a commune
}

// Requests is a page of the requests within reach, newest first.
func (s *Service) Requests(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Request], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[Request]{}, err
	}
	var rows []Request
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(inventory.Look, "sr.unit"), r.On("sr.id"))
	switch {
	case slices.Contains(RequestStates, RequestState(f.State)):
		q = q.Where("sr.state = ?", f.State)
	case f.State != "all":
		q = q.Where("sr.state IN (?)", bun.List([]RequestState{Asked, Approved, Partly}))
	}
	if f.Unit != "" {
		q = q.Where("sr.unit = ?", f.Unit)
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Request]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(x Request) []string { return []string{string(x.ID)} }), nil
}

// RequestView is a request with everything that belongs to it.
type RequestView struct {
	Request
	Lines      []Line
	Gaps       map[ident.ID]inventory.Gap
	Deliveries []Delivery
	Events     []inventory.Note
}

// Request shows one request with its lines, deliveries and history.
func (s *Service) Request(ctx context.Context, who access.Actor, id ident.ID) (RequestView, error) {
	v := RequestView{Gaps: map[ident.ID]inventory.Gap{}}
	if err := who.Need(inventory.Look); err != nil {
		return v, err
	}
	q := s.DB.Read()
	if err := q.NewSelect().Model(&v.Request).Where("sr.id = ?", id).Apply(who.Within(inventory.Look, "sr.unit")).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Lines).Where("sl.request = ?", id).Order("sl.unit", "sl.id").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	ids := make([]ident.ID, len(v.Lines))
	for i, l := range v.Lines {
		ids[i] = l.Gap
	}
	gaps, err := s.Stock.GapsIn(ctx, q, who, inventory.Look, ids)
	if err != nil {
		return v, err
	}
	for _, g := range gaps {
		v.Gaps[g.ID] = g
	}
	if err := q.NewSelect().Model(&v.Deliveries).Where("sd.request = ?", id).Order("sd.id").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	v.Events, err = s.history(ctx, id)
	return v, err
}

func (s *Service) history(ctx context.Context, id ident.ID) ([]inventory.Note, error) {
	var out []inventory.Note
	err := s.DB.Read().NewSelect().Model(&out).Where("nt.subject = ?", string(id)).Order("nt.id DESC").Limit(100).Scan(ctx)
	return out, db.Sorted(err)
}

// Deliveries is a page of the deliveries that the actor sees from either side, newest
// first.
func (s *Service) Deliveries(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Delivery], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[Delivery]{}, err
	}
	var rows []Delivery
	q := s.DB.Read().NewSelect().Model(&rows).Apply(within(who), r.On("sd.id"))
	switch {
	case slices.Contains(DeliveryStates, DeliveryState(f.State)):
		q = q.Where("sd.state = ?", f.State)
	case f.State != "all":
		q = q.Where("sd.open")
	}
	if f.Unit != "" {
		q = q.Where("sd.unit = ?", f.Unit)
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Delivery]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(x Delivery) []string { return []string{string(x.ID)} }), nil
}

// DeliveryView is a delivery with everything that belongs to it.
type DeliveryView struct {
	Delivery
	Asked  Request
	Items  []Item
	Events []inventory.Note
}

// Delivery shows one delivery, seen from either side.
func (s *Service) Delivery(ctx context.Context, who access.Actor, id ident.ID) (DeliveryView, error) {
	var v DeliveryView
	if err := who.Need(inventory.Look); err != nil {
		return v, err
	}
	q := s.DB.Read()
	if err := q.NewSelect().Model(&v.Delivery).Where("sd.id = ?", id).Apply(within(who)).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Asked).Where("sr.id = ?", v.Request).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Items).Where("si.delivery = ?", id).Order("si.id").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	var err error
	v.Events, err = s.history(ctx, id)
	return v, err
}

// Shape is the picture of a delivery's signature.
func (s *Service) Shape(ctx context.Context, who access.Actor, id ident.ID) (files.File, error) {
	v, err := s.Delivery(ctx, who, id)
	if err != nil {
		return files.File{}, err
	}
	all, err := s.Files.Of(ctx, area, string(v.ID))
	if err != nil {
		return files.File{}, err
	}
	if len(all[string(v.ID)]) == 0 {
		return files.File{}, fault.New(fault.Missing, "fault.missing")
	}
	return all[string(v.ID)][0], nil
}

// Spares are the spare assets of the kinds that may go elsewhere and are not on their
// way, within the reach of who allocates, by kind and code; at most mostSpares.
func (s *Service) Spares(ctx context.Context, who access.Actor, kinds []inventory.Kind) ([]inventory.Asset, error) {
	if err := who.Need(Allocate); err != nil || len(kinds) == 0 {
		return nil, err
	}
	var rows []inventory.Asset
	held := s.DB.Read().NewSelect().Model((*Item)(nil)).ColumnExpr("1").Where("si.asset = a.id").Where("si.asset <> ''").Where("si.held")
	err := s.DB.Read().NewSelect().Model(&rows).Where("a.state = 'spare'").Where("a.kind IN (?)", bun.List(kinds)).Where("NOT EXISTS (?)", held).
		Apply(who.Within(Allocate, "a.unit")).Order("a.kind", "a.code").Limit(mostSpares).Scan(ctx)
	return rows, db.Sorted(err)
}

const mostSpares = 200

// Late is what is past its due moment, the oldest first, at most mostLate of each.
func (s *Service) Late(ctx context.Context, who access.Actor) ([]Request, []Delivery, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, nil, err
	}
	now := s.Stock.Now()
	var rs []Request
	err := s.DB.Read().NewSelect().Model(&rs).Where("sr.open").Where("sr.due_at < ?", now).Apply(who.Within(inventory.Look, "sr.unit")).Order("sr.due_at", "sr.id").Limit(mostLate).Scan(ctx)
	if err != nil {
		return nil, nil, db.Sorted(err)
	}
	var ds []Delivery
	err = s.DB.Read().NewSelect().Model(&ds).Where("sd.open").Where("sd.due_at < ?", now).Apply(within(who)).Order("sd.due_at", "sd.id").Limit(mostLate).Scan(ctx)
	return rs, ds, db.Sorted(err)
}

const mostLate = 100

// Purchase is one row of the purchase list: things of a sort that were approved to be
// bought, for one commune.
type Purchase struct {
	Line
	Own  bool
	Code string // of the request
}

// Purchases are the approved lines within reach of which something is left to buy, by
// kind, specification and commune; at most mostNeeds.
func (s *Service) Purchases(ctx context.Context, who access.Actor, under string) ([]Purchase, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, err
	}
	var rows []Purchase
	q := s.DB.Read().NewSelect().TableExpr("supply_line AS sl").Join("JOIN supply_request AS sr ON sr.id = sl.request").
		ColumnExpr("sl.*, sr.own, sr.code").Where("sl.live").Where("sl.allocated < sl.approved").
		Apply(who.Within(inventory.Look, "sr.unit"))
	if under != "" {
		q = q.Where("sr.unit = ?", under)
	}
	if err := q.Order("sl.unit", "sl.id").Limit(mostNeeds).Scan(ctx, &rows); err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortStableFunc(rows, func(a, b Purchase) int {
		if c := slices.Index(inventory.Kinds, a.Kind) - slices.Index(inventory.Kinds, b.Kind); c != 0 {
			return c
		}
		return slices.Compare([]string{a.Spec, a.Unit, string(a.ID)}, []string{b.Spec, b.Unit, string(b.ID)})
	})
	return rows, nil
}

// chainOf is what became of a gap: its line with its request, newest first.
func (s *Service) chainOf(ctx context.Context, gap ident.ID) (lines []Purchase, err error) {
	err = s.DB.Read().NewSelect().TableExpr("supply_line AS sl").Join("JOIN supply_request AS sr ON sr.id = sl.request").
		ColumnExpr("sl.*, sr.own, sr.code").Where("sl.gap = ?", gap).Order("sl.id DESC").Limit(5).Scan(ctx, &lines)
	return lines, db.Sorted(err)
}
