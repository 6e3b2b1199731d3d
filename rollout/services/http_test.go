package services

import (
	"context"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/rollout"
)

// badges lets a session be anybody by name.
type badges map[string]access.Actor

func (b badges) BySession(_ context.Context, token string) (access.Actor, error) {
	return b[token], nil
}

func (b badges) ByBearer(_ context.Context, token string) (access.Actor, error) { return b[token], nil }

type desk struct {
	*house
	server *httpx.Server
}

// ask wants a status and words in the body, and no sentence that is not written; it
// answers with the address that a redirect leads to, or the body.
func (d *desk) ask(method, path string, form url.Values, who string, status int, words ...string) string {
	d.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", "lotrinh_session="+who)
	res, err := d.server.App().Test(r, -1)
	d.ok(err)
	raw, err := io.ReadAll(res.Body)
	d.ok(err)
	d.ok(res.Body.Close())
	text := string(raw)
	if res.StatusCode != status {
		d.t.Fatalf("%s %s as %s: %d, want %d\n%.800s", method, path, who, res.StatusCode, status, text)
	}
	if i := strings.Index(text, "⟦"); i >= 0 {
		d.t.Errorf("%s: unwritten %.60s", path, text[i:])
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			d.t.Errorf("%s as %s lacks %q", path, who, w)
		}
	}
	if to := res.Header.Get("Location"); to != "" {
		return to
	}
	return text
}

func TestPagesOfServices(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	words, err := i18n.Load(site.Locale, org.Locale, kit.Locale, importer.Locale, rollout.Locale, Locale)
	h.ok(err)
	s := httpx.New(httpx.Config{Identity: badges{"planner": h.planner, "focal": h.focal, "her": h.her, "auditor": h.auditor}, Catalog: words, DB: h.DB, Clock: clock.System{}})
	frame := &site.Site{Business: h.at}
	frame.Routes(s.Router)
	h.Routes(s.Router, frame)
	k := &desk{h, s}
	k.ask("GET", home, nil, "auditor", 200, "Sở Y tế", "0 trên 102 thủ tục", "0/42 thủ tục đã có tên", "31/12/2016", "<svg")
	k.ask("GET", home+"/departments/S05", nil, "auditor", 200, "S05-42 – chưa có tên")
	k.ask("GET", home+"/departments/S77", nil, "auditor", 404)
	focal := url.Values{"lead": {"S05"}, "account": {string(h.focal.ID)}, "from": {"hôm nay"}}
	k.ask("POST", home+"/focal", focal, "her", 403)
	k.ask("POST", home+"/focal", focal, "planner", 422, "Sở Y tế")
	focal.Set("from", "2016-11-01")
	k.ask("GET", k.ask("POST", home+"/focal", focal, "planner", 303), nil, "auditor", 200, "Nguyễn Thị focal_point", "từ 01/11/2016")
	h.commit(NameImport, "Sở,Tên thủ tục\nSở Y tế,Cấp chứng chỉ hành nghề dược\n")
	i := h.key("S05-01")
	one := home + "/items/" + string(i.ID)
	k.ask("GET", one, nil, "auditor", 200, "Cấp chứng chỉ hành nghề dược", "Chưa có tệp nào")
	step := url.Values{"to": {"submitted"}, "version": {"2"}}
	k.ask("POST", one+"/step", step, "auditor", 403)
	k.ask("POST", one+"/step", step, "focal", 422, "Chưa có biểu mẫu", "Chưa có quy trình")
	h.papers(i.ID, Papers...)
	k.ask("GET", k.ask("POST", one+"/step", step, "focal", 303), nil, "auditor", 200, "Đã gửi hồ sơ", "Từ “Chưa gửi” sang “Đã gửi hồ sơ”")
	of, err := h.Item(t.Context(), h.auditor, i.ID)
	h.ok(err)
	k.ask("GET", one+"/papers/"+string(of.Files[FormPaper][0].ID), nil, "auditor", 200, "%PDF")
	k.ask("GET", home+"/items/"+string(h.key("S05-02").ID)+"/papers/"+string(of.Files[FormPaper][0].ID), nil, "auditor", 404)
	k.ask("GET", home+"/matrix", nil, "auditor", 200, "168/584", "Quận Long Biên", "Thí điểm", "10/11/2016")
	k.ask("GET", home+"/matrix?level=district&day=2016-11-01", nil, "auditor", 200, "01/11/2016", "Chưa gửi")
	k.ask("GET", home+"/matrix?district=018", nil, "her", 200, "Đặng Xá", "/units/00556")
	unit := home + "/units/00556"
	k.ask("GET", unit, nil, "her", 200, "theo tiến độ của chương trình", "XA-2")
	k.ask("GET", unit, nil, "auditor", 403)
	fill := url.Values{"XA-2": {"tested"}, "was-XA-2": {"waiting"}}
	k.ask("POST", unit, fill, "her", 303)
	k.ask("POST", unit, fill, "her", 409)
	k.ask("POST", unit, url.Values{"XA-2": {"built"}, "was-XA-2": {"tested"}}, "her", 422, "Lùi bước phải ghi lý do")
	k.ask("GET", home+"/essential", nil, "auditor", 200, "54/63", "22/08/2022", "Số liệu công bố ngày 22/8/2022", "Kết nối liên thông", "52/63", "<svg")
	death := home + "/essential/" + string(h.key("TY-15").ID)
	k.ask("GET", death, nil, "planner", 200, "Đăng ký khai tử", "Tên các tỉnh")
	count := url.Values{"done": {"70"}, "total": {"63"}, "as_of": {"2022-12-31"}, "source": {"Báo cáo"}}
	k.ask("POST", death, count, "her", 403)
	k.ask("POST", death, count, "planner", 422, "Số đã thực hiện từ 0 đến tổng số")
	count.Set("done", "60")
	k.ask("GET", k.ask("POST", death, count, "planner", 303), nil, "auditor", 200, "60/63", "54/63")
	target := url.Values{"title": {"Số hóa sổ hộ tịch"}, "measure": {"trang sổ"}, "stages": {"Đã nhập\r\nĐã kiểm tra\r\nĐã phê duyệt"}, "from": {"2016-11-01"}, "due": {"2016-10-01"}}
	k.ask("POST", home+"/targets", target, "planner", 422, "Hạn hoàn thành không được trước")
	target.Set("due", "2017-03-31")
	at := k.ask("POST", home+"/targets", target, "planner", 303)
	k.ask("GET", at, nil, "auditor", 200, "Chưa có khối lượng của đơn vị nào")
	h.commit(QuotaImport, "Chỉ tiêu,Mã đơn vị,Tổng số\nSố hóa sổ hộ tịch,00556,1200\n")
	report := url.Values{"as_of": {"2016-11-10"}, "stage0": {"300"}, "stage1": {"một"}, "stage2": {"0"}}
	k.ask("POST", at+"/units/00556", report, "auditor", 403)
	k.ask("POST", at+"/units/00556", report, "her", 422, `value="một"`, "Ghi một số nguyên")
	report.Set("stage1", "100")
	k.ask("GET", k.ask("POST", at+"/units/00556", report, "her", 303), nil, "auditor", 200, "300", "1.200 trang sổ")
	k.ask("GET", at, nil, "auditor", 200, "25,0%", "8,3%", "<svg")
	k.ask("GET", home+"/targets", nil, "auditor", 200, "Đã nhập → Đã kiểm tra → Đã phê duyệt")
}
