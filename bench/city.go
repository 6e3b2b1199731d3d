package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// The size of the city after two years.
const (
	cityStaff    = 3_000
	cityTickets  = 500_000 // unless -tickets says otherwise
	cityMessages = 6       // a ticket
	cityOpen     = 2_500
	cityBatch    = 250
)

var (
	cityTitles = []string{"Máy quét không nhận giấy khai sinh", "Không đăng nhập được", "Mất mạng từ sáng", "In phiếu hẹn bị lệch",
		"Tra cứu hồ sơ chậm", "Chữ ký số hết hạn", "Không gửi được hồ sơ liên thông", "Sai tên trong sổ khai sinh"}
	cityWords = []string{"Đã tắt bật lại vẫn vậy.", "Người dân đang chờ ở quầy.", "Máy mới thay tuần trước.", "Xin hướng dẫn cách làm.",
		"Tổ hỗ trợ đang kiểm tra.", "Đã xử lý, anh chị thử lại giúp.", "Cảm ơn, đã làm được.", "Gửi kèm số máy và giờ lỗi."}
)

// city puts the size of the whole city into the run's data folder: from the cache, or by making it once.
func (b *bench) city(ctx context.Context) error {
	kept := filepath.Join(b.cache, fmt.Sprintf("city-%d.db", b.tickets))
	file := filepath.Join(b.data, "lotrinh.db")
	if _, err := os.Stat(kept); err == nil {
		return copyFile(kept, file)
	}
	from := time.Now()
	d, err := openStore(ctx, file)
	if err != nil {
		return err
	}
	err = grow(ctx, d, b.tickets)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	fmt.Printf("the city was made in %s\n", time.Since(from).Round(time.Second))
	if err := os.MkdirAll(b.cache, 0o750); err != nil {
		return err
	}
	return copyFile(file, kept)
}

// town is what made-up rows refer to.
type town struct {
	random     *rand.Rand
	communes   []string
	staff      []ident.ID
	agent      ident.ID
	from, till time.Time
	count      int // tickets to make
}

func grow(ctx context.Context, d *db.DB, count int) error {
	t := town{count: count, random: rand.New(rand.NewPCG(198, 2016)), till: time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)}
	t.from = t.till.AddDate(-2, 0, 0)
	err := d.Read().NewRaw("SELECT code FROM unit_version WHERE level = 'commune' AND valid_from <= '2016-11-10' AND "+
		"(valid_until = '' OR valid_until > '2016-11-10') ORDER BY code").Scan(ctx, &t.communes)
	if err != nil {
		return err
	}
	if err := d.Read().NewRaw("SELECT id FROM account WHERE login = 'agent'").Scan(ctx, &t.agent); err != nil {
		return err
	}
	if err := t.people(ctx, d); err != nil {
		return err
	}
	for done := 0; done < t.count; done += cityBatch {
		if err := t.tickets(ctx, d, done); err != nil {
			return err
		}
	}
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for name, count := range helpdesk.Figures() {
			if _, err := figures.Rebuild(ctx, tx, name, count); err != nil {
				return err
			}
		}
		return nil
	})
}

// people are the city's staff; they never sign in.
func (t *town) people(ctx context.Context, d *db.DB) error {
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var all []org.Account
		for i := range cityStaff {
			a := org.Account{ID: ident.New(t.from), Login: fmt.Sprintf("cb%05d", i), Name: fmt.Sprintf("Nguyễn Văn %d", i),
				Unit: t.communes[i%len(t.communes)], Lang: "vi", State: "active", PasswordAt: t.from, CreatedAt: t.from, Version: 1}
			a.LoginKey, a.Fold = a.Login, fold.Key(a.Name)
			all = append(all, a)
			t.staff = append(t.staff, a.ID)
		}
		_, err := tx.NewInsert().Model(&all).Exec(ctx)
		return err
	})
}

// tickets adds one batch: closed ones, and at the very end those that are still open.
func (t *town) tickets(ctx context.Context, d *db.DB, done int) error {
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var all []helpdesk.Ticket
		var said []helpdesk.Message
		var docs []search.Doc
		for n := done; n < done+cityBatch; n++ {
			one, messages := t.ticket(n)
			all, said = append(all, one), append(said, messages...)
			for i, m := range messages {
				doc := search.Doc{Area: "helpdesk", Kind: "ticket", Subject: string(one.ID), Part: string(m.ID), Unit: one.Unit,
					Owner: string(one.Requester), Title: one.Title, Body: m.Body, Updated: m.At}
				if i == 0 {
					doc.Part = ""
				}
				docs = append(docs, doc)
			}
		}
		if _, err := tx.NewInsert().Model(&all).ExcludeColumn("seq").Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&said).Exec(ctx); err != nil {
			return err
		}
		if err := startClocks(ctx, tx, all); err != nil {
			return err
		}
		return search.Add(ctx, tx, docs...)
	})
}

// startClocks writes the clocks of made-up tickets; none of them has a step ahead.
func startClocks(ctx context.Context, tx *db.Tx, all []helpdesk.Ticket) error {
	var rows []string
	var args []any
	for _, one := range all {
		state := "met"
		if one.Phase == helpdesk.InWork {
			state = "running"
		}
		for _, c := range []struct {
			id      ident.ID
			purpose string
		}{{one.AnswerClock, "first_answer"}, {one.ResolveClock, "resolution"}} {
			rows = append(rows, "(?, 'helpdesk', ?, ?, ?, ?, ?, 480, 'minutes', ?, 0, 0, ?, NULL, NULL, '{}', '[]', NULL, 1)")
			args = append(args, c.id, one.ID, c.purpose, one.Unit, calstore.Office, one.OpenedAt, one.ResolveDue, state)
		}
	}
	_, err := tx.NewRaw("INSERT INTO deadline (id, area, subject, purpose, unit, calendar, started_at, budget, budget_kind, due_at, missing_year, "+
		"expected_year, state, paused_at, stopped_at, pauses, steps, next_step_at, version) VALUES "+strings.Join(rows, ", "), args...).Exec(ctx)
	return err
}

func (t *town) ticket(n int) (helpdesk.Ticket, []helpdesk.Message) {
	at := t.from.Add(t.till.Sub(t.from) / time.Duration(t.count) * time.Duration(n))
	due := at.Add(8 * time.Hour)
	one := helpdesk.Ticket{ID: ident.New(at), Year: at.Year(), Title: cityTitles[t.random.IntN(len(cityTitles))],
		Unit: t.communes[t.random.IntN(len(t.communes))], Requester: t.staff[t.random.IntN(len(t.staff))],
		Service: helpdesk.Categories[t.random.IntN(len(helpdesk.Categories))], Impact: 1 + t.random.IntN(3), Urgency: 1 + t.random.IntN(3),
		State: helpdesk.Closed, Source: "web", Owner: t.agent, OpenedAt: at, AnsweredAt: &due, ResolvedAt: &due, ClosedAt: &due,
		ChangedAt: due, AnswerDue: &due, ResolveDue: &due, SortAt: due, Messages: cityMessages, Version: 3}
	if t.count-n <= cityOpen {
		one.State, one.ResolvedAt, one.ClosedAt = helpdesk.Open, nil, nil
		if n%2 == 0 {
			one.State, one.Owner, one.AnsweredAt = helpdesk.StateNew, "", nil
		}
	}
	one.AnswerClock, one.ResolveClock = ident.New(at), ident.New(at)
	one.Phase, one.Group, one.Priority = one.State.Phase(), one.Service.Group(), helpdesk.PriorityOf(one.Impact, one.Urgency)
	var said []helpdesk.Message
	for i := range cityMessages {
		words := []string{cityWords[t.random.IntN(len(cityWords))], cityWords[t.random.IntN(len(cityWords))]}
		m := helpdesk.Message{ID: ident.New(at.Add(time.Duration(i) * time.Hour)), Ticket: one.ID, At: at.Add(time.Duration(i) * time.Hour),
			Author: one.Requester, Source: "web", Body: strings.Join(words, " ")}
		if i%2 == 1 {
			m.Author, m.FromAgent = t.agent, true
		}
		said = append(said, m)
	}
	return one, said
}
