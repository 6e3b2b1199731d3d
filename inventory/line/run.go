package line

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/line/quality"
)

// Run is one measurement of a line from its own end: by the page in a browser, or by a
// program that posts what it found.
type Run struct {
	bun.BaseModel `bun:"table:line_run,alias:lr"`
	ID            ident.ID  `bun:"id,pk"`
	Asset         ident.ID  `bun:"asset"`
	At            time.Time `bun:"at"`
	Via           string    `bun:"via"`   // ViaBrowser or ViaAPI
	Agent         string    `bun:"agent"` // class of the browser, "chrome/49 windows/5.1"
	ByID          ident.ID  `bun:"by_id"`
	ByName        string    `bun:"by_name"`
	Budget        int64     `bun:"budget"` // bytes that it may still move
	Until         time.Time `bun:"until"`  // by the machine's clock, when its token ends
	Done          bool      `bun:"done"`
	Sent          int       `bun:"sent"`
	Lost          int       `bun:"lost"`
	Down          *float64  `bun:"down"` // Mbps
	Up            *float64  `bun:"up"`
	Samples       string    `bun:"samples"` // JSON: Result
}

// How a run came.
const (
	ViaBrowser = "browser"
	ViaAPI     = "api"
)

const (
	// RunBytes is the most that one run moves, both ways together.
	RunBytes = 3 << 20
	// pings is how many requests a run sends to measure the round trip, mostPings how
	// many the server answers, and pingBytes what each costs with its heads.
	pings, mostPings, pingBytes = 20, 30, 2 << 10
	// mostPiece is the largest piece that is asked for or sent at once.
	mostPiece = 1 << 20
	// runLife is how long a run may take.
	runLife = 5 * time.Minute
	// perLine and perPerson are how many runs one hour takes.
	perLine, perPerson = 20, 40
	// slowest is how long a request may have taken, in ms.
	slowest = 120_000
)

// downSteps and upSteps are the pieces of a run in bytes. The next is moved only when
// the one before was quick, so that a slow line moves little.
var (
	downSteps = []int{32 << 10, 128 << 10, 512 << 10, 1 << 20}
	upSteps   = []int{16 << 10, 64 << 10, 256 << 10, 512 << 10}
)

// purpose is what the tokens of runs are for.
const purpose = "line-run"

// Piece is one transfer: how many bytes in how many milliseconds.
type Piece struct {
	Bytes int     `json:"bytes"`
	MS    float64 `json:"ms"`
}

// Result is what a browser or a program found: round trips in ms, requests sent and
// lost, and either the pieces moved or the speeds themselves.
type Result struct {
	RTTs []float64 `json:"rtts,omitempty"`
	Sent int       `json:"sent"`
	Lost int       `json:"lost"`
	Down []Piece   `json:"down,omitempty"`
	Up   []Piece   `json:"up,omitempty"`
}

// Begun is a run that may start.
type Begun struct {
	Token    string
	Pings    int
	Down, Up []int // bytes of the pieces
}

// Begin lets somebody measure a line from a browser. Nobody does that all the time:
// more than perLine runs an hour are refused.
func (s *Service) Begin(ctx context.Context, who access.Actor, asset ident.ID, agent string) (Begun, error) {
	machine := s.Machine.Now()
	r := Run{ID: ident.New(machine), Asset: asset, At: s.Business.Now(), Via: ViaBrowser, Agent: agent, ByID: who.ID, ByName: who.Name,
		Budget: RunBytes - mostPings*pingBytes, Until: machine.Add(runLife), Samples: "{}"}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.asset(ctx, tx, who, Measure, asset); err != nil {
			return err
		}
		if err := s.seldom(ctx, tx, who, asset, r.At); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&r).Exec(ctx)
		return db.Sorted(err)
	})
	return Begun{Token: s.Key.Token(purpose, r.ID), Pings: pings, Down: downSteps, Up: upSteps}, err
}

// seldom refuses more runs than an hour takes.
func (s *Service) seldom(ctx context.Context, tx *db.Tx, who access.Actor, asset ident.ID, at time.Time) error {
	for _, one := range []struct {
		column string
		of     ident.ID
		most   int64
	}{{"lr.asset", asset, perLine}, {"lr.by_id", who.ID, perPerson}} {
		n, err := tx.NewSelect().Model((*Run)(nil)).Where(one.column+" = ?", one.of).Where("lr.at > ?", at.Add(-time.Hour)).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= one.most {
			return fault.New(fault.TooMany, "line.run.too_many")
		}
	}
	return nil
}

// pingCounter counts the pings of the runs under way in this process. It is no ledger:
// what a run may move is kept in its row.
type pingCounter struct {
	mu   *sync.Mutex
	seen map[ident.ID]int
}

// mostRuns is how many runs are counted before the counter begins anew.
const mostRuns = 10_000

func (p *pingCounter) take(id ident.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.seen) >= mostRuns {
		clear(p.seen)
	}
	p.seen[id]++
	return p.seen[id] <= mostPings
}

// Ping answers a request that measures the round trip: it asks no store, so that the
// answer is as quick as the line lets it be.
func (s *Service) Ping(token string) error {
	id, ok := s.Key.Read(purpose, token)
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	if !s.pings.take(id) {
		return fault.New(fault.TooMany, "line.run.spent")
	}
	return nil
}

// Take charges bytes to a run before they are moved. More than it may move is refused.
func (s *Service) Take(ctx context.Context, who access.Actor, token string, bytes int) error {
	id, ok := s.Key.Read(purpose, token)
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	if bytes <= 0 || bytes > mostPiece {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE line_run SET budget = budget - ? WHERE id = ? AND by_id = ? AND NOT done AND until > ? AND budget >= ?",
			bytes, id, who.ID, s.Machine.Now(), bytes).Exec(ctx))
		if !fault.HasKey(err, "fault.changed_meanwhile") {
			return err
		}
		known, err := tx.NewSelect().Model((*Run)(nil)).Where("lr.id = ?", id).Where("lr.by_id = ?", who.ID).Exists(ctx)
		switch {
		case err != nil:
			return db.Sorted(err)
		case !known:
			return fault.New(fault.Missing, "fault.missing")
		}
		return fault.New(fault.TooMany, "line.run.spent")
	})
}

// own is nil for whoever began the run; to anybody else there is none.
func (s *Service) own(ctx context.Context, who access.Actor, token string) error {
	if err := who.Need(Measure); err != nil {
		return err
	}
	id, ok := s.Key.Read(purpose, token)
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	var r Run
	return db.Sorted(s.DB.Read().NewSelect().Model(&r).Column("lr.id").Where("lr.id = ?", id).Where("lr.by_id = ?", who.ID).Scan(ctx))
}

// Finish records what a browser found.
func (s *Service) Finish(ctx context.Context, who access.Actor, token string, res Result) (Run, error) {
	var r Run
	id, ok := s.Key.Read(purpose, token)
	if !ok {
		return r, fault.New(fault.Missing, "fault.missing")
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model(&r).Where("lr.id = ?", id).Where("lr.by_id = ?", who.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if r.Done || s.Machine.Now().After(r.Until) {
			return fault.New(fault.Conflict, "line.run.over")
		}
		moved := RunBytes - mostPings*pingBytes - r.Budget
		if err := res.check(moved); err != nil {
			return err
		}
		r.take(res)
		return s.keepRun(ctx, tx, who, &r, false)
	})
	return r, err
}

// take computes a run's figures from what was found.
func (r *Run) take(res Result) {
	raw, err := json.Marshal(res)
	if err != nil {
		raw = []byte("{}") // check has seen that every number is finite
	}
	r.Sent, r.Lost, r.Down, r.Up, r.Samples, r.Done = res.Sent, res.Lost, speed(res.Down), speed(res.Up), string(raw), true
}

// speed is what the largest piece moved in a second, Mbps; nil where nothing was moved.
func speed(all []Piece) *float64 {
	if len(all) == 0 {
		return nil
	}
	p := slices.MaxFunc(all, func(a, b Piece) int { return a.Bytes - b.Bytes })
	v := math.Round(float64(p.Bytes)*8/1000/p.MS*1000) / 1000
	return &v
}

func (r Result) check(moved int64) error {
	var k fault.Check
	k.Need(r.Sent >= 0 && r.Sent <= mostPings && r.Lost >= 0 && r.Lost <= r.Sent, "sent", "line.form.counts_wrong")
	k.Need(len(r.RTTs) <= r.Sent-r.Lost, "rtts", "line.form.counts_wrong")
	k.Need(!slices.ContainsFunc(r.RTTs, func(ms float64) bool { return !(ms >= 0 && ms <= slowest) }), "rtts", "line.form.time_wrong")
	k.Need(r.Sent+len(r.Down)+len(r.Up) > 0, "sent", "line.form.nothing")
	sum := int64(0)
	for _, p := range append(slices.Clone(r.Down), r.Up...) {
		k.Need(p.Bytes > 0 && p.Bytes <= mostPiece && p.MS > 0 && p.MS <= slowest, "down", "line.form.time_wrong")
		sum += int64(p.Bytes)
	}
	k.Need(sum <= moved, "down", "line.form.more_than_moved")
	return k.Err()
}

// keepRun saves a finished run and lets the figures be computed anew.
func (s *Service) keepRun(ctx context.Context, tx *db.Tx, who access.Actor, r *Run, fresh bool) error {
	l, a, err := s.lineIn(ctx, tx, who, Measure, r.Asset)
	if err != nil {
		return err
	}
	if fresh {
		_, err = tx.NewInsert().Model(r).Exec(ctx)
	} else {
		_, err = tx.NewUpdate().Model(r).Column("sent", "lost", "down", "up", "samples", "done").WherePK().Exec(ctx)
	}
	if err != nil {
		return db.Sorted(err)
	}
	l.dirty(clock.Date(r.At))
	if err := saveLines(ctx, tx, []Line{l}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, s.Business.Now(), who, "inventory.line.measured", string(a.ID), map[string][2]any{"down": {nil, r.Down}, "up": {nil, r.Up}, "via": {nil, r.Via}}, trail.At(a.Unit))
}

// measurement is the run as the figures take it.
func (r Run) measurement() quality.Measurement {
	m := quality.Measurement{At: r.At, Down: r.Down, Up: r.Up}
	var res Result
	if json.Unmarshal([]byte(r.Samples), &res) != nil {
		res = Result{}
	}
	for _, ms := range res.RTTs {
		m.Requests = append(m.Requests, quality.Sample{RTT: ms})
	}
	for range r.Lost {
		m.Requests = append(m.Requests, quality.Sample{Lost: true})
	}
	return m
}

// Posted is what a program at a commune found, such as a script on a router.
type Posted struct {
	At         time.Time
	RTTs       []float64
	Sent, Lost int
	Down, Up   *float64
}

const (
	// late is how long ago a measurement may have been taken that is posted now, and
	// ahead how far another clock may be in front of ours.
	late, ahead = 24 * time.Hour, 5 * time.Minute
	fastest     = 100_000 // Mbps
)

// Post records what a program found.
func (s *Service) Post(ctx context.Context, who access.Actor, asset ident.ID, p Posted) (Run, error) {
	if err := who.Need(Measure); err != nil {
		return Run{}, err
	}
	now := s.Business.Now()
	if p.At.IsZero() {
		p.At = now
	}
	res := Result{RTTs: p.RTTs, Sent: p.Sent, Lost: p.Lost}
	var k fault.Check
	k.Need(!p.At.Before(now.Add(-late)) && !p.At.After(now.Add(ahead)), "at", "line.form.at_wrong")
	for name, v := range map[string]*float64{"down_mbps": p.Down, "up_mbps": p.Up} {
		k.Need(v == nil || *v >= 0 && *v <= fastest, name, "line.form.speed_wrong")
	}
	if p.Down == nil && p.Up == nil || p.Sent > 0 || len(p.RTTs) > 0 {
		k.Add(res.check(0))
	}
	if err := k.Err(); err != nil {
		return Run{}, err
	}
	r := Run{ID: ident.New(now), Asset: asset, At: p.At.UTC(), Via: ViaAPI, Agent: "program", ByID: who.ID, ByName: who.Name, Until: now}
	r.take(res)
	r.Down, r.Up = p.Down, p.Up
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.seldom(ctx, tx, who, asset, now); err != nil {
			return err
		}
		return s.keepRun(ctx, tx, who, &r, true)
	})
	return r, err
}

// lineOf is the asset that a run measures, for whoever runs it.
func (s *Service) lineOf(ctx context.Context, r Run) (inventory.Asset, error) {
	var a inventory.Asset
	err := s.DB.Read().NewSelect().Model(&a).Where("a.id = ?", r.Asset).Scan(ctx)
	return a, db.Sorted(err)
}
