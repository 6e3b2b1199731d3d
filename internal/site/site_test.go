package site

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

func words(t *testing.T, lang i18n.Lang) i18n.T {
	t.Helper()
	c, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c.In(lang)
}

func shown(t *testing.T, f Frame, body templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := Render(t.Context(), &b, f, body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func frame(t *testing.T, lang i18n.Lang) Frame {
	return Frame{
		T: words(t, lang), Title: "Trang", Path: "/rollout?late=1", Demo: true, Hotline: "1900 1009",
		Clock:   time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC),
		Account: &Account{Name: "Nguyễn Thị Hòa", Role: "Cán bộ kế hoạch", Href: "/account"},
		Nav:     []NavGroup{{Items: []NavItem{{Label: "Tổng quan", Href: "/", Icon: "home", Active: true, Count: 3, Late: true}}}},
	}
}

func TestFrameHoldsNoInlineScriptOrStyle(t *testing.T) {
	for _, citizen := range []bool{false, true} {
		f := frame(t, i18n.VI)
		f.Citizen = citizen
		page := shown(t, f, ui.Text("thân trang"))
		for _, bad := range []string{" style=", "<style", "<script>", " onclick=", "javascript:", "⟦"} {
			if strings.Contains(page, bad) {
				t.Errorf("citizen %v: page holds %q", citizen, bad)
			}
		}
		if !strings.Contains(page, "thân trang") || !strings.Contains(page, "10/11/2016 08:00") {
			t.Errorf("citizen %v: body or business clock is missing", citizen)
		}
	}
}

func TestThemeFollowsTheMachineUnlessChosen(t *testing.T) {
	for chosen, want := range map[string]string{"": "auto", "dark": "dark", "light": "light", `"><b>`: "auto"} {
		f := Frame{T: words(t, i18n.EN), Theme: chosen}
		if page := shown(t, f, templ.NopComponent); !strings.Contains(page, `data-bs-theme="`+want+`"`) {
			t.Errorf("%q: theme is not %q", chosen, want)
		}
	}
}
