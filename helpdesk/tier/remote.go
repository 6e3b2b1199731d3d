package tier

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Remote is a session on a commune's screen, held with another tool: its reference,
// and who there agreed to it.
type Remote struct {
	bun.BaseModel `bun:"table:desk_remote,alias:dr"`
	ID            ident.ID  `bun:"id,pk"`
	Ticket        ident.ID  `bun:"ticket"`
	Unit          string    `bun:"unit"`
	Tool          string    `bun:"tool"`
	Reference     string    `bun:"reference"`
	Agreed        string    `bun:"agreed"`
	Minutes       int64     `bun:"minutes"`
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by"`
	Note          string    `bun:"note"`
}

// mostSession is how long a session can have been, in minutes.
const mostSession = 600

func (r *Remote) check() error {
	for _, text := range []*string{&r.Tool, &r.Reference, &r.Agreed, &r.Note} {
		*text = strings.TrimSpace(fold.NFC(*text))
	}
	var k fault.Check
	k.Need(r.Tool != "" && utf8.RuneCountInString(r.Tool) <= longestName, "tool", "tier.form.tool_needed")
	k.Need(r.Reference != "" && utf8.RuneCountInString(r.Reference) <= longestName, "reference", "tier.form.session_needed")
	k.Need(r.Agreed != "" && utf8.RuneCountInString(r.Agreed) <= longestName, "agreed", "tier.form.agreed_needed")
	k.Need(r.Minutes >= 1 && r.Minutes <= mostSession, "minutes", "tier.form.session_minutes", "max", mostSession)
	k.Need(utf8.RuneCountInString(r.Note) <= longestText, "note", "tier.form.long", "max", longestText)
	return k.Err()
}

// AddRemote notes a remote session on a ticket.
func (s *Service) AddRemote(ctx context.Context, who access.Actor, ticket ident.ID, r Remote, note func(Remote) string) (Remote, error) {
	t, err := s.supported(ctx, who, ticket)
	if err != nil {
		return r, err
	}
	if err := r.check(); err != nil {
		return r, err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return r, err
	}
	now := s.Business.Now()
	r.ID, r.Ticket, r.Unit, r.At, r.By = ident.New(now), t.ID, t.Unit, now, who.ID
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := s.Desk.NoteIn(ctx, tx, ready, who, t.ID, helpdesk.Words{Body: note(r)}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "tier.remote.held", string(r.ID), map[string][2]any{"ticket": {"", t.ID}, "minutes": {0, r.Minutes}}, trail.At(t.Unit))
	})
	return r, err
}

// remotes are a ticket's remote sessions, newest first.
func (s *Service) remotes(ctx context.Context, ticket ident.ID) ([]Remote, error) {
	var rows []Remote
	err := s.DB.Read().NewSelect().Model(&rows).Where("dr.ticket = ?", ticket).Order("dr.id DESC").Limit(mostShown).Scan(ctx)
	return rows, db.Sorted(err)
}
