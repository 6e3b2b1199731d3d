package rules

import (
	"regexp"
	"slices"
	"strings"
)

// Own says which mail is of our own making.
type Own struct {
	Addresses []string // of our mailboxes, their aliases, and of the sender of notices
	Hosts     []string // that stand in Message-IDs of ours alone
	Domain    string   // in which our notices have keys as Message-IDs
}

// notice is the shape of the keys that our own mail has for Message-IDs (UUIDv7).
var notice = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// made tells whether a Message-ID is one of ours.
func (o Own) made(id string) bool {
	local, host, _ := strings.Cut(strings.ToLower(id), "@")
	return slices.Contains(o.Hosts, host) || o.Domain != "" && host == strings.ToLower(o.Domain) && notice.MatchString(local)
}

var (
	robots  = regexp.MustCompile(`^(mailer-daemon|postmaster|mail-daemon|bounces?|bounce[+-].*)$`)
	noreply = regexp.MustCompile(`(?i)^(no-?reply|do-?not-?reply|khong-?tra-?loi)([+.-].*)?$`)
	away    = regexp.MustCompile(`(?i)^\s*(auto(matic)?[ -]?reply|out of (the )?office|trả lời tự động|thư trả lời tự động|vắng mặt|tự động trả lời)\b`)
)

// automatic says by what a mail shows that a machine wrote it, empty when nothing does.
func (m Mail) automatic(own Own) Reason {
	why := func(key string, args ...any) Reason { return Reason{Key: "helpdesk.mail.why." + key, Args: args} }
	from := m.Writer()
	submitted := strings.ToLower(strings.TrimSpace(m.Header("auto-submitted")))
	submitted, _, _ = strings.Cut(submitted, ";")
	precedence := strings.ToLower(strings.TrimSpace(m.Header("precedence")))
	switch {
	case m.Report != nil:
		return why("report")
	case m.Bounce != nil && *m.Bounce == "":
		return why("no_return")
	case robots.MatchString(from.Local()):
		return why("robot", "address", from.Mail)
	case slices.Contains(own.Addresses, from.Mail):
		return why("own_address", "address", from.Mail)
	case own.made(m.ID):
		return why("own_message")
	case submitted != "" && submitted != "no":
		return why("header", "header", "Auto-Submitted")
	case slices.Contains([]string{"bulk", "junk", "list", "auto_reply"}, precedence):
		return why("header", "header", "Precedence")
	case m.suppressed():
		return why("header", "header", "X-Auto-Response-Suppress")
	}
	for _, name := range []string{"X-Loop", "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe", "List-Post", "List-Help"} {
		if m.has(name) {
			return why("header", "header", name)
		}
	}
	if away.MatchString(m.Subject) {
		return why("away")
	}
	return Reason{}
}

func (m Mail) suppressed() bool {
	v := strings.ToLower(strings.TrimSpace(m.Header("x-auto-response-suppress")))
	return v != "" && v != "none"
}

// spammy tells whether a filter before us called it spam.
func (m Mail) spammy() bool {
	yes := func(name string) bool {
		v := strings.ToLower(strings.TrimSpace(m.Header(name)))
		return strings.HasPrefix(v, "yes") || v == "true"
	}
	return yes("x-spam-flag") || yes("x-spam-status") || yes("x-spam") || strings.HasPrefix(strings.ToLower(m.Header("x-spam-action")), "reject")
}
