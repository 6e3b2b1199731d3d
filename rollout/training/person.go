package training

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/org"
)

// The rights of this room; app/policy.go says which role holds which.
const (
	Look  access.Perm = "rollout.training.read"     // see classes, and the people in reach
	Enrol access.Perm = "rollout.training.register" // keep the roster in reach and register people for classes
	Teach access.Perm = "rollout.training.teach"    // take the attendance of one's own classes
	Plan  access.Perm = "rollout.training.plan"     // courses and classes, and everything about them
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{Look, Enrol, Teach, Plan}

// Audience is a group of people who learn the same: four of each commune, four of each
// district.
type Audience string

// The audiences. A leader is one of a commune or of a district.
const (
	Leader  Audience = "leader"
	OneStop Audience = "onestop"
	Civil   Audience = "civil"
	Labour  Audience = "labour"
	Office  Audience = "office"
	Justice Audience = "justice"
	IT      Audience = "it"
)

// Level is where people work: in a commune or in a district's offices.
type Level string

// The levels.
const (
	OfCommune  Level = "commune"
	OfDistrict Level = "district"
)

// Levels are all levels.
var Levels = []Level{OfCommune, OfDistrict}

var audiences = map[Level][]Audience{
	OfCommune:  {Leader, OneStop, Civil, Labour},
	OfDistrict: {Leader, Office, Justice, IT},
}

// Audiences are the four audiences of a level, in the order in which lists show them.
func (l Level) Audiences() []Audience { return audiences[l] }

// everyAudience are the audiences of both levels, each once.
var everyAudience = []Audience{Leader, OneStop, Civil, Labour, Office, Justice, IT}

// levelOf is the level of a unit; ok is false for one that trains nobody (the city).
func levelOf(tree *org.Tree, unit string) (l Level, ok bool) {
	u, found := tree.Unit(unit)
	switch {
	case found && u.Level == org.Commune:
		return OfCommune, true
	case found && u.Level == org.District:
		return OfDistrict, true
	}
	return "", false
}

func audienceKey(a Audience) i18n.Key { return i18n.Key("training.audience." + string(a)) }

// The places from which people of the roster come.
const (
	fromForm     = "form"
	fromTable    = "table"
	fromDoor     = "door"     // came to a class unannounced
	fromProposal = "proposal" // the help desk proposed to teach them again
)

// Person is somebody of the roster: who works for one audience of one unit.
type Person struct {
	bun.BaseModel `bun:"table:training_person,alias:tp"`
	ID            ident.ID `bun:"id,pk"`
	Unit          string   `bun:"unit"` // code of a commune or a district
	Audience      Audience `bun:"audience"`
	Name          string   `bun:"name"`
	NameFold      string   `bun:"name_fold"`
	Code          string   `bun:"code"`  // of the civil servant; may be empty
	Phone         string   `bun:"phone"` // in its one form; may be empty
	Email         string   `bun:"email"`
	Born          string   `bun:"born"` // 1980-05-31; may be empty
	Source        string   `bun:"source"`
	LeftOn        string   `bun:"left_on"` // the day from which the person is no more in this post; empty while there
	Version       int64    `bun:"version"`
}

// PersonForm is a person as somebody typed it.
type PersonForm struct {
	Unit, Audience, Name, Code, Phone, Email, Born string
}

const (
	longestName = 80
	longestCode = 20
	longestMail = 120
	longestNote = 500
)

// read checks what was typed and gives the person that it describes.
func (f PersonForm) read(tree *org.Tree) (Person, error) {
	var k fault.Check
	p := Person{Unit: f.Unit, Audience: Audience(f.Audience), Name: strings.Join(strings.Fields(fold.NFC(f.Name)), " "), Code: strings.ToUpper(strings.TrimSpace(f.Code)),
		Email: strings.ToLower(strings.TrimSpace(f.Email))}
	p.NameFold = fold.Key(p.Name)
	level, ok := levelOf(tree, p.Unit)
	k.Need(ok, "unit", "training.person.unit_unknown")
	k.Need(!ok && p.Audience != "" || slices.Contains(level.Audiences(), p.Audience), "audience", "training.person.audience_unknown")
	k.Need(p.NameFold != "", "name", "training.person.name_needed")
	k.Need(utf8.RuneCountInString(p.Name) <= longestName, "name", "training.person.name_long", "limit", longestName)
	k.Need(len(p.Code) <= longestCode && !strings.ContainsAny(p.Code, " \t"), "code", "training.person.code_bad")
	k.Need(p.Email == "" || len(p.Email) <= longestMail && strings.Count(p.Email, "@") == 1 && !strings.ContainsAny(p.Email, " ,;<>"), "email", "training.person.email_bad")
	if typed := strings.TrimSpace(f.Phone); typed != "" {
		n, ok := phone.Normal(typed)
		k.Need(ok, "phone", "training.person.phone_bad")
		p.Phone = n
	}
	if typed := strings.TrimSpace(f.Born); typed != "" {
		day, err := importer.Date(typed)
		k.Need(err == nil, "born", "form.bad_day")
		p.Born = day
	}
	return p, k.Err()
}

// Form is the person as a form shows it.
func (p Person) Form() PersonForm {
	return PersonForm{p.Unit, string(p.Audience), p.Name, p.Code, p.Phone, p.Email, p.Born}
}

// same tells whether two say the same of a person.
func (p Person) same(o Person) bool { return p.Form() == o.Form() }

// takes gives the person the words of another; what the other does not say stays.
func (p *Person) take(o Person) {
	p.Unit, p.Audience, p.Name, p.NameFold = o.Unit, o.Audience, o.Name, o.NameFold
	for _, x := range []struct{ have, told *string }{{&p.Code, &o.Code}, {&p.Phone, &o.Phone}, {&p.Email, &o.Email}, {&p.Born, &o.Born}} {
		if *x.told != "" {
			*x.have = *x.told
		}
	}
}
