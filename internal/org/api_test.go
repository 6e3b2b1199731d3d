package org

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
)

func TestTheAPIAnswersForUnitsAndForOneself(t *testing.T) {
	words, err := i18n.Load(Locale, fstest.MapFS{"locale/vi.json": {Data: []byte(`{}`)}, "locale/en.json": {Data: []byte(`{}`)}})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018", Post{Role: DistrictCoordinator, Unit: "018"})
		secret, _, err := h.MakeTokenFor(t.Context(), h.admin, "lan", NewToken{Name: "x", Scope: []access.Perm{seeStage}, Life: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		s := httpx.New(httpx.Config{Identity: h.People, Catalog: words, DB: h.d, Clock: h.machine})
		API{Units: h.units, Business: h.business}.Routes(s.Router)
		get := func(path string, into any) int {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("Authorization", "Bearer "+secret)
			res, err := s.App().Test(r, -1)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.NewDecoder(res.Body).Decode(into); err != nil {
				t.Fatal(path, err)
			}
			if err := res.Body.Close(); err != nil {
				t.Fatal(err)
			}
			return res.StatusCode
		}
		var list httpx.List[unitJSON]
		seen := map[string]bool{}
		for after := ""; ; after = list.Next {
			list = httpx.List[unitJSON]{}
			if get("/api/v1/units?level=commune&limit=200&after="+after, &list) != 200 {
				t.Fatal("no list")
			}
			for _, u := range list.Items {
				seen[u.Code] = true
			}
			if list.Next == "" {
				break
			}
		}
		if len(seen) != 584 {
			t.Errorf("paging shows %d communes", len(seen))
		}
		if list = (httpx.List[unitJSON]{}); get("/api/v1/units?under=018&level=commune", &list) != 200 || len(list.Items) != 22 {
			t.Errorf("%d communes in Gia Lâm", len(list.Items))
		}
		if list = (httpx.List[unitJSON]{}); get("/api/v1/units?q=dang%20xa", &list) != 200 || len(list.Items) == 0 || list.Items[0].Place != "xã Đặng Xá, huyện Gia Lâm" {
			t.Errorf("%+v", list.Items)
		}
		var one unitJSON
		if get("/api/v1/units/09727?date=2021-01-01", &one) != 200 || one.Name != "Xuân Đình" || one.From != "2020-03-01" {
			t.Errorf("%+v", one)
		}
		var next httpx.List[successorJSON]
		if get("/api/v1/units/00253/successors?from=2016-11-10&to=2020-03-01", &next) != 200 || len(next.Items) != 2 || !next.Items[0].Main {
			t.Errorf("%+v", next)
		}
		var p httpx.Problem
		for path, want := range map[string]int{"/api/v1/units/99999": 404, "/api/v1/units?date=x": 422, "/api/v1/units/99999/successors": 404} {
			if got := get(path, &p); got != want {
				t.Errorf("%s: %d", path, got)
			}
		}
		var me meJSON
		if get("/api/v1/me", &me) != 200 || me.Login != "lan" || len(me.May) != 1 || me.Posts[0].Units != 23 {
			t.Errorf("%+v", me)
		}
	})
}
