package app

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lotrinh/dossier/exchange"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/wire"
)

// exchangeLists are the lists and the board of the exchange, as its leads read them.
var exchangeLists = []visit{{"lead", "/dossiers/exchange"}, {"lead", "/dossiers/exchange/messages"}, {"lead", "/dossiers/exchange/messages?state=dead"},
	{"lead", "/dossiers/exchange/messages?partner=residence"}, {"lead", "/dossiers/exchange/messages?partner=residence&state=dead"},
	{"lead", "/dossiers/exchange/differences"}, {"lead", "/dossiers/exchange/inbox"}, {"lead", "/dossiers/exchange/incidents"}, {"lead", "/dossiers/exchange/offices/residence"}}

// exchangedMany puts in so many of everything that the lists show.
func (s *street) exchangedMany(n int) {
	s.t.Helper()
	now := s.Business.Now()
	d := ident.ID(s.one("SELECT min(id) FROM dossier"))
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range n {
			at := "L-" + strconv.Itoa(i)
			for _, row := range []any{
				&post.Message{ID: ident.New(now), Partner: exchange.Residence, Dossier: at, Ref: d, Unit: hereUnit, Leg: "residence", Seq: 1, Type: wire.ResidenceRequested, Key: at + ":1", Data: "{}",
					State: []string{post.Dead, post.Sent, post.Waiting}[i%3], At: now, NextAt: now.AddDate(1, 0, 0), ExpectBy: now},
				&post.Difference{ID: ident.New(now), Partner: exchange.Residence, Thing: at, Ref: d, Unit: hereUnit, Kind: post.Differs, Fields: "[]", FirstAt: now, LastAt: now, State: post.OpenDifference, Ver: 1},
				&post.In{ID: ident.New(now), Source: exchange.Residence, Message: at, Type: "vn.lienthong.case.done.v2", Subject: at, Body: newer, State: post.Quarantined, At: now},
				&post.Incident{ID: ident.New(now), Partner: exchange.Residence, Kind: post.OtherBody, Message: at, At: now},
			} {
				if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func TestTheBoardOfTheExchangeCostsTheSameHoweverMuchThereIs(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		c := &counter{}
		s.DB.Watch(c.seen)
		few := s.cost(c, exchangeLists)
		s.exchangedMany(40)
		for page, queries := range s.cost(c, exchangeLists) {
			if len(queries) > len(few[page]) {
				t.Errorf("%s sends %d queries, with few rows %d:\n%s", page, len(queries), len(few[page]), strings.Join(queries, "\n"))
			}
		}
	})
}

// exchangeTable finds the tables of the exchange that grow with the years.
var exchangeTable = regexp.MustCompile(`exchange_(message|inbox|difference|incident)`)

func TestEveryListOfTheExchangeHasItsIndex(t *testing.T) {
	s := openStreet(t, Config{})
	s.exchangedMany(3)
	c := &counter{}
	s.DB.Watch(c.seen)
	s.session("lead")
	c.take()
	for _, v := range exchangeLists {
		if a := s.ask(v.login, "GET", v.path, ""); a.status != 200 {
			t.Errorf("%s: %d", v.path, a.status)
		}
	}
	tree, err := s.Units.Tree(t.Context(), s.Business.Now())
	must(t, err)
	one := Policy.As(access.Actor{ID: "lead", Via: "web", Grants: []access.Grant{{Role: org.SupportLead, Units: tree.Under(hereUnit)}}})
	for _, f := range []exchange.Filter{{}, {State: "dead"}, {Partner: "residence"}} {
		_, err := s.Dossiers.Exchange.Messages(t.Context(), one, f, page.Read("", ""))
		must(t, err)
	}
	must(t, s.Dossiers.Exchange.Tend(t.Context()))
	seen := c.take()
	n := 0
	for _, q := range seen {
		if strings.HasPrefix(q, "SELECT") && exchangeTable.MatchString(q) {
			n++
			s.indexed(q)
		}
	}
	if n < 14 {
		t.Errorf("only %d queries were seen", n)
	}
}

// openOnly are the indexes that hold what is still open and nothing else: one of them may
// be read whole.
var openOnly = regexp.MustCompile(`INDEX exchange_(message_(overdue|due|blocks)|incident_open|replay_open)`)

// indexed wants a query to read no table whole, nor an index that grows with the years
// unless it stops after a page.
func (s *street) indexed(q string) {
	s.t.Helper()
	var rows []struct {
		ID, Parent, Notused int64
		Detail              string
	}
	must(s.t, s.DB.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(s.t.Context(), &rows))
	for _, r := range rows {
		if !strings.HasPrefix(r.Detail, "SCAN") || strings.HasPrefix(r.Detail, "SCAN xp") || strings.HasPrefix(r.Detail, "SCAN few") || openOnly.MatchString(r.Detail) {
			continue
		}
		if !strings.Contains(r.Detail, "USING") || !strings.Contains(q, "LIMIT") {
			s.t.Errorf("%s\nreads a whole table: %s", q, r.Detail)
		}
	}
}
