package sms

import (
	"net/url"
	"strings"
)

// The fault of an address of a gateway.
type addressError string

// Error is the reason.
func (e addressError) Error() string { return string(e) }

// Gateway is where a Kannel smsbox takes messages.
type Gateway struct {
	send string // scheme, host and path
	user string
	pass string
	from string // the number that the message comes from; empty is the gateway's own
}

// ReadGateway reads http://user:password@host:13013/cgi-bin/sendsms?from=1022. The
// error never quotes the address, which holds a password.
func ReadGateway(address string) (Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Gateway{}, addressError("not an http or https address")
	}
	pass, has := u.User.Password()
	if u.User.Username() == "" || !has {
		return Gateway{}, addressError("no user and password before the host")
	}
	for name := range u.Query() {
		if name != "from" {
			return Gateway{}, addressError("the only parameter is from")
		}
	}
	path := u.EscapedPath()
	if path == "" || path == "/" {
		path = "/cgi-bin/sendsms"
	}
	return Gateway{send: u.Scheme + "://" + u.Host + path, user: u.User.Username(), pass: pass, from: u.Query().Get("from")}, nil
}

// URL asks the gateway to send text to a number and to report to the address report.
func (g Gateway) URL(to, text, report string) string {
	q := url.Values{"username": {g.user}, "password": {g.pass}, "to": {International(to)}, "text": {text}, "charset": {"UTF-8"},
		"dlr-mask": {"31"}, "dlr-url": {report + "?type=%d&answer=%A"}}
	if g.from != "" {
		q.Set("from", g.from)
	}
	q.Set("coding", "2")
	if GSM(text) {
		q.Set("coding", "0")
	}
	return g.send + "?" + q.Encode()
}

// International writes a number in its one form as networks want it: 84…, short and
// service numbers as they are.
func International(number string) string {
	if rest, is := strings.CutPrefix(number, "0"); is {
		return "84" + rest
	}
	return strings.TrimPrefix(number, "+")
}

// Outcome is what became of the attempt to hand a message over.
type Outcome int

// The outcomes.
const (
	Taken   Outcome = iota // the gateway has it
	Refused                // it will never take this message
	Later                  // it certainly did not take it; try again
	Unsure                 // it may have it
)

// Answer reads what the gateway said. 202 takes a message ("0: Accepted for
// delivery", "3: Queued for later delivery"); 400 and 406 refuse
// this message; 503 is a gateway that cannot now, and 401, 403, 404 refuse us; what is no answer of Kannel's may
// stand between it and us, and says nothing about the message.
func Answer(status int, body string) Outcome {
	switch {
	case status == 202, status == 200 && (strings.HasPrefix(body, "0:") || strings.HasPrefix(body, "3:")):
		return Taken
	case status == 400, status == 406:
		return Refused
	case status == 503, status >= 400 && status < 500:
		return Later // our account or address is wrong: a person mends it, and the message waits
	}
	return Unsure
}

// Delivery is what a delivery report says.
type Delivery string

// The deliveries.
const (
	Accepted    Delivery = "accepted"    // a network has it
	Delivered   Delivery = "delivered"   // a telephone has it
	Undelivered Delivery = "undelivered" // it never will
	Nothing     Delivery = ""            // the report says nothing that matters
)

// Report reads Kannel's kind of a delivery report: 1 delivered, 2 not delivered, 4
// buffered and 8 taken by the network, 16 refused by it, 32 an intermediate word.
func Report(kind string) Delivery {
	switch kind {
	case "1":
		return Delivered
	case "2", "16":
		return Undelivered
	case "4", "8":
		return Accepted
	}
	return Nothing
}
