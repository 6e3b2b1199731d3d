package suppose

import (
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/whatif"
)

// Two communes of Gia Lâm, and one of Sóc Sơn.
const giaLam, dangXa, yenVien, bacSon = "018", "00556", "00529", "00376"

var policy = access.Policy{"planner": {inventory.Look, inventory.Edit, inventory.Publish, Ask}, "officer": {inventory.Look, inventory.Edit}}

// people are who is signed in: whoever the test says.
type people struct{ who access.Actor }

func (p *people) BySession(context.Context, string) (access.Actor, error) { return p.who, nil }
func (p *people) ByBearer(context.Context, string) (access.Actor, error)  { return p.who, nil }

type room struct {
	*Service
	t     *testing.T
	stock *inventory.Service
	tree  *org.Tree
	web   *httpx.Server
	who   *people
}

func (r *room) as(role access.Role, under string) access.Actor {
	g := access.Grant{Role: role, Everywhere: under == "", Units: r.tree.Under(under)}
	return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-000000000001"), Name: "Nguyễn Thị Hoa", Via: "web", Grants: []access.Grant{g}})
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, inventory.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, at)
	if err := cals.Seed(t.Context(), at.Now()); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, who: &people{}}
	if r.tree, err = units.Tree(t.Context(), at.Now()); err != nil {
		t.Fatal(err)
	}
	r.stock = inventory.New(d, at, units, files.New(d, at, blobs), cals, words, importer.New(d, at, words))
	r.Service = New(Deps{DB: d, Business: at, Units: units, Stock: r.stock, Phases: func(context.Context, access.Actor) ([]Phase, error) {
		return []Phase{{Key: "198/1", NameVI: "Giai đoạn 1", NameEN: "Phase 1", Units: []string{yenVien}}}, nil
	}, Supply: func(_ access.Actor, district string) string { return "/order?district=" + district }})
	frame := &site.Site{Business: at}
	r.web = httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: r.who, Catalog: words, DB: d, Clock: at, ErrorPage: frame.ErrorPage})
	r.Routes(r.web.Router, frame, func(i18n.T, access.Actor, string) []ui.Tab { return nil })
	r.lived()
	return r
}

// lived is a profile that asks for two PCs of 2 GB and a scanner; Đặng Xá has a scanner
// and a weak PC, Yên Viên one good PC, Bắc Sơn everything and a spare scanner.
func (r *room) lived() {
	r.t.Helper()
	var draft inventory.ProfileDraft
	err := json.Unmarshal([]byte(`{"code":"counter","title_vi":"Quầy","title_en":"Counter","lines":[
		{"code":"pc","kind":"pc","quantity":2,"must":true,"distinct":true,"max_age_days":180,"predicates":[{"fact":"ram_mb","op":"at_least","value":"2048"}]},
		{"code":"scanner","kind":"scanner","quantity":1,"must":true,"max_age_days":180}]}`), &draft)
	if err != nil {
		r.t.Fatal(err)
	}
	boss := r.as("planner", "")
	if _, err := r.stock.Publish(r.t.Context(), boss, draft); err != nil {
		r.t.Fatal(err)
	}
	for _, a := range []struct{ unit, kind, name, state, ram string }{
		{dangXa, "scanner", "Canon DR-C225", "in_use", ""}, {dangXa, "pc", "Dell 3020", "in_use", "1024"},
		{yenVien, "pc", "Dell 3020", "in_use", "4096"},
		{bacSon, "pc", "Dell 3020", "in_use", "4096"}, {bacSon, "pc", "Dell 3020", "in_use", "4096"}, {bacSon, "scanner", "Canon DR-C225", "in_use", ""}, {bacSon, "scanner", "Canon DR-C225", "spare", ""},
	} {
		f := inventory.AssetForm{Unit: a.unit, Kind: a.kind, Name: a.name, State: a.state, Facts: map[string]string{"ram_mb": a.ram}}
		if _, err := r.stock.AddAsset(r.t.Context(), boss, f); err != nil {
			r.t.Fatal(err)
		}
	}
}

func each(t *testing.T, f func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

func units[T any](all []T, of func(T) string) []string {
	var out []string
	for _, one := range all {
		out = append(out, of(one))
	}
	slices.Sort(out)
	return out
}

func outcomes(all []whatif.Outcome) []string {
	return units(all, func(o whatif.Outcome) string { return o.Unit })
}

func planned(all []whatif.Plan) []string {
	return units(all, func(p whatif.Plan) string { return p.Unit })
}

// get opens a page and gives its status and text.
func (r *room) get(who access.Actor, path string) (int, string) {
	r.t.Helper()
	r.who.who = who
	q := httptest.NewRequest("GET", path, nil)
	if who.SignedIn() {
		q.Header.Set("Cookie", "lotrinh_session=x")
		q.Header.Set("Authorization", "Bearer x")
	}
	res, err := r.web.App().Test(q, -1)
	if err != nil {
		r.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil {
		r.t.Fatal(err, cerr)
	}
	if strings.Contains(string(raw), "⟦") {
		r.t.Errorf("%s shows a key without a sentence", path)
	}
	return res.StatusCode, string(raw)
}

func TestWhoBecomesReadyIsSaidWithinReach(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		lots := []whatif.Lot{{Item: whatif.Item{Kind: "pc", Facts: map[string]string{"ram_mb": "4096"}}, Count: 2}}
		for name, tc := range map[string]struct {
			who                    access.Actor
			where                  Where
			ready, wanting, beyond []string
			already, asked         int
		}{
			"the city":       {r.as("planner", ""), Where{}, []string{dangXa}, nil, []string{yenVien}, 1, 584},
			"a district":     {r.as("planner", ""), Where{District: giaLam}, []string{dangXa}, nil, []string{yenVien}, 0, 22},
			"a phase":        {r.as("planner", ""), Where{Phase: "198/1"}, nil, nil, []string{yenVien}, 0, 1},
			"chosen ones":    {r.as("planner", ""), Where{Units: []string{bacSon}}, nil, nil, nil, 1, 1},
			"her district":   {r.as("planner", giaLam), Where{}, []string{dangXa}, nil, []string{yenVien}, 0, 22},
			"beyond reach":   {r.as("planner", giaLam), Where{Units: []string{bacSon}}, nil, nil, nil, 0, 0},
			"no such phase":  {r.as("planner", ""), Where{Phase: "x"}, nil, nil, nil, 0, 0},
			"another's area": {r.as("planner", "016"), Where{District: giaLam}, nil, nil, nil, 0, 0},
		} {
			g, err := r.Give(t.Context(), tc.who, tc.where, lots)
			if err != nil || !slices.Equal(outcomes(g.Ready), tc.ready) || !slices.Equal(outcomes(g.Wanting), tc.wanting) || !slices.Equal(outcomes(g.Beyond), tc.beyond) ||
				g.Already != tc.already || g.Asked != tc.asked {
				t.Errorf("%s: %v %v %v, %d of %d, %v", name, outcomes(g.Ready), outcomes(g.Wanting), outcomes(g.Beyond), g.Already, g.Asked, err)
			}
		}
		for _, tc := range []struct {
			who  access.Actor
			want fault.Kind
		}{{r.as("officer", dangXa), fault.Denied}, {access.Actor{}, fault.SignIn}} {
			if _, err := r.Give(t.Context(), tc.who, Where{}, lots); !fault.Is(err, tc.want) {
				t.Errorf("%v", err)
			}
			if _, err := r.Shop(t.Context(), tc.who, Where{}, whatif.Allow{}); !fault.Is(err, tc.want) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestTheListMovesWhatIsSpareWithinReachOnly(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		allow := whatif.Allow{Move: true, Upgrade: true}
		s, err := r.Shop(t.Context(), r.as("planner", ""), Where{District: giaLam}, allow)
		if err != nil || !slices.Equal(planned(s.Plans), []string{yenVien, dangXa}) || count(s.Shopping, whatif.Move) != 1 || count(s.Shopping, whatif.Buy) != 2 || count(s.Shopping, whatif.Upgrade) != 1 {
			t.Errorf("%+v, %v", s.Totals(), err)
		}
		s, err = r.Shop(t.Context(), r.as("planner", giaLam), Where{}, allow)
		if err != nil || count(s.Shopping, whatif.Move) != 0 || count(s.Shopping, whatif.Buy) != 3 {
			t.Errorf("a coordinator takes from elsewhere: %+v, %v", s.Totals(), err)
		}
	})
}

func TestSortsAreWhatStandsInTheCityAndWhatProfilesAsk(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		x, err := r.look(t.Context(), r.as("planner", ""), Where{})
		if err != nil {
			t.Fatal(err)
		}
		keys := []string{}
		for _, one := range x.types() {
			keys = append(keys, one.Key)
			if one.Key == "pc:Dell 3020" && (one.Count != 4 || one.Item.Facts["ram_mb"] != "4096") {
				t.Errorf("%+v", one)
			}
		}
		if !slices.Equal(keys, []string{"standard:pc", "pc:Dell 3020", "standard:scanner", "scanner:Canon DR-C225"}) {
			t.Error(keys)
		}
	})
}

func TestThePagesAnswerAndExport(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		boss := r.as("planner", "")
		for path, want := range map[string][]string{
			givePath: {"Dell 3020", "Giai đoạn 1", "Huyện Gia Lâm"},
			givePath + "?ask=1&type=standard%3Apc&n=2":                           {"xã Đặng Xá", "còn lại 0"},
			givePath + "?ask=1&type=own&n=1&kind=pc&ram_mb=2.048&unit=" + dangXa: {"Sẽ sẵn sàng nếu có nhiều hơn", "2 máy tính"},
			listPath:                               {"Nâng cấp máy tính TB-2016-000002", "RAM từ 2.048 MB", `value="00556"`},
			listPath + "?ask=1&district=" + giaLam: {"/order?district=" + giaLam},
			listPath + "?ask=1&unit=" + yenVien:    {"Mua máy quét", "Tính lại cho tất cả"},
		} {
			status, page := r.get(boss, path)
			for _, w := range want {
				if status != 200 || !strings.Contains(page, w) {
					t.Errorf("%s: %d without %q", path, status, w)
				}
			}
		}
		status, page := r.get(boss, givePath+"?ask=1&type=own&n=0&kind=pc&ram_mb=abc")
		if status != 422 || !strings.Contains(page, `href="#f-n1"`) || !strings.Contains(page, `href="#f-ram_mb"`) || !strings.Contains(page, `value="abc"`) {
			t.Error("a bad question", status)
		}
		for _, path := range []string{givePath + "/table.xlsx?type=standard%3Apc&n=2", listPath + "/table.xlsx"} {
			if status, body := r.get(boss, path); status != 200 || !strings.HasPrefix(body, "PK") {
				t.Error(path, status)
			}
		}
		status, page = r.get(boss, "/api/v1/inventory/what-if?lot=2:pc:ram_mb=2048&district="+giaLam)
		var out GivenJSON
		if err := json.Unmarshal([]byte(page), &out); status != 200 || err != nil || len(out.Ready) != 1 || out.Ready[0].Gets[0] != 2 || out.AtMost != 1 {
			t.Errorf("%d %s", status, page)
		}
		status, page = r.get(boss, "/api/v1/inventory/what-if/list?allow=upgrade&district="+giaLam)
		var list ShoppedJSON
		if err := json.Unmarshal([]byte(page), &list); status != 200 || err != nil || len(list.Plans) != 2 {
			t.Errorf("%d %s", status, page)
		}
		for _, bad := range []string{"", "?lot=x:pc:", "?lot=1:pc:ram_mb", "?lot=1:pc:down_mbps=3", "?lot=1:chair:"} {
			if status, page := r.get(boss, "/api/v1/inventory/what-if"+bad); status != 422 {
				t.Errorf("%s: %d %s", bad, status, page)
			}
		}
	})
}
