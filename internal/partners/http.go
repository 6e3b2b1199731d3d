package partners

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/wire"
)

// Handler is what the offices answer at: for the house, for those who tell them how to
// behave, and for people who look.
func (p *Program) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{office}/events", p.door(p.postEvent))
	mux.HandleFunc("GET /api/{office}/case", p.door(p.getCase))
	mux.HandleFunc("GET /api/{office}/ledger", p.door(p.getLedger))
	mux.HandleFunc("GET /api/{office}/outbox", p.door(p.getOutbox))
	p.pages(mux)
	p.gateway(mux)
	return mux
}

// visit is one request of the house to one office.
type visit struct {
	office string
	body   []byte
	mood   Mood
}

// ErrDropped is what a request ends with when an office drops the line.
var ErrDropped = http.ErrAbortHandler

// door lets only signed requests in, and makes the office behave as it was told.
func (p *Program) door(h func(w http.ResponseWriter, r *http.Request, v visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		office := r.PathValue("office")
		if !known(office) {
			http.NotFound(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MostBytes))
		if err != nil {
			http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
			return
		}
		signed := body
		if r.Method == http.MethodGet {
			signed = []byte(r.URL.RequestURI())
		}
		s := wire.Signed{ID: r.Header.Get(wire.HeaderID), Timestamp: r.Header.Get(wire.HeaderTimestamp), Signature: r.Header.Get(wire.HeaderSignature)}
		if wire.Verify(s, p.Clock.Now(), signed, p.secrets[office]) != nil {
			http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
			return
		}
		p.behave(w, r, h, visit{office: office, body: body})
	}
}

func (p *Program) behave(w http.ResponseWriter, r *http.Request, h func(w http.ResponseWriter, r *http.Request, v visit) error, v visit) {
	m, err := p.Mood(r.Context(), v.office)
	if err != nil {
		p.failed(w, err)
		return
	}
	v.mood = m
	if m.DownUntil.After(p.Clock.Now()) {
		panic(ErrDropped)
	}
	if m.SlowMS > 0 {
		select {
		case <-r.Context().Done():
		case <-time.After(time.Duration(m.SlowMS) * time.Millisecond):
		}
	}
	switch {
	case m.Busy > 0:
		m.Busy--
		if err := p.Tell(r.Context(), m); err != nil {
			p.failed(w, err)
			return
		}
		w.Header().Set("Retry-After", "30")
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	case m.DropBefore > 0:
		m.DropBefore--
		if err := p.Tell(r.Context(), m); err != nil {
			p.failed(w, err)
			return
		}
		panic(ErrDropped)
	case m.DropAfter > 0:
		m.DropAfter--
		err := p.Tell(r.Context(), m)
		if err == nil {
			err = h(discard{http.Header{}}, r, v)
		}
		if err != nil {
			p.failed(w, err)
			return
		}
		panic(ErrDropped)
	}
	if err := h(w, r, v); err != nil {
		p.failed(w, err)
	}
}

// discard is an answer that never arrives.
type discard struct{ h http.Header }

// Header is written in vain.
func (d discard) Header() http.Header { return d.h }

// Write is in vain.
func (d discard) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader is in vain.
func (d discard) WriteHeader(int) {}

func (p *Program) failed(w http.ResponseWriter, err error) {
	p.Log.Error("office failed", "cause", err.Error())
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

func reply(w http.ResponseWriter, status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(raw)
	return err
}

func (p *Program) postEvent(w http.ResponseWriter, r *http.Request, v visit) error {
	status, out, err := p.take(r.Context(), v.office, v.body, v.mood)
	if err != nil {
		return err
	}
	return reply(w, status, out)
}

// getCase tells how a key stands: 404 is that it never arrived.
func (p *Program) getCase(w http.ResponseWriter, r *http.Request, v visit) error {
	c, there, err := p.caseOf(r.Context(), p.db.Read(), v.office, r.URL.Query().Get("key"))
	switch {
	case err != nil:
		return err
	case !there:
		return reply(w, http.StatusNotFound, struct{}{})
	}
	return reply(w, http.StatusOK, c.Standing())
}

// limit is how many rows of a list are asked for, 1 to 500.
func limit(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get("limit"), 10, 64)
	if err != nil {
		return 100
	}
	return min(max(n, 1), 500)
}

// getLedger lists what the office has, in the order of the keys.
func (p *Program) getLedger(w http.ResponseWriter, r *http.Request, v visit) error {
	n := limit(r)
	var rows []Case
	err := p.db.Read().NewSelect().Model(&rows).Where("c.office = ?", v.office).Where("c.idemkey > ?", r.URL.Query().Get("after")).
		Order("c.idemkey").Limit(n + 1).Scan(r.Context())
	if err != nil {
		return db.Sorted(err)
	}
	out := wire.Ledger{Items: []wire.Standing{}}
	if int64(len(rows)) > n {
		rows = rows[:n]
		out.Next = rows[n-1].Key
	}
	for _, c := range rows {
		out.Items = append(out.Items, c.Standing())
	}
	return reply(w, http.StatusOK, out)
}

// getOutbox lists what lies ready for the house, each message signed now.
func (p *Program) getOutbox(w http.ResponseWriter, r *http.Request, v visit) error {
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = 0
	}
	n := limit(r)
	var rows []Reply
	err = p.db.Read().NewSelect().Model(&rows).Where("r.office = ?", v.office).Where("r.state = ?", shelf).Where("r.due_at <= ?", p.Clock.Now()).Where("r.n > ?", after).
		Order("r.n").Limit(n).Scan(r.Context())
	if err != nil {
		return db.Sorted(err)
	}
	out := wire.Waiting{Items: []wire.Packed{}}
	for _, one := range rows {
		s := wire.Sign(one.ID, p.Clock.Now(), []byte(one.Body), p.secrets[v.office])
		out.Items = append(out.Items, wire.Packed{ID: s.ID, Timestamp: s.Timestamp, Signature: s.Signature, Body: one.Body})
		out.Next = strconv.FormatInt(one.N, 10)
	}
	return reply(w, http.StatusOK, out)
}
