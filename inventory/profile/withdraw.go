package profile

import (
	"strconv"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/profile/views"
)

// WithdrawIn is from which day on a profile is asked for no more, and why.
type WithdrawIn struct {
	Day  string `json:"day" doc:"tomorrow or later, 2016-12-01"`
	Said string `json:"said" doc:"why"`
}

// stateOf is how a version stands, for a badge.
func (p *pages) stateOf(t i18n.T, v inventory.Profile) ui.State {
	switch {
	case v.State == inventory.Drafted:
		return ui.State{Tone: ui.Prepare, Word: t.Say("profile.state.draft")}
	case v.EndsAt.IsZero():
		return ui.State{Tone: ui.Good, Word: t.Say("profile.state.published")}
	case v.InForce(p.Now()):
		return ui.State{Tone: ui.Warn, Word: t.Say("profile.state.ending", "day", t.Day(v.EndsAt))}
	}
	return ui.State{Tone: ui.Neutral, Word: t.Say("profile.state.ended")}
}

// ending puts the form to withdraw a version on its page.
func (p *pages) ending(c *httpx.Ctx, v inventory.Profile, e ui.Errors, out *views.VersionView) {
	t := c.T
	_, tomorrow := clock.Day(p.Now())
	out.HeadTitle = t.Say("profile.ends")
	out.Head = &ui.FormData{Action: href(v) + "/withdraw", Errors: e, Submit: t.Say("profile.ends.submit"), Danger: true,
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(v.Version, 10)}},
		Fields: []ui.Field{
			{Kind: ui.Date, Name: "day", Label: t.Say("profile.ends.day"), Hint: t.Say("profile.ends.day_hint"), Value: c.FormValue("day"), Min: clock.Date(tomorrow), Required: true, Narrow: true, Error: e.Of("day")},
			{Kind: ui.Area, Name: "said", Label: t.Say("profile.ends.said"), Value: c.FormValue("said"), Rows: 2, Max: 1000, Required: true, Error: e.Of("said")},
		}}
}

func (p *pages) withdraw(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	ended, err := p.Withdraw(c.Std(), c.Who, v.ID, c.Version(), inventory.Withdrawal{Day: c.FormValue("day"), Said: c.FormValue("said")})
	if err != nil {
		if nerr := c.Who.Need(inventory.Publish); nerr != nil {
			return nerr
		}
		return p.version(c, v, d, err)
	}
	site.Flash(c, ui.Info, c.T.Say("profile.ends.done", "title", v.Title(c.T), "day", c.T.Day(ended.EndsAt)))
	return c.See(href(v))
}

func (s *Service) apiWithdraw(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := s.ProfileByID(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[WithdrawIn](c)
	if err != nil {
		return err
	}
	n, err := asSeen(c, v)
	if err != nil {
		return err
	}
	if v, err = s.Withdraw(c.Std(), c.Who, id, n, inventory.Withdrawal{Day: in.Day, Said: in.Said}); err != nil {
		return httpx.Stale(err)
	}
	out, err := profileJSON(v)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, v.Version, out)
}
