package rollout

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Note is one line of the history of a thing that a room keeps: a return, a difficulty, a
// visit. Lines are never altered.
type Note struct {
	bun.BaseModel `bun:"table:rollout_note,alias:rn"`
	ID            ident.ID  `bun:"id,pk"`
	Subject       ident.ID  `bun:"subject"`
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by_account"`
	ByName        string    `bun:"by_name"`
	LineJSON      string    `bun:"line"`
	Said          string    `bun:"said"` // in somebody's own words
}

// Noted is a line for the history of a subject: what happened, and what was said of it.
type Noted struct {
	Subject ident.ID
	Line    i18n.Line
	Said    string
}

// NoteIn writes lines of history in the transaction of what happened, in one statement.
func NoteIn(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, lines ...Noted) error {
	rows := make([]Note, len(lines))
	for i, l := range lines {
		raw, err := json.Marshal(l.Line)
		if err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
		rows[i] = Note{ID: ident.New(now), Subject: l.Subject, At: now, By: who.ID, ByName: who.Name, LineJSON: string(raw), Said: l.Said}
	}
	return insert(ctx, tx, rows)
}

// mostNotes is how many lines of a history are shown: the newest.
const mostNotes = 100

// NotesOf is the history of a thing, the newest first.
func NotesOf(ctx context.Context, idb bun.IDB, subject ident.ID) ([]Note, error) {
	var rows []Note
	err := idb.NewSelect().Model(&rows).Where("rn.subject = ?", subject).Order("rn.id DESC").Limit(mostNotes).Scan(ctx)
	return rows, db.Sorted(err)
}

// Say is what happened, in the reader's language.
func (n Note) Say(t i18n.T) string {
	var l i18n.Line
	if json.Unmarshal([]byte(n.LineJSON), &l) != nil {
		return ""
	}
	return t.Line(l)
}
