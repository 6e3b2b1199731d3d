package demo

import (
	"context"
	"encoding/csv"
	"strconv"
	"time"

	"lotrinh/helpdesk/hotline"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/page"
)

// call is a call of the fortnight, as the exchange told it. The last of them came in
// the evening before the official start, when nobody was there.
type call struct {
	at                                           time.Time
	direction, number, names, agent, cause, note string
	wait, talk                                   time.Duration
}

func readCalls() ([]call, error) {
	f, err := data.Open("data/calls.tsv")
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = '\t', -1
	rows, err := r.ReadAll()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	var all []call
	for _, row := range rows[1:] {
		at, err := time.ParseInLocation("2006-01-02T15:04", row[0], clock.City)
		if err != nil {
			return nil, err
		}
		wait, err := strconv.Atoi(row[5])
		if err != nil {
			return nil, err
		}
		talk, err := strconv.Atoi(row[6])
		if err != nil {
			return nil, err
		}
		c := call{at: at, direction: row[1], number: row[2], names: row[3], agent: row[4], cause: row[7], wait: time.Duration(wait) * time.Second, talk: time.Duration(talk) * time.Second}
		if len(row) > 8 {
			c.note = row[8]
		}
		all = append(all, c)
	}
	return all, nil
}

// ring tells the calls that began before a moment, and gives back the rest.
func (h House) ring(ctx context.Context, pbx hotline.PBX, calls []call, until time.Time) ([]call, error) {
	for len(calls) > 0 && calls[0].at.Before(until) {
		if err := h.one(ctx, pbx, calls[0]); err != nil {
			return nil, err
		}
		calls = calls[1:]
	}
	return calls, nil
}

func (h House) one(ctx context.Context, pbx hotline.PBX, c call) error {
	e := hotline.Event{Kind: hotline.NewCall, From: c.number, To: "1022", Direction: c.direction, CallID: c.at.Format(time.RFC3339), Queue: "ho-tro"}
	if c.direction == hotline.Out {
		e.From, e.To = c.agent, c.number
	} else if c.names != "" {
		e.Users = []string{c.names}
	}
	tell := func(kind string, at time.Time) error {
		h.At(at)
		e.Kind = kind
		_, err := h.Hotline.Take(ctx, pbx, e)
		return err
	}
	if err := tell(hotline.NewCall, c.at); err != nil {
		return err
	}
	e.Cause = c.cause
	if c.talk > 0 {
		e.Answering = c.agent
		if err := tell(hotline.Answer, c.at.Add(c.wait)); err != nil {
			return err
		}
	}
	if err := tell(hotline.HangUp, c.at.Add(c.wait+c.talk)); err != nil || c.note == "" {
		return err
	}
	who, err := h.People.Actor(ctx, c.agent)
	if err != nil {
		return err
	}
	last, err := h.Hotline.Journal(ctx, who, hotline.Filter{View: hotline.ViewMine}, page.Read("", "1"))
	if err != nil || len(last.Items) == 0 {
		return err
	}
	_, err = h.Hotline.Note(ctx, who, last.Items[0].ID, c.note)
	return err
}

// exchange connects the exchange of the demo; nobody is told its secret.
func (h House) exchange(ctx context.Context) (hotline.PBX, error) {
	_, pbx, err := h.Hotline.MakePBX(ctx, access.System("demo"), "Tổng đài 1022", "")
	return pbx, err
}

// logged are calls to the own number of a commune without an exchange.
func (h House) logged(ctx context.Context) error {
	who, err := h.People.Actor(ctx, "officer")
	if err != nil {
		return err
	}
	for _, l := range []hotline.Logged{
		{Caller: "Ông Bình, thôn Cự Đà", Matter: "Hỏi giấy tờ khi khai sinh cho cháu.", Outcome: "Đã hướng dẫn, hẹn sáng 10/11."},
		{Caller: "Chị Hạnh, thôn Lời", Matter: "Nộp hồ sơ trực tuyến nhưng chưa nhận được mã.", Outcome: "Đã tìm thấy hồ sơ, đọc lại mã cho chị."},
	} {
		l.Unit = who.Home
		if _, err := h.Hotline.Log(ctx, who, l); err != nil {
			return err
		}
	}
	return nil
}
