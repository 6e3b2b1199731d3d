package line

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"lotrinh/internal/kit/fault"
)

// Guard says which addresses the server may probe: public ones, and those of the
// networks that the administrator allows.
type Guard struct{ Allowed []netip.Prefix }

// ReadGuard reads networks as an administrator writes them, "10.0.0.0/8, 192.168.1.0/24".
func ReadGuard(text string) (Guard, error) {
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

// Allows tells whether an address may be probed.
func (g Guard) Allows(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if slices.ContainsFunc(g.Allowed, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	switch {
	case !a.IsValid(), !a.IsGlobalUnicast(), a.IsPrivate(), a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsMulticast():
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// errForbidden is what a probe ends with whose name leads where it must not.
var errForbidden = errors.New("line: this address may not be probed")

// Control looks at each address just before it is called, so that a name cannot lead
// elsewhere between looking and calling.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !g.Allows(a.Addr()) {
		return errForbidden
	}
	return nil
}

// longestTarget is how long an address to probe may be.
const longestTarget = 200

// ReadTarget reads an address to probe: host:port is called by TCP, http:// and
// https:// are asked for their page. The empty one is none.
func (g Guard) ReadTarget(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	wrong := fault.New(fault.Invalid, "line.form.target_wrong")
	if len(text) > longestTarget {
		return text, wrong
	}
	var host string
	if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || !rightPort(u.Port(), true) {
			return text, wrong
		}
		host = u.Hostname()
	} else {
		h, port, err := net.SplitHostPort(text)
		if err != nil || h == "" || strings.ContainsAny(h, "/@ ") || !rightPort(port, false) {
			return text, wrong
		}
		host = h
	}
	if a, err := netip.ParseAddr(host); err == nil && !g.Allows(a) {
		return text, fault.New(fault.Invalid, "line.form.target_private")
	}
	return text, nil
}

func rightPort(s string, optional bool) bool {
	if s == "" {
		return optional
	}
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 65536
}
