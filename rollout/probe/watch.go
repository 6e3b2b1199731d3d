package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// patience is how long a check waits for an answer.
const patience = 5 * time.Second

func i18nMeans(m Means) i18n.Key { return i18n.Key("probe.means." + string(m)) }

// Watch checks the gates whose turn it is, and tells of those that time alone has shut.
// It is a chore.
func (s *Service) Watch(ctx context.Context) error {
	all, err := s.gates(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, g := range all {
		now := s.Business.Now()
		verdict, _ := g.Verdict(now)
		switch {
		case g.Means.Probed() && !g.NextAt.After(now):
			err = s.look(ctx, g)
		case verdict != g.Told:
			err = s.change(ctx, g.Key, g.Version, func(context.Context, *db.Tx, time.Time, *Gate) error { return nil })
		default:
			continue
		}
		if err != nil && !fault.Is(err, fault.Conflict) { // somebody changed it just now: next time
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// Try checks a gate now.
func (s *Service) Try(ctx context.Context, who access.Actor, key string) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	v, err := s.Gate(ctx, who, key)
	if err != nil {
		return err
	}
	if !v.Means.Probed() {
		return fault.New(fault.Conflict, "probe.form.not_probed")
	}
	return s.look(ctx, v.Gate)
}

// look checks a gate and records what it saw.
func (s *Service) look(ctx context.Context, g Gate) error {
	problem, err := s.ask(ctx, g)
	if err != nil {
		return err
	}
	return s.change(ctx, g.Key, g.Version, func(_ context.Context, _ *db.Tx, now time.Time, g *Gate) error {
		g.quiet = g.SeenAt.IsZero() && problem == ""
		g.SeenAt, g.NextAt, g.Problem = now, now.Add(time.Duration(g.EveryMinutes)*time.Minute), problem
		if problem == "" {
			g.Seen, g.Fails = Open, 0
		} else {
			g.Seen, g.Fails = Shut, g.Fails+1
		}
		return nil
	})
}

// ask finds out whether a gate is open: the problem, or nothing.
func (s *Service) ask(ctx context.Context, g Gate) (problem string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch g.Means {
	case TCP:
		return s.tcp(ctx, g.Address), nil
	case HTTP:
		return s.http(ctx, g.Address), nil
	}
	st, known, err := s.Near.Standing(ctx, g.Address)
	switch {
	case err != nil:
		return "", err
	case !known || !st.On:
		return "probe.problem.not_connected", nil
	case st.Broken && st.Problem != "":
		return st.Problem, nil
	case st.Broken:
		return "probe.problem.silent", nil
	}
	return "", nil
}

func (s *Service) dialer() *net.Dialer {
	return &net.Dialer{Timeout: patience, KeepAlive: -1, Control: s.Near.Control}
}

func (s *Service) tcp(ctx context.Context, address string) string {
	conn, err := s.dialer().DialContext(ctx, "tcp", address)
	if err != nil {
		return problemOf(err)
	}
	_ = conn.Close() // nothing was sent: there is nothing to lose
	return ""
}

// http asks for a page: no redirect is followed, the body is not read.
func (s *Service) http(ctx context.Context, address string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return problemOf(err)
	}
	req.Header.Set("User-Agent", "lotrinh-gate-probe")
	client := http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: nil, DialContext: s.dialer().DialContext, DisableKeepAlives: true,
			MaxResponseHeaderBytes: 64 << 10, TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience},
	}
	res, err := client.Do(req)
	if err != nil {
		return problemOf(err)
	}
	_ = res.Body.Close() // what it says does not matter
	if res.StatusCode >= 500 {
		return "probe.problem.error"
	}
	return ""
}

// problemOf is what kept a call from being answered.
func problemOf(err error) string {
	var slow net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "probe.problem.refused"
	case errors.As(err, &slow) && slow.Timeout():
		return "probe.problem.silent"
	}
	return "probe.problem.unreachable"
}

// Holding is how many gates hold waves now.
func (s *Service) Holding(ctx context.Context) (float64, error) {
	all, err := s.gates(ctx)
	n, now := 0.0, s.Business.Now()
	for _, g := range all {
		if v, _ := g.Verdict(now); v.Holds() {
			n++
		}
	}
	return n, err
}
