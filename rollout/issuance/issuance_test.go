package issuance

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

func TestFromTheRosterToAGateThatCountsActivatedAccountsOnly(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		if run := h.bring(h.her, roster(dangXa)); run.Created != 4 || run.Bad != 0 {
			t.Fatal(run)
		}
		if answer, _ := h.gate(dangXa); answer != "" {
			t.Error("a roster alone says something of the gate")
		}
		if _, _, err := h.ApproveAll(ctx, h.her, "018"); err != nil {
			t.Fatal(err)
		}
		if answer, why := h.gate(dangXa); answer != rollout.Unmet || !strings.Contains(why, "4 trong 4") {
			t.Error(answer, why)
		}
		if _, err := h.Start(ctx, h.admin, "018", BySlip); !fault.HasKey(err, "issuance.issue.none") {
			t.Errorf("accounts for people who were not trained: %v", err)
		}
		h.train(dangXa)
		h.school = h.school[:3]
		b := h.issue("018", BySlip)
		if b.Issued != 3 || b.DoneAt.IsZero() {
			t.Fatalf("%+v", b)
		}
		h.train(dangXa)
		h.issue("018", BySlip)
		for _, r := range h.all() {
			if r.State != Issued || r.Login == "" {
				t.Fatalf("%+v", r)
			}
			if _, err := h.People.SignIn(ctx, r.Login, "", org.Door{}); err == nil {
				t.Fatal("an account without a letter opens")
			}
			h.comeIn(r.Login, h.known(r))
		}
		if answer, why := h.gate(dangXa); answer != rollout.Met {
			t.Error(answer, why)
		}
		var acts []string
		if err := h.DB.Read().NewRaw("SELECT DISTINCT act FROM trail_entry WHERE act LIKE 'rollout.accounts.%' ORDER BY act").Scan(ctx, &acts); err != nil || len(acts) < 5 {
			t.Error(acts, err)
		}
	})
}

func TestARosterSentAgainTouchesNoAccount(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		h.issue("018", BySlip)
		lan := h.one("Nguyễn Thị Lan")
		h.comeIn(lan.Login, h.known(lan))
		before, err := h.People.Get(t.Context(), access.System("test"), lan.Account)
		h.ok(err)
		again := roster(dangXa)
		run, err := h.im.Preview(t.Context(), h.her, RosterImport, "xa.csv", bytes.NewReader([]byte(again)), int64(len(again)), nil)
		if err != nil || run.Skipped != 4 || run.Created != 0 || run.Updated != 0 {
			t.Error(run, err)
		}
		run = h.bring(h.her, strings.Replace(roster(dangXa), "0912 345 671", "0912 345 999", 1))
		after, err := h.People.Get(t.Context(), access.System("test"), lan.Account)
		h.ok(err)
		if run.Updated != 1 || before.Password != after.Password || before.Version != after.Version || h.one("Nguyễn Thị Lan").State != Active {
			t.Error("a roster sent again changes an account", run)
		}
		refused, err := h.im.Undo(t.Context(), h.her, run.ID, false)
		if err != nil || len(refused) != 0 || h.one("Nguyễn Thị Lan").Phone != "0912345671" {
			t.Error(refused, err, h.one("Nguyễn Thị Lan").Phone)
		}
	})
}

func TestRostersAreRefusedCellByCell(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		table := "Xã,Họ và tên,Vị trí,Điện thoại\n" + dangXa + ",Nguyễn Thị Lan,Cán bộ một cửa,\n" + dangXa + ",nguyễn thị  lan,Cán bộ một cửa,\n" +
			bacSon + ",Trần Văn Bình,Lãnh đạo,\n" + dangXa + ",Lê Thị Cúc,Bảo vệ,\nKhông có,Vũ Văn An,Lãnh đạo,\n" + dangXa + ",Vũ Văn An,Lãnh đạo,1022\n"
		run, err := h.im.Preview(t.Context(), h.her, RosterImport, "xa.csv", bytes.NewReader([]byte(table)), int64(len(table)), nil)
		h.ok(err)
		if run.Created != 1 || run.Bad != 5 {
			t.Errorf("%+v", run)
		}
		officer := h.person("motcua", dangXa, org.OneStopOfficer)
		if run = h.bring(officer, roster(dangXa)); run.Created != 4 {
			t.Error("an officer does not ask for the own commune", run)
		}
		lead := h.person("lanhdao", "", org.Leadership)
		if _, err := h.im.Preview(t.Context(), lead, RosterImport, "xa.csv", bytes.NewReader([]byte(table)), int64(len(table)), nil); !fault.Is(err, fault.Denied) {
			t.Errorf("leadership asks for accounts: %v", err)
		}
	})
}

func TestWhoLooksLikeSomebodyElseWaitsForADecision(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		h.issue("018", BySlip)
		lan := h.one("Nguyễn Thị Lan")
		h.bring(h.her, "Xã,Họ và tên,Vị trí,Ngày sinh,Điện thoại\n00553,Nguyễn Thị Lan,Lãnh đạo,02/03/1985,\n00553,Hoàng Văn Em,Cán bộ một cửa,,0912345671\n00553,Lê Thị Cúc,Cán bộ một cửa,1990-01-01,\n")
		n, waiting, err := h.ApproveAll(ctx, h.her, "018")
		if err != nil || n != 1 || waiting != 2 {
			t.Fatal(n, waiting, err)
		}
		same, other := Request{}, h.one("Hoàng Văn Em")
		for _, r := range h.all() {
			if r.Name == lan.Name && r.State == Asked {
				same = r
			}
		}
		p, err := h.Get(ctx, h.her, same.ID)
		if err != nil || len(p.Twins) != 1 || p.Twins[0].Account != lan.Account || p.Twins[0].Why[0].Key != "issuance.twin.born" {
			t.Fatalf("%+v %v", p.Twins, err)
		}
		if err := h.ApproveOne(ctx, h.her, same.ID, same.Version, Decision{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("approved without a word: %v", err)
		}
		if err := h.ApproveOne(ctx, h.her, same.ID, same.Version, Decision{Same: h.admin.ID}); !fault.Is(err, fault.Invalid) {
			t.Errorf("given to an account that is no twin: %v", err)
		}
		h.ok(h.ApproveOne(ctx, h.her, same.ID, same.Version, Decision{Same: lan.Account}))
		h.ok(h.ApproveOne(ctx, h.her, other.ID, other.Version, Decision{Reason: "Hai mẹ con dùng chung số"}))
		h.train("00553")
		h.issue("018", BySlip)
		posts, err := h.Get(ctx, h.her, same.ID)
		if err != nil || posts.Account != lan.Account || len(posts.Posts) != 2 {
			t.Errorf("one person has not one account with two posts: %+v %v", posts.Posts, err)
		}
		if e := h.one("Hoàng Văn Em"); e.Account == lan.Account || e.Account == "" || !e.Apart {
			t.Errorf("%+v", e)
		}
	})
}

func TestAFirstPasswordIsPrintedOnceAndNeverStored(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		b := h.issue("018", BySlip)
		for _, who := range []access.Actor{h.her, {}, h.person("plan", "", org.Planner)} {
			if _, _, _, err := h.Slips(ctx, who, b.ID); err == nil {
				t.Errorf("%s prints passwords", who.Login)
			}
		}
		pdf, printed, left, err := h.Slips(ctx, h.admin, b.ID)
		if err != nil || printed != 4 || left != 0 || bytes.Count(pdf, []byte("/Type /Page\n")) != 4 {
			t.Fatal(printed, left, err, bytes.Count(pdf, []byte("/Type /Page\n")))
		}
		if _, _, _, err := h.Slips(ctx, h.admin, b.ID); !fault.HasKey(err, "issuance.slip.none") {
			t.Errorf("the letters are printed twice: %v", err)
		}
		lan := h.one("Nguyễn Thị Lan")
		if lan.HandedAt.IsZero() || lan.UntilAt.Before(h.at.Now().AddDate(0, 0, 20)) {
			t.Errorf("%+v", lan)
		}
		was, err := h.People.Get(ctx, access.System("test"), lan.Account)
		h.ok(err)
		if _, err := h.Reissue(ctx, h.her, lan.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a district prints a password: %v", err)
		}
		_, err = h.Reissue(ctx, h.admin, lan.ID)
		h.ok(err)
		now, err := h.People.Get(ctx, access.System("test"), lan.Account)
		if err != nil || now.Password == was.Password || !now.MustChange {
			t.Error("the lost letter still opens", err)
		}
		h.comeIn(lan.Login, h.known(lan))
		if _, err := h.Reissue(ctx, h.admin, lan.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("an account in use gets a first password: %v", err)
		}
	})
}

func TestATextMessageCarriesAPasswordAndIsWiped(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		_, _, err := h.ApproveAll(t.Context(), h.her, "018")
		h.ok(err)
		if _, err := h.Start(t.Context(), h.admin, "018", BySMS); !fault.Is(err, fault.Invalid) {
			t.Errorf("texts without a gateway: %v", err)
		}
		h.texting = true
		h.issue("018", BySMS)
		var notices []struct {
			Address string
			Args    string
			Private bool
		}
		h.ok(h.DB.Read().NewRaw("SELECT address, args, private FROM notice WHERE template = 'issuance.notice.first'").Scan(t.Context(), &notices))
		lan, binh := h.one("Nguyễn Thị Lan"), h.one("Trần Văn Bình")
		if len(notices) != 1 || notices[0].Address != lan.Phone || !notices[0].Private {
			t.Fatalf("%+v", notices)
		}
		if lan.Channel != BySMS || lan.HandedAt.IsZero() || binh.Channel != BySlip || !binh.HandedAt.IsZero() {
			t.Errorf("%+v %+v", lan, binh)
		}
		_, after, _ := strings.Cut(notices[0].Args, `"code","s":"`)
		password, _, _ := strings.Cut(after, `"`)
		h.comeIn(lan.Login, password)
	})
}

func TestWhoDoesNotComeInIsRemindedOnceAStepAndRunsOut(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		h.bring(h.her, strings.ReplaceAll(roster(dangXa), "Điện thoại", "Email"))
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		b := h.issue("018", BySlip)
		_, _, _, err := h.Slips(ctx, h.admin, b.ID)
		h.ok(err)
		lan := h.one("Nguyễn Thị Lan")
		password := h.known(lan)
		notices := func() (n int) {
			h.ok(h.DB.Read().NewRaw("SELECT count(*) FROM notice WHERE account = ?", h.her.ID).Scan(ctx, &n))
			return n
		}
		for _, step := range []struct {
			at   time.Time
			want int
		}{{h.at.Now().AddDate(0, 0, 1), 0}, {h.at.Now().AddDate(0, 0, 3), 1}, {lan.UntilAt.AddDate(0, 0, -1), 2}, {lan.UntilAt.Add(time.Hour), 3}} {
			h.at.Set(step.at)
			h.ok(h.Remind(ctx))
			h.ok(h.Remind(ctx))
			if n := notices(); n != step.want {
				t.Errorf("%s: %d notices, want %d", step.at, n, step.want)
			}
		}
		if _, err := h.People.SignIn(ctx, lan.Login, password, org.Door{}); !fault.HasKey(err, "org.sign_in.first_over") {
			t.Errorf("a first password outlives its day: %v", err)
		}
		if list, err := h.List(ctx, h.her, Filter{Never: true}, page.Request{Limit: 10}); err != nil || len(list.Items) != 4 || !list.Items[0].Over(h.at.Now()) {
			t.Error(len(list.Items), err)
		}
	})
}

func TestMovingAndLeavingKeepThePersonsHistory(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		h.issue("018", BySlip)
		for _, r := range h.all() {
			h.comeIn(r.Login, h.known(r))
		}
		lan, binh := h.one("Nguyễn Thị Lan"), h.one("Trần Văn Bình")
		if _, err := h.Move(ctx, h.her, lan.ID, lan.Version, bacSon, lan.Post, "2016-11-20", "QĐ 15"); !fault.Is(err, fault.Invalid) {
			t.Errorf("moved beyond the district: %v", err)
		}
		if _, err := h.Move(ctx, h.her, lan.ID, lan.Version, "00553", lan.Post, "2016-11-01", "QĐ 15"); !fault.Is(err, fault.Invalid) {
			t.Errorf("moved in the past: %v", err)
		}
		next, err := h.Move(ctx, h.her, lan.ID, lan.Version, "00553", lan.Post, "2016-11-20", "QĐ 15")
		h.ok(err)
		p, err := h.Get(ctx, h.her, next.ID)
		if err != nil || p.State != Active || len(p.Posts) != 2 || p.Posts[0].Until != "2016-11-20" || p.Posts[1].From != "2016-11-20" || p.Account != lan.Account {
			t.Fatalf("%+v %v", p, err)
		}
		if answer, why := h.gate(dangXa); answer != rollout.Unmet || !strings.Contains(why, "một cửa") {
			t.Error(answer, why)
		}
		h.ok(h.Leave(ctx, h.her, binh.ID, binh.Version, "2016-11-30", "Nghỉ hưu"))
		h.ok(h.CloseLeft(ctx))
		if a, err := h.People.Get(ctx, access.System("test"), binh.Account); err != nil || a.State != org.Active || a.Posts[0].Until != "2016-11-30" {
			t.Error("closed before the day", a.State, err)
		}
		h.at.Set(time.Date(2016, 11, 30, 2, 0, 0, 0, time.UTC))
		h.ok(h.CloseLeft(ctx))
		if a, err := h.People.Get(ctx, access.System("test"), binh.Account); err != nil || a.State != org.Closed || len(a.Posts) != 1 {
			t.Error("open after the day", a.State, err)
		}
	})
}

func TestEachMayDoOnlyTheirPart(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		officer, plan, lead := h.person("motcua", dangXa, org.OneStopOfficer), h.person("plan", "", org.Planner), h.person("lanhdao", "", org.Leadership)
		other := h.person("socson", "016", org.DistrictCoordinator)
		form := Form{Unit: dangXa, Post: string(org.LabourOfficer), Name: "Vũ Thị Hoa"}
		for who, want := range map[*access.Actor]fault.Kind{&plan: fault.Denied, &lead: fault.Denied, &other: fault.Missing, {}: fault.SignIn} {
			if _, err := h.AskFor(ctx, *who, form); !fault.Is(err, want) {
				t.Errorf("%s asks: %v", who.Login, err)
			}
		}
		r, err := h.AskFor(ctx, officer, form)
		h.ok(err)
		if _, err := h.AskFor(ctx, officer, form); !fault.HasKey(err, "issuance.form.there") {
			t.Errorf("asked twice: %v", err)
		}
		for who, want := range map[*access.Actor]fault.Kind{&officer: fault.Denied, &h.admin: fault.Denied, &other: fault.Missing, {}: fault.SignIn} {
			if err := h.ApproveOne(ctx, *who, r.ID, r.Version, Decision{}); !fault.Is(err, want) {
				t.Errorf("%s approves: %v", who.Login, err)
			}
		}
		if err := h.Refuse(ctx, h.her, r.ID, r.Version, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("refused without a reason: %v", err)
		}
		h.ok(h.Refuse(ctx, h.her, r.ID, r.Version, "Đã có người"))
		if err := h.ApproveOne(ctx, h.her, r.ID, r.Version, Decision{}); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("over another's change: %v", err)
		}
		for who, n := range map[*access.Actor]int{&officer: 1, &h.her: 1, &plan: 1, &other: 0} {
			if list, err := h.List(ctx, *who, Filter{}, page.Request{Limit: 10}); err != nil || len(list.Items) != n {
				t.Errorf("%s sees %d: %v", who.Login, len(list.Items), err)
			}
		}
		if _, err := h.Get(ctx, other, r.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("another district reads: %v", err)
		}
		for _, who := range []access.Actor{h.her, plan, {}} {
			if _, err := h.Start(ctx, who, "018", BySlip); err == nil {
				t.Errorf("%s issues", who.Login)
			}
		}
	})
}

func TestAnExportIsSafeToOpen(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		_, err := h.AskFor(t.Context(), h.her, Form{Unit: dangXa, Post: string(org.LabourOfficer), Name: "=HYPERLINK Hoa", Code: "+1"})
		h.ok(err)
		rows, err := h.Export(t.Context(), h.her, Filter{})
		h.ok(err)
		var b bytes.Buffer
		h.ok(importer.WriteCSV(&b, []string{"a", "b"}, func(yield func([]any, error) bool) {
			for r, err := range rows {
				yield([]any{r.Name, r.Code}, err)
			}
		}))
		if !strings.Contains(b.String(), "'=HYPERLINK Hoa,'+1") {
			t.Error(b.String())
		}
	})
}

func TestLoginsAreMadeOfNames(t *testing.T) {
	for name, want := range map[string]string{"Nguyễn Thị Lan": "lan.nt", "Lan": "lan", "Đỗ Đức Ánh": "anh.dd", "…": "canbo"} {
		if got := LoginFor(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
