package demo

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/reports/alert"
	"lotrinh/reports/directive"
)

// Heed is the rooms in which people act on what reports say.
type Heed struct {
	Directives *directive.Service
	Alerts     *alert.Service
}

// heeded are the conclusions of the meeting of 07/11/2016 by who carries them out: one done
// and confirmed, one reported, one late on the morning of 10/11, one still open.
var heeded = map[string]directive.Row{
	"donganh":     {Unit: "017", Post: string(org.DistrictCoordinator), Due: "2016-11-09", Text: "UBND huyện Đông Anh chỉ đạo các xã, thị trấn niêm yết thủ tục và phát thanh về việc tiếp nhận hồ sơ trực tuyến."},
	"coordinator": {Unit: "018", Post: string(org.DistrictCoordinator), Due: "2016-11-11", Text: "UBND huyện Gia Lâm bố trí nơi tiếp dân tạm thời tại 06 xã đang sửa chữa bộ phận một cửa, không để gián đoạn việc tiếp nhận hồ sơ."},
	"socson":      {Unit: "016", Post: string(org.DistrictCoordinator), Due: "2016-11-09", Text: "UBND huyện Sóc Sơn mượn hoặc điều chuyển máy quét cho 04 xã còn thiếu trước ngày triển khai chính thức."},
	"focal":       {Unit: "01", Post: string(org.FocalPoint), Due: "2016-11-15", Text: "Sở Thông tin và Truyền thông rà soát đường truyền của các xã ngoại thành, trình phương án nâng cấp những nơi chưa đạt."},
}

// concluded writes the conclusions down, in one document.
func (h House) concluded(ctx context.Context) error {
	leader, err := h.People.Actor(ctx, "leadership")
	if err != nil {
		return err
	}
	var rows []directive.Row
	for _, login := range []string{"donganh", "coordinator", "socson", "focal"} {
		r := heeded[login]
		r.Login = login
		rows = append(rows, r)
	}
	_, err = h.Directives.Write(ctx, leader, directive.Head{DocNo: "215/TB-UBND", DocDay: "2016-11-07", ConcludedBy: "Phó Chủ tịch UBND Thành phố",
		Meeting: "Giao ban tiến độ triển khai Kế hoạch 198/KH-UBND", MeetingDay: "2016-11-07"}, rows)
	return err
}

// heed lets somebody do an act with the one conclusion of a unit.
func (h House) heed(login, unit string, act directive.Act, said string) func(context.Context) error {
	return func(ctx context.Context) error {
		who, err := h.People.Actor(ctx, login)
		if err != nil {
			return err
		}
		d, err := h.given(ctx, who, unit)
		if err != nil {
			return err
		}
		_, err = h.Directives.Do(ctx, who, d.ID, d.Version, directive.Doing{Act: act, Said: said})
		return err
	}
}

func (h House) given(ctx context.Context, who access.Actor, unit string) (directive.Directive, error) {
	all, err := h.Directives.List(ctx, who, directive.Filter{Unit: unit}, page.Request{Limit: 1})
	if err != nil || len(all.Items) == 0 {
		return directive.Directive{}, cmp.Or(err, fmt.Errorf("nothing was concluded of %s", unit))
	}
	return all.Items[0], nil
}

// rules are what the planner wants to be told of beside the rule that ships.
func (h House) rules(ctx context.Context) error {
	planner, err := h.People.Actor(ctx, "planner")
	if err != nil {
		return err
	}
	for _, f := range []alert.Form{
		{Name: "Địa bàn còn thiếu từ 3 thiết bị trở lên", Metric: "gaps.open", Threshold: "2", Roles: []string{string(org.Planner), string(org.DistrictCoordinator)}},
		{Name: "Trên 3 phiếu hỗ trợ quá hạn", Metric: "tickets.late", Threshold: "3", Clear: "1", Roles: []string{string(org.SupportLead), string(org.DistrictCoordinator)}},
		{Name: "Dưới 80% đường truyền đạt yêu cầu", Metric: "lines.share", Threshold: "80", Clear: "85", MinOf: "3", Roles: []string{string(org.Planner), string(org.DistrictCoordinator)}},
	} {
		f.Reach, f.Span, f.Compare, f.Severity, f.Enabled = string(alert.Districts), "days", "above", string(alert.Warning), true
		if f.Metric == "lines.share" {
			f.Compare = "below"
		}
		if _, err := h.Alerts.AddRule(ctx, planner, f); err != nil {
			return err
		}
	}
	return nil
}

// Warn lets the rules see the ends of the days that the store of metrics knows by now: Thanh
// Trì is short of three things from 03/11, and of two since its scanner came on 07/11.
func Warn(ctx context.Context, h House) error {
	for _, at := range []time.Time{
		time.Date(2016, 11, 2, 17, 30, 0, 0, clock.City), time.Date(2016, 11, 3, 17, 30, 0, 0, clock.City),
		time.Date(2016, 11, 7, 17, 30, 0, 0, clock.City), time.Date(2016, 11, 10, 7, 45, 0, 0, clock.City),
	} {
		h.At(at)
		if _, err := h.Alerts.Check(ctx); err != nil {
			return err
		}
	}
	return h.Settle(ctx)
}
