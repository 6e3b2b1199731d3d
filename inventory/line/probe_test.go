package line

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

func TestProbesCallByTCPAndByHTTPAndFollowNothing(t *testing.T) {
	f, tcp := farEnd(t), listener(t)
	secure := httptest.NewTLSServer(f.Config.Handler)
	t.Cleanup(secure.Close)
	p := prober{local, clock.System{}, clock.System{}}
	for _, target := range []string{tcp.Addr().String(), f.URL, f.URL + "/away", secure.URL} {
		if a := p.probe(t.Context(), target); !a.OK || a.RTT < 0 {
			t.Errorf("%s: %+v", target, a)
		}
	}
	f.hush(true)
	if a := p.probe(t.Context(), f.URL); a.OK {
		t.Errorf("who hangs up without a word answered: %+v", a)
	}
	strict := prober{Guard{}, clock.System{}, clock.System{}}
	f.hush(false)
	for _, target := range []string{tcp.Addr().String(), f.URL, strings.Replace(f.URL, "127.0.0.1", "localhost", 1), "[::ffff:127.0.0.1]:" + port(f.URL)} {
		if a := strict.probe(t.Context(), target); a.OK {
			t.Errorf("%s was called, although its network is not allowed", target)
		}
	}
}

func port(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

func TestOnlyPublicAddressesAndAllowedNetworksAreProbed(t *testing.T) {
	g, err := ReadGuard("10.20.0.0/16, 192.168.7.0/24")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"123.30.1.1": true, "2405:4800::1": true, "10.20.3.4": true, "192.168.7.9": true, "::ffff:10.20.3.4": true,
		"10.21.0.1": false, "192.168.8.1": false, "172.16.0.1": false, "127.0.0.1": false, "::1": false, "0.0.0.0": false, "169.254.169.254": false,
		"100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "fe80::1": false, "fd00::1": false, "::ffff:127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "198.18.0.1": false, "::": false,
	} {
		if g.Allows(netip.MustParseAddr(address)) != want {
			t.Errorf("%s allowed: %v", address, !want)
		}
	}
	for target, want := range map[string]bool{
		"": true, "123.30.1.1:80": true, "router.example.vn:22": true, "http://cpe.example.vn/": true, "https://123.30.1.1:8443/x": true,
		"123.30.1.1": false, "123.30.1.1:0": false, "123.30.1.1:99999": false, ":80": false, "ftp://x/": false, "http://": false, "http://me:pw@x.vn/": false,
		"127.0.0.1:80": false, "http://169.254.169.254/latest": false, "http://[::1]/": false, "file:///etc/passwd": false, strings.Repeat("a", 300) + ".vn:80": false,
	} {
		if _, err := ReadTarget(g, target); (err == nil) != want {
			t.Errorf("%s: %v", target, err)
		}
	}
	if _, err := ReadGuard("10.0.0.0"); err == nil {
		t.Error("a network without its length was read")
	}
}

func TestALineIsDownFromItsFirstFailureUntilItAnswersAndTheHelpDeskHearsOfItOnce(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := farEnd(t)
		a := r.line(f.URL)
		for range 2 {
			if got := r.round(); got.Probed != 1 || got.Failed != 0 {
				t.Fatalf("%+v", got)
			}
		}
		f.hush(true)
		r.round() // 08:15
		began := r.at.Now()
		r.round()
		if l := r.stored(a.ID); l.DownNow || l.Fails != 2 {
			t.Fatalf("down after two failures: %+v", l)
		}
		r.round()
		if l := r.stored(a.ID); !l.DownNow || l.Health != Dead || len(r.told()) != 0 {
			t.Fatalf("%+v, told %v", l, r.events)
		}
		r.round()
		r.round()
		events := r.told()
		if len(events) != 1 {
			t.Fatalf("told %d times: %+v", len(events), events)
		}
		e := events[0]
		if e.Kind != "dead_line" || e.Thing != a.Code || e.Unit != dangXa || !e.Since.Equal(began) || e.Ended || !strings.Contains(e.Details, "FTTH") {
			t.Fatalf("%+v", e)
		}
		f.hush(false)
		r.round()
		back := r.at.Now()
		if l := r.stored(a.ID); l.DownNow || l.Health == Dead {
			t.Fatalf("%+v", l)
		}
		if events = r.told(); len(events) != 2 || !events[1].Ended || events[1].Thing != a.Code || !events[1].Since.Equal(began) {
			t.Fatalf("%+v", events)
		}
		v := must[View](r)(r.Line(t.Context(), reader, a.ID))
		if len(v.Outages) != 1 || !v.Outages[0].FromAt.Equal(began) || !v.Outages[0].UntilAt.Equal(back) || v.Outages[0].Source != ByProbe {
			t.Fatalf("%+v", v.Outages)
		}
		r.round()
		if len(r.told()) != 2 {
			t.Fatalf("%+v", r.events)
		}
	})
}

func TestWhatIsSwitchedOffAtNightIsNoTrouble(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := farEnd(t)
		r.line(f.URL)
		r.at.Set(thursday.Add(9*time.Hour + 40*time.Minute)) // 17:40, the office has closed
		r.round()
		f.hush(true)
		for range 20 {
			r.round()
		}
		r.at.Set(time.Date(2016, 11, 11, 1, 5, 0, 0, time.UTC)) // Friday 08:05
		f.hush(false)
		must[Round](r)(r.Probe(t.Context()))
		must[int](r)(r.Tell(t.Context()))
		if len(r.told()) != 0 {
			t.Fatalf("%+v", r.events)
		}
	})
}

func TestWhenNearlyAllFailTheServersOwnLineIsInTrouble(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := farEnd(t)
		var ids []ident.ID
		for range ownSide {
			ids = append(ids, r.line(f.URL).ID)
		}
		r.round()
		f.hush(true)
		for range 4 {
			if got := r.round(); !got.OwnSide {
				t.Fatalf("%+v", got)
			}
		}
		for _, id := range ids {
			if l := r.stored(id); l.DownNow || l.Fails != 0 {
				t.Fatalf("%+v", l)
			}
		}
	})
}

func TestOnlyWhoMayConfigureSaysWhatIsProbed(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		tcp := listener(t).Addr().String()
		a := r.line("")
		form := Form{Circuit: "HNI-0043", ContractDown: "16", Target: tcp}
		if _, err := r.Save(t.Context(), officer, a.ID, r.stored(a.ID).Version, form); !fault.Is(err, fault.Denied) {
			t.Fatalf("an officer set what the server probes: %v", err)
		}
		if l := r.stored(a.ID); l.Target != "" || l.Circuit != "HNI-0042" {
			t.Fatalf("%+v", l)
		}
		must[inventory.Asset](r)(r.Save(t.Context(), admin, a.ID, r.stored(a.ID).Version, form))
		form.Circuit = "HNI-0044"
		must[inventory.Asset](r)(r.Save(t.Context(), officer, a.ID, r.stored(a.ID).Version, form)) // the target stays: that is everybody's who edits
		l := r.stored(a.ID)
		if l.Target != tcp || l.TargetBy != admin.ID || l.NextProbe.IsZero() || l.Circuit != "HNI-0044" || r.fact(a.ID, factContract, readiness.Declared) != "16" {
			t.Fatalf("%+v", l)
		}
		if _, err := r.Save(t.Context(), officer, a.ID, 1, form); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an old version was saved: %v", err)
		}
		for _, c := range []struct {
			name string
			err  error
			kind fault.Kind
		}{
			{"the neighbour", second(r.Save(t.Context(), neighbour, a.ID, l.Version, form)), fault.Missing},
			{"a reader", second(r.Save(t.Context(), reader, a.ID, l.Version, form)), fault.Denied},
			{"nobody", second(r.Save(t.Context(), nobody, a.ID, l.Version, form)), fault.SignIn},
			{"a provider by an officer", second(r.SaveProvider(t.Context(), officer, Provider{Name: "VNPT"})), fault.Denied},
			{"a view by the neighbour", second(r.Line(t.Context(), neighbour, a.ID)), fault.Missing},
			{"a view by nobody", second(r.Line(t.Context(), nobody, a.ID)), fault.SignIn},
		} {
			if !fault.Is(c.err, c.kind) {
				t.Errorf("%s: %v", c.name, c.err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
