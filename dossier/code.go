package dossier

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// CodeForm is the form of official codes (Decree 61/2018/NĐ-CP, art. 26; Circular
// 01/2018/TT-VPCP, art. 19; order of the agency's parts since Decision 20/2020/QĐ-TTg),
// with our mark of practice dossiers before it.
var CodeForm = regexp.MustCompile(`^(THU-)?([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(\.[0-9]{1,4}){0,3})-[0-9]{6}-[0-9]{4}$`)

// practiceMark goes before every code of a practice dossier.
const practiceMark = "THU-"

// mostADay is how many dossiers one office can accept a day: the order has four digits.
const mostADay = 9999

// trackAlphabet holds of what is misread at most one: no 0 O, 1 I L, 5 S, B.
const trackAlphabet = "2346789ACDEFGHJKMNPQRTUVWXYZ"

// trackLength makes guessing hopeless: 28^10 codes.
const trackLength = 10

// newTrack is a fresh code for following a dossier, from the machine's randomness.
func newTrack() string {
	var b strings.Builder
	buf := make([]byte, 1)
	for b.Len() < trackLength {
		_, _ = rand.Read(buf) // never fails
		if n := int(buf[0]); n < 256-256%len(trackAlphabet) {
			b.WriteByte(trackAlphabet[n%len(trackAlphabet)])
		}
	}
	return b.String()
}

// TrackForm is a typed code in its one form: upper case, without spaces and hyphens.
func TrackForm(typed string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(typed))
}

// AgencyCode is the code of a commune's office where nobody set another: the code of its
// district, the last four digits of its own in two pairs, the city's root.
func AgencyCode(district, commune, root string) string {
	digits := fmt.Sprintf("%04s", commune)
	digits = digits[len(digits)-4:]
	return fmt.Sprintf("%03s.%s.%s.%s", district, digits[:2], digits[2:], root)
}

// agency is the code of a unit's office on a day.
func (s *Service) agency(ctx context.Context, tx *db.Tx, unit string) (string, error) {
	var set []string
	if err := tx.NewSelect().Table("agency_code").Column("code").Where("unit = ?", unit).Scan(ctx, &set); err != nil {
		return "", db.Sorted(err)
	}
	if len(set) > 0 {
		return set[0], nil
	}
	_, tree, err := s.Known(ctx)
	if err != nil {
		return "", err
	}
	return AgencyCode(tree.District(unit), unit, s.Root), nil
}

// number gives the next code of an office on the day of a moment. It counts in the
// transaction of the acceptance: an acceptance that fails leaves no gap.
func (s *Service) number(ctx context.Context, tx *db.Tx, unit string, practice bool, at time.Time) (string, error) {
	agency, err := s.agency(ctx, tx, unit)
	if err != nil {
		return "", err
	}
	if practice {
		agency = practiceMark + agency
	}
	day := at.In(clock.City).Format("060102")
	var last int
	err = tx.NewRaw("INSERT INTO dossier_number (agency, day, last) VALUES (?, ?, 1) ON CONFLICT (agency, day) DO UPDATE SET last = dossier_number.last + 1 RETURNING last", agency, day).Scan(ctx, &last)
	if err != nil {
		return "", db.Sorted(err)
	}
	if last > mostADay {
		return "", fault.New(fault.Conflict, "dossier.numbers_used_up", "n", mostADay)
	}
	return fmt.Sprintf("%s-%s-%04d", agency, day, last), nil
}
