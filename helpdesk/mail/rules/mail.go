package rules

import (
	"strings"
	"time"
)

// Address is somebody's address, in lower case, and the name beside it.
type Address struct {
	Name string
	Mail string
}

// Domain is what stands behind the @.
func (a Address) Domain() string {
	_, domain, _ := strings.Cut(a.Mail, "@")
	return domain
}

// Local is what stands before the @.
func (a Address) Local() string {
	local, _, _ := strings.Cut(a.Mail, "@")
	return local
}

// Part is a picture, a paper or another mail inside a mail.
type Part struct {
	Name    string
	Type    string // as the sender says, in lower case
	CID     string // by which the HTML speaks of it
	Inline  bool   // shown in the text rather than beside it
	Content []byte
}

// Mail is a mail as it was understood.
type Mail struct {
	ID         string // Message-ID without brackets; made from the content when there is none
	Synthetic  bool   // the ID is ours
	InReplyTo  []string
	References []string // oldest first
	From       Address
	Sender     Address
	ReplyTo    Address
	To, Cc     []Address
	Delivered  []Address // Delivered-To, X-Original-To: where the server says it came in
	Bounce     *string   // Return-Path, nil when the server wrote none
	Subject    string
	Date       time.Time
	Text       string // the words, as text
	HTML       string // the words as HTML, not yet safe
	Parts      []Part
	Report     *Report // what a mail server says became of a mail of ours
	Size       int64
	Broken     []string // what could not be read, by key

	header map[string][]string // everything else, by lower-case name
}

// Header is the first value of a header, decoded.
func (m Mail) Header(name string) string {
	if v := m.header[strings.ToLower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (m Mail) has(name string) bool { return len(m.header[strings.ToLower(name)]) > 0 }

// Writer is who wants an answer: the From line, and its absence the Sender line.
func (m Mail) Writer() Address {
	if m.From.Mail == "" {
		return m.Sender
	}
	return m.From
}

// Recipients are all the addresses that it says it goes to.
func (m Mail) Recipients() []Address {
	all := make([]Address, 0, len(m.To)+len(m.Cc)+len(m.Delivered))
	all = append(all, m.To...)
	all = append(all, m.Cc...)
	return append(all, m.Delivered...)
}
