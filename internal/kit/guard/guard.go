// Package guard says which addresses the server may call by itself when a person has typed
// them: public ones, and those of the private networks that the administrator names.
//
// What is always true:
//   - Each address is looked at just before it is called, so that a name cannot lead
//     elsewhere between looking and calling.
//   - What is nobody's on the internet, this machine itself and private networks are shut
//     unless they are named.
package guard

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// Guard lets calls through to public addresses and to the networks that are Allowed.
type Guard struct{ Allowed []netip.Prefix }

// Read reads networks as an administrator writes them, "10.0.0.0/8, 192.168.1.0/24".
func Read(text string) (Guard, error) {
	var g Guard
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return Guard{}, err
		}
		g.Allowed = append(g.Allowed, p.Masked())
	}
	return g, nil
}

// reserved are the networks that are nobody's on the internet, beyond what the
// standard library knows by name.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// Named tells whether an address lies in a network that the administrator has named.
func (g Guard) Named(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(g.Allowed, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Allows tells whether an address may be called.
func (g Guard) Allows(a netip.Addr) bool {
	if g.Named(a) {
		return true
	}
	a = a.Unmap().WithZone("")
	switch {
	case !a.IsValid(), !a.IsGlobalUnicast(), a.IsPrivate(), a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsMulticast():
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// ErrForbidden is what a call ends with whose name leads where it must not.
var ErrForbidden = errors.New("guard: this address may not be called")

// Control is a net.Dialer's: it sees each address just before it is called.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !g.Allows(a.Addr()) {
		return ErrForbidden
	}
	return nil
}

// ControlNamed is Control for calls that are not encrypted: only networks that the
// administrator has named may see them.
func (g Guard) ControlNamed(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !g.Named(a.Addr()) {
		return ErrForbidden
	}
	return nil
}
