package rules

import (
	"bytes"
	"strings"
)

// Report is what a mail server says became of a mail of ours (RFC 3464).
type Report struct {
	Failed   []string // addresses that take no mail
	Delayed  []string // addresses that may still take it
	Original []string // Message-IDs of the mail that came back
}

// Lasting tells whether an address is given up.
func (r Report) Lasting() bool { return len(r.Failed) > 0 }

// status reads the groups of fields of a message/delivery-status part.
func (r *Report) status(raw []byte) {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	for _, group := range strings.Split(string(raw), "\n\n") {
		fields := map[string]string{}
		for _, line := range strings.Split(group, "\n") {
			name, value, ok := strings.Cut(line, ":")
			if ok {
				fields[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
			}
		}
		recipient := fields["final-recipient"]
		if original := fields["original-recipient"]; original != "" {
			recipient = original
		}
		if _, after, ok := strings.Cut(recipient, ";"); ok {
			recipient = after
		}
		address := strings.ToLower(strings.Trim(strings.TrimSpace(recipient), "<>"))
		if !strings.Contains(address, "@") {
			continue
		}
		switch action := strings.ToLower(fields["action"]); {
		case action == "failed" && !strings.HasPrefix(fields["status"], "4."):
			r.Failed = append(r.Failed, address)
		case action == "delayed", action == "failed":
			r.Delayed = append(r.Delayed, address)
		}
	}
}

// returned reads the header of the mail that came back.
func (r *Report) returned(raw []byte) {
	var inner Mail
	head, _ := mend(raw, &inner)
	for _, line := range strings.Split(strings.ReplaceAll(string(head), "\r\n ", " "), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(name, "message-id") {
			r.Original = append(r.Original, ids(value)...)
		}
	}
}
