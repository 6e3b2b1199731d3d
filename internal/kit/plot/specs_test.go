package plot

import (
	"math"
	"time"
)

func ganttSpec(width int) GanttSpec {
	return GanttSpec{
		Frame: frame(width), Head: "Đợt", StateHead: "Tình trạng", FromHead: "Bắt đầu", UntilHead: "Kết thúc", BaseFromHead: "Bắt đầu theo kế hoạch gốc", BaseUntilHead: "Kết thúc theo kế hoạch gốc",
		Tones: []Segment{{Official, "Hoàn thành"}, {Trial, "Đang làm"}, {Preparing, "Chưa bắt đầu"}, {Held, "Tạm dừng"}}, BaseName: "Kế hoạch gốc", MetName: "Mốc đã đạt", OpenName: "Mốc chưa đến",
		Today: day(17), TodayTag: "Hôm nay 10/11",
		Rows: []GanttRow{
			{Label: "Đợt 1: 10 quận nội thành", Href: "/rollout/waves/1", State: "Hoàn thành", Tone: Official, From: day(-30), Until: day(-3), BaseFrom: day(-32), BaseUntil: day(-6)},
			{Label: "Đợt 2: 5 huyện", Href: "/rollout/waves/2", State: "Đang chạy thử", Tone: Trial, From: day(0), Until: day(24), BaseFrom: day(-2), BaseUntil: day(17)},
			{Label: "Đợt 3: Ba Vì, Sóc Sơn", State: "Tạm dừng", Tone: Held, From: day(12), Until: day(16), BaseFrom: day(8), BaseUntil: day(30)},
			{Label: "Đợt 4: các huyện còn lại", State: "Chưa bắt đầu", Tone: Preparing, From: day(30), Until: day(52), BaseFrom: day(28), BaseUntil: day(50)},
			{Label: "Đợt 5", State: "Chưa có lịch"},
		},
		Milestones: []Milestone{{Label: "Khai trương 10 quận", Day: day(-3), Met: true, State: "Đã đạt"}, {Label: "Họp Ban Chỉ đạo", Day: day(2), Met: true}, {Label: "Báo cáo Thủ tướng", Href: "/x", Day: day(31)}},
	}
}

func burnUpSpec(width int) BurnUpSpec {
	s := BurnUpSpec{Frame: frame(width), DateHead: "Ngày", Today: day(17), TodayTag: "Hôm nay", EarlyTag: "Sớm nhất", LikelyTag: "Khả năng nhất", LateTag: "Muộn nhất",
		Done:     line("Đã xong", 18, func(i int) float64 { return math.Round(float64(i*i) / 3) }),
		Plan:     line("Kế hoạch", 31, func(i int) float64 { return float64(i) * 5 }),
		Scope:    Line{Name: "Phạm vi", Dates: []time.Time{day(0), day(9), day(17)}, Values: []float64{139, 150, 150}},
		Forecast: Band{Name: "Dự báo", LowName: "Thấp nhất", HighName: "Cao nhất"}}
	for i := 17; i < 34; i++ {
		s.Forecast.Dates = append(s.Forecast.Dates, day(i))
		s.Forecast.Low, s.Forecast.Mid, s.Forecast.High = append(s.Forecast.Low, 96+float64(i-17)*2), append(s.Forecast.Mid, 96+float64(i-17)*4), append(s.Forecast.High, min(150, 96+float64(i-17)*7))
	}
	return s
}

func agesSpec(width int) AgesSpec {
	return AgesSpec{Frame: frame(width), Head: "Tuổi phiếu", ValueHead: "Số phiếu", LateHead: "Quá hạn", Limit: 30, LimitTag: "Hạn xử lý 30 giờ", Buckets: []Bucket{
		{"Dưới 4 giờ", 4, 42, 0, "/tickets?age=0"}, {"4–8 giờ", 8, 31, 2, ""}, {"8–24 giờ", 24, 25, 5, ""}, {"1–2 ngày", 48, 12, 7, ""}, {"2–7 ngày", 168, 6, 6, ""}, {"Trên 7 ngày", 0, 3, 3, ""}}}
}

func attainSpec(width int) AttainSpec {
	return AttainSpec{Frame: frame(width), Head: "Quận, huyện", ValueHead: "Đúng hạn", TargetHead: "Mục tiêu", GapHead: "Chênh lệch", Unit: "%", Top: 100, TargetName: "Mục tiêu", MetName: "Đạt", MissedName: "Chưa đạt", Rows: []AttainRow{
		{Label: "Gia Lâm", Href: "/rollout/units/018", Value: 96.4, Target: 95}, {Label: "Sóc Sơn", Value: 83.3, Target: 95}, {Label: "Đông Anh", Value: 95, Target: 95}, {Label: "Tỷ lệ phiếu mở lại", Value: 12, Target: 5, LowIsGood: true}, {Label: "Ba Vì", Value: 0, Target: 90}}}
}

func paretoSpec(width int) ParetoSpec {
	s := ParetoSpec{Frame: frame(width), Head: "Nguyên nhân", ValueHead: "Số phiếu", ShareHead: "Tỷ lệ", SumHead: "Lũy kế", Most: 7, OtherLabel: "Còn lại"}
	for i, name := range []string{"Quên mật khẩu", "Đường truyền chập chờn", "Máy quét không nhận", "Lỗi ký số", "Sai biểu mẫu", "Không gửi được tin nhắn", "Trình duyệt cũ", "Mất điện", "Khác", "Chưa rõ"} {
		s.Bars = append(s.Bars, Bar{Label: name, Value: []float64{18, 96, 61, 133, 9, 12, 7, 3, 2, 1}[i]})
	}
	s.Bars[3].Href = "/tickets?q=ky"
	return s
}

func lollipopSpec(width int) LollipopSpec {
	return LollipopSpec{Frame: frame(width), Head: "Dịch vụ", ValueHead: "Đã cung cấp", OfHead: "Tổng", Rows: []Pop{
		{Label: "Cấp đổi giấy phép lái xe", Href: "/services/1", Value: 58, Of: 63}, {Label: "Đăng ký khai sinh", Value: 63, Of: 63}, {Label: "Cấp phiếu lý lịch tư pháp", Value: 14, Of: 63, Tone: Late}, {Label: "Cấp bản sao trích lục hộ tịch", Value: 25, Of: 25}, {Label: "Đăng ký tạm trú", Value: 0, Of: 25}}}
}

func multiplesSpec(width int) MultiplesSpec {
	s := MultiplesSpec{Frame: frame(width), Head: "Quận, huyện", DateHead: "Ngày", Unit: "%", Top: 100}
	for n, d := range districts {
		s.Panels = append(s.Panels, Panel{Label: d.name, Href: "/rollout/units/276",
			Verified: line("Đã kiểm chứng", 18, func(i int) float64 { return math.Round(float64(i*(10-n)) / 2) }),
			Plan:     line("Kế hoạch", 30, func(i int) float64 { return math.Round(float64(i) * 3.4) })})
	}
	s.Panels[7].Verified = Line{}
	return s
}

func targetSpec(width int) ColumnsSpec {
	s := ColumnsSpec{Frame: frame(width), Head: "Tuần", ValueHead: "Đúng hạn", Target: 90, TargetTag: "Mục tiêu 90%", Unit: "%"}
	for i, v := range []float64{71, 78.4, 83.3, 90, 94.2} {
		tone := Late
		if v >= 90 {
			tone = Good
		}
		s.Columns = append(s.Columns, Bar{Label: "Tuần " + string(rune('1'+i)), Value: v, Tone: tone, Href: "/reports/x"})
	}
	return s
}
