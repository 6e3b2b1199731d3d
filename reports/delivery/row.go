package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// Channel is a way by which a report reaches somebody.
type Channel string

// The channels.
const (
	Inbox Channel = "inbox" // the list on the site
	Mail  Channel = "mail"  // SMTP
	// Folder and Webhook are machines, see Outlet.
	Folder  Channel = "folder"
	Webhook Channel = "webhook"
)

// State is where one delivery stands.
type State string

// The states. Dropped is one that must not or shall not be sent; its problem says why.
const (
	Waiting State = "waiting"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Bounced State = "bounced"
	Dropped State = "dropped"
)

// Ended tells whether nothing more happens by itself.
func (s State) Ended() bool { return s != Waiting && s != Sending }

// Why says how a recipient came to a report.
type Why string

// The reasons.
const (
	ByList         Why = "list"         // of the schedule, or the leaders of the unit where it has none
	BySubscription Why = "subscription" // asked for by oneself
	ByOutlet       Why = "outlet"       // a folder or an address that wants this report
)

// Row is one report on its way to one recipient by one channel.
type Row struct {
	bun.BaseModel `bun:"table:report_delivery,alias:rd"`
	ID            ident.ID   `bun:"id,pk"`
	Run           ident.ID   `bun:"run"`
	Edition       int64      `bun:"edition"`
	Definition    string     `bun:"definition"`
	Cut           string     `bun:"cut"` // code of a unit
	PeriodFrom    time.Time  `bun:"period_from"`
	PeriodUntil   time.Time  `bun:"period_until"`
	Channel       Channel    `bun:"channel"`
	Recipient     string     `bun:"recipient"` // account:ID, address:a@b, folder:ID, webhook:ID
	Account       ident.ID   `bun:"account"`
	Address       string     `bun:"address"` // of somebody without an account, of an Outlet; where it went once it is sent
	Name          string     `bun:"name"`
	Why           Why        `bun:"why"`
	State         State      `bun:"state"`
	Attempts      int64      `bun:"attempts"`
	NextAt        time.Time  `bun:"next_at"` // by the machine's clock, as all moments but MadeAt
	Lease         ident.ID   `bun:"lease"`
	Answer        string     `bun:"answer"`  // the last line of the server
	Problem       string     `bun:"problem"` // message key
	MessageID     string     `bun:"message_id"`
	MadeAt        time.Time  `bun:"made_at"` // by the business clock
	TriedAt       *time.Time `bun:"tried_at"`
	SentAt        *time.Time `bun:"sent_at"`
	ReadAt        *time.Time `bun:"read_at"` // of an Inbox row
}

// The beginnings of recipients.
const (
	accountKey = "account:"
	addressKey = "address:"
)

// splitKey is the beginning of a recipient and what follows it.
func splitKey(recipient string) (kind, of string) {
	kind, of, _ = strings.Cut(recipient, ":")
	return kind, of
}

// messageID is the local part of a mail's Message-ID and the ID of a webhook's event: the same for a run, an edition and
// a recipient whoever computes it, and of no other.
func messageID(run ident.ID, edition int64, recipient string) string {
	sum := sha256.Sum256([]byte(string(run) + "\x00" + strconv.FormatInt(edition, 10) + "\x00" + recipient))
	return "report-" + hex.EncodeToString(sum[:16])
}

const (
	// tries is how often a delivery is tried before a person must look: about three days.
	tries = 80
	// quickTries are the first ones, whose pauses grow to quickest: a server that was away
	// for twenty minutes gets its mail within five.
	quickTries = 12
	firstPause = 15 * time.Second
	quickest   = 5 * time.Minute
	slowest    = time.Hour
)

// pause is how long a delivery rests after its n-th attempt.
func pause(n int64) time.Duration {
	if n > quickTries {
		return slowest
	}
	return min(quickest, firstPause<<max(0, n-1))
}
