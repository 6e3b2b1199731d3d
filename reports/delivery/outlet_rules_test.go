package delivery

import (
	"path/filepath"
	"strings"
	"testing"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/reports"
)

func TestWhoMayKeepOutletsAndWhatIsRefused(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		o, _ := h.outlet(Folder, OutletForm{Name: "Kho", Forms: []string{"pdf"}})
		for who, want := range map[string]bool{"admin": true, "planner": false, "coordinator": false, "agent": false} {
			a := h.who(who)
			_, listed := h.Outlets(ctx, a, Folder)
			_, shown := h.OutletOf(ctx, a, Folder, o.ID)
			_, read := h.Attempts(ctx, a, o.ID, page.Request{Limit: 5})
			_, tried := h.Try(ctx, a, Folder, o.ID)
			_, _, added := h.AddOutlet(ctx, a, Folder, OutletForm{Name: "Của " + who, Forms: []string{"pdf"}})
			for name, err := range map[string]error{"list": listed, "show": shown, "read": read, "try": tried, "add": added} {
				if (err == nil) != want || err != nil && !fault.Is(err, fault.Denied) {
					t.Errorf("%s %s: %v", who, name, err)
				}
			}
			if _, err := h.Rotate(ctx, a, o.ID, 1, false); err == nil { // a folder has no secret
				t.Errorf("%s rotates a folder", who)
			}
		}
		admin := h.who("admin")
		for _, bad := range []OutletForm{{}, {Name: "Kho", Forms: []string{"pdf"}}, {Name: "a"}, {Name: "a", Forms: []string{"exe"}}, {Name: "a", Forms: []string{"pdf"}, Cut: "x"}, {Name: "a", Forms: []string{"pdf"}, Definition: "x"},
			{Name: "a", Forms: []string{"pdf"}, Folder: "../x"}, {Name: "a", Forms: []string{"pdf"}, Folder: "/etc"}, {Name: "a", Forms: []string{"pdf"}, Folder: `..\x`}, {Name: "a", Forms: []string{"pdf"}, Folder: "x/../../y"},
			{Name: "a", Forms: []string{"pdf"}, Folder: ".ssh"}, {Name: "a", Forms: []string{"pdf"}, Folder: "C:/x"}, {Name: "a", Forms: []string{"pdf"}, Folder: "a\x00b"}, {Name: "a", Forms: []string{"pdf"}, Pattern: "{edition}"},
			{Name: "a", Forms: []string{"pdf"}, Pattern: "{run}"}, {Name: "a", Forms: []string{"pdf"}, Pattern: "../{run}{edition}"}, {Name: "a", Forms: []string{"pdf"}, Pattern: "{run}{edition}{secret}"}, {Name: "a", Forms: []string{"pdf"}, Pattern: "{run{edition}"}} {
			if _, _, err := h.AddOutlet(ctx, admin, Folder, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("the folder %+v: %v", bad, err)
			}
		}
		for _, bad := range []string{"", "kho", "ftp://kho.example/", "https://a:b@kho.example/", "https://kho.example/#x", "https://10.0.0.1/", "http://8.8.8.8/", "https://169.254.169.254/", "https://[::1]/", "https:///x"} {
			if _, _, err := h.AddOutlet(ctx, admin, Webhook, OutletForm{Name: "a", Address: bad}); !fault.Is(err, fault.Invalid) {
				t.Errorf("the address %q: %v", bad, err)
			}
		}
		h.Guard.Allowed = nil
		if _, _, err := h.AddOutlet(ctx, admin, Webhook, OutletForm{Name: "a", Address: "http://kho.example/"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("in the clear: %v", err)
		}
		change := OutletForm{Name: "Kho mới", Forms: []string{"xlsx"}, Cut: giaLam}
		if err := h.ChangeOutlet(ctx, admin, Folder, o.ID, 1, change); err != nil {
			t.Fatal(err)
		}
		if err := h.ChangeOutlet(ctx, admin, Folder, o.ID, 1, change); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old page: %v", err)
		}
		if err := h.ChangeOutlet(ctx, admin, Webhook, o.ID, 2, change); !fault.Is(err, fault.Missing) {
			t.Errorf("a folder as a webhook: %v", err)
		}
		if now, err := h.OutletOf(ctx, admin, Folder, o.ID); err != nil || now.Enabled || now.Cut != giaLam || now.Forms != "xlsx" || now.wants(reports.Weekly, giaLam) {
			t.Errorf("%+v %v", now, err)
		}
	})
}

// FuzzNoPathOfAFolderLeadsOut tries what somebody may type as a folder and a pattern.
func FuzzNoPathOfAFolderLeadsOut(f *testing.F) {
	for _, seed := range [][2]string{{"kho", DefaultPattern}, {"../x", "{run}{edition}"}, {"a/./b//c", "{edition} {run}/"}, {`\\x\y`, "{run}{edition}\x00"}, {"..", "{until}{edition}"}} {
		f.Add(seed[0], seed[1])
	}
	root := f.TempDir()
	f.Fuzz(func(t *testing.T, folder, pattern string) {
		var k fault.Check
		o := Outlet{}
		(&Service{}).readFolder(&k, &o, OutletForm{Folder: folder, Pattern: pattern, Forms: []string{"pdf"}})
		if k.Err() != nil {
			return
		}
		p := parcel{row: Row{ID: ident.ID("0190a000-0000-7000-8000-000000000000"), Run: "../../run", Definition: "a/b", Cut: "..", Edition: 1, PeriodUntil: sunday}, run: reports.RunRow{Programme: `..\p`}}
		at := filepath.Join(root, filepath.FromSlash(o.Folder), o.fileName(p)+".pdf")
		if inside, err := filepath.Rel(root, at); err != nil || strings.HasPrefix(inside, "..") || !filepath.IsLocal(inside) {
			t.Errorf("%q and %q lead to %s", folder, pattern, at)
		}
		if dir := filepath.Dir(at); dir != filepath.Join(root, filepath.FromSlash(o.Folder)) {
			t.Errorf("%q and %q lead to another folder %s", folder, pattern, at)
		}
	})
}
