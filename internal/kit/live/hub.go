package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Limits of what one process serves.
const (
	perAccount = 6
	inAll      = 600
	burst      = 200              // events that a reader takes up at once, and that may wait for it
	overlap    = 10 * time.Second // how long a transaction may commit behind one that began later
	slack      = 50               // events looked at again when listening begins
	every      = time.Second      // other processes are asked this often
)

// Hub hands events to the open pages of this process.
type Hub struct {
	DB    *db.DB
	Clock clock.Clock // the machine's
	Log   *slog.Logger
	// Life is how long a stream lasts; 0 means 25 seconds.
	Life time.Duration

	rooms  []room
	greets []Greeting

	mu        sync.Mutex
	listeners map[*listener]bool
	wake      chan struct{}
	done      chan struct{}
	closed    bool
	running   bool
	floor     int64
	seen      map[int64]time.Time
	turn      int64
}

type room struct {
	name string
	open func(access.Actor) bool
}

// listener is one stream.
type listener struct {
	account ident.ID
	rooms   map[string]bool
	events  chan Event
	turn    int64 // the order in which they came
}

// New is a hub over the store.
func New(d *db.DB, c clock.Clock, log *slog.Logger) *Hub {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Hub{DB: d, Clock: c, Log: log, listeners: map[*listener]bool{}, wake: make(chan struct{}, 1), done: make(chan struct{}), seen: map[int64]time.Time{}}
}

// Room opens a room to those whom open lets in. It is called while the house is built.
func (h *Hub) Room(name string, open func(access.Actor) bool) {
	h.rooms = append(h.rooms, room{name, open})
}

// Greet adds what newcomers are shown. It is called while the house is built.
func (h *Hub) Greet(g Greeting) { h.greets = append(h.greets, g) }

// Listening is how many streams are open.
func (h *Hub) Listening() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

// Close ends every stream, so that the door can close.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// nudge lets the streams of this process look at once.
func (h *Hub) nudge() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// roomsOf are the rooms that the actor hears.
func (h *Hub) roomsOf(who access.Actor) []string {
	all := []string{To(who.ID)}
	for _, r := range h.rooms {
		if r.open(who) {
			all = append(all, r.name)
		}
	}
	return all
}

// join opens a stream for the actor, unless there are enough.
func (h *Hub) join(ctx context.Context, who access.Actor, rooms []string) (*listener, error) {
	l := &listener{account: who.ID, rooms: map[string]bool{}, events: make(chan Event, burst)}
	for _, r := range rooms {
		l.rooms[r] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.makeRoom(who.ID)
	if len(h.listeners) >= inAll || h.closed {
		return nil, fault.New(fault.Unavailable, "fault.unavailable")
	}
	h.turn++
	l.turn = h.turn
	if !h.running {
		if err := h.begin(ctx); err != nil {
			return nil, err
		}
	}
	h.listeners[l] = true
	return l, nil
}

// makeRoom ends the oldest stream of an account that has as many as it may: most
// likely its page has gone, which nobody hears until something is written to it.
func (h *Hub) makeRoom(account ident.ID) {
	var oldest *listener
	own := 0
	for l := range h.listeners {
		if l.account != account {
			continue
		}
		if own++; oldest == nil || l.turn < oldest.turn {
			oldest = l
		}
	}
	if own >= perAccount {
		delete(h.listeners, oldest)
		close(oldest.events)
	}
}

// begin starts to look for events: those that are there already are not news.
func (h *Hub) begin(ctx context.Context) error {
	s, err := h.span(ctx)
	if err != nil {
		return err
	}
	h.floor = max(s.Last-slack, 0)
	var known []int64
	if err := h.DB.Read().NewSelect().TableExpr("live_event AS le").Column("seq").Where("le.seq > ?", h.floor).Scan(ctx, &known); err != nil {
		return db.Sorted(err)
	}
	clear(h.seen)
	for _, seq := range known {
		h.seen[seq] = h.Clock.Now()
	}
	h.running = true
	go h.watch()
	return nil
}

func (h *Hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
}

// watch looks for events while somebody listens.
func (h *Hub) watch() {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-h.wake:
		case <-tick.C:
		case <-h.done:
			return
		}
		if h.idle() {
			return
		}
		if err := h.look(); err != nil {
			h.Log.Warn("live events not read", "cause", err.Error())
		}
	}
}

// idle tells whether the last reader has gone, and then stops the watch.
func (h *Hub) idle() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.listeners) == 0 {
		h.running = false
	}
	return !h.running
}

// look reads what is new and hands it out. Rows are looked at again for a while,
// since a transaction may commit behind one that began later.
func (h *Hub) look() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for {
		var rows []Event
		err := h.DB.Read().NewSelect().Model(&rows).Where("le.seq > ?", h.floor).Order("le.seq").Limit(1000).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		h.hand(rows)
		if len(rows) < 1000 {
			return nil
		}
		h.floor = rows[len(rows)-1].Seq
	}
}

func (h *Hub) hand(rows []Event) {
	now := h.Clock.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range rows {
		if _, known := h.seen[e.Seq]; known {
			continue
		}
		h.seen[e.Seq] = now
		for l := range h.listeners {
			if !l.rooms[e.Room] {
				continue
			}
			select {
			case l.events <- e:
			default: // too slow: it comes back and takes up what it missed
				delete(h.listeners, l)
				close(l.events)
			}
		}
	}
	for seq, at := range h.seen {
		if now.Sub(at) > overlap {
			h.floor = max(h.floor, seq)
			delete(h.seen, seq)
		}
	}
}
