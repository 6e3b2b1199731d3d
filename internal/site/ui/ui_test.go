package ui

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

func vi(t *testing.T) i18n.T {
	t.Helper()
	c, err := i18n.Load(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	return c.In(i18n.VI)
}

func html(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestARefusedFormKeepsWhatWasTypedAndNamesItsFields(t *testing.T) {
	w := vi(t)
	var k fault.Check
	k.Need(false, "day", "form.bad_day")
	k.Need(false, "name", "form.too_long", "max", 120)
	page := html(t, Form(w, FormData{
		Action: "/x", Submit: "Lưu", Errors: ErrorsOf(w, k.Err()),
		Fields: []Field{{Name: "name", Label: "Tên", Value: `<b>"máy"`}, {Kind: Date, Name: "day", Label: "Ngày", Value: "2016-02-30"}},
	}))
	for _, want := range []string{
		`value="&lt;b&gt;&#34;máy&#34;"`, `value="2016-02-30"`, `href="#f-day"`, `id="f-day"`, `aria-invalid="true"`,
		`id="f-name-error"`, `aria-describedby=" f-name-error"`, "tối đa 120 ký tự", w.Say("fault.invalid"),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %s\n%s", want, page)
		}
	}
	if name, day := strings.Index(page, `href="#f-name"`), strings.Index(page, `href="#f-day"`); name > day {
		t.Error("the summary does not follow the order of the form")
	}
}

func TestAFailureThatIsNoFaultOfTheFormStillSpeaks(t *testing.T) {
	w := vi(t)
	if e := ErrorsOf(w, nil); e.Any() {
		t.Error("no error gives a summary")
	}
	if e := ErrorsOf(w, os.ErrClosed); e.Title != w.Say("fault.internal") {
		t.Errorf("an unknown failure says %q", e.Title)
	}
}

func TestDueMomentsAreSaidInWords(t *testing.T) {
	w := vi(t)
	at := time.Date(2016, 11, 11, 8, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		due  Due
		want []string
	}{
		{Due{State: DueRunning, At: at, Left: 27*time.Hour + 20*time.Minute}, []string{"11/11/2016 15:00", "còn 3 ngày 3 giờ", "lt-neutral"}},
		{Due{State: DueLate, At: at, Left: -90 * time.Minute}, []string{"trễ 1 giờ 30 phút", "lt-late"}},
		{Due{State: DuePaused, At: at, Left: 30 * time.Second}, []string{"tạm dừng, còn dưới 1 phút", "lt-paused"}},
		{Due{State: DueNoCalendar, Year: 2031}, []string{"chưa có lịch năm 2031"}},
		{Due{State: DueMet, At: at, Steps: []string{"Bước một."}, Tentative: true}, []string{"đúng hạn", "<summary>", "Bước một.", "dự kiến"}},
	} {
		page := html(t, DueMoment(w, tc.due))
		for _, want := range tc.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: lacks %q: %s", tc.due.State, want, page)
			}
		}
	}
}

func TestATableWithoutRowsSaysWhatThatMeans(t *testing.T) {
	page := html(t, Table(vi(t), TableData{Caption: "Phiếu", Empty: EmptyData{Title: "Không có phiếu", Action: &Action{Label: "Tạo phiếu", Href: "/tickets/new"}}}))
	if strings.Contains(page, "<table") || !strings.Contains(page, "Không có phiếu") || !strings.Contains(page, `href="/tickets/new"`) {
		t.Error(page)
	}
}

func TestRowsCarryLabelsLinksAndChoices(t *testing.T) {
	page := html(t, Table(vi(t), TableData{
		Caption: "Xã", Count: 1234, Pick: "unit", PickForm: "bulk", Columns: []Column{{Label: "Tên"}, {Label: "Phiếu", Num: true}},
		Rows: []Row{{Href: "/u/1", Pick: "00526", Tone: Late, Cells: []templ.Component{Main("/u/1", "Cổ Bi", ""), Text("")}}},
	}))
	for _, want := range []string{`data-href="/u/1"`, `value="00526"`, `form="bulk"`, `data-label="Tên"`, "1.234", `class="lt-edge lt-late"`, "–"} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s: %s", want, page)
		}
	}
}

func TestAnActThatDestroysAsksOnceAndNamesTheThing(t *testing.T) {
	page := html(t, Button(vi(t), Action{
		Label: "Xóa", Href: "/x/delete", Post: true, Danger: true, Hidden: []Hidden{{"version", "3"}},
		Confirm: &Confirm{ID: "ask", Title: "Xóa xã Đặng Xá?"},
	}, "btn"))
	for _, want := range []string{`href="#ask"`, `<dialog class="lt-dialog" id="ask"`, "Xóa xã Đặng Xá?", `method="post" action="/x/delete"`, `name="version" value="3"`} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s: %s", want, page)
		}
	}
}

func TestLinksThatRunScriptAreRefused(t *testing.T) {
	for _, c := range []templ.Component{Link("javascript:alert(1)", "x"), Main("javascript:alert(1)", "x", ""), Crumbs(vi(t), []Crumb{{"x", "javascript:alert(1)"}})} {
		if page := html(t, c); strings.Contains(page, "javascript:") {
			t.Error(page)
		}
	}
}

func TestProgressNeverLeavesItsBar(t *testing.T) {
	page := html(t, Progress(vi(t), ProgressData{Label: "Gia Lâm", Declared: 30, Verified: -2, Planned: 5, Total: 22}))
	if !strings.Contains(page, `width="100.00"`) || strings.Contains(page, `width="-`) {
		t.Error(page)
	}
	if page := html(t, Progress(vi(t), ProgressData{Label: "x", Planned: -1})); strings.Contains(page, "NaN") || strings.Contains(page, "lt-bar-plan") {
		t.Error(page)
	}
}

func TestAgesSayNothingThatIsNotKnown(t *testing.T) {
	w, now := vi(t), time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{{}: "chưa có số liệu", now: "vừa cập nhật", now.Add(-50 * time.Hour): "cách đây 2 ngày", now.Add(-125 * time.Minute): "cách đây 2 giờ 5 phút"} {
		if got := Age(w, at, now); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}

func TestAFieldWithAnIDOfItsOwnIsNamedByIt(t *testing.T) {
	f := Field{Kind: Area, Name: "body", Label: "Nội dung", Hint: "Ngắn gọn", Attrs: templ.Attributes{"id": "f-tell"}}
	page := html(t, Input(vi(t), f))
	for _, want := range []string{`for="f-tell"`, `id="f-tell"`, `aria-describedby="f-tell-hint"`, `id="f-tell-hint"`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in %s", want, page)
		}
	}
}
