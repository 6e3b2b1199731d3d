package org

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
)

// State is whether an account may be used.
type State string

// The states of an account. A closed one stays for the trail and never opens again.
const (
	Active State = "active"
	Locked State = "locked"
	Closed State = "closed"
)

// States are all of them, in the order of life.
var States = []State{Active, Locked, Closed}

// Account is a person who can sign in.
type Account struct {
	bun.BaseModel `bun:"table:account,alias:a"`
	ID            ident.ID  `bun:"id,pk"`
	Login         string    `bun:"login"`
	LoginKey      string    `bun:"login_key"`
	Name          string    `bun:"name"`
	Fold          string    `bun:"fold"`
	Email         string    `bun:"email"`
	Phone         string    `bun:"phone"`
	Unit          string    `bun:"unit"` // where the person works; empty for the city's own offices
	Lang          i18n.Lang `bun:"lang"`
	State         State     `bun:"state"`
	Password      string    `bun:"password"` // argon2id; empty until one is set: no sign-in
	PasswordAt    time.Time `bun:"password_at"`
	MustChange    bool      `bun:"must_change"`
	// PasswordUntil is when a password for one first use ends on the business clock; zero
	// for one that does not.
	PasswordUntil time.Time `bun:"password_until,nullzero"`
	// ActivatedAt is when the person first signed in with a password that nobody else
	// knows, or by another house that vouches for them; zero until then.
	ActivatedAt time.Time `bun:"activated_at,nullzero"`
	Second      string    `bun:"second"`   // ByCode when a code is asked for beside the password
	KeysOff     bool      `bun:"keys_off"` // the person wants no keys of one letter
	CreatedAt   time.Time `bun:"created_at"`
	Version     int64     `bun:"version"`
}

// Profile is what can be said about a person; Check puts it in order.
type Profile struct {
	Name  string
	Email string
	Phone string
	Unit  string
	Lang  i18n.Lang
}

var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,59}$`)

// loginKey is how logins are compared: no marks of case or composition matter.
func loginKey(login string) string { return strings.ToLower(fold.NFC(strings.TrimSpace(login))) }

// reachable is a person's telephone number in its one form; short and service numbers
// are nobody's.
func reachable(s string) (string, bool) {
	n, ok := phone.Normal(s)
	return n, ok && phone.KindOf(n) != phone.Short && phone.KindOf(n) != phone.Service
}

// clean puts what was typed in order and says everything that is wrong with it.
func (p Profile) clean(tree *Tree) (Profile, fault.Check) {
	var k fault.Check
	p.Name = strings.Join(strings.Fields(fold.NFC(p.Name)), " ")
	k.Need(p.Name != "", "name", "org.account.name_needed")
	k.Need(utf8.RuneCountInString(p.Name) <= 100, "name", "org.account.name_long")
	if p.Email = strings.ToLower(strings.TrimSpace(p.Email)); p.Email != "" {
		a, err := mail.ParseAddress(p.Email)
		k.Need(err == nil && a.Address == p.Email && len(p.Email) <= 254, "email", "org.account.email_wrong")
	}
	if strings.TrimSpace(p.Phone) != "" {
		n, ok := reachable(p.Phone)
		k.Need(ok, "phone", "org.account.phone_wrong")
		if ok {
			p.Phone = n
		}
	} else {
		p.Phone = ""
	}
	if p.Unit != "" {
		_, ok := tree.Unit(p.Unit)
		k.Need(ok, "unit", "org.account.unit_unknown", "unit", p.Unit)
	}
	if p.Lang != i18n.EN {
		p.Lang = i18n.VI
	}
	return p, k
}

func (a *Account) take(p Profile) {
	a.Name, a.Email, a.Phone, a.Unit, a.Lang = p.Name, p.Email, p.Phone, p.Unit, p.Lang
	a.Fold = fold.Key(p.Name) + " " + fold.Key(a.Login)
}

// Profile is what is said about the person now.
func (a Account) Profile() Profile {
	return Profile{Name: a.Name, Email: a.Email, Phone: a.Phone, Unit: a.Unit, Lang: a.Lang}
}
