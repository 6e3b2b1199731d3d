package line

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"syscall"
	"time"

	"lotrinh/internal/kit/clock"
)

const (
	// patience is how long a probe waits for an answer.
	patience = 5 * time.Second
	// atOnce is how many probes are under way at the same time.
	atOnce = 16
)

// Answer is what a probe found, and when: the time until the far end answered, in ms.
type Answer struct {
	At  time.Time
	OK  bool
	RTT float64
}

// prober calls lines. Its clock is the machine's; the business's says when it was.
type prober struct {
	guard           Guard
	clock, business clock.Clock
}

// probe calls an address once.
func (p prober) probe(ctx context.Context, target string) Answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://") {
		return p.http(ctx, target)
	}
	return p.tcp(ctx, target)
}

// stopwatch measures from its last start.
type stopwatch struct {
	mu    sync.Mutex
	clock clock.Clock
	from  time.Time
}

func (w *stopwatch) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.from = w.clock.Now()
}

// ms is how many milliseconds have passed since start.
func (w *stopwatch) ms() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return float64(w.clock.Now().Sub(w.from).Microseconds()) / 1000
}

// dialer calls only what the guard allows, and starts the watch with each call, so
// that finding the name's address takes no part of the time.
func (p prober) dialer(w *stopwatch) *net.Dialer {
	return &net.Dialer{Timeout: patience, KeepAlive: -1, Control: func(network, address string, raw syscall.RawConn) error {
		w.start()
		return p.guard.Control(network, address, raw)
	}}
}

// tcp measures until a connection stands. One that is refused is an answer, too: the
// line carried the call there and the refusal back.
func (p prober) tcp(ctx context.Context, target string) Answer {
	w := &stopwatch{clock: p.clock}
	w.start()
	conn, err := p.dialer(w).DialContext(ctx, "tcp", target)
	took := w.ms()
	if errors.Is(err, syscall.ECONNREFUSED) {
		return Answer{OK: true, RTT: took}
	}
	if err != nil {
		return Answer{}
	}
	_ = conn.Close() // nothing was sent: there is nothing to lose
	return Answer{OK: true, RTT: took}
}

// http measures from the question to the first byte of the answer, whatever it says.
// No redirect is followed, no more than a little is read, nothing is kept open.
func (p prober) http(ctx context.Context, target string) Answer {
	w := &stopwatch{clock: p.clock}
	w.start()
	took := -1.0
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { w.start() },
		GotFirstResponseByte: func() { took = w.ms() },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return Answer{}
	}
	req.Header.Set("User-Agent", "lotrinh-line-probe")
	client := http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: nil, DialContext: p.dialer(w).DialContext, DisableKeepAlives: true, DisableCompression: true,
			MaxResponseHeaderBytes: 64 << 10, TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience},
	}
	res, err := client.Do(req)
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		return Answer{OK: true, RTT: w.ms()} // somebody answered, and nothing was told to them
	case err != nil:
		return Answer{}
	}
	_ = res.Body.Close() // what it says does not matter
	return Answer{OK: took >= 0, RTT: max(took, 0)}
}

// all probes many addresses, a few at a time, in the order in which they stand.
func (p prober) all(ctx context.Context, targets []string) []Answer {
	out := make([]Answer, len(targets))
	slots := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for i, target := range targets {
		wait.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; wait.Done() }()
			at := p.business.Now()
			out[i] = p.probe(ctx, target)
			out[i].At = at
		}()
	}
	wait.Wait()
	return out
}
