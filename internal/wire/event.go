package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MediaType is the content type of an envelope.
const MediaType = "application/cloudevents+json"

// MostBytes is the longest envelope that is read.
const MostBytes = 256 << 10

// Event is an envelope with its contents.
type Event struct {
	ID      string // unique within the source; no dot, so that it can be signed
	Source  string // an absolute URI of the office that speaks
	Type    string // vn.hanoi.hotich.birth.registered.v1
	Subject string // code of the dossier; of a thing that has none yet, its own name
	Time    time.Time
	Schema  string // where the schema of Data can be read; may be empty
	Seq     int64  // place in the conversation about the subject, from 1; 0 is without order
	Key     string // idempotency key {dossier}:{leg}:{type}:{revision}; may be empty in answers
	Data    json.RawMessage
}

// The faults of an envelope.
var (
	ErrTooLong  = errors.New("wire: longer than 256 KB")
	ErrSyntax   = errors.New("wire: not one JSON object")
	ErrVersion  = errors.New("wire: specversion is not 1.0")
	ErrNeeded   = errors.New("wire: id, source, type and subject are needed")
	ErrID       = errors.New("wire: an id is 1 to 120 letters, digits, -, : or _")
	ErrSource   = errors.New("wire: source is not an absolute URI")
	ErrType     = errors.New("wire: type is not a name that ends in .vN")
	ErrTime     = errors.New("wire: time is not RFC 3339")
	ErrSeq      = errors.New("wire: dossierseq is not a whole number from 0")
	ErrData     = errors.New("wire: data is not an object")
	ErrEncoding = errors.New("wire: datacontenttype is not application/json")
	ErrText     = errors.New("wire: an attribute is longer than 300 bytes or not UTF-8")
)

// written is the envelope on the wire, in structured mode.
type written struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	Subject     string          `json:"subject"`
	Time        string          `json:"time,omitempty"`
	ContentType string          `json:"datacontenttype,omitempty"`
	Schema      string          `json:"dataschema,omitempty"`
	Seq         json.RawMessage `json:"dossierseq,omitempty"`
	Key         string          `json:"idemkey,omitempty"`
	Data        json.RawMessage `json:"data"`
}

// Write is the envelope in structured mode. An envelope that Read would refuse is refused.
func Write(e Event) ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	w := written{SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Subject: e.Subject, ContentType: "application/json",
		Schema: e.Schema, Key: e.Key, Data: e.Data}
	if !e.Time.IsZero() {
		w.Time = e.Time.UTC().Format(time.RFC3339Nano)
	}
	if e.Seq > 0 {
		w.Seq = json.RawMessage(strconv.FormatInt(e.Seq, 10))
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return nil, errors.Join(ErrData, err)
	}
	if len(raw) > MostBytes {
		return nil, ErrTooLong
	}
	return raw, nil
}

// Read reads an envelope. Attributes that nobody knows are left aside, as extensions may be
// added by others; what is known must be right.
func Read(body []byte) (Event, error) {
	if len(body) > MostBytes {
		return Event{}, ErrTooLong
	}
	var w written
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&w); err != nil {
		return Event{}, errors.Join(ErrSyntax, err)
	}
	if d.More() {
		return Event{}, ErrSyntax
	}
	if w.SpecVersion != "1.0" {
		return Event{}, ErrVersion
	}
	if w.ContentType != "" && !strings.HasPrefix(w.ContentType, "application/json") {
		return Event{}, ErrEncoding
	}
	e := Event{ID: w.ID, Source: w.Source, Type: w.Type, Subject: w.Subject, Schema: w.Schema, Key: w.Key, Data: bytes.Clone(w.Data)}
	if w.Time != "" {
		at, err := time.Parse(time.RFC3339Nano, w.Time)
		if err != nil {
			return Event{}, ErrTime
		}
		e.Time = at.UTC()
	}
	if len(w.Seq) > 0 && string(w.Seq) != "null" {
		n, err := strconv.ParseInt(strings.Trim(string(w.Seq), `"`), 10, 64)
		if err != nil {
			return Event{}, ErrSeq
		}
		e.Seq = n
	}
	return e, e.check()
}

var (
	idForm   = regexp.MustCompile(`^[A-Za-z0-9_:-]{1,120}$`)
	typeForm = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9_]+)+\.v[1-9][0-9]{0,3}$`)
)

func (e Event) check() error {
	for _, s := range []string{e.Source, e.Type, e.Subject, e.Schema, e.Key} {
		if len(s) > 300 || !utf8.ValidString(s) {
			return ErrText
		}
	}
	switch {
	case e.ID == "" || e.Source == "" || e.Type == "" || e.Subject == "":
		return ErrNeeded
	case !idForm.MatchString(e.ID):
		return ErrID
	case !typeForm.MatchString(e.Type):
		return ErrType
	case e.Seq < 0:
		return ErrSeq
	}
	if u, err := url.Parse(e.Source); err != nil || !u.IsAbs() {
		return ErrSource
	}
	if y := e.Time.Year(); !e.Time.IsZero() && (y < 1 || y > 9999) {
		return ErrTime
	}
	var any map[string]json.RawMessage
	if err := json.Unmarshal(e.Data, &any); err != nil || any == nil {
		return ErrData
	}
	return nil
}

// Key is the idempotency key of a fact: the same over all attempts, another one for the
// next revision. Never made of a moment.
func Key(dossier, leg, kind string, revision int64) string {
	return dossier + ":" + leg + ":" + kind + ":" + strconv.FormatInt(revision, 10)
}

// Thing is a key without its revision: what the revisions are of.
func Thing(key string) (thing string, revision int64) {
	at := strings.LastIndexByte(key, ':')
	if at < 0 {
		return key, 0
	}
	n, err := strconv.ParseInt(key[at+1:], 10, 64)
	if err != nil {
		return key, 0
	}
	return key[:at], n
}

// Major is a type without its version, and the version.
func Major(kind string) (name string, version int) {
	at := strings.LastIndex(kind, ".v")
	if at < 0 {
		return kind, 0
	}
	n, err := strconv.Atoi(kind[at+2:])
	if err != nil {
		return kind, 0
	}
	return kind[:at], n
}
