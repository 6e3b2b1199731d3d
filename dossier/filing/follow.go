package filing

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/otp"
	"lotrinh/internal/kit/phone"
)

// Limits of wrong tries within tried. Knocks with the same number at the same code are
// counted whether or not it is right, below what kit/otp bears: so its refusals tell
// nothing either.
const (
	tried     = time.Hour
	ofOneCode = 10
	ofOneHost = 30
	ofOnePair = 3
)

// passLife is how long an applicant's page stays open after its code was proved, and the
// time in which the code must be.
const passLife = 2 * time.Hour

// try is a wrong try at a code or at the number that belongs to one.
type try struct {
	bun.BaseModel `bun:"table:filing_try,alias:ft"`
	ID            ident.ID  `bun:"id,pk"`
	Key           string    `bun:"key"`
	At            time.Time `bun:"at"`
}

// Pass opens the page of a dossier to whoever proved the applicant's telephone. One
// without a dossier belongs to a number that was wrong: it looks the same and never opens.
type Pass struct {
	bun.BaseModel `bun:"table:filing_pass,alias:fp"`
	ID            ident.ID   `bun:"id,pk"`
	Dossier       ident.ID   `bun:"dossier"`
	Number        string     `bun:"number"` // in its one form
	Code          ident.ID   `bun:"code"`   // the one-time code
	VerifiedAt    *time.Time `bun:"verified_at"`
	At            time.Time  `bun:"at"`
}

// Typed is a code as people and scanners give it: with spaces, in small letters, or as
// the address that a slip's QR code holds.
func Typed(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndex(s, "ma="); i >= 0 && strings.Contains(s, "/") {
		s = s[i+3:]
	} else if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	s, _, _ = strings.Cut(s, "&")
	return strings.ToUpper(strings.ReplaceAll(s, " ", ""))
}

// provisional begins the numbers of tickets that a counter without a line gives out.
const provisional = "TAM-"

// official is a code as it was typed, or the official one that a provisional ticket
// became. A ticket that waits in the browser of its counter keeps its number.
func (s *Service) official(ctx context.Context, typed string) (string, error) {
	code := Typed(typed)
	if !strings.HasPrefix(code, provisional) || len(code) > 60 {
		return code, nil
	}
	became, err := s.Official(ctx, code)
	if fault.Is(err, fault.Missing) {
		return code, nil
	}
	return became, err
}

// find is the dossier with a tracking code or an official one.
func (s *Service) find(ctx context.Context, q bun.IDB, code string) (dossier.Dossier, error) {
	if dossier.CodeForm.MatchString(code) {
		return s.Dossiers.ByCode(ctx, q, code)
	}
	return s.Dossiers.ByTrack(ctx, q, code)
}

// Stranger is all that is told to whoever knows a code alone.
type Stranger struct {
	Code string
	Done bool
}

// Look tells whether a dossier is done. A right code only reads, so that those who follow
// their dossiers never wait for those who write. Wrong codes are counted for the network
// address, in a transaction that stays.
func (s *Service) Look(ctx context.Context, typed, address string) (Stranger, error) {
	code, err := s.official(ctx, typed)
	if err != nil {
		return Stranger{}, err
	}
	var k fault.Check
	k.Need(code != "", "ma", "filing.form.code_needed")
	k.Need(len(code) <= 60, "ma", "filing.form.code_unknown")
	if err := k.Err(); err != nil {
		return Stranger{}, err
	}
	if err := s.bear(ctx, s.DB.Read(), hashed(address), ofOneHost); err != nil {
		return Stranger{}, err
	}
	d, err := s.find(ctx, s.DB.Read(), code)
	if !fault.Is(err, fault.Missing) {
		return Stranger{Code: code, Done: done(d)}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.bear(ctx, tx, hashed(address), ofOneHost); err != nil {
			return err
		}
		return s.wrong(ctx, tx, hashed(address))
	})
	if err != nil {
		return Stranger{}, err
	}
	unknown := "filing.form.code_unknown"
	if strings.HasPrefix(code, provisional) {
		unknown = "filing.form.ticket_waiting"
	}
	k.Need(false, "ma", unknown)
	return Stranger{}, k.Err()
}

// done tells what a stranger may know: whether the authority has finished.
func done(d dossier.Dossier) bool { return d.Status == dossier.Finished || d.Status.Over() }

// bear is TooMany when there were as many wrong tries as is borne.
func (s *Service) bear(ctx context.Context, q bun.IDB, key string, most int) error {
	n, err := q.NewSelect().Model((*try)(nil)).Where("ft.key = ?", key).Where("ft.at > ?", s.Machine.Now().Add(-tried)).Count(ctx)
	if err == nil && n >= int64(most) {
		return fault.New(fault.TooMany, "filing.tries")
	}
	return db.Sorted(err)
}

func (s *Service) wrong(ctx context.Context, tx *db.Tx, keys ...string) error {
	now := s.Machine.Now()
	rows := make([]try, len(keys))
	for i, key := range keys {
		rows[i] = try{ID: ident.New(now), Key: key, At: now}
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return db.Sorted(err)
}

// Knock takes the number that is said to be the applicant's. Right or wrong, the answer
// is a pass and the request for a code; only the right telephone gets one.
func (s *Service) Knock(ctx context.Context, typedCode, typedNumber, address string, lang i18n.Lang) (key string, err error) {
	code, err := s.official(ctx, typedCode)
	if err != nil {
		return "", err
	}
	n, ok := phone.Normal(typedNumber)
	var k fault.Check
	k.Need(code != "", "ma", "filing.form.code_needed")
	k.Need(ok && phone.KindOf(n) == phone.Mobile, "number", "filing.form.phone")
	if err := k.Err(); err != nil {
		return "", err
	}
	if !s.Texting() {
		return "", fault.New(fault.Unavailable, "filing.closed.follow")
	}
	now := s.Machine.Now()
	p := Pass{ID: ident.New(now), Number: n, At: now}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		p.Dossier, p.Code = "", ""
		ofCode, ofHost, ofPair := hashed("code "+code), hashed(address), hashed("pair "+code+" "+n)
		for key, most := range map[string]int{ofCode: ofOneCode, ofHost: ofOneHost, ofPair: ofOnePair} {
			if err := s.bear(ctx, tx, key, most); err != nil {
				return err
			}
		}
		d, err := s.find(ctx, tx, code)
		if err != nil && !fault.Is(err, fault.Missing) {
			return err
		}
		keys := []string{ofPair}
		if right := err == nil && d.Phone != "" && d.Phone == n; right {
			p.Code, err = s.code(ctx, tx, passPurpose, n, d.Unit, address, lang)
			if err == nil {
				p.Dossier = d.ID
			} else if !fault.Is(err, fault.TooMany) { // a telephone that has had enough looks like a wrong one
				return err
			}
		} else {
			keys = append(keys, ofCode, ofHost)
		}
		if err := s.wrong(ctx, tx, keys...); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&p).Exec(ctx)
		return db.Sorted(err)
	})
	return s.Key.Token(passPurpose, p.ID), err
}

// PassByKey is the pass that an address stands for, open or not yet.
func (s *Service) PassByKey(ctx context.Context, key string) (Pass, error) {
	var p Pass
	id, ok := s.Key.Read(passPurpose, key)
	if !ok {
		return p, fault.New(fault.Missing, "filing.pass.gone")
	}
	err := db.Sorted(s.DB.Read().NewSelect().Model(&p).Where("fp.id = ?", id).Where("fp.at > ?", s.Machine.Now().Add(-passLife)).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		err = fault.New(fault.Missing, "filing.pass.gone")
	}
	return p, err
}

// Enter tries the code that was sent to the applicant; the right one opens the pass and
// stands in the trail. Wrong ones are counted as tries of the network address, too.
func (s *Service) Enter(ctx context.Context, p Pass, typed, address string) error {
	var v otp.Verdict
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.bear(ctx, tx, hashed(address), ofOneHost); err != nil {
			return err
		}
		now := s.Machine.Now()
		var err error
		if v, err = otp.Check(ctx, tx, now, p.Code, passPurpose, typed); err != nil {
			return err
		}
		if !v.OK || p.Dossier == "" {
			v.OK = false
			return s.wrong(ctx, tx, hashed(address))
		}
		_, err = tx.NewRaw("UPDATE filing_pass SET verified_at = ? WHERE id = ?", now, p.ID).Exec(ctx)
		return db.Sorted(err)
	})
	if err != nil {
		return err
	}
	// The same words whether there was a code to guess or the number was not the applicant's.
	var k fault.Check
	k.Need(v.OK, "code", "filing.form.code_wrong")
	return k.Err()
}

// Own is the applicant's dossier behind an open pass. Reading it is in the trail.
func (s *Service) Own(ctx context.Context, p Pass) (dossier.Dossier, error) {
	if p.VerifiedAt == nil || p.Dossier == "" {
		return dossier.Dossier{}, fault.New(fault.Denied, "filing.pass.closed")
	}
	who := applicant()
	d, err := s.Dossiers.DossierIn(ctx, s.DB.Read(), who, dossier.Read, p.Dossier)
	if err != nil {
		return d, err
	}
	return d, s.Dossiers.Seen(ctx, who, "dossier.read.own", d.ID)
}

// applicant is who acts behind an open pass.
func applicant() access.Actor { return dossier.Citizen() }
