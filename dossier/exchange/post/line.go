package post

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/wire"
)

// roll is the machine's dice.
func roll() float64 { return rand.Float64() } //nolint:gosec // it spreads load, it keeps no secret

// Web is a Line over HTTP. It reaches only the hosts that whoever runs the house has
// allowed, whatever an address says, and follows no redirect.
type Web struct {
	Hosts  []string // host or host:port
	client *http.Client
}

// NewWeb is a line to these hosts.
func NewWeb(hosts []string) *Web {
	return &Web{Hosts: hosts, client: &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: nil, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, MaxIdleConnsPerHost: 4,
			IdleConnTimeout: 60 * time.Second, ResponseHeaderTimeout: 20 * time.Second},
	}}
}

// CheckAddress refuses an endpoint that is no address, that leads to a host which is not
// allowed, or that is not encrypted on its way out of this machine.
func (w *Web) CheckAddress(endpoint string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return fault.New(fault.Invalid, "exchange.address_form")
	case !slices.Contains(w.Hosts, u.Host) && !slices.Contains(w.Hosts, u.Hostname()):
		return fault.New(fault.Invalid, "exchange.host_not_allowed", "host", u.Host)
	case u.Scheme == "http" && !local(u.Hostname()):
		return fault.New(fault.Invalid, "exchange.https_needed")
	}
	return nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// signedPath is what a question is signed over: the path and the query as they are sent.
func signedPath(p Partner, path string) ([]byte, error) {
	u, err := url.Parse(strings.TrimSuffix(p.Endpoint, "/") + path)
	if err != nil {
		return nil, err
	}
	return []byte(u.RequestURI()), nil
}

// mostAnswer is the longest answer that is read.
const mostAnswer = 4 << 20

// Do sends one request.
func (w *Web) Do(ctx context.Context, p Partner, method, path string, s wire.Signed, body []byte) (Answer, error) {
	if err := w.CheckAddress(p.Endpoint); err != nil {
		return Answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(p.Endpoint, "/")+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", wire.MediaType)
	}
	req.Header.Set(wire.HeaderID, s.ID)
	req.Header.Set(wire.HeaderTimestamp, s.Timestamp)
	req.Header.Set(wire.HeaderSignature, s.Signature)
	res, err := w.client.Do(req) //nolint:gosec // CheckAddress has seen that the host is allowed
	if err != nil {
		return Answer{}, plain(err)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return Answer{}, plain(err)
	}
	a := Answer{Status: res.StatusCode, Body: raw}
	if n, err := strconv.Atoi(strings.TrimSpace(res.Header.Get("Retry-After"))); err == nil && n > 0 {
		a.RetryAfter = time.Duration(min(n, 86400)) * time.Second
	} else if at, err := http.ParseTime(res.Header.Get("Retry-After")); err == nil {
		if sent, err := http.ParseTime(res.Header.Get("Date")); err == nil && at.After(sent) {
			a.RetryAfter = min(at.Sub(sent), 24*time.Hour)
		}
	}
	return a, nil
}

// plain leaves the address, which holds keys, out of an error.
func plain(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}
