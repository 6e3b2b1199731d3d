package line

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/guard"
)

// Guard says which addresses the server may probe: public ones, and those of the
// networks that the administrator allows.
type Guard = guard.Guard

// ReadGuard reads networks as an administrator writes them, "10.0.0.0/8, 192.168.1.0/24".
func ReadGuard(text string) (Guard, error) { return guard.Read(text) }

// longestTarget is how long an address to probe may be.
const longestTarget = 200

// ReadTarget reads an address to probe: host:port is called by TCP, http:// and
// https:// are asked for their page. The empty one is none.
func ReadTarget(g Guard, text string) (string, error) {
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
