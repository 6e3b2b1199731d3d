package rules

import (
	"regexp"
	"slices"
	"strings"
)

// What becomes of mail of people whom nobody knows.
const (
	StrangersOpen = "open" // they are made known
	StrangersHold = "hold" // a person looks at it first
)

// What becomes of mail on a closed ticket.
const (
	ClosedPolicy = "policy" // as the ticket's group says: it is opened again, or another one is made
	ClosedFile   = "file"   // it is filed, and the ticket stays closed
)

// Limits are the nets under the rules. Windows are one hour for senders and one day
// for threads.
type Limits struct {
	Size       int64 // bytes of a mail that is taken
	Recipients int   // To and Cc together
	SenderMail int   // mails of one address that are taken
	SenderAcks int   // answers by machine to one address
	Reopens    int   // times that mail opens a ticket again
}

// Usual are the limits that hold when nobody sets others.
var Usual = Limits{Size: 25 << 20, Recipients: 40, SenderMail: 60, SenderAcks: 10, Reopens: 3}

// For whom a mail opens a ticket that one of us passed on.
const (
	ForOriginal  = "original"  // who wrote it
	ForForwarder = "forwarder" // who passed it on
)

// Mailbox is how mail that comes in at one place is treated.
type Mailbox struct {
	Address   string
	Aliases   []string
	Trusted   bool // headers may say service, impact, urgency and unit
	Strangers string
	Closed    string
	Forwarded string // for whom a mail that one of us passed on opens a ticket; empty: ForOriginal
	Limits    Limits
}

// Place says whether an address is this mailbox, a plus address of it too.
func (b Mailbox) Place(a Address) bool {
	plain := a.Mail
	if local, token, ok := strings.Cut(a.Local(), "+"); ok && token != "" {
		plain = local + "@" + a.Domain()
	}
	return strings.EqualFold(plain, b.Address) || slices.ContainsFunc(b.Aliases, func(x string) bool { return strings.EqualFold(plain, x) })
}

// Question is what must be looked up before a mail can be judged.
type Question struct {
	ID      string   // has it been here?
	Threads []string // Message-IDs that it answers, the nearest first
	Keys    []string // tickets by plus address
	Numbers []string // tickets by number in the subject
	People  []string // addresses: the writer, and the original writer of a forwarded mail
}

// tag is our number in a subject.
var tag = regexp.MustCompile(`(?i)\[\s*(HT-\d{4}-\d{6,9})\s*\]`)

// Ask says what must be known of a mail.
func Ask(m Mail, b Mailbox) Question {
	q := Question{ID: m.ID, Threads: nearest(m)}
	for _, a := range m.Recipients() {
		if _, token, ok := strings.Cut(a.Local(), "+"); ok && b.Place(a) && notice.MatchString(token) && !slices.Contains(q.Keys, token) {
			q.Keys = append(q.Keys, token)
		}
	}
	for _, found := range tag.FindAllStringSubmatch(m.Subject, 5) {
		q.Numbers = append(q.Numbers, strings.ToUpper(found[1]))
	}
	if w := m.Writer(); w.Mail != "" {
		q.People = append(q.People, w.Mail)
	}
	if o, ok := m.Forwarded(); ok {
		q.People = append(q.People, o.From.Mail)
	}
	if m.Report != nil {
		q.Threads = append(slices.Clone(m.Report.Original), q.Threads...)
	}
	return q
}

// nearest are the Message-IDs that a mail answers: In-Reply-To, then References from
// the last to the first.
func nearest(m Mail) []string {
	all := slices.Clone(m.InReplyTo)
	for _, id := range slices.Backward(m.References) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all[:min(len(all), mostIDs)]
}

// Standing is where a ticket stands for somebody who writes on it.
type Standing string

// The standings.
const (
	Running  Standing = "running"
	Resolved Standing = "resolved"
	Closed   Standing = "closed"
)

// Thread is a ticket that a mail may belong to. A merged one is given as its target.
type Thread struct {
	Ticket    string
	Number    string
	Standing  Standing
	People    []string // keys of who takes part: requester, owner, watchers
	Reopens   int      // by mail, within a day
	MayReopen bool     // closed, and its group opens it again
	Moved     string   // number of the merged ticket that led here
}

// Person is somebody whom an address belongs to.
type Person struct {
	Key   string
	Staff bool // has an account
	Desk  bool // answers tickets
}

// Facts is what was found.
type Facts struct {
	Own     Own
	Seen    bool              // the same Message-ID has been in this mailbox
	Threads map[string]Thread // by Message-ID
	Keys    map[string]Thread // by plus address
	Numbers map[string]Thread // by number
	People  map[string]Person // by address
	// Released tells that a person looked at the mail and wants it taken: the nets and
	// the doubts about strangers are over.
	Released bool
	Mails    int // of the writer, within an hour
	Acks     int // answers by machine to the writer, within an hour
}
