package org

import (
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// The lengths of a password, in letters. There are no rules about kinds of letters
// and no expiry (OWASP ASVS 5.0, 6.2); common and guessable ones are refused.
const (
	MinPassword = 10
	MaxPassword = 128
)

// hashing is the cost of a password: OWASP's smallest advised, 19 MiB and two passes,
// so that a commune's old server can take a Monday morning.
var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// kitchens keeps the memory for hashing in bounds: so many at once, others wait.
var kitchens = make(chan struct{}, max(2, runtime.NumCPU()))

// HashPassword is the password as it is stored. A demo that gives many people the
// same password hashes it once.
func HashPassword(password string) (string, error) {
	kitchens <- struct{}{}
	defer func() { <-kitchens }()
	h, err := argon2id.CreateHash(fold.NFC(password), hashing)
	return h, db.Sorted(err)
}

// nobody is a hash that no password has; comparing with it takes as long as with a real one.
var nobody = sync.OnceValues(func() (string, error) { return HashPassword(rand.Text()) })

// matches compares in the same time whether or not there is a hash.
func matches(password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		var err error
		if hash, err = nobody(); err != nil {
			return false, err
		}
	}
	if len(password) > 4*MaxPassword {
		password = ""
	}
	kitchens <- struct{}{}
	defer func() { <-kitchens }()
	same, err := argon2id.ComparePasswordAndHash(fold.NFC(password), hash)
	if errors.Is(err, argon2id.ErrInvalidHash) {
		return false, nil // set aside by hand: nobody signs in with it
	}
	return same && known, db.Sorted(err)
}

//go:embed data/common.txt
var commonList string

var common = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(commonList) {
		all[w] = true
	}
	return all
})

// checkPassword says what is wrong with a new password of this person.
func checkPassword(password string, a Account) error {
	var k fault.Check
	n := utf8.RuneCountInString(password)
	k.Need(n >= MinPassword, "password", "org.password.short", "min", MinPassword)
	k.Need(n <= MaxPassword, "password", "org.password.long", "max", MaxPassword)
	if n >= MinPassword {
		k.Need(!guessable(password, a), "password", "org.password.common")
	}
	return k.Err()
}

// guessable finds lists' favourites, also with digits and signs around them, what
// stands on the person's badge, and runs of one or neighbouring letters.
func guessable(password string, a Account) bool {
	whole := strings.ReplaceAll(fold.Key(password), " ", "")
	stem := strings.Trim(whole, "0123456789")
	if common()[whole] || common()[stem] || len(whole) < 3 || steps(whole) {
		return true
	}
	for _, mine := range []string{a.Login, a.Name, strings.Split(a.Email, "@")[0], a.Phone} {
		mine = strings.ReplaceAll(fold.Key(mine), " ", "")
		if len(mine) >= 4 && strings.Contains(whole, mine) && len(whole)-len(mine) < 6 {
			return true
		}
	}
	return false
}

// steps tells whether every letter is the same as the one before it, or its neighbour
// in the same direction: aaaaaaaaaa, 1234567890.
func steps(s string) bool {
	for _, by := range []int{-1, 0, 1} {
		run := true
		for i := 1; i < len(s); i++ {
			d := int(s[i]) - int(s[i-1])
			wrapped := s[i-1] == '9' && s[i] == '0' && by == 1
			if d != by && !wrapped {
				run = false
				break
			}
		}
		if run {
			return true
		}
	}
	return false
}

// newSecret is 256 random bits for a person's browser, mail or program, and the hash
// that is stored of it.
func newSecret(prefix string) (secret, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program ends when there is no randomness
	secret = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	return secret, secretHash(secret)
}

func secretHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Passphrase is a password for one first use, in words that can be read out on the
// telephone: four groups of four letters and digits that are hard to confuse.
func Passphrase() string { return groups(4) }

// groups are so many groups of four letters and digits that are hard to confuse, each
// letter of the same chance: 4.9 bits a letter.
func groups(n int) string {
	const letters = "abcdefghkmnpqrstuvwxyz23456789"
	var out []byte
	var b [1]byte
	for len(out) < 5*n-1 {
		if len(out)%5 == 4 {
			out = append(out, '-')
			continue
		}
		_, _ = rand.Read(b[:]) // see newSecret
		if int(b[0]) < 256/len(letters)*len(letters) {
			out = append(out, letters[int(b[0])%len(letters)])
		}
	}
	return string(out)
}
