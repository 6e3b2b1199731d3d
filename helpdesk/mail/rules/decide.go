package rules

import (
	"slices"
	"strings"
)

// Decision is what becomes of a mail.
type Decision string

// The decisions.
const (
	New         Decision = "new"         // it opens a ticket
	FollowUp    Decision = "follow_up"   // it is a message on a ticket
	Automatic   Decision = "automatic"   // it is filed, and nothing happens
	Duplicate   Decision = "duplicate"   // it has been here
	Quarantined Decision = "quarantined" // a person decides
)

// Decisions are all of them, in the order of lists.
var Decisions = []Decision{New, FollowUp, Automatic, Duplicate, Quarantined}

// Reason is one step on the way to a verdict: a key with its values.
type Reason struct {
	Key  string
	Args []any
}

// Verdict is what becomes of a mail, and why.
type Verdict struct {
	Decision    Decision
	Ticket      string // key of the ticket that it belongs to
	Number      string
	After       string   // key of the closed ticket that it takes up again
	Acknowledge bool     // its writer gets an answer by machine
	Reopen      bool     // the ticket is opened again
	TooLarge    bool     // that answer says that it was too large
	Note        bool     // it is filed for the support side only
	Broken      []string // addresses that take no mail
	Bounced     []string // Message-IDs of the mail that came back
	As          Address  // on whose behalf: the writer, or the original writer
	Original    *Original
	Why         []Reason
}

func (v *Verdict) because(key string, args ...any) {
	v.Why = append(v.Why, Reason{Key: "helpdesk.mail.why." + key, Args: args})
}

// Decide judges a mail by what was found.
func Decide(m Mail, b Mailbox, f Facts) Verdict {
	v := Verdict{As: m.Writer()}
	if f.Seen {
		v.Decision = Duplicate
		v.because("duplicate")
		return v
	}
	t, how, found := thread(m, b, f)
	if auto := m.automatic(f.Own); auto.Key != "" {
		return file(v, m, auto, t, how, found)
	}
	if !f.Released && held(&v, m, b, f) {
		return v
	}
	if found {
		return follow(v, b, f, t, how)
	}
	if len(f.Numbers) > 0 {
		v.because("stranger_to_ticket")
	}
	return open(v, m, b, f)
}

// file keeps what a machine wrote beside its ticket, if it has one.
func file(v Verdict, m Mail, auto Reason, t Thread, how Reason, found bool) Verdict {
	v.Decision, v.Note = Automatic, true
	v.Why = append(v.Why, auto)
	if found {
		v.Ticket, v.Number = t.Ticket, t.Number
		v.Why = append(v.Why, how)
	}
	if m.Report != nil {
		v.Bounced = m.Report.Original
		v.Broken = m.Report.Failed
		switch {
		case m.Report.Lasting():
			v.because("bounced", "n", len(m.Report.Failed))
		case len(m.Report.Delayed) > 0:
			v.Bounced = nil
			v.because("delayed")
		}
	}
	v.because("never_answered")
	return v
}

// held stops what a person must look at first.
func held(v *Verdict, m Mail, b Mailbox, f Facts) bool {
	recipients := len(m.To) + len(m.Cc)
	switch {
	case m.Size > b.Limits.Size:
		v.TooLarge = true
		v.Acknowledge = f.Acks < b.Limits.SenderAcks && m.Writer().Mail != ""
		v.because("too_large", "most", int(b.Limits.Size>>20))
	case m.Writer().Mail == "":
		v.because("no_sender")
	case m.spammy():
		v.because("spam")
	case recipients > b.Limits.Recipients:
		v.because("recipients", "n", recipients, "most", b.Limits.Recipients)
	case f.Mails >= b.Limits.SenderMail:
		v.because("over_cap", "n", f.Mails, "most", b.Limits.SenderMail)
	default:
		return false
	}
	v.Decision = Quarantined
	return true
}

// thread finds the ticket that a mail belongs to and says by what.
func thread(m Mail, b Mailbox, f Facts) (Thread, Reason, bool) {
	q := Ask(m, b)
	why := func(key string, t Thread) Reason {
		return Reason{Key: "helpdesk.mail.why." + key, Args: []any{"number", t.Number}}
	}
	for _, id := range q.Threads {
		if t, ok := f.Threads[id]; ok {
			return t, why("reference", t), true
		}
	}
	for _, key := range q.Keys {
		if t, ok := f.Keys[key]; ok {
			return t, why("plus", t), true
		}
	}
	who, known := f.People[m.Writer().Mail]
	for _, n := range q.Numbers {
		if t, ok := f.Numbers[n]; ok && known && (slices.Contains(t.People, who.Key) || who.Desk) {
			return t, why("tag", t), true
		}
	}
	return Thread{}, Reason{}, false
}

// follow puts a mail on its ticket.
func follow(v Verdict, b Mailbox, f Facts, t Thread, how Reason) Verdict {
	v.Decision, v.Ticket, v.Number = FollowUp, t.Ticket, t.Number
	v.Why = append(v.Why, how)
	if t.Moved != "" {
		v.because("merged", "from", t.Moved, "number", t.Number)
	}
	who := f.People[v.As.Mail]
	if who.Desk && !slices.Contains(t.People[:min(1, len(t.People))], who.Key) {
		v.Note = true
		v.because("desk_note")
		return v
	}
	switch t.Standing {
	case Closed:
		switch {
		case b.Closed == ClosedFile:
			v.because("closed_file")
			return v
		case t.MayReopen:
			return again(v, b, t, "closed_reopens")
		}
		v.Decision, v.After, v.Ticket, v.Number = New, t.Ticket, "", ""
		v.because("closed_new", "number", t.Number)
		v.Acknowledge = acknowledges(&v, b, f)
	case Resolved:
		return again(v, b, t, "reopens")
	}
	return v
}

// again opens a ticket that was done, unless mail has done so too often.
func again(v Verdict, b Mailbox, t Thread, why string) Verdict {
	if t.Reopens >= b.Limits.Reopens {
		v.because("reopen_cap", "most", b.Limits.Reopens)
		return v
	}
	v.Reopen = true
	v.because(why)
	return v
}

// open makes a ticket of a mail: for its writer, or for whoever wrote what one of us
// passed on.
func open(v Verdict, m Mail, b Mailbox, f Facts) Verdict {
	v.Decision = New
	who, known := f.People[v.As.Mail]
	if o, ok := m.Forwarded(); ok && b.Forwarded != ForForwarder && who.Staff && o.From.Mail != v.As.Mail && !slices.Contains(f.Own.Addresses, o.From.Mail) {
		v.because("forwarded", "by", v.As.Mail, "address", o.From.Mail)
		v.As, v.Original = o.From, &o
		_, known = f.People[o.From.Mail]
	} else {
		v.because("new")
	}
	switch {
	case known:
		v.because("known")
	case b.Strangers == StrangersHold && v.Original == nil && !f.Released:
		v.Decision = Quarantined
		v.because("stranger_held")
		return v
	default:
		v.because("stranger")
	}
	v.Acknowledge = acknowledges(&v, b, f)
	return v
}

// acknowledges tells whether a new ticket is confirmed, and says why not.
func acknowledges(v *Verdict, b Mailbox, f Facts) bool {
	switch {
	case noreply.MatchString(v.As.Local()):
		v.because("noreply")
	case f.Acks >= b.Limits.SenderAcks:
		v.because("ack_cap", "most", b.Limits.SenderAcks)
	default:
		return true
	}
	return false
}

// Control is what a mail of a trusted mailbox asks for by header.
type Control struct {
	Service, Unit   string
	Impact, Urgency string
}

// Controls are the wishes in the header, none unless the mailbox is trusted.
func Controls(m Mail, b Mailbox) Control {
	if !b.Trusted {
		return Control{}
	}
	get := func(name string) string { return strings.TrimSpace(m.Header(name)) }
	return Control{Service: get("X-Lotrinh-Service"), Unit: get("X-Lotrinh-Unit"), Impact: get("X-Lotrinh-Impact"), Urgency: get("X-Lotrinh-Urgency")}
}
