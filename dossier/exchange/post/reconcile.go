package post

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

// Comparison is one comparison of a partner's ledger with ours.
type Comparison struct {
	bun.BaseModel `bun:"table:exchange_run,alias:xu"`
	ID            ident.ID  `bun:"id,pk"`
	Partner       string    `bun:"partner"`
	Day           string    `bun:"day"`
	State         string    `bun:"state"` // running, done
	After         string    `bun:"after"` // key reached; a run that was cut off goes on there
	Matched       int64     `bun:"matched"`
	OnlyOurs      int64     `bun:"only_ours"`
	OnlyTheirs    int64     `bun:"only_theirs"`
	Differ        int64     `bun:"differ"`
	At            time.Time `bun:"at"`
	DoneAt        time.Time `bun:"done_at,nullzero"`
}

// Clean tells whether both sides said the same of everything.
func (c Comparison) Clean() bool { return c.OnlyOurs == 0 && c.OnlyTheirs == 0 && c.Differ == 0 }

// The kinds of differences.
const (
	OnlyOurs   = "only_ours"
	OnlyTheirs = "only_theirs"
	Differs    = "differs"
)

// The states of a difference.
const (
	OpenDifference = "open"
	Decided        = "decided"
	Gone           = "gone" // a later comparison found both sides the same
)

// Difference is one thing of which two offices say something different.
type Difference struct {
	bun.BaseModel `bun:"table:exchange_difference,alias:xd"`
	ID            ident.ID  `bun:"id,pk"`
	Partner       string    `bun:"partner"`
	Thing         string    `bun:"thing"`
	Ref           ident.ID  `bun:"ref"`
	Unit          string    `bun:"unit"`
	Kind          string    `bun:"kind"`
	Fields        string    `bun:"fields"`
	FirstAt       time.Time `bun:"first_at"`
	LastAt        time.Time `bun:"last_at"`
	State         string    `bun:"state"`
	Decision      string    `bun:"decision"`
	DecidedBy     ident.ID  `bun:"decided_by"`
	DecidedAt     time.Time `bun:"decided_at,nullzero"`
	Reason        string    `bun:"reason"`
	Ver           int64     `bun:"ver"`
}

// Sides are the fields that differ, with what each office wrote.
func (d Difference) Sides() []wire.Difference {
	var out []wire.Difference
	if json.Unmarshal([]byte(d.Fields), &out) != nil {
		return nil
	}
	return out
}

// Reconcile compares with every partner that is reached by HTTP, once a day: after
// 20:00. A comparison that was cut off goes on where it stood.
func (s *Service) Reconcile(ctx context.Context) error {
	now := s.Business.Now()
	if now.In(clock.City).Hour() < 20 {
		return nil
	}
	all, err := s.Partners(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Mode != ByHTTP || p.Broken(s.Machine.Now()) {
			continue
		}
		_, one := s.Compare(ctx, p.Code, clock.Date(now))
		err = errors.Join(err, one)
	}
	return err
}

// Compare runs, goes on with, or tells again the comparison of a day. A day that is done is
// not asked for twice.
func (s *Service) Compare(ctx context.Context, partner, day string) (Comparison, error) {
	p, err := s.PartnerOf(ctx, s.DB.Read(), partner)
	if err != nil {
		return Comparison{}, err
	}
	run, err := s.run(ctx, partner, day)
	for err == nil && run.State != "done" {
		run, err = s.step(ctx, p, run)
	}
	return run, err
}

func (s *Service) run(ctx context.Context, partner, day string) (Comparison, error) {
	var c Comparison
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh := Comparison{ID: ident.New(s.Machine.Now()), Partner: partner, Day: day, State: "running", At: s.Business.Now()}
		if _, err := tx.NewInsert().Model(&fresh).On("CONFLICT (partner, day) DO NOTHING").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return db.Sorted(tx.NewSelect().Model(&c).Where("xu.partner = ?", partner).Where("xu.day = ?", day).Scan(ctx))
	})
	return c, err
}

// step compares the next slice of keys, and keeps what it found with the place it reached.
func (s *Service) step(ctx context.Context, p Partner, run Comparison) (Comparison, error) {
	a, err := s.ask(ctx, p, "/ledger?limit=200&after="+url.QueryEscape(run.After))
	if err != nil || a.Status != http.StatusOK {
		return run, fault.Because(fault.Unavailable, "exchange.problem.no_answer", errors.Join(errOdd, err))
	}
	var page wire.Ledger
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return run, fault.Because(fault.Unavailable, "exchange.problem.no_answer", err)
	}
	return run, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var now Comparison
		if err := tx.NewSelect().Model(&now).Where("xu.id = ?", run.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if now.After != run.After || now.State == "done" {
			run = now // another process went on
			return nil
		}
		ours, err := s.ours(ctx, tx, p.Code, run.After, page.Next)
		if err != nil {
			return err
		}
		if err := s.compare(ctx, tx, &now, ours, page.Items); err != nil {
			return err
		}
		now.After = page.Next
		if page.Next == "" {
			now.State, now.DoneAt = "done", s.Business.Now()
		}
		run = now
		return db.Changed(tx.NewUpdate().Model(&now).WherePK().Exec(ctx))
	})
}

// ours are our messages between two keys, those that have arrived.
func (s *Service) ours(ctx context.Context, tx *db.Tx, partner, after, until string) ([]Message, error) {
	var rows []Message
	q := tx.NewSelect().Model(&rows).Where("xm.partner = ?", partner).Where("xm.compared").Where("xm.idemkey > ?", after).Where("xm.state IN ('sent', 'dropped')")
	if until != "" {
		q = q.Where("xm.idemkey <= ?", until)
	}
	return rows, db.Sorted(q.Order("xm.idemkey").Scan(ctx))
}

// compare finds what differs in one slice. Only what arrived on our side ought to be there
// on theirs; what is on its way is not compared.
func (s *Service) compare(ctx context.Context, tx *db.Tx, run *Comparison, ours []Message, theirs []wire.Standing) error {
	there := map[string]wire.Standing{}
	for _, one := range theirs {
		there[one.Key] = one
	}
	for _, m := range ours {
		one, both := there[m.Key]
		delete(there, m.Key)
		switch {
		case m.State == Dropped && !both:
			continue
		case !both:
			run.OnlyOurs++
			if err := s.differs(ctx, tx, Difference{Partner: m.Partner, Thing: m.Key, Ref: m.Ref, Unit: m.Unit, Kind: OnlyOurs, Fields: "[]"}); err != nil {
				return err
			}
		case one.Hash != m.Hash || s.disagree(m, one):
			run.Differ++
			if err := s.differs(ctx, tx, Difference{Partner: m.Partner, Thing: m.Key, Ref: m.Ref, Unit: m.Unit, Kind: Differs, Fields: sides(m, one)}); err != nil {
				return err
			}
		default:
			run.Matched++
			if err := s.same(ctx, tx, m.Partner, m.Key); err != nil {
				return err
			}
		}
	}
	for _, one := range theirs {
		if _, left := there[one.Key]; !left || one.Hash == (wire.Fields{}).Hash() {
			continue
		}
		known, err := s.onItsWay(ctx, tx, run.Partner, one.Key)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		run.OnlyTheirs++
		if err := s.differs(ctx, tx, Difference{Partner: run.Partner, Thing: one.Key, Kind: OnlyTheirs, Fields: theirSide(one)}); err != nil {
			return err
		}
	}
	return nil
}

// disagree tells whether both sides have heard another end of the case.
func (s *Service) disagree(m Message, one wire.Standing) bool {
	return m.ResultNo != "" && one.ResultNo != m.ResultNo
}

// onItsWay tells whether a key is ours and only not marked as arrived yet.
func (s *Service) onItsWay(ctx context.Context, tx *db.Tx, partner, key string) (bool, error) {
	n, err := tx.NewSelect().Model((*Message)(nil)).Where("xm.partner = ?", partner).Where("xm.idemkey = ?", key).Count(ctx)
	return n > 0, db.Sorted(err)
}

func sides(m Message, one wire.Standing) string {
	var c struct {
		Fields wire.Fields `json:"fields"`
	}
	if json.Unmarshal([]byte(m.Data), &c) != nil {
		c.Fields = nil
	}
	all := wire.Compare(c.Fields, one.Fields)
	if m.ResultNo != "" && one.ResultNo != m.ResultNo {
		all = append(all, wire.Difference{Name: "result_no", Ours: m.ResultNo, Theirs: one.ResultNo})
	}
	return written(all)
}

func theirSide(one wire.Standing) string { return written(wire.Compare(nil, one.Fields)) }

func written(all []wire.Difference) string {
	slices.SortFunc(all, func(a, b wire.Difference) int { return strings.Compare(a.Name, b.Name) })
	raw, err := json.Marshal(all)
	if err != nil || all == nil {
		return "[]"
	}
	return string(raw)
}

// differs keeps a difference: a new one, or the one that is open still. One that a person
// decided opens again only when it differs in another way.
func (s *Service) differs(ctx context.Context, tx *db.Tx, d Difference) error {
	now := s.Business.Now()
	d.ID, d.FirstAt, d.LastAt, d.State, d.Ver = ident.New(s.Machine.Now()), now, now, OpenDifference, 1
	_, err := tx.NewInsert().Model(&d).On("CONFLICT (partner, thing) DO UPDATE").
		Set("first_at = CASE WHEN xd.state = 'gone' OR xd.fields <> excluded.fields OR xd.kind <> excluded.kind THEN excluded.first_at ELSE xd.first_at END").
		Set("state = CASE WHEN xd.state = 'decided' AND xd.fields = excluded.fields AND xd.kind = excluded.kind THEN xd.state ELSE 'open' END").
		Set("last_at = excluded.last_at").Set("fields = excluded.fields").Set("kind = excluded.kind").Set("ver = xd.ver + 1").Exec(ctx)
	return db.Sorted(err)
}

// same closes the difference that was there, if any.
func (s *Service) same(ctx context.Context, tx *db.Tx, partner, thing string) error {
	_, err := tx.NewUpdate().Model((*Difference)(nil)).Set("state = ?", Gone).Set("last_at = ?", s.Business.Now()).Set("ver = ver + 1").
		Where("partner = ?", partner).Where("thing = ?", thing).Where("state <> ?", Gone).Exec(ctx)
	return db.Sorted(err)
}
