package delivery

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

// bell is the notice on the screen, and the kind of mail that people have wishes about.
const bell = "reports.delivery.notice"

// finished writes the rows of a report that is there. A report by hand goes nowhere by
// itself: who made it looks at it.
func (s *Service) finished(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var f reports.RunFinished
	if err := e.Read(&f); err != nil || f.Kind == reports.Manual {
		return err
	}
	run, err := s.Reports.RunOf(ctx, system, ident.ID(f.Run))
	if err != nil {
		return err
	}
	sn, err := s.Reports.Edition(ctx, system, run.ID, f.Edition)
	if err != nil {
		return err
	}
	_, err = s.plan(ctx, tx, run, sn)
	return err
}

// plan writes a row for every recipient of a run's edition and tells how many are new.
// What was written before stays as it is.
func (s *Service) plan(ctx context.Context, tx *db.Tx, run reports.RunRow, sn reports.Snapshot) (int, error) {
	all, err := s.recipients(ctx, tx, run)
	if err != nil {
		return 0, err
	}
	var rows []Row
	for _, one := range all {
		if one.by != "" {
			rows = append(rows, s.row(run, sn.Edition, one.by, one))
			continue
		}
		if one.account != "" {
			rows = append(rows, s.row(run, sn.Edition, Inbox, one))
		}
		rows = append(rows, s.row(run, sn.Edition, Mail, one))
	}
	made, err := s.write(ctx, tx, rows)
	if err != nil || made == 0 {
		return made, err
	}
	if err := s.Reports.MarkSending(ctx, tx, run.ID); err != nil {
		return made, err
	}
	return made, s.ring(ctx, tx, run, sn, all)
}

// write inserts rows that are not there yet.
func (s *Service) write(ctx context.Context, tx *db.Tx, rows []Row) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	res, err := tx.NewInsert().Model(&rows).On("CONFLICT (run, edition, channel, recipient) DO NOTHING").Exec(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	n, err := res.RowsAffected()
	return int(n), db.Sorted(err)
}

func (s *Service) row(run reports.RunRow, edition int64, by Channel, to recipient) Row {
	at := s.Machine.Now()
	r := Row{ID: ident.New(at), Run: run.ID, Edition: edition, Definition: run.Definition, Cut: run.Cut, PeriodFrom: run.PeriodFrom, PeriodUntil: run.PeriodUntil,
		Channel: by, Recipient: to.key, Account: to.account, Address: to.address, Name: to.name, Why: to.why, State: Waiting, NextAt: at, MadeAt: s.Business.Now()}
	switch by {
	case Inbox:
		r.State, r.SentAt = Sent, &at
	case Mail, Webhook, Folder:
		r.MessageID = messageID(run.ID, edition, to.key)
	}
	return r
}

// ring puts a notice on the screens of those who have an account: its words go by mail
// in their own way.
func (s *Service) ring(ctx context.Context, tx *db.Tx, run reports.RunRow, sn reports.Snapshot, all []recipient) error {
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return err
	}
	names := map[i18n.Lang]string{}
	for _, lang := range []i18n.Lang{i18n.VI, i18n.EN} {
		name, err := s.Reports.Titles(ctx, s.Words.In(lang))
		if err != nil {
			return err
		}
		names[lang] = name(run.Definition)
	}
	var tell []notify.Message
	for _, one := range all {
		if one.account == "" {
			continue
		}
		tell = append(tell, notify.Message{Account: one.account, Lang: one.lang, Template: bell, Link: "/reports/runs/" + string(run.ID), Unmailed: true,
			Dedupe: "reports.run:" + string(run.ID) + ":" + i18n.T{}.Int(sn.Edition),
			Args: []any{"report", cmp.Or(names[one.lang], names[i18n.VI]), "cut", tree.Name(run.Cut),
				"from", i18n.T{}.Day(run.PeriodFrom), "until", i18n.T{}.Day(lastMoment(run.PeriodUntil))}})
	}
	return notify.Write(ctx, tx, s.Machine.Now(), tell...)
}

// recipient is who gets a report.
type recipient struct {
	key     string
	by      Channel // of a machine; empty: the ways of people
	account ident.ID
	address string
	name    string
	lang    i18n.Lang
	why     Why
}

// recipients are all who get a run, each once: whoever stands on the list of its
// schedule, whoever asked for it, and the machines that want it. An address that is an account's own is not written
// to twice.
func (s *Service) recipients(ctx context.Context, tx *db.Tx, run reports.RunRow) ([]recipient, error) {
	list, err := s.listOf(ctx, tx, run)
	if err != nil {
		return nil, err
	}
	var all []recipient
	for _, entry := range list {
		some, err := s.resolve(ctx, entry, run.Cut)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	var subs []Subscription
	if err := tx.NewSelect().Model(&subs).Where("su.definition = ?", run.Definition).Where("su.cut = ?", run.Cut).Order("su.id").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, sub := range subs {
		who, err := s.People.ActorOf(ctx, sub.Account)
		if err != nil && !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Missing) {
			return nil, err
		}
		if err == nil && who.Covers(reports.Read, run.Cut) {
			all = append(all, recipient{key: accountKey + string(sub.Account), account: sub.Account, name: who.Name, why: BySubscription})
		}
	}
	if all, err = s.once(ctx, all); err != nil {
		return nil, err
	}
	machines, err := outletsFor(ctx, tx, run)
	return append(all, machines...), err
}

// once keeps the first of those who stand there more than once, and drops addresses that
// accounts of the list read themselves.
func (s *Service) once(ctx context.Context, all []recipient) ([]recipient, error) {
	var accounts []ident.ID
	for _, r := range all {
		if r.account != "" {
			accounts = append(accounts, r.account)
		}
	}
	known := map[ident.ID]notify.Person{}
	if len(accounts) > 0 {
		var err error
		if known, err = s.People.ForNotices(ctx, accounts); err != nil {
			return nil, err
		}
	}
	own := map[string]bool{}
	for _, p := range known {
		own[strings.ToLower(p.Address)] = true
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(r recipient) bool {
		again := seen[r.key] || r.account == "" && own[r.address]
		seen[r.key] = true
		return again
	}), nil
}

// listOf is the list of a run's schedule. Where nobody has made one, the report goes to
// the leaders of its unit.
func (s *Service) listOf(ctx context.Context, from bun.IDB, run reports.RunRow) ([]Entry, error) {
	schedule := run.Schedule
	if schedule == "" {
		sc, err := s.Reports.ScheduleFor(ctx, system, run.Definition, run.Programme, run.Cut)
		if err != nil && !fault.Is(err, fault.Missing) {
			return nil, err
		}
		schedule = sc.ID
	}
	list, err := entries(ctx, from, schedule)
	if len(list) == 0 {
		list = []Entry{{Kind: OfRole, Role: org.Leadership}}
	}
	return list, err
}

// resolve is the people of one entry who may see the cut.
func (s *Service) resolve(ctx context.Context, e Entry, cut string) ([]recipient, error) {
	switch e.Kind {
	case OfAddress:
		return []recipient{{key: addressKey + e.Address, address: e.Address, name: e.Name, lang: i18n.VI, why: ByList}}, nil
	case OfAccount:
		who, err := s.People.ActorOf(ctx, e.Account)
		switch {
		case fault.Is(err, fault.Denied), fault.Is(err, fault.Missing), err == nil && !who.Covers(reports.Read, cut):
			return nil, nil
		case err != nil:
			return nil, err
		}
		return []recipient{{key: accountKey + string(e.Account), account: e.Account, name: who.Name, why: ByList}}, nil
	case OfRole:
	}
	unit := e.Unit
	if unit == "" {
		unit = cut
	}
	holders, err := s.People.Holders(ctx, e.Role, unit)
	if err != nil {
		return nil, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return nil, err
	}
	u, known := tree.Unit(unit)
	var all []recipient
	for _, a := range holders {
		who, err := s.People.ActorOf(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		if !who.Covers(reports.Read, cut) || known && u.Parent != "" && reachesAll(who) {
			continue
		}
		all = append(all, recipient{key: accountKey + string(a.ID), account: a.ID, name: a.Name, lang: a.Lang, why: ByList})
	}
	return all, nil
}

// reachesAll tells whether somebody reads the reports of the whole city: the city's
// leaders get the city's report and not one of every district as well.
func reachesAll(who access.Actor) bool {
	everywhere, _ := who.Reach(reports.Read)
	return everywhere
}
