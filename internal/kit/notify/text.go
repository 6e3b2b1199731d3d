package notify

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/sms"
)

// Text allows a template to go out as a text message, in the words TEMPLATE.sms. Args
// are all that it may say: text messages are read by whoever holds the telephone and by
// every network on the way, so none of them is personal. "link" is the notice's link.
type Text struct {
	Template string
	Args     []string
}

// Harmless are the arguments that a text message may say; a test holds every
// registered Text to them.
var Harmless = []string{"number", "track", "code", "minutes", "link", "due", "count"}

func (s *Sender) hasText(template string) bool {
	return slices.ContainsFunc(s.Texts, func(t Text) bool { return t.Template == template })
}

// Say is the text of a notice in words; a template that is not registered has none.
func (s *Sender) say(n Notice) (string, bool) {
	i := slices.IndexFunc(s.Texts, func(t Text) bool { return t.Template == n.Template })
	if i < 0 {
		return "", false
	}
	var allowed []any
	pairs := append(unpack(n.Args), "link", s.BaseURL+n.Link)
	for j := 0; j+1 < len(pairs); j += 2 {
		if name, ok := pairs[j].(string); ok && slices.Contains(s.Texts[i].Args, name) {
			allowed = append(allowed, pairs[j], pairs[j+1])
		}
	}
	return s.Words.In(n.Lang).Say(n.Template+".sms", allowed...), true
}

// Gate hands a text message to a gateway. report is where it tells what became of it.
type Gate interface {
	Send(ctx context.Context, number, text, report string) (sms.Outcome, error)
}

// Kannel is a Gate over a Kannel smsbox.
type Kannel struct {
	gateway sms.Gateway
	client  *http.Client
}

// OpenKannel reads http://user:password@host:13013/cgi-bin/sendsms?from=1022.
func OpenKannel(address string) (*Kannel, error) {
	g, err := sms.ReadGateway(address)
	if err != nil {
		return nil, fault.Because(fault.Invalid, "notify.sms_address", err)
	}
	return &Kannel{g, &http.Client{
		Timeout: 15 * time.Second,
		// A connection that is used once is never tried again behind our back, as one
		// that the other side has closed meanwhile would be.
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send asks the gateway once. Only what certainly did not reach it is Later.
func (k *Kannel) Send(ctx context.Context, number, text, report string) (sms.Outcome, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.gateway.URL(number, text, report), nil)
	if err != nil {
		return sms.Refused, err
	}
	res, err := k.client.Do(req)
	if err != nil {
		var asked *url.Error
		if errors.As(err, &asked) {
			err = asked.Err // without the address, which holds the password and the text
		}
		var line *net.OpError
		if errors.As(err, &line) && line.Op == "dial" {
			return sms.Later, err
		}
		return sms.Unsure, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return sms.Unsure, err
	}
	outcome := sms.Answer(res.StatusCode, string(body))
	if outcome != sms.Taken {
		return outcome, errors.New("gateway answers " + res.Status)
	}
	return outcome, nil
}

// text sends one text message. That it is handed over is saved before the gateway is
// asked: a process that dies in between leaves a message of which nobody knows, and
// not one that is sent twice.
func (s *Sender) text(ctx context.Context, n Notice) (took bool, err error) {
	body, ok := s.say(n)
	if !ok || sms.Parts(body) > sms.MostParts {
		s.Log.Error("no text message for this notice", "notice", n.ID, "template", n.Template)
		return false, s.settle(ctx, n, Failed, "notify.problem.no_text")
	}
	n.Parts = int64(sms.Parts(body))
	over, err := s.hand(ctx, &n)
	if err != nil {
		return false, err
	}
	if over {
		return false, s.postpone(ctx, n, nextMonth(s.Clock.Now()), "notify.problem.quota")
	}
	outcome, cause := s.Gate.Send(ctx, n.Address, body, s.BaseURL+"/api/v1/sms/"+n.Token+"/dlr")
	if cause != nil {
		s.Log.Error("text message not taken", "notice", n.ID, "cause", cause.Error())
	}
	switch outcome {
	case sms.Taken:
		return true, s.settle(ctx, n, Accepted, "")
	case sms.Unsure:
		return false, s.settle(ctx, n, Unknown, "notify.problem.maybe_sent")
	case sms.Refused:
		return false, errors.Join(s.back(ctx, n), s.settle(ctx, n, Failed, "notify.problem.gate_refused"))
	}
	return false, errors.Join(s.back(ctx, n), s.again(ctx, n, "notify.problem.gate_later"))
}

func nextMonth(now time.Time) time.Time {
	y, m, _ := now.In(clock.City).Date()
	return time.Date(y, m+1, 1, 8, 0, 0, 0, clock.City).UTC()
}

func newToken() (string, error) {
	var b [16]byte
	_, err := rand.Read(b[:])
	return hex.EncodeToString(b[:]), err
}

// Report takes a delivery report in. A telephone's word is the last, whatever was said
// before it; a token that nobody has is Missing.
func (s *Sender) Report(ctx context.Context, token, kind string) error {
	if token == "" {
		return fault.New(fault.Missing, "fault.missing")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var n Notice
		err := tx.NewSelect().Model(&n).Where("no.token = ?", token).Where("no.token <> ''").Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		state, problem := reported(n.State, sms.Report(kind))
		if state == n.State {
			return nil
		}
		q := tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", state).Set("problem = ?", problem).Where("id = ?", n.ID)
		if n.SentAt == nil {
			q = q.Set("sent_at = ?", s.Clock.Now())
		}
		if n.Private {
			q = q.Apply(wipe)
		}
		_, err = q.Exec(ctx)
		return db.Sorted(err)
	})
}

// reported is the state of a message in a state after a report on it.
func reported(state string, d sms.Delivery) (next, problem string) {
	open := state == Sending || state == Accepted || state == Unknown
	switch {
	case d == sms.Delivered && (open || state == Failed):
		return Delivered, ""
	case d == sms.Undelivered && open:
		return Failed, "notify.problem.undelivered"
	case d == sms.Accepted && (state == Sending || state == Unknown):
		return Accepted, ""
	}
	return state, ""
}

// silence is how long a gateway may say nothing of a message that it has.
const silence = 24 * time.Hour

// Doubt marks messages of which the gateway has said nothing for a day: nobody knows
// whether they were delivered.
func (s *Sender) Doubt(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", Unknown).Set("problem = ?", "notify.problem.no_report").
			Where("state = ?", Accepted).Where("handed_at < ?", s.Clock.Now().Add(-silence)).Exec(ctx)
		return db.Sorted(err)
	})
}
