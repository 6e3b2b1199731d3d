package profile

import (
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// JSON is a version of a profile as the API shows it.
type JSON struct {
	ID          ident.ID `json:"id"`
	Revision    int64    `json:"revision"`
	State       string   `json:"state" doc:"draft or published"`
	PublishedAt string   `json:"published_at,omitempty"`
	EndsAt      string   `json:"ends_at,omitempty" doc:"from when on it is asked for no more"`
	inventory.ProfileDraft
	Version int64 `json:"version"`
}

// ShiftJSON is a commune whose answer would be another.
type ShiftJSON struct {
	Unit   string            `json:"unit"`
	Before readiness.Verdict `json:"before"`
	After  readiness.Verdict `json:"after"`
	Why    string            `json:"why,omitempty"`
}

// EffectJSON is what publishing a draft would change.
type EffectJSON struct {
	Units  int                       `json:"units"`
	Before map[readiness.Verdict]int `json:"before"`
	After  map[readiness.Verdict]int `json:"after"`
	Moved  []ShiftJSON               `json:"moved"`
}

// PublishedJSON is a profile just published, and the run that judges every commune by it.
type PublishedJSON struct {
	Profile JSON     `json:"profile"`
	Run     ident.ID `json:"run"`
}

// WaiverJSON is a waiver as the API shows it.
type WaiverJSON struct {
	ID      ident.ID   `json:"id"`
	Unit    string     `json:"unit"`
	Line    string     `json:"line" doc:"profile/line"`
	Reason  string     `json:"reason"`
	From    time.Time  `json:"from"`
	Until   time.Time  `json:"until"`
	Signer  string     `json:"signer"`
	Ended   *time.Time `json:"ended"`
	Version int64      `json:"version"`
}

// WaiverIn excuses a commune; the actor signs.
type WaiverIn struct {
	Line   string `json:"line" doc:"profile/line"`
	Until  string `json:"until" doc:"the last day, 2016-12-31"`
	Reason string `json:"reason"`
}

// SiteJSON is a figure of a commune.
type SiteJSON struct {
	Name       string           `json:"name" doc:"staff_counter, staff_handling, staff_signing, population or procedures_day"`
	Value      string           `json:"value"`
	Source     readiness.Source `json:"source"`
	ObservedAt time.Time        `json:"observed_at"`
	Observer   string           `json:"observer"`
	Said       string           `json:"said"`
}

// SiteIn tells a figure of a commune.
type SiteIn struct {
	Name  string `json:"name" doc:"staff_counter, staff_handling, staff_signing, population or procedures_day"`
	Value string `json:"value"`
	Day   string `json:"day,omitempty" doc:"2016-11-10; today without it"`
	Said  string `json:"said,omitempty" doc:"where the figure is from"`
	Seen  bool   `json:"seen,omitempty" doc:"counted on the spot by an inspector"`
}

// TallyJSON is how the communes of a unit stand.
type TallyJSON struct {
	Unit     string                    `json:"unit" doc:"a district, or empty for all within reach"`
	Communes int                       `json:"communes"`
	Count    map[readiness.Verdict]int `json:"count"`
	Assets   int64                     `json:"assets"`
	Gaps     int64                     `json:"gaps"`
}

// DayJSON is how a unit stood at the end of a day.
type DayJSON struct {
	Day     string `json:"day"`
	Met     int64  `json:"met"`
	Waived  int64  `json:"waived"`
	Unknown int64  `json:"unknown"`
	Unmet   int64  `json:"unmet"`
	Assets  int64  `json:"assets"`
	Gaps    int64  `json:"gaps"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "inventory"
	const base = "/api/v1/inventory/"
	r.API(httpx.Op{Method: "GET", Path: base + "profiles", ID: "listProfiles", Tag: tag, Summary: "Every version of every requirement profile", Out: httpx.List[JSON]{}}, s.apiList)
	r.API(httpx.Op{Method: "POST", Path: base + "profiles", ID: "draftProfile", Tag: tag, Summary: "Begin a draft: a new profile, or the next version of one",
		In: inventory.ProfileDraft{}, Out: JSON{}, Status: 201, Creates: true}, s.apiDraft)
	r.API(httpx.Op{Method: "GET", Path: base + "profiles/:id", ID: "getProfile", Tag: tag, Summary: "One version", Out: JSON{}}, s.apiOne)
	r.API(httpx.Op{Method: "PUT", Path: base + "profiles/:id", ID: "changeProfile", Tag: tag, Summary: "Change a draft", In: inventory.ProfileDraft{}, Out: JSON{}, Changes: true}, s.apiChange)
	r.API(httpx.Op{Method: "GET", Path: base + "profiles/:id/effect", ID: "getProfileEffect", Tag: tag, Summary: "Which communes get another answer if this is published", Out: EffectJSON{}}, s.apiEffect)
	r.API(httpx.Op{Method: "POST", Path: base + "profiles/:id/publish", ID: "publishProfile", Tag: tag, Summary: "Publish a draft; a run judges every commune by it",
		Out: PublishedJSON{}, Changes: true}, s.apiPublish)
	r.API(httpx.Op{Method: "POST", Path: base + "profiles/:id/withdraw", ID: "withdrawProfile", Tag: tag, Summary: "Ask for a published profile no more from a day on",
		In: WithdrawIn{}, Out: JSON{}, Changes: true}, s.apiWithdraw)
	r.API(httpx.Op{Method: "GET", Path: base + "units/:unit/waivers", ID: "listRequirementWaivers", Tag: tag, Summary: "What a commune is or was excused from", Out: httpx.List[WaiverJSON]{}}, s.apiWaivers)
	r.API(httpx.Op{Method: "POST", Path: base + "units/:unit/waivers", ID: "waiveRequirement", Tag: tag, Summary: "Excuse a commune from a line of a profile",
		In: WaiverIn{}, Out: WaiverJSON{}, Status: 201, Creates: true}, s.apiWaive)
	r.API(httpx.Op{Method: "GET", Path: base + "units/:unit/site", ID: "getSite", Tag: tag, Summary: "The figures of a commune that quantities follow", Out: httpx.List[SiteJSON]{}}, s.apiSite)
	r.API(httpx.Op{Method: "POST", Path: base + "units/:unit/site", ID: "tellSite", Tag: tag, Summary: "Tell a figure of a commune", In: SiteIn{}, Out: httpx.List[SiteJSON]{}, Creates: true}, s.apiTell)
	r.API(httpx.Op{Method: "GET", Path: base + "standing", ID: "getStanding", Tag: tag, Summary: "Communes by answer, all within reach first, then by district", Out: httpx.List[TallyJSON]{}}, s.apiStanding)
	r.API(httpx.Op{Method: "GET", Path: base + "units/:unit/days", ID: "getStandingDays", Tag: tag, Summary: "How a commune, a district or the city stood at the end of each day",
		Query: []httpx.Param{{Name: "since", Doc: "first day, 2016-11-01; 180 days ago without it"}}, Out: httpx.List[DayJSON]{}}, s.apiDays)
}

func profileJSON(v inventory.Profile) (JSON, error) {
	d, err := v.Draft()
	if d.Lines == nil {
		d.Lines = []readiness.Line{}
	}
	out := JSON{ID: v.ID, Revision: v.Revision, State: v.State, ProfileDraft: d, Version: v.Version}
	if !v.PublishedAt.IsZero() {
		out.PublishedAt = v.PublishedAt.Format(time.RFC3339)
	}
	if !v.EndsAt.IsZero() {
		out.EndsAt = v.EndsAt.Format(time.RFC3339)
	}
	return out, err
}

func (s *Service) apiList(c *httpx.Ctx) error {
	all, err := s.AllProfiles(c.Std(), c.Who)
	if err != nil {
		return err
	}
	out := httpx.List[JSON]{Items: []JSON{}}
	for _, v := range all {
		one, err := profileJSON(v)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, one)
	}
	return c.Reply(0, out)
}

func (s *Service) apiDraft(c *httpx.Ctx) error {
	d, err := httpx.ReadJSON[inventory.ProfileDraft](c)
	if err != nil {
		return err
	}
	v, err := s.DraftProfile(c.Std(), c.Who, d)
	if err != nil {
		return err
	}
	out, err := profileJSON(v)
	if err != nil {
		return err
	}
	return c.Created("/api/v1/inventory/profiles/"+string(v.ID), v.Version, out)
}

func (s *Service) version(c *httpx.Ctx) (inventory.Profile, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return inventory.Profile{}, err
	}
	return s.ProfileByID(c.Std(), c.Who, id)
}

func (s *Service) replyVersion(c *httpx.Ctx, v inventory.Profile) error {
	out, err := profileJSON(v)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, v.Version, out)
}

func (s *Service) apiOne(c *httpx.Ctx) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	return s.replyVersion(c, v)
}

func (s *Service) apiChange(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	v, err := s.version(c)
	if err != nil {
		return err
	}
	if _, err := c.IfMatch(); err != nil {
		return err
	}
	d, err := httpx.ReadJSON[inventory.ProfileDraft](c)
	if err != nil {
		return err
	}
	n, err := asSeen(c, v)
	if err != nil {
		return err
	}
	if v, err = s.SaveDraft(c.Std(), c.Who, v.ID, n, d); err != nil {
		return httpx.Stale(err)
	}
	return s.replyVersion(c, v)
}

// asSeen is the version that the caller knows, which must be the one that there is.
func asSeen(c *httpx.Ctx, v inventory.Profile) (int64, error) {
	n, err := c.IfMatch()
	if err == nil && n != v.Version {
		err = fault.New(fault.Precondition, "fault.precondition")
	}
	return n, err
}

func (s *Service) apiEffect(c *httpx.Ctx) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	e, err := s.Effect(c.Std(), c.Who, v.ID)
	if err != nil {
		return err
	}
	out := EffectJSON{Units: e.Units, Before: e.Before, After: e.After, Moved: []ShiftJSON{}}
	for _, m := range e.Moved {
		one := ShiftJSON{Unit: m.Unit, Before: m.Before, After: m.After}
		if m.Because.Text.Key != "" {
			one.Why = c.T.Line(m.Because.Text)
		}
		out.Moved = append(out.Moved, one)
	}
	return c.Reply(0, out)
}

func (s *Service) apiPublish(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	v, err := s.version(c)
	if err != nil {
		return err
	}
	n, err := asSeen(c, v)
	if err != nil {
		return err
	}
	v, run, err := s.PublishDraft(c.Std(), c.Who, v.ID, n)
	if err != nil {
		return httpx.Stale(err)
	}
	out, err := profileJSON(v)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, v.Version, PublishedJSON{out, run})
}

func waiverJSON(w inventory.Waiver) WaiverJSON {
	out := WaiverJSON{ID: w.ID, Unit: w.Unit, Line: w.Profile + "/" + w.Line, Reason: w.Reason, From: w.FromAt, Until: w.UntilAt, Signer: w.SignerName, Version: w.Version}
	if !w.EndedAt.IsZero() {
		out.Ended = &w.EndedAt
	}
	return out
}

func (s *Service) apiWaivers(c *httpx.Ctx) error {
	all, err := s.Waivers(c.Std(), c.Who, c.Params("unit"))
	if err != nil {
		return err
	}
	out := httpx.List[WaiverJSON]{Items: []WaiverJSON{}}
	for _, w := range all {
		out.Items = append(out.Items, waiverJSON(w))
	}
	return c.Reply(0, out)
}

func (s *Service) apiWaive(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[WaiverIn](c)
	if err != nil {
		return err
	}
	unit := c.Params("unit")
	w, err := s.Excuse(c.Std(), c.Who, unit, inventory.WaiverForm{Line: in.Line, Until: in.Until, Reason: in.Reason})
	if err != nil {
		return err
	}
	return c.Created("/api/v1/inventory/units/"+unit+"/waivers", w.Version, waiverJSON(w))
}

func (s *Service) apiSite(c *httpx.Ctx) error {
	all, err := s.Site(c.Std(), c.Who, c.Params("unit"))
	if err != nil {
		return err
	}
	out := httpx.List[SiteJSON]{Items: []SiteJSON{}}
	for _, f := range all {
		out.Items = append(out.Items, SiteJSON{Name: f.Name, Value: f.Value, Source: f.Source, ObservedAt: f.ObservedAt, Observer: f.ObserverName, Said: f.Said})
	}
	return c.Reply(0, out)
}

func (s *Service) apiTell(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[SiteIn](c)
	if err != nil {
		return err
	}
	if err := s.SetSite(c.Std(), c.Who, c.Params("unit"), inventory.SiteForm{Name: in.Name, Value: in.Value, Day: in.Day, Said: in.Said, Seen: in.Seen}); err != nil {
		return err
	}
	return s.apiSite(c)
}

func tallyJSON(unit string, y inventory.Tally) TallyJSON {
	out := TallyJSON{Unit: unit, Communes: y.Communes, Count: map[readiness.Verdict]int{}, Assets: y.Assets, Gaps: y.Gaps}
	for _, v := range readiness.Verdicts {
		out.Count[v] = y.Count[v]
	}
	return out
}

func (s *Service) apiStanding(c *httpx.Ctx) error {
	roll, err := s.Roll(c.Std(), c.Who)
	if err != nil {
		return err
	}
	out := httpx.List[TallyJSON]{Items: []TallyJSON{tallyJSON("", roll.All)}}
	for _, d := range roll.Districts {
		out.Items = append(out.Items, tallyJSON(d.District.Code, d.Tally))
	}
	return c.Reply(0, out)
}

func (s *Service) apiDays(c *httpx.Ctx) error {
	since := c.Query("since")
	if since == "" {
		since = clock.Date(s.Now().AddDate(0, 0, -180))
	}
	all, err := s.Days(c.Std(), c.Who, c.Params("unit"), since)
	if err != nil {
		return err
	}
	out := httpx.List[DayJSON]{Items: []DayJSON{}}
	for _, d := range all {
		out.Items = append(out.Items, DayJSON{Day: d.Day, Met: d.Met, Waived: d.Waived, Unknown: d.Unknown, Unmet: d.Unmet, Assets: d.Assets, Gaps: d.Gaps})
	}
	return c.Reply(0, out)
}
