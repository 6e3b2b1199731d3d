package inventory

import (
	"bytes"
	"context"
	"log/slog"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/imports"
	"lotrinh/internal/site/jobs"
)

// desk is the pages of imports and of long work over a house.
func desk(t *testing.T, h house, d *db.DB, who access.Actor) (*httpx.Server, *job.Jobs) {
	t.Helper()
	words, err := i18n.Load(Locale, kit.Locale, importer.Locale, org.Locale, site.Locale, files.Locale, job.Locale, imports.Locale, jobs.Locale)
	if err != nil {
		t.Fatal(err)
	}
	pages := &site.Site{Business: h.at}
	s := httpx.New(httpx.Config{Identity: someone{who}, Catalog: words, DB: d, Clock: clock.System{}, ErrorPage: pages.ErrorPage})
	j := job.New(d, clock.System{}, slog.New(slog.DiscardHandler), func(context.Context, ident.ID) (access.Actor, error) { return who, nil })
	imports.Register(j, h.im)
	imports.New(d, h.im, j, words, pages).Routes(s.Router)
	jobs.Pages{Jobs: j, Site: pages, Result: map[string]func(job.Row) string{imports.CommitJob: imports.Result}}.Routes(s.Router)
	return s, j
}

func sheet(t *testing.T, text string) (string, *bytes.Buffer) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "gia-lâm.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), &b
}

const urlencoded = "application/x-www-form-urlencoded"

func TestAnImportInTheBrowser(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		who := h.as("district_coordinator", giaLam)
		s, _ := desk(t, h, d, who)
		for _, path := range []string{"/imports/" + AssetImport, "/imports", "/imports/" + AssetImport + "/template.xlsx", "/jobs"} {
			if res, _ := ask(t, s, "GET", path, "", nil); res.StatusCode != 200 {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		}
		for text, want := range map[string]string{"": "Chưa chọn tệp", "tên\nx\n": "Bảng thiếu cột", "m\xe3\n": "UTF-8"} {
			typ, body := sheet(t, text)
			if res, page := ask(t, s, "POST", "/imports/"+AssetImport, typ, body); res.StatusCode != 422 || !strings.Contains(page, want) {
				t.Errorf("%q: %d, lacks %q", text, res.StatusCode, want)
			}
		}
		typ, body := sheet(t, table)
		res, _ := ask(t, s, "POST", "/imports/"+AssetImport, typ, body)
		at := res.Header.Get("Location")
		if res.StatusCode != 303 {
			t.Fatalf("upload: %d", res.StatusCode)
		}
		if _, page := ask(t, s, "GET", at, "", nil); !strings.Contains(page, "Ô B6: Không tìm thấy xã, phường này") || !strings.Contains(page, "Trùng số sê-ri với dòng 2") {
			t.Error("the preview does not name the cells at fault")
		}
		if res, _ := ask(t, s, "POST", at+"/commit", urlencoded, nil); res.StatusCode != 409 {
			t.Errorf("saved with bad rows: %d", res.StatusCode)
		}
		if res, _ := ask(t, s, "POST", at+"/commit", urlencoded, strings.NewReader("partial=1")); res.StatusCode != 303 {
			t.Errorf("commit: %d", res.StatusCode)
		}
		all, err := h.Assets(t.Context(), who, dangXa, "", page.Read("", ""))
		if err != nil || len(all.Items) != 3 {
			t.Fatalf("%d assets, %v", len(all.Items), err)
		}
		if _, err := h.ChangeAsset(t.Context(), who, all.Items[0].ID, 1, AssetForm{Name: "Khác", State: string(all.Items[0].State)}); err != nil {
			t.Fatal(err)
		}
		if res, page := ask(t, s, "POST", at+"/undo", urlencoded, nil); res.StatusCode != 409 || !strings.Contains(page, "đã được sửa hoặc xoá sau khi nhập") {
			t.Errorf("undo of a changed row: %d", res.StatusCode)
		}
	})
}

func TestALargeImportIsSavedByAJob(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	who := h.as("district_coordinator", "")
	s, j := desk(t, h, d, who)
	var b strings.Builder
	b.WriteString("xã;loại;tên\n")
	for range 2100 {
		b.WriteString(dangXa + ";máy tính;HP 280\n")
	}
	typ, body := sheet(t, b.String())
	res, _ := ask(t, s, "POST", "/imports/"+AssetImport, typ, body)
	at := res.Header.Get("Location")
	res, _ = ask(t, s, "POST", at+"/commit", urlencoded, strings.NewReader(url.Values{}.Encode()))
	run := res.Header.Get("Location")
	if !strings.HasPrefix(run, "/jobs/") {
		t.Fatalf("commit leads to %q", run)
	}
	if _, page := ask(t, s, "GET", run, "", nil); !strings.Contains(page, "đang chờ đến lượt") {
		t.Error("a waiting job does not say so")
	}
	if n, err := j.RunDue(t.Context()); err != nil || n != 1 {
		t.Fatalf("ran %d, %v", n, err)
	}
	if _, page := ask(t, s, "GET", run, "", nil, "HX-Request", "true"); !strings.Contains(page, at) || strings.Contains(page, "<html") {
		t.Errorf("a finished job does not lead to its result: %s", page)
	}
	if _, page := ask(t, s, "GET", at, "", nil); !strings.Contains(page, "đã ghi") {
		t.Error("not saved")
	}
	if res, _ := ask(t, s, "POST", run+"/cancel", urlencoded, nil); res.StatusCode != 409 {
		t.Errorf("cancel of an ended job: %d", res.StatusCode)
	}
}

// A table is pasted, its row in doubt is decided in the browser, and the whole is taken
// back but for what somebody changed.
func TestAPastedTableIsDecidedAndTakenBackInTheBrowser(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	who := h.as("district_coordinator", giaLam)
	known := h.reported(h.tree.Under(giaLam)[1:])
	s, _ := desk(t, h, d, who)
	post := func(path string, f url.Values) (int, string, string) {
		t.Helper()
		res, body := ask(t, s, "POST", path, urlencoded, strings.NewReader(f.Encode()))
		return res.StatusCode, body, res.Header.Get("Location")
	}
	if code, body, _ := post("/imports/"+AssetImport, url.Values{"pasted": {" "}}); code != 422 || !strings.Contains(body, "chưa dán bảng nào") {
		t.Errorf("nothing pasted: %d", code)
	}
	text := "Xã\tLoại\tTên\tSố sê-ri\tRAM\tVị trí\n" + h.tree.Name(known[0].Unit) + "\tmáy tính\tDell\tAGENT00\t4096\tquầy 1\n" +
		h.tree.Name(known[1].Unit) + "\tmáy tính\tDell\tAGENT01\t1024\tquầy 1\n" + "Đặng Xá\tmáy in\tCanon\t\t\t\n"
	code, body, at := post("/imports/"+AssetImport, url.Values{"pasted": {text}, "match": {bySerial}})
	if code != 303 {
		t.Fatalf("pasted: %d %s", code, body)
	}
	_, body = ask(t, s, "GET", at+"?only=conflict", "", nil)
	for _, want := range []string{"máy đo, ngày 10/11/2016: 1.015 MB", "Bảng khai: 4.096 MB", "Giữ số đo, bỏ số khai", "Khớp máy trạm đã báo", "máy tính"} {
		if !strings.Contains(body, want) {
			t.Errorf("the conflict does not say %q", want)
		}
	}
	if code, _, to := post(at+"/choose", url.Values{"n": {"2"}, "choice": {"beside"}, "only": {"conflict"}}); code != 303 || to != at+"?only=conflict" {
		t.Errorf("decided: %d, %s", code, to)
	}
	if code, _, _ := post(at+"/choose", url.Values{"n": {"4"}, "choice": {"beside"}}); code != 422 {
		t.Errorf("a decision about a row without any: %d", code)
	}
	if code, _, _ := post(at+"/commit", nil); code != 303 {
		t.Errorf("saved: %d", code)
	}
	if _, err := h.ChangeAsset(t.Context(), who, known[1].ID, 2, AssetForm{Name: "Khác", State: "in_use"}); err != nil {
		t.Fatal(err)
	}
	if code, body, _ := post(at+"/undo", nil); code != 409 || !strings.Contains(body, "Hoàn tác 2 dòng còn lại") {
		t.Errorf("undo of a changed row: %d", code)
	}
	if code, _, _ := post(at+"/undo", url.Values{"partial": {"1"}}); code != 303 {
		t.Errorf("undo of the rest: %d", code)
	}
	if all, err := h.Assets(t.Context(), who, "", "", page.Read("", "")); err != nil || len(all.Items) != 13 {
		t.Errorf("%d assets, %v", len(all.Items), err)
	}
}
