package dossier

import "lotrinh/internal/kit/ident"

// event is what every event of a dossier says: keys and how it stands, no persons.
type event struct {
	ID        ident.ID `json:"id"`
	Code      string   `json:"code"`
	Track     string   `json:"track"`
	Unit      string   `json:"unit"`
	Procedure string   `json:"procedure"`
	Act       Act      `json:"act"`
	Status    Status   `json:"status"`
	Stage     string   `json:"stage"`
	Waiting   Waiting  `json:"waiting"`
	Practice  bool     `json:"practice"`
	Channel   Channel  `json:"channel"`
	Seq       int64    `json:"seq"` // of the step in the dossier's history
}

// Subject is the dossier.
func (e event) Subject() string { return "dossier:" + string(e.ID) }

func (d Dossier) event(a Act) event {
	return event{d.ID, d.Code, d.Track, d.Unit, d.Procedure, a, d.Status, d.Stage, d.Waiting, d.Practice, d.Channel, d.Steps}
}

// Filed says that a dossier was filed.
type Filed struct{ event }

// Topic is the event's name.
func (Filed) Topic() string { return "dossier.submitted" }

// Happened says that an act was done with a dossier.
type Happened struct{ event }

// Topic is the event's name.
func (Happened) Topic() string { return "dossier.moved" }
