package mail

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Arrived is a mail as it was fetched. Of one over the limit only the header was.
type Arrived struct {
	UIDValidity, UID int64
	Raw              []byte
	Size             int64 // as the server says
}

// Limits of what a ticket takes; the engine's text may be longer.
const (
	longestTitle = 150
	longestBody  = 9_800
	mostFiles    = 5
	// mostFiled is how much automatic mail of a day a ticket shows.
	mostFiled = 10
)

// taking is one mail on its way through a transaction. What needs no transaction was
// made before it.
type taking struct {
	s       *Service
	box     Mailbox
	mail    rules.Mail
	facts   rules.Facts
	verdict rules.Verdict
	letter  Letter
	ready   helpdesk.Ready
	tree    *org.Tree
	offers  *helpdesk.Catalogue
	files   []files.Blob
	raw     files.Blob
	t       i18n.T
}

// Take takes a mail exactly once: a second call with the same place does nothing. An
// error leaves nothing behind, and the mail is taken later.
func (s *Service) Take(ctx context.Context, b Mailbox, a Arrived) (Letter, error) {
	k, err := s.prepare(ctx, b, a)
	if err != nil {
		return Letter{}, err
	}
	s.stop(stepFetched)
	var l Letter
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		k := k // each try begins anew
		if done, err := here(ctx, tx, b, a); err != nil || done {
			return err
		}
		if k.facts, err = s.gather(ctx, tx, k.ready, b, k.mail); err != nil {
			return err
		}
		k.verdict = rules.Decide(k.mail, b.rules(), k.facts)
		if err := k.write(ctx, tx); err != nil {
			return err
		}
		s.stop(stepWritten)
		l = k.letter
		return nil
	})
	switch {
	case err == nil:
	case db.Duplicate(err):
		return Letter{}, nil // another process was faster
	case hopeless(err):
		l, err = s.setAside(ctx, k, a, err)
	}
	if err == nil {
		s.stop(stepCommitted)
	}
	return l, err
}

// hopeless tells that trying again brings the same answer.
func hopeless(err error) bool {
	return !slices.Contains([]fault.Kind{fault.Internal, fault.Unavailable, fault.TooMany}, fault.Of(err).Kind)
}

// prepare parses a mail and puts its papers and itself on disk.
func (s *Service) prepare(ctx context.Context, b Mailbox, a Arrived) (taking, error) {
	k := taking{s: s, box: b, mail: rules.Parse(a.Raw), t: s.Words.In(i18n.VI)}
	k.mail.Size = max(k.mail.Size, a.Size)
	k.letter = letter(s.Business.Now(), b, a, k.mail)
	var err error
	if k.ready, err = s.Desk.Ready(ctx); err != nil {
		return k, err
	}
	if k.tree, err = s.Desk.Units.Tree(ctx, s.Business.Now()); err != nil {
		return k, err
	}
	if k.offers, err = s.Desk.Catalogue(ctx); err != nil {
		return k, err
	}
	if k.raw, err = s.Files.Receive(ctx, files.Letter, "letter.eml", bytes.NewReader(a.Raw)); err != nil {
		return k, err
	}
	for _, p := range k.mail.Parts {
		if len(k.files) == mostFiles {
			break
		}
		blob, err := s.Files.Receive(ctx, files.Document, p.Name, bytes.NewReader(p.Content))
		switch {
		case err == nil:
			k.files = append(k.files, blob)
		case !hopeless(err):
			return k, err
		}
	}
	return k, nil
}

func here(ctx context.Context, tx *db.Tx, b Mailbox, a Arrived) (bool, error) {
	done, err := tx.NewSelect().Model((*Letter)(nil)).Where("dl.mailbox = ?", b.ID).
		Where("dl.uid_validity = ?", a.UIDValidity).Where("dl.uid = ?", a.UID).Exists(ctx)
	return done, db.Sorted(err)
}

// write does what was decided and writes the journal's line.
func (k *taking) write(ctx context.Context, tx *db.Tx) error {
	if err := k.act(ctx, tx); err != nil {
		return err
	}
	v := k.verdict
	k.letter.Decision, k.letter.Acknowledged, k.letter.Reopened = v.Decision, v.Acknowledge, v.Reopen
	if v.Decision == rules.Quarantined {
		k.letter.State = Held
	}
	if kept := len(k.files); kept < len(k.mail.Parts) && k.letter.Message != "" {
		k.verdict.Why = append(k.verdict.Why, rules.Reason{Key: "helpdesk.mail.why.parts", Args: []any{"kept", kept, "n", len(k.mail.Parts)}})
	}
	var err error
	if k.letter.Why, err = packWhy(k.verdict.Why); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&k.letter).Exec(ctx); err != nil {
		return err
	}
	if v.Decision != rules.Duplicate {
		if err := k.keep(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := tx.NewRaw("UPDATE desk_mailbox SET last_uid = ? WHERE id = ? AND uid_validity = ? AND last_uid < ?",
		k.letter.UID, k.box.ID, k.letter.UIDValidity, k.letter.UID).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	decision := string(v.Decision)
	tx.After(func() { k.s.Taken(decision) })
	return trail.Write(ctx, tx, k.letter.At, robot(), "helpdesk.letter.taken", string(k.letter.ID),
		map[string][2]any{"decision": {"", decision}, "ticket": {"", k.letter.Ticket}})
}

// keep attaches the mail itself to its line, so that it can be read as it came.
func (k *taking) keep(ctx context.Context, tx *db.Tx) error {
	_, err := files.Attach(ctx, tx, k.letter.At, robot(), k.raw, files.Owner{Area: area, Subject: string(k.letter.ID), Unit: k.box.Unit})
	return err
}

// act is what happens besides the journal.
func (k *taking) act(ctx context.Context, tx *db.Tx) error {
	switch k.verdict.Decision {
	case rules.New:
		return k.open(ctx, tx)
	case rules.FollowUp:
		return k.follow(ctx, tx)
	case rules.Automatic:
		return k.file(ctx, tx)
	case rules.Quarantined:
		if k.verdict.Acknowledge && k.verdict.TooLarge {
			return k.refuse(ctx, tx)
		}
	}
	return nil
}

// writer is the contact on whose behalf the mail is taken, made known if need be.
func (k *taking) writer(ctx context.Context, tx *db.Tx) (helpdesk.Contact, error) {
	as := k.verdict.As
	c, err := k.s.Desk.KnowIn(ctx, tx, robot(), helpdesk.Contact{Name: cut(as.Name, 100)}, helpdesk.Way{Kind: helpdesk.MailWay, Value: as.Mail})
	k.letter.Contact, k.letter.AsMail = personOf(c), as.Mail
	return c, err
}

func (k *taking) open(ctx context.Context, tx *db.Tx) error {
	who, err := k.writer(ctx, tx)
	if err != nil {
		return err
	}
	if k.verdict.After != "" {
		return k.takeUp(ctx, tx, who)
	}
	d := helpdesk.Draft{Unit: k.unit(who), Requester: personOf(who), Title: k.title(), Body: k.body(false),
		Service: k.box.Category, Impact: helpdesk.Least, Urgency: helpdesk.Least + 1, Source: "mail", Channel: helpdesk.ByMail, Files: k.files}
	a, err := k.alias(ctx, tx)
	if err != nil {
		return err
	}
	k.routed(a, who, &d)
	k.obey(&d)
	t, err := k.s.Desk.OpenIn(ctx, tx, k.ready, robot(), d)
	if err != nil {
		return err
	}
	if err := k.settled(ctx, tx, t); err != nil || !k.verdict.Acknowledge {
		return err
	}
	return k.acknowledge(ctx, tx, t)
}

// takeUp opens a ticket that follows a closed one, tied to it.
func (k *taking) takeUp(ctx context.Context, tx *db.Tx, who helpdesk.Contact) error {
	w := helpdesk.Words{Body: k.body(true), Files: k.files, Author: personOf(who), Source: "mail"}
	t, err := k.s.Desk.ReplyIn(ctx, tx, k.ready, robot(), ident.ID(k.verdict.After), w)
	if err != nil {
		return err
	}
	if err := k.settled(ctx, tx, t); err != nil || !k.verdict.Acknowledge {
		return err
	}
	return k.acknowledge(ctx, tx, t)
}

// obey takes over what a trusted mailbox's mail asks for by header.
func (k *taking) obey(d *helpdesk.Draft) {
	c := rules.Controls(k.mail, k.box.rules())
	if o, ok := k.offers.Offer(helpdesk.Category(c.Service)); ok && o.Active {
		d.Service = o.Code
	}
	if _, ok := k.tree.Unit(c.Unit); c.Unit != "" && ok {
		d.Unit = c.Unit
	}
	for _, one := range []struct {
		asked string
		into  *int
	}{{c.Impact, &d.Impact}, {c.Urgency, &d.Urgency}} {
		var n int
		if _, err := fmt.Sscan(one.asked, &n); err == nil && n >= helpdesk.Least && n <= helpdesk.Most {
			*one.into = n
		}
	}
}

func (k *taking) unit(who helpdesk.Contact) string {
	if _, ok := k.tree.Unit(who.Unit); who.Unit != "" && ok {
		return who.Unit
	}
	return k.box.Unit
}

func (k *taking) title() string {
	subject := rules.BareSubject(k.mail.Subject)
	if o := k.verdict.Original; o != nil && o.Subject != "" {
		subject = o.Subject
	}
	if subject == "" {
		return k.t.Say("helpdesk.mail.no_subject")
	}
	return cut(subject, longestTitle)
}

// body is what was written, without the history below it where the ticket has that.
func (k *taking) body(fold bool) string {
	text := k.mail.Text
	if o := k.verdict.Original; o != nil && o.Text != "" {
		text = o.Text
	}
	if fold {
		text, _ = rules.Fold(text)
	}
	text = cut(text, longestBody)
	if strings.TrimSpace(text) == "" {
		return k.t.Say("helpdesk.mail.no_text")
	}
	return text
}

func (k *taking) follow(ctx context.Context, tx *db.Tx) error {
	who, err := k.writer(ctx, tx)
	if err != nil {
		return err
	}
	id := ident.ID(k.verdict.Ticket)
	w := helpdesk.Words{Body: k.body(true), Files: k.files, Author: personOf(who), Source: "mail"}
	do := k.s.Desk.ReplyIn
	switch {
	case k.verdict.Reopen:
		do = k.s.Desk.ReopenIn
	case k.verdict.Note, k.standsStill(id):
		do = k.s.Desk.NoteIn
	}
	t, err := do(ctx, tx, k.ready, robot(), id, w)
	if err != nil {
		return err
	}
	return k.settled(ctx, tx, t)
}

// standsStill tells that the ticket is done and the mail may not open it again.
func (k *taking) standsStill(id ident.ID) bool {
	for _, all := range []map[string]rules.Thread{k.facts.Threads, k.facts.Keys, k.facts.Numbers} {
		for _, t := range all {
			if t.Ticket == string(id) {
				return t.Standing != rules.Running
			}
		}
	}
	return false
}

// file keeps automatic mail: as a note beside its ticket, as long as there is not too
// much of it, and what it says about addresses.
func (k *taking) file(ctx context.Context, tx *db.Tx) error {
	if err := k.bounced(ctx, tx); err != nil || k.verdict.Ticket == "" {
		return err
	}
	id := ident.ID(k.verdict.Ticket)
	k.letter.Ticket = id
	n, err := tx.NewSelect().Model((*Letter)(nil)).Where("dl.ticket <> ''").Where("dl.ticket = ?", id).Where("dl.decision = ?", rules.Automatic).
		Where("dl.at >= ?", k.letter.At.Add(-threadWindow)).Count(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n >= mostFiled {
		k.verdict.Why = append(k.verdict.Why, rules.Reason{Key: "helpdesk.mail.why.filed_cap", Args: []any{"most", mostFiled}})
		return nil
	}
	own, _ := rules.Fold(k.mail.Text)
	text := k.t.Say("helpdesk.mail.filed", "address", k.letter.FromMail) + "\n\n" + cut(own, longestBody-500)
	t, err := k.s.Desk.NoteIn(ctx, tx, k.ready, robot(), id, helpdesk.Words{Body: text, Source: "mail"})
	if err != nil {
		return err
	}
	return k.settled(ctx, tx, t)
}

// settled notes which message of which ticket the mail has become.
func (k *taking) settled(ctx context.Context, tx *db.Tx, t helpdesk.Ticket) error {
	k.letter.Ticket, k.verdict.Ticket, k.verdict.Number = t.ID, string(t.ID), t.Number()
	err := tx.NewSelect().Model((*helpdesk.Message)(nil)).Column("id").Where("tm.ticket = ?", t.ID).Order("tm.at DESC", "tm.id DESC").Limit(1).Scan(ctx, &k.letter.Message)
	return db.Sorted(err)
}

// setAside puts a mail that cannot be taken where a person finds it.
func (s *Service) setAside(ctx context.Context, k taking, a Arrived, cause error) (Letter, error) {
	f := fault.Of(cause)
	s.Log.Error("mail set aside", "mailbox", k.box.ID, "uid", a.UID, "cause", f.Key)
	var l Letter
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		k := k
		if done, err := here(ctx, tx, k.box, a); err != nil || done {
			return err
		}
		facts, err := s.gather(ctx, tx, k.ready, k.box, k.mail)
		if err != nil {
			return err
		}
		k.verdict = rules.Verdict{Decision: rules.Quarantined, As: k.mail.Writer(),
			Why: []rules.Reason{{Key: "helpdesk.mail.why.failed", Args: []any{"cause", i18n.Key(f.Key)}}}}
		if facts.Seen {
			k.verdict.Decision = rules.Duplicate
		}
		err = k.write(ctx, tx)
		l = k.letter
		return err
	})
	return l, err
}
