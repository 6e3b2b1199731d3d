package notices

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

type faces struct{}

func (faces) BySession(_ context.Context, token string) (access.Actor, error) {
	p := access.Policy{"administrator": {notify.Manage}, "one_stop_officer": {}}
	return p.As(access.Actor{ID: ident.ID(token), Name: token, Grants: []access.Grant{{Role: access.Role(token), Everywhere: true}}}), nil
}

func (f faces) ByBearer(ctx context.Context, token string) (access.Actor, error) {
	return f.BySession(ctx, token)
}

func (faces) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		m[id] = "Tên " + string(id)
	}
	return m, nil
}

func (faces) ForNotices(_ context.Context, ids []ident.ID) (map[ident.ID]notify.Person, error) {
	return map[ident.ID]notify.Person{ids[0]: {Phone: "0912345678", Lang: i18n.VI}}, nil
}

func TestNoticesAreSeenChosenAndTriedAgain(t *testing.T) {
	words, err := i18n.Load(kit.Locale, site.Locale, notify.Locale, org.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
		frame := &site.Site{Business: at}
		s := httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: faces{}, Catalog: words, DB: d, Clock: at, ErrorPage: frame.ErrorPage})
		units := org.NewUnits(d, at)
		if _, err := units.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		mailer := &notify.Sender{DB: d, Clock: at, Log: slog.New(slog.DiscardHandler), Words: words, People: faces{}, BaseURL: "http://localhost",
			Kinds: []notify.Kind{{Code: "answers", Templates: []string{"notices."}}, {Code: "citizen", Outside: true}}}
		New(Deps{DB: d, Machine: at, Business: at, People: faces{}, Units: units, Site: frame, Sender: mailer, Inbound: "secret"}).Routes(s.Router)
		ask := func(who, method, path, form string) (int, string) {
			t.Helper()
			r := httptest.NewRequest(method, path, strings.NewReader(form))
			r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: who})
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := s.App().Test(r, -1)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, string(body)
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return notify.Write(ctx, tx, at.Now(), notify.Message{Account: "one_stop_officer", Template: "notices.choice", Link: "/tickets/1"})
		})
		if err != nil {
			t.Fatal(err)
		}
		var id ident.ID
		if err := d.Read().NewRaw("SELECT id FROM notice").Scan(t.Context(), &id); err != nil {
			t.Fatal(err)
		}
		if status, body := ask("one_stop_officer", "GET", "/notices", ""); status != 200 || !strings.Contains(body, "Đang chờ gửi") || !strings.Contains(body, "Đánh dấu đã xem hết") {
			t.Errorf("the list: %d", status)
		}
		if status, _ := ask("one_stop_officer", "POST", "/notices/seen", "up_to="+string(id)); status != 303 {
			t.Errorf("seen: %d", status)
		}
		if n, err := notify.Unseen(t.Context(), d.Read(), "one_stop_officer"); err != nil || n != 0 {
			t.Errorf("%d unseen, %v", n, err)
		}
		if status, _ := ask("one_stop_officer", "POST", "/notices/choice", "always=1"); status != 303 {
			t.Errorf("choice: %d", status)
		}
		if c, err := notify.ChoiceOf(t.Context(), d.Read(), "one_stop_officer"); err != nil || c.Mail || !c.AnyHour {
			t.Errorf("%+v %v", c, err)
		}
		if status, _ := ask("one_stop_officer", "GET", "/admin/notices", ""); status != 403 {
			t.Errorf("an officer at the list of all: %d", status)
		}
		if status, body := ask("administrator", "GET", "/admin/notices?state=waiting", ""); status != 200 || !strings.Contains(body, "Chưa cấu hình máy chủ thư") || !strings.Contains(body, "Tên one_stop_officer") {
			t.Errorf("the list of all: %d", status)
		}
		retry := "/admin/notices/" + string(id) + "/retry"
		if status, _ := ask("administrator", "POST", retry, ""); status != 409 {
			t.Errorf("a notice that waits anyway is tried again: %d", status)
		}
		err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE notice SET state = 'failed'").Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := ask("administrator", "POST", retry, ""); status != 303 {
			t.Errorf("retry: %d", status)
		}
		if _, body := ask("administrator", "GET", "/admin/notices", ""); strings.Contains(body, "notices.choice") || !strings.Contains(body, "Chưa cấu hình cổng tin nhắn") {
			t.Error("a code stands where words should, or a gateway is pretended")
		}
		wishes(t, ask)
		budgets(t, ask)
		gateway(t, d, at.Now(), ask)
	})
}

type asker func(who, method, path, form string) (int, string)

func wishes(t *testing.T, ask asker) {
	t.Helper()
	if status, body := ask("one_stop_officer", "GET", "/account/notices", ""); status != 200 || !strings.Contains(body, "Trả lời phiếu hỗ trợ của tôi") || strings.Contains(body, "Tin gửi người dân") {
		t.Errorf("the form of wishes: %d", status)
	}
	if status, _ := ask("one_stop_officer", "POST", "/account/notices", "channel.answers=sms&digest.answers=hourly&channel.other=mail&digest.other=morning"); status != 303 {
		t.Errorf("wishes: %d", status)
	}
	if _, body := ask("one_stop_officer", "GET", "/account/notices", ""); !strings.Contains(body, `value="sms" selected`) || !strings.Contains(body, `value="morning" selected`) {
		t.Error("the wishes were not kept")
	}
	if status, _ := ask("one_stop_officer", "POST", "/account/notices", "channel.answers=pigeon"); status != 422 {
		t.Errorf("a pigeon: %d", status)
	}
}

func budgets(t *testing.T, ask asker) {
	t.Helper()
	for form, want := range map[string]int{
		"which=standard&price=1.200&monthly=":        303,
		"which=standard&price=x&monthly=-4":          422,
		"which=unit&unit=00556&own_monthly=10":       303,
		"which=unit&unit=xã+Không+Có&own_monthly=10": 422,
		"which=unit&unit=00556&own_monthly=nhiều":    422,
	} {
		if status, _ := ask("administrator", "POST", "/admin/sms", form); status != want {
			t.Errorf("%s: %d, want %d", form, status, want)
		}
		if status, _ := ask("one_stop_officer", "POST", "/admin/sms", form); status != 403 {
			t.Errorf("%s by an officer: %d", form, status)
		}
	}
	if status, body := ask("administrator", "GET", "/admin/sms", ""); status != 200 || !strings.Contains(body, "Đặng Xá") || !strings.Contains(body, `value="1200"`) {
		t.Errorf("the page of text messages: %d", status)
	}
	if status, _ := ask("one_stop_officer", "GET", "/admin/sms", ""); status != 403 {
		t.Errorf("by an officer: %d", status)
	}
}

func gateway(t *testing.T, d *db.DB, now time.Time, ask asker) {
	t.Helper()
	for path, want := range map[string]int{
		"/api/v1/sms/guess/in?from=84912345678&text=5":               404,
		"/api/v1/sms/secret/in?text=5":                               422,
		"/api/v1/sms/secret/in?from=84912345678&to=1022&text=5&id=a": 204,
		"/api/v1/sms/guess/dlr?type=1":                               404,
	} {
		if status, _ := ask("", "GET", path, ""); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	if status, body := ask("administrator", "GET", "/admin/sms/in", ""); status != 200 || !strings.Contains(body, "0912 345 678") {
		t.Errorf("what came in: %d", status)
	}
	if status, _ := ask("one_stop_officer", "GET", "/admin/sms/in", ""); status != 403 {
		t.Errorf("what came in, for an officer: %d", status)
	}
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return notify.Write(ctx, tx, now, notify.Message{Phone: "0912345678", Template: "notices.choice", Link: "/x"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, body := ask("administrator", "GET", "/admin/notices?channel=sms", ""); !strings.Contains(body, "••• 678") || strings.Contains(body, "0912345678") {
		t.Error("the list shows a citizen's whole number, or none of it")
	}
}
