package live

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/httpx"
)

// Path is where pages listen.
const Path = httpx.LivePath

// Routes declares the stream.
func (h *Hub) Routes(r *httpx.Router) { r.Page("GET", Path, h.serve) }

// serve streams events to whoever asks for a stream; to others it answers what stands.
func (h *Hub) serve(c *httpx.Ctx) error {
	if !strings.Contains(c.Get("Accept"), "text/event-stream") || c.Method() == http.MethodHead {
		parts, err := h.greeting(c)
		if err != nil {
			return err
		}
		return c.Reply(0, map[string][]Part{"show": parts})
	}
	rooms := h.roomsOf(c.Who)
	l, err := h.join(c.Std(), c.Who, rooms)
	if err != nil {
		return err
	}
	first, last, err := h.first(c, rooms)
	if err != nil {
		h.leave(l)
		return err
	}
	c.Set("Content-Type", "text/event-stream; charset=utf-8")
	c.Set("Cache-Control", "no-store")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer h.leave(l)
		defer func() {
			if p := recover(); p != nil {
				h.Log.Error("panic", "route", Path, "cause", p)
			}
		}()
		h.stream(w, l, first, last)
	})
	return nil
}

// first is what a stream begins with: what was missed, or, for those who have not
// listened or were away too long, what stands; and the number to go on from.
func (h *Hub) first(c *httpx.Ctx, rooms []string) ([]Event, int64, error) {
	s, err := h.span(c.Std())
	if err != nil {
		return nil, 0, err
	}
	after, perr := strconv.ParseInt(c.Get("Last-Event-ID"), 10, 64)
	if perr == nil && after <= s.Last && after >= s.First-1 && s.Last > 0 || perr == nil && after == s.Last {
		events, err := h.since(c.Std(), rooms, after)
		return events, after, err
	}
	parts, err := h.greeting(c)
	var events []Event
	for _, p := range parts {
		events = append(events, Show(rooms[0], p))
	}
	return events, s.Last, err
}

func (h *Hub) greeting(c *httpx.Ctx) ([]Part, error) {
	all := []Part{}
	for _, g := range h.greets {
		parts, err := g(c.Std(), c.Who)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// lasts is how long a stream lasts, not the same for all, so that not all come back
// at once.
func (h *Hub) lasts() time.Duration {
	if h.Life != 0 {
		return h.Life
	}
	return 25*time.Second - time.Duration(h.Listening()%50)*100*time.Millisecond
}

// stream writes events until the stream's time is over, the reader goes or the house
// closes.
func (h *Hub) stream(w *bufio.Writer, l *listener, first []Event, last int64) {
	fmt.Fprintf(w, "retry: 1000\nid: %d\n\n", last)
	sent := map[int64]bool{}
	for _, e := range first {
		write(w, e)
		sent[e.Seq] = e.Seq != 0
	}
	if w.Flush() != nil {
		return
	}
	end := time.NewTimer(h.lasts())
	defer end.Stop()
	beat := time.NewTicker(8 * time.Second)
	defer beat.Stop()
	for {
		select {
		case e, open := <-l.events:
			if !open {
				return
			}
			if !sent[e.Seq] {
				write(w, e)
			}
		case <-beat.C:
			fmt.Fprint(w, ":\n\n") // tells whether the reader is still there
		case <-end.C:
			return
		case <-h.done:
			return
		}
		if w.Flush() != nil {
			return
		}
	}
}

func write(w *bufio.Writer, e Event) {
	if e.Seq != 0 {
		fmt.Fprintf(w, "id: %d\n", e.Seq)
	}
	fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.Kind, e.Body)
}
