package totp

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator application speaks it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	// Digits is how long a code is.
	Digits = 6
	// Step is how long a code is shown.
	Step = 30 * time.Second
	// slack is how many steps the clocks of both sides may differ.
	slack = 1
	// size is the bytes of a secret: 160 bits (RFC 4226, section 4, R6).
	size = 20
)

// Secret is what both sides know.
type Secret []byte

// New is a fresh secret.
func New() Secret {
	s := make(Secret, size)
	_, _ = rand.Read(s) // never fails: the program ends when there is no randomness
	return s
}

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// Text is the secret as people type it where no camera is, in groups of four.
func (s Secret) Text() string {
	raw := base.EncodeToString(s)
	var groups []string
	for len(raw) > 4 {
		groups, raw = append(groups, raw[:4]), raw[4:]
	}
	return strings.Join(append(groups, raw), " ")
}

// URI is what the QR code says to the application: whose account it is, and of which
// service.
func (s Secret) URI(service, login string) string {
	q := url.Values{"secret": {base.EncodeToString(s)}, "issuer": {service}, "algorithm": {"SHA1"}, "digits": {fmt.Sprint(Digits)}, "period": {fmt.Sprint(int(Step.Seconds()))}}
	return "otpauth://totp/" + url.PathEscape(service+":"+login) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// StepAt is the number of the step at a moment.
func StepAt(at time.Time) int64 { return at.Unix() / int64(Step/time.Second) }

// Code is the code of a step.
func (s Secret) Code(step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // steps since 1970
	m := hmac.New(sha1.New, s)
	m.Write(counter[:])
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", Digits, n%1_000_000)
}

// Match is the step for which what was typed is the code, among those near the moment and
// later than the last step that was used; ok is false when it is none. Blanks among the
// digits do not matter.
func (s Secret) Match(typed string, at time.Time, used int64) (step int64, ok bool) {
	typed = OnlyDigits(typed)
	if len(typed) != Digits || len(s) == 0 {
		return 0, false
	}
	now := StepAt(at)
	for n := now - slack; n <= now+slack; n++ {
		if subtle.ConstantTimeCompare([]byte(s.Code(n)), []byte(typed)) == 1 && n > used && !ok {
			step, ok = n, true
		}
	}
	return step, ok
}

// OnlyDigits is what was typed without the blanks that people put between digits; empty when
// there is anything else in it.
func OnlyDigits(typed string) string {
	var b strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r != ' ' && r != '\u00a0' && r != '-':
			return ""
		}
	}
	return b.String()
}
