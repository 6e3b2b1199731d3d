package notify

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/sms"
	"lotrinh/internal/kit/testkit"
)

// gate keeps what it is given and answers as it is told.
type gate struct {
	answer  sms.Outcome
	texts   []string
	reports []string
	before  func() // runs while the gateway is asked
}

func (g *gate) Send(_ context.Context, number, text, report string) (sms.Outcome, error) {
	g.texts, g.reports = append(g.texts, number+": "+text), append(g.reports, report)
	if g.before != nil {
		g.before()
	}
	if g.answer != sms.Taken {
		return g.answer, errors.New("no")
	}
	return sms.Taken, nil
}

func texter(t *testing.T, d *db.DB, at clock.Clock, g Gate, p people) *Sender {
	t.Helper()
	s := sender(t, d, at, "", p)
	s.Gate = g
	s.Texts = []Text{{Template: "t", Args: []string{"number", "link"}}, {Template: "c", Args: []string{"code"}}}
	return s
}

func token(g *gate) string {
	last := g.reports[len(g.reports)-1]
	return strings.TrimSuffix(strings.TrimPrefix(last, "https://lotrinh.example/api/v1/sms/"), "/dlr")
}

func toPhone(key string) Message {
	return Message{Phone: "0912345678", Lang: i18n.VI, Template: "t", Dedupe: key, Unit: "00556", Link: "/theo-doi",
		Args: []any{"number", "HT-2016-000042", "due", thursday, "state", i18n.Key("s")}}
}

func TestATextMessageIsSentOnceAndItsDeliveryIsTold(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(thursday), &gate{}
		s := texter(t, d, at, g, nil)
		write(t, d, thursday, toPhone("1"))
		write(t, d, thursday, toPhone("1"))
		run(t, s, 1)
		run(t, s, 0)
		if want := "0912345678: Phiếu HT-2016-000042 đã có trả lời: https://lotrinh.example/theo-doi"; len(g.texts) != 1 || g.texts[0] != want {
			t.Fatalf("sent %q", g.texts)
		}
		if got := states(t, d); got != Accepted {
			t.Fatal(got)
		}
		if err := s.Report(t.Context(), "0123", "1"); !fault.Is(err, fault.Missing) {
			t.Errorf("a token that nobody has: %v", err)
		}
		for _, c := range []struct{ kind, want string }{{"8", Accepted}, {"1", Delivered}, {"2", Delivered}, {"x", Delivered}} {
			if err := s.Report(t.Context(), token(g), c.kind); err != nil || states(t, d) != c.want {
				t.Errorf("after %s: %s %v, want %s", c.kind, states(t, d), err, c.want)
			}
		}
	})
}

func TestNothingPretendsThatItWasSent(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(thursday)
		s := texter(t, d, at, nil, people{"a": {Phone: "0912345678", Lang: i18n.VI}})
		s.Gate = nil
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return WishFor(ctx, tx, Wish{Account: "a", Kind: Others, Channel: BySMS})
		})
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, thursday, toPhone("1"), answered("a", "2"))
		run(t, s, 0)
		at.Move(48 * time.Hour)
		run(t, s, 0)
		if got := states(t, d); got != "waiting waiting" {
			t.Errorf("without a gateway: %s", got)
		}
		g := &gate{}
		s.Gate = g
		at.Set(thursday.AddDate(0, 0, 4))
		run(t, s, 2)
		if got := states(t, d); got != "accepted accepted" {
			t.Errorf("with one: %s", got)
		}
	})
}

func TestADeathWhileSendingDoesNotDouble(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(thursday), &gate{}
		s := texter(t, d, at, g, nil)
		write(t, d, thursday, toPhone("1"))
		rows, err := s.claim(t.Context(), BySMS)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		rows[0].Parts = 2
		if over, err := s.hand(t.Context(), &rows[0]); over || err != nil { // and here the process dies
			t.Fatal(over, err)
		}
		at.Move(lease)
		run(t, s, 0)
		if got := states(t, d); got != Unknown || len(g.texts) != 0 {
			t.Fatalf("%s, sent again: %q", got, g.texts)
		}
		if err := s.Report(t.Context(), rows[0].Token, "1"); err != nil || states(t, d) != Delivered {
			t.Errorf("the telephone says that it has it: %s %v", states(t, d), err)
		}
	})
}

func TestWhatTheGatewaySaysDecides(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer sms.Outcome
		want   string
		asked  int // times within an hour
	}{
		{"refused", sms.Refused, Failed, 1}, {"unsure", sms.Unsure, Unknown, 1}, {"later", sms.Later, Waiting, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.EachDB(t, func(t *testing.T, d *db.DB) {
				at, g := clock.At(thursday), &gate{answer: c.answer}
				s := texter(t, d, at, g, nil)
				write(t, d, thursday, toPhone("1"))
				run(t, s, 0)
				at.Move(time.Minute)
				run(t, s, 0)
				if got := states(t, d); got != c.want || len(g.texts) != c.asked {
					t.Errorf("%s, asked %d times", got, len(g.texts))
				}
				proveFigures(t, d)
			})
		})
	}
}

func proveFigures(t *testing.T, d *db.DB) {
	t.Helper()
	for name, count := range Figures() {
		if wrong, err := figures.Check(t.Context(), d.Read(), name, count); err != nil || len(wrong) > 0 {
			t.Errorf("%s: %v %v", name, wrong, err)
		}
	}
}

func TestTheReportMayComeBeforeTheAnswer(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(thursday), &gate{}
		s := texter(t, d, at, g, nil)
		g.before = func() {
			if err := s.Report(t.Context(), token(g), "1"); err != nil {
				t.Error(err)
			}
		}
		write(t, d, thursday, toPhone("1"))
		run(t, s, 1)
		if got := states(t, d); got != Delivered {
			t.Error(got)
		}
	})
}

func TestACodeIsWipedAndNeverListed(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		for _, answer := range []sms.Outcome{sms.Taken, sms.Unsure, sms.Refused} {
			at, g := clock.At(time.Date(2016, 11, 11, 15, 0, 0, 0, time.UTC)), &gate{answer: answer} // Friday night
			s := texter(t, d, at, g, nil)
			write(t, d, at.Now(), Message{Phone: "0912345678", Lang: i18n.VI, Template: "c", Args: []any{"code", "042917"}, Critical: true, Private: true})
			if _, err := s.Run(t.Context()); err != nil || len(g.texts) != 1 || !strings.HasSuffix(g.texts[0], "042917") {
				t.Fatalf("%v %q", err, g.texts)
			}
		}
		var left int
		err := d.Read().NewRaw("SELECT count(*) FROM notice WHERE args LIKE ?", "%042917%").Scan(t.Context(), &left)
		if err != nil || left != 0 {
			t.Errorf("%d codes stay behind, %v", left, err)
		}
		p, err := List(t.Context(), d, access.System("test"), "", "", page.Read("", ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range p.Items {
			if n.Args != "" || n.Address != "0912345678" {
				t.Errorf("the list holds %q", n.Args)
			}
			err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return Retry(ctx, tx, access.System("test"), thursday, n.ID)
			})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("a wiped code is sent again: %v", err)
			}
		}
	})
}

func TestACodeThatNobodyTakesIsGivenUpWithinAQuarterOfAnHour(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(thursday), &gate{answer: sms.Later}
		s := texter(t, d, at, g, nil)
		write(t, d, at.Now(), Message{Phone: "0912345678", Lang: i18n.VI, Template: "c", Args: []any{"code", "042917"}, Critical: true, Private: true})
		for range 15 {
			run(t, s, 0)
			at.Move(time.Minute)
		}
		if got := states(t, d); got != Failed || len(g.texts) != triesOfCode {
			t.Errorf("%s after %d tries", got, len(g.texts))
		}
		proveFigures(t, d)
	})
}

func TestAMonthlyQuotaHoldsBackWhatIsNotCritical(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(thursday), &gate{}
		s := texter(t, d, at, g, nil)
		boss := access.System("test")
		set := func(b Budget) {
			if err := SetBudget(t.Context(), d, boss, at.Now(), b); err != nil {
				t.Fatal(err)
			}
		}
		set(Budget{Monthly: -1, Price: 400})
		set(Budget{Unit: "00556", Monthly: 1})
		urgent := toPhone("urgent")
		urgent.Critical = true
		write(t, d, thursday, toPhone("1"), toPhone("2"), urgent)
		run(t, s, 2)
		if got := states(t, d); got != "accepted waiting accepted" && got != "accepted accepted waiting" {
			t.Fatal(got)
		}
		parts, cost, err := Used(t.Context(), d.Read(), boss, "2016-11-01", "2016-12-01")
		if err != nil || parts["00556"] != 2 || cost["00556"] != 800 {
			t.Errorf("%v parts, %v đồng, %v", parts, cost, err)
		}
		at.Set(time.Date(2016, 12, 1, 2, 0, 0, 0, time.UTC))
		run(t, s, 1)
		proveFigures(t, d)
		if err := SetBudget(t.Context(), d, access.Actor{ID: "x"}, at.Now(), Budget{}); !fault.Is(err, fault.Denied) {
			t.Errorf("anybody sets a budget: %v", err)
		}
		if err := SetBudget(t.Context(), d, boss, at.Now(), Budget{Monthly: -2, Price: -1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("nonsense: %v", err)
		}
	})
}

func TestSilenceOfADayIsDoubtAndAPersonMaySendAnew(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(thursday), &gate{}
		s := texter(t, d, at, g, nil)
		write(t, d, thursday, toPhone("1"))
		run(t, s, 1)
		at.Move(silence + time.Second)
		if err := s.Doubt(t.Context()); err != nil || states(t, d) != Unknown {
			t.Fatal(states(t, d), err)
		}
		var id ident.ID
		if err := d.Read().NewRaw("SELECT id FROM notice").Scan(t.Context(), &id); err != nil {
			t.Fatal(err)
		}
		again := func() error {
			return d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Retry(ctx, tx, access.System("test"), at.Now(), id) })
		}
		if err := again(); err != nil {
			t.Fatal(err)
		}
		if err := again(); !fault.Is(err, fault.Conflict) {
			t.Errorf("sent anew twice: %v", err)
		}
		run(t, s, 1)
		if len(g.texts) != 2 {
			t.Errorf("%q", g.texts)
		}
		proveFigures(t, d)
	})
}

func TestKannelIsAskedOnceAndItsAddressIsNeverTold(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Query().Get("to") == "84900000000" {
			panic(http.ErrAbortHandler) // it broke off before it answered
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("0: Accepted for delivery"))
	}))
	defer srv.Close()
	k, err := OpenKannel(strings.Replace(srv.URL, "http://", "http://u:secret@", 1) + "/cgi-bin/sendsms")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Send(t.Context(), "0912345678", "x", "r"); got != sms.Taken || err != nil {
		t.Error(got, err)
	}
	if got, err := k.Send(t.Context(), "0900000000", "x", "r"); got != sms.Unsure || err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(got, err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
	srv.Close()
	if got, err := k.Send(t.Context(), "0912345678", "x", "r"); got != sms.Later || err == nil || strings.Contains(err.Error(), "secret") {
		t.Error("nobody there:", got, err)
	}
	if _, err := OpenKannel("http://u:secret@"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

func TestAMessageThatComesInTwiceIsOne(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		for range 2 {
			if err := Receive(t.Context(), d, thursday, "uuid-1", "84912345678", "1022", " 5 cảm ơn "); err != nil {
				t.Fatal(err)
			}
		}
		if err := Receive(t.Context(), d, thursday, "", "", "1022", "x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("from nobody: %v", err)
		}
		p, err := Incoming(t.Context(), d, access.System("test"), thursday, page.Read("", ""))
		if err != nil || len(p.Items) != 1 || p.Items[0].Number != "0912345678" || p.Items[0].Body != "5 cảm ơn" {
			t.Errorf("%+v %v", p.Items, err)
		}
		if _, err := Incoming(t.Context(), d, access.Actor{ID: "x"}, thursday, page.Read("", "")); !fault.Is(err, fault.Denied) {
			t.Errorf("anybody reads them: %v", err)
		}
		for _, after := range []struct{ days, left int }{{179, 1}, {181, 0}} {
			if err := ForgetIncoming(t.Context(), d, thursday.AddDate(0, 0, after.days)); err != nil {
				t.Fatal(err)
			}
			p, err := Incoming(t.Context(), d, access.System("test"), thursday, page.Read("", ""))
			if err != nil || len(p.Items) != after.left {
				t.Errorf("after %d days there are %d, %v", after.days, len(p.Items), err)
			}
		}
	})
}
