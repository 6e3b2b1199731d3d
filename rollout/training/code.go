package training

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
)

// The code on the hall's screen changes every turn, and the ones before it stay good for
// two turns more: who scanned in the last second still gets in, a picture sent to
// somebody at home does not help for long.
const (
	turn      = 30 * time.Second
	goodTurns = 2
	passGood  = 10 * time.Minute // to fill the form in, once the code was read
)

const sealBytes = 12 // of a signature: 2^96 guesses

// turnOf is the number of the turn that holds a moment.
func turnOf(at time.Time) uint32 { return uint32(at.Unix() / int64(turn/time.Second)) } //nolint:gosec // until the year 6053

// leftOf is how long the turn of a moment still lasts.
func leftOf(at time.Time) time.Duration {
	return turn - time.Duration(at.Unix()%int64(turn/time.Second))*time.Second
}

func seal(key signed.Key, purpose string, class ident.ID, n uint32) []byte {
	m := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(m, "training\x00%s\x00%s\x00%d", purpose, class, n)
	return m.Sum(nil)
}

// slip is a class and a number, signed for a purpose.
func slip(key signed.Key, purpose string, class ident.ID, n uint32) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(string(class), "-", ""))
	if err != nil || len(raw) != 16 {
		return ""
	}
	raw = binary.BigEndian.AppendUint32(raw, n)
	return base64.RawURLEncoding.EncodeToString(append(raw, seal(key, purpose, class, n)[:sealBytes]...))
}

func readSlip(key signed.Key, purpose, s string) (class ident.ID, n uint32, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) != 16+4+sealBytes || key == "" {
		return "", 0, false
	}
	h := hex.EncodeToString(raw[:16])
	class = ident.ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
	n = binary.BigEndian.Uint32(raw[16:20])
	return class, n, hmac.Equal(raw[20:], seal(key, purpose, class, n)[:sealBytes])
}

// screenToken is what the QR code on the screen of a class holds at a moment.
func screenToken(key signed.Key, class ident.ID, at time.Time) string {
	return slip(key, "screen", class, turnOf(at))
}

// readScreen is the class of a token; ok is false for one that was not made here, is of
// the future, or was on the screen too long ago.
func readScreen(key signed.Key, token string, now time.Time) (class ident.ID, ok bool) {
	class, n, ok := readSlip(key, "screen", token)
	return class, ok && n <= turnOf(now) && turnOf(now)-n <= goodTurns
}

// screenCode is the six digits that stand under the QR code, for who cannot scan.
func screenCode(key signed.Key, class ident.ID, n uint32) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(seal(key, "typed", class, n))%1_000_000)
}

// readTyped tells whether what was typed is a code of the class that is good now; what
// stands between the digits does not matter.
func readTyped(key signed.Key, class ident.ID, typed string, now time.Time) bool {
	digits := onlyDigits(typed)
	if key == "" || len(digits) != 6 {
		return false
	}
	good := false
	for back := range uint32(goodTurns + 1) {
		if hmac.Equal([]byte(digits), []byte(screenCode(key, class, turnOf(now)-back))) {
			good = true
		}
	}
	return good
}

// pass says that somebody read the code of a class, so that filling the form in does not
// run against the screen.
func pass(key signed.Key, class ident.ID, now time.Time) string {
	return slip(key, "pass", class, uint32(now.Unix()/60)) //nolint:gosec // minutes until the year 10136
}

func readPass(key signed.Key, s string, now time.Time) (class ident.ID, ok bool) {
	class, n, ok := readSlip(key, "pass", s)
	minute := uint32(now.Unix() / 60) //nolint:gosec // as above
	return class, ok && n <= minute && time.Duration(minute-n)*time.Minute <= passGood
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// letters of codes that people copy from paper: nothing that looks like something else.
var letters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// certificateCode is the code of a seat's certificate: 50 bits that nobody guesses.
func certificateCode(key signed.Key, seat ident.ID, year string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte("training\x00certificate\x00" + string(seat)))
	s := letters.EncodeToString(m.Sum(nil))
	return "LT" + year[len(year)-2:] + "-" + s[:5] + "-" + s[5:10]
}

// readCertificate writes a typed code as it is kept.
func readCertificate(typed string) string {
	s := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	if len(s) != 14 {
		return ""
	}
	return s[:4] + "-" + s[4:9] + "-" + s[9:]
}
