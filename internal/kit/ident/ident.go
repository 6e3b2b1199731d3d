// Package ident makes the keys of rows: UUIDv7 (RFC 9562) as 36 characters of
// text, the same type, order and literal in both databases. The number that people
// say ("HT-2016-000042") is another column.
package ident

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"time"

	"lotrinh/internal/kit/fault"
)

// ID is a key: 36 characters, lower case, ordered by the time it was made for.
type ID string

// Maker makes keys from a source of randomness. Keys of one millisecond keep the
// order in which they were made. It is safe for concurrent use.
type Maker struct {
	mu     sync.Mutex
	random io.Reader
	last   int64
	seq    uint16
}

// NewMaker makes keys from r; tests pass a seeded source.
func NewMaker(r io.Reader) *Maker { return &Maker{random: r} }

var system = NewMaker(rand.Reader)

// New is a key for a thing that comes into being at t.
func New(t time.Time) ID { return system.New(t) }

// New is a key for a thing that comes into being at t.
func (m *Maker) New(t time.Time) ID {
	var b [16]byte
	if _, err := io.ReadFull(m.random, b[:]); err != nil {
		panic("ident: no randomness: " + err.Error()) // crypto/rand never fails on Linux
	}
	ms := t.UnixMilli()
	m.mu.Lock()
	if ms == m.last {
		m.seq++
	} else {
		m.last, m.seq = ms, binary.BigEndian.Uint16(b[6:8])&0x07ff
	}
	seq := m.seq
	m.mu.Unlock()
	var stamp [8]byte
	binary.BigEndian.PutUint64(stamp[:], uint64(ms)<<16)
	copy(b[:6], stamp[:6])
	binary.BigEndian.PutUint16(b[6:8], 0x7000|seq&0x0fff)
	b[8] = b[8]&0x3f | 0x80
	return format(b)
}

func format(b [16]byte) ID {
	var s [36]byte
	hex.Encode(s[0:8], b[0:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:36], b[10:16])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return ID(s[:])
}

// Parse reads a key from an address or a form. It copies, so that the key outlives
// the request it came with; nonsense is Missing, as a key that nobody has.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return "", fault.New(fault.Missing, "fault.missing")
	}
	for i := range len(s) {
		c := s[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdef", rune(c)) {
			return "", fault.New(fault.Missing, "fault.missing")
		}
	}
	return ID(strings.Clone(s)), nil
}

// Made is the moment for which a key was made, to the millisecond; ok is false for
// what is no key.
func (id ID) Made() (at time.Time, ok bool) {
	if _, err := Parse(string(id)); err != nil {
		return time.Time{}, false
	}
	raw, err := hex.DecodeString(string(id[0:8] + id[9:13]))
	if err != nil {
		return time.Time{}, false
	}
	var ms uint64
	for _, b := range raw {
		ms = ms<<8 | uint64(b)
	}
	return time.UnixMilli(int64(ms)).UTC(), true //nolint:gosec // 48 bits fit
}
