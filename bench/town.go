package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// The size of the city after two years.
const (
	cityStaff    = 3_000
	cityAgents   = 60
	cityAssets   = 10_000
	cityTickets  = 500_000 // unless -tickets says otherwise
	cityMessages = 6       // a ticket
	cityLong     = 500     // messages of the longest ticket
	cityOpen     = 10_000
	cityBatch    = 500
)

// cityMark begins the reference of every ticket that was made up here; how many there are is how far a part has come.
const cityMark = "city:"

var (
	cityTitles = []string{"Máy quét không nhận giấy khai sinh", "Không đăng nhập được", "Mất mạng từ sáng", "In phiếu hẹn bị lệch",
		"Tra cứu hồ sơ chậm", "Chữ ký số hết hạn", "Không gửi được hồ sơ liên thông", "Sai tên trong sổ khai sinh"}
	cityWords = []string{"Đã tắt bật lại vẫn vậy.", "Người dân đang chờ ở quầy.", "Máy mới thay tuần trước.", "Xin hướng dẫn cách làm.",
		"Tổ hỗ trợ đang kiểm tra.", "Đã xử lý, anh chị thử lại giúp.", "Cảm ơn, đã làm được.", "Gửi kèm số máy và giờ lỗi."}
)

// town is what made-up rows refer to.
type town struct {
	random     *rand.Rand
	communes   []string
	staff      []ident.ID
	agents     []ident.ID
	from, till time.Time
	count      int // tickets to make
}

// newTown is the town of a store, with its people and things when it has none yet, and how many tickets it has.
func newTown(ctx context.Context, d *db.DB, count int) (*town, int, error) {
	t := &town{count: count, till: time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)}
	t.from = t.till.AddDate(-2, 0, 0)
	err := d.Read().NewRaw("SELECT code FROM unit_version WHERE level = 'commune' AND valid_from <= '2016-11-10' AND "+
		"(valid_until = '' OR valid_until > '2016-11-10') ORDER BY code").Scan(ctx, &t.communes)
	if err != nil {
		return nil, 0, err
	}
	var old int
	if err := d.Read().NewRaw("SELECT count(*) FROM account WHERE login LIKE 'cb%'").Scan(ctx, &old); err != nil {
		return nil, 0, err
	}
	if old == 0 {
		if err := d.InTx(ctx, t.people); err != nil {
			return nil, 0, err
		}
		if err := d.InTx(ctx, t.assets); err != nil {
			return nil, 0, err
		}
	}
	for prefix, into := range map[string]*[]ident.ID{"cb": &t.staff, "ht": &t.agents} {
		if err := d.Read().NewRaw("SELECT id FROM account WHERE login LIKE ? ORDER BY login", prefix+"0%").Scan(ctx, into); err != nil {
			return nil, 0, err
		}
	}
	var done int
	err = d.Read().NewRaw("SELECT count(*) FROM ticket WHERE reference LIKE ?", cityMark+"%").Scan(ctx, &done)
	return t, done, err
}

// people are the city's staff and those who answer them; they never sign in by password.
func (t *town) people(ctx context.Context, tx *db.Tx) error {
	var all []org.Account
	var posts []org.Post
	add := func(login, name, unit, role string) {
		a := org.Account{ID: ident.New(t.from), Login: login, LoginKey: login, Name: name, Fold: fold.Key(name), Unit: unit, Lang: "vi",
			State: org.Active, PasswordAt: t.from, CreatedAt: t.from, Version: 1}
		all = append(all, a)
		p := org.Post{ID: ident.New(t.from), Account: a.ID, Unit: unit, From: "2014-01-01", GrantedAt: t.from}
		p.Role = org.OneStopOfficer
		if role == "agent" {
			p.Role = org.SupportAgent
		}
		posts = append(posts, p)
	}
	for i := range cityStaff {
		add(fmt.Sprintf("cb%05d", i), fmt.Sprintf("Nguyễn Văn %d", i), t.communes[i%len(t.communes)], "officer")
	}
	for i := range cityAgents {
		add(fmt.Sprintf("ht%05d", i), fmt.Sprintf("Trần Thị %d", i), "", "agent")
	}
	if _, err := tx.NewInsert().Model(&all).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(&posts).Exec(ctx)
	return err
}

func (t *town) assets(ctx context.Context, tx *db.Tx) error {
	for done := 0; done < cityAssets; done += cityBatch {
		rows := make([]inventory.Asset, 0, cityBatch)
		for i := done; i < done+cityBatch; i++ {
			rows = append(rows, inventory.Asset{ID: ident.New(t.from), Code: fmt.Sprintf("TB-2015-%06d", i), Unit: t.communes[i%len(t.communes)],
				Kind: inventory.Kinds[i%len(inventory.Kinds)], Name: "Dell", Serial: fmt.Sprintf("CT%06d", i), State: inventory.InUse,
				Fold: fold.Key("Dell"), MadeAt: t.from, ChangedAt: t.from, Version: 1})
		}
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// tickets adds one batch: closed ones, and at the very end those that are still open. A batch is the same in every run.
func (t *town) tickets(ctx context.Context, d *db.DB, done int) error {
	t.random = rand.New(rand.NewPCG(198, uint64(done)))
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
		for _, c := range []struct {
			id      ident.ID
			purpose string
			met     bool
		}{{one.AnswerClock, "first_answer", one.AnsweredAt != nil}, {one.ResolveClock, "resolution", one.Phase == helpdesk.Done}} {
			state := "running"
			if c.met {
				state = "met"
			}
			rows = append(rows, "(?, 'helpdesk', ?, ?, ?, ?, ?, 480, 'minutes', ?, 0, 0, ?, NULL, NULL, '{}', '[]', NULL, 1)")
			args = append(args, c.id, one.ID, c.purpose, one.Unit, calstore.Office, one.OpenedAt, one.ResolveDue, state)
		}
	}
	_, err := tx.NewRaw("INSERT INTO deadline (id, area, subject, purpose, unit, calendar, started_at, budget, budget_kind, due_at, missing_year, "+
		"expected_year, state, paused_at, stopped_at, pauses, steps, next_step_at, version) VALUES "+strings.Join(rows, ", "), args...).Exec(ctx)
	return err
}

// ticket is one made-up ticket with its conversation. The last ones are open, half of them nobody's; the very last is the longest.
func (t *town) ticket(n int) (helpdesk.Ticket, []helpdesk.Message) {
	at := t.from.Add(t.till.Sub(t.from) / time.Duration(t.count) * time.Duration(n))
	due := at.Add(8 * time.Hour)
	agent := t.agents[t.random.IntN(len(t.agents))]
	one := helpdesk.Ticket{ID: ident.New(at), Year: at.Year(), Title: cityTitles[t.random.IntN(len(cityTitles))],
		Unit: t.communes[t.random.IntN(len(t.communes))], Requester: t.staff[t.random.IntN(len(t.staff))],
		Service: helpdesk.Categories[t.random.IntN(len(helpdesk.Categories))], Impact: 1 + t.random.IntN(3), Urgency: 1 + t.random.IntN(3),
		State: helpdesk.Closed, Source: "web", Owner: agent, OpenedAt: at, AnsweredAt: &due, ResolvedAt: &due, ClosedAt: &due,
		ChangedAt: due, AnswerDue: &due, ResolveDue: &due, SortAt: due, Messages: cityMessages, Kind: "incident", Channel: "screen",
		Tier: "city", Reference: cityMark + fmt.Sprint(n), Version: 3}
	if t.count-n <= cityOpen {
		due := t.till.Add(time.Duration(t.random.IntN(20*24)-4*24) * time.Hour)
		one.State, one.ResolvedAt, one.ClosedAt = helpdesk.Open, nil, nil
		one.AnswerDue, one.ResolveDue, one.SortAt = &due, &due, due
		if n%2 == 0 {
			one.State, one.Owner, one.AnsweredAt = helpdesk.StateNew, "", nil
		}
	}
	if n == t.count-1 {
		one.Title, one.Messages = cityLongTitle, cityLong
	}
	one.AnswerClock, one.ResolveClock = ident.New(at), ident.New(at)
	one.Phase, one.Group, one.Priority = one.State.Phase(), one.Service.Group(), helpdesk.PriorityOf(one.Impact, one.Urgency)
	var said []helpdesk.Message
	for i := range one.Messages {
		words := []string{cityWords[t.random.IntN(len(cityWords))], cityWords[t.random.IntN(len(cityWords))]}
		m := helpdesk.Message{ID: ident.New(at.Add(time.Duration(i) * time.Hour)), Ticket: one.ID, At: at.Add(time.Duration(i) * time.Hour),
			Author: one.Requester, Source: "web", Body: strings.Join(words, " ")}
		if i%2 == 1 {
			m.Author, m.FromAgent = agent, true
		}
		said = append(said, m)
	}
	return one, said
}

// cityLongTitle is the title of the ticket with the longest conversation.
const cityLongTitle = "Liên thông khai sinh và bảo hiểm y tế trẻ em bị trả về"
