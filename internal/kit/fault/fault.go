// Package fault is the one error type that crosses package borders: a kind that
// decides the HTTP status, a message key that decides the sentence, the fields at
// fault in a form, and a cause that only the log sees.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of refusal an error is.
type Kind int

// The kinds and their HTTP statuses. Whatever is not a *fault.Error is Internal.
const (
	Internal     Kind = iota // 500: our own failure, shown as a reference only
	Invalid                  // 422: what was typed breaks a rule
	Missing                  // 404: not there, or not for this reader to know of
	Conflict                 // 409: somebody else changed it, or it is already so
	Denied                   // 403: this role may not do it
	SignIn                   // 401: who is it?
	TooMany                  // 429: too often
	TooLarge                 // 413: more bytes than the boundary takes
	Unavailable              // 503: not now, try again
	Precondition             // 412: If-Match names a version that is gone
	NeedsVersion             // 428: a change without If-Match (RFC 6585)
)

var names = [...]string{"internal", "invalid", "missing", "conflict", "denied", "sign_in", "too_many", "too_large", "unavailable", "precondition", "needs_version"}

var statuses = [...]int{500, 422, 404, 409, 403, 401, 429, 413, 503, 412, 428}

func (k Kind) String() string { return names[k] }

// Status is the HTTP status that answers an error of this kind (RFC 9110).
func (k Kind) Status() int { return statuses[k] }

// Field is one thing wrong with one input: its name, a message key, and the
// values that the sentence mentions as name-value pairs.
type Field struct {
	Name string
	Key  string
	Args []any
}

// Error is a refusal that knows its sentence.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []Field
	Cause  error
}

// New makes an error of a kind with a message key; pairs are name, value, name,
// value … for the sentence's placeholders.
func New(kind Kind, key string, pairs ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs}
}

// Because is New with the cause that the log should show and the reader should not.
func Because(kind Kind, key string, cause error, pairs ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: pairs, Cause: cause}
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	b.WriteString(": ")
	b.WriteString(e.Key)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Name, f.Key)
	}
	if e.Cause != nil {
		b.WriteString(": ")
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// Of finds the fault inside err. Anything else becomes Internal with err as cause.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Because(Internal, "fault.internal", err)
}

// Is tells whether err is a fault of this kind.
func Is(err error, kind Kind) bool {
	return err != nil && Of(err).Kind == kind
}

// HasKey tells whether err is a fault with this message key.
func HasKey(err error, key string) bool {
	var e *Error
	return errors.As(err, &e) && e.Key == key
}

// Check gathers every fault of a form, so that a person mends all of them at once.
type Check struct {
	fields []Field
}

// Need records a fault at the named input unless ok holds.
func (c *Check) Need(ok bool, field, key string, pairs ...any) {
	if !ok {
		c.fields = append(c.fields, Field{Name: field, Key: key, Args: pairs})
	}
}

// Add takes over the fields of another validation error; other errors are ignored
// by Add and must be returned by the caller.
func (c *Check) Add(err error) {
	var e *Error
	if errors.As(err, &e) {
		c.fields = append(c.fields, e.Fields...)
	}
}

// OK tells whether nothing was found wrong so far.
func (c *Check) OK() bool { return len(c.fields) == 0 }

// Err is nil when every need held, else Invalid with all fields.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "fault.invalid", Fields: c.fields}
}
