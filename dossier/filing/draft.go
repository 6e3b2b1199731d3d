package filing

import (
	"maps"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
)

// Life is how long a draft is kept after its last change, and lifeDays the same in days.
const (
	lifeDays = 30
	Life     = lifeDays * 24 * time.Hour
)

// Kind is what a draft becomes.
type Kind string

// The kinds of drafts.
const (
	Fresh      Kind = "new"        // a dossier
	Supplement Kind = "supplement" // the answer to a request for completion
)

// Draft is what was typed and not sent yet; once sent it only ties its address to the
// dossier. Answers are kept as typed; Stamps say when, by a counter, each was last given.
type Draft struct {
	bun.BaseModel `bun:"table:filing_draft,alias:fd"`
	ID            ident.ID         `bun:"id,pk"`
	Kind          Kind             `bun:"kind"`
	Procedure     string           `bun:"procedure"`
	Version       ident.ID         `bun:"version"` // whose form is being answered
	Unit          string           `bun:"unit"`
	Channel       dossier.Channel  `bun:"channel"`
	Practice      bool             `bun:"practice"`
	Helper        ident.ID         `bun:"helper"` // the account that files for the citizen
	HelperName    string           `bun:"helper_name"`
	Origin        string           `bun:"origin"` // hash of the network address
	Answers       form.Answers     `bun:"answers,type:json"`
	Stamps        map[string]int64 `bun:"stamps,type:json"`
	Stamp         int64            `bun:"stamp"` // the highest of Stamps
	Number        string           `bun:"number"`
	Code          ident.ID         `bun:"code"` // the one-time code that was sent
	VerifiedAt    *time.Time       `bun:"verified_at"`
	Dossier       ident.ID         `bun:"dossier"`
	Track         string           `bun:"track"`
	SentAt        *time.Time       `bun:"sent_at"`
	At            time.Time        `bun:"at"`
	ChangedAt     time.Time        `bun:"changed_at"`
	Ver           int64            `bun:"ver"`
}

// Sent tells whether the draft has become what it was for.
func (d Draft) Sent() bool { return d.SentAt != nil }

// Until is the last moment at which an unsent draft is kept.
func (d Draft) Until() time.Time { return d.ChangedAt.Add(Life) }

// merge takes answers in that were given at a stamp. Those that are older than what is
// known of their field stay away and are told. Stamp 0 is a page sent without script: it
// is the newest by definition.
func (d *Draft) merge(in form.Answers, stamp int64) (late []string) {
	if stamp <= 0 {
		stamp = d.Stamp + 1
	}
	if d.Answers == nil {
		d.Answers = form.Answers{}
	}
	if d.Stamps == nil {
		d.Stamps = map[string]int64{}
	}
	d.Answers, d.Stamps = maps.Clone(d.Answers), maps.Clone(d.Stamps)
	for key, value := range in {
		if known, ok := d.Stamps[key]; ok && stamp <= known {
			if d.Answers[key] != value {
				late = append(late, key)
			}
			continue
		}
		d.Stamps[key] = stamp
		if value == "" {
			delete(d.Answers, key)
		} else {
			d.Answers[key] = value
		}
	}
	d.Stamp = max(d.Stamp, stamp)
	return late
}

// most is how far ahead of the server a device's counter may be: a number beyond it is
// nobody's counting and would lock a field for ever.
const most = 1 << 40

// checkStamp refuses a counter that no device counts to.
func checkStamp(stamp int64) error {
	if stamp < 0 || stamp > most {
		return fault.New(fault.Invalid, "filing.stamp")
	}
	return nil
}

// reach takes the telephone's number in. Another number must be proved anew.
func (d *Draft) reach(typed string) error {
	n, ok := phone.Normal(typed)
	var k fault.Check
	k.Need(ok && phone.KindOf(n) == phone.Mobile, "number", "filing.form.phone")
	if err := k.Err(); err != nil {
		return err
	}
	if n != d.Number {
		d.Number, d.Code, d.VerifiedAt = n, "", nil
	}
	return nil
}

// Document is a picture or paper of a draft.
type Document struct {
	bun.BaseModel `bun:"table:filing_document,alias:fo"`
	File          ident.ID  `bun:"file,pk"`
	Draft         ident.ID  `bun:"draft"`
	Key           string    `bun:"key"`    // of the version's document
	Source        string    `bun:"source"` // hash of what the phone sent in parts; empty else
	Hash          string    `bun:"hash"`
	Thumb         string    `bun:"thumb"`
	Name          string    `bun:"name"`
	Size          int64     `bun:"size"`
	Type          string    `bun:"type"`
	At            time.Time `bun:"at"`
}
