package notify

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Thread is the conversation that a mail belongs to. Mail programs sort by it, and the
// answer to a mail is brought back to Key by it.
type Thread struct {
	// Key is what an answer belongs to, in the words of the area: "ticket/ID".
	Key        string   `json:"key,omitempty"`
	ReplyTo    string   `json:"reply_to,omitempty"`    // where answers go; empty: to the sender
	InReplyTo  string   `json:"in_reply_to,omitempty"` // Message-ID of the mail that this one answers, without brackets
	References []string `json:"references,omitempty"`  // Message-IDs of the mails before it, the oldest first
	// Personal is a mail whose words a person wrote: it is not marked as made by a
	// machine and carries no link and no foot of ours.
	Personal bool `json:"personal,omitempty"`
	// Files go along with the mail, by their content.
	Files []Attachment `json:"files,omitempty"`
}

// Attachment is a file that goes along with a mail: its content is looked up by its hash
// when the mail is sent.
type Attachment struct {
	Name string `json:"name"`
	Type string `json:"type"` // "application/pdf"
	Hash string `json:"hash"`
	Size int64  `json:"size"` // in bytes
}

func packThread(t *Thread) (string, error) {
	if t == nil {
		return "{}", nil
	}
	raw, err := json.Marshal(t)
	return string(raw), err
}

// thread is the notice's conversation; one that was written before there were any has
// the zero Thread.
func (n Notice) thread() Thread {
	var t Thread
	if json.Unmarshal([]byte(n.Thread), &t) != nil {
		return Thread{}
	}
	return t
}

// KeyOf is what an answer to the notice's mail belongs to, empty when it was not said.
func (n Notice) KeyOf() string { return n.thread().Key }

// ByMessageID are the notices whose mail went out under these Message-IDs, by Message-ID.
// IDs that are none of ours are left out.
func ByMessageID(ctx context.Context, from bun.IDB, messageIDs []string) (map[string]Notice, error) {
	byKey := map[ident.ID]string{}
	for _, m := range messageIDs {
		local, _, _ := strings.Cut(m, "@")
		if id, err := ident.Parse(local); err == nil {
			byKey[id] = m
		}
	}
	found := map[string]Notice{}
	if len(byKey) == 0 {
		return found, nil
	}
	keys := make([]ident.ID, 0, len(byKey))
	for id := range byKey {
		keys = append(keys, id)
	}
	var rows []Notice
	err := from.NewSelect().Model(&rows).ExcludeColumn("args").Where("no.id IN (?)", bun.List(keys)).Scan(ctx)
	for _, n := range rows {
		found[byKey[n.ID]] = n
	}
	return found, db.Sorted(err)
}

// Bounced settles a notice whose mail came back.
func Bounced(ctx context.Context, tx *db.Tx, id ident.ID) error {
	_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", Failed).Set("problem = ?", "notify.problem.bounced").
		Where("id = ?", id).Where("state = ?", Sent).Exec(ctx)
	return db.Sorted(err)
}
