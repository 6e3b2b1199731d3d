package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// trouble is what is wrong with a mailbox, for its page; the cause is for the log.
type trouble struct {
	key   string
	cause error
}

func (t *trouble) Error() string { return fmt.Sprintf("%s: %v", t.key, t.cause) }
func (t *trouble) Unwrap() error { return t.cause }

func problem(what string, cause error) error { return &trouble{"helpdesk.mail.problem." + what, cause} }

func problemKey(err error) string {
	var t *trouble
	if errors.As(err, &t) {
		return t.key
	}
	return "helpdesk.mail.problem.internal"
}

// watcher reads one mailbox until it is stopped.
type watcher struct {
	version int64
	cancel  context.CancelFunc
	done    chan struct{}
	tries   map[int64]int // failures of our own by UID, so that one mail cannot stop the rest
}

// Tend starts and stops readers so that every active mailbox with a password has one
// that knows its present settings. A chore calls it.
func (s *Service) Tend(ctx context.Context) error {
	boxes, err := mailboxes(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	wanted := map[ident.ID]Mailbox{}
	for _, b := range boxes {
		if b.Active && s.HasPassword(b) {
			wanted[b.ID] = b
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, w := range s.watchers {
		if b, ok := wanted[id]; !ok || b.Version != w.version {
			w.cancel()
			<-w.done
			delete(s.watchers, id)
		}
	}
	for id, b := range wanted {
		if s.watchers[id] == nil {
			s.watchers[id] = s.watch(b)
		}
	}
	return nil
}

// Stop ends all readers and waits for them.
func (s *Service) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, w := range s.watchers {
		w.cancel()
		<-w.done
		delete(s.watchers, id)
	}
}

func (s *Service) watch(b Mailbox) *watcher {
	ctx, cancel := context.WithCancel(context.Background()) // it outlives the chore that started it; Stop ends it
	w := &watcher{version: b.Version, cancel: cancel, done: make(chan struct{}), tries: map[int64]int{}}
	go func() {
		defer close(w.done)
		for wait := time.Second; ctx.Err() == nil; {
			began := s.Machine.Now()
			err := w.read(ctx, s, b)
			if ctx.Err() != nil {
				return
			}
			s.Log.Warn("mailbox not read", "mailbox", b.ID, "problem", problemKey(err), "cause", err.Error())
			if err := s.note(ctx, b.ID, problemKey(err)); err != nil {
				s.Log.Error("mailbox not noted", "mailbox", b.ID, "cause", err.Error())
			}
			if s.Machine.Now().Sub(began) > time.Minute {
				wait = time.Second
			}
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
			wait = min(2*wait, 30*time.Second)
		}
	}()
	return w
}

// read connects, takes what is there and then whatever comes, until something fails.
func (w *watcher) read(ctx context.Context, s *Service, b Mailbox) error {
	conn, err := connect(ctx, b, s.Passwords[b.Address])
	if err != nil {
		return err
	}
	defer conn.close()
	end := context.AfterFunc(ctx, func() { _ = conn.conn.Terminate() }) // nobody waits for a server that is slow to say goodbye
	defer end()
	for ctx.Err() == nil {
		if err := w.round(ctx, s, conn); err != nil {
			return err
		}
		if err := conn.idle(ctx, lookEach); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// round takes everything that waits, in order.
func (w *watcher) round(ctx context.Context, s *Service, conn *session) error {
	b, err := mailboxByID(ctx, s.DB.Read(), conn.box.ID)
	if err != nil {
		return err
	}
	validity := conn.validity()
	if b.UIDValidity != validity {
		last := int64(0)
		if b.UIDValidity == 0 && conn.conn.Mailbox().UidNext > 0 {
			last = int64(conn.conn.Mailbox().UidNext) - 1
		}
		if err := s.restart(ctx, b.ID, validity, last); err != nil {
			return err
		}
		b.UIDValidity, b.LastUID = validity, last
	}
	uids, err := conn.waiting(b.LastUID)
	if err != nil {
		return err
	}
	done, err := s.recorded(ctx, b, validity, uids)
	if err != nil {
		return err
	}
	if err := conn.mark(slices.Sorted(maps.Keys(done))...); err != nil {
		return err
	}
	fresh := slices.DeleteFunc(uids, func(u uint32) bool { return done[u] })
	for part := range slices.Chunk(fresh, batch) {
		if err := w.some(ctx, s, conn, b, part); err != nil {
			return err
		}
	}
	return s.note(ctx, b.ID, "")
}

// some takes a few mails and marks each after it was committed.
func (w *watcher) some(ctx context.Context, s *Service, conn *session, b Mailbox, uids []uint32) error {
	sizes, err := conn.sizes(uids)
	if err != nil {
		return err
	}
	most := b.rules().Limits.Size
	for _, uid := range uids {
		size, there := sizes[uid]
		if !there {
			continue // somebody took it away
		}
		raw, err := conn.body(uid, size, most)
		if err != nil {
			return err
		}
		if raw == nil {
			continue
		}
		if err := w.take(ctx, s, b, Arrived{UIDValidity: conn.validity(), UID: int64(uid), Raw: raw, Size: size}); err != nil {
			return err
		}
		if err := conn.mark(uid); err != nil {
			return err
		}
	}
	return nil
}

// patient is how often a mail may fail for a reason of our own before it is set aside.
const patient = 5

func (w *watcher) take(ctx context.Context, s *Service, b Mailbox, a Arrived) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reading a mail: %v", r)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		if w.tries[a.UID]++; w.tries[a.UID] >= patient {
			err = s.giveUp(ctx, b, a)
		}
	}()
	_, err = s.Take(ctx, b, a)
	return err
}

// giveUp sets a mail aside by its header alone.
func (s *Service) giveUp(ctx context.Context, b Mailbox, a Arrived) error {
	head, _, _ := bytes.Cut(bytes.ReplaceAll(a.Raw, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	k, err := s.prepare(ctx, b, Arrived{UIDValidity: a.UIDValidity, UID: a.UID, Raw: head, Size: a.Size})
	if err != nil {
		return err
	}
	_, err = s.setAside(ctx, k, a, fault.New(fault.Internal, "fault.internal"))
	return err
}

// restart begins a mailbox anew: its UIDs mean other mail now. What is there is looked
// at again, and known again by its Message-ID.
func (s *Service) restart(ctx context.Context, id ident.ID, validity, last int64) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE desk_mailbox SET uid_validity = ?, last_uid = ? WHERE id = ?", validity, last, id).Exec(ctx)
		return db.Sorted(err)
	})
}

// FetchAge is for how many seconds the active mailbox that waits longest was not read.
// One that never was counts from the beginning of time, so that an alarm rings.
func (s *Service) FetchAge(ctx context.Context) (float64, error) {
	boxes, err := mailboxes(ctx, s.DB.Read())
	oldest, now := 0.0, s.Machine.Now()
	for _, b := range boxes {
		if b.Active {
			at := time.Unix(0, 0)
			if b.FetchedAt != nil {
				at = *b.FetchedAt
			}
			oldest = max(oldest, now.Sub(at).Seconds())
		}
	}
	return oldest, err
}

// note keeps when a mailbox was read, or what was wrong.
func (s *Service) note(ctx context.Context, id ident.ID, key string) error {
	ctx, now := context.WithoutCancel(ctx), s.Machine.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		q := tx.NewUpdate().Model((*Mailbox)(nil)).Set("problem = ?", key).Where("id = ?", id)
		if key == "" {
			q = q.Set("fetched_at = ?", now).Set("problem_at = NULL")
		} else {
			q = q.Set("problem_at = ?", now)
		}
		_, err := q.Exec(ctx)
		return db.Sorted(err)
	})
}
