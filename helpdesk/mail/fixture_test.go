package mail

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// quynhMai is a commune, socSon a district far away.
const (
	quynhMai = "00556"
	socSon   = "00376"
)

var policy = access.Policy{
	"officer": {helpdesk.Ask},
	"agent":   {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
	"lead":    {helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Assign, helpdesk.Manage},
	"auditor": {helpdesk.Read},
}

func actor(id string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer = actor("p1", "officer", quynhMai)
	agent   = actor("agent", "agent")
	far     = actor("far-agent", "agent", socSon)
	lead    = actor("lead", "lead")
	auditor = actor("auditor", "auditor")
)

// accounts are by address; the officer's second address is a way of hers in the store.
var accounts = map[string]string{"canbo@quynhmai.example": "p1", "hotich@bachkhoa.example": "p2", "hung.ho@hanoi.example": "agent"}

type people struct{}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		if len(id) < 36 {
			m[id] = "Tên " + string(id)
		}
	}
	return m, nil
}

func (people) Agents(context.Context, string) ([]helpdesk.Agent, error) { return nil, nil }

func (people) Reachable(_ context.Context, kind helpdesk.WayKind, value string) ([]helpdesk.Contact, error) {
	if id := accounts[value]; kind == helpdesk.MailWay && id != "" {
		return []helpdesk.Contact{{ID: ident.ID(id), Account: ident.ID(id), Name: "Tên " + id, Unit: quynhMai}}, nil
	}
	return nil, nil
}

func (people) actor(_ context.Context, id ident.ID) (access.Actor, error) {
	if id == "agent" {
		return agent, nil
	}
	return officer, nil
}

// ForNotices says that no account reads mail elsewhere.
func (people) ForNotices(context.Context, []ident.ID) (map[ident.ID]notify.Person, error) {
	return nil, nil
}

// monday is 14/11/2016 08:05 in the city.
var monday = time.Date(2016, 11, 14, 1, 5, 0, 0, time.UTC)

// post is a post room with one mailbox.
type post struct {
	*Service
	t   testing.TB
	at  *clock.Fake
	box Mailbox
	uid int64
}

func open(t testing.TB, d *db.DB, folder string) *post {
	t.Helper()
	s, at, err := build(t.Context(), d, folder)
	if err != nil {
		t.Fatal(err)
	}
	return &post{Service: s, t: t, at: at}
}

// build is a post room over a store, for tests and for the child that is killed.
func build(ctx context.Context, d *db.DB, folder string) (*Service, *clock.Fake, error) {
	at := clock.At(monday)
	units := org.NewUnits(d, clock.System{})
	if _, err := units.LoadBuiltIn(ctx); err != nil {
		return nil, nil, err
	}
	cals := calstore.New(d, clock.System{})
	if err := cals.Seed(ctx, monday); err != nil {
		return nil, nil, err
	}
	blobs, err := files.Folder(folder)
	if err != nil {
		return nil, nil, err
	}
	words, err := i18n.Load(Locale, helpdesk.Locale, notify.Locale)
	if err != nil {
		return nil, nil, err
	}
	store := files.New(d, at, blobs)
	desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: store})
	return New(Deps{DB: d, Business: at, Machine: at, Log: slog.New(slog.DiscardHandler), Desk: desk, Files: store, Words: words,
		From: "Lộ Trình <lotrinh@hanoi.example>", Host: "lotrinh.hanoi.example", Actor: people{}.actor}), at, nil
}

func given(change ...func(*Mailbox)) Mailbox {
	b := Mailbox{Name: "Hỗ trợ", Address: "hotro@hanoi.example", Aliases: "duongdaynong@hanoi.example", Host: "thu.hanoi.example", Port: 993, Security: TLS,
		Unit: quynhMai, Category: helpdesk.Usage, Strangers: rules.StrangersOpen, Closed: rules.ClosedPolicy, Active: true}
	for _, c := range change {
		c(&b)
	}
	return b
}

func (p *post) boxed(change ...func(*Mailbox)) *post {
	p.t.Helper()
	b, err := p.Save(p.t.Context(), lead, given(change...))
	if err != nil {
		p.t.Fatal(err)
	}
	p.box = b
	return p
}

func eachDB(t *testing.T, f func(t *testing.T, p *post)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d, t.TempDir()).boxed()) })
}

// mail is a mail of headers and words; the usual ones come from the officer.
func mail(body string, headers ...string) []byte {
	all := map[string]string{"From": "canbo@quynhmai.example", "To": "hotro@hanoi.example", "Message-ID": "<" + string(ident.New(monday)) + "@quynhmai.example>",
		"Subject": "Máy quét không nhận", "Content-Type": "text/plain; charset=utf-8"}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		all[name] = value
	}
	var b strings.Builder
	for name, value := range all {
		fmt.Fprintf(&b, "%s: %s\r\n", name, value)
	}
	return []byte(b.String() + "\r\n" + body)
}

// comes lets a mail come in.
func (p *post) comes(raw []byte) Letter {
	p.t.Helper()
	p.uid++
	l, err := p.Take(p.t.Context(), p.box, Arrived{UIDValidity: 7, UID: p.uid, Raw: raw, Size: int64(len(raw))})
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

func (p *post) ticket(id ident.ID) helpdesk.Detail {
	p.t.Helper()
	d, err := p.Desk.Get(p.t.Context(), lead, id, page.Read("", ""))
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

func (p *post) one(query string, args ...any) string {
	p.t.Helper()
	var s string
	if err := p.DB.Read().NewRaw(query, args...).Scan(p.t.Context(), &s); err != nil {
		p.t.Fatal(query, err)
	}
	return s
}

func (p *post) do(query string, args ...any) {
	p.t.Helper()
	err := p.DB.InTx(p.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	})
	if err != nil {
		p.t.Fatal(query, err)
	}
}

// replied is a support answer on a ticket.
func (p *post) replied(id ident.ID, body string) helpdesk.Ticket {
	p.t.Helper()
	t, err := p.Desk.Reply(p.t.Context(), agent, id, helpdesk.Words{Body: body})
	if err != nil {
		p.t.Fatal(err)
	}
	return t
}

func (p *post) resolved(id ident.ID) {
	p.t.Helper()
	if _, err := p.Desk.Resolve(p.t.Context(), agent, id, helpdesk.Words{Body: "Đã thay cáp."}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) closed(id ident.ID) {
	p.t.Helper()
	if _, err := p.Desk.Close(p.t.Context(), officer, id, 0, ""); err != nil {
		p.t.Fatal(err)
	}
}
