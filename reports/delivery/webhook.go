package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/guard"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/wire"
	"lotrinh/reports"
)

const (
	// finishedType and trialType are what webhooks are told.
	finishedType = "vn.lotrinh.report.finished.v1"
	trialType    = "vn.lotrinh.report.trial.v1"
	// hookPatience is how long one call may take; callPatience the connecting.
	hookPatience = 10 * time.Second
	callPatience = 5 * time.Second
	// longestWait is the longest that the other side may ask to be left alone.
	longestWait = 24 * time.Hour
	// mostAnswer is how much of an answer is read, in bytes.
	mostAnswer = 4 << 10
)

// Told is the data of an event about a finished report: counts and names, no person.
type Told struct {
	Run        string      `json:"run"`
	Report     string      `json:"report"` // key of its definition
	Title      string      `json:"title"`
	Programme  string      `json:"programme"`
	Unit       string      `json:"unit"`
	UnitName   string      `json:"unit_name"`
	From       string      `json:"from"`  // first day
	Until      string      `json:"until"` // last day
	Edition    int64       `json:"edition"`
	ReadAt     time.Time   `json:"read_at"`
	SHA256     string      `json:"sha256"` // of the frozen figures
	Link       string      `json:"link"`
	Deliveries string      `json:"api"` // the run in the API, for whoever has a token
	Files      []ToldFile  `json:"files"`
	Figures    ToldFigures `json:"figures"`
}

// ToldFile is one file of the report, for whoever has signed in.
type ToldFile struct {
	Name   string `json:"name"`
	Form   string `json:"form"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// ToldFigures are the key figures, as frozen.
type ToldFigures struct {
	Units       int `json:"units"`
	Official    int `json:"official"`
	Declared    int `json:"declared"`
	Verified    int `json:"verified"`
	GapsOpen    int `json:"gaps_open"`
	GapsLate    int `json:"gaps_late"`
	TicketsOpen int `json:"tickets_open"`
	TicketsLate int `json:"tickets_late"`
}

// tell sends the event of a finished report. Its ID is that of the delivery for good, so
// that a second copy is known as one.
func (s *Service) tell(ctx context.Context, p parcel) (taken, error) {
	f, err := p.sn.Figures()
	if err != nil {
		return taken{}, err
	}
	made, err := s.Reports.FilesOf(ctx, system, p.row.Run, p.row.Edition)
	if err != nil {
		return taken{}, err
	}
	t := s.Words.In(i18n.VI)
	said := Told{Run: string(p.row.Run), Report: p.row.Definition, Title: reports.Title(t, f), Programme: p.run.Programme, Unit: p.row.Cut, UnitName: f.Cut.Name,
		From: clock.Date(p.row.PeriodFrom), Until: clock.Date(lastMoment(p.row.PeriodUntil)), Edition: p.row.Edition, ReadAt: f.ReadAt.UTC(), SHA256: p.sn.Hash,
		Link: s.BaseURL + "/reports/runs/" + string(p.row.Run), Deliveries: s.BaseURL + "/api/v1/reports/runs/" + string(p.row.Run), Files: []ToldFile{},
		Figures: ToldFigures{f.Progress.Total.Total, f.Progress.Total.Official, f.Progress.Total.Declared, f.Progress.Total.Verified, f.Gaps.Open, f.Gaps.Late, f.Tickets.Open, f.Tickets.Late}}
	for _, one := range made {
		if one.Issue == 0 {
			said.Files = append(said.Files, ToldFile{one.Name, one.Form, one.Size, one.Hash})
		}
	}
	return s.post(ctx, p.outlet, wire.Event{ID: p.row.MessageID, Type: finishedType, Subject: said.Run, Time: f.ReadAt}, said)
}

// tryWebhook sends an event that tells of nothing.
func (s *Service) tryWebhook(ctx context.Context, o Outlet) (taken, error) {
	now := s.Machine.Now()
	return s.post(ctx, o, wire.Event{ID: "trial-" + string(o.ID) + "-" + strconv.FormatInt(now.UnixMicro(), 36), Type: trialType, Subject: string(o.ID), Time: now}, map[string]string{"name": o.Name})
}

// post signs an event and sends it.
func (s *Service) post(ctx context.Context, o Outlet, e wire.Event, data any) (taken, error) {
	secrets, err := s.secrets(o)
	if err != nil {
		return taken{problem: "delivery.problem.hook_secret", lasting: true}, nil //nolint:nilerr // told to who can make another
	}
	if e.Data, err = json.Marshal(data); err != nil {
		return taken{}, err
	}
	e.Source = s.BaseURL + "/reports"
	body, err := wire.Write(e)
	if err != nil {
		return taken{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, hookPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.Address, bytes.NewReader(body))
	if err != nil {
		return taken{problem: "delivery.webhook.address_wrong", lasting: true}, nil //nolint:nilerr // what was typed
	}
	sum := wire.Sign(e.ID, s.Machine.Now(), body, secrets...)
	for name, value := range map[string]string{"Content-Type": wire.MediaType, "User-Agent": "lotrinh-reports", wire.HeaderID: sum.ID, wire.HeaderTimestamp: sum.Timestamp, wire.HeaderSignature: sum.Signature} {
		req.Header.Set(name, value)
	}
	res, err := s.client(req.URL).Do(req) //nolint:gosec // the guard has seen the address just before it is called
	if err != nil {
		return hookTrouble(err), nil
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostAnswer))
	_ = res.Body.Close() // what it says beyond that does not matter
	if err != nil && len(raw) == 0 && res.StatusCode >= 300 {
		return hookTrouble(err), nil
	}
	return s.answered(res, strings.ToValidUTF8(string(raw), "\uFFFD")), nil
}

// client calls no address that the guard shuts, follows no redirect and uses no proxy.
func (s *Service) client(to *url.URL) *http.Client {
	dialer := &net.Dialer{Timeout: callPatience, KeepAlive: -1, Control: s.Guard.Control}
	if to.Scheme != "https" {
		dialer.Control = s.Guard.ControlNamed
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{Proxy: nil, DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
			TLSHandshakeTimeout: callPatience, ResponseHeaderTimeout: hookPatience},
	}
}

// answered reads what the other side said: anything but 2xx is tried again, and 410 ends
// it for good (Standard Webhooks 1.0.0).
func (s *Service) answered(res *http.Response, text string) taken {
	got := taken{status: res.StatusCode, answer: strings.TrimSpace(strconv.Itoa(res.StatusCode) + " " + strings.Join(strings.Fields(text), " "))}
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return got
	case res.StatusCode == http.StatusGone:
		got.gone = true
		got.problem = "delivery.problem.hook_gone"
		return got
	}
	got.problem, got.dead = "delivery.problem.hook_refused", res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500
	got.after = s.restOf(res.Header.Get("Retry-After"))
	return got
}

// restOf reads for how long the other side wants to be left alone.
func (s *Service) restOf(header string) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.Atoi(header); err == nil && n > 0 {
		return min(time.Duration(min(n, 1<<20))*time.Second, longestWait)
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(0, at.Sub(s.Machine.Now())), longestWait)
	}
	return 0
}

// hookTrouble is what kept a call from being answered. The address, which may hold a key,
// is left out of the words.
func hookTrouble(err error) taken {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	var slow net.Error
	got := taken{problem: "delivery.problem.hook_unreachable", answer: err.Error(), dead: true}
	switch {
	case errors.Is(err, guard.ErrForbidden):
		return taken{problem: "delivery.problem.hook_private", dead: true}
	case errors.As(err, &slow) && slow.Timeout():
		got.problem = "delivery.problem.hook_silent"
	}
	return got
}

// tried audits a trial by hand.
func (s *Service) tried(ctx context.Context, tx *db.Tx, who access.Actor, a Attempt) error {
	return trail.Write(ctx, tx, s.Business.Now(), who, "reports.outlet.tried", string(a.Outlet), map[string][2]any{"good": {nil, a.Good}})
}
