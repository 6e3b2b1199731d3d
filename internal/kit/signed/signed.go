// Package signed makes links and short codes that only this house can have made: a
// paper that says what somebody may do with one thing, without a row and without
// signing in. What is signed is a purpose and the key of a thing, never a name.
package signed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"lotrinh/internal/kit/ident"
)

// Key signs. Whoever knows it can make every link: it is a secret of the house.
type Key string

// short is how many bytes of a signature a link carries: 2^96 guesses.
const short = 12

func (k Key) sum(purpose string, id ident.ID) []byte {
	m := hmac.New(sha256.New, []byte(k))
	m.Write([]byte(purpose + "\x00" + string(id)))
	return m.Sum(nil)
}

// Token is the part of an address that stands for a thing and proves the purpose.
func (k Key) Token(purpose string, id ident.ID) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil {
		return "" // no key of a row
	}
	return base64.RawURLEncoding.EncodeToString(append(raw, k.sum(purpose, id)[:short]...))
}

// Read is the thing that a token stands for; ok is false for what was not made here
// or for another purpose.
func (k Key) Read(purpose, token string) (id ident.ID, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 16+short || k == "" {
		return "", false
	}
	h := hex.EncodeToString(raw[:16])
	id = ident.ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
	return id, hmac.Equal(raw[16:], k.sum(purpose, id)[:short])
}

// Code is eight digits that people can type, the same each time for a thing. Tries
// must be limited by whoever asks for it.
func (k Key) Code(purpose string, id ident.ID) string {
	return fmt.Sprintf("%08d", binary.BigEndian.Uint64(k.sum("code\x00"+purpose, id))%100_000_000)
}

// Right tells whether what was typed is the code of a thing; spaces and signs between
// the digits do not matter.
func (k Key) Right(purpose string, id ident.ID, typed string) bool {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
	return k != "" && hmac.Equal([]byte(digits), []byte(k.Code(purpose, id)))
}
