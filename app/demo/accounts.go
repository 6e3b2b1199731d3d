package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout/duty"
	"lotrinh/rollout/issuance"
	"lotrinh/rollout/training"
)

// Accounts are the rooms in which officers get their accounts and communes say who can be
// called.
type Accounts struct {
	Issuance *issuance.Service
	OnDuty   *duty.Service
	Jobs     *job.Jobs
}

// newcomers are asked for at Đặng Xá beside the four who hold accounts there: the registrar
// once more, for a second post, and somebody who was not trained.
var newcomers = []issuance.Form{
	{Unit: "00556", Post: string(org.OneStopOfficer), Name: "Phạm Thị Huệ", Code: "HN-00556-3"},
	{Unit: "00556", Post: string(org.LabourOfficer), Name: "Đào Thị Minh Nguyệt", Born: "1988-04-17", Phone: "0912000217"},
}

// posted is who can be called at Đặng Xá.
var posted = []duty.Form{
	{Kind: duty.Hotline, Name: "Nguyễn Thị Thảo", Phone: "0912000211", Calendar: calstore.Office, Note: "Hỗ trợ nộp hồ sơ trực tuyến"},
	{Kind: duty.Counter, Name: "Bộ phận một cửa UBND xã Đặng Xá", Phone: "0912000212", Calendar: calstore.Office},
}

// accounts plays a step of the issuing of accounts. What the rollout learns of it comes
// before the planner's own verification of the same communes, which stands; requests on
// which nobody has decided say nothing to a gate.
func (h House) accounts(ctx context.Context, who access.Actor, a act) error {
	switch a.Act {
	case "accounts.ask":
		return h.askFor(ctx, who, a.Units, strings.Fields(a.What))
	case "accounts.newcomers":
		for _, f := range newcomers {
			if _, err := h.Issuance.AskFor(ctx, who, f); err != nil {
				return err
			}
		}
		return nil
	case "accounts.approve":
		_, waiting, err := h.Issuance.ApproveAll(ctx, who, a.District)
		if err == nil && waiting > 0 {
			err = fmt.Errorf("%d people look like somebody else", waiting)
		}
		return err
	case "accounts.issue":
		return h.issue(ctx, who, a.District)
	case "accounts.remind":
		return h.Issuance.Remind(ctx)
	}
	for _, f := range posted {
		if _, err := h.OnDuty.Add(ctx, who, a.Units[0], f); err != nil {
			return err
		}
	}
	return nil
}

// askFor asks for the officials of communes who stand for some audiences and have no account.
func (h House) askFor(ctx context.Context, who access.Actor, units, audiences []string) error {
	has := map[string]bool{}
	for _, p := range h.staff {
		has[p.Home+p.Name] = true
	}
	for _, unit := range units {
		for _, f := range h.officials(unit) {
			if has[unit+f.Name] || !slices.Contains(audiences, f.Audience) {
				continue
			}
			_, err := h.Issuance.AskFor(ctx, who, issuance.Form{Unit: unit, Post: string(roles[training.Audience(f.Audience)]), Name: f.Name, Code: f.Code})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// issue makes the accounts of a district that wait and prints their slips.
func (h House) issue(ctx context.Context, who access.Actor, district string) error {
	b, err := h.Issuance.Start(ctx, who, district, issuance.BySlip)
	if err != nil {
		return err
	}
	if _, err := h.Accounts.Jobs.RunDue(ctx); err != nil {
		return err
	}
	_, _, _, err = h.Issuance.Slips(ctx, who, b.ID)
	return err
}

// early plans the class of two communes of Mê Linh that were trained before the others of
// their district.
func (h House) early(ctx context.Context, who access.Actor, units []string) error {
	s, err := h.school(ctx, who)
	if err != nil {
		return err
	}
	var forms []training.PersonForm
	for _, u := range units {
		forms = append(forms, h.officials(u)...)
	}
	people, err := h.Training.AddPeople(ctx, who, forms...)
	if err != nil {
		return err
	}
	out, err := h.class(ctx, who, s, "TH198-XA", "250", morning("2016-11-03", 0, 3), 16, people)
	if err != nil {
		return err
	}
	l := lesson{class: out.Class}
	for _, x := range out.Seats {
		l.came = append(l.came, x.ID)
	}
	h.lessons["250"] = append(h.lessons["250"], l)
	return nil
}
