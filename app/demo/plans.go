package demo

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/schedule"
)

// lateOnes are the districts whose set-up took longer than agreed, and why.
var lateOnes = map[string]schedule.Reason{"016": "equipment", "271": "network"}

// plans plays a step of the phases' plans: the first is drafted and agreed on, what was
// done of it is reported, the second is drafted.
func (h House) plans(ctx context.Context, who access.Actor, a act) error {
	switch a.Act {
	case "plan.first":
		o := schedule.Suggested(Programme, 1, 139, a.At[:10])
		o.Trainers, o.Trucks, o.Technicians, o.Volunteers, o.Testers, o.Notice, o.Trial = 36, 12, 48, 72, 48, 0, 3
		d, err := h.Schedule.Make(ctx, who, o)
		if err != nil {
			return err
		}
		_, err = h.Schedule.Freeze(ctx, who, d.ID, "Kế hoạch giai đoạn 1 theo Kế hoạch 198", d.Version)
		return err
	case "plan.second":
		at, err := clock.ParseDate(a.At[:10])
		if err != nil {
			return err
		}
		if _, err = h.Schedule.Make(ctx, who, schedule.Suggested(Programme, 2, 277, clock.Date(at.AddDate(0, 0, 4)))); err != nil {
			return err
		}
		_, err = h.Schedule.Prepare(ctx, who, schedule.RunForm{Programme: Programme, Title: "Diễn tập chuyển đổi thị xã Sơn Tây", Unit: "269", HeldOn: clock.Date(at.AddDate(0, 0, 11))})
		return err
	}
	return h.reported(ctx, who, a)
}

// reported tells of the first phase what was done by the day before, a day at a time, as
// agreed but where set-up took longer.
func (h House) reported(ctx context.Context, who access.Actor, a act) error {
	d, base, err := h.Schedule.Agreed(ctx, who, Programme, 1)
	if err != nil {
		return err
	}
	tree, err := h.Units.On(ctx, a.At[:10])
	if err != nil {
		return err
	}
	type fact struct{ step, day string }
	done := map[fact][]string{}
	var order []fact
	var slipped []ident.ID
	why := map[ident.ID]schedule.Reason{}
	for _, t := range base.Tasks {
		f := fact{t.Step, t.LastOn}
		reason, late := lateOnes[tree.District(t.Unit)]
		if late && (t.Step == "setup" || t.Step == "practice" || t.Step == "cutover") && f.day < "2016-11-08" {
			f.day = "2016-11-08"
			if t.Step == "setup" && len(slipped) < 12 {
				slipped, why[t.ID] = append(slipped, t.ID), reason
			}
		}
		if f.day >= a.At[:10] {
			continue
		}
		if t.Unit == "" {
			if err := h.Schedule.Finish(ctx, who, t.ID, f.day, 1); err != nil {
				return err
			}
			continue
		}
		if done[f] == nil {
			order = append(order, f)
		}
		if !slices.Contains(done[f], t.Unit) {
			done[f] = append(done[f], t.Unit)
		}
	}
	for _, f := range order {
		if err := h.Schedule.FinishStep(ctx, who, d.ID, f.step, done[f], f.day); err != nil {
			return err
		}
	}
	for _, id := range slipped {
		if err := h.Schedule.Explain(ctx, who, id, why[id], ""); err != nil {
			return err
		}
	}
	return h.Schedule.Refresh(ctx, who, d.ID)
}
