package app

import (
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lotrinh/app/demo"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
)

// line is what routes.tsv says of one route.
type line struct {
	method, path    string
	inside, outside string // as written
	note            string
}

// stranger stands in the file's columns for whoever has not signed in.
const stranger = "stranger"

// routesFile reads the reviewed file: its lines and its sets of roles.
func routesFile(t *testing.T) (lines []line, sets map[string][]string) {
	t.Helper()
	raw, err := os.ReadFile("testdata/routes.tsv")
	must(t, err)
	sets = map[string][]string{}
	for n, text := range strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n") {
		cells := strings.Split(text, "\t")
		switch {
		case strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "=") && len(cells) == 2:
			sets[strings.TrimPrefix(cells[0], "=")] = strings.Fields(cells[1])
		case len(cells) == 4 || len(cells) == 5:
			lines = append(lines, line{cells[0], cells[1], cells[2], cells[3], strings.Join(cells[4:], "")})
		default:
			t.Fatalf("testdata/routes.tsv:%d is neither a comment, a set nor a line: %q", n+1, text)
		}
	}
	return lines, sets
}

// expand is the roles that a cell names.
func expand(t *testing.T, cell string, sets map[string][]string) map[string]bool {
	t.Helper()
	in := map[string]bool{}
	for _, word := range strings.Fields(cell) {
		switch {
		case word == "nobody":
		case word == "open" || word == "all":
			for _, r := range org.Roles {
				in[string(r)] = true
			}
			in[stranger] = word == "open"
		case slices.Contains(org.Roles, access.Role(word)):
			in[word] = true
		case sets[word] != nil:
			maps.Copy(in, expand(t, strings.Join(sets[word], " "), sets))
		default:
			t.Fatalf("testdata/routes.tsv: %q is neither a role nor a set", word)
		}
	}
	delete(in, "")
	if !in[stranger] {
		delete(in, stranger)
	}
	return in
}

func TestEveryRouteStandsInTheReviewedFile(t *testing.T) {
	lines, _ := routesFile(t)
	if !slices.IsSortedFunc(lines, func(a, b line) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) }) {
		t.Error("testdata/routes.tsv is not sorted by path and method")
	}
	for demo, s := range map[bool]*street{true: openStreet(t, Config{}), false: openHouse(t, Config{Data: t.TempDir()})} {
		want := map[string]bool{}
		for _, l := range lines {
			if demo || l.note != "demo" {
				want[l.method+" "+l.path] = true
			}
		}
		for _, r := range s.Routes() {
			if name := r.Method + " " + r.Path; !want[name] {
				t.Errorf("demo %v: %s is not in testdata/routes.tsv: say who may call it", demo, name)
			} else {
				delete(want, name)
			}
		}
		for name := range want {
			t.Errorf("demo %v: testdata/routes.tsv has %s, which is no route", demo, name)
		}
	}
}

// TestEveryRouteAsEveryRole calls every route as a stranger and as every role, with a
// thing in the role's scope and with one outside, and compares with the reviewed file.
// Refused is 401, 403, 404 and the way to the sign-in; anything else got past the door.
func TestEveryRouteAsEveryRole(t *testing.T) {
	lines, sets := routesFile(t)
	eachStreet(t, func(t *testing.T, s *street) {
		s.furnish()
		people, err := demo.People()
		must(t, err)
		logins := map[string]string{}
		for _, p := range people {
			logins[string(p.Role)] = p.Login
		}
		if len(logins) != len(org.Roles) {
			t.Fatalf("the demo has %d roles of %d", len(logins), len(org.Roles))
		}
		strange := s.owned("socson")
		mine := map[string]map[string]string{}
		for role, login := range logins {
			mine[role] = s.owned(login)
		}
		slices.SortStableFunc(lines, func(a, b line) int { return last(a.path) - last(b.path) })
		for _, l := range lines {
			for _, side := range []string{"inside", "outside"} {
				if side == "outside" && l.outside == "-" {
					continue
				}
				want := expand(t, map[string]string{"inside": l.inside, "outside": l.outside}[side], sets)
				got := map[string]bool{}
				seen := map[string]int{}
				for _, role := range slices.Sorted(maps.Keys(mine)) {
					things := maps.Clone(strange)
					if side == "inside" {
						maps.Copy(things, s.here)
						maps.Copy(things, mine[role])
					} else {
						maps.Copy(things, s.there)
					}
					seen[role] = s.call(logins[role], l, things)
					if passed(seen[role]) {
						got[role] = true
					}
				}
				things := maps.Clone(strange)
				maps.Copy(things, s.here)
				seen[stranger] = s.call("", l, things)
				if passed(seen[stranger]) {
					got[stranger] = true
				}
				if !maps.Equal(got, want) {
					t.Errorf("%s %s, %s: passed %v\n\tthe file says        %v\n\tanswers %v", l.method, l.path, side,
						slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)), seen)
				}
				for role, status := range seen {
					if status >= 500 {
						t.Errorf("%s %s, %s, %s: %d", l.method, l.path, side, role, status)
					}
				}
			}
		}
	})
}

// last puts what ends a session behind everything else.
func last(path string) int {
	return map[string]int{"/sign-out": 1, "/sign-in": 2}[path]
}

// passed tells whether an answer let the caller in. A way to the sign-in is told as 401.
func passed(status int) bool { return status != 401 && status != 403 && status != 404 }

// call sends the smallest sensible request of a route and tells the status.
func (s *street) call(login string, l line, things map[string]string) int {
	s.t.Helper()
	path := addresses[l.path]
	if path == "" {
		path = l.path
	}
	if path = fill(path, things); strings.Contains(path, ":") {
		s.t.Fatalf("%s: addresses does not say what %s means", l.path, path)
	}
	if fresh[l.path] {
		id, post := s.person(things["unit"])
		path = fill(addresses[l.path], map[string]string{"account": id, "post": post})
	}
	best := 0
	for body := range strings.SplitSeq(fill(bodies[l.method+" "+l.path], things), "\n") {
		status := s.callWith(login, l, path, body)
		if best == 0 || passed(status) {
			best = status
		}
	}
	return best
}

func (s *street) callWith(login string, l line, path, body string) int {
	s.t.Helper()
	var heads []string
	if strings.HasPrefix(l.path, "/api/") {
		s.sent++
		heads = []string{"If-Match", `"999"`, "Idempotency-Key", "k" + strconv.Itoa(s.sent)}
		if l.method != "GET" && body == "" {
			body = "{}"
		}
	} else if l.method == "POST" {
		s.sent++
		body = strings.TrimPrefix(body+"&"+url.Values{httpx.OnceField: {"k" + strconv.Itoa(s.sent)}}.Encode(), "&")
	}
	a := s.ask(login, l.method, path, body, heads...)
	if a.status == 303 && strings.HasPrefix(a.head.Get("Location"), "/sign-in?") {
		return 401
	}
	return a.status
}

func fill(text string, things map[string]string) string {
	for word, value := range things {
		text = strings.ReplaceAll(text, "{"+word+"}", value)
	}
	return text
}

// addresses say what the parameters of a route stand for; things lie inside and
// outside of the reader's scope.
var addresses = map[string]string{
	"/rollout/services/departments/:lead":       "/rollout/services/departments/S05",
	"/rollout/services/essential/:id":           "/rollout/services/essential/{essential}",
	"/rollout/services/focal/:id/dismiss":       "/rollout/services/focal/{focal}/dismiss",
	"/rollout/services/items/:id":               "/rollout/services/items/{item}",
	"/rollout/services/items/:id/papers":        "/rollout/services/items/{item}/papers",
	"/rollout/services/items/:id/papers/:file":  "/rollout/services/items/{item}/papers/{itempaper}",
	"/rollout/services/items/:id/step":          "/rollout/services/items/{item}/step",
	"/rollout/services/targets/:id":             "/rollout/services/targets/{quantity}",
	"/rollout/services/targets/:id/units/:unit": "/rollout/services/targets/{quantity}/units/{unit}",
	"/rollout/services/units/:unit":             "/rollout/services/units/{unit}",

	"/admin/units/changes/:id":                  "/admin/units/changes/{changes}",
	"/admin/units/changes/:id/confirm":          "/admin/units/changes/{changes}/confirm",
	"/admin/units/changes/:id/drop":             "/admin/units/changes/{changes}/drop",
	"/admin/units/changes/:id/preview":          "/admin/units/changes/{changes}/preview",
	"/admin/units/changes/:id/receivers":        "/admin/units/changes/{changes}/receivers",
	"/admin/units/changes/:id/reverse":          "/admin/units/changes/{changes}/reverse",
	"/admin/units/changes/reviews/:id":          "/admin/units/changes/reviews/{moved_post}",
	"/dossiers/:id/do/:act":                     "/dossiers/{dossier}/do/accept",
	"/dossiers/:id/findings":                    "/dossiers/{dossier}/findings",
	"/dossiers/:id/apart":                       "/dossiers/{dossier}/apart",
	"/dossiers/:id/answers":                     "/dossiers/{dossier}/answers",
	"/dossiers/:id/certificate":                 "/dossiers/{papered}/certificate",
	"/dossiers/slips/:id":                       "/dossiers/slips/{slip}",
	"/dossiers/slips/:id/paper":                 "/dossiers/slips/{slip}/paper",
	"/dossiers/slips/:id/copy":                  "/dossiers/slips/{slip}/copy",
	"/dossiers/counter/:procedure":              "/dossiers/counter/papers",
	"/dossiers/counter/:procedure/assist":       "/dossiers/counter/papers/assist",
	"/dossiers/counter/:procedure/papers/:file": "/dossiers/counter/papers/papers/{counter_file}",
	"/dossiers/:id/papers":                      "/dossiers/{dossier}/papers",
	"/dossiers/:id/papers/:file":                "/dossiers/{dossier}/papers/{dossier_file}",
	"/api/v1/dossiers/:id":                      "/api/v1/dossiers/{dossier}",
	"/api/v1/dossiers/:id/act":                  "/api/v1/dossiers/{dossier}/act",

	"/dossiers/exchange/messages/:id":           "/dossiers/exchange/messages/{letter_out}",
	"/dossiers/exchange/messages/:id/again":     "/dossiers/exchange/messages/{letter_out}/again",
	"/dossiers/exchange/messages/:id/drop":      "/dossiers/exchange/messages/{letter_out}/drop",
	"/dossiers/exchange/differences/:id":        "/dossiers/exchange/differences/{difference}",
	"/dossiers/exchange/inbox/:id/reread":       "/dossiers/exchange/inbox/{letter_in}/reread",
	"/dossiers/exchange/incidents/:id":          "/dossiers/exchange/incidents/{exchange_incident}",
	"/dossiers/exchange/offices/:office":        "/dossiers/exchange/offices/ministry",
	"/dossiers/exchange/offices/:office/sheet":  "/dossiers/exchange/offices/ministry/sheet",
	"/dossiers/exchange/offices/:office/replay": "/dossiers/exchange/offices/ministry/replay",
	"/dossiers/exchange/replays/:id/grant":      "/dossiers/exchange/replays/{replay}/grant",
	"/dossiers/exchange/replays/:id/refuse":     "/dossiers/exchange/replays/{replay}/refuse",
	"/dossiers/:id/legs/:leg/answer":            "/dossiers/{dossier}/legs/residence/answer",
	"/dossiers/:id/legs/:leg/record":            "/dossiers/{dossier}/legs/residence/record",
	"/api/v1/exchange/:office/events":           "/api/v1/exchange/ministry/events",

	"/thu-tuc/:key":                                "/thu-tuc/birth",
	"/thu-tuc/:key/to-dan.pdf":                     "/thu-tuc/birth/to-dan.pdf",
	"/dossiers/procedures/:key":                    "/dossiers/procedures/birth",
	"/dossiers/procedures/:key/:id":                "/dossiers/procedures/birth/{procver}",
	"/dossiers/procedures/:key/:id/next":           "/dossiers/procedures/birth/{procver}/next",
	"/dossiers/procedures/:key/:id/publish":        "/dossiers/procedures/birth/{procver}/publish",
	"/dossiers/procedures/:key/:id/withdraw":       "/dossiers/procedures/birth/{procver}/withdraw",
	"/dossiers/procedures/:key/:id/discard":        "/dossiers/procedures/birth/{procver}/discard",
	"/dossiers/procedures/:key/:id/preview":        "/dossiers/procedures/birth/{procver}/preview",
	"/dossiers/procedures/:key/:id/json":           "/dossiers/procedures/birth/{procver}/json",
	"/dossiers/procedures/:key/:id/compare/:other": "/dossiers/procedures/birth/{procver}/compare/{procver}",
	"/dossiers/procedures/:key/:id/edit/:part/:n":  "/dossiers/procedures/birth/{procver}/edit/head/0",
	"/dossiers/:id":                                "/dossiers/{dossier}",
	"/dossiers/:id/register":                       "/dossiers/{dossier}/register",
	"/dossiers/register/entries/:id":               "/dossiers/register/entries/{entry}",
	"/dossiers/register/entries/:id/extract":       "/dossiers/register/entries/{entry}/extract",
	"/dossiers/register/entries/:id/facts":         "/dossiers/register/entries/{entry}/facts",
	"/dossiers/register/entries/:id/paper":         "/dossiers/register/entries/{entry}/paper",
	"/dossiers/register/proposals/:id":             "/dossiers/register/proposals/{proposal}",
	"/api/v1/dossiers/practice":                    "/api/v1/dossiers/practice?unit={unit}",
	"/field/counter/:id":                           "/field/counter/{block}",
	"/dossiers/feedback/:id":                       "/dossiers/feedback/{said}",
	"/api/v1/dossiers/feedback/:id/answer":         "/api/v1/dossiers/feedback/{said}/answer",
	"/dossiers/figures/rules/:id/drop":             "/dossiers/figures/rules/{scoring}/drop",
	"/dossiers/figures/declared":                   "/dossiers/figures/declared?unit={unit}",
	"/api/v1/dossiers/figures/declared":            "/api/v1/dossiers/figures/declared?unit={unit}",
	"/dossiers/figures/declared/:unit/:year/:id":   "/dossiers/figures/declared/{unit}/2016/{proof}",
	"/account/relatives/:id/forget":                "/account/relatives/{relative}/forget",
	"/api/v1/dossiers/:id/register":                "/api/v1/dossiers/{enterable}/register",
	"/api/v1/dossiers/:id/refuse-signing":          "/api/v1/dossiers/{dossier}/refuse-signing",
	"/api/v1/registers/entries/:id":                "/api/v1/registers/entries/{entry}",
	"/api/v1/registers/entries/:id/facts":          "/api/v1/registers/entries/{entry}/facts",
	"/admin/accounts/:id":                          "/admin/accounts/{account}",
	"/admin/accounts/:id/close":                    "/admin/accounts/{account}/close",
	"/admin/accounts/:id/edit":                     "/admin/accounts/{account}/edit",
	"/admin/accounts/:id/help":                     "/admin/accounts/{account}/help",
	"/admin/accounts/:id/lock":                     "/admin/accounts/{account}/lock",
	"/admin/accounts/:id/posts/:post/end":          "/admin/accounts/{account}/posts/{post}/end",
	"/admin/accounts/:id/posts/new":                "/admin/accounts/{account}/posts/new",
	"/admin/calendar/:year":                        "/admin/calendar/{year}",
	"/admin/calendar/week/:name":                   "/admin/calendar/week/office",
	"/admin/calendar/:year/confirm":                "/admin/calendar/{year}/confirm",
	"/admin/notices/:id/retry":                     "/admin/notices/{notice}/retry",
	"/account/sessions/:id/end":                    "/account/sessions/{session}/end",
	"/account/tokens/:id/end":                      "/account/tokens/{token}/end",

	"/imports/:kind":               "/imports/{kind}",
	"/imports/:kind/template.xlsx": "/imports/{kind}/template.xlsx",
	"/imports/runs/:id":            "/imports/runs/{import}",
	"/imports/runs/:id/choose":     "/imports/runs/{import}/choose",
	"/imports/runs/:id/commit":     "/imports/runs/{import}/commit",
	"/imports/runs/:id/undo":       "/imports/runs/{import}/undo",
	"/jobs/:id":                    "/jobs/{job}",
	"/jobs/:id/cancel":             "/jobs/{job}/cancel",

	"/api/v1/metrics/:key":           "/api/v1/metrics/tickets.open?unit={district}&by=unit",
	"/reports/metrics/:key":          "/reports/metrics/tickets.open?unit={district}&by=unit",
	"/reports/metrics/:key/days.csv": "/reports/metrics/tickets.open/days.csv?unit={district}",

	"/admin/report-delivery/domains/:domain/forbid":   "/admin/report-delivery/domains/{domain}/forbid",
	"/admin/report-delivery/folders/:id":              "/admin/report-delivery/folders/{report_folder}",
	"/admin/report-delivery/folders/:id/try":          "/admin/report-delivery/folders/{report_folder}/try",
	"/admin/report-delivery/webhooks/:id":             "/admin/report-delivery/webhooks/{report_webhook}",
	"/admin/report-delivery/webhooks/:id/try":         "/admin/report-delivery/webhooks/{report_webhook}/try",
	"/admin/report-delivery/webhooks/:id/rotate":      "/admin/report-delivery/webhooks/{report_webhook}/rotate",
	"/api/v1/reports/runs/:id/deliveries":             "/api/v1/reports/runs/{report}/deliveries",
	"/bao-cao/:token":                                 "/bao-cao/{report_token}",
	"/bao-cao/:token/pdf":                             "/bao-cao/{report_token}/pdf",
	"/reports/links/:id/revoke":                       "/reports/links/{report_link}/revoke",
	"/reports/runs/:id/links":                         "/reports/runs/{report}/links",
	"/reports/deliveries/:id/resend":                  "/reports/deliveries/{report_sent}/resend",
	"/reports/runs/:id/deliveries":                    "/reports/runs/{report}/deliveries",
	"/reports/runs/:id/send":                          "/reports/runs/{report}/send",
	"/reports/schedules/:id/recipients":               "/reports/schedules/{schedule}/recipients",
	"/reports/schedules/:id/recipients/:entry/remove": "/reports/schedules/{schedule}/recipients/{report_entry}/remove",
	"/reports/subscriptions/:id/end":                  "/reports/subscriptions/{subscription}/end",

	"/reports/runs/:id":                 "/reports/runs/{report}",
	"/reports/runs/:id/report.pdf":      "/reports/runs/{report}/report.pdf",
	"/reports/runs/:id/report.xlsx":     "/reports/runs/{report}/report.xlsx",
	"/reports/runs/:id/report.docx":     "/reports/runs/{report}/report.docx",
	"/reports/runs/:id/files/:name":     "/reports/runs/{report}/files/data.json",
	"/reports/runs/:id/issue":           "/reports/runs/{report}/issue",
	"/reports/runs/:id/retry":           "/reports/runs/{report}/retry",
	"/reports/runs/:id/cancel":          "/reports/runs/{report}/cancel",
	"/reports/runs/:id/editions":        "/reports/runs/{report}/editions",
	"/reports/runs/:id/editions/new":    "/reports/runs/{report}/editions/new",
	"/api/v1/reports/runs/:id/cancel":   "/api/v1/reports/runs/{report}/cancel",
	"/api/v1/reports/runs/:id/editions": "/api/v1/reports/runs/{report}/editions",
	"/reports/runs/:id/state":           "/reports/runs/{report}/state",
	"/reports/schedules/:id":            "/reports/schedules/{schedule}",
	"/api/v1/reports/runs/:id":          "/api/v1/reports/runs/{report}",
	"/api/v1/reports/schedules/:id":     "/api/v1/reports/schedules/{schedule}",

	"/api/v1/inventory/installs":             "/api/v1/inventory/installs?unit={unit}",
	"/field/declare":                         "/field/declare?unit={unit}",
	"/field/photos/:id":                      "/field/photos/{picture}",
	"/field/photos/:id/thumb":                "/field/photos/{picture}/thumb",
	"/field/installs":                        "/field/installs?unit={unit}",
	"/inventory/installs/software/:id":       "/inventory/installs/software/{software}",
	"/inventory/installs/:id/reach":          "/inventory/installs/{install}/reach",
	"/field/stocktakes/:id":                  "/field/stocktakes/{stocktake}",
	"/field/stocktakes/:id/scans":            "/field/stocktakes/{stocktake}/scans",
	"/agent/:key":                            "/agent/{agent_secret}",
	"/inventory/agents/:id":                  "/inventory/agents/{agent}",
	"/inventory/agents/:id/aside":            "/inventory/agents/{agent}/aside",
	"/inventory/agents/keys/:id/revoke":      "/inventory/agents/keys/{agent_key}/revoke",
	"/inventory/agents/messages/:id":         "/inventory/agents/messages/{agent_message}",
	"/api/v1/inventory/agent-keys/:id":       "/api/v1/inventory/agent-keys/{agent_key}",
	"/api/v1/inventory/agents/:id/messages":  "/api/v1/inventory/agents/{agent}/messages",
	"/api/v1/inventory/reports":              "/api/v1/inventory/reports?unit={unit}",
	"/api/v1/inventory/devices/:id":          "/api/v1/inventory/devices/{device}",
	"/inventory/devices/:id":                 "/inventory/devices/{device}",
	"/inventory/devices/:id/sections/:name":  "/inventory/devices/{device}/sections/BIOS",
	"/inventory/devices/:id/split":           "/inventory/devices/{device}/split",
	"/inventory/devices/:id/stand":           "/inventory/devices/{device}/stand",
	"/inventory/devices/:id/things":          "/inventory/devices/{device}/things",
	"/inventory/review/:id":                  "/inventory/review/{doubt}",
	"/inventory/review/:id/decide":           "/inventory/review/{doubt}/decide",
	"/inventory/review/:id/undo":             "/inventory/review/{doubt}/undo",
	"/inventory/elsewhere/:id":               "/inventory/elsewhere/{sighting}",
	"/inventory/differences/:id":             "/inventory/differences/{differs}?fact=ram_mb",
	"/inventory/assets/:id/facts":            "/inventory/assets/{asset}/facts",
	"/inventory/stocktakes/:id":              "/inventory/stocktakes/{stocktake}",
	"/inventory/stocktakes/:id/report":       "/inventory/stocktakes/{stocktake}/report",
	"/inventory/stocktakes/:id/end":          "/inventory/stocktakes/{stocktake}/end",
	"/inventory/stocktakes/:id/cancel":       "/inventory/stocktakes/{stocktake}/cancel",
	"/inventory/stocktakes/proposals/:id":    "/inventory/stocktakes/proposals/{suggestion}",
	"/api/v1/inventory/stocktakes/:id":       "/api/v1/inventory/stocktakes/{stocktake}",
	"/api/v1/inventory/stocktakes/:id/scans": "/api/v1/inventory/stocktakes/{stocktake}/scans",

	"/inventory/lines/:id":                     "/inventory/lines/{line}",
	"/inventory/lines/:id/edit":                "/inventory/lines/{line}/edit",
	"/inventory/lines/:id/outages":             "/inventory/lines/{line}/outages",
	"/inventory/lines/outages/:id":             "/inventory/lines/outages/{outage}",
	"/inventory/lines/providers/:id":           "/inventory/lines/providers/{provider}",
	"/inventory/lines/runs/:token":             "/inventory/lines/runs/{run}",
	"/inventory/lines/runs/:token/down":        "/inventory/lines/runs/{run}/down?n=1",
	"/inventory/lines/runs/:token/ping":        "/inventory/lines/runs/{run}/ping",
	"/inventory/lines/runs/:token/up":          "/inventory/lines/runs/{run}/up",
	"/api/v1/inventory/lines/:id":              "/api/v1/inventory/lines/{line}",
	"/api/v1/inventory/lines/:id/measurements": "/api/v1/inventory/lines/{line}/measurements",

	"/inventory/assets/:id":                    "/inventory/assets/{asset}",
	"/inventory/assets/:id/edit":               "/inventory/assets/{asset}/edit",
	"/inventory/gaps/:id":                      "/inventory/gaps/{gap}",
	"/inventory/gaps/:id/move":                 "/inventory/gaps/{gap}/move",
	"/inventory/gaps/:id/take":                 "/inventory/gaps/{gap}/take",
	"/inventory/photos/:id":                    "/inventory/photos/{photo}",
	"/inventory/photos/:id/thumb":              "/inventory/photos/{photo}/thumb",
	"/inventory/units/:code":                   "/inventory/units/{unit}",
	"/inventory/edits/:id":                     "/inventory/edits/{job}",
	"/inventory/labels":                        "/inventory/labels?asset={asset}",
	"/inventory/lists/:id/drop":                "/inventory/lists/{list}/drop",
	"/t/:code":                                 "/t/{asset_code}",
	"/inventory/lists":                         "/inventory/lists?kind=pc",
	"/inventory/lists/new":                     "/inventory/lists/new?kind=pc",
	"/inventory/districts/:code":               "/inventory/districts/{district}",
	"/inventory/profiles/:id":                  "/inventory/profiles/{profile}",
	"/inventory/profiles/:id/next":             "/inventory/profiles/{profile}/next",
	"/inventory/profiles/:id/discard":          "/inventory/profiles/{profile}/discard",
	"/inventory/profiles/:id/effect":           "/inventory/profiles/{profile}/effect",
	"/inventory/profiles/:id/publish":          "/inventory/profiles/{profile}/publish",
	"/inventory/profiles/:id/withdraw":         "/inventory/profiles/{profile}/withdraw",
	"/inventory/profiles/:id/diff":             "/inventory/profiles/{profile}/diff?with={profile}",
	"/inventory/profiles/:id/export.json":      "/inventory/profiles/{profile}/export.json",
	"/inventory/profiles/:id/lines":            "/inventory/profiles/{profile}/lines",
	"/inventory/profiles/:id/lines/new":        "/inventory/profiles/{profile}/lines/new",
	"/inventory/profiles/:id/lines/:line":      "/inventory/profiles/{profile}/lines/pc",
	"/inventory/profiles/:id/lines/:line/drop": "/inventory/profiles/{profile}/lines/pc/drop",
	"/inventory/profiles/:id/lines/:line/up":   "/inventory/profiles/{profile}/lines/pc/up",
	"/inventory/profiles/:id/lines/:line/down": "/inventory/profiles/{profile}/lines/pc/down",
	"/inventory/units/:code/waive":             "/inventory/units/{unit}/waive",
	"/inventory/units/:code/site":              "/inventory/units/{unit}/site",
	"/inventory/waivers/:id/end":               "/inventory/waivers/{excuse}/end",
	"/api/v1/inventory/profiles/:id":           "/api/v1/inventory/profiles/{profile}",
	"/api/v1/inventory/profiles/:id/effect":    "/api/v1/inventory/profiles/{profile}/effect",
	"/api/v1/inventory/profiles/:id/publish":   "/api/v1/inventory/profiles/{profile}/publish",
	"/api/v1/inventory/profiles/:id/withdraw":  "/api/v1/inventory/profiles/{profile}/withdraw",
	"/api/v1/inventory/units/:unit/waivers":    "/api/v1/inventory/units/{unit}/waivers",
	"/api/v1/inventory/units/:unit/site":       "/api/v1/inventory/units/{unit}/site",
	"/api/v1/inventory/units/:unit/days":       "/api/v1/inventory/units/{unit}/days",
	"/inventory/assets/new":                    "/inventory/assets/new?unit={unit}",
	"/inventory/gaps/new":                      "/inventory/gaps/new?unit={unit}",
	"/inventory/assets/:id/papers":             "/inventory/assets/{asset}/papers",
	"/inventory/assets/:id/papers/:paper":      "/inventory/assets/{asset}/papers/{paper}",
	"/inventory/assets/:id/papers/:paper/drop": "/inventory/assets/{asset}/papers/{paper}/drop",

	"/rollout/districts/:code":                     "/rollout/districts/{district}",
	"/overview/districts/:code":                    "/overview/districts/{district}",
	"/rollout/units/:code":                         "/rollout/units/{unit}",
	"/rollout/units/:code/declare":                 "/rollout/units/{unit}/declare?c=accounts",
	"/rollout/units/:code/verify":                  "/rollout/units/{unit}/verify?c=accounts",
	"/rollout/moves/:id":                           "/rollout/moves/{move}",
	"/rollout/moves/:id/undo":                      "/rollout/moves/{move}/undo",
	"/rollout/waivers/:id/revoke":                  "/rollout/waivers/{waiver}/revoke",
	"/rollout/milestones/:key":                     "/rollout/milestones/{milestone}",
	"/rollout/phases/:ordinal":                     "/rollout/phases/2",
	"/rollout/schedule/:id":                        "/rollout/schedule/{plan}",
	"/rollout/schedule/rehearsals/:id":             "/rollout/schedule/rehearsals/{rehearsal}",
	"/rollout/schedule/rehearsals/:id/steps":       "/rollout/schedule/rehearsals/{rehearsal}/steps",
	"/rollout/schedule/rehearsals/:id/decide":      "/rollout/schedule/rehearsals/{rehearsal}/decide",
	"/rollout/schedule/rehearsals/steps/:id":       "/rollout/schedule/rehearsals/steps/{runstep}",
	"/rollout/schedule/:id/compute":                "/rollout/schedule/{plan}/compute",
	"/rollout/schedule/:id/variants":               "/rollout/schedule/{plan}/variants",
	"/rollout/schedule/:id/baselines":              "/rollout/schedule/{plan}/baselines",
	"/rollout/schedule/:id/tasks":                  "/rollout/schedule/{plan}/tasks?district={district}",
	"/rollout/schedule/:id/tasks/new":              "/rollout/schedule/{plan}/tasks/new",
	"/rollout/schedule/:id/done":                   "/rollout/schedule/{plan}/done",
	"/rollout/schedule/:id/slips":                  "/rollout/schedule/{plan}/slips",
	"/rollout/schedule/tasks/:id":                  "/rollout/schedule/tasks/{plantask}",
	"/rollout/schedule/tasks/:id/done":             "/rollout/schedule/tasks/{plantask}/done",
	"/rollout/schedule/tasks/:id/slips":            "/rollout/schedule/tasks/{plantask}/slips",
	"/rollout/schedule/resources/:id":              "/rollout/schedule/resources/{planresource}",
	"/rollout/schedule/variants/:id":               "/rollout/schedule/variants/{variant}",
	"/rollout/schedule/variants/:id/adopt":         "/rollout/schedule/variants/{variant}/adopt",
	"/rollout/schedule/variants/:id/drop":          "/rollout/schedule/variants/{variant}/drop",
	"/rollout/schedule/baselines/:id":              "/rollout/schedule/baselines/{baseline}",
	"/rollout/schedule/baselines/:id/content.json": "/rollout/schedule/baselines/{baseline}/content.json",
	"/rollout/outlook/holds/:id":                   "/rollout/outlook/holds/{hold}",
	"/rollout/outlook/holds/:id/release":           "/rollout/outlook/holds/{hold}/release",
	"/rollout/outlook/waves/:wave":                 "/rollout/outlook/waves/{wave}",
	"/rollout/gates/:key":                          "/rollout/gates/wan",
	"/rollout/gates/:key/declare":                  "/rollout/gates/wan/declare",
	"/rollout/gates/:key/try":                      "/rollout/gates/wan/try",
	"/rollout/gates/:key/withdraw":                 "/rollout/gates/wan/withdraw",

	"/rollout/criteria/:id":              "/rollout/criteria/{criterion}",
	"/rollout/criteria/:id/withdraw":     "/rollout/criteria/{criterion}/withdraw",
	"/rollout/units/:code/evidence/:key": "/rollout/units/{unit}/evidence/accounts",

	"/incidents/:id":                "/incidents/{incident}",
	"/incidents/:id/close":          "/incidents/{incident}/close",
	"/incidents/:id/edit":           "/incidents/{incident}/edit",
	"/incidents/:id/link":           "/incidents/{incident}/link",
	"/incidents/:id/note":           "/incidents/{incident}/note",
	"/incidents/:id/rerun":          "/incidents/{incident}/rerun",
	"/incidents/:id/resolve":        "/incidents/{incident}/resolve",
	"/incidents/:id/tell":           "/incidents/{incident}/tell",
	"/incidents/:id/unlink":         "/incidents/{incident}/unlink",
	"/maintenance/:id/cancel":       "/maintenance/{work}/cancel",
	"/problems/:id":                 "/problems/{problem}",
	"/problems/:id/tickets":         "/problems/{problem}/tickets",
	"/api/v1/incidents/:id":         "/api/v1/incidents/{incident}",
	"/api/v1/incidents/:id/updates": "/api/v1/incidents/{incident}/updates",

	"/help/:no":                           "/help/{article}",
	"/help/:no/edit":                      "/help/{article}/edit",
	"/help/:no/editions":                  "/help/{article}/editions",
	"/help/:no/editions/:edition":         "/help/{article}/editions/1",
	"/help/:no/editions/:edition/restore": "/help/{article}/editions/1/restore",
	"/help/:no/pictures/:file":            "/help/{article}/pictures/{article_picture}",
	"/help/:no/publish":                   "/help/{article}/publish",
	"/help/:no/retire":                    "/help/{article}/retire",
	"/help/:no/reviewed":                  "/help/{article}/reviewed",
	"/help/:no/use":                       "/help/{article}/use",
	"/help/:no/verdict":                   "/help/{article}/verdict",
	"/help/of/:id":                        "/help/of/{article_id}",
	"/api/v1/articles/:no":                "/api/v1/articles/{article}",

	"/api/v1/cti/:token":               "/api/v1/cti/{cti}",
	"/desk/hotline/callbacks/:id/done": "/desk/hotline/callbacks/{callback}/done",
	"/desk/hotline/callbacks/:id/take": "/desk/hotline/callbacks/{callback}/take",
	"/desk/hotline/calls/:id":          "/desk/hotline/calls/{call}",
	"/desk/hotline/calls/:id/assign":   "/desk/hotline/calls/{call}/assign",
	"/desk/hotline/calls/:id/card":     "/desk/hotline/calls/{call}/card",
	"/desk/hotline/calls/:id/link":     "/desk/hotline/calls/{call}/link",
	"/desk/hotline/calls/:id/note":     "/desk/hotline/calls/{call}/note",
	"/desk/hotline/calls/:id/ticket":   "/desk/hotline/calls/{call}/ticket",
	"/desk/hotline/pbx/:id/revoke":     "/desk/hotline/pbx/{pbx}/revoke",
	"/desk/proposals/:id/accept":       "/desk/proposals/{desk_proposal}/accept",
	"/desk/proposals/:id/decline":      "/desk/proposals/{desk_proposal}/decline",
	"/tickets/:id/dismiss":             "/tickets/{ticket}/dismiss",
	"/desk/cases/:id/back":             "/desk/cases/{case}/back",
	"/desk/cases/:id/reacted":          "/desk/cases/{case}/reacted",
	"/desk/mail/boxes/:id":             "/desk/mail/boxes/{mailbox}",
	"/desk/mail/letters/:id":           "/desk/mail/letters/{letter}",
	"/desk/mail/letters/:id/discard":   "/desk/mail/letters/{held}/discard",
	"/desk/mail/letters/:id/parts/:n":  "/desk/mail/letters/{letter}/parts/0",
	"/desk/mail/letters/:id/release":   "/desk/mail/letters/{held}/release",
	"/desk/sla/:rule":                  "/desk/sla/p1",
	"/desk/duty/absences/:id/end":      "/desk/duty/absences/{absence}/end",
	"/desk/duty/exceptions/:id/drop":   "/desk/duty/exceptions/{absence}/drop",
	"/desk/duty/shifts/:id/drop":       "/desk/duty/shifts/{absence}/drop",
	"/desk/sla/:rule/down":             "/desk/sla/p1/down",
	"/desk/sla/:rule/off":              "/desk/sla/p1/off",
	"/desk/sla/:rule/on":               "/desk/sla/p1/on",
	"/desk/sla/:rule/up":               "/desk/sla/p3/up",
	"/desk/vendors/:id":                "/desk/vendors/{vendor}",
	"/desk/visits/:id":                 "/desk/visits/{visit}",
	"/desk/visits/:id/order":           "/desk/visits/{visit}/order",
	"/desk/visits/:id/record":          "/desk/visits/{visit}/record",
	"/desk/visits/:id/sign":            "/desk/visits/{visit}/sign",
	"/desk/visits/:id/signature":       "/desk/visits/{visit}/signature",
	"/desk/visits/:id/step":            "/desk/visits/{visit}/step",
	"/tickets/:id/handover":            "/tickets/{ticket}/handover",
	"/tickets/:id/remote":              "/tickets/{ticket}/remote",
	"/tickets/:id/visits":              "/tickets/{ticket}/visits",
	"/tickets/:id/visits/new":          "/tickets/{ticket}/visits/new",

	"/tickets/:id/sort":                    "/tickets/{ticket}/sort",
	"/tickets/:id/subject":                 "/tickets/{ticket}/subject",
	"/tickets/:id/fields":                  "/tickets/{ticket}/fields",
	"/tickets/:id/tags":                    "/tickets/{ticket}/tags",
	"/tickets/:id/links":                   "/tickets/{ticket}/links",
	"/tickets/:id/unlink":                  "/tickets/{ticket}/unlink",
	"/tickets/:id/parent":                  "/tickets/{ticket}/parent",
	"/tickets/:id/merge":                   "/tickets/{ticket}/merge",
	"/tickets/:id/unmerge":                 "/tickets/{ticket}/unmerge",
	"/tickets/:id/watch":                   "/tickets/{ticket}/watch",
	"/tickets/:id/unwatch":                 "/tickets/{ticket}/unwatch",
	"/tickets/:id/checks":                  "/tickets/{ticket}/checks",
	"/tickets/:id/snooze":                  "/tickets/{ticket}/snooze",
	"/tickets/:id/wake":                    "/tickets/{ticket}/wake",
	"/tickets/:id/spent":                   "/tickets/{ticket}/spent",
	"/tickets/:id/split":                   "/tickets/{ticket}/split?message={message}",
	"/desk/services/:code":                 "/desk/services/device",
	"/desk/groups/:code":                   "/desk/groups/infra",
	"/api/v1/tickets/:id/class":            "/api/v1/tickets/{ticket}/class",
	"/api/v1/tickets/:id/subject":          "/api/v1/tickets/{ticket}/subject",
	"/api/v1/tickets/:id/fields":           "/api/v1/tickets/{ticket}/fields",
	"/api/v1/tickets/:id/tags":             "/api/v1/tickets/{ticket}/tags",
	"/api/v1/tickets/:id/parent":           "/api/v1/tickets/{ticket}/parent",
	"/api/v1/tickets/:id/merge":            "/api/v1/tickets/{ticket}/merge",
	"/api/v1/tickets/:id/snooze":           "/api/v1/tickets/{ticket}/snooze",
	"/api/v1/tickets/:id/links":            "/api/v1/tickets/{ticket}/links",
	"/api/v1/tickets/:id/split":            "/api/v1/tickets/{ticket}/split",
	"/api/v1/tickets/:id/spent":            "/api/v1/tickets/{ticket}/spent",
	"/api/v1/tickets/:id/checks/:position": "/api/v1/tickets/{ticket}/checks/1",
	"/api/v1/tickets/:id/watchers/:person": "/api/v1/tickets/{ticket}/watchers/{account}",
	"/api/v1/tickets/:id/links/:link":      "/api/v1/tickets/{ticket}/links/{message}",
	"/tickets/:id":                         "/tickets/{ticket}",
	"/tickets/:id/files/:file":             "/tickets/{ticket}/files/{file}",
	"/tickets/:id/reply":                   "/tickets/{ticket}/reply",
	"/tickets/:id/note":                    "/tickets/{ticket}/note",
	"/tickets/:id/take":                    "/tickets/{ticket}/take",
	"/tickets/:id/assign":                  "/tickets/{ticket}/assign",
	"/tickets/:id/rank":                    "/tickets/{ticket}/rank",
	"/tickets/:id/resume":                  "/tickets/{ticket}/resume",
	"/tickets/:id/reopen":                  "/tickets/{ticket}/reopen",
	"/desk/bulk/:id":                       "/desk/bulk/{job}",
	"/desk/macros/:id":                     "/desk/macros/{macro}",
	"/desk/macros/:id/drop":                "/desk/macros/{macro}/drop",
	"/desk/templates/:id":                  "/desk/templates/{template}",
	"/desk/templates/:id/drop":             "/desk/templates/{template}/drop",
	"/desk/views/:id":                      "/desk/views/{view}",
	"/desk/views/:id/drop":                 "/desk/views/{view}/drop",
	"/tickets/:id/close":                   "/tickets/{ticket}/close",
	"/tickets/:id/presence":                "/tickets/{ticket}/presence",
	"/tickets/:id/unsent/:box":             "/tickets/{ticket}/unsent/reply",
	"/tickets/new":                         "/tickets/new?unit={unit}",

	"/api/v1/inventory/assets/:id":            "/api/v1/inventory/assets/{asset}",
	"/api/v1/inventory/assets/:id/facts":      "/api/v1/inventory/assets/{asset}/facts",
	"/api/v1/inventory/gaps/:id":              "/api/v1/inventory/gaps/{gap}",
	"/api/v1/inventory/gaps/:id/move":         "/api/v1/inventory/gaps/{gap}/move",
	"/api/v1/inventory/readiness/:unit":       "/api/v1/inventory/readiness/{unit}",
	"/api/v1/programmes/:code":                "/api/v1/programmes/{programme}",
	"/api/v1/programmes/:code/communes":       "/api/v1/programmes/{programme}/communes",
	"/api/v1/programmes/:code/communes/:unit": "/api/v1/programmes/{programme}/communes/{unit}",
	"/api/v1/programmes/:code/curve":          "/api/v1/programmes/{programme}/curve?from=2016-11-01&until=2016-11-10",
	"/api/v1/programmes/:code/declarations":   "/api/v1/programmes/{programme}/declarations",
	"/api/v1/programmes/:code/moves":          "/api/v1/programmes/{programme}/moves",
	"/api/v1/programmes/:code/moves/preview":  "/api/v1/programmes/{programme}/moves/preview",
	"/api/v1/programmes/:code/verifications":  "/api/v1/programmes/{programme}/verifications",
	"/api/v1/programmes/:code/waivers":        "/api/v1/programmes/{programme}/waivers",
	"/api/v1/waivers/:id/revocation":          "/api/v1/waivers/{waiver}/revocation",
	"/api/v1/tickets/:id":                     "/api/v1/tickets/{ticket}",
	"/api/v1/tickets/:id/messages":            "/api/v1/tickets/{ticket}/messages",
	"/api/v1/tickets/:id/state":               "/api/v1/tickets/{ticket}/state",
	"/api/v1/units/:code":                     "/api/v1/units/{unit}",
	"/api/v1/units/:code/successors":          "/api/v1/units/{unit}/successors?from=2016-11-10&to=2025-07-01",
	"/api/v1/uploads/:id":                     "/api/v1/uploads/{upload}",
	"/api/v1/uploads/:id/finish":              "/api/v1/uploads/{upload}/finish",
	"/api/v1/uploads/:id/parts/:n":            "/api/v1/uploads/{upload}/parts/0",
	"/bao-loi/:key/:step":                     "/bao-loi/{report_key}/place",
	"/nop-ho-so/:key":                         "/nop-ho-so/plain_{unit}",
	"/nop-ho-so/:key/:draft":                  "/nop-ho-so/plain_{unit}/{draft}",
	"/nop-ho-so/:key/:draft/luu":              "/nop-ho-so/plain_{unit}/{draft}/luu",
	"/nop-ho-so/:key/:draft/tai":              "/nop-ho-so/plain_{unit}/{draft}/tai",
	"/nop-ho-so/:key/:draft/tai/:id":          "/nop-ho-so/plain_{unit}/{draft}/tai/{draft_upload}",
	"/nop-ho-so/:key/:draft/tai/:id/:n":       "/nop-ho-so/plain_{unit}/{draft}/tai/{draft_upload}/0",
	"/nop-ho-so/:key/:draft/tep/:file":        "/nop-ho-so/plain_{unit}/{draft}/tep/{draft_file}",
	"/nop-ho-so/:key/:draft/tep/:file/nho":    "/nop-ho-so/plain_{unit}/{draft}/tep/{draft_file}/nho",
	"/nop-ho-so/:key/:draft/:step":            "/nop-ho-so/plain_{unit}/{draft}/kiem-tra",
	"/tra-cuu/:pass":                          "/tra-cuu/{pass}",
	"/tra-cuu/:pass/:do":                      "/tra-cuu/{pass}/rut-ho-so",
	"/tra-cuu/:pass/tep/:file":                "/tra-cuu/{pass}/tep/{dossier_file}",
	"/tra-cuu/:pass/tep/:file/nho":            "/tra-cuu/{pass}/tep/{dossier_file}/nho",
	"/danh-gia/:token":                        "/danh-gia/{rate}",
	"/api/v1/sms/:token/dlr":                  "/api/v1/sms/{dlr}/dlr?type=8",
	"/api/v1/sms/:token/in":                   "/api/v1/sms/{inbound}/in?from=84912345678&text=5",
	"/assets/:name":                           "{stylesheet}",
	"/reset":                                  "/reset?token={reset}",

	"/reports/definitions/:key":                       "/reports/definitions/weekly-progress",
	"/reports/definitions/:key/preview":               "/reports/definitions/weekly-progress/preview",
	"/reports/definitions/:key/versions/:no":          "/reports/definitions/weekly-progress/versions/3",
	"/reports/definitions/:key/versions/:no/restore":  "/reports/definitions/weekly-progress/versions/3/restore",
	"/reports/definitions/:key/draft":                 "/reports/definitions/weekly-progress/draft",
	"/reports/definitions/:key/draft/act":             "/reports/definitions/weekly-progress/draft/act",
	"/reports/definitions/:key/draft/publish":         "/reports/definitions/weekly-progress/draft/publish",
	"/reports/definitions/:key/draft/discard":         "/reports/definitions/weekly-progress/draft/discard",
	"/reports/definitions/:key/draft/head":            "/reports/definitions/weekly-progress/draft/head",
	"/reports/definitions/:key/draft/:section":        "/reports/definitions/weekly-progress/draft/0",
	"/reports/definitions/:key/draft/:section/:block": "/reports/definitions/weekly-progress/draft/0/0",

	"/inventory/gaps/:id/diagnose":                   "/inventory/gaps/{gap}/diagnose",
	"/inventory/units/:code/lacks":                   "/inventory/units/{unit}/lacks",
	"/xa/:code":                                      "/xa/{unit}",
	"/rollout/duty/:code":                            "/rollout/duty/{unit}",
	"/rollout/duty/:code/declare":                    "/rollout/duty/{unit}/declare",
	"/rollout/duty/:code/:id/end":                    "/rollout/duty/{unit}/{duty}/end",
	"/rollout/accounts/:id":                          "/rollout/accounts/{asked}",
	"/rollout/accounts/:id/approve":                  "/rollout/accounts/{asked}/approve",
	"/rollout/accounts/:id/refuse":                   "/rollout/accounts/{asked}/refuse",
	"/rollout/accounts/:id/reissue":                  "/rollout/accounts/{asked}/reissue",
	"/rollout/accounts/:id/move":                     "/rollout/accounts/{asked}/move",
	"/rollout/accounts/:id/leave":                    "/rollout/accounts/{asked}/leave",
	"/rollout/accounts/batches/:id":                  "/rollout/accounts/batches/{batch}",
	"/rollout/accounts/batches/:id/slips":            "/rollout/accounts/batches/{batch}/slips",
	"/rollout/accounts/reviews/:id":                  "/rollout/accounts/reviews/{review}",
	"/rollout/accounts/reviews/:id/decide":           "/rollout/accounts/reviews/{review}/decide",
	"/rollout/accounts/reviews/:id/sign":             "/rollout/accounts/reviews/{review}/sign",
	"/inventory/supply":                              "/inventory/supply?district={district}",
	"/inventory/supply/list.xlsx":                    "/inventory/supply/list.xlsx?district={district}",
	"/api/v1/inventory/supply/needs":                 "/api/v1/inventory/supply/needs?district={district}",
	"/reports/directives/:id":                        "/reports/directives/{directive}",
	"/reports/directives/:id/cancel":                 "/reports/directives/{directive}/cancel",
	"/reports/directives/:id/confirm":                "/reports/directives/{directive}/confirm",
	"/reports/directives/:id/extend":                 "/reports/directives/{directive}/extend",
	"/reports/directives/:id/report":                 "/reports/directives/{directive}/report",
	"/reports/directives/:id/return":                 "/reports/directives/{directive}/return",
	"/reports/directives/:id/files/:file":            "/reports/directives/{directive}/files/{directive_file}",
	"/api/v1/reports/directives/:id":                 "/api/v1/reports/directives/{directive}",
	"/api/v1/reports/directives/:id/acts":            "/api/v1/reports/directives/{directive}/acts",
	"/reports/alerts/:id":                            "/reports/alerts/{alert}",
	"/reports/alerts/:id/ack":                        "/reports/alerts/{alert}/ack",
	"/reports/alerts/:id/snooze":                     "/reports/alerts/{alert}/snooze",
	"/reports/alerts/rules/:id":                      "/reports/alerts/rules/{alert_rule}",
	"/api/v1/reports/alerts/:id":                     "/api/v1/reports/alerts/{alert}",
	"/api/v1/reports/alerts/:id/ack":                 "/api/v1/reports/alerts/{alert}/ack",
	"/calendar/:key.ics":                             "/calendar/{calendar_key}.ics",
	"/rollout/difficulties/:id":                      "/rollout/difficulties/{difficulty}",
	"/rollout/difficulties/:id/answer":               "/rollout/difficulties/{difficulty}/answer",
	"/rollout/difficulties/:id/done":                 "/rollout/difficulties/{difficulty}/done",
	"/rollout/difficulties/:id/close":                "/rollout/difficulties/{difficulty}/close",
	"/rollout/difficulties/:id/reopen":               "/rollout/difficulties/{difficulty}/reopen",
	"/rollout/difficulties/:id/links":                "/rollout/difficulties/{difficulty}/links",
	"/rollout/inspections/:id":                       "/rollout/inspections/{inspection}",
	"/rollout/inspections/:id/visits":                "/rollout/inspections/{inspection}/visits",
	"/rollout/inspections/visits/:id":                "/rollout/inspections/visits/{inspected}",
	"/rollout/inspections/visits/:id/order":          "/rollout/inspections/visits/{inspected}/order",
	"/rollout/inspections/visits/:id/cancel":         "/rollout/inspections/visits/{inspected}/cancel",
	"/rollout/inspections/visits/:id/minutes.pdf":    "/rollout/inspections/visits/{inspected}/minutes.pdf",
	"/rollout/inspections/visits/:id/sign":           "/rollout/inspections/visits/{inspected}/sign",
	"/rollout/inspections/photos/:id":                "/rollout/inspections/photos/{inspected_photo}",
	"/rollout/inspections/photos/:id/thumb":          "/rollout/inspections/photos/{inspected_photo}/thumb",
	"/rollout/inspections/findings/:id/assign":       "/rollout/inspections/findings/{finding}/assign",
	"/rollout/inspections/findings/:id/mended":       "/rollout/inspections/findings/{finding}/mended",
	"/rollout/inspections/findings/:id/close":        "/rollout/inspections/findings/{finding}/close",
	"/rollout/inspections/findings/:id/again":        "/rollout/inspections/findings/{finding}/again",
	"/field/inspections/:id":                         "/field/inspections/{inspected}",
	"/api/v1/rollout/inspections/visits/:id/record":  "/api/v1/rollout/inspections/visits/{inspected}/record",
	"/rollout/returns/rounds/:id":                    "/rollout/returns/rounds/{round}",
	"/rollout/returns/rounds/:id/accept":             "/rollout/returns/rounds/{round}/accept",
	"/rollout/returns/rounds/:id/list.xlsx":          "/rollout/returns/rounds/{round}/list.xlsx",
	"/rollout/returns/rounds/:id/sheets":             "/rollout/returns/rounds/{round}/sheets",
	"/rollout/returns/sheets/:id":                    "/rollout/returns/sheets/{return}",
	"/rollout/returns/sheets/:id/draft":              "/rollout/returns/sheets/{return}/draft",
	"/rollout/returns/sheets/:id/hand-in":            "/rollout/returns/sheets/{return}/hand-in",
	"/rollout/returns/sheets/:id/refresh":            "/rollout/returns/sheets/{return}/refresh",
	"/rollout/returns/sheets/:id/accept":             "/rollout/returns/sheets/{return}/accept",
	"/rollout/returns/sheets/:id/send-back":          "/rollout/returns/sheets/{return}/send-back",
	"/rollout/returns/sheets/:id/correct":            "/rollout/returns/sheets/{return}/correct",
	"/rollout/returns/sheets/:id/extend":             "/rollout/returns/sheets/{return}/extend",
	"/rollout/returns/sheets/:id/exempt":             "/rollout/returns/sheets/{return}/exempt",
	"/rollout/returns/forms/:plan/:level":            "/rollout/returns/forms/monthly/commune",
	"/inventory/supply/requests/:id":                 "/inventory/supply/requests/{request}",
	"/api/v1/inventory/supply/requests/:id":          "/api/v1/inventory/supply/requests/{request}",
	"/inventory/supply/requests/:id/decide":          "/inventory/supply/requests/{request}/decide",
	"/api/v1/inventory/supply/requests/:id/decide":   "/api/v1/inventory/supply/requests/{request}/decide",
	"/inventory/supply/requests/:id/cancel":          "/inventory/supply/requests/{request}/cancel",
	"/inventory/supply/requests/:id/trim":            "/inventory/supply/requests/{request}/trim",
	"/api/v1/inventory/supply/requests/:id/trim":     "/api/v1/inventory/supply/requests/{request}/trim",
	"/inventory/supply/requests/:id/allocate":        "/inventory/supply/requests/{request}/allocate",
	"/api/v1/inventory/supply/requests/:id/allocate": "/api/v1/inventory/supply/requests/{request}/allocate",
	"/inventory/supply/deliveries/:id":               "/inventory/supply/deliveries/{delivery}",
	"/api/v1/inventory/supply/deliveries/:id":        "/api/v1/inventory/supply/deliveries/{delivery}",
	"/inventory/supply/deliveries/:id/step":          "/inventory/supply/deliveries/{delivery}/step",
	"/api/v1/inventory/supply/deliveries/:id/step":   "/api/v1/inventory/supply/deliveries/{delivery}/step",
	"/inventory/supply/deliveries/:id/items":         "/inventory/supply/deliveries/{delivery}/items",
	"/inventory/supply/deliveries/:id/code":          "/inventory/supply/deliveries/{delivery}/code",
	"/inventory/supply/deliveries/:id/sign":          "/inventory/supply/deliveries/{delivery}/sign",
	"/api/v1/inventory/supply/deliveries/:id/sign":   "/api/v1/inventory/supply/deliveries/{delivery}/sign",
	"/inventory/supply/deliveries/:id/check":         "/inventory/supply/deliveries/{delivery}/check",
	"/inventory/supply/deliveries/:id/record":        "/inventory/supply/deliveries/{delivery}/record",
	"/inventory/supply/deliveries/:id/record.pdf":    "/inventory/supply/deliveries/{delivery}/record.pdf",
	"/inventory/supply/deliveries/:id/signature":     "/inventory/supply/deliveries/{delivery}/signature",
}

// fresh routes end the account or the post that they are called with: each call gets
// a new one.
var fresh = map[string]bool{
	"/admin/accounts/:id/close":           true,
	"/admin/accounts/:id/lock":            true,
	"/admin/accounts/:id/posts/:post/end": true,
}

// bodies are requests whose thing is named in the body, or that must be well formed
// to be looked at. Where roles may ask for different things, each is on a line of its
// own, and a role that may ask for one of them may call the route.
var bodies = map[string]string{
	"POST /reports/definitions/new":                        "key=thu-mot&title=Th%E1%BB%AD&like=weekly-progress",
	"POST /reports/definitions/:key/draft":                 "from=3",
	"POST /reports/definitions/:key/draft/act":             "version=999&reason=x&do=section&heading=x",
	"POST /reports/definitions/:key/draft/publish":         "version=999&reason=x&do=section&heading=x",
	"POST /reports/definitions/:key/draft/discard":         "version=999&reason=x&do=section&heading=x",
	"POST /reports/definitions/:key/draft/head":            "version=999&reason=x&do=section&heading=x",
	"POST /reports/definitions/:key/draft/:section":        "version=999&reason=x&do=section&heading=x",
	"POST /reports/definitions/:key/draft/:section/:block": "version=999&reason=x&do=section&heading=x",

	"POST /rollout/services/items/:id/step":    "to=live&version=999",
	"POST /rollout/services/focal/:id/dismiss": "version=999",
	"POST /rollout/services/units/:unit":       "XA-2=live&was-XA-2=built",

	"POST /admin/units/changes/:id/confirm":            "version=999&basis=1&reason=1",
	"POST /admin/units/changes/:id/drop":               "version=999",
	"POST /admin/units/changes/:id/receivers":          "version=999",
	"POST /admin/units/changes/:id/reverse":            "version=999&reason=1",
	"POST /admin/units/changes/reviews/:id":            "keep=1",
	"POST /dossiers/practice":                          "unit={unit}",
	"POST /field/counter":                              "unit={unit}&counter=01",
	"POST /dossiers/feedback/:id":                      "version=999&reply=1",
	"POST /api/v1/dossiers/feedback/:id/answer":        `{"reply":"1"}`,
	"POST /dossiers/figures/declared":                  "unit={unit}&year=2016",
	"PUT /api/v1/dossiers/figures/declared":            `{"unit":"{unit}","year":2016}`,
	"POST /api/v1/dossiers/figures/rules":              `{"from":"","basis":""}`,
	"POST /field/counter/:id":                          "id={dossier}",
	"POST /api/v1/dossiers/tickets":                    `{"id":"{dossier}","block":"{block}","number":"1","since":"","procedure":"","subject":"","applicant":""}`,
	"POST /dossiers/register/books/open":               "unit={unit}&kind=ks&year=2016&volume=0",
	"POST /dossiers/register/books/next":               "unit={unit}&kind=gh&year=2016",
	"POST /dossiers/register/books/lock":               "unit={unit}&year=2016",
	"POST /dossiers/register/proposals/:id":            "entry={entry}&version=1",
	"POST /dossiers/sign/refuse":                       "id={dossier}&version=1",
	"POST /api/v1/dossiers/:id/register":               `{"version":1,"password":""}`,
	"POST /api/v1/dossiers/:id/refuse-signing":         `{"version":1,"password":"","reason":""}`,
	"POST /api/v1/dossiers/sign":                       `{"dossiers":[],"password":""}`,
	"POST /api/v1/registers/entries/:id/facts":         `{"kind":"annulment","decision_no":"","decision_day":"","reason":"","password":""}`,
	"POST /api/v1/registers/locks":                     `{"unit":"{unit}","year":2016,"password":""}`,
	"POST /inventory/profiles":                         "code=moi&title_vi=Moi&title_en=New",
	"POST /inventory/profiles/import":                  "json=%7B%7D",
	"POST /inventory/profiles/:id":                     "version=999&title_vi=Moi&title_en=New",
	"POST /inventory/profiles/:id/discard":             "version=999",
	"POST /inventory/profiles/:id/publish":             "version=999",
	"POST /inventory/profiles/:id/withdraw":            "version=999",
	"POST /api/v1/inventory/profiles/:id/withdraw":     `{"day":"2016-12-01","said":"Không dùng nữa."}`,
	"POST /inventory/profiles/:id/lines":               "version=999&kind=pc",
	"POST /inventory/profiles/:id/lines/:line":         "version=999&kind=pc",
	"POST /inventory/profiles/:id/lines/:line/drop":    "version=999",
	"POST /inventory/profiles/:id/lines/:line/up":      "version=999",
	"POST /inventory/profiles/:id/lines/:line/down":    "version=999",
	"POST /inventory/waivers/:id/end":                  "version=999",
	"POST /inventory/units/:code/waive":                "line=x",
	"POST /inventory/units/:code/site":                 "population=9000",
	"PUT /api/v1/inventory/profiles/:id":               `{"code":"x","title_vi":"x","title_en":"x","lines":[]}`,
	"POST /api/v1/inventory/profiles":                  `{"code":"moi-2","title_vi":"x","title_en":"x","lines":[]}`,
	"POST /api/v1/inventory/units/:unit/waivers":       `{"line":"x","until":"2016-12-01","reason":"x"}`,
	"POST /api/v1/inventory/units/:unit/site":          `{"name":"population","value":"9000"}`,
	"POST /dossiers/procedures/new":                    "key=x",
	"POST /dossiers/procedures/:key/:id/publish":       "version=999&from=2016-12-01",
	"POST /dossiers/procedures/:key/:id/withdraw":      "version=999",
	"POST /dossiers/procedures/:key/:id/discard":       "version=999",
	"POST /dossiers/procedures/:key/:id/json":          "version=999&json=%7B%7D",
	"POST /dossiers/procedures/:key/:id/edit/:part/:n": "version=999",

	"POST /agent":                            "<REQUEST/>",
	"POST /agent/:key":                       "<REQUEST><DEVICEID>x</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>",
	"POST /api/v1/inventory/agent-keys":      `{"unit":"{unit}"}`,
	"POST /api/v1/inventory/reports":         "x",
	"POST /inventory/agents/:id/aside":       "aside=1",
	"POST /inventory/agents/keys":            "unit={unit}",
	"POST /inventory/agents/upload":          "unit={unit}",
	"POST /theo-doi":                         "number={number}&code=1",
	"POST /bao-loi/:key/:step":               "place=Gia+Lâm",
	"POST /danh-gia/:token":                  "score=5",
	"POST /account/notices":                  "channel.answers=mail&channel.work=mail&channel.due=sms&channel.incident=mail&channel.calls=mail&channel.survey=mail&channel.reports=mail&channel.account=mail&channel.other=screen",
	"POST /reports/runs/:id/links":           "days=400",
	"POST /reports/schedules/:id/recipients": "kind=role&role=inspector",
	"POST /reports/subscriptions":            "what=weekly-progress%7C018",

	"POST /reports/runs":                     "definition=weekly-progress&programme={programme}&cut={district}",
	"POST /reports/runs/:id/issue":           "version=0",
	"POST /reports/runs/:id/editions":        "reason=",
	"POST /api/v1/reports/runs/:id/editions": `{"reason":"Xã Trung Mầu nộp muộn"}`,
	"POST /reports/calendars":                "from=2016-11-31&opens_on=15&basis=x",
	"POST /api/v1/reports/schedules":         `{"definition":"helpdesk","programme":"{programme}","cut":"{district}","spec":"0 9 * * 2","enabled":true,"catch_up":2}`,
	"POST /reports/schedules/:id":            "spec=30+7+*+*+1&catch_up=8&version=999",
	"POST /reports/schedules/new":            "definition=weekly-progress&programme={programme}&cut={district}&spec=30+7+*+*+1&catch_up=8",
	"POST /api/v1/reports/runs":              `{"definition":"weekly-progress","programme":"{programme}","cut":"{district}"}`,
	"PUT /api/v1/reports/schedules/:id":      `{"spec":"30 7 * * 1","enabled":true,"catch_up":8}`,

	"POST /incidents/:id/close":          "version=999&body=Đang+xử+lý",
	"POST /incidents/:id/rerun":          "version=999&body=Đang+xử+lý",
	"POST /incidents/:id/resolve":        "version=999&body=Đang+xử+lý",
	"POST /incidents/:id/tell":           "version=999&body=Đang+xử+lý",
	"POST /incidents/:id/edit":           "version=999&title=Mất+mạng&service=line&reach=all",
	"POST /incidents/:id/note":           "version=999&happened=a&cause=b&change=c",
	"POST /incidents/:id/link":           "ticket={ticket}",
	"POST /incidents/:id/unlink":         "ticket={ticket}",
	"POST /problems/:id":                 "version=999&title=Quá+tải&service=line&state=sought",
	"POST /problems/:id/tickets":         "number={number}",
	"POST /api/v1/incidents/:id/updates": `{"body":""}`,

	"POST /desk/hotline/calls/:id/assign":   "person={caller}",
	"POST /desk/hotline/calls/:id/link":     "ticket={ticket}",
	"POST /desk/hotline/callbacks/:id/done": "settled=Đã+gọi",
	"POST /desk/hotline/blocks/lift":        "number=0900000000",
	"POST /hotline/log":                     "unit={unit}&caller=Ông+Bình&matter=Hỏi&outcome=Xong",

	"POST /help/:no/edit":                      "version=999&title=Mật+khẩu&lead=Bấm+quên&body=Bấm&audience=all",
	"POST /help/:no/editions/:edition/restore": "version=999",
	"POST /help/:no/publish":                   "version=999",
	"POST /help/:no/retire":                    "version=999",
	"POST /help/:no/reviewed":                  "version=999",
	"POST /help/:no/verdict":                   "helped=yes",

	"POST /field/declare":                      "unit={unit}&kind=printer&state=in_use",
	"POST /field/installs":                     "asset={asset}&software={software}&what=fails",
	"POST /inventory/installs/plan":            "software={software}&unit={unit}",
	"POST /inventory/installs/software":        "name=",
	"POST /inventory/installs/software/:id":    "name=",
	"POST /inventory/installs/:id/reach":       "ok=1",
	"POST /inventory/stocktakes":               "unit={unit}&place=Quay+1",
	"POST /inventory/devices/:id/split":        "version=999&said=x",
	"POST /inventory/devices/:id/stand":        "version=999&unit={unit}",
	"POST /inventory/devices/:id/things":       "thing={thing}",
	"POST /inventory/review/:id/decide":        "version=999&asset=none",
	"POST /inventory/review/:id/undo":          "version=999",
	"POST /inventory/elsewhere/:id":            "version=999&to=moved",
	"POST /inventory/differences/:id":          "fact=ram_mb&use=declared&measured=1&said=x",
	"POST /inventory/stocktakes/:id/end":       "version=999",
	"POST /inventory/stocktakes/:id/cancel":    "version=999&said=x",
	"POST /inventory/stocktakes/proposals/:id": "version=999",
	"POST /field/stocktakes/:id/scans":         "tag=A-1",

	"POST /inventory/lines":                         "unit={unit}&name=FTTH",
	"POST /inventory/lines/:id":                     "version=999",
	"POST /inventory/lines/runs":                    "line={line}",
	"POST /inventory/lines/providers/:id":           "version=999&name=VNPT",
	"POST /inventory/lines/outages/:id":             "version=999",
	"POST /api/v1/inventory/lines/:id/measurements": `{"down_mbps":3}`,

	"POST /inventory/labels.pdf":                   "asset={asset}&sheet=a4&first=1",
	"POST /inventory/lists":                        "name=Máy+tính",
	"POST /inventory/picked":                       "asset={asset}&do=preview&place=Quầy+1",
	"POST /inventory/assets":                       "unit={unit}&kind=printer&name=Canon&state=in_use",
	"POST /inventory/assets/:id":                   "name=Canon&state=in_use&version=999",
	"POST /inventory/gaps":                         "unit={unit}&kind=missing&what=printer&quantity=1",
	"POST /inventory/gaps/:id/move":                "version=999&to=planned",
	"POST /inventory/gaps/:id/take":                "version=999",
	"POST /rollout/move":                           "p={programme}&u={unit}&to=trial",
	"POST /rollout/moves":                          "p={programme}&u={unit}&to=trial",
	"POST /rollout/moves/:id/undo":                 "reason=Nhầm",
	"POST /rollout/waivers":                        "p={programme}&u={unit}",
	"POST /rollout/criteria":                       "p={programme}&phase=1",
	"POST /rollout/criteria/:id":                   "p={programme}&version=999",
	"POST /rollout/criteria/:id/withdraw":          "p={programme}&version=999&reason=Nhầm",
	"POST /desk/mail/aliases":                      "address=a@b.example",
	"POST /desk/mail/broken":                       "address=a@b.example",
	"POST /desk/macros":                            "name=Mẫu&share=mine&body=x",
	"POST /desk/macros/:id":                        "name=Mẫu&share=mine&body=x&version=999",
	"POST /desk/templates":                         "name=Mẫu&share=mine&title=x",
	"POST /desk/templates/:id":                     "name=Mẫu&share=mine&title=x&version=999",
	"POST /desk/views":                             "name=Mục+xem&share=mine",
	"POST /desk/views/:id":                         "name=Mục+xem&share=mine&version=999",
	"POST /tickets/:id/checks":                     "position=1&done=1",
	"POST /tickets/:id/unlink":                     "link={message}",
	"POST /api/v1/tickets/:id/split":               `{"message":"{message}"}`,
	"POST /api/v1/tickets/:id/links":               `{"to":"{another}","kind":"relates"}`,
	"POST /api/v1/tickets/:id/spent":               `{"minutes":5}`,
	"PUT /api/v1/tickets/:id/class":                `{"kind":"request"}`,
	"PUT /api/v1/tickets/:id/subject":              `{"asset":"","dossier":"HS-1"}`,
	"PUT /api/v1/tickets/:id/fields":               `{"fields":{}}`,
	"PUT /api/v1/tickets/:id/tags":                 `{"tags":["may-quet"]}`,
	"PUT /api/v1/tickets/:id/parent":               `{"parent":"{another}"}`,
	"PUT /api/v1/tickets/:id/merge":                `{"into":"{another}"}`,
	"PUT /api/v1/tickets/:id/snooze":               `{"awake":true}`,
	"PUT /api/v1/tickets/:id/checks/:position":     `{"done":true}`,
	"PUT /api/v1/tickets/:id/watchers/:person":     `{"watching":true}`,
	"POST /api/v1/signals":                         `{"kind":"dead_line","subject":"L-{unit}","unit":"{unit}","since":"2016-11-10T01:00:00Z"}`,
	"POST /desk/signals":                           "kind=dead_line&service=line&impact=2&urgency=3&version=999",
	"POST /tickets":                                "unit={unit}&title=Máy+in&body=Máy+in+hỏng&service=device&impact=1&urgency=2",
	"POST /admin/accounts/new":                     "unit={unit}&login=&name=",
	"POST /rollout/units/:code/declare":            "p={programme}&c=accounts&answer=met",
	"POST /rollout/units/:code/verify":             "p={programme}&c=accounts&answer=met&source=records",
	"POST /rollout/milestones/:key":                "p={programme}&version=999",
	"POST /rollout/phases/:ordinal":                "p={programme}&version=999&trial=2016-12-05&official=2016-12-20&reason=L%C3%B9i",
	"POST /rollout/schedule":                       "phase={programme}/1&from=2016-11-14&classes=18",
	"POST /rollout/schedule/rehearsals":            "programme={programme}&title=Thử&unit={district}",
	"POST /rollout/schedule/rehearsals/:id/steps":  "title=Thử&minutes=5",
	"POST /rollout/schedule/rehearsals/:id/decide": "version=9999&reason=Thử",
	"POST /rollout/schedule/rehearsals/steps/:id":  "version=9999",
	"POST /rollout/schedule/:id/compute":           "version=9999",
	"POST /rollout/schedule/:id/variants":          "unit={district}",
	"POST /rollout/schedule/:id/baselines":         "version=9999&name=Thử",
	"POST /rollout/schedule/:id/tasks":             "kind=other&duration=1",
	"POST /rollout/schedule/:id/done":              "step=setup&district={district}&done=2016-11-09",
	"POST /rollout/schedule/tasks/:id":             "version=9999&duration=1",
	"POST /rollout/schedule/tasks/:id/done":        "version=9999&done=2016-11-09",
	"POST /rollout/schedule/tasks/:id/slips":       "reason=network",
	"POST /rollout/schedule/resources/:id":         "version=9999&capacity=3",
	"POST /rollout/schedule/variants/:id/adopt":    "version=9999",
	"POST /notices/seen":                           "up_to={notice}",
	"POST /reset":                                  "token={reset}",
	"POST /forgot":                                 "login=nobody",
	"POST /sign-in":                                "login=admin&password=" + demo.Password,
	"POST /demo/clock":                             "step=never",
	"POST /rollout/outlook/holds/:id":              "version=999&reason=Nhầm",
	"POST /rollout/outlook/holds/:id/release":      "version=999&reason=Nhầm",
	"POST /rollout/outlook/settings":               "version=999&surge=1,5&days=10&false=1,5&usual=10&rise=4&half=4",
	"POST /rollout/gates/:key":                     "version=999&means=declared&every=5&stale=30&tolerate=0",
	"POST /rollout/gates/:key/declare":             "version=999&said=open&reason=Nhầm",
	"POST /rollout/gates/:key/withdraw":            "version=999&reason=Nhầm",

	"POST /api/v1/inventory/declarations":         `{"id":"0191f2a0-0000-7000-8000-000000000462","unit":"{unit}","kind":"printer","name":"Canon","state":"in_use"}`,
	"POST /api/v1/inventory/installs":             `{"id":"0191f2a0-0000-7000-8000-000000000461","asset":"{asset}","software":"{software}","what":"installed"}`,
	"POST /api/v1/inventory/stocktakes/:id/scans": `{"id":"0191f2a0-0000-7000-8000-000000000460","tag":"A-2","how":"typed"}`,

	"POST /api/v1/inventory/assets":               `{"unit":"{unit}","kind":"printer","name":"Canon","state":"in_use"}`,
	"PUT /api/v1/inventory/assets/:id":            `{"name":"Canon","state":"in_use"}`,
	"POST /api/v1/inventory/assets/:id/facts":     `{"source":"declared","observed_at":"2016-11-09T01:00:00Z","facts":{}}` + "\n" + `{"source":"seen","observed_at":"2016-11-09T01:00:00Z","facts":{}}`,
	"POST /api/v1/inventory/gaps":                 `{"unit":"{unit}","kind":"missing","what":"printer","quantity":"1"}`,
	"POST /api/v1/inventory/gaps/:id/move":        `{"state":"planned"}`,
	"POST /api/v1/programmes/:code/declarations":  `{"units":["{unit}"],"criterion":"accounts","answer":"met"}`,
	"POST /api/v1/programmes/:code/verifications": `{"units":["{unit}"],"criterion":"accounts","answer":"met","source":"records"}`,
	"POST /api/v1/programmes/:code/moves":         `{"units":["{unit}"],"to":"trial"}`,
	"POST /api/v1/programmes/:code/moves/preview": `{"units":["{unit}"],"to":"trial"}`,
	"POST /api/v1/programmes/:code/waivers":       `{"units":["{unit}"]}`,
	"POST /api/v1/waivers/:id/revocation":         `{"reason":"Đã cấp tài khoản."}`,
	"POST /api/v1/tickets":                        `{"unit":"{unit}","title":"Máy in","body":"Máy in hỏng","service":"device","impact":1,"urgency":2}`,
	"POST /api/v1/tickets/:id/messages":           `{"body":"Đã thử lại."}`,
	"PUT /api/v1/tickets/:id/state":               `{"state":"open"}` + "\n" + `{"state":"closed"}`,
	"POST /api/v1/uploads":                        `{"kind":"photo","name":"quay.png","size":8,"sha256":"` + strings.Repeat("ab", 32) + `"}`,

	"POST /inventory/gaps/:id/diagnose":             "version=999&cause=absent&remedy=buy",
	"POST /inventory/units/:code/lacks":             "lack=x",
	"POST /reports/directives":                      "rows=1&concluded_by=x&r0.text=x&r0.unit={unit}&r0.post=signing_leader&r0.due=5",
	"POST /reports/directives/:id/cancel":           "version=999&said=x",
	"POST /reports/directives/:id/confirm":          "version=999",
	"POST /reports/directives/:id/extend":           "version=999&said=x&due=5",
	"POST /reports/directives/:id/report":           "version=999&said=x",
	"POST /reports/directives/:id/return":           "version=999&said=x",
	"POST /api/v1/reports/directives":               `{"concluded_by":"x","items":[{"text":"x","unit":"{unit}","post":"signing_leader","due":"5"}]}`,
	"POST /api/v1/reports/directives/:id/acts":      `{"act":"confirm"}`,
	"POST /reports/alerts/:id/ack":                  "version=999&note=x",
	"POST /reports/alerts/:id/snooze":               "version=999&days=1",
	"POST /reports/alerts/rules/new":                "name=x",
	"POST /reports/alerts/rules/:id":                "version=999&name=x",
	"POST /api/v1/reports/alerts/:id/ack":           `{"note":"x"}`,
	"POST /rollout/difficulties":                    "unit={unit}&title=x",
	"POST /rollout/difficulties/:id/answer":         "version=999&answer=x",
	"POST /rollout/difficulties/:id/done":           "version=999&result=x",
	"POST /rollout/difficulties/:id/close":          "version=999",
	"POST /rollout/difficulties/:id/reopen":         "version=999&reason=x",
	"POST /rollout/difficulties/:id/links":          "link=x",
	"POST /rollout/inspections/:id/visits":          "day=2016-11-11",
	"POST /rollout/inspections/visits/:id/order":    "version=999&by=1",
	"POST /rollout/inspections/visits/:id/cancel":   "version=999&reason=x",
	"POST /rollout/inspections/visits/:id/sign":     "version=999&signer=x&post=y",
	"POST /rollout/inspections/findings/:id/assign": "version=999",
	"POST /rollout/inspections/findings/:id/mended": "version=999&result=x",
	"POST /rollout/inspections/findings/:id/close":  "version=999",
	"POST /rollout/inspections/findings/:id/again":  "version=999&reason=x",
	"POST /field/inspections/:id":                   "remark=x",
	"POST /rollout/returns/rounds":                  "month=2016-11",
	"POST /rollout/returns/sheets/:id/draft":        "version=999",
	"POST /rollout/returns/sheets/:id/hand-in":      "version=999",
	"POST /rollout/returns/sheets/:id/refresh":      "version=999",
	"POST /rollout/returns/sheets/:id/accept":       "version=999",
	"POST /rollout/returns/sheets/:id/send-back":    "version=999&reason=x",
	"POST /rollout/returns/sheets/:id/correct":      "version=999&reason=x",
	"POST /rollout/returns/sheets/:id/extend":       "version=999&days=2&reason=x",
	"POST /rollout/returns/sheets/:id/exempt":       "version=999&reason=x",
	"POST /rollout/returns/forms/:plan/:level":      "edition=999&body=%7B%22fields%22%3A%5B%7B%22key%22%3A%22a%22%2C%22kind%22%3A%22text%22%2C%22label%22%3A%22A%22%7D%5D%7D",
	"POST /rollout/accounts/batches":                "unit={district}&channel=slip",
	"POST /rollout/duty/:code/:id/end":              "version=999",
	"POST /rollout/accounts/approve":                "unit={district}",
	"POST /rollout/accounts/:id/approve":            "version=999",
	"POST /rollout/accounts/:id/refuse":             "version=999&reason=A",
	"POST /rollout/accounts/:id/move":               "version=999&unit={unit}&post=signing_leader&day=2017-01-02&reason=A",
	"POST /rollout/accounts/:id/leave":              "version=999&day=2017-01-02&reason=A",
	"POST /rollout/accounts/reviews/:id/decide":     "version=999&decision=keep&account=0",
	"POST /rollout/accounts/reviews/:id/sign":       "version=999&password=wrong",
	"POST /inventory/supply/requests":               "district={district}",
	"POST /inventory/supply/requests/:id/decide":    "version=999",
	"POST /inventory/supply/requests/:id/cancel":    "version=999",
	"POST /inventory/supply/requests/:id/trim":      "version=999",
	"POST /inventory/supply/requests/:id/allocate":  "version=999",
	"POST /inventory/supply/deliveries/:id/step":    "version=999&to=agreed",
	"POST /inventory/supply/deliveries/:id/items":   "version=999",
	"POST /inventory/supply/deliveries/:id/code":    "version=999",
	"POST /inventory/supply/deliveries/:id/sign":    "version=999&signer=A&post=B&code=1",
	"POST /inventory/supply/deliveries/:id/check":   "version=999",
	"POST /dossiers/batch":                          "dossier={dossier}",
	"POST /dossiers/counter/:procedure":             "_key=x",
	"POST /dossiers/:id/papers":                     "_paper.none=1",
	"POST /dossiers/:id/do/:act":                    "version=999",
	"POST /dossiers/:id/answers":                    "version=999",
	"POST /dossiers/:id/findings":                   "state.marriage_lookup=good&note.marriage_lookup=x",
	"POST /dossiers/:id/apart":                      "other={papered}&reason=Hai+trẻ+khác+nhau",
	"POST /api/v1/dossiers/:id/act":                 `{"act":"note"}`,

	"POST /api/v1/inventory/supply/requests":              `{"district":"{district}","wants":[]}`,
	"POST /api/v1/inventory/supply/requests/:id/decide":   `{"grants":[]}`,
	"POST /api/v1/inventory/supply/requests/:id/trim":     `{"lines":[]}`,
	"POST /api/v1/inventory/supply/requests/:id/allocate": `{}`,
	"POST /api/v1/inventory/supply/deliveries/:id/step":   `{"state":"agreed"}`,
	"POST /api/v1/inventory/supply/deliveries/:id/sign":   `{"signer":"A","post":"B","code":"1"}`,
}
