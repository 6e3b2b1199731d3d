package training

import (
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
)

// classEvent is what events about a class say.
type classEvent struct {
	Class  ident.ID `json:"class"`
	Code   string   `json:"code"`
	Course ident.ID `json:"course"`
	Unit   string   `json:"unit,omitempty"` // the district that it is for
	Day    string   `json:"day"`
}

// Subject is the class.
func (e classEvent) Subject() string { return "class:" + string(e.Class) }

// ClassPlanned says that a class will be held.
type ClassPlanned struct{ classEvent }

// Topic is the event's name.
func (ClassPlanned) Topic() string { return "rollout.training.planned" }

// ClassCalledOff says that a class will not be held.
type ClassCalledOff struct{ classEvent }

// Topic is the event's name.
func (ClassCalledOff) Topic() string { return "rollout.training.called_off" }

// ClassHeld says that a class is closed: who did not come is absent.
type ClassHeld struct {
	classEvent
	Attended int64 `json:"attended"`
	Absent   int64 `json:"absent"`
}

// Topic is the event's name.
func (ClassHeld) Topic() string { return "rollout.training.held" }

// Recorded says that people came to a class, or that a record of it was taken back. It
// names nobody.
type Recorded struct {
	classEvent
	Units   []string   `json:"units"`
	People  []ident.ID `json:"people"`            // keys of the roster
	Trained []ident.ID `json:"trained,omitempty"` // who of them is trained with it
	How     string     `json:"how"`               // code, paper, later, test; undone when it was taken back
}

// Topic is the event's name.
func (Recorded) Topic() string { return "rollout.training.attended" }

// Texts are the notices that may go out as text messages, with what they may say: nothing
// about a person.
func Texts() []notify.Text {
	var out []notify.Text
	for _, name := range []string{"registered", "waiting", "moved_up", "moved", "called_off", "remind"} {
		out = append(out, notify.Text{Template: "training.notice." + name, Args: []string{"code", "due", "link"}})
	}
	return out
}
