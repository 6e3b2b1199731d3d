package demo

import (
	"context"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory/line"
)

// measuredCommunes is how many communes of Gia Lâm had a router that measures.
const measuredCommunes = 5

// lines gives Gia Lâm's lines a provider, and some of them eight working days of
// measurements and an outage that is over.
func (h House) lines(ctx context.Context) error {
	planner, err := h.People.Actor(ctx, "planner")
	if err != nil {
		return err
	}
	at := time.Date(2016, 10, 31, 8, 30, 0, 0, clock.City)
	h.At(at)
	if _, err := h.Lines.Adopt(ctx); err != nil {
		return err
	}
	p, err := h.Lines.SaveProvider(ctx, planner, line.Provider{Name: "VNPT Hà Nội", Contact: "Tổng đài hỗ trợ kỹ thuật", Phone: "1800 1166", Mail: "hotro@vnpt.example", Active: true})
	if err != nil {
		return err
	}
	coordinator, err := h.People.Actor(ctx, "coordinator")
	if err != nil {
		return err
	}
	board, err := h.Lines.Lines(ctx, coordinator, line.Filter{}, page.Read("", "200"))
	if err != nil {
		return err
	}
	rows := board.Rows.Items
	rows = rows[:min(len(rows), measuredCommunes)]
	for i, r := range rows {
		f := line.Form{Provider: string(p.ID), Circuit: "HNI-GL-" + r.Unit, ContractDown: "8", ContractUp: "2"}
		if _, err := h.Lines.Save(ctx, coordinator, r.Asset, r.Version, f); err != nil {
			return err
		}
		if i == 0 {
			if err := h.cut(ctx, r.Asset, at); err != nil {
				return err
			}
		}
	}
	for day := range 10 {
		for i := range 3 {
			if err := h.measure(ctx, rows, day, at.AddDate(0, 0, day).Add(time.Duration(i*150)*time.Minute)); err != nil {
				return err
			}
		}
	}
	_, err = h.Lines.Figures(ctx)
	return err
}

// cut is an outage that a line had, reported when it was over.
func (h House) cut(ctx context.Context, asset ident.ID, at time.Time) error {
	who, err := h.People.Actor(ctx, "coordinator")
	if err != nil {
		return err
	}
	h.At(at.AddDate(0, 0, 3))
	_, err = h.Lines.ReportOutage(ctx, who, asset, line.OutageForm{From: "2016-11-02T14:10", Until: "2016-11-02T16:40", Reference: "VN-20161102-118", Note: "Đứt cáp trên đường vào trụ sở."})
	return err
}

// measure is what the routers of some communes posted at a moment of a working day.
func (h House) measure(ctx context.Context, rows []line.Row, day int, at time.Time) error {
	if wd := at.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return nil
	}
	who, err := h.People.Actor(ctx, "coordinator")
	if err != nil {
		return err
	}
	h.At(at)
	for i, r := range rows {
		k := day*7 + i*3 + at.Hour()
		down, up := 4+float64(k%23)/10, 1.2+float64(k%7)/10
		posted := line.Posted{Sent: 5, RTTs: []float64{24 + float64(k%9), 26 + float64(k%11), 31, 38, 44 + float64(k%40)}, Down: &down, Up: &up}
		if _, err := h.Lines.Post(ctx, who, r.Asset, posted); err != nil {
			return err
		}
	}
	return nil
}
