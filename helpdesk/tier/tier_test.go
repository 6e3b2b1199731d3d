package tier

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

const dangXa = "00556" // in Gia Lâm

var policy = access.Policy{
	"officer": {helpdesk.Ask},
	"agent":   {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
	"lead":    {helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Assign, helpdesk.Manage},
}

func actor(id string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer = actor("officer", "officer", dangXa)
	agent   = actor("agent", "agent")
	far     = actor("far-agent", "agent", "00577")
	lead    = actor("lead", "lead")
	nobody  = access.Actor{}
)

type people struct{}

func (people) Names(context.Context, []ident.ID) (map[ident.ID]string, error) { return nil, nil }
func (people) Agents(context.Context, string) ([]helpdesk.Agent, error) {
	return []helpdesk.Agent{{ID: "agent", Name: "Agent"}}, nil
}
func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}

// thursday is 10/11/2016 08:00 in the city.
var thursday = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

type room struct {
	*Service
	at     *clock.Fake
	events *outbox.Dispatcher
	t      *testing.T
}

func eachDB(t *testing.T, f func(t *testing.T, s *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(thursday)
		units, cals := org.NewUnits(d, clock.System{}), calstore.New(d, clock.System{})
		if _, err := units.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := cals.Seed(t.Context(), thursday); err != nil {
			t.Fatal(err)
		}
		blobs, err := files.Folder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		store := files.New(d, at, blobs)
		desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: store})
		s := New(Deps{DB: d, Business: at, Calendars: cals, Units: units, People: people{}, Files: store, Desk: desk})
		f(t, &room{s, at, outbox.NewDispatcher(d, at, slog.New(slog.DiscardHandler), s.Handlers()...), t})
	})
}

func must[T any](s *room) func(T, error) T {
	return func(v T, err error) T {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
		return v
	}
}

// ticket is a new ticket of the officer.
func (s *room) ticket() helpdesk.Ticket {
	s.t.Helper()
	return must[helpdesk.Ticket](s)(s.Desk.Open(s.t.Context(), officer, helpdesk.Draft{Unit: dangXa, Title: "Máy quét", Body: "Không nhận giấy.", Service: helpdesk.Device, Impact: 2, Urgency: 3, Source: "web"}))
}

// vendor answers within an hour and repairs priority 2 within four.
func (s *room) vendor() Vendor {
	s.t.Helper()
	return must[Vendor](s)(s.SaveVendor(s.t.Context(), lead, Vendor{Name: "Công ty Máy quét", Calendar: calstore.Office, Answer: 60, Fix1: 120, Fix2: 240, Fix3: 480, Fix4: 960, Active: true}))
}

// asked tells whether a form was refused with this sentence at one of its fields.
func asked(err error, key string) bool {
	return fault.Is(err, fault.Invalid) && slices.ContainsFunc(fault.Of(err).Fields, func(f fault.Field) bool { return f.Key == key })
}

const tried = "Đã thay cáp, cài lại trình điều khiển."

func toVendor(v Vendor) In {
	return In{HandOver: helpdesk.HandOver{To: helpdesk.VendorTier, Tried: tried, Reference: "VN-77"}, Vendor: v.ID}
}

// open is the case that a ticket has with a vendor now.
func (s *room) open(ticket ident.ID) Case {
	s.t.Helper()
	all := must[[]Case](s)(s.cases(s.t.Context(), ticket))
	if len(all) == 0 {
		s.t.Fatal("no case")
	}
	return all[0]
}

func TestAVendorHasItsOwnClock(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		x, v := s.ticket(), s.vendor()
		x = must[helpdesk.Ticket](s)(s.HandOver(t.Context(), agent, x.ID, toVendor(v)))
		if x.Tier != helpdesk.VendorTier || x.State != helpdesk.OnHold || x.WaitsFor != helpdesk.Vendor || x.Reference != "VN-77" || x.Owner != agent.ID {
			t.Fatalf("%+v", x)
		}
		c := s.open(x.ID)
		if got := c.FixDue.In(clock.City).Format("02/01 15:04"); got != "10/11 12:00" {
			t.Errorf("four hours from 08:00 end at %s", got)
		}
		s.at.Move(30 * time.Minute)
		c = must[Case](s)(s.Reacted(t.Context(), agent, c.ID, c.Version, "VN-78"))
		s.at.Move(5 * time.Hour) // 13:30, over the lunch break
		x = must[helpdesk.Ticket](s)(s.TakeBack(t.Context(), agent, c.ID, c.Version, Fixed, "Nhà cung cấp đã thay bo mạch."))
		if x.Tier != helpdesk.CityTeam || x.State != helpdesk.Open || x.Reference != "VN-78" {
			t.Errorf("%+v", x)
		}
		score := must[map[ident.ID]Score](s)(s.Scores(t.Context(), lead, "2016-11"))[v.ID]
		if score != (Score{Vendor: v.ID, Handed: 1, Answered: 1, Ended: 1, Worked: 240}) {
			t.Errorf("back at 13:30 what was due at 12:00 is late, and worked 240 minutes: %+v", score)
		}
		if c = s.open(x.ID); c.Outcome != Fixed || c.EndedAt == nil {
			t.Errorf("%+v", c)
		}
	})
}

func TestResolvingATicketEndsTheVendorsCase(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		x, v := s.ticket(), s.vendor()
		must[helpdesk.Ticket](s)(s.HandOver(t.Context(), agent, x.ID, toVendor(v)))
		must[helpdesk.Ticket](s)(s.Desk.Resolve(t.Context(), agent, x.ID, helpdesk.Words{Body: "Nhà cung cấp đã sửa."}))
		if _, err := s.events.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := s.open(x.ID)
		clocks, err := deadline.LoadMany(t.Context(), s.DB.Read(), []ident.ID{c.AnswerClock, c.FixClock})
		if err != nil || c.Outcome != Fixed || clocks[c.FixClock].State != deadline.Met || clocks[c.AnswerClock].State != deadline.Met {
			t.Errorf("%+v %+v %v", c, clocks, err)
		}
	})
}

func TestAHandOverSaysWhatWasTried(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		x := s.ticket()
		if _, err := s.HandOver(t.Context(), agent, x.ID, In{HandOver: helpdesk.HandOver{To: helpdesk.DistrictTeam, Tried: "hỏng"}}); !asked(err, "helpdesk.form.tried_needed") {
			t.Errorf("one word: %v", err)
		}
		if _, err := s.HandOver(t.Context(), agent, x.ID, In{HandOver: helpdesk.HandOver{To: helpdesk.VendorTier, Tried: tried}}); !asked(err, "tier.form.vendor_pick") {
			t.Errorf("no vendor: %v", err)
		}
		x = must[helpdesk.Ticket](s)(s.HandOver(t.Context(), agent, x.ID, In{HandOver: helpdesk.HandOver{To: helpdesk.DistrictTeam, Tried: tried}}))
		d := must[helpdesk.Detail](s)(s.Desk.Get(t.Context(), agent, x.ID, page.Read("", "")))
		if m := d.Conversation.Items[0]; !m.Internal || m.Body != tried || x.Owner != "" {
			t.Errorf("%+v, owner %q", m, x.Owner)
		}
		if _, err := s.HandOver(t.Context(), agent, x.ID, In{HandOver: helpdesk.HandOver{To: helpdesk.DistrictTeam, Tried: tried}}); !fault.HasKey(err, "helpdesk.ticket.same_tier") {
			t.Errorf("the same tier: %v", err)
		}
	})
}

// shape is a drawn signature.
func (s *room) shape() *files.Blob {
	s.t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		s.t.Fatal(err)
	}
	blob := must[files.Blob](s)(s.Files.Receive(s.t.Context(), files.Photo, "chu-ky.png", &b))
	return &blob
}

func plain(v Visit, parts []Part) string { return said(i18n.T{}, v, parts) }

func TestAVisitIsSignedOnceAndForGood(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		ctx, x := t.Context(), s.ticket()
		v := must[Visit](s)(s.Plan(ctx, agent, x.ID, "agent", "2016-11-10"))
		r := Record{Found: "Cáp đứt", Did: "Thay cáp", Parts: []Part{{Name: "Cáp USB", Serial: "C-1", Quantity: 2}}}
		if _, err := s.Write(ctx, agent, v.ID, v.Version, r); !fault.HasKey(err, "tier.visit.not_on_site") {
			t.Errorf("a record before anybody is there: %v", err)
		}
		v = must[Visit](s)(s.Step(ctx, agent, v.ID, v.Version, OnTheWay, ""))
		v = must[Visit](s)(s.Step(ctx, agent, v.ID, v.Version, OnSite, ""))
		g := Signature{Name: "Lê Thị Mai", Post: "Công chức", Shape: s.shape()}
		if _, err := s.Sign(ctx, agent, v.ID, v.Version, g, plain); !fault.HasKey(err, "tier.visit.no_record") {
			t.Errorf("nothing to sign: %v", err)
		}
		v = must[Visit](s)(s.Write(ctx, agent, v.ID, v.Version, r))
		if _, err := s.Sign(ctx, agent, v.ID, v.Version, Signature{Name: "Mai", Post: "Công chức"}, plain); !asked(err, "tier.form.signature_needed") {
			t.Errorf("no signature: %v", err)
		}
		v = must[Visit](s)(s.Sign(ctx, agent, v.ID, v.Version, g, plain))
		kept, parts, err := s.Visit(ctx, agent, v.ID)
		if err != nil || kept.Hash == "" || kept.Hash != Hash(kept, parts, g.Shape.Hash) {
			t.Errorf("the hash covers what is kept: %+v %v", kept, err)
		}
		parts[0].Quantity = 3
		if Hash(kept, parts, g.Shape.Hash) == kept.Hash {
			t.Error("another quantity has the same hash")
		}
		if _, err := s.Write(ctx, agent, v.ID, v.Version, r); !fault.HasKey(err, "tier.visit.over") {
			t.Errorf("written after the signature: %v", err)
		}
		d := must[helpdesk.Detail](s)(s.Desk.Get(ctx, agent, x.ID, page.Read("", "")))
		if m := d.Conversation.Items[0]; !m.Internal {
			t.Errorf("the record is no note: %+v", m)
		}
	})
}

func TestARouteKeepsTheOrderThatIsGiven(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		var all []Visit
		for range 3 {
			all = append(all, must[Visit](s)(s.Plan(ctx, agent, s.ticket().ID, "agent", "2016-11-11")))
		}
		must[Visit](s)(s.Reorder(ctx, agent, all[2].ID, all[2].Version, -1))
		must[Visit](s)(s.Reorder(ctx, agent, all[0].ID, all[0].Version, -1)) // first already: stays
		got := must[[]Visit](s)(s.Route(ctx, agent, "2016-11-11", "agent"))
		if len(got) != 3 || got[0].ID != all[0].ID || got[1].ID != all[2].ID || got[2].ID != all[1].ID {
			t.Errorf("%v", got)
		}
		if _, err := s.Step(ctx, agent, all[1].ID, all[1].Version, Cancelled, "Bận"); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("its place was changed meanwhile: %v", err)
		}
	})
}

func TestARemoteSessionSaysWhoAgreed(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		x, note := s.ticket(), func(r Remote) string { return r.Tool + " " + r.Reference }
		if _, err := s.AddRemote(t.Context(), agent, x.ID, Remote{Tool: "UltraViewer", Reference: "77 123", Minutes: 12}, note); !asked(err, "tier.form.agreed_needed") {
			t.Errorf("nobody agreed: %v", err)
		}
		must[Remote](s)(s.AddRemote(t.Context(), agent, x.ID, Remote{Tool: "UltraViewer", Reference: "77 123", Agreed: "Mai", Minutes: 12}, note))
		if all := must[[]Remote](s)(s.remotes(t.Context(), x.ID)); len(all) != 1 || all[0].By != agent.ID {
			t.Errorf("%+v", all)
		}
	})
}

func TestWhoMayWorkBeyondTheDesk(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		ctx, x, v := t.Context(), s.ticket(), s.vendor()
		visit := must[Visit](s)(s.Plan(ctx, agent, x.ID, "agent", "2016-11-10"))
		for _, one := range []struct {
			who  access.Actor
			kind fault.Kind
		}{{officer, fault.Denied}, {far, fault.Missing}, {nobody, fault.SignIn}} {
			_, handed := s.HandOver(ctx, one.who, x.ID, toVendor(v))
			_, planned := s.Plan(ctx, one.who, x.ID, "agent", "2016-11-10")
			_, stepped := s.Step(ctx, one.who, visit.ID, visit.Version, OnSite, "")
			_, _, seen := s.Visit(ctx, one.who, visit.ID)
			_, noted := s.AddRemote(ctx, one.who, x.ID, Remote{}, nil)
			for what, err := range map[string]error{"handed": handed, "planned": planned, "stepped": stepped, "seen": seen, "noted": noted} {
				if !fault.Is(err, one.kind) {
					t.Errorf("%s %s: %v", one.who.ID, what, err)
				}
			}
		}
		if _, err := s.SaveVendor(ctx, agent, Vendor{Name: "X"}); !fault.Is(err, fault.Denied) {
			t.Errorf("an agent makes a vendor: %v", err)
		}
		if got := must[[]Visit](s)(s.Route(ctx, far, "2016-11-10", "")); len(got) != 0 {
			t.Errorf("far away: %v", got)
		}
	})
}
