package register

import "lotrinh/internal/kit/ident"

// event is what every event of an entry says: keys, no persons.
type event struct {
	ID       ident.ID `json:"id"` // the entry
	Dossier  ident.ID `json:"dossier"`
	Unit     string   `json:"unit"`
	Kind     Kind     `json:"kind"`
	Book     string   `json:"book"`
	Number   int64    `json:"number"`
	Year     int64    `json:"year"`
	Practice bool     `json:"practice"`
	Fact     ident.ID `json:"fact,omitempty"`
}

// Subject is the dossier: what is registered of it stays in order with what happens to it.
func (e event) Subject() string { return "dossier:" + string(e.Dossier) }

func (e Entry) event(fact ident.ID) event {
	return event{e.ID, e.Dossier, e.Unit, e.Kind, e.Book(), e.Number, e.Year, e.Practice, fact}
}

// Registered says that an entry was written and signed.
type Registered struct{ event }

// Topic is the event's name.
func (Registered) Topic() string { return "dossier.registered" }

// Voided says that a number is not valid.
type Voided struct{ event }

// Topic is the event's name.
func (Voided) Topic() string { return "dossier.register.voided" }

// Corrected says that a fact changed what an entry says.
type Corrected struct{ event }

// Topic is the event's name.
func (Corrected) Topic() string { return "dossier.register.corrected" }

// Annulled says that an entry says nothing any more.
type Annulled struct{ event }

// Topic is the event's name.
func (Annulled) Topic() string { return "dossier.register.annulled" }
