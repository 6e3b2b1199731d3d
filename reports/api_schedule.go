package reports

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/delta"
)

// ScheduleOut is a schedule as the API shows it.
type ScheduleOut struct {
	ID           string    `json:"id"`
	Definition   string    `json:"definition"`
	Programme    string    `json:"programme"`
	Cut          string    `json:"cut"`
	Spec         string    `json:"spec" doc:"five fields of cron, in the time of the zone"`
	Zone         string    `json:"zone" doc:"name of the IANA list; periods are cut in Hanoi time whatever it is"`
	Shift        Shift     `json:"shift" doc:"what becomes of days off: empty stays, next, previous"`
	SkipHolidays bool      `json:"skip_holidays"`
	Enabled      bool      `json:"enabled"`
	CatchUp      int64     `json:"catch_up" doc:"how many missed periods are made up"`
	NextRun      time.Time `json:"next_run"`
	Coming       []SlotOut `json:"coming"`
	Version      int64     `json:"version"`
}

// SlotOut is one coming moment of a schedule.
type SlotOut struct {
	At      time.Time `json:"at" doc:"when it runs"`
	Nominal time.Time `json:"nominal" doc:"when the expression says"`
	Period  Period    `json:"period"`
	Skipped bool      `json:"skipped,omitempty"`
	Holiday string    `json:"holiday,omitempty"`
}

// ScheduleIn changes a schedule.
type ScheduleIn struct {
	Spec         string `json:"spec"`
	Zone         string `json:"zone,omitempty" doc:"Asia/Ho_Chi_Minh when absent"`
	Shift        Shift  `json:"shift,omitempty"`
	SkipHolidays bool   `json:"skip_holidays,omitempty"`
	Enabled      bool   `json:"enabled"`
	CatchUp      int64  `json:"catch_up"`
}

// ScheduleNew adds a schedule.
type ScheduleNew struct {
	Definition string `json:"definition"`
	Programme  string `json:"programme"`
	Cut        string `json:"cut"`
	ScheduleIn
}

func (i ScheduleIn) form() ScheduleForm {
	return ScheduleForm{Spec: i.Spec, Zone: i.Zone, Shift: i.Shift, SkipHolidays: i.SkipHolidays, Enabled: i.Enabled, CatchUp: strconv.FormatInt(i.CatchUp, 10)}
}

// EditionOut is one edition of a report as the API shows it.
type EditionOut struct {
	Edition  int64          `json:"edition"`
	ReadAt   time.Time      `json:"read_at"`
	Hash     string         `json:"hash"`
	Replaces string         `json:"replaces,omitempty" doc:"hash of the edition before"`
	Reason   string         `json:"reason,omitempty"`
	By       string         `json:"by,omitempty"`
	Changes  []delta.Change `json:"changes" doc:"what differs from the edition before"`
	PDF      string         `json:"pdf"`
	XLSX     string         `json:"xlsx"`
}

// EditionIn asks for another edition.
type EditionIn struct {
	Reason string `json:"reason"`
}

func (s *Service) apiMore(r *httpx.Router, tag string) {
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/reports/runs/:id/cancel", ID: "cancelReportRun", Tag: tag, Summary: "Cancel a report that waits or is being made",
		Out: RunOut{}}, s.apiCancel)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/runs/:id/editions", ID: "listReportEditions", Tag: tag, Summary: "The editions of a report with their differences, latest first",
		Out: httpx.List[EditionOut]{}}, s.apiEditions)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/reports/runs/:id/editions", ID: "reissueReport", Tag: tag, Summary: "Read the figures of a report's period anew and make another edition",
		In: EditionIn{}, Out: RunOut{}, Status: 202, Creates: true}, s.apiReissue)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/schedules", ID: "listReportSchedules", Tag: tag, Summary: "Schedules",
		Out: httpx.List[ScheduleOut]{}}, s.apiSchedules)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/reports/schedules", ID: "addReportSchedule", Tag: tag, Summary: "Make a report come round",
		In: ScheduleNew{}, Out: ScheduleOut{}, Status: 201, Creates: true}, s.apiAdd)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/schedules/:id", ID: "getReportSchedule", Tag: tag, Summary: "One schedule",
		Out: ScheduleOut{}}, s.apiSchedule)
	r.API(httpx.Op{Method: "PUT", Path: "/api/v1/reports/schedules/:id", ID: "changeReportSchedule", Tag: tag, Summary: "Change a schedule",
		In: ScheduleIn{}, Out: ScheduleOut{}, Changes: true}, s.apiChange)
}

func (s *Service) apiCancel(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.Cancel(c.Std(), c.Who, id); err != nil {
		return err
	}
	return s.apiRun(c)
}

func (s *Service) apiEditions(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	all, err := s.editionsWith(c.Std(), c.Who, id, "body")
	if err != nil {
		return err
	}
	out := httpx.List[EditionOut]{Items: []EditionOut{}}
	for _, sn := range all {
		e := EditionOut{Edition: sn.Edition, ReadAt: sn.ReadAt.UTC(), Hash: sn.Hash, Replaces: sn.Replaces, Reason: sn.Reason, By: sn.ByName}
		if err := json.Unmarshal([]byte(sn.Changes), &e.Changes); err != nil {
			return err
		}
		href, query := "/reports/runs/"+string(id), "?edition="+strconv.FormatInt(sn.Edition, 10)
		e.PDF, e.XLSX = href+"/report.pdf"+query, href+"/report.xlsx"+query
		out.Items = append(out.Items, e)
	}
	return c.Reply(0, out)
}

func (s *Service) apiReissue(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[EditionIn](c)
	if err != nil {
		return err
	}
	if err := s.Reissue(c.Std(), c.Who, id, in.Reason); err != nil {
		return err
	}
	r, err := s.RunOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return c.Reply(202, runOut(c, r))
}

// scheduleOuts are schedules with their coming moments, read in a constant number of
// queries.
func (s *Service) scheduleOuts(ctx context.Context, all ...Schedule) ([]ScheduleOut, error) {
	timings, err := s.timings(ctx, all)
	if err != nil {
		return nil, err
	}
	outs, now := []ScheduleOut{}, s.business.Now()
	for i, sc := range all {
		o := ScheduleOut{ID: string(sc.ID), Definition: sc.Definition, Programme: sc.Programme, Cut: sc.Cut, Spec: sc.Spec, Zone: sc.Zone, Shift: sc.Shift,
			SkipHolidays: sc.SkipHolidays, Enabled: sc.Enabled, CatchUp: sc.CatchUp, NextRun: sc.NextRun.UTC(), Coming: []SlotOut{}, Version: sc.Version}
		if spec, err := sc.parsed(); err == nil && sc.Enabled {
			for _, v := range timings[i].preview(sc, spec, now, previewed) {
				o.Coming = append(o.Coming, SlotOut{At: v.At, Nominal: v.Nominal, Period: v.Period, Skipped: v.Skipped, Holiday: v.Holiday})
			}
		}
		outs = append(outs, o)
	}
	return outs, nil
}

func (s *Service) apiSchedules(c *httpx.Ctx) error {
	all, err := s.Schedules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	outs, err := s.scheduleOuts(c.Std(), all...)
	if err != nil {
		return err
	}
	return c.Reply(0, httpx.List[ScheduleOut]{Items: outs})
}

func (s *Service) apiSchedule(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	sc, err := s.Schedule(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	outs, err := s.scheduleOuts(c.Std(), sc)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, sc.Version, outs[0])
}

func (s *Service) apiAdd(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[ScheduleNew](c)
	if err != nil {
		return err
	}
	f := in.form()
	f.Definition, f.Programme, f.Cut = in.Definition, in.Programme, in.Cut
	sc, err := s.AddSchedule(c.Std(), c.Who, f)
	if err != nil {
		return err
	}
	outs, err := s.scheduleOuts(c.Std(), sc)
	if err != nil {
		return err
	}
	return c.Created("/api/v1/reports/schedules/"+string(sc.ID), sc.Version, outs[0])
}

func (s *Service) apiChange(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[ScheduleIn](c)
	if err != nil {
		return err
	}
	sc, err := s.ChangeSchedule(c.Std(), c.Who, id, version, in.form())
	if err != nil {
		return httpx.Stale(err)
	}
	outs, err := s.scheduleOuts(c.Std(), sc)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, sc.Version, outs[0])
}
