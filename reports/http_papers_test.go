package reports

import (
	"net/url"
	"strings"
	"testing"
)

func TestThePageOffersEveryFileAndIsPrintedLikeAnOfficialDocument(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		s := h.street(everywhere("planner"))
		at := "/reports/runs/" + string(r.ID)
		_, page := h.ask(s, "GET", at, "")
		all, err := h.filesOf(t.Context(), r.ID, 0)
		if err != nil || len(all) < 10 {
			t.Fatalf("%d files: %v", len(all), err)
		}
		kinds := map[string]string{PDF: "application/pdf", DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", JSON: "application/json", ZIP: "application/zip", CSV: "text/csv; charset=utf-8", PNG: "image/png",
			XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
		for _, f := range all {
			if !strings.Contains(page, fileAt(f)) {
				t.Errorf("the page does not offer %s", f.Name)
			}
			res, body := h.ask(s, "GET", fileAt(f), "")
			if res.StatusCode != 200 || digest([]byte(body)) != f.Hash || res.Header.Get("Content-Type") != kinds[f.Form] || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("%s: %d, %s, %s", f.Name, res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"))
			}
		}
		for _, want := range []string{"lt-decree-nation", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "/BC-STTTT", "DỰ THẢO", "Nơi nhận:", "Ghi số, ngày và người ký"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		for _, path := range []string{at + "/files/no.pdf", at + "/files/data.json?edition=2", at + "/files/data.json?edition=x"} {
			if res, _ := h.ask(s, "GET", path, ""); res.StatusCode != 404 {
				t.Errorf("%s answers %d", path, res.StatusCode)
			}
		}
		if _, page := h.ask(h.street(everywhere("leadership")), "GET", at, ""); strings.Contains(page, at+"/issue") {
			t.Error("who may not record a signature is offered to")
		}
	})
}

func TestASignatureIsRecordedOnThePageAndToldByTheAPI(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		s := h.street(everywhere("planner"))
		at := "/reports/runs/" + string(r.ID)
		if res, page := h.ask(s, "GET", at+"/issue", ""); res.StatusCode != 200 || !strings.Contains(page, "GIÁM ĐỐC") || !strings.Contains(page, "BC-STTTT") {
			t.Errorf("the form: %d", res.StatusCode)
		}
		typed := url.Values{"number": {"5"}, "signed_on": {"2016-11-14"}, "capacity": {"KT. GIÁM ĐỐC\r\nPHÓ GIÁM ĐỐC"}, "signer": {""}, "version": {"0"}}
		if res, page := h.ask(s, "POST", at+"/issue", typed.Encode()); res.StatusCode != 422 || !strings.Contains(page, "KT. GIÁM ĐỐC") || !strings.Contains(page, `value="5"`) || !strings.Contains(page, "Nhập họ tên người ký.") {
			t.Errorf("a form without a signer: %d", res.StatusCode)
		}
		typed.Set("signer", "Nguyễn Văn Khánh")
		if res, _ := h.ask(s, "POST", at+"/issue", typed.Encode()); res.StatusCode != 303 {
			t.Fatalf("a good form: %d", res.StatusCode)
		}
		if res, page := h.ask(s, "POST", at+"/issue", typed.Encode()); res.StatusCode != 409 || !strings.Contains(page, "Nguyễn Văn Khánh") {
			t.Errorf("the form once more: %d", res.StatusCode)
		}
		_, page := h.ask(s, "GET", at, "")
		for _, want := range []string{"PDF, số 05/BC-STTTT", "KT. GIÁM ĐỐC – PHÓ GIÁM ĐỐC: Nguyễn Văn Khánh", "Sửa số, ngày hoặc người ký", "ngày 14 tháng 11 năm 2016"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(page, "DỰ THẢO") {
			t.Error("the printed page still is a draft")
		}
		res, body := h.ask(s, "GET", "/api/v1/reports/runs/"+string(r.ID), "")
		for _, want := range []string{`"number":"05/BC-STTTT"`, `"signed_on":"2016-11-14"`, `"form":"docx"`, `"issue":1`, h.snapshot(r.ID).PDFHash} {
			if res.StatusCode != 200 || !strings.Contains(body, want) {
				t.Errorf("the API lacks %s", want)
			}
		}
	})
}
