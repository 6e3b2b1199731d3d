package post

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/partners"
	"lotrinh/internal/wire"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

// world is a house and the offices outside, with nothing between them but function calls,
// and one clock.
type world struct {
	*Service
	t       *testing.T
	at      *clock.Fake
	out     *partners.Program
	handler http.Handler
	mu      sync.Mutex
	applied map[string]int     // what rooms were told, by type and key, once it was saved
	crash   context.CancelFunc // ends the worker after its next message has reached the other side
	dice    *rand.Rand
}

// Do is the line: it calls the offices' own handler, and notices when they hang up.
func (w *world) Do(ctx context.Context, p Partner, method, path string, s wire.Signed, body []byte) (a Answer, err error) {
	req := httptest.NewRequestWithContext(ctx, method, p.Endpoint+path, bytes.NewReader(body))
	req.Header.Set(wire.HeaderID, s.ID)
	req.Header.Set(wire.HeaderTimestamp, s.Timestamp)
	req.Header.Set(wire.HeaderSignature, s.Signature)
	res := httptest.NewRecorder()
	defer func() {
		if v := recover(); v != nil {
			if e, ok := v.(error); !ok || !errors.Is(e, partners.ErrDropped) {
				panic(v)
			}
			err = errors.New("line dropped")
		}
	}()
	w.handler.ServeHTTP(res, req)
	w.mu.Lock()
	crash := w.crash
	if method == http.MethodPost {
		w.crash = nil
	}
	w.mu.Unlock()
	if crash != nil && method == http.MethodPost {
		crash()
		return Answer{}, context.Canceled
	}
	retry, err := strconv.Atoi(res.Header().Get("Retry-After"))
	if err != nil {
		retry = 0
	}
	return Answer{Status: res.Code, Body: res.Body.Bytes(), RetryAfter: time.Duration(retry) * time.Second}, nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newWorld sets every office up over a store.
func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, at: clock.At(start), applied: map[string]int{}, dice: rand.New(rand.NewPCG(1, 2))}
	words, err := i18n.Load(partners.Locale)
	must(t, err)
	w.Service = New(Deps{DB: d, Machine: w.at, Business: w.at, Line: w, Key: "house", Source: "https://lotrinh.example/exchange",
		Term: func(_ context.Context, from time.Time, n int64) (time.Time, error) {
			return from.Add(time.Duration(n) * time.Minute), nil
		},
		Roll: func() float64 { return 0.5 }})
	secrets := map[string]string{}
	for _, office := range partners.Offices {
		secret, err := wire.NewSecret()
		must(t, err)
		secrets[office] = secret
		must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewInsert().Model(&Partner{Code: office, Mode: ByHTTP, Endpoint: "http://127.0.0.1/api/" + office, Source: partners.Source(office), Secret: secret,
				Pull: office == partners.Portal, ReceivedMinutes: 240, ResultMinutes: 2400, Ver: 1}).Exec(ctx)
			return err
		}))
	}
	must(t, w.SealAll(t.Context()))
	w.out, err = partners.Open(t.Context(), partners.Config{File: filepath.Join(t.TempDir(), "partners.db"), Secrets: secrets, Clock: w.at, Words: words,
		Receive: time.Second, Result: 3 * time.Second, Log: slog.New(slog.DiscardHandler),
		Post: func(ctx context.Context, office string, s wire.Signed, body []byte) (int, error) {
			status, _, err := w.Take(ctx, office, s, body)
			return status, err
		}})
	must(t, err)
	t.Cleanup(func() { must(t, w.out.Close()) })
	w.handler = w.out.Handler()
	for _, kind := range []string{wire.CaseReceived, wire.CaseCompletion, wire.CaseRejected, wire.CaseDone, wire.PIDIssued, wire.SubmissionForwarded} {
		w.On(kind, func(_ context.Context, tx *db.Tx, in Incoming) error {
			tx.After(func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.applied[kind+" "+in.Reply.Key]++
			})
			return nil
		})
	}
	return w
}

var child = wire.Fields{"so": "17", "quyenSo": "01", "ngayDangKy": "2016-11-10", "noiDangKy": "UBND xã Đặng Xá", "nksHoTen": "TRẦN GIA BẢO", "nksGioiTinh": "Nam", "nksNgaySinh": "2016-11-02",
	"hoChuHo": "TRẦN VĂN NAM"}

// letter is a message about a dossier to an office.
func letter(dossier, office string, revision int64) Letter {
	kinds := map[string]string{partners.Ministry: wire.BirthRegistered, partners.Residence: wire.ResidenceRequested, partners.Insurance: wire.InsuranceRequested,
		partners.Population: wire.PIDRequested}
	l := Letter{Partner: office, Dossier: dossier, Ref: "ref", Unit: "00556", Leg: office, Type: kinds[office], Revision: revision, Expects: Result, Fields: child}
	c := wire.Case{Dossier: dossier, Leg: office, Revision: revision, Unit: "00556", Fields: child}
	if office == partners.Ministry && revision > 1 {
		l.Type, c.Correction = wire.BirthCorrected, "12/QĐ-UBND"
	}
	l.Data = c
	if office == partners.Portal {
		l.Type, l.Expects, l.Fields = wire.StatusChanged, Arrival, nil
		l.Data = wire.Status{Dossier: dossier, Status: int(revision), ChangedAt: "2016-11-10T01:00:00Z", Unit: "00556", Procedure: "birth"}
	}
	return l
}

func (w *world) write(l Letter) {
	w.t.Helper()
	must(w.t, w.DB.InTx(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := w.Write(ctx, tx, l)
		return err
	}))
}

// mess does one random thing that happens between offices.
func (w *world) mess() {
	office := partners.Offices[w.dice.IntN(len(partners.Offices))]
	m := partners.Mood{Office: office}
	switch w.dice.IntN(10) {
	case 0:
		m.DropBefore = int64(1 + w.dice.IntN(2))
	case 1, 2:
		m.DropAfter = int64(1 + w.dice.IntN(2))
	case 3:
		m.Busy = 1
	case 4:
		m.DownUntil = w.at.Now().Add(time.Duration(w.dice.IntN(600)) * time.Second)
	default:
		m.Twice, m.Reorder, m.OtherBody, m.Newer = w.dice.IntN(2) == 0, w.dice.IntN(2) == 0, w.dice.IntN(4) == 0, w.dice.IntN(4) == 0
	}
	must(w.t, w.out.Tell(w.t.Context(), m))
}

// work lets one worker work, or two at once, or one that dies behind its next message.
func (w *world) work() {
	ctx := w.t.Context()
	switch w.dice.IntN(4) {
	case 0:
		var wg sync.WaitGroup
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := w.Run(ctx); err != nil {
					w.t.Error(err)
				}
			}()
		}
		wg.Wait()
	case 1:
		dying, cancel := context.WithCancel(ctx)
		w.mu.Lock()
		w.crash = cancel
		w.mu.Unlock()
		if err := w.Run(dying); err != nil && dying.Err() == nil {
			w.t.Error(err)
		}
		cancel()
		w.mu.Lock()
		w.crash = nil
		w.mu.Unlock()
	default:
		must(w.t, w.Run(ctx))
	}
}

// settle lets everybody behave until nothing is left to do.
func (w *world) settle() {
	ctx := w.t.Context()
	for _, office := range partners.Offices {
		must(w.t, w.out.Tell(ctx, partners.Mood{Office: office}))
	}
	for range 40 {
		w.at.Move(16 * time.Minute)
		must(w.t, w.Run(ctx))
		_, err := w.out.Deliver(ctx)
		must(w.t, err)
		w.at.Move(time.Minute)
		_, err = w.out.Deliver(ctx)
		must(w.t, err)
		must(w.t, w.Unpark(ctx))
		left, err := w.out.Waits(ctx)
		must(w.t, err)
		open, err := w.DB.Read().NewSelect().Model((*Message)(nil)).Where("state IN ('waiting', 'sending')").Count(ctx)
		must(w.t, err)
		if left == 0 && open == 0 {
			return
		}
	}
	w.t.Fatal("the offices never came to rest")
}

func TestWhateverHappensOnTheWayEachEffectHappensOnce(t *testing.T) {
	schedules := 200
	if n, err := strconv.Atoi(os.Getenv("SOAK_SCHEDULES")); err == nil && n > 0 {
		schedules = n
	}
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for seed := range schedules {
			w.dice = rand.New(rand.NewPCG(198, uint64(seed)))
			w.schedule(fmt.Sprintf("001.05.56.H26-%06d-0001", seed))
			if t.Failed() {
				t.Fatalf("schedule %d", seed)
			}
			if (seed+1)%500 == 0 {
				t.Logf("%d schedules went well", seed+1) // a soak takes hours: whoever ends it knows how far it came
			}
		}
	})
}

// schedule is one dossier's conversation with all offices through a random mess.
func (w *world) schedule(dossier string) {
	ctx, written := w.t.Context(), 0
	put := func(office string, revision int64) {
		written++
		w.write(letter(dossier, office, revision))
		w.write(letter(dossier, office, revision)) // the change is told twice
	}
	put(partners.Ministry, 1)
	put(partners.Residence, 1)
	put(partners.Portal, 2)
	if w.dice.IntN(2) == 0 {
		put(partners.Ministry, 2)
		put(partners.Portal, 4)
	} else {
		put(partners.Population, 1)
	}
	for range 3 + w.dice.IntN(5) {
		w.mess()
		w.work()
		w.at.Move(time.Duration(w.dice.IntN(150)) * time.Second)
		_, err := w.out.Deliver(ctx)
		must(w.t, err)
	}
	w.settle()
	w.prove(dossier, written)
}

// prove looks at both sides.
func (w *world) prove(dossier string, written int) {
	w.t.Helper()
	ctx := w.t.Context()
	effects, err := w.out.Effects(ctx, dossier)
	must(w.t, err)
	if len(effects) != written {
		w.t.Errorf("%d things were done of %d: %v", len(effects), written, effects)
	}
	for thing, n := range effects {
		if n != 1 {
			w.t.Errorf("%s was done %d times", thing, n)
		}
	}
	var rows []Message
	must(w.t, w.DB.Read().NewSelect().Model(&rows).Where("xm.dossier = ?", dossier).Order("xm.partner", "xm.seq").Scan(ctx))
	for _, m := range rows {
		replies := int64(2)
		if m.Partner == partners.Portal {
			replies = 0
		}
		if m.State != Sent || m.Replies != replies || replies > 0 && m.Result != Done {
			w.t.Errorf("%s: %s, %d replies, %q", m.Key, m.State, m.Replies, m.Result)
		}
		for _, kind := range []string{wire.CaseReceived, wire.CaseDone, wire.PIDIssued} {
			if n := w.applied[kind+" "+m.Key]; n > 1 {
				w.t.Errorf("%s of %s was applied %d times", kind, m.Key, n)
			}
		}
	}
	for _, office := range partners.Offices {
		if office == partners.Portal {
			continue
		}
		// The comparison of this schedule begins where its own keys do.
		_, err := w.run(ctx, office, dossier)
		must(w.t, err)
		must(w.t, w.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE exchange_run SET after = ? WHERE partner = ? AND day = ?", dossier, office, dossier).Exec(ctx)
			return err
		}))
		run, err := w.Compare(ctx, office, dossier)
		must(w.t, err)
		if !run.Clean() || run.Matched == 0 && office == partners.Ministry {
			w.t.Errorf("%s compared: %+v", office, run)
		}
	}
	w.ordered(dossier)
	var odd []In
	must(w.t, w.DB.Read().NewSelect().Model(&odd).Where("xi.subject = ?", dossier).Where("xi.state NOT IN ('applied', 'quarantined')").Scan(ctx))
	if len(odd) > 0 {
		w.t.Errorf("left over: %+v", odd)
	}
}

// ordered sees that each office took what belongs to the dossier in the order in which it
// was written.
func (w *world) ordered(dossier string) {
	w.t.Helper()
	for _, office := range []string{partners.Ministry, partners.Portal} {
		cases, err := w.out.Cases(w.t.Context(), office)
		must(w.t, err)
		newest := int64(1 << 60)
		for _, c := range cases {
			if c.Dossier != dossier {
				continue
			}
			if c.Revision >= newest {
				w.t.Errorf("%s took revision %d of %s behind revision %d", office, newest, dossier, c.Revision)
			}
			newest = c.Revision
		}
	}
}
