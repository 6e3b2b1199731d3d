package returns

import "lotrinh/internal/kit/ident"

// RoundOpened says that a month's returns are asked for.
type RoundOpened struct {
	ID     ident.ID `json:"id"`
	Plan   string   `json:"plan"`
	Month  string   `json:"month"`
	Sheets int      `json:"sheets"`
}

// Topic is the event's name.
func (RoundOpened) Topic() string { return "rollout.return.opened" }

// Subject is the round.
func (e RoundOpened) Subject() string { return "returns:" + string(e.ID) }

// Changed says that a return went a step: handed in, sent back, accepted, exempted.
type Changed struct {
	ID      ident.ID `json:"id"`
	Round   ident.ID `json:"round"`
	Level   Level    `json:"level"`
	Unit    string   `json:"unit,omitempty"`
	State   State    `json:"state"`
	Edition int64    `json:"edition"`
	OnTime  bool     `json:"on_time"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "rollout.return.changed" }

// Subject is the return.
func (e Changed) Subject() string { return "return:" + string(e.ID) }

func (x Sheet) event() Changed {
	return Changed{ID: x.ID, Round: x.Round, Level: x.Level, Unit: x.Unit, State: x.State, Edition: x.Edition, OnTime: x.OnTime}
}
