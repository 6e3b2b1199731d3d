package hotline

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// What an exchange tells of a call.
const (
	NewCall = "newCall"
	Answer  = "answer"
	HangUp  = "hangup"
)

// The directions of a call.
const (
	In  = "in"
	Out = "out"
)

// Event is what an exchange says at one moment of a call.
type Event struct {
	Kind      string
	From, To  string
	Direction string
	CallID    string
	Users     []string
	Queue     string
	Answering string
	Cause     string
}

// longest is how many letters of any field are kept.
const longest = 200

// ReadEvent reads an event from JSON or from a form, as the body's type says; what is
// neither is taken for JSON when it looks like it. Unknown fields are passed over:
// bridges send more than the contract names.
func ReadEvent(contentType string, body []byte) (Event, error) {
	var get func(name string) []string
	if strings.Contains(contentType, "json") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		fields := map[string]any{}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if err := d.Decode(&fields); err != nil {
			return Event{}, fault.Because(fault.Invalid, "fault.body_syntax", err)
		}
		get = func(name string) []string { return texts(fields[name]) }
	} else {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return Event{}, fault.Because(fault.Invalid, "fault.invalid", err)
		}
		get = func(name string) []string { return form[name] }
	}
	return eventOf(get)
}

// texts are the texts of a JSON value: one, or a list of them.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case json.Number:
		return []string{v.String()}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, texts(one)...)
		}
		return all
	}
	return nil
}

func eventOf(get func(string) []string) (Event, error) {
	one := func(name string) string {
		for _, s := range get(name) {
			if s = cut(s); s != "" {
				return s
			}
		}
		return ""
	}
	e := Event{Kind: one("event"), From: one("from"), To: one("to"), Direction: one("direction"), CallID: one("callId"),
		Queue: one("queue"), Answering: one("answeringNumber"), Cause: one("cause")}
	if e.CallID == "" {
		e.CallID = one("call_id")
	}
	for _, s := range append(get("user"), get("user[]")...) {
		if s = cut(s); s != "" && len(e.Users) < 5 {
			e.Users = append(e.Users, s)
		}
	}
	var k fault.Check
	k.Need(e.Kind == NewCall || e.Kind == Answer || e.Kind == HangUp, "event", "hotline.cti.event_unknown")
	k.Need(e.CallID != "", "callId", "hotline.cti.call_needed")
	k.Need(e.Direction == In || e.Direction == Out, "direction", "hotline.cti.direction_unknown")
	k.Need(e.From != "" || e.To != "", "from", "hotline.cti.number_needed")
	return e, k.Err()
}

// cut is a text in our form and no longer than it may be.
func cut(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.TrimSpace(fold.NFC(s)))
	if r := []rune(s); len(r) > longest {
		return string(r[:longest])
	}
	return s
}

// Caller is the number at the other end, as it was sent.
func (e Event) Caller() string {
	if e.Direction == In {
		return e.From
	}
	return e.To
}

// Line is our own number.
func (e Event) Line() string {
	if e.Direction == In {
		return e.To
	}
	return e.From
}

// Desk are the words by which the agent may be known: who answered, and for calls
// that go out, who called.
func (e Event) Desk() []string {
	words := []string{e.Answering}
	if e.Direction == Out {
		words = append(words, e.From)
	}
	return append(words, e.Users...)
}
