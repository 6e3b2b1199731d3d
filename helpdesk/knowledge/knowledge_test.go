package knowledge

import (
	"context"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/testkit"
)

var policy = access.Policy{
	"support_lead":  {helpdesk.Ask, helpdesk.Read, helpdesk.Work, Edit},
	"support_agent": {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
	"officer":       {helpdesk.Ask},
}

func person(id string, role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Home: "00556", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

var (
	lead    = person("lead", "support_lead")
	agent   = person("agent", "support_agent")
	officer = person("officer", "officer")
	other   = person("other", "officer")
	nobody  = access.Actor{From: "10.0.0.7"}
	monday  = time.Date(2016, 11, 14, 1, 0, 0, 0, time.UTC)
)

type people struct{}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		m[id] = "Tên " + string(id)
	}
	return m, nil
}

type shelf struct {
	*Service
	at *clock.Fake
	t  *testing.T
}

func eachShelf(t *testing.T, f func(t *testing.T, s *shelf)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(monday)
		blobs, err := files.Folder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		f(t, &shelf{New(Deps{DB: d, Business: at, People: people{}, Files: files.New(d, at, blobs), BaseURL: "https://lotrinh.example"}), at, t})
	})
}

func typed(title string, audience Audience) Text {
	return Text{Title: title, Lead: "Bấm “Quên mật khẩu” ở trang đăng nhập.", Body: "1. Mở trang đăng nhập\n2. Bấm **Quên mật khẩu**", Service: helpdesk.Account, Audience: audience}
}

func (s *shelf) given(title string, audience Audience, state State) Article {
	s.t.Helper()
	a, err := s.Write(s.t.Context(), lead, typed(title, audience))
	if err == nil && state != Draft {
		a, err = s.Publish(s.t.Context(), lead, a.Seq, 0)
	}
	if err == nil && state == Retired {
		a, err = s.Retire(s.t.Context(), lead, a.Seq, 0)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func sort(err error) string {
	switch {
	case err == nil:
		return "ok"
	case fault.Is(err, fault.Missing):
		return "missing"
	case fault.Is(err, fault.Denied):
		return "denied"
	case fault.Is(err, fault.SignIn):
		return "sign_in"
	case fault.Is(err, fault.Conflict):
		return "conflict"
	case fault.Is(err, fault.Invalid):
		return "invalid"
	}
	return err.Error()
}

func TestWhoReadsWhat(t *testing.T) {
	eachShelf(t, func(t *testing.T, s *shelf) {
		readers := []access.Actor{lead, agent, officer, nobody}
		for _, c := range []struct {
			audience Audience
			state    State
			want     string
		}{
			{Everybody, Published, "ok ok ok ok"}, {Officers, Published, "ok ok ok missing"}, {Support, Published, "ok ok missing missing"},
			{Everybody, Draft, "ok missing missing missing"}, {Everybody, Retired, "ok missing missing missing"},
		} {
			a := s.given("Quên mật khẩu thì làm thế nào", c.audience, c.state)
			var got []string
			for _, who := range readers {
				_, err := s.Get(t.Context(), who, a.Seq)
				got = append(got, sort(err))
				hits, err := search.Find(t.Context(), s.DB, "quen mat khau", s.SearchScopes(who), 20)
				if err != nil {
					t.Fatal(err)
				}
				found := false
				for _, h := range hits {
					found = found || h.Subject == string(a.ID)
				}
				if want := c.state == Published && sort(mustGet(s, who, a)) == "ok"; found != want {
					t.Errorf("%s %s: %s finds it: %v", c.audience, c.state, who.ID, found)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s %s: %v, want %s", c.audience, c.state, got, c.want)
			}
		}
	})
}

func mustGet(s *shelf, who access.Actor, a Article) error {
	_, err := s.Get(s.t.Context(), who, a.Seq)
	return err
}

func TestOnlyWritersChangeArticles(t *testing.T) {
	eachShelf(t, func(t *testing.T, s *shelf) {
		ctx, a := t.Context(), s.given("Máy quét kẹt giấy", Officers, Published)
		drop := func(_ Article, err error) error { return err }
		uses := map[string]func(access.Actor) error{
			"write": func(w access.Actor) error { return drop(s.Write(ctx, w, typed("Bài khác", Support))) },
			"rewrite": func(w access.Actor) error {
				return drop(s.Rewrite(ctx, w, a.Seq, typed("Máy quét kẹt giấy", Officers)))
			},
			"reviewed": func(w access.Actor) error { return drop(s.Reviewed(ctx, w, a.Seq, 0)) },
			"restore":  func(w access.Actor) error { return drop(s.Restore(ctx, w, a.Seq, 1, 0)) },
			"editions": func(w access.Actor) error { _, _, err := s.Editions(ctx, w, a.Seq); return err },
			"compared": func(w access.Actor) error { _, _, _, err := s.Compared(ctx, w, a.Seq, 1); return err },
		}
		for name, use := range uses {
			if got := sort(use(lead)) + " " + sort(use(agent)) + " " + sort(use(officer)) + " " + sort(use(nobody)); got != "ok denied denied sign_in" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got := sort(drop(s.Publish(ctx, lead, a.Seq, 0))); got != "conflict" {
			t.Errorf("published twice: %s", got)
		}
		if got := sort(drop(s.Rewrite(ctx, lead, a.Seq, Text{Version: 1, Title: "x", Lead: "y", Body: "z", Audience: Officers}))); got != "conflict" {
			t.Errorf("an old version: %s", got)
		}
		if got := sort(drop(s.Write(ctx, lead, Text{ReviewOn: "2016-11-14"}))); got != "invalid" {
			t.Errorf("empty: %s", got)
		}
	})
}

func TestEditionsAreKeptAndRestored(t *testing.T) {
	eachShelf(t, func(t *testing.T, s *shelf) {
		ctx, a := t.Context(), s.given("Máy quét kẹt giấy", Officers, Published)
		x := typed("Máy quét kẹt giấy", Officers)
		x.Body, x.Note = "1. Mở nắp máy", "rút gọn"
		if _, err := s.Rewrite(ctx, lead, a.Seq, x); err != nil {
			t.Fatal(err)
		}
		_, before, after, err := s.Compared(ctx, lead, a.Seq, 2)
		if err != nil || before.Body != a.Body || after.Body != "1. Mở nắp máy" || after.Note != "rút gọn" {
			t.Errorf("compared %+v %+v %v", before, after, err)
		}
		b, err := s.Restore(ctx, lead, a.Seq, 1, 0)
		if err != nil || b.Body != a.Body || b.Edition != 3 {
			t.Errorf("restored %+v %v", b, err)
		}
		_, all, err := s.Editions(ctx, lead, a.Seq)
		if err != nil || len(all) != 3 {
			t.Errorf("%d editions, %v", len(all), err)
		}
	})
}

func TestOneReaderHasOneVerdict(t *testing.T) {
	eachShelf(t, func(t *testing.T, s *shelf) {
		ctx, a := t.Context(), s.given("Đường truyền chậm", Everybody, Published)
		judge := func(who access.Actor, v Verdict) {
			t.Helper()
			if err := s.Judge(ctx, who, a.Seq, v); err != nil {
				t.Fatal(err)
			}
		}
		judge(officer, Verdict{Words: "Chưa nói về cáp quang"})
		judge(officer, Verdict{Helped: true, Instead: true})
		judge(other, Verdict{Helped: false, Words: "Thiếu ảnh"})
		judge(nobody, Verdict{Helped: true, Instead: true, Words: "quảng cáo"})
		judge(nobody, Verdict{Helped: true})
		got, err := s.Get(ctx, lead, a.Seq)
		if err != nil || got.Helped != 2 || got.Failed != 1 || got.Answered != 1 {
			t.Errorf("helped %d, failed %d, answered %d, %v", got.Helped, got.Failed, got.Answered, err)
		}
		words, err := s.Words(ctx, lead, a.ID)
		if err != nil || len(words) != 1 || words[0].Words != "Thiếu ảnh" {
			t.Errorf("words %+v %v", words, err)
		}
		wrong, err := figures.Check(ctx, s.DB.Read(), FigureAnswered, CountAnswered)
		if err != nil || len(wrong) > 0 {
			t.Errorf("figures %v %v", wrong, err)
		}
		draft := s.given("Chưa đăng", Everybody, Draft)
		if got := sort(s.Judge(ctx, officer, draft.Seq, Verdict{Helped: true})); got != "missing" {
			t.Errorf("a draft is judged: %s", got)
		}
	})
}

func TestTheOwnerIsToldOnceWhenAReviewIsDue(t *testing.T) {
	eachShelf(t, func(t *testing.T, s *shelf) {
		ctx, a := t.Context(), s.given("Chữ ký số không nhận", Officers, Published)
		count := func() (n int) {
			t.Helper()
			if err := s.DB.Read().NewSelect().Table("notice").ColumnExpr("count(*)").Where("account = 'lead'").Scan(ctx, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		remind := func() {
			t.Helper()
			if err := s.Remind(ctx); err != nil {
				t.Fatal(err)
			}
		}
		remind()
		if count() != 0 {
			t.Error("told before the day")
		}
		s.at.Move(reviewEvery * 24 * time.Hour)
		remind()
		remind()
		if count() != 1 {
			t.Errorf("told %d times", count())
		}
		if _, err := s.Reviewed(ctx, lead, a.Seq, 0); err != nil {
			t.Fatal(err)
		}
		if again, err := s.Get(ctx, lead, a.Seq); err != nil || again.Due(s.at.Now()) {
			t.Errorf("still due: %v", err)
		}
	})
}

func TestLikelyArticlesComeWhileTyping(t *testing.T) {
	eachShelf(t, func(t *testing.T, s *shelf) {
		s.given("Máy quét kẹt giấy", Officers, Published)
		want := s.given("Quên mật khẩu đăng nhập thì làm thế nào", Officers, Published)
		s.given("Quên mật khẩu chữ ký số", Support, Published)
		got, err := s.Likely(t.Context(), officer, helpdesk.Account, "em quen mat khau khong dang nhap duoc", "")
		if err != nil || len(got) == 0 || got[0].Seq != want.Seq {
			t.Errorf("likely %+v %v", got, err)
		}
		for _, a := range got {
			if a.Audience == Support {
				t.Error("an officer is shown what only support may read")
			}
		}
		if got, err := s.Likely(t.Context(), officer, "", "mất điện toàn khu vực"); err != nil || len(got) > 0 {
			t.Errorf("likely for something else: %+v %v", got, err)
		}
		rows, err := s.List(t.Context(), officer, Filter{Words: "mật khẩu"}, page.Read("", ""))
		if err != nil || len(rows.Items) == 0 || rows.Items[0].Seq != want.Seq {
			t.Errorf("searched: %+v %v", rows.Items, err)
		}
	})
}

func TestRenderingLetsNothingRun(t *testing.T) {
	own := "/help/7/pictures/01932f5e-0000-7000-8000-000000000000"
	html, err := Render(7, "# Đề mục\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](https://moj.gov.vn)\n\n![x](https://evil.example/x.png) ![y]("+own+") ![z](/help/8/pictures/01932f5e-0000-7000-8000-000000000000)\n\n<img src=x onerror=alert(1)>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"script", "javascript", "evil", "onerror", "/help/8/", "<h1"} {
		if strings.Contains(html, bad) {
			t.Errorf("%q is in %s", bad, html)
		}
	}
	for _, good := range []string{"<h2>Đề mục</h2>", `href="https://moj.gov.vn"`, "nofollow", own, "<td>1</td>"} {
		if !strings.Contains(html, good) {
			t.Errorf("%q is not in %s", good, html)
		}
	}
}

func TestADiffTellsBothTexts(t *testing.T) {
	sides := func(lines []Line) (before, after []string) {
		for _, l := range lines {
			var s strings.Builder
			for _, p := range l.Pieces {
				s.WriteString(p.Text)
			}
			if l.Kind != Put {
				before = append(before, s.String())
			}
			if l.Kind != Gone {
				after = append(after, s.String())
			}
		}
		return before, after
	}
	holds := func(a, b []bool) bool {
		word := func(all []bool) string {
			var s strings.Builder
			for i, x := range all {
				s.WriteString(map[bool]string{true: "mở", false: "bấm"}[x])
				s.WriteString(map[bool]string{true: "\n", false: " "}[i%3 == 0])
			}
			return s.String()
		}
		before, after := sides(Diff(word(a), word(b)))
		return strings.Join(before, "\n") == word(a) && strings.Join(after, "\n") == word(b)
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
	got := Diff("Mở máy\nBấm nút xanh\nChờ", "Mở máy\nBấm nút đỏ\nChờ")
	if len(got) != 4 || got[1].Kind != Gone || got[2].Kind != Put || got[2].Pieces[len(got[2].Pieces)-1].Text != "đỏ" {
		t.Errorf("%+v", got)
	}
}
