package wire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks 1.0.0.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// Tolerance is how far the moment of an attempt may be from now, either way.
const Tolerance = 5 * time.Minute

// secretPrefix opens a shared secret as people hand it over.
const secretPrefix = "whsec_"

// The faults of a signature.
var (
	ErrSecret    = errors.New("wire: a secret is whsec_ and the base64 of 24 to 64 bytes")
	ErrUnsigned  = errors.New("wire: a header of the signature is missing")
	ErrStale     = errors.New("wire: signed more than five minutes from now")
	ErrSignature = errors.New("wire: no signature fits")
)

// Secret is a shared secret of two offices.
type Secret []byte

// ReadSecret reads whsec_…; the error never quotes it.
func ReadSecret(s string) (Secret, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(s), secretPrefix)
	if !ok {
		return nil, ErrSecret
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) < 24 || len(raw) > 64 {
		return nil, ErrSecret
	}
	return raw, nil
}

// NewSecret is a fresh secret as it is handed over.
func NewSecret() (string, error) {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(b[:]), nil
}

// String hides the secret from logs.
func (Secret) String() string { return "whsec_…" }

// Signed are the three headers of one attempt.
type Signed struct{ ID, Timestamp, Signature string }

// Sign signs the raw body of a message with every secret of a rotation, the newest first.
func Sign(id string, at time.Time, body []byte, secrets ...Secret) Signed {
	s := Signed{ID: id, Timestamp: strconv.FormatInt(at.Unix(), 10)}
	var all []string
	for _, secret := range secrets {
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac(secret, s.ID, s.Timestamp, body)))
	}
	s.Signature = strings.Join(all, " ")
	return s
}

func mac(secret Secret, id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(id))
	h.Write([]byte{'.'})
	h.Write([]byte(timestamp))
	h.Write([]byte{'.'})
	h.Write(body)
	return h.Sum(nil)
}

// Verify tells whether a body was signed by one of the secrets, not more than five minutes
// from now. The body must be the bytes as they came, before anything reads them.
func Verify(s Signed, now time.Time, body []byte, secrets ...Secret) error {
	if s.ID == "" || s.Timestamp == "" || s.Signature == "" {
		return ErrUnsigned
	}
	if strings.Contains(s.ID, ".") {
		return ErrID
	}
	unix, err := strconv.ParseInt(s.Timestamp, 10, 64)
	if err != nil {
		return ErrUnsigned
	}
	if far := now.Unix() - unix; far > int64(Tolerance/time.Second) || far < -int64(Tolerance/time.Second) {
		return ErrStale
	}
	fits := false
	for _, one := range strings.Fields(s.Signature) {
		version, text, _ := strings.Cut(one, ",")
		sent, err := base64.StdEncoding.DecodeString(text)
		if version != "v1" || err != nil {
			continue
		}
		for _, secret := range secrets {
			if len(secret) > 0 && hmac.Equal(sent, mac(secret, s.ID, s.Timestamp, body)) {
				fits = true
			}
		}
	}
	if !fits {
		return ErrSignature
	}
	return nil
}
