package register

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a book holds, by the letters in its name (Circular 15/2015/TT-BTP).
type Kind string

// The kinds of books.
const (
	Birth        Kind = "ks"   // khai sinh
	Death        Kind = "kt"   // khai tử
	Marriage     Kind = "kh"   // kết hôn
	Marital      Kind = "hn"   // xác nhận tình trạng hôn nhân
	Recognition  Kind = "cmc"  // nhận cha, mẹ, con
	Guardianship Kind = "gh"   // giám hộ
	Ended        Kind = "cdgh" // chấm dứt giám hộ
	Changes      Kind = "tdcc" // thay đổi, cải chính
)

// Kinds are all kinds.
var Kinds = []Kind{Birth, Death, Marriage, Marital, Recognition, Guardianship, Ended, Changes}

var letters = map[Kind]string{Birth: "KS", Death: "KT", Marriage: "KH", Marital: "HN", Recognition: "CMC", Guardianship: "GH", Ended: "CDGH", Changes: "TĐCC"}

// Known tells whether there is such a book.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Code is the name of a book: "01-TP/HT-2016-KS". Practice books say so.
func Code(k Kind, year, volume int64, practice bool) string {
	code := fmt.Sprintf("%02d-TP/HT-%d-%s", volume, year, letters[k])
	if practice {
		return "THU-" + code
	}
	return code
}

// Numbered is how a number is written: "12/2016".
func Numbered(number, year int64) string { return fmt.Sprintf("%02d/%d", number, year) }

var numberForm = regexp.MustCompile(`^\s*(\d{1,6})\s*/\s*(\d{4})\s*$`)

// ReadNumber reads "12/2016".
func ReadNumber(s string) (number, year int64, ok bool) {
	m := numberForm.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	number, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || number < 1 {
		return 0, 0, false
	}
	year, err = strconv.ParseInt(m[2], 10, 64)
	return number, year, err == nil
}

// nationalProof is the form of birth proofs since 1 October 2025: unique in the country.
var nationalProof = regexp.MustCompile(`^[0-9]{5}\.GCS\.[0-9]{5}\.[0-9]{2}$`)

// birthKey is what makes a birth one: the number of its proof. Older proofs are numbered
// by each hospital for itself, so the day of birth belongs to the key.
func birthKey(proof, born string) string {
	proof = strings.ToUpper(strings.Join(strings.Fields(proof), ""))
	if proof == "" || nationalProof.MatchString(proof) {
		return proof
	}
	return proof + "|" + born
}
