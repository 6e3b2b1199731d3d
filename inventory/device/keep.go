package device

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/identity"
)

// arrived is a report while it is taken in.
type arrived struct {
	inventory.Arrival
	now     time.Time
	seen    string // the commune that it was sent from, or what its key covers
	marks   []identity.Mark
	reading Reading
	things  []Thing
}

// Keep takes in what an agent brought: it finds or makes the device and the asset,
// keeps the sections that changed and records the facts.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, in inventory.Arrival) (inventory.Kept, error) {
	if in.Report == nil {
		return inventory.Kept{}, s.found(ctx, tx, in)
	}
	a := arrived{Arrival: in, now: s.Business.Now(), seen: cmp.Or(in.Unit, in.Scope)}
	var dropped []identity.Mark
	a.marks, dropped = identity.Marks(raw(in.Report, in.Unit))
	a.reading = Reading{Facts: factsOf(in.Report), Dropped: dropped, IP: in.Report.Hardware.IP}
	a.things = things(in.Report)
	if err := alone(ctx, tx, in.Report.DeviceID); err != nil {
		return inventory.Kept{}, err
	}
	d, said, err := s.recognise(ctx, tx, a)
	if err != nil {
		return inventory.Kept{}, err
	}
	if d.ID == "" && in.Report.Partial {
		return inventory.Kept{}, fault.New(fault.Invalid, "device.partial_unknown")
	}
	return s.take(ctx, tx, a, d, said)
}

// alone keeps two reports of one agent from being taken in at once, each without
// seeing the other. Only PostgreSQL needs it: SQLite has one writer.
func alone(ctx context.Context, tx *db.Tx, agent string) error {
	if tx.SQLite() {
		return nil
	}
	_, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtext(?))", "device:"+strings.ToLower(agent)).Exec(ctx)
	return db.Sorted(err)
}

// take writes the report of a device; a device without an ID is new.
func (s *Service) take(ctx context.Context, tx *db.Tx, a arrived, d Device, said decided) (inventory.Kept, error) {
	fresh := d.ID == ""
	older := !fresh && a.TakenAt.Before(d.TakenAt)
	if err := s.fill(&d, a, older); err != nil {
		return inventory.Kept{}, err
	}
	if err := s.link(ctx, tx, a, &d, &said, fresh); err != nil {
		return inventory.Kept{}, err
	}
	if err := s.save(ctx, tx, a, &d, said, fresh); err != nil {
		return inventory.Kept{}, err
	}
	if !older {
		if err := s.sections(ctx, tx, a, d, fresh); err != nil {
			return inventory.Kept{}, err
		}
		if err := s.attach(ctx, tx, a.things, d, fresh); err != nil {
			return inventory.Kept{}, err
		}
	}
	kept := inventory.Kept{Asset: d.Asset, Made: said.made, Doubt: d.State != Linked || slices.Contains(said.findings, identity.Clone)}
	if d.Asset == "" {
		return kept, nil
	}
	away, err := s.tell(ctx, tx, a, d, said.known)
	kept.Doubt = kept.Doubt || away
	return kept, err
}

// fill puts what the report says into the device's row.
func (s *Service) fill(d *Device, a arrived, older bool) error {
	r := a.Report
	if d.ID == "" {
		d.ID, d.FirstAt, d.WhyJSON = ident.New(a.now), a.At, "[]"
	}
	d.LastAt, d.Version = a.At, d.Version+1
	if older {
		return nil
	}
	facts := a.reading.Facts
	d.Unit, d.Sender, d.AgentID, d.Agent, d.Tag, d.Message, d.TakenAt = a.seen, a.Sender, agentOf(a.marks), r.Agent, a.Tag, a.Message, a.TakenAt
	d.Host, d.Model, d.Serial = cmp.Or(facts[factHost], d.Host), cmp.Or(facts[factModel], d.Model), cmp.Or(facts[factSerial], d.Serial)
	if r.Partial {
		old := d.Reading()
		for name, v := range old.Facts {
			if _, ok := facts[name]; !ok {
				facts[name] = v
			}
		}
	}
	var err error
	d.ReadingJSON, err = written(a.reading)
	return err
}

func agentOf(marks []identity.Mark) string {
	for _, m := range marks {
		if m.Kind == identity.Agent {
			return m.Value
		}
	}
	return ""
}

// decided is what identity said of a report, and what came of it.
type decided struct {
	verdict  identity.Verdict // of the assets; Link for a device that is known
	asset    ident.ID
	matches  []identity.Match
	findings []identity.Finding
	why      []identity.Reason
	marks    []identity.Mark // the device's, as they were
	made     bool
	known    *inventory.Asset // the one that a device is linked to, once it was read
}

// recognise finds the device that a report is about; one without an ID is new, and then
// the decision says which asset it is.
func (s *Service) recognise(ctx context.Context, q bun.IDB, a arrived) (Device, decided, error) {
	if agent := agentOf(a.marks); agent != "" {
		var own []Device
		err := q.NewSelect().Model(&own).Where("d.agent_id = ?", agent).Where("d.agent_id <> ''").Order("d.id").Limit(identity.Crowd + 1).Scan(ctx)
		if err != nil {
			return Device{}, decided{}, db.Sorted(err)
		}
		if len(own) > 0 && len(own) <= identity.Crowd {
			marks, err := marksOf(ctx, q, own)
			if err != nil {
				return Device{}, decided{}, err
			}
			if d, said, ok := pick(a.marks, own, marks, nil); ok {
				return d, said, nil
			}
		}
	}
	near, common, err := s.near(ctx, q, a.marks)
	if err != nil {
		return Device{}, decided{}, err
	}
	marks, err := marksOf(ctx, q, near)
	if err != nil {
		return Device{}, decided{}, err
	}
	d, said, ok := pick(a.marks, near, marks, common)
	if ok {
		return d, said, nil
	}
	assets, err := s.candidates(ctx, q, a.marks, near, marks)
	if err != nil {
		return Device{}, decided{}, err
	}
	found := identity.Decide(a.marks, assets, common)
	out := decided{verdict: found.Verdict, asset: ident.ID(found.Best()), matches: found.Matches, why: reasons(found)}
	for _, f := range append(found.Findings, said.findings...) {
		if !slices.Contains(out.findings, f) {
			out.findings = append(out.findings, f)
		}
	}
	return Device{}, out, nil
}

// pick says which of the devices a report is about.
func pick(marks []identity.Mark, all []Device, theirs map[ident.ID][]identity.Mark, common func(identity.Mark) bool) (Device, decided, bool) {
	known := make([]identity.Candidate, len(all))
	for i, d := range all {
		known[i] = identity.Candidate{ID: string(d.ID), Marks: theirs[d.ID], Sender: true}
	}
	found := identity.Decide(marks, known, common)
	said := decided{verdict: found.Verdict, findings: found.Findings, why: reasons(found)}
	if found.Verdict != identity.Link {
		return Device{}, said, false
	}
	i := slices.IndexFunc(all, func(d Device) bool { return string(d.ID) == found.Best() })
	said.marks = theirs[all[i].ID]
	return all[i], said, true
}

// reasons are those of the best match, and those of the answer.
func reasons(d identity.Decision) []identity.Reason {
	var out []identity.Reason
	if len(d.Matches) > 0 {
		out = append(out, d.Matches[0].Reasons...)
	}
	return append(out, d.Reasons...)
}

func marksOf(ctx context.Context, q bun.IDB, all []Device) (map[ident.ID][]identity.Mark, error) {
	out := map[ident.ID][]identity.Mark{}
	if len(all) == 0 {
		return out, nil
	}
	ids := make([]ident.ID, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	var rows []markRow
	err := q.NewSelect().Model(&rows).Where("dm.device IN (?)", bun.List(ids)).Order("dm.device", "dm.kind", "dm.value").Scan(ctx)
	for _, r := range rows {
		out[r.Device] = append(out[r.Device], identity.Mark{Kind: r.Kind, Value: r.Value, Maker: r.Maker})
	}
	return out, db.Sorted(err)
}

// near are the devices that share a mark other than the name, by the index of marks: of
// each value no more than show that it is common. Common tells which values are.
func (s *Service) near(ctx context.Context, q bun.IDB, marks []identity.Mark) ([]Device, func(identity.Mark) bool, error) {
	var parts []string
	var args []any
	for _, m := range marks {
		if m.Kind != identity.Name {
			parts = append(parts, "SELECT * FROM (SELECT dm.kind, dm.value, dm.device, d.asset FROM device_mark AS dm JOIN device AS d ON d.id = dm.device WHERE dm.kind = ? AND dm.value = ? ORDER BY dm.device LIMIT ?) AS one")
			args = append(args, m.Kind, m.Value, 2*identity.Crowd+1)
		}
	}
	var rows []struct {
		Kind   identity.Kind
		Value  string
		Device ident.ID
		Asset  ident.ID
	}
	if len(parts) > 0 {
		if err := q.NewRaw(strings.Join(parts, " UNION ALL "), args...).Scan(ctx, &rows); err != nil {
			return nil, nil, db.Sorted(err)
		}
	}
	owners := map[identity.Mark]map[ident.ID]bool{}
	var ids []ident.ID
	for _, r := range rows {
		m := identity.Mark{Kind: r.Kind, Value: r.Value}
		if owners[m] == nil {
			owners[m] = map[ident.ID]bool{}
		}
		owners[m][cmp.Or(r.Asset, r.Device)] = true
		ids = append(ids, r.Device)
	}
	common := func(m identity.Mark) bool {
		return len(owners[identity.Mark{Kind: m.Kind, Value: m.Value}]) > identity.Crowd
	}
	slices.Sort(ids)
	var near []Device
	if len(ids) > 0 {
		err := q.NewSelect().Model(&near).Where("d.id IN (?)", bun.List(slices.Compact(ids))).Order("d.id").Scan(ctx)
		if err != nil {
			return nil, nil, db.Sorted(err)
		}
	}
	return near, common, nil
}

// candidates are the assets that a report may be about: of devices that share a mark,
// and those of which a person typed the serial number.
func (s *Service) candidates(ctx context.Context, q bun.IDB, marks []identity.Mark, near []Device, theirs map[ident.ID][]identity.Mark) ([]identity.Candidate, error) {
	by := map[ident.ID][]identity.Mark{}
	var ids []ident.ID
	for _, d := range near {
		if d.Asset != "" {
			by[d.Asset] = append(by[d.Asset], theirs[d.ID]...)
			ids = append(ids, d.Asset)
		}
	}
	var serials []string
	for _, m := range marks {
		if m.Kind == identity.Serial {
			serials = append(serials, m.Value)
		}
	}
	if len(ids) == 0 && len(serials) == 0 {
		return nil, nil
	}
	assets, err := s.Stock.Machines(ctx, q, ids, serials)
	if err != nil {
		return nil, err
	}
	var out []identity.Candidate
	for _, x := range assets {
		all := by[x.ID]
		if serial := identity.CleanSerial(x.Serial); serial != "" && !slices.ContainsFunc(all, func(m identity.Mark) bool { return m.Kind == identity.Serial }) {
			all = append(all, identity.Mark{Kind: identity.Serial, Value: serial, Maker: identity.KnownBrand(x.Name)})
		}
		out = append(out, identity.Candidate{ID: string(x.ID), Marks: all})
	}
	return out, nil
}

// remember writes a line of a device's history.
func remember(ctx context.Context, tx *db.Tx, a arrived, d Device, line i18n.Line) error {
	raw, err := written(line)
	if err != nil {
		return err
	}
	return insert(ctx, tx, Change{ID: ident.New(a.now), Device: d.ID, At: a.TakenAt, Message: a.Message, LineJSON: raw})
}

// machine acts for agents.
func machine() access.Actor { return access.System("agent") }
