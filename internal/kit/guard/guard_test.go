package guard

import (
	"errors"
	"net/netip"
	"testing"
)

func TestOnlyPublicAndNamedAddressesAreCalled(t *testing.T) {
	g, err := Read("10.20.0.0/16, 192.168.7.9/24,")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string][2]bool{ // encrypted, in the clear
		"8.8.8.8:443": {true, false}, "[2400:cb00::1]:443": {true, false},
		"10.20.3.4:80": {true, true}, "192.168.7.1:80": {true, true}, "[::ffff:10.20.3.4]:80": {true, true},
		"10.21.0.1:80": {}, "127.0.0.1:80": {}, "[::1]:80": {}, "169.254.169.254:80": {}, "[fe80::1]:80": {}, "[::ffff:127.0.0.1]:80": {}, "0.0.0.0:80": {},
		"100.64.0.1:80": {}, "192.0.2.1:80": {}, "224.0.0.1:80": {}, "[64:ff9b::7f00:1]:80": {}, "[fd00::1]:80": {}, "name:80": {}, "8.8.8.8": {},
	} {
		for i, control := range []func() error{func() error { return g.Control("tcp", address, nil) }, func() error { return g.ControlNamed("tcp", address, nil) }} {
			if err := control(); (err == nil) != want[i] || err != nil && !errors.Is(err, ErrForbidden) {
				t.Errorf("%s (%d): %v", address, i, err)
			}
		}
	}
	if g.Allows(netip.Addr{}) {
		t.Error("no address at all may be called")
	}
	for _, bad := range []string{"10.0.0.0", "x/8", "10.0.0.0/33"} {
		if _, err := Read(bad); err == nil {
			t.Errorf("%q is a network", bad)
		}
	}
}
