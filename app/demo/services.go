package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/paper"
	"lotrinh/rollout/services"
)

// services plays a step of the second dimension: the list, its names, how far it is.
func (h House) services(ctx context.Context, who access.Actor, a act) error {
	switch a.Act {
	case "services.begin":
		return h.beginServices(ctx, who)
	case "services.go":
		return h.advance(ctx, who, a)
	case "services.fill":
		return h.fill(ctx, who, a)
	case "services.target":
		return h.target(ctx, who)
	}
	return h.count(ctx, who, a)
}

// beginServices lays the list down, names the procedures that are known, appoints the
// focal points and keeps a form and a process of each named procedure.
func (h House) beginServices(ctx context.Context, who access.Actor) error {
	if err := h.Services.SetUp(ctx, who); err != nil {
		return err
	}
	if err := h.bring(ctx, who, services.NameImport, "data/services.csv"); err != nil {
		return err
	}
	focal, err := h.Services.People.FocalPoints(ctx)
	if err != nil || len(focal) == 0 {
		return err
	}
	for _, lead := range []string{"S05", "S06"} {
		if err := h.Services.Appoint(ctx, who, lead, focal[0].ID, "2016-10-26"); err != nil {
			return err
		}
	}
	named, err := h.named(ctx, who)
	if err != nil {
		return err
	}
	for sort, name := range map[string]string{services.FormPaper: "Biểu mẫu thủ tục", services.ProcessPaper: "Quy trình giải quyết"} {
		sheet, err := paper.New(paper.About{Title: name, Author: "Sở", Lang: "vi-VN", Made: h.Services.Business.Now()})
		if err != nil {
			return err
		}
		sheet.NewPage()
		sheet.Title("", name)
		raw, err := sheet.Bytes()
		if err != nil {
			return err
		}
		blob, err := h.Services.Files.Receive(ctx, files.Document, name+".pdf", bytes.NewReader(raw))
		if err != nil {
			return err
		}
		for _, i := range named {
			if err := h.Services.Paper(ctx, who, i.ID, sort, []files.Blob{blob}); err != nil {
				return err
			}
		}
	}
	return nil
}

// bring imports one of the demo's tables.
func (h House) bring(ctx context.Context, who access.Actor, kind, name string) error {
	raw, err := data.ReadFile(name)
	if err != nil {
		return err
	}
	run, err := h.Services.Imports.Preview(ctx, who, kind, strings.TrimPrefix(name, "data/"), bytes.NewReader(raw), int64(len(raw)), nil)
	if err != nil {
		return err
	}
	run, err = h.Services.Imports.Commit(ctx, who, run.ID, false)
	if err == nil && run.Bad > 0 {
		err = fmt.Errorf("%s: %d rows are wrong", name, run.Bad)
	}
	return err
}

// named are the procedures of departments that have a name.
func (h House) named(ctx context.Context, who access.Actor) ([]services.Item, error) {
	all, err := h.Services.Items(ctx, who, services.Department)
	var out []services.Item
	for _, i := range all {
		if i.Name != "" {
			out = append(out, i)
		}
	}
	return out, err
}

// advance lets the procedures of a wave take one step; Units names departments, none all
// but the focal point's.
func (h House) advance(ctx context.Context, who access.Actor, a act) error {
	all, err := h.named(ctx, who)
	if err != nil {
		return err
	}
	done := 0
	for _, i := range all {
		mine := len(a.Units) > 0 && strings.Contains(strings.Join(a.Units, " "), i.Lead)
		theirs := len(a.Units) == 0 && i.Lead != "S05" && i.Lead != "S06"
		if i.Wave > a.Low || !mine && !theirs || a.Quantity > 0 && done >= a.Quantity {
			continue
		}
		if err := h.Services.Advance(ctx, who, i.ID, i.Version, services.Step(a.To), ""); err != nil {
			return fmt.Errorf("%s to %s: %w", i.Key, a.To, err)
		}
		done++
	}
	return nil
}

// fill sets the first Low groups of units to a step.
func (h House) fill(ctx context.Context, who access.Actor, a act) error {
	tree, err := h.Units.Tree(ctx, h.Services.Business.Now())
	if err != nil {
		return err
	}
	units := a.Units
	if a.District != "" {
		for _, u := range tree.Communes(a.District) {
			units = append(units, u.Code)
		}
	}
	for _, u := range units {
		v, err := h.Services.UnitGroups(ctx, who, u)
		if err != nil {
			return err
		}
		var cells []services.Cell
		for _, g := range v.Groups {
			if g.Carried == "" && len(cells) < a.Low {
				cells = append(cells, services.Cell{Item: g.ID, From: v.Steps[g.ID], To: services.Step(a.To)})
			}
		}
		if _, err := h.Services.Fill(ctx, who, u, cells, a.Note); err != nil {
			return err
		}
	}
	return nil
}

// demoTarget is the quantity that the demo's communes work off.
const demoTarget = "Số hóa sổ hộ tịch lưu tại xã"

func (h House) target(ctx context.Context, who access.Actor) error {
	_, err := h.Services.AddTarget(ctx, who, services.Target{Title: demoTarget, Measure: "trang sổ", Stages: []string{"Đã nhập", "Đã kiểm tra", "Đã phê duyệt"}, From: "2016-10-26", Due: "2017-03-31"})
	if err != nil {
		return err
	}
	return h.bring(ctx, who, services.QuotaImport, "data/quotas.csv")
}

// count lets every third commune of a district report the pages that it entered.
func (h House) count(ctx context.Context, who access.Actor, a act) error {
	targets, err := h.Services.Targets(ctx, who)
	if err != nil {
		return err
	}
	var id ident.ID
	for _, t := range targets {
		if t.Title == demoTarget {
			id = t.ID
		}
	}
	q, err := h.Services.Quantity(ctx, who, id)
	if err != nil {
		return err
	}
	for n, d := range q.Units {
		if d.District != a.District || n%3 == 2 {
			continue
		}
		entered := d.Total * int64(a.Quantity+n%7) / 100
		form := services.CountForm{AsOf: a.At[:len("2016-11-08")], Done: []int64{entered, entered * 2 / 3, entered / 3}}
		if err := h.Services.Count(ctx, who, id, d.Unit, form); err != nil {
			return err
		}
	}
	return nil
}
