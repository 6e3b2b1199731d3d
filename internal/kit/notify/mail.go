package notify

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// mail hands notices to the mail server: each its own mail, those of one reader's
// digest together.
func (s *Sender) mail(ctx context.Context, rows []Notice) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	batches, err := s.batches(ctx, rows)
	if err != nil {
		return 0, err
	}
	if err := s.Post.Open(ctx); err != nil {
		s.Log.Error("mail server does not answer", "waiting", len(rows), "cause", err.Error())
		for _, n := range slices.Concat(batches...) {
			if err := s.again(ctx, n, "notify.problem.unreachable"); err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
	defer s.Post.Shut()
	sent := 0
	for _, batch := range batches {
		letter, err := s.filled(s.letter(batch))
		lasting := false
		if err == nil {
			lasting, err = s.Post.Send(ctx, letter)
		}
		if err == nil {
			sent++
		}
		for _, n := range batch {
			if err := s.posted(ctx, n, lasting, err); err != nil {
				return sent, err
			}
		}
	}
	return sent, nil
}

// filled is a mail with the content of its files. What cannot be read now may be read
// later: the mail waits, rather than going out without what it speaks of.
func (s *Sender) filled(m Mail) (Mail, error) {
	if s.Content == nil {
		return m, nil
	}
	for _, a := range m.Thread.Files {
		o, err := s.Content(a.Hash)
		if err != nil {
			return m, err
		}
		body, err := io.ReadAll(io.LimitReader(o, a.Size))
		if err := errors.Join(err, o.Close()); err != nil {
			return m, err
		}
		m.Content = append(m.Content, Content{Name: a.Name, Type: a.Type, Body: body})
	}
	return m, nil
}

// posted settles one notice by what the mail server said.
func (s *Sender) posted(ctx context.Context, n Notice, lasting bool, cause error) error {
	switch {
	case cause == nil:
		return s.settle(ctx, n, Sent, "")
	case lasting:
		s.Log.Error("mail refused", "notice", n.ID, "cause", cause.Error())
		return s.settle(ctx, n, Failed, "notify.problem.refused")
	}
	s.Log.Error("mail not taken", "notice", n.ID, "cause", cause.Error())
	return s.again(ctx, n, "notify.problem.not_taken")
}

// batches are the notices that share a mail, in the order in which they came. What
// else of a reader's digest is due joins in, however many there are.
func (s *Sender) batches(ctx context.Context, rows []Notice) ([][]Notice, error) {
	var readers []ident.ID
	at := map[ident.ID]int{}
	var all [][]Notice
	for _, n := range rows {
		i, joined := at[n.Account]
		switch {
		case n.Digest == "":
			all = append(all, []Notice{n})
		case joined:
			all[i] = append(all[i], n)
		default:
			at[n.Account] = len(all)
			readers = append(readers, n.Account)
			all = append(all, []Notice{n})
		}
	}
	if len(readers) == 0 {
		return all, nil
	}
	rest, err := s.take(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("no.state = ?", Waiting).Where("no.channel = ?", ByMail).Where("no.next_at <= ?", s.Clock.Now()).
			Where("no.digest <> ''").Where("no.account IN (?)", bun.List(readers)).Order("no.next_at", "no.id").Limit(longestDigest)
	})
	for _, n := range rest {
		i := at[n.Account]
		n.Address, n.Lang = all[i][0].Address, all[i][0].Lang
		all[i] = append(all[i], n)
	}
	return all, db.Sorted(err)
}

// longestDigest is how many notices join one round of digests.
const longestDigest = 500

// letter is the mail of a notice, or of several.
func (s *Sender) letter(batch []Notice) Mail {
	if len(batch) == 1 {
		return s.words(batch[0])
	}
	slices.SortFunc(batch, func(a, b Notice) int { return strings.Compare(string(a.ID), string(b.ID)) })
	first := batch[0]
	t := s.Words.In(first.Lang)
	var b strings.Builder
	for i, n := range batch {
		b.WriteString(t.Say("notify.digest.line", "n", i+1, "at", n.At, "subject", n.Subject(t)) + "\n" + n.Body(t) + "\n")
		if n.Link != "" {
			b.WriteString(s.BaseURL + n.Link + "\n")
		}
		b.WriteString("\n")
	}
	b.WriteString(t.Say("notify.digest.foot", "link", s.BaseURL+WishesAt) + "\n" + t.Say("notify.foot"))
	return Mail{To: first.Address, Subject: t.Say("notify.digest.subject", "n", len(batch)), Body: b.String(), ID: first.MessageID}
}

func (s *Sender) words(n Notice) Mail {
	t := s.Words.In(n.Lang)
	m := Mail{To: n.Address, Subject: n.Subject(t), Body: n.Body(t), ID: n.MessageID, Thread: n.thread()}
	if m.Thread.Personal {
		return m
	}
	if n.Link != "" {
		m.Body += "\n\n" + s.BaseURL + n.Link
	}
	if m.Thread.ReplyTo == "" { // there is nobody to answer to
		m.Body += "\n\n" + t.Say("notify.foot")
	}
	return m
}
