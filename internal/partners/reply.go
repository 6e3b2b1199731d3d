package partners

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

var city = clock.City

const vi = i18n.VI

// The states of a reply.
const (
	waiting = "waiting"
	sent    = "sent"
	refused = "refused"
	shelf   = "shelf" // lies ready to be fetched
)

// say plans a message of an office about a subject: once, or as the office was told.
func (p *Program) say(ctx context.Context, tx *db.Tx, office, subject, kind string, data any, at time.Time, m Mood) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	seq, err := p.turn(ctx, tx, office, subject)
	if err != nil {
		return err
	}
	e := wire.Event{ID: string(ident.New(p.Clock.Now())), Source: traits[office].source, Type: kind, Subject: subject, Time: at, Seq: seq, Data: raw}
	state := waiting
	if office == Portal {
		state = shelf
	}
	due := at
	if m.Reorder && seq%2 == 1 {
		due = due.Add(p.Result + time.Second) // after the one that follows it
	}
	all := []wire.Event{e}
	if m.Newer {
		name, major := wire.Major(kind)
		newer := e
		newer.ID, newer.Type, newer.Seq = string(ident.New(p.Clock.Now())), name+".v"+strconv.Itoa(major+1), 0
		all = append(all, newer)
	}
	if m.Twice {
		all = append(all, e)
	}
	if m.OtherBody {
		other := e
		other.Data = bytes.Replace(raw, []byte("{"), []byte(`{"note":"?",`), 1)
		all = append(all, other)
	}
	for _, one := range all {
		body, err := wire.Write(one)
		if err != nil {
			return err
		}
		row := Reply{ID: one.ID, Office: office, Subject: subject, Body: string(body), DueAt: due, State: state}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// turn is the next place in an office's conversation about a subject.
func (p *Program) turn(ctx context.Context, tx *db.Tx, office, subject string) (int64, error) {
	var seq int64
	err := tx.NewRaw("INSERT INTO office_turn (office, subject, seq) VALUES (?, ?, 1) ON CONFLICT (office, subject) DO UPDATE SET seq = office_turn.seq + 1 RETURNING seq",
		office, subject).Scan(ctx, &seq)
	return seq, db.Sorted(err)
}

// Deliver sends what is due and tells how many messages reached the house. What did not is
// tried again; an office that is down sends nothing either.
func (p *Program) Deliver(ctx context.Context) (int, error) {
	now := p.Clock.Now()
	var rows []Reply
	err := p.db.Read().NewSelect().Model(&rows).Where("r.state = ?", waiting).Where("r.due_at <= ?", now).Order("r.due_at", "r.n").Limit(100).Scan(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	made := 0
	for _, r := range rows {
		m, err := p.Mood(ctx, r.Office)
		if err != nil {
			return made, err
		}
		if m.DownUntil.After(now) {
			continue
		}
		ok, err := p.deliver(ctx, r)
		if err != nil {
			return made, err
		}
		if ok {
			made++
		}
	}
	return made, nil
}

// deliver sends one message. The same id with another body is refused by the house for
// good; anything else that is not 2xx comes again.
func (p *Program) deliver(ctx context.Context, r Reply) (bool, error) {
	status, err := p.Post(ctx, r.Office, wire.Sign(r.ID, p.Clock.Now(), []byte(r.Body), p.secrets[r.Office]), []byte(r.Body))
	state, due, answer := waiting, p.Clock.Now().Add(min(time.Minute, 2*time.Second<<min(r.Attempts, 5))), strconv.Itoa(status)
	switch {
	case err != nil:
		answer = "no answer"
	case status/100 == 2:
		state, due = sent, r.DueAt
	case status == http.StatusConflict || status == http.StatusUnprocessableEntity:
		state, due = refused, r.DueAt
	}
	if state != sent {
		p.Log.Info("message not taken", "office", r.Office, "message", r.ID, "answer", answer)
	}
	return state == sent, p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return db.Changed(tx.NewUpdate().Model((*Reply)(nil)).Set("state = ?", state).Set("due_at = ?", due).Set("attempts = attempts + 1").Set("answer = ?", answer).
			Where("n = ?", r.N).Exec(ctx))
	})
}

// Waits tells how many messages the offices still have to send.
func (p *Program) Waits(ctx context.Context) (int64, error) {
	n, err := p.db.Read().NewSelect().Model((*Reply)(nil)).Where("r.state = ?", waiting).Count(ctx)
	return n, db.Sorted(err)
}

// caller never follows a redirect and never waits long.
var caller = &http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// byHTTP sends a message to the house.
func (p *Program) byHTTP(ctx context.Context, office string, s wire.Signed, body []byte) (int, error) {
	to, err := url.JoinPath(p.Callback, "/api/v1/exchange", office, "events")
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", wire.MediaType)
	req.Header.Set(wire.HeaderID, s.ID)
	req.Header.Set(wire.HeaderTimestamp, s.Timestamp)
	req.Header.Set(wire.HeaderSignature, s.Signature)
	res, err := caller.Do(req) //nolint:gosec // the address is the house's, from the command that starts it
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, errors.Join(err, res.Body.Close())
}

// Submit puts a dossier of a citizen on the portal's shelf, where the house fetches it.
func (p *Program) Submit(ctx context.Context, s wire.Submission) (string, error) {
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		seq, err := p.turn(ctx, tx, Portal, "")
		if err != nil {
			return err
		}
		s.Number = "DVCQG-" + strings.Repeat("0", max(0, 6-len(strconv.FormatInt(seq, 10)))) + strconv.FormatInt(seq, 10)
		return p.say(ctx, tx, Portal, s.Number, wire.SubmissionForwarded, s, p.Clock.Now(), Mood{})
	})
	return s.Number, err
}
