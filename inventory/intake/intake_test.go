package intake

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

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
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/agent/specimen"
)

// Units of the tests: a district, a commune in it, and a district elsewhere.
const (
	giaLam = "018"
	dangXa = "00556"
	socSon = "016"
)

// tuesday is 08/11/2016 10:00 in the city.
var tuesday = time.Date(2016, 11, 8, 3, 0, 0, 0, time.UTC)

var policy = access.Policy{
	"planner":              {inventory.Look, inventory.Edit, Keys},
	"district_coordinator": {inventory.Look, inventory.Edit, Keys},
	"one_stop_officer":     {inventory.Look},
}

// keeper remembers what arrived, and refuses machines that are called "refused".
type keeper struct {
	all   []inventory.Arrival
	asset ident.ID
	doubt bool
}

func (k *keeper) Keep(_ context.Context, _ *db.Tx, in inventory.Arrival) (inventory.Kept, error) {
	if in.Report != nil && in.Report.Hardware.Name == "refused" {
		return inventory.Kept{}, fault.New(fault.Invalid, "intake.refused.query", "query", "refused")
	}
	k.all = append(k.all, in)
	return inventory.Kept{Asset: k.asset, Doubt: k.doubt}, nil
}

type room struct {
	*Service
	t      testing.TB
	at     *clock.Fake
	keeper *keeper
	tree   *org.Tree
	server *httpx.Server
	who    *someone
}

// someone is an identity whose every credential is the one actor.
type someone struct{ who access.Actor }

func (s *someone) BySession(context.Context, string) (access.Actor, error) { return s.who, nil }
func (s *someone) ByBearer(context.Context, string) (access.Actor, error)  { return s.who, nil }

func open(t testing.TB, d *db.DB) *room {
	t.Helper()
	at := clock.At(tuesday)
	units, cals := org.NewUnits(d, clock.System{}), calstore.New(d, clock.System{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := units.LoadBuiltIn(t.Context())
	must(err)
	must(cals.Seed(t.Context(), tuesday))
	blobs, err := files.Folder(t.TempDir())
	must(err)
	words, err := i18n.Load(Locale, inventory.Locale, kit.Locale, importer.Locale, org.Locale, site.Locale, files.Locale)
	must(err)
	equip := inventory.New(d, at, units, files.New(d, at, blobs), cals, words, importer.New(d, at, words))
	must(equip.Seed(t.Context()))
	tree, err := units.Tree(t.Context(), tuesday)
	must(err)
	k := &keeper{}
	s := New(Deps{DB: d, Business: at, Units: units, Words: words, Equip: equip, Keeper: k, BaseURL: "http://kiemke.test"})
	pages := &site.Site{Business: at}
	who := &someone{}
	server := httpx.New(httpx.Config{Identity: who, Catalog: words, DB: d, Clock: clock.System{}, ErrorPage: pages.ErrorPage, Log: slog.New(slog.DiscardHandler)})
	s.Routes(server.Router, pages)
	return &room{Service: s, t: t, at: at, keeper: k, tree: tree, server: server, who: who}
}

func eachDB(t *testing.T, f func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

// as is somebody with a role over a unit; "" is everywhere.
func (r *room) as(role access.Role, unit string) access.Actor {
	g := access.Grant{Role: role, Everywhere: unit == ""}
	if unit != "" {
		g.Units = r.tree.Under(unit)
	}
	return policy.As(access.Actor{ID: ident.ID(string(role) + unit), Name: string(role), Via: "web", From: "10.1.1.1", Grants: []access.Grant{g}})
}

// key admits the agents of a unit.
func (r *room) key(unit string) MadeKey {
	r.t.Helper()
	k, err := r.MakeKey(r.t.Context(), r.as("planner", ""), unit, "thử")
	if err != nil {
		r.t.Fatal(err)
	}
	return k
}

// send posts a body to the door of agents.
func (r *room) send(path string, body []byte, headers ...string) (*http.Response, string) {
	r.t.Helper()
	req := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := r.server.App().Test(req, -1)
	if err != nil {
		r.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if strings.Contains(string(raw), "⟦") {
		r.t.Errorf("%s says an unknown key: %s", path, raw)
	}
	return res, string(raw)
}

func basic(login, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+secret))
}

// all are the senders that the planner sees in a state.
func (r *room) all(f Filter) []Sender {
	r.t.Helper()
	p, err := r.Senders(r.t.Context(), r.as("planner", ""), f, page.Read("", ""))
	if err != nil {
		r.t.Fatal(err)
	}
	return p.Items
}

func TestAnAgentReportsByEitherCredential(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k := r.key(giaLam)
		m := specimen.Desk(1)
		m.Tag = "xã Đặng Xá"
		res, body := r.send("/agent", specimen.Packed(m.Prolog()))
		if res.StatusCode != 401 || res.Header.Get("WWW-Authenticate") != `Basic realm="lotrinh"` || !strings.Contains(body, "<REPLY><ERROR>") {
			t.Fatalf("%d %v %s", res.StatusCode, res.Header, body)
		}
		for range 30 { // first tries lock nobody out
			r.send("/agent", specimen.Packed(m.XML()))
		}
		with := basic(k.Login, k.Plain)
		res, body = r.send("/agent", specimen.Packed(m.Prolog()), "Authorization", with)
		if res.StatusCode != 200 || !strings.Contains(body, "<RESPONSE>SEND</RESPONSE><PROLOG_FREQ>24</PROLOG_FREQ>") || res.Header.Get("Content-Type") != "application/xml" {
			t.Fatalf("%d %v %s", res.StatusCode, res.Header, body)
		}
		if got := r.all(Filter{State: Never}); len(got) != 1 || got[0].Device != m.DeviceID {
			t.Errorf("an agent that only asks has never reported: %+v", got)
		}
		if res, body = r.send("/agent", specimen.Packed(m.XML()), "Authorization", with, "Accept-Encoding", "gzip"); res.StatusCode != 200 ||
			!strings.HasSuffix(body, "<REPLY><RESPONSE>NO_ACCOUNT_UPDATE</RESPONSE></REPLY>") || res.Header.Get("Content-Encoding") != "" {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, _ = r.send(k.Path(), specimen.Desk(2).XML()); res.StatusCode != 200 {
			t.Fatalf("by the secret path: %d", res.StatusCode)
		}
		got := r.keeper.all
		if len(got) != 2 || got[0].Unit != dangXa || got[0].Scope != giaLam || got[0].Report.BIOS.Serial != m.Serial || got[0].File || !got[0].At.Equal(tuesday) || !got[0].TakenAt.Equal(tuesday) ||
			got[1].Unit != "" || len(got[0].Units) < 20 {
			t.Errorf("%+v", got)
		}
		if fine := r.all(Filter{State: Fine}); len(fine) != 2 || fine[0].Agent != "FusionInventory-Agent_v2.6-3" || fine[0].Unit != dangXa || fine[1].Unit != giaLam {
			t.Errorf("%+v", fine)
		}
		back, err := r.ReportOf(t.Context(), r.DB.Read(), got[0].Message, "SOFTWARES", "BIOS")
		if err != nil || len(back.Software) != m.Packages || back.BIOS.Serial != m.Serial {
			t.Errorf("the kept sections say %+v %v", back, err)
		}
	})
}

func TestWrongCredentialsAreCountedAndNamed(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k, gone := r.key(dangXa), r.key(giaLam)
		if _, err := r.RevokeKey(t.Context(), r.as("planner", ""), gone.ID); err != nil {
			t.Fatal(err)
		}
		body := specimen.Desk(1).XML()
		for path, header := range map[string]string{"/agent": basic(k.Login, "ag_wrong"), "/agent?x": basic("nobody", "x"), "/agent?y": basic(gone.Login, gone.Plain), "/agent?z": "Basic !!!"} {
			if res, _ := r.send(path, body, "Authorization", header); res.StatusCode != 401 || res.Header.Get("WWW-Authenticate") != challenge {
				t.Errorf("%s: %d", header, res.StatusCode)
			}
		}
		for _, path := range []string{"/agent/ag_none", gone.Path()} {
			if res, said := r.send(path, body); res.StatusCode != 404 || !strings.Contains(said, "<ERROR>") {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
		}
		if err := errors.Join(r.Flush(t.Context()), r.Flush(t.Context())); err != nil {
			t.Fatal(err)
		}
		r.send("/agent", body, "Authorization", basic(k.Login, "ag_wrong"))
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := r.Refusals(t.Context(), r.as("planner", ""))
		times := map[Reason]int64{}
		for _, x := range all {
			times[x.Reason] += x.Times
		}
		if err != nil || times[WrongSecret] != 2 || times[UnknownLogin] != 2 || times[Revoked] != 2 || times[UnknownPath] != 1 {
			t.Errorf("%v %v", times, err)
		}
		if mine, err := r.Refusals(t.Context(), r.as("district_coordinator", dangXa)); err != nil || len(mine) != 1 || mine[0].Key != k.ID {
			t.Errorf("who holds one commune sees its key only: %+v %v", mine, err)
		}
		if len(r.keeper.all) != 0 {
			t.Error("something was taken")
		}
	})
}

func TestABodyIsKeptOnceAndASectionStoredOnce(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k := r.key(dangXa)
		m := specimen.Desk(1)
		for range 3 {
			if res, body := r.send(k.Path(), specimen.Packed(m.XML())); res.StatusCode != 200 {
				t.Fatal(body)
			}
		}
		if len(r.keeper.all) != 1 {
			t.Fatalf("kept %d times", len(r.keeper.all))
		}
		before := r.count("agent_section")
		m.FreeMB, m.TakenAt = m.FreeMB-5, "2016-12-08 09:00:00"
		r.at.Move(30 * 24 * time.Hour)
		r.send(k.Path(), specimen.Packed(m.XML()))
		if len(r.keeper.all) != 2 || r.count("agent_section") != before+1 {
			t.Errorf("kept %d, %d sections of which %d were there: only the drives changed", len(r.keeper.all), r.count("agent_section"), before)
		}
		if n := r.count("agent_message"); n != 2 {
			t.Errorf("%d lines in the log", n)
		}
	})
}

func (r *room) count(table string) int64 {
	r.t.Helper()
	n, err := r.DB.Read().NewSelect().TableExpr("?", bun.Ident(table)).Count(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func TestRefusedBodiesNameTheirSender(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k := r.key(dangXa)
		m := specimen.Desk(1)
		whole := m.XML()
		r.send(k.Path(), specimen.Packed(m.Prolog()))
		res, said := r.send(k.Path(), whole[:len(whole)/2])
		if res.StatusCode != 400 || !strings.Contains(said, "<REPLY><ERROR>Dữ liệu bị cắt cụt") {
			t.Fatalf("%d %s", res.StatusCode, said)
		}
		bad := r.all(Filter{State: Failing})
		if len(bad) != 1 || bad[0].Device != m.DeviceID {
			t.Fatalf("the agent that asked just before is named: %+v", bad)
		}
		if line, ok := bad[0].Problem(); !ok || line.Key != "intake.refused.truncated" {
			t.Errorf("%+v", line)
		}
		r.at.Move(time.Hour)
		small := New(r.Deps)
		small.decoder = agent.NewDecoder(1 << 20)
		_, err := small.take(t.Context(), Origin{Key: k.Key, Scope: dangXa, Units: []string{dangXa}, Remote: "10.9.9.9", by: machine}, specimen.Packed(bytes.Repeat([]byte("<a>"), 1<<20)))
		if !fault.Is(err, fault.TooLarge) {
			t.Fatal(err)
		}
		if bad = r.all(Filter{State: Failing}); len(bad) != 2 || bad[0].Device != "@10.9.9.9" {
			t.Errorf("a stranger is named by the address: %+v", bad)
		}
		m2 := specimen.Desk(2)
		m2.Name = "refused"
		if res, _ = r.send(k.Path(), m2.XML()); res.StatusCode != 400 {
			t.Errorf("what the keeper refuses is refused: %d", res.StatusCode)
		}
		if bad = r.all(Filter{State: Failing}); len(bad) != 3 {
			t.Errorf("%+v", bad)
		}
		m2.Name = "fine"
		r.at.Move(time.Minute)
		if res, _ = r.send(k.Path(), m2.XML()); res.StatusCode != 200 {
			t.Errorf("%d", res.StatusCode)
		}
		if bad = r.all(Filter{State: Failing}); len(bad) != 2 {
			t.Errorf("a good report ends it: %+v", bad)
		}
		if res, said = r.send(k.Path(), []byte(`{"action":"contact","deviceid":"x","name":"GLPI-Agent"}`)); res.StatusCode != 400 || !strings.HasPrefix(said, `{"status":"error"`) || !strings.Contains(said, `"expiration":24`) {
			t.Errorf("JSON over the line: %d %s", res.StatusCode, said)
		}
	})
}

func TestNetworkTasksAreAnswered(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k := r.key(dangXa)
		for _, content := range []string{"<AGENT><START>1</START></AGENT>", "<AGENT><END>1</END></AGENT>", "<AGENT><END>1</END></AGENT>", "<DEVICE><ERROR><ID>1</ID><MESSAGE>no answer</MESSAGE></ERROR></DEVICE>",
			"<DEVICE><INFO><TYPE>PRINTER</TYPE><SERIAL>CNB1</SERIAL></INFO></DEVICE>"} {
			res, body := r.send(k.Path(), []byte("<REQUEST><CONTENT>"+content+"</CONTENT><DEVICEID>prober</DEVICEID><QUERY>SNMPQUERY</QUERY></REQUEST>"))
			if res.StatusCode != 200 || !strings.Contains(body, "<REPLY>") || strings.Contains(body, "ERROR") {
				t.Errorf("%s: %d %s", content, res.StatusCode, body)
			}
		}
		if len(r.keeper.all) != 1 || len(r.keeper.all[0].Found) != 1 || r.keeper.all[0].Found[0].Serial != "CNB1" || r.keeper.all[0].Report != nil {
			t.Errorf("only what answered is told: %+v", r.keeper.all)
		}
	})
}

func TestASilentAgentIsToldOfOnceAndItsReturnToo(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		var heard []string
		events := outbox.NewDispatcher(r.DB, r.at, slog.New(slog.DiscardHandler), outbox.Handler{Name: "t", Topic: "inventory.agent.silent", Do: func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			heard = append(heard, e.Body)
			return nil
		}})
		run := func() {
			t.Helper()
			if _, err := r.CallSilent(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := events.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		k := r.key(dangXa)
		m := specimen.Desk(1)
		r.send(k.Path(), m.XML())
		r.at.Move(13 * 24 * time.Hour)
		run()
		if len(heard) != 0 {
			t.Fatal("too early")
		}
		r.at.Move(2 * 24 * time.Hour)
		if got := r.all(Filter{State: Silent}); len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		run()
		run()
		if len(heard) != 1 || !strings.Contains(heard[0], `"kind":"silent_agent"`) || !strings.Contains(heard[0], m.DeviceID) || !strings.Contains(heard[0], `"unit":"`+dangXa+`"`) || strings.Contains(heard[0], "ended") {
			t.Fatalf("%v", heard)
		}
		m.FreeMB--
		r.send(k.Path(), m.XML())
		run()
		if len(heard) != 2 || !strings.Contains(heard[1], `"ended":true`) {
			t.Errorf("%v", heard)
		}
		r.at.Move(30 * 24 * time.Hour)
		x := r.all(Filter{State: Silent})[0]
		if _, err := r.SetAside(t.Context(), r.as("district_coordinator", giaLam), x.ID, true); err != nil {
			t.Fatal(err)
		}
		run()
		if len(heard) != 2 || len(r.all(Filter{State: Aside})) != 1 {
			t.Errorf("nobody waits for what was set aside: %v", heard)
		}
	})
}

func TestFilesAreTakenEachOnItsOwn(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		m := specimen.Desk(1)
		m.Tag, m.TakenAt = dangXa, "2016-11-01 09:00:00"
		partial := []byte(`{"action":"inventory","deviceid":"` + m.DeviceID + `","partial":true,"content":{"versionclient":"GLPI-Agent_v1.12","hardware":{"memory":2048}}}`)
		unknown := []byte(`{"action":"inventory","deviceid":"nobody","partial":true,"content":{"hardware":{"memory":2048}}}`)
		who := r.as("district_coordinator", giaLam)
		got, err := r.TakeFiles(t.Context(), who, giaLam, []File{{`E:\may1.ocs`, m.XML()}, {"broken.xml", m.XML()[:300]}, {"may1.json", partial}, {"x.json", unknown}, {"may1.ocs", m.XML()}, {"prolog.xml", m.Prolog()}})
		if err != nil {
			t.Fatal(err)
		}
		want := []Result{Kept, Refused, Kept, Refused, Repeated, Refused}
		for i, x := range got {
			if x.Result != want[i] || (x.Problem != nil) != (x.Result == Refused) {
				t.Errorf("%s: %s %v, want %s", x.Name, x.Result, x.Problem, want[i])
			}
		}
		if !fault.HasKey(got[3].Problem, "intake.refused.partial") {
			t.Errorf("%v", got[3].Problem)
		}
		in := r.keeper.all
		if len(in) != 2 || !in[0].File || in[0].Unit != dangXa || !in[0].TakenAt.Equal(time.Date(2016, 11, 1, 2, 0, 0, 0, time.UTC)) || in[0].Who.ID != who.ID {
			t.Fatalf("%+v", in)
		}
		if p := in[1].Report; !p.Partial || p.Hardware.MemoryMB != agent.Known(2048) || p.BIOS.Serial != m.Serial || len(p.Software) != m.Packages {
			t.Errorf("a partial report is completed: %+v", p)
		}
		if got := r.all(Filter{State: ByFile}); len(got) != 1 || got[0].Device != m.DeviceID {
			t.Errorf("nobody waits for a machine that is known by files: %+v", got)
		}
	})
}

// TestWhoMayDoWhat holds the use cases to their rights: allowed, the wrong unit, no
// permission, nobody.
func TestWhoMayDoWhat(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k := r.key(dangXa)
		r.send(k.Path(), specimen.Desk(1).XML())
		x := r.all(Filter{})[0]
		ctx := t.Context()
		cases := map[string]func(access.Actor) error{
			"make a key":   func(a access.Actor) error { _, err := r.MakeKey(ctx, a, dangXa, ""); return err },
			"revoke a key": func(a access.Actor) error { _, err := r.RevokeKey(ctx, a, k.ID); return err },
			"set aside":    func(a access.Actor) error { _, err := r.SetAside(ctx, a, x.ID, true); return err },
			"send a file":  func(a access.Actor) error { _, err := r.TakeFiles(ctx, a, dangXa, []File{{"x", nil}}); return err },
		}
		for name, do := range cases {
			for who, want := range map[string]struct {
				actor access.Actor
				kind  fault.Kind
			}{"wrong unit": {r.as("district_coordinator", socSon), fault.Missing}, "no permission": {r.as("one_stop_officer", dangXa), fault.Denied}, "nobody": {access.Actor{}, fault.SignIn}} {
				if err := do(want.actor); !fault.Is(err, want.kind) {
					t.Errorf("%s, %s: %v", name, who, err)
				}
			}
			if err := do(r.as("district_coordinator", giaLam)); err != nil {
				t.Errorf("%s, allowed: %v", name, err)
			}
		}
		if _, _, err := r.Sender(ctx, r.as("district_coordinator", socSon), x.ID, page.Read("", "")); !fault.Is(err, fault.Missing) {
			t.Errorf("another district looks: %v", err)
		}
		if _, _, err := r.Sender(ctx, r.as("one_stop_officer", dangXa), x.ID, page.Read("", "")); err != nil {
			t.Errorf("one's own commune looks: %v", err)
		}
		if rows, err := r.Senders(ctx, r.as("district_coordinator", socSon), Filter{}, page.Read("", "")); err != nil || len(rows.Items) != 0 {
			t.Errorf("another district's list: %v %v", rows, err)
		}
		if rows, err := r.AllKeys(ctx, r.as("district_coordinator", socSon), page.Read("", "")); err != nil || len(rows.Items) != 0 {
			t.Errorf("another district's keys: %v %v", rows, err)
		}
		if _, err := r.MakeKey(ctx, r.as("planner", ""), r.tree.Roots()[0].Code, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("a key of the whole city: %v", err)
		}
	})
}

func TestTheLogIsThinnedOutAndSectionsFollow(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k := r.key(dangXa)
		m := specimen.Desk(1)
		for i := range 40 { // each with a section of its own
			m.FreeMB += 7
			m.Seed = i
			r.send(k.Path(), m.XML())
			r.at.Move(24 * time.Hour)
		}
		r.send(k.Path(), []byte("<broken"))
		sections := r.count("agent_section")
		r.at.Move(100 * 24 * time.Hour)
		n, err := r.Forget(t.Context())
		if err != nil || n != 39 { // 38 daily ones of two months that leave one each, and the refused
			t.Errorf("%d %v", n, err)
		}
		if left := r.count("agent_section"); left >= sections || left < 3 {
			t.Errorf("%d sections of %d are left", left, sections)
		}
		x := r.all(Filter{State: Silent})[0]
		if back, err := r.ReportOf(t.Context(), r.DB.Read(), x.Message); err != nil || back.Drives[0].FreeMB != agent.Known(float64(m.FreeMB)) || len(back.Software) != m.Packages {
			t.Errorf("the last report is whole: %+v %v", back, err)
		}
		r.at.Move(3 * 365 * 24 * time.Hour)
		if n, err := r.Forget(t.Context()); err != nil || n != 1 || r.count("agent_message") != 1 {
			t.Errorf("the last one stays for good: %d %v", n, err)
		}
	})
}
