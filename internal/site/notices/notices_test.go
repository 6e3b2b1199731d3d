package notices

import (
	"context"
	"io"
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

func TestNoticesAreSeenChosenAndTriedAgain(t *testing.T) {
	words, err := i18n.Load(kit.Locale, site.Locale, notify.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
		frame := &site.Site{Business: at}
		s := httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: faces{}, Catalog: words, DB: d, Clock: at, ErrorPage: frame.ErrorPage})
		New(d, at, faces{}, frame, false).Routes(s.Router)
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
	})
}
