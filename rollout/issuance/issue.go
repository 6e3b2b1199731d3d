package issuance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// IssueJob is the long work that makes the accounts of a batch.
const IssueJob = "rollout.accounts.issue"

type issueInput struct {
	Batch ident.ID `json:"batch"`
}

// Start begins to issue the accounts of a district or a commune that are approved and
// whose owners are trained. By slip, accounts open for nobody until the slips are printed;
// by text message, each first password leaves in the transaction that makes the account.
func (s *Service) Start(ctx context.Context, who access.Actor, unit, channel string) (Batch, error) {
	units, err := s.under(ctx, who, Issue, unit)
	if err != nil {
		return Batch{}, err
	}
	var k fault.Check
	k.Need(channel == BySlip || channel == BySMS, "channel", "issuance.issue.channel")
	k.Need(channel != BySMS || s.Texting != nil && s.Texting(), "channel", "issuance.issue.no_gateway")
	if err := k.Err(); err != nil {
		return Batch{}, err
	}
	ready, err := s.ready(ctx, s.DB.Read(), units)
	if err != nil {
		return Batch{}, err
	}
	if len(ready) == 0 {
		return Batch{}, fault.New(fault.Conflict, "issuance.issue.none")
	}
	b := Batch{ID: ident.New(s.Machine.Now()), Unit: unit, Channel: channel, MadeBy: who.ID, MadeName: who.Name, MadeAt: s.Business.Now()}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if b.Job, err = s.Jobs.Start(ctx, tx, IssueJob, who, issueInput{b.ID}); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&b).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Machine.Now(), who, "rollout.accounts.batch", string(b.ID), map[string][2]any{"channel": {nil, channel}}, trail.At(unit))
	})
	return b, err
}

// ready are the approved requests of units whose persons were trained for the post.
func (s *Service) ready(ctx context.Context, q bun.IDB, units []string) ([]Request, error) {
	var rows []Request
	err := q.NewSelect().Model(&rows).Where("iq.state = ?", Approved).Where("iq.unit IN (?)", bun.List(units)).Order("iq.unit", "iq.name_fold", "iq.id").Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	can, err := s.trained(ctx, q, rows)
	return slices.DeleteFunc(rows, func(r Request) bool { return !can[r.ID] }), err
}

// trained tells which of the requests are for somebody who was trained for the post.
func (s *Service) trained(ctx context.Context, q bun.IDB, rows []Request) (map[ident.ID]bool, error) {
	out := map[ident.ID]bool{}
	units := map[string]bool{}
	for _, r := range rows {
		units[r.Unit] = true
	}
	if s.Trained == nil || len(units) == 0 {
		return out, nil
	}
	keys, err := s.Trained(ctx, q, names(units))
	if err != nil {
		return nil, err
	}
	byCode, byName := map[string]bool{}, map[string]bool{}
	for _, k := range keys {
		at := k.Unit + "|" + k.Audience + "|"
		byName[at+k.NameFold] = true
		if k.Code != "" {
			byCode[at+k.Code] = true
		}
	}
	for _, r := range rows {
		at := r.Unit + "|" + Audience(r.Post) + "|"
		out[r.ID] = byName[at+r.NameFold] || r.Code != "" && byCode[at+r.Code]
	}
	return out, nil
}

// atOnce is how many accounts one transaction makes.
const atOnce = 20

// Work makes the accounts of a batch. A run that begins again goes on where the last one
// stopped: what is issued is no longer approved.
func (s *Service) Work(ctx context.Context, run *job.Run) error {
	var in issueInput
	if err := run.Want(&in); err != nil {
		return err
	}
	var b Batch
	if err := s.DB.Read().NewSelect().Model(&b).Where("ib.id = ?", in.Batch).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	units, err := s.under(ctx, run.Who, Issue, b.Unit)
	if err != nil {
		return err
	}
	ready, err := s.ready(ctx, s.DB.Read(), units)
	if err != nil {
		return err
	}
	total := b.Issued + int64(len(ready))
	for some := range slices.Chunk(ready, atOnce) {
		if err := run.Step(ctx, b.Issued+b.Skipped, total, "issuance.issue.progress", "done", b.Issued, "total", total); err != nil {
			return err
		}
		if err := s.issueSome(ctx, run.Who, &b, some); err != nil {
			return err
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Batch)(nil)).Set("done_at = ?", s.Business.Now()).Where("id = ?", b.ID).Exec(ctx)
		return db.Sorted(err)
	})
}

// first is a first password with its hash.
type first struct{ password, hash string }

// firsts makes so many first passwords; hashing is done before the transaction.
func firsts(n int) ([]first, error) {
	out := make([]first, n)
	for i := range out {
		var err error
		out[i].password = org.Passphrase()
		if out[i].hash, err = org.HashPassword(out[i].password); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) issueSome(ctx context.Context, who access.Actor, b *Batch, rows []Request) error {
	var passwords []first
	if b.Channel == BySMS {
		var err error
		if passwords, err = firsts(len(rows)); err != nil {
			return err
		}
	}
	until, err := s.workdays(ctx, s.Business.Now(), s.Days)
	if err != nil {
		return err
	}
	was := *b
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		*b = was
		touched := map[string]bool{}
		for i, r := range rows {
			issued, err := s.issueOne(ctx, tx, who, b, r)
			if err != nil {
				return err
			}
			if issued == nil {
				b.Skipped++
				continue
			}
			b.Issued++
			touched[r.Unit] = true
			if b.Channel == BySMS && issued.State == Issued {
				if err := s.text(ctx, tx, who, issued, passwords[i], until); err != nil {
					return err
				}
			}
		}
		_, err := tx.NewUpdate().Model((*Batch)(nil)).Set("issued = ?", b.Issued).Set("skipped = ?", b.Skipped).Where("id = ?", b.ID).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		return s.learn(ctx, tx, who, names(touched)...)
	})
}

// issueOne makes the account of a request, or gives the account that its person has the
// post with it; nil when the request has moved on meanwhile.
func (s *Service) issueOne(ctx context.Context, tx *db.Tx, who access.Actor, b *Batch, seen Request) (*Request, error) {
	r, err := byID(ctx, tx, who, Issue, seen.ID)
	if err != nil || r.State != Approved {
		if fault.Is(err, fault.Missing) {
			return nil, nil
		}
		return nil, err
	}
	post := org.Post{Role: r.Post, Unit: r.Unit}
	var a org.Account
	if r.Account != "" {
		a, err = s.People.GrantStaffIn(ctx, tx, who, r.Account, post)
	} else {
		var login string
		if login, err = s.freeLogin(ctx, tx, r); err == nil {
			a, err = s.People.HireIn(ctx, tx, who, org.NewAccount{Login: login, MustChange: true, Posts: []org.Post{post},
				Profile: org.Profile{Name: r.Name, Email: r.Email, Phone: r.Phone, Unit: r.Unit, Lang: i18n.VI}})
		}
	}
	if err != nil {
		return nil, err
	}
	now := s.Business.Now()
	r.State, r.Account, r.Login, r.Batch, r.Channel, r.IssuedAt, r.Reminded = Issued, a.ID, a.Login, b.ID, b.Channel, now, 0
	if !a.ActivatedAt.IsZero() {
		r.State, r.ActiveAt = Active, now
	}
	if err := save(ctx, tx, &r, "state", "account", "login", "batch", "channel", "issued_at", "active_at", "reminded"); err != nil {
		return nil, err
	}
	return &r, s.note(ctx, tx, who, "issued", r, map[string][2]any{"state": {Approved, r.State}, "account": {nil, a.ID}})
}

// freeLogin is a login that nobody has: the given name with the initials of the rest and
// the commune's code, as in lan.nt.00556; people of one name get a number.
func (s *Service) freeLogin(ctx context.Context, tx *db.Tx, r Request) (string, error) {
	base := LoginFor(r.Name) + "." + r.Unit
	taken, err := s.People.LoginsLike(ctx, tx, base)
	if err != nil {
		return "", err
	}
	login := base
	for n := 2; slices.Contains(taken, login); n++ {
		login = fmt.Sprintf("%s.%d", base, n)
	}
	return login, nil
}

// LoginFor is the part of a login that is made of a name: lan.nt for Nguyễn Thị Lan.
func LoginFor(name string) string {
	words := fold.Words(name)
	if len(words) == 0 {
		return "canbo"
	}
	given, rest := words[len(words)-1], words[:len(words)-1]
	var initials strings.Builder
	for _, w := range rest {
		initials.WriteString(w[:1])
	}
	if initials.Len() == 0 {
		return given
	}
	return given + "." + initials.String()
}

// text sends the first password by text message; the message is wiped once it has left.
func (s *Service) text(ctx context.Context, tx *db.Tx, who access.Actor, r *Request, p first, until time.Time) error {
	if r.Phone == "" {
		r.Channel = BySlip // there is nobody to text to: a slip is printed
		return save(ctx, tx, r, "channel")
	}
	if _, err := s.People.FirstPasswordIn(ctx, tx, who, r.Account, p.hash, until); err != nil {
		return err
	}
	r.Channel, r.HandedAt, r.UntilAt, r.Reminded = BySMS, s.Business.Now(), until, 0
	if err := save(ctx, tx, r, "channel", "handed_at", "until_at", "reminded"); err != nil {
		return err
	}
	return notify.Write(ctx, tx, s.Machine.Now(), notify.Message{Phone: r.Phone, Unit: r.Unit, Lang: i18n.VI, Template: "issuance.notice.first",
		Args: []any{"code", p.password, "due", until}, Link: "/sign-in", Private: true, Critical: true})
}
