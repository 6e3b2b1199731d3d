package mail

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Filter narrows the journal; empty fields do not narrow.
type Filter struct {
	Decision rules.Decision
	Held     bool // only what waits for a person
}

// Journal is a page of the letters, newest first.
func (s *Service) Journal(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Letter], error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return page.Page[Letter]{}, err
	}
	var rows []Letter
	q := s.DB.Read().NewSelect().Model(&rows)
	switch {
	case f.Held:
		q = q.Where("dl.state = 'held'")
	case f.Decision != "":
		q = q.Where("dl.decision = ?", f.Decision)
	}
	err := q.Apply(r.On("dl.id")).Scan(ctx)
	p := page.Cut(r, rows, func(l Letter) []string { return []string{string(l.ID)} })
	if err == nil && len(p.Items) > 0 {
		ids := make([]string, len(p.Items))
		for i, l := range p.Items {
			ids[i] = string(l.ID)
		}
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return trail.Seen(ctx, tx, s.Business.Now(), who, "helpdesk.letter.listed", ids)
		})
	}
	return p, db.Sorted(err)
}

// mostHeld is where the count of what waits stops.
const mostHeld = 100

// Waiting is how many letters wait in quarantine, at most 100.
func (s *Service) Waiting(ctx context.Context, who access.Actor) (int64, error) {
	if !who.May(helpdesk.Manage) {
		return 0, nil
	}
	n, err := s.Held(ctx)
	return int64(n), err
}

// Held is how many letters wait in quarantine, at most 100, for the metrics.
func (s *Service) Held(ctx context.Context) (float64, error) {
	var n int64
	err := s.DB.Read().NewRaw("SELECT count(*) FROM (SELECT 1 FROM desk_letter WHERE state = 'held' LIMIT ?) AS held", mostHeld).Scan(ctx, &n)
	return float64(n), db.Sorted(err)
}

// Discard puts a letter of the quarantine away for good; the journal keeps its line.
func (s *Service) Discard(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Business.Now()
		if _, err := held(ctx, tx, id); err != nil {
			return err
		}
		err := db.Changed(tx.NewUpdate().Model((*Letter)(nil)).Set("state = ?", Discarded).Set("decided_by = ?", who.ID).Set("decided_at = ?", now).
			Where("id = ?", id).Where("state = ?", Held).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.letter.discarded", string(id), map[string][2]any{"state": {Held, Discarded}})
	})
}

func held(ctx context.Context, tx *db.Tx, id ident.ID) (Letter, error) {
	var l Letter
	if err := tx.NewSelect().Model(&l).Where("dl.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return l, db.Sorted(err)
	}
	if l.State != Held {
		return l, fault.New(fault.Conflict, "helpdesk.mail.already_decided")
	}
	return l, nil
}

// Release takes a letter out of the quarantine as if no net had caught it: it opens a
// ticket or goes to the one that it belongs to.
func (s *Service) Release(ctx context.Context, who access.Actor, id ident.ID) (Letter, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return Letter{}, err
	}
	l, raw, err := s.read(ctx, id)
	if err != nil {
		return l, err
	}
	if l.State != Held {
		return l, fault.New(fault.Conflict, "helpdesk.mail.already_decided")
	}
	b, err := mailboxByID(ctx, s.DB.Read(), l.Mailbox)
	if err != nil {
		return l, err
	}
	if l.Size > b.rules().Limits.Size || l.FromMail == "" {
		return l, fault.New(fault.Conflict, "helpdesk.mail.cannot_release")
	}
	k, err := s.again(ctx, b, l, raw)
	if err != nil {
		return l, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		k := k
		now := s.Business.Now()
		if k.letter, err = held(ctx, tx, id); err != nil {
			return err
		}
		if k.facts, err = s.gather(ctx, tx, k.ready, b, k.mail); err != nil {
			return err
		}
		k.facts.Seen, k.facts.Released = false, true
		k.verdict = rules.Decide(k.mail, b.rules(), k.facts)
		if err := k.act(ctx, tx); err != nil {
			return err
		}
		return k.released(ctx, tx, who, now)
	})
	if err != nil {
		return l, err
	}
	l, _, err = s.read(ctx, id)
	return l, err
}

// again makes ready what Take made ready when the mail came.
func (s *Service) again(ctx context.Context, b Mailbox, l Letter, raw []byte) (taking, error) {
	return s.prepare(ctx, b, Arrived{UIDValidity: l.UIDValidity, UID: l.UID, Raw: raw, Size: l.Size})
}

func (k *taking) released(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time) error {
	reasons := slices.Clone(k.letter.Reasons())
	why, err := packWhy(append([]rules.Reason{{Key: "helpdesk.mail.why.released"}}, k.verdict.Why...))
	if err != nil {
		return err
	}
	l := k.letter
	l.Decision, l.Acknowledged, l.Reopened, l.Why = k.verdict.Decision, k.verdict.Acknowledge, k.verdict.Reopen, why
	l.State, l.DecidedBy, l.DecidedAt = Released, who.ID, &now
	if err := db.Changed(tx.NewUpdate().Model(&l).WherePK().Where("state = ?", Held).Exec(ctx)); err != nil {
		return err
	}
	held := ""
	if len(reasons) > 0 {
		held = reasons[0].Key
	}
	return trail.Write(ctx, tx, now, who, "helpdesk.letter.released", string(l.ID),
		map[string][2]any{"state": {Held, Released}, "decision": {rules.Quarantined, l.Decision}, "why": {held, ""}, "ticket": {"", l.Ticket}})
}

// read is a letter with the mail as it came.
func (s *Service) read(ctx context.Context, id ident.ID) (Letter, []byte, error) {
	var l Letter
	if err := s.DB.Read().NewSelect().Model(&l).Where("dl.id = ?", id).Scan(ctx); err != nil {
		return l, nil, db.Sorted(err)
	}
	raw, err := s.raw(ctx, l)
	return l, raw, err
}

func (s *Service) raw(ctx context.Context, l Letter) ([]byte, error) {
	all, err := s.Files.Of(ctx, area, string(l.ID))
	if err != nil || len(all[string(l.ID)]) == 0 {
		return nil, err // a duplicate keeps no second copy
	}
	o, err := s.Files.Open(all[string(l.ID)][0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = o.Close() }() // only read
	var b bytes.Buffer
	_, err = io.Copy(&b, o)
	return b.Bytes(), db.Sorted(err)
}

// Opened is a letter as its page shows it.
type Opened struct {
	Letter
	Box     Mailbox
	Number  string // of its ticket
	Text    string
	Quoted  string
	HTML    string // safe
	Blocked int    // pictures of the outside that are not shown
	Parts   []rules.Part
	Broken  []string
	Gone    bool // no copy of the mail was kept
}

// LetterPage is a letter for whoever manages mail or answers its ticket; that it was
// read goes into the trail.
func (s *Service) LetterPage(ctx context.Context, who access.Actor, id ident.ID) (Opened, error) {
	l, raw, err := s.visible(ctx, who, id)
	if err != nil {
		return Opened{}, err
	}
	o := Opened{Letter: l, Gone: len(raw) == 0}
	if o.Box, err = mailboxByID(ctx, s.DB.Read(), l.Mailbox); err != nil {
		return o, err
	}
	if l.Ticket != "" {
		var t helpdesk.Ticket
		if err := s.DB.Read().NewSelect().Model(&t).Column("seq", "year").Where("ti.id = ?", l.Ticket).Scan(ctx); err != nil {
			return o, db.Sorted(err)
		}
		o.Number = t.Number()
	}
	m := rules.Parse(raw)
	o.Text, o.Quoted = m.Text, ""
	if l.Decision == rules.FollowUp || l.Decision == rules.Automatic {
		o.Text, o.Quoted = rules.Fold(m.Text)
	}
	o.Parts, o.Broken = m.Parts, m.Broken
	o.HTML, o.Blocked = rules.Safe(m.HTML, func(cid string) string {
		for i, p := range m.Parts {
			if p.CID == cid && shown(p) {
				return partAt(id, i)
			}
		}
		return ""
	})
	return o, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Business.Now(), who, "helpdesk.letter.seen", []string{string(id)})
	})
}

// visible is a letter that the actor may see, with the mail as it came.
func (s *Service) visible(ctx context.Context, who access.Actor, id ident.ID) (Letter, []byte, error) {
	missing := fault.New(fault.Missing, "fault.missing")
	if !who.SignedIn() {
		return Letter{}, nil, fault.New(fault.SignIn, "fault.sign_in")
	}
	l, raw, err := s.read(ctx, id)
	if err != nil || who.May(helpdesk.Manage) {
		return l, raw, err
	}
	if l.Ticket == "" || !who.May(helpdesk.Work) {
		return Letter{}, nil, missing
	}
	var t helpdesk.Ticket
	if err := s.DB.Read().NewSelect().Model(&t).Column("unit").Where("ti.id = ?", l.Ticket).Scan(ctx); err != nil {
		return Letter{}, nil, db.Sorted(err)
	}
	if !who.Covers(helpdesk.Work, t.Unit) {
		return Letter{}, nil, missing
	}
	return l, raw, nil
}

// Attachment is one part of a letter.
func (s *Service) Attachment(ctx context.Context, who access.Actor, id ident.ID, n int) (rules.Part, error) {
	_, raw, err := s.visible(ctx, who, id)
	if err != nil {
		return rules.Part{}, err
	}
	m := rules.Parse(raw)
	if n < 0 || n >= len(m.Parts) {
		return rules.Part{}, fault.New(fault.Missing, "fault.missing")
	}
	p := m.Parts[n]
	p.Name = files.Name(p.Name)
	return p, nil
}

// unitName is a unit in words.
func unitName(tree *org.Tree, code string) string {
	if _, ok := tree.Unit(code); ok {
		return tree.Place(code)
	}
	return code
}

// because is why a letter went where it went, in words.
func because(t i18n.T, l Letter) string { return sayWhy(t, l.Reasons()) }
