package app

import (
	"strings"
	"testing"
)

// One box finds every kind within the reader's scope, with or without marks, and one
// kind alone when asked.
func TestOneBoxFindsEveryKind(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		finds := func(login, query string, wants []string, not ...string) {
			t.Helper()
			a := s.ask(login, "GET", "/search?"+query, "")
			for _, w := range wants {
				if a.status != 200 || !strings.Contains(a.body, w) {
					t.Errorf("%s ?%s: %d, lacks %q", login, query, a.status, w)
				}
			}
			for _, w := range not {
				if strings.Contains(a.body, w) {
					t.Errorf("%s ?%s shows %q", login, query, w)
				}
			}
		}
		finds("lead", "q=may+in", []string{"Phiếu hỗ trợ · ", "Bài hướng dẫn · ", "Cuộc gọi · ", "huyện "})
		finds("lead", "q=m%C3%A1y+in&kind=article", []string{"Bài hướng dẫn · "}, "Phiếu hỗ trợ · ", "Cuộc gọi · ")
		finds("lead", "q=dang+xa&kind=unit", []string{"Xã Đặng Xá"}, "HT-2016-")
		finds("officer", "q=may+in", []string{"Hướng dẫn"}, "Cuộc gọi · ", "kind=person")
		finds("officer", "q=may+in&kind=call", []string{"Không tìm thấy"})
		finds("lead", "q=khongcogica", []string{"Không tìm thấy"})
	})
}
