package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/tier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
)

// team is how the support team is set up: who is on duty, who repairs by contract, and
// which texts and views its people keep.
type team struct {
	Shifts []struct {
		Group helpdesk.Group `json:"group"`
		Who   string         `json:"who"`
		Days  []time.Weekday `json:"days"`
		Hours worktime.Span  `json:"hours"`
	} `json:"shifts"`
	Days []struct {
		Group helpdesk.Group `json:"group"`
		Who   string         `json:"who"`
		Day   string         `json:"day"`
		Hours worktime.Span  `json:"hours"` // none: a day off
		Note  string         `json:"note"`
	} `json:"days"`
	Districts []struct {
		Group    helpdesk.Group `json:"group"`
		District string         `json:"district"`
		Who      string         `json:"who"`
	} `json:"districts"`
	Away []struct {
		Who     string `json:"who"`
		StandIn string `json:"stand_in"`
		From    string `json:"from"`
		Until   string `json:"until"`
		Note    string `json:"note"`
	} `json:"away"`
	Vendors []struct {
		Name     string   `json:"name"`
		Mail     string   `json:"mail"`
		Phone    string   `json:"phone"`
		Contract string   `json:"contract"`
		Answer   int64    `json:"answer"` // working minutes
		Fix      [4]int64 `json:"fix"`    // by priority
	} `json:"vendors"`
	Texts []struct {
		Kind    helpdesk.StockKind `json:"kind"`
		Name    string             `json:"name"`
		Title   string             `json:"title"`
		Body    string             `json:"body"`
		Service helpdesk.Category  `json:"service"`
		Next    string             `json:"next"`
		Impact  int                `json:"impact"`
		Urgency int                `json:"urgency"`
		Tags    string             `json:"tags"`
	} `json:"texts"`
	Views []struct {
		Who        string              `json:"who"`
		Share      helpdesk.Share      `json:"share"`
		Group      helpdesk.Group      `json:"group"`
		Name       string              `json:"name"`
		Conditions helpdesk.Conditions `json:"conditions"`
	} `json:"views"`
}

// team sets the support team up.
func (h House) team(ctx context.Context, who access.Actor) error {
	var t team
	raw, err := data.ReadFile("data/desk.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return err
	}
	if err := h.roster(ctx, who, t); err != nil {
		return err
	}
	for _, v := range t.Vendors {
		_, err := h.Tier.SaveVendor(ctx, who, tier.Vendor{Name: v.Name, Mail: v.Mail, Phone: v.Phone, Contract: v.Contract, Calendar: calstore.Office,
			Answer: v.Answer, Fix1: v.Fix[0], Fix2: v.Fix[1], Fix3: v.Fix[2], Fix4: v.Fix[3], Active: true})
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	for _, x := range t.Texts {
		_, err := h.Desk.SaveStock(ctx, who, helpdesk.Keep{Name: x.Name, Share: helpdesk.WithAll}, helpdesk.Stock{Kind: x.Kind, Title: x.Title, Body: x.Body, Service: x.Service,
			Next: x.Next, Impact: x.Impact, Urgency: x.Urgency, Tags: x.Tags})
		if err != nil {
			return fmt.Errorf("%s: %w", x.Name, err)
		}
	}
	for _, v := range t.Views {
		keeper, err := h.People.Actor(ctx, v.Who)
		if err == nil {
			_, err = h.Desk.SaveView(ctx, keeper, helpdesk.Keep{Name: v.Name, Share: v.Share, Group: v.Group}, v.Conditions)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	return nil
}

// roster says who is on duty, who answers for which district, and who will be away.
func (h House) roster(ctx context.Context, who access.Actor, t team) error {
	for _, s := range t.Shifts {
		one, err := h.People.Actor(ctx, s.Who)
		if err == nil {
			err = h.Duty.AddShifts(ctx, who, s.Group, one.ID, s.Days, s.Hours)
		}
		if err != nil {
			return err
		}
	}
	for _, d := range t.Days {
		one, err := h.People.Actor(ctx, d.Who)
		if err == nil {
			err = h.Duty.Except(ctx, who, duty.Exception{Group: d.Group, Account: one.ID, Day: d.Day, Works: d.Hours != worktime.Span{}, From: d.Hours.From, To: d.Hours.To, Note: d.Note})
		}
		if err != nil {
			return err
		}
	}
	for _, d := range t.Districts {
		one, err := h.People.Actor(ctx, d.Who)
		if err == nil {
			err = h.Duty.SetDistrict(ctx, who, d.Group, d.District, one.ID)
		}
		if err != nil {
			return err
		}
	}
	for _, a := range t.Away {
		one, err := h.People.Actor(ctx, a.Who)
		if err != nil {
			return err
		}
		other, err := h.People.Actor(ctx, a.StandIn)
		if err != nil {
			return err
		}
		from, err := time.ParseInLocation("2006-01-02T15:04", a.From, clock.City)
		if err != nil {
			return err
		}
		until, err := time.ParseInLocation("2006-01-02T15:04", a.Until, clock.City)
		if err != nil {
			return err
		}
		if _, err := h.Duty.Leave(ctx, who, duty.Absence{Account: one.ID, StandIn: other.ID, From: from, Until: until, Note: a.Note}); err != nil {
			return err
		}
	}
	return nil
}

// outside plays a step of a ticket's life beyond the desk: with a vendor, or on the way.
func (h House) outside(ctx context.Context, who access.Actor, a act) error {
	t := h.tickets[a.Key]
	var err error
	switch a.Act {
	case "vendor.hand":
		var v tier.Vendor
		if v, err = h.vendor(ctx, who, a.To); err == nil {
			t, err = h.Tier.HandOver(ctx, who, t.ID, tier.In{HandOver: helpdesk.HandOver{To: helpdesk.VendorTier, Tried: a.Note}, Vendor: v.ID})
		}
	case "vendor.react", "vendor.back":
		var c tier.Case
		if c, err = h.with(ctx, who, a.To, t); err != nil {
			return err
		}
		if a.Act == "vendor.react" {
			_, err = h.Tier.Reacted(ctx, who, c.ID, c.Version, a.Note)
		} else {
			_, err = h.Tier.TakeBack(ctx, who, c.ID, c.Version, tier.Fixed, a.Note)
		}
		if err == nil {
			t, err = h.Desk.Ticket(ctx, who, t.ID)
		}
	case "visit.plan":
		var one access.Actor
		if one, err = h.People.Actor(ctx, a.To); err == nil {
			_, err = h.Tier.Plan(ctx, who, t.ID, one.ID, a.Until)
		}
	}
	h.tickets[a.Key] = t
	return err
}

// vendor is the one of a name.
func (h House) vendor(ctx context.Context, who access.Actor, name string) (tier.Vendor, error) {
	all, err := h.Tier.Vendors(ctx, who)
	for _, v := range all {
		if v.Name == name {
			return v, nil
		}
	}
	return tier.Vendor{}, fmt.Errorf("no vendor %q: %w", name, err)
}

// with is the case that a ticket has with a vendor.
func (h House) with(ctx context.Context, who access.Actor, name string, t helpdesk.Ticket) (tier.Case, error) {
	v, err := h.vendor(ctx, who, name)
	if err != nil {
		return tier.Case{}, err
	}
	cases, err := h.Tier.CasesOf(ctx, who, v.ID, page.Read("", ""))
	for _, c := range cases.Items {
		if c.Ticket == t.ID {
			return c, nil
		}
	}
	return tier.Case{}, fmt.Errorf("%s is not with %q: %w", t.Number(), name, err)
}

// called makes a ticket of the last call that an agent took.
func (h House) called(ctx context.Context, who access.Actor, a act) error {
	last, err := h.Hotline.Journal(ctx, who, hotline.Filter{View: hotline.ViewMine}, page.Read("", "1"))
	if err != nil || len(last.Items) == 0 {
		return fmt.Errorf("no call: %w", err)
	}
	t, err := h.Hotline.MakeTicket(ctx, who, last.Items[0].ID, hotline.Asked{Caller: a.To, Draft: helpdesk.Draft{
		Unit: a.Units[0], Title: a.Title, Body: a.Note, Service: helpdesk.Category(a.Kind), Impact: a.Impact, Urgency: a.Urgency}})
	h.tickets[a.Key] = t
	return err
}
