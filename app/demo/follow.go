package demo

import (
	"context"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/reports/directive"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/difficulty"
	"lotrinh/rollout/inspection"
	"lotrinh/rollout/returns"
)

// Follow is the rooms by which the city follows its communes.
type Follow struct {
	Returns      *returns.Service
	Difficulties *difficulty.Service
	Inspections  *inspection.Service
}

// watch is something that happens in these rooms at a moment.
type watch struct {
	at time.Time
	do func(context.Context) error
}

// watches are what happens, in the order of its time: the returns of October, of which
// twelve stay away; an inspection of eleven communes, two of them visited; what keeps
// Hoài Đức from going on; what was concluded on 07/11 and what became of it.
func (h House) watches() []watch {
	when := func(month time.Month, day, hour int) time.Time {
		return time.Date(2016, month, day, hour, 0, 0, 0, clock.City)
	}
	var round returns.Round
	var visits []inspection.Visit
	return []watch{
		{when(10, 31, 8), func(ctx context.Context) (err error) {
			round, err = h.Follow.Returns.Open(ctx, access.System("demo"), "monthly", "2016-10")
			return err
		}},
		{when(11, 2, 8), h.rules},
		{when(11, 2, 16), func(ctx context.Context) error { return h.handedIn(ctx, round) }},
		{when(11, 7, 9), func(ctx context.Context) (err error) {
			visits, err = h.inspection(ctx)
			return err
		}},
		{when(11, 7, 17), h.concluded},
		{when(11, 8, 15), func(ctx context.Context) error { return h.inspected(ctx, visits) }},
		{when(11, 8, 16), h.heed("donganh", "017", directive.Report, "24/24 xã, thị trấn đã niêm yết; đài truyền thanh phát hai buổi mỗi ngày từ 08/11.")},
		{when(11, 9, 9), h.heed("leadership", "017", directive.Confirm, "")},
		{when(11, 9, 10), h.difficulty},
		{when(11, 9, 15), h.heed("coordinator", "018", directive.Report, "Cả 06 xã đã tiếp dân tại hội trường từ sáng 09/11 cho đến khi sửa chữa xong.")},
	}
}

// seen lets happen what happens in these rooms up to a moment, and answers with the rest.
func (h House) seen(ctx context.Context, left []watch, until time.Time) ([]watch, error) {
	for len(left) > 0 && !left[0].at.After(until) {
		h.At(left[0].at)
		if err := left[0].do(ctx); err != nil {
			return left, err
		}
		left = left[1:]
	}
	return left, nil
}

// late are communes whose return stays away beside those of every thirty-seventh.
var late = []string{"00556"}

// handedIn hands in the returns of all communes but twelve.
func (h House) handedIn(ctx context.Context, round returns.Round) error {
	house := access.System("demo")
	house.Name = "Bộ phận một cửa"
	var all []returns.Handed
	away := len(late)
	for after := ""; ; {
		some, err := h.Follow.Returns.Sheets(ctx, house, round.ID, returns.Filter{Level: returns.Commune}, page.Read(after, "200"))
		if err != nil {
			return err
		}
		for i, x := range some.Items {
			if slices.Contains(late, x.Unit) {
				continue
			}
			if away < 12 && (len(all)+i)%37 == 36 {
				away++
				continue
			}
			n := len(all) % 9
			all = append(all, returns.Handed{ID: x.ID, Version: x.Version, Answers: ask.Answers{Values: map[string]string{"received": strconv.Itoa(4 + n), "finished": strconv.Itoa(3 + n), "on_time": strconv.Itoa(3 + n/2),
				"tickets": strconv.Itoa(n % 3), "gaps": strconv.Itoa(n % 2), "trained": "4", "accounts": strconv.Itoa(4 - n%2), "one_stop": "yes", "posted": "yes", "mood": []string{"good", "fair", "good"}[n%3]}}})
		}
		if after = some.Next; after == "" {
			break
		}
	}
	_, err := h.Follow.Returns.HandInAll(ctx, house, all...)
	return err
}

// inspection plans a round of eleven communes of Đông Anh.
func (h House) inspection(ctx context.Context) ([]inspection.Visit, error) {
	planner, err := h.People.Actor(ctx, "planner")
	if err != nil {
		return nil, err
	}
	inspector, err := h.People.Actor(ctx, "inspector")
	if err != nil {
		return nil, err
	}
	r, err := h.Follow.Inspections.Plan(ctx, planner, inspection.Form{Title: "Kiểm tra giai đoạn 1 tại huyện Đông Anh", Programme: Programme, Team: []ident.ID{inspector.ID, planner.ID}})
	if err != nil {
		return nil, err
	}
	tree, err := h.Units.On(ctx, "2016-11-07")
	if err != nil {
		return nil, err
	}
	var units []string
	for _, u := range tree.Communes("017")[:11] {
		units = append(units, u.Code)
	}
	var out []inspection.Visit
	for i, day := range []string{"2016-11-08", "2016-11-10", "2016-11-11"} {
		rows, err := h.Follow.Inspections.AddVisits(ctx, planner, r.ID, day, units[[]int{0, 2, 7}[i]:[]int{2, 7, 11}[i]])
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// inspected hands in what was found in the first two: in the second a book that does not agree.
func (h House) inspected(ctx context.Context, visits []inspection.Visit) error {
	inspector, err := h.People.Actor(ctx, "inspector")
	if err != nil {
		return err
	}
	for i, v := range visits[:2] {
		r := inspection.Record{ID: v.ID, Notes: map[string]string{},
			Answers: ask.Answers{Values: map[string]string{"one_stop": "yes", "posted": "yes", "loudspeaker": "yes", "equipment": "yes", "books": "yes", "dossiers": strconv.Itoa(6 + i), "waits": "short"}}}
		if i == 1 {
			r.Answers.Values["books"], r.Notes["books"] = "no", "Sổ đăng ký khai sinh thiếu hai số so với phần mềm"
		}
		v, err := h.Follow.Inspections.HandIn(ctx, inspector, v.ID, r, nil)
		if err != nil {
			return err
		}
		if _, err := h.Follow.Inspections.Sign(ctx, inspector, v.ID, v.Version, "Nguyễn Văn Hậu", "Phó Chủ tịch UBND xã", nil); err != nil {
			return err
		}
	}
	return nil
}

// difficulty writes down what keeps Hoài Đức from going on.
func (h House) difficulty(ctx context.Context) error {
	her, err := h.People.Actor(ctx, "hoaiduc")
	if err != nil {
		return err
	}
	_, err = h.Follow.Difficulties.Raise(ctx, her, difficulty.Form{Unit: "274", Title: "Hai xã chưa có máy quét, phải chuyển hồ sơ lên huyện quét hộ",
		Cause: "Kinh phí mua sắm năm 2016 đã phân bổ hết; máy cũ của hai xã hỏng không sửa được.", Proposal: "Thành phố điều chuyển hai máy quét từ các quận đã thừa, huyện bố trí xe nhận."})
	return err
}
