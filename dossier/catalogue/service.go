package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Deps is what the room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    *org.Units
	Dossiers *dossier.Service
	BaseURL  string                        // where the house is reached, for the code on posters
	Filing   func(procedure string) string // where a procedure is filed online; nil while nothing is
	// Contact is whom one asks at a commune and when, in a sentence; empty where nothing is
	// put up. Nil says nothing anywhere.
	Contact func(ctx context.Context, unit string) (string, error)
}

// Service is the room.
type Service struct {
	Deps
	forms sync.Map // ident.ID of a published version → form.Form
}

// New is the room over its neighbours.
func New(d Deps) *Service {
	return &Service{Deps: d}
}

// Head is a version without what it says: what lists need.
type Head struct {
	ID        ident.ID
	Procedure string
	From      string
	State     string
	Note      string
	MadeAt    time.Time
	Ver       int64
}

// heads are the versions of one procedure, or of all with "", without their definitions,
// by procedure and then the newest first.
func (s *Service) heads(ctx context.Context, key string) ([]Head, error) {
	var rows []dossier.Version
	q := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("definition").Order("pv.procedure", "pv.effective_from DESC", "pv.id DESC")
	if key != "" {
		q = q.Where("pv.procedure = ?", key)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]Head, len(rows))
	for i, v := range rows {
		out[i] = Head{v.ID, v.Procedure, v.From, v.State, v.Note, v.MadeAt, v.Ver}
	}
	return out, nil
}

// Offer is a procedure as it is offered today.
type Offer struct {
	Key string
	Head
	procedure.Definition
}

// Offers are the procedures in force at a moment, in the order of the house, then those
// that were added. One query; what versions say is kept in memory.
func (s *Service) Offers(ctx context.Context, at time.Time) ([]Offer, error) {
	heads, err := s.heads(ctx, "")
	if err != nil {
		return nil, err
	}
	day := clock.Date(at)
	var out []Offer
	for _, h := range heads {
		if h.State != dossier.Published || h.From > day || len(out) > 0 && out[len(out)-1].Key == h.Procedure {
			continue
		}
		d, err := s.Dossiers.Definition(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Offer{h.Procedure, h, d})
	}
	order := houseOrder()
	slices.SortStableFunc(out, func(a, b Offer) int { return place(order, a.Key) - place(order, b.Key) })
	return out, nil
}

// houseOrder is where each procedure of the house stands.
var houseOrder = sync.OnceValue(func() []string {
	var out []string
	all, err := BuiltIn()
	if err != nil {
		return nil // Seed tells it
	}
	for _, b := range all {
		if !slices.Contains(out, b.Procedure) {
			out = append(out, b.Procedure)
		}
	}
	return out
})

func place(order []string, key string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

// OfferOf is one procedure as it is offered at a moment; Missing when it is not.
func (s *Service) OfferOf(ctx context.Context, key string, at time.Time) (Offer, error) {
	heads, err := s.heads(ctx, key)
	if err != nil {
		return Offer{}, err
	}
	day := clock.Date(at)
	for _, h := range heads {
		if key != "" && h.State == dossier.Published && h.From <= day {
			d, err := s.Dossiers.Definition(ctx, h.ID)
			return Offer{key, h, d}, err
		}
	}
	return Offer{}, fault.New(fault.Missing, "dossier.procedure.not_offered")
}

// FormOf is the form of a version. A published one is read once.
func (s *Service) FormOf(ctx context.Context, version ident.ID) (form.Form, error) {
	kept, _ := s.forms.Load(version)
	if f, ok := kept.(form.Form); ok {
		return f, nil
	}
	v, err := s.version(ctx, version)
	if err != nil {
		return form.Form{}, err
	}
	d, err := procedure.Read(string(v.Definition))
	if err != nil {
		return form.Form{}, err
	}
	f, err := form.Read(d.Form)
	if err == nil && v.State == dossier.Published {
		s.forms.Store(version, f)
	}
	return f, err
}

func (s *Service) version(ctx context.Context, id ident.ID) (dossier.Version, error) {
	var v dossier.Version
	err := s.DB.Read().NewSelect().Model(&v).Where("pv.id = ?", id).Scan(ctx)
	return v, db.Sorted(err)
}

// written is a definition as it is kept, with its hash.
func written(d procedure.Definition) (raw json.RawMessage, hash string, err error) {
	raw, err = json.Marshal(d)
	if err != nil {
		return nil, "", fault.Because(fault.Internal, "fault.internal", err)
	}
	sum := sha256.Sum256(raw)
	return raw, hex.EncodeToString(sum[:]), nil
}

// checked is everything wrong with a definition and its form.
func checked(d procedure.Definition) error {
	var k fault.Check
	k.Add(d.Check())
	f, err := form.Read(d.Form)
	if err != nil {
		return err
	}
	k.Add(f.Faults())
	conditions(&k, d, f)
	return k.Err()
}

// conditions: what decides whether a document or a leg applies is asked in the form, and
// so is the day that a late fee counts from.
func conditions(k *fault.Check, d procedure.Definition, f form.Form) {
	known := func(at string, raw json.RawMessage) {
		if len(raw) == 0 {
			return
		}
		c, err := ReadCond(raw)
		k.Need(err == nil, at, "catalogue.cond_unreadable")
		for _, key := range c.Fields() {
			k.Need(f.GroupOf(key) != "", at, "answer.def.no_field", "field", key)
		}
	}
	for i, doc := range d.Documents {
		known(indexed("documents", i), doc.When)
	}
	for i, l := range d.Legs {
		known(indexed("legs", i), l.When)
	}
	k.Need(d.Fee.LateFrom == "" || f.GroupOf(d.Fee.LateFrom) != "", "fee_late_from", "answer.def.no_field", "field", d.Fee.LateFrom)
}

// ReadCond reads the condition of a document or of a leg; none always holds.
func ReadCond(raw json.RawMessage) (form.Cond, error) {
	var c form.Cond
	if len(raw) == 0 {
		return c, nil
	}
	err := json.Unmarshal(raw, &c)
	return c, err
}

// seedRow says that a version of the house was brought in.
type seedRow struct {
	Procedure string `bun:"procedure"`
	From      string `bun:"effective_from"`
}

type seeded struct {
	bun.BaseModel `bun:"table:procedure_seed,alias:ps"`
	Procedure     string    `bun:"procedure,pk"`
	From          string    `bun:"effective_from,pk"`
	SeededAt      time.Time `bun:"seeded_at"`
}

// Seed brings in the versions of the house that were never brought in. It changes none
// that is there, whatever an administrator made of it.
func (s *Service) Seed(ctx context.Context) (int, error) {
	all, err := BuiltIn()
	if err != nil {
		return 0, fault.Because(fault.Internal, "fault.internal", err)
	}
	n := 0
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		var rows []seedRow
		if err := tx.NewSelect().Model((*seeded)(nil)).ColumnExpr("ps.procedure, ps.effective_from").Scan(ctx, &rows); err != nil {
			return db.Sorted(err)
		}
		done := map[seedRow]bool{}
		for _, r := range rows {
			done[r] = true
		}
		now := s.Business.Now()
		taken, err := published(ctx, tx)
		if err != nil {
			return err
		}
		var fresh []dossier.Version
		var seeds []seeded
		for _, b := range all {
			one := seedRow{b.Procedure, b.From}
			if done[one] {
				continue
			}
			if seeds = append(seeds, seeded{Procedure: b.Procedure, From: b.From, SeededAt: now}); !taken[one] {
				fresh = append(fresh, b.version(now))
			}
		}
		if n = len(seeds); n == 0 {
			return nil
		}
		if len(fresh) > 0 {
			if _, err := tx.NewInsert().Model(&fresh).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		if _, err := tx.NewInsert().Model(&seeds).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, access.System("catalogue"), "dossier.procedure.seeded", "procedures", map[string][2]any{"versions": {0, n}})
	})
	return n, err
}

// published are the days for which procedures have a published version, whoever made it.
func published(ctx context.Context, tx *db.Tx) (map[seedRow]bool, error) {
	var rows []seedRow
	err := tx.NewSelect().Model((*dossier.Version)(nil)).ColumnExpr("pv.procedure, pv.effective_from").Where("pv.state = ?", dossier.Published).Scan(ctx, &rows)
	out := map[seedRow]bool{}
	for _, r := range rows {
		out[r] = true
	}
	return out, db.Sorted(err)
}

// version is a version of the house as a row.
func (b Built) version(now time.Time) dossier.Version {
	return dossier.Version{ID: ident.New(now), Procedure: b.Procedure, From: b.From, State: b.State, Definition: b.raw, Hash: b.hash, Note: b.Note, MadeBy: access.System("catalogue").ID, MadeAt: now, Ver: 1}
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// tidyKey is a procedure's key from what was typed.
func tidyKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// indexed is the name of a line's field in a form.
func indexed(name string, i int) string { return name + "." + strconv.Itoa(i) }
