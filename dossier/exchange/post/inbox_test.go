package post

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/partners"
	"lotrinh/internal/wire"
)

// from is a signed message of the police about our message to it.
func (w *world) from(id, kind string, seq int64, data any) (wire.Signed, []byte) {
	w.t.Helper()
	raw, err := json.Marshal(data)
	must(w.t, err)
	body, err := wire.Write(wire.Event{ID: id, Source: partners.Source(partners.Residence), Type: kind, Subject: "D-1", Seq: seq, Data: raw})
	must(w.t, err)
	p, err := w.PartnerOf(w.t.Context(), w.DB.Read(), partners.Residence)
	must(w.t, err)
	secrets, err := w.secrets(p)
	must(w.t, err)
	return wire.Sign(id, w.at.Now(), body, secrets...), body
}

// sends sends it and looks at the answer.
func (w *world) sends(id, kind string, seq int64, data any, want int) {
	w.t.Helper()
	signed, body := w.from(id, kind, seq, data)
	status, _, err := w.Take(w.t.Context(), partners.Residence, signed, body)
	must(w.t, err)
	if status != want {
		w.t.Errorf("%s is answered %d, want %d", id, status, want)
	}
}

func (w *world) kept(id string) string {
	w.t.Helper()
	var state string
	must(w.t, w.DB.Read().NewRaw("SELECT coalesce(max(state), 'not kept') FROM exchange_inbox WHERE message = ?", id).Scan(w.t.Context(), &state))
	return state
}

func (w *world) incidents(kind string) (n int) {
	w.t.Helper()
	must(w.t, w.DB.Read().NewRaw("SELECT count(*) FROM exchange_incident WHERE kind = ?", kind).Scan(w.t.Context(), &n))
	return n
}

func TestWhatComesInIsTakenOnceInItsOrderAndNeverLost(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.write(letter("D-1", partners.Residence, 1))
		key := wire.Key("D-1", partners.Residence, wire.ResidenceRequested, 1)
		received, done := wire.Reply{Key: key, CaseNo: "CA-1"}, wire.Reply{Key: key, CaseNo: "CA-1", ResultNo: "HK1", ResultOn: "2016-11-10"}
		w.sends("second", wire.CaseDone, 2, done, http.StatusAccepted)
		if w.kept("second") != Parked {
			t.Errorf("what comes too early is %s", w.kept("second"))
		}
		w.sends("first", wire.CaseReceived, 1, received, http.StatusAccepted)
		if w.kept("first") != Applied || w.kept("second") != Applied || w.applied[wire.CaseDone+" "+key] != 1 {
			t.Errorf("after its turn: %s, %s, %v", w.kept("first"), w.kept("second"), w.applied)
		}
		w.sends("first", wire.CaseReceived, 1, received, http.StatusOK)
		w.sends("first", wire.CaseReceived, 1, wire.Reply{Key: key, CaseNo: "CA-2"}, http.StatusConflict)
		w.sends("newer", "vn.lienthong.case.done.v2", 0, map[string]string{"x": "y"}, http.StatusAccepted)
		w.sends("broken", wire.CaseDone, 0, wire.Reply{Key: key}, http.StatusUnprocessableEntity)
		w.sends("again", wire.CaseReceived, 1, received, http.StatusAccepted)
		w.sends("unknown", wire.CaseReceived, 3, wire.Reply{Key: "nobody's", CaseNo: "CA-9"}, http.StatusAccepted)
		for id, want := range map[string]string{"newer": Quarantined, "broken": "not kept", "again": Stale, "unknown": Refused} {
			if got := w.kept(id); got != want {
				t.Errorf("%s is %s, want %s", id, got, want)
			}
		}
		for _, kind := range []string{OtherBody, BadData, OutOfTurn, UnknownKey} {
			if n := w.incidents(kind); n != 1 {
				t.Errorf("%d incidents of %s", n, kind)
			}
		}
		if w.applied[wire.CaseReceived+" "+key] != 1 {
			t.Errorf("applied %v", w.applied)
		}
	})
}

func TestOnlyThePartnerItselfIsHeard(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { heard(t, newWorld(t, d)) })
}

func heard(t *testing.T, w *world) {
	t.Helper()
	signed, body := w.from("x", wire.CaseReceived, 0, wire.Reply{Key: "k", CaseNo: "1"})
	for name, c := range map[string]struct {
		office string
		signed wire.Signed
		body   []byte
	}{
		"another office": {partners.Insurance, signed, body}, "nobody": {"nobody", signed, body}, "another body": {partners.Residence, signed, append([]byte(" "), body...)},
		"no signature": {partners.Residence, wire.Signed{ID: "x"}, body},
	} {
		if status, _, err := w.Take(t.Context(), c.office, c.signed, c.body); err != nil || status != http.StatusUnauthorized {
			t.Errorf("%s: %d %v", name, status, err)
		}
	}
	w.at.Move(6 * time.Minute)
	if status, _, err := w.Take(t.Context(), partners.Residence, signed, body); err != nil || status != http.StatusUnauthorized {
		t.Errorf("an old signature: %d %v", status, err)
	}
}

func TestAnOfficeThatIsDownStarvesNobodyAndWhatItRefusesIsForAPerson(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		var failed []string
		w.Failed = func(_ context.Context, _ *db.Tx, m Message) error {
			failed = append(failed, m.Partner)
			return nil
		}
		must(t, w.out.Tell(ctx, partners.Mood{Office: partners.Residence, DownUntil: w.at.Now().Add(2 * time.Hour)}))
		for _, dossier := range []string{"D-1", "D-2", "D-3", "D-4", "D-5", "D-6"} {
			w.write(letter(dossier, partners.Residence, 1))
			w.write(letter(dossier, partners.Insurance, 1))
		}
		bad := letter("D-7", partners.Insurance, 1)
		bad.Type, bad.Data, bad.Fields = wire.BirthRegistered, wire.Case{Dossier: "D-7", Leg: "birth", Revision: 1, Unit: "00556", Fields: child}, nil // not for that office
		w.write(bad)
		for range 8 {
			must(t, w.Run(ctx))
			w.at.Move(time.Minute)
		}
		p, err := w.PartnerOf(ctx, d.Read(), partners.Residence)
		must(t, err)
		var sent, dead int
		must(t, d.Read().NewRaw("SELECT count(*) FROM exchange_message WHERE partner = ? AND state = 'sent'", partners.Insurance).Scan(ctx, &sent))
		must(t, d.Read().NewRaw("SELECT count(*) FROM exchange_message WHERE state = 'dead'").Scan(ctx, &dead))
		if p.Failures < breaks || p.OpenUntil.IsZero() || sent != 6 || dead != 1 || len(failed) != 1 {
			t.Errorf("the police failed %d times, open until %v; the insurance has %d; %d given up, told %v", p.Failures, p.OpenUntil, sent, dead, failed)
		}
	})
}

// otherLine answers one partner's requests otherwise.
type otherLine struct {
	Line
	partner string
	do      func() (Answer, error)
}

func (l otherLine) Do(ctx context.Context, p Partner, method, path string, s wire.Signed, body []byte) (Answer, error) {
	if p.Code == l.partner {
		return l.do()
	}
	return l.Line.Do(ctx, p, method, path, s, body)
}

func TestAnOfficeThatIsSlowOrAnswersNonsenseKeepsNoOtherWaiting(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		sent := func(office string) (n int) {
			must(t, d.Read().NewRaw("SELECT count(*) FROM exchange_message WHERE partner = ? AND state = 'sent'", office).Scan(ctx, &n))
			return n
		}
		w.write(letter("D-1", partners.Insurance, 1))
		w.Line = otherLine{w, partners.Portal, func() (Answer, error) { return Answer{Status: http.StatusOK, Body: []byte("<html>")}, nil }}
		if err := w.Run(ctx); err == nil || sent(partners.Insurance) != 1 {
			t.Errorf("the portal answers a page: %v; the insurance has %d", err, sent(partners.Insurance))
		}
		w.write(letter("D-2", partners.Residence, 1))
		w.write(letter("D-2", partners.Insurance, 1))
		asked, answer, done := make(chan bool), make(chan bool), make(chan error)
		w.Line = otherLine{w, partners.Residence, func() (Answer, error) {
			asked <- true
			<-answer
			return Answer{Status: http.StatusAccepted}, nil
		}}
		go func() { done <- w.Serve(ctx, partners.Residence) }()
		<-asked // the police has our message and thinks about it
		must(t, w.Serve(ctx, partners.Insurance))
		if sent(partners.Insurance) != 2 || sent(partners.Residence) != 0 {
			t.Errorf("while the police thinks the insurance has %d, the police %d", sent(partners.Insurance), sent(partners.Residence))
		}
		close(answer)
		must(t, <-done)
		if sent(partners.Residence) != 1 {
			t.Error("the police has answered in vain")
		}
	})
}
