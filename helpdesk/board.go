package helpdesk

import (
	"context"
	"slices"
	"sync"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// openMark is what counting needs to know of one ticket that is not done.
type openMark struct {
	Seq          int64      `bun:"seq"`
	Unit         string     `bun:"unit"`
	Phase        Phase      `bun:"phase"`
	State        State      `bun:"state"`
	Group        Group      `bun:"grp"`
	Service      Category   `bun:"service"`
	Priority     int        `bun:"priority"`
	Owner        ident.ID   `bun:"owner"`
	Source       string     `bun:"source"`
	SortAt       time.Time  `bun:"sort_at"`
	SnoozedUntil *time.Time `bun:"snoozed_until"`
	Tags         string     `bun:"tags"`
	ChangedAt    time.Time  `bun:"changed_at"`
	Version      int64      `bun:"version"`
	tags         []string   // keys
}

func (t Ticket) openMark() openMark {
	m := openMark{Seq: t.Seq, Unit: t.Unit, Phase: t.Phase, State: t.State, Group: t.Group, Service: t.Service, Priority: t.Priority, Owner: t.Owner,
		Source: t.Source, SortAt: t.SortAt, SnoozedUntil: t.SnoozedUntil, Tags: t.Tags, ChangedAt: t.ChangedAt, Version: t.Version}
	m.settle()
	return m
}

// settle works out what is compared.
func (m *openMark) settle() {
	m.tags = nil
	for _, label := range (Ticket{Tags: m.Tags}).TagList() {
		m.tags = append(m.tags, TagKey(label))
	}
	m.Tags = ""
}

// older tells whether m was written before o, both of the same ticket.
func (m *openMark) older(o openMark) bool {
	if m.Version != o.Version {
		return m.Version < o.Version
	}
	return m.ChangedAt.Before(o.ChangedAt)
}

// recheckBoard is how long the board is believed without reading it again: so late, at
// the most, does a counter follow a change that another process made. What this process
// changes is on the board when the change is saved.
const recheckBoard = 5 * time.Second

// oldestBoard is how old a board may be that is still shown while somebody else reads
// the store: where that is slow, nobody waits for a counter.
const oldestBoard = 30 * time.Second

// board keeps every open ticket in memory, for counting: they are few (history never
// comes here), and one view counted in the store costs more than all of them here.
type board struct {
	reads  sync.Mutex // held by the one who reads the store
	mu     sync.RWMutex
	known  bool
	asking bool      // the store is being read
	missed bool      // and what is read is no longer what stands there
	read   time.Time // when the store was read last
	rows   []openMark
	place  map[int64]int      // of a ticket in rows
	recent map[int64]openMark // what was saved here since that reading began, what is done included
}

// fresh tells whether the board may be believed at a moment.
func (b *board) fresh(now time.Time) bool { return b.younger(now, recheckBoard) }

func (b *board) younger(now time.Time, than time.Duration) bool {
	age := now.Sub(b.read)
	return b.known && age >= 0 && age < than
}

// put notes what became of a ticket, once that is saved.
func (b *board) put(t Ticket, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asking || b.fresh(now) { // else the next one who counts reads the store anew
		b.set(t.openMark())
	}
}

// set takes a mark that is not older than what is known of the ticket.
func (b *board) set(m openMark) {
	if last, ok := b.recent[m.Seq]; ok && m.older(last) {
		return
	}
	b.recent[m.Seq] = m
	i, on := b.place[m.Seq]
	switch {
	case on && m.older(b.rows[i]):
	case on && m.Phase != Done:
		b.rows[i] = m
	case on: // it is done: the last one takes its place
		last := len(b.rows) - 1
		b.rows[i] = b.rows[last]
		b.place[b.rows[i].Seq] = i
		b.rows = b.rows[:last]
		delete(b.place, m.Seq)
	case m.Phase != Done && b.place != nil:
		b.place[m.Seq] = len(b.rows)
		b.rows = append(b.rows, m)
	}
}

// forget lets the next one who counts read the store again.
func (b *board) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known, b.missed = false, true
}

// eachOpen shows every open ticket of the city, in no order. see must not keep what it
// is shown.
func (s *Service) eachOpen(ctx context.Context, see func(*openMark)) error {
	b := &s.board
	now := s.Business.Now()
	b.mu.RLock()
	enough := b.fresh(now) || b.asking && b.younger(now, oldestBoard)
	b.mu.RUnlock()
	if !enough {
		if err := s.readBoard(ctx, now); err != nil {
			return err
		}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for i := range b.rows {
		see(&b.rows[i])
	}
	return nil
}

// readBoard reads the open tickets from the store, one reader at a time. What is saved
// meanwhile is kept aside and laid over what was read.
func (s *Service) readBoard(ctx context.Context, now time.Time) error {
	b := &s.board
	b.reads.Lock()
	defer b.reads.Unlock()
	b.mu.Lock()
	if b.fresh(now) {
		b.mu.Unlock()
		return nil // somebody else read it while we waited
	}
	b.asking, b.missed, b.recent = true, false, map[int64]openMark{}
	b.mu.Unlock()

	rows, err := s.openMarks(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asking = false
	if err != nil {
		return err
	}
	b.rows, b.place = rows, make(map[int64]int, len(rows))
	for i := range rows {
		b.place[rows[i].Seq] = i
	}
	meanwhile := b.recent
	b.recent = map[int64]openMark{}
	for _, m := range meanwhile {
		b.set(m)
	}
	b.known, b.read = !b.missed, now
	return nil
}

// openMarks reads every open ticket: one query, on an index that holds nothing else.
func (s *Service) openMarks(ctx context.Context) ([]openMark, error) {
	table := "ticket AS ti"
	if s.DB.SQLite() {
		table += " INDEXED BY ticket_open"
	}
	var rows []openMark
	err := s.DB.Read().NewSelect().TableExpr(table).Column("ti.seq", "ti.unit", "ti.phase", "ti.state", "ti.grp", "ti.service", "ti.priority", "ti.owner", "ti.source",
		"ti.sort_at", "ti.snoozed_until", "ti.tags", "ti.changed_at", "ti.version").Where("ti.phase <> 'done'").Scan(ctx, &rows)
	words := map[string]string{}
	for i := range rows {
		rows[i].settle()
		rows[i].share(words)
	}
	return slices.Clip(rows), db.Sorted(err)
}

// share keeps each of the few words that tickets have in common once.
func (m *openMark) share(words map[string]string) {
	one := func(w string) string {
		if known, ok := words[w]; ok {
			return known
		}
		words[w] = w
		return w
	}
	m.Unit, m.Source, m.Owner = one(m.Unit), one(m.Source), ident.ID(one(string(m.Owner)))
	m.Phase, m.State = Phase(one(string(m.Phase))), State(one(string(m.State)))
	m.Group, m.Service = Group(one(string(m.Group))), Category(one(string(m.Service)))
}
