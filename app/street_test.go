package app

import (
	"bytes"
	"context"
	"database/sql"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotrinh/app/demo"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/loop"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/helpdesk/portal"
	"lotrinh/helpdesk/survey"
	"lotrinh/helpdesk/tier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site/assets"
	"lotrinh/internal/site/imports"
	"lotrinh/inventory"
	lines "lotrinh/inventory/line"
	"lotrinh/reports"
	"lotrinh/rollout"
)

// Where the readers of the tests work, and where they do not: the coordinator holds
// Gia Lâm, the officers its commune Đặng Xá; Sóc Sơn and its Bắc Sơn lie outside.
const (
	hereDistrict, hereUnit   = "018", "00556"
	thereDistrict, thereUnit = "016", "00376"
)

// street is the house with the demo, its door open and no socket.
type street struct {
	*App
	t       *testing.T
	cookies map[string]string // login → session
	here    map[string]string // things in the readers' scope, by word
	there   map[string]string // things outside
	sent    int
}

// eachStreet runs f on a demo of its own on SQLite, and on PostgreSQL with TEST_PG.
func eachStreet(t *testing.T, f func(t *testing.T, s *street)) {
	t.Run("sqlite", func(t *testing.T) { f(t, openStreet(t, Config{})) })
	if os.Getenv("TEST_PG") != "" {
		t.Run("postgres", func(t *testing.T) {
			at := toldPlace(t, true)
			f(t, openHouse(t, Config{Data: at.data, DatabaseURL: at.url, Demo: true}))
		})
	}
}

// openStreet opens a demo of the test's own on SQLite.
func openStreet(t *testing.T, conf Config) *street {
	t.Helper()
	conf.Data, conf.Demo = toldPlace(t, false).data, true
	return openHouse(t, conf)
}

func openHouse(t *testing.T, conf Config) *street {
	t.Helper()
	return openHouseBy(t, conf, clock.System{})
}

// openHouseBy opens a house whose machine's clock the test may set.
func openHouseBy(t *testing.T, conf Config, machine clock.Clock) *street {
	t.Helper()
	if conf.BaseURL == "" {
		conf.BaseURL = "http://example.com"
	}
	h, err := Open(t.Context(), conf, machine, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, h.Close()) })
	a := &App{House: h}
	if conf.Demo {
		must(t, a.loadDemo(t.Context()))
	}
	must(t, a.door())
	if a.work, err = startClockwork(h.Log, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(t, a.work.stop()) })
	return &street{App: a, t: t, cookies: map[string]string{}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	head   http.Header
	body   string
}

// ask sends one request as somebody; an empty login is a stranger. The body is a form,
// or JSON when it begins with a brace.
func (s *street) ask(login, method, path, body string, heads ...string) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	switch {
	case strings.HasPrefix(body, "{"):
		r.Header.Set("Content-Type", "application/json")
	case body != "":
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if login != "" {
		r.Header.Set("Cookie", s.session(login))
	}
	for i := 0; i+1 < len(heads); i += 2 {
		r.Header.Set(heads[i], heads[i+1])
	}
	return s.send(r)
}

func (s *street) send(r *http.Request) answer {
	s.t.Helper()
	resp, err := s.server.App().Test(r, -1)
	must(s.t, err)
	raw, err := io.ReadAll(resp.Body)
	must(s.t, err)
	must(s.t, resp.Body.Close())
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// session is the cookie of a login, who signs in on the first call.
func (s *street) session(login string) string {
	s.t.Helper()
	if s.cookies[login] == "" {
		s.cookies[login] = s.signIn(login)
	}
	return s.cookies[login]
}

func (s *street) signIn(login string) string {
	s.t.Helper()
	a := s.ask("", "POST", "/sign-in", url.Values{"login": {login}, "password": {demo.Password}}.Encode())
	for _, c := range a.head.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(c, ";"); strings.Contains(pair, "lotrinh_session=") {
			return pair
		}
	}
	s.t.Fatalf("%s cannot sign in: %d", login, a.status)
	return ""
}

func (s *street) actor(login string) access.Actor {
	s.t.Helper()
	who, err := s.People.Actor(s.t.Context(), login)
	must(s.t, err)
	return who
}

func (s *street) one(query string, args ...any) string {
	s.t.Helper()
	var v sql.NullString
	if err := s.DB.Read().NewRaw(query, args...).Scan(s.t.Context(), &v); err != nil {
		s.t.Fatalf("%s %v: %v", query, args, err)
	}
	return v.String
}

// furnish puts one thing of each kind inside and outside of the readers' scope.
func (s *street) furnish() {
	s.t.Helper()
	s.here = s.things(hereDistrict, hereUnit, "coordinator", "officer")
	s.there = s.things(thereDistrict, thereUnit, "socson", "minhtri")
}

func (s *street) things(district, unit, coordinator, officer string) map[string]string {
	s.t.Helper()
	ctx, t := s.t.Context(), s.t
	own := s.actor(officer)
	tickets := unit
	if unit != own.Home {
		tickets = own.Home
	}
	m := map[string]string{
		"essential": s.one("SELECT id FROM service_item WHERE key = 'TY-15'"), "item": s.one("SELECT id FROM service_item WHERE key = 'S05-01'"), "focal": s.one("SELECT min(id) FROM service_focal"),
		"itempaper": s.one("SELECT min(id) FROM file WHERE subject = (SELECT id || ':form' FROM service_item WHERE key = 'S05-01')"), "quantity": s.one("SELECT min(id) FROM service_target"),
		"programme": demo.Programme, "milestone": s.one("SELECT min(key) FROM rollout_milestone"), "criterion": s.one("SELECT min(id) FROM rollout_criterion"), "year": "2018",
		"hold": s.holdProposed(), "wave": s.one("SELECT min(wave) FROM rollout_watch"),
		"district": district, "unit": unit, "kind": inventory.AssetImport,
		"move":  s.one("SELECT min(mv.id) FROM rollout_move mv JOIN rollout_stage_change sc ON sc.move = mv.id WHERE sc.unit = ?", unit),
		"asset": s.one("SELECT min(id) FROM asset WHERE unit = ? AND kind = 'pc'", unit), "ticket": s.one("SELECT min(id) FROM ticket WHERE unit = ?", tickets),
		"stylesheet": assets.Path("app.css"), "reset": s.resetToken(),
	}
	sc, err := s.Reports.AddSchedule(ctx, s.actor("planner"), reports.ScheduleForm{Definition: reports.Weekly, Programme: demo.Programme, Cut: district, Spec: "30 7 * * 1", CatchUp: "8"})
	must(t, err)
	run, err := s.Reports.RunNow(ctx, s.actor("planner"), reports.Weekly, demo.Programme, district)
	must(t, err)
	_, err = s.Reports.RunDue(ctx)
	must(t, err)
	m["schedule"], m["report"] = string(sc.ID), string(run.ID)
	s.reportSent(m)
	blob, err := s.Files.Receive(ctx, files.Photo, "quay.png", bytes.NewReader(picture(t)))
	must(t, err)
	gap, err := s.Inventory.ReportGap(ctx, s.actor(coordinator), inventory.GapForm{Unit: unit, Kind: "missing", What: "ups", Quantity: "1"}, blob)
	must(t, err)
	m["gap"] = string(gap.ID)
	m["photo"] = s.one("SELECT id FROM file WHERE area = ? AND subject = ?", inventory.Area, string(gap.ID))
	m["procver"] = s.one("SELECT id FROM procedure_version WHERE procedure = 'birth' AND state = 'published' ORDER BY effective_from LIMIT 1")
	m["profile"] = s.one("SELECT id FROM requirement_profile WHERE code = 'vdi-client-2016'")
	excuse, err := s.Inventory.Excuse(ctx, s.actor("planner"), unit, inventory.WaiverForm{Line: "one-stop-counter-2016/printer", Until: "2016-12-01", Reason: "Dùng chung máy in."})
	must(t, err)
	m["excuse"] = string(excuse.ID)
	s.fieldThings(m, unit)
	s.supplied(m, district, unit, coordinator, blob)
	s.taught(m, district, unit)
	s.accounted(m, district, unit, coordinator)
	s.followed(m, unit, coordinator)
	s.designed()
	s.watched(m, unit)
	s.devices(m, unit)
	s.agents(m, coordinator)
	m["asset_code"] = s.one("SELECT code FROM asset WHERE id = ?", m["asset"])
	must(t, s.Inventory.AttachPapers(ctx, s.actor(coordinator), ident.ID(m["asset"]), []files.Blob{blob}))
	m["paper"] = s.one("SELECT id FROM file WHERE area = ? AND subject = ?", inventory.Area, m["asset"])
	opened, err := s.Desk.Open(ctx, own, helpdesk.Draft{Unit: own.Home, Title: "Máy quét", Body: "Máy quét không nhận.", Service: "device", Impact: 1, Urgency: 2,
		Source: "web", Files: []files.Blob{blob}})
	must(t, err)
	m["ticket"], m["number"] = string(opened.ID), opened.Number()
	m["another"] = s.one("SELECT max(id) FROM ticket WHERE id <> ? AND phase = 'work'", m["ticket"])
	m["file"] = s.one("SELECT f.id FROM file f JOIN ticket_message tm ON tm.id = f.subject WHERE tm.ticket = ?", m["ticket"])
	m["message"] = s.one("SELECT min(id) FROM ticket_message WHERE ticket = ?", m["ticket"])
	w, err := s.Rollout.GiveWaiver(ctx, s.actor("planner"), rollout.WaiverInput{Programme: demo.Programme, Units: []string{unit}, Criterion: "equipment",
		Reason: "Đang sửa quầy.", Step: "Tiếp dân tại hội trường", Signer: "Lê Văn Thành", Until: "2016-11-30"})
	must(t, err)
	m["waiver"], m["notice"] = string(w.ID), s.one("SELECT min(id) FROM notice")
	m["account"], m["post"] = s.person(unit)
	s.texts(m)
	s.article(m, blob)
	s.letters(m)
	s.incident(m, unit)
	s.beyond(m, blob)
	s.missed(m, unit)
	s.away(m, district)
	s.planned(m)
	s.lines(m, coordinator)
	s.filed(m)
	s.exchanged(m)
	s.papered(m)
	s.mapped(m, unit)
	s.booked(m)
	return m
}

// lines are a line, an outage of it, a run that is begun, and a provider.
func (s *street) lines(m map[string]string, coordinator string) {
	s.t.Helper()
	ctx, who, room := s.t.Context(), s.actor(coordinator), s.Inventory.Lines
	p, err := room.SaveProvider(ctx, s.actor("planner"), lines.Provider{Name: map[string]string{hereUnit: "Viettel", thereUnit: "FPT"}[m["unit"]], Active: true})
	must(s.t, err)
	a, err := room.Add(ctx, who, lines.Form{Unit: m["unit"], Name: "FTTH", Provider: string(p.ID)})
	must(s.t, err)
	o, err := room.ReportOutage(ctx, who, a.ID, lines.OutageForm{From: s.Business.Now().Add(-time.Hour).In(clock.City).Format("2006-01-02T15:04")})
	must(s.t, err)
	r, err := room.Begin(ctx, who, a.ID, "chrome")
	must(s.t, err)
	m["provider"], m["line"], m["outage"], m["run"] = string(p.ID), string(a.ID), string(o.ID), r.Token
}

// away is somebody who will be away: an agent, or elsewhere the lead.
func (s *street) away(m map[string]string, district string) {
	s.t.Helper()
	who, day := s.actor("agent"), 30
	if district != hereDistrict {
		who, day = s.actor("lead"), 60
	}
	from := s.Business.Now().AddDate(0, 0, day)
	a, err := s.Desk.Duty.Leave(s.t.Context(), who, duty.Absence{StandIn: s.actor("agent2").ID, From: from, Until: from.AddDate(0, 0, 2)})
	must(s.t, err)
	m["absence"] = string(a.ID)
}

// texts are the addresses at which a gateway reports and hands messages over: whoever
// knows the token may.
func (s *street) texts(m map[string]string) {
	s.t.Helper()
	begun := portal.Report{ID: ident.New(s.Machine.Now()), At: s.Machine.Now(), Version: 1}
	m["report_key"] = s.Desk.Portal.Key.Token("report", begun.ID)
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&begun).Exec(ctx)
		return err
	}))
	m["rate"] = strings.TrimPrefix(s.Desk.Survey.Path(ident.ID(m["ticket"])), "/danh-gia/")
	row := survey.Rating{Ticket: ident.ID(m["ticket"]), AskedAt: s.Business.Now(), Version: 1}
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	}))
	m["inbound"], m["dlr"] = s.one("SELECT value FROM setting WHERE name = ?", "sms_inbound"), "dlr"+m["notice"]
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE notice SET token = ? WHERE id = ?", m["dlr"], m["notice"]).Exec(ctx)
		return err
	}))
}

// missed is a call of a contact of the unit that nobody took, told by an exchange.
func (s *street) missed(m map[string]string, unit string) {
	s.t.Helper()
	ctx, t, number := s.t.Context(), s.t, "09000"+unit
	secret, p, err := s.Desk.Hotline.MakePBX(ctx, s.actor("lead"), "Tổng đài "+unit, "")
	must(t, err)
	must(t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.Desk.KnowIn(ctx, tx, s.actor("lead"), helpdesk.Contact{Name: "Bà Hoa", Unit: unit}, helpdesk.Way{Kind: helpdesk.PhoneWay, Value: number})
		m["caller"] = string(c.ID)
		return err
	}))
	_, err = s.Desk.Hotline.Take(ctx, p, hotline.Event{Kind: hotline.HangUp, From: number, To: "1022", Direction: hotline.In, CallID: unit, Cause: "cancel"})
	must(t, err)
	m["cti"], m["pbx"] = secret, string(p.ID)
	m["call"], m["callback"] = s.one("SELECT id FROM hotline_call WHERE number = ?", number), s.one("SELECT id FROM hotline_callback WHERE number = ?", number)
}

// letters are a mailbox of the unit, a mail with a picture that became a ticket there,
// and one that is held.
func (s *street) letters(m map[string]string) {
	s.t.Helper()
	ctx, t := s.t.Context(), s.t
	b, err := s.Desk.Mail.Save(ctx, s.actor("lead"), mail.Mailbox{Name: "Hỗ trợ", Address: "hotro." + m["unit"] + "@hanoi.example", Host: "thu.hanoi.example", Port: 993,
		Security: mail.TLS, Unit: m["unit"], Category: "device", Strangers: rules.StrangersOpen, Closed: rules.ClosedPolicy, Active: true})
	must(t, err)
	m["mailbox"] = string(b.ID)
	for n, head := range []string{"Subject: Hong", "X-Spam-Flag: YES"} {
		raw := "From: nguoi." + m["unit"] + "@xa.example\r\n" + head + "\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHong\r\n" +
			"--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--b--"
		l, err := s.Desk.Mail.Take(ctx, b, mail.Arrived{UIDValidity: 1, UID: int64(n + 1), Raw: []byte(raw)})
		must(t, err)
		m[[]string{"letter", "held"}[n]] = string(l.ID)
	}
}

// article is a published article for everybody, with a picture.
func (s *street) article(m map[string]string, picture files.Blob) {
	s.t.Helper()
	a, err := s.Desk.Knowledge.Write(s.t.Context(), s.actor("agent"), knowledge.Text{Title: "Quên mật khẩu", Lead: "Bấm “Quên mật khẩu”.", Body: "1. Mở trang đăng nhập",
		Audience: knowledge.Everybody}, picture)
	must(s.t, err)
	_, err = s.Desk.Knowledge.Publish(s.t.Context(), s.actor("agent"), a.Seq, 0)
	must(s.t, err)
	m["article"], m["article_id"] = strconv.FormatInt(a.Seq, 10), string(a.ID)
	m["article_picture"] = s.one("SELECT id FROM file WHERE subject = ?", string(a.ID))
}

// incident is a running incident of a commune, its problem, and planned work.
func (s *street) incident(m map[string]string, unit string) {
	s.t.Helper()
	ctx, t, lead, in := s.t.Context(), s.t, s.actor("lead"), s.Desk.Incidents
	i, err := in.Declare(ctx, lead, incident.Draft{Title: "Mất mạng", Service: "line", Units: []string{unit}})
	must(t, err)
	p, err := in.OpenProblem(ctx, lead, incident.ProblemText{Title: "Cáp cũ", Service: "line", State: incident.Sought, Incident: i.ID})
	must(t, err)
	from := s.Business.Now().Add(48 * time.Hour)
	w, err := in.PlanMaintenance(ctx, lead, incident.MaintenanceText{Title: "Thay cáp", Body: "Mất mạng.", Service: "line", From: from, Until: from.Add(time.Hour), Units: []string{unit}})
	must(t, err)
	m["incident"], m["problem"], m["work"] = string(i.ID), string(p.ID), string(w.ID)
}

// beyond is a ticket that went to a vendor and came back, and a visit signed for it.
func (s *street) beyond(m map[string]string, signature files.Blob) {
	s.t.Helper()
	ctx, t, lead := s.t.Context(), s.t, s.actor("lead")
	v, err := s.Desk.Tier.SaveVendor(ctx, lead, tier.Vendor{Name: "Công ty Máy quét", Calendar: "office", Answer: 60, Fix1: 1, Fix2: 1, Fix3: 1, Fix4: 1, Active: true})
	must(t, err)
	id := ident.ID(m["ticket"])
	tried := "Đã thay cáp và cài lại trình điều khiển."
	_, err = s.Desk.Tier.HandOver(ctx, lead, id, tier.In{HandOver: helpdesk.HandOver{To: helpdesk.VendorTier, Tried: tried}, Vendor: v.ID})
	must(t, err)
	m["vendor"], m["case"] = string(v.ID), s.one("SELECT id FROM desk_vendor_case WHERE ticket = ?", id)
	_, err = s.Desk.Tier.TakeBack(ctx, lead, ident.ID(m["case"]), 1, tier.Fixed, tried)
	must(t, err)
	visit, err := s.Desk.Tier.Plan(ctx, lead, id, lead.ID, clock.Date(s.Business.Now()))
	must(t, err)
	_, err = s.Desk.Tier.Step(ctx, lead, visit.ID, 1, tier.OnSite, "")
	must(t, err)
	_, err = s.Desk.Tier.Write(ctx, lead, visit.ID, 2, tier.Record{Found: "Cáp đứt", Did: "Thay cáp"})
	must(t, err)
	_, err = s.Desk.Tier.Sign(ctx, lead, visit.ID, 3, tier.Signature{Name: "Lê Thị Mai", Post: "Công chức", Shape: &signature}, func(tier.Visit, []tier.Part) string { return tried })
	must(t, err)
	m["visit"] = string(visit.ID)
	m["desk_proposal"] = string(ident.New(s.Business.Now()))
	must(t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		p := loop.Proposal{ID: ident.ID(m["desk_proposal"]), Kind: loop.MakeUpClass, Unit: m["unit"], Subject: lead.ID, Tickets: "[]", At: s.Business.Now(), State: loop.Proposed, Version: 1}
		_, err := tx.NewInsert().Model(&p).Exec(ctx)
		return err
	}))
}

// resetToken is what the letter for a forgotten password carries.
func (s *street) resetToken() string {
	s.t.Helper()
	if a := s.ask("", "POST", "/forgot", "login=focal"); a.status != 200 {
		s.t.Fatalf("the letter for a new password: %d", a.status)
	}
	link := s.one("SELECT link FROM notice WHERE template = ?", "org.letter.reset")
	_, token, _ := strings.Cut(link, "token=")
	return token
}

// person is a new account of a unit, with its post.
func (s *street) person(unit string) (account, post string) {
	s.t.Helper()
	s.sent++
	a, err := s.People.Create(s.t.Context(), access.System("test"), org.NewAccount{
		Profile: org.Profile{Name: "Người Thử", Unit: unit}, Login: "thu" + strconv.Itoa(s.sent), Posts: []org.Post{{Role: org.OneStopOfficer, Unit: unit, From: "2016-10-01"}}})
	must(s.t, err)
	return string(a.ID), s.one("SELECT id FROM account_role WHERE account = ?", string(a.ID))
}

// owned puts things that belong to one person alone: a session, a token, an upload, an
// import, long work.
func (s *street) owned(login string) map[string]string {
	s.t.Helper()
	ctx, t, who := s.t.Context(), s.t, s.actor(login)
	s.session(login)
	list, _, err := s.People.Sessions(ctx, who, "")
	must(t, err)
	s.cookies[login] = s.signIn(login)
	_, token, err := s.People.MakeToken(ctx, who, org.NewToken{Name: "thử"})
	must(t, err)
	up, err := s.Files.Begin(ctx, who, files.Photo, "quay.png", 8, strings.Repeat("ab", 32))
	must(t, err)
	m := map[string]string{"token": string(token.ID), "upload": string(up.ID), "session": string(list[0].ID)}
	s.related(m, login)
	s.subscribed(m, login)
	must(t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := s.Jobs.Start(ctx, tx, imports.CommitJob, who, map[string]any{})
		m["job"] = string(id)
		return err
	}))
	if who.May(helpdesk.Read) || who.May(helpdesk.Work) {
		v, err := s.Desk.SaveView(ctx, who, helpdesk.Keep{Name: "Mục xem", Share: helpdesk.Mine}, helpdesk.Conditions{})
		must(t, err)
		m["view"] = string(v.ID)
	}
	if who.May(helpdesk.Work) {
		for _, kind := range []helpdesk.StockKind{helpdesk.Macro, helpdesk.Template} {
			x, err := s.Desk.SaveStock(ctx, who, helpdesk.Keep{Name: "Mẫu", Share: helpdesk.Mine}, helpdesk.Stock{Kind: kind, Title: "Mẫu", Body: "Mẫu"})
			must(t, err)
			m[string(kind)] = string(x.ID)
		}
	}
	if who.May(inventory.Look) {
		v, err := s.Inventory.KeepList(ctx, who, "Máy tính", false, inventory.AssetFilter{Kind: "pc"})
		must(t, err)
		m["list"] = string(v.ID)
	}
	if who.May(inventory.Edit) {
		table := "Xã, phường;Loại thiết bị;Tên, kiểu máy\nĐặng Xá;máy in;Canon LBP 2900\n"
		run, err := s.Imports.Preview(ctx, who, inventory.AssetImport, "may.csv", strings.NewReader(table), int64(len(table)), nil)
		must(t, err)
		m["import"] = string(run.ID)
	}
	return m
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8))))
	return b.Bytes()
}
