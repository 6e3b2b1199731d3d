package helpdesk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// StockKind is what a text in stock is for.
type StockKind string

// The kinds.
const (
	Macro    StockKind = "macro"    // put into an answer, with what else is done by it
	Template StockKind = "template" // a new ticket begins with it
)

// Stock is a text that is kept in stock under a name, with placeholders, and what it
// does besides: a macro to the ticket that it answers, a template to the form of a new one.
type Stock struct {
	bun.BaseModel `bun:"table:desk_stock,alias:st"`
	ID            ident.ID  `bun:"id,pk"`
	Kind          StockKind `bun:"kind"`
	Name          string    `bun:"name"`
	Share         Share     `bun:"share"`
	Owner         ident.ID  `bun:"owner"`
	Group         Group     `bun:"grp"`
	Title         string    `bun:"title"` // of a template
	Body          string    `bun:"body"`
	Service       Category  `bun:"service"` // of a template
	Next          string    `bun:"next"`    // of a macro: what follows the answer, as in its form; empty leaves it
	ToGroup       Group     `bun:"to_grp"`  // of a macro: whom the ticket goes to
	Impact        int       `bun:"impact"`
	Urgency       int       `bun:"urgency"`
	Tags          string    `bun:"tags"` // of a macro: tags that it adds, after commas
	ChangedAt     time.Time `bun:"changed_at"`
	Version       int64     `bun:"version"`
}

// nexts is what may follow an answer.
var nexts = []string{"open", string(Requester), string(Vendor), string(Resolved)}

func (x *Stock) check(k *fault.Check) {
	x.Title, x.Body = strings.TrimSpace(fold.NFC(x.Title)), strings.TrimSpace(fold.NFC(x.Body))
	x.Tags = strings.Join(strings.Fields(fold.NFC(x.Tags)), " ")
	known := answerWords
	if x.Kind == Template {
		known = templateWords
		k.Need(x.Title != "", "title", "helpdesk.form.title_needed")
		k.Need(utf8.RuneCountInString(x.Title) <= longestTitle, "title", "helpdesk.form.title_long", "max", longestTitle)
		x.Next, x.ToGroup, x.Tags = "", "", ""
	} else {
		k.Need(x.Body != "" || x.acts(), "body", "helpdesk.stock.empty")
		x.Title, x.Service = "", ""
	}
	k.Need(utf8.RuneCountInString(x.Body) <= longestBody, "body", "helpdesk.form.body_long", "max", longestBody)
	k.Need(utf8.RuneCountInString(x.Tags) <= longestTitle, "tags", "helpdesk.form.title_long", "max", longestTitle)
	for _, text := range []struct{ field, text string }{{"title", x.Title}, {"body", x.Body}} {
		bad := unknownWords(text.text, known)
		k.Need(len(bad) == 0, text.field, "helpdesk.stock.unknown_word", "words", strings.Join(bad, ", "))
	}
	k.Need(x.Next == "" || slices.Contains(nexts, x.Next), "next", "helpdesk.saved.unknown")
	level := func(n int) bool { return n == 0 || n >= Least && n <= Most }
	k.Need(level(x.Impact), "impact", "helpdesk.form.impact_needed")
	k.Need(level(x.Urgency), "urgency", "helpdesk.form.urgency_needed")
}

// acts tells whether a macro does anything beside its text.
func (x Stock) acts() bool {
	return x.Next != "" || x.ToGroup != "" || x.Impact != 0 || x.Urgency != 0 || x.Tags != ""
}

// stocks is who uses texts of a kind: macros those who answer, templates those who ask.
func stocks(who access.Actor, kind StockKind) error {
	if kind == Template {
		return who.Need(Ask)
	}
	return who.Need(Work)
}

// Stocks are the texts of a kind that the actor may use, by name.
func (s *Service) Stocks(ctx context.Context, who access.Actor, kind StockKind) ([]Stock, error) {
	if err := stocks(who, kind); err != nil {
		return nil, err
	}
	groups, err := s.GroupsOf(ctx, who)
	if err != nil {
		return nil, err
	}
	var rows []Stock
	err = s.DB.Read().NewSelect().Model(&rows).Where("st.kind = ?", kind).Apply(shared(who, groups, "st")).Order("st.name", "st.id").Limit(mostStock).Scan(ctx)
	return rows, db.Sorted(err)
}

// mostStock is how many texts one is offered.
const mostStock = 200

// Stock is one of them.
func (s *Service) Stock(ctx context.Context, who access.Actor, kind StockKind, id ident.ID) (Stock, error) {
	if err := stocks(who, kind); err != nil {
		return Stock{}, err
	}
	groups, err := s.GroupsOf(ctx, who)
	if err != nil {
		return Stock{}, err
	}
	var x Stock
	err = s.DB.Read().NewSelect().Model(&x).Where("st.id = ?", id).Where("st.kind = ?", kind).Apply(shared(who, groups, "st")).Scan(ctx)
	return x, db.Sorted(err)
}

// SaveStock keeps a text, or changes one. An unknown placeholder is refused here, not
// found by whoever sends it.
func (s *Service) SaveStock(ctx context.Context, who access.Actor, w Keep, x Stock) (Stock, error) {
	if err := who.Need(Work); err != nil {
		return x, err
	}
	cat, err := s.Catalogue(ctx)
	if err != nil {
		return x, err
	}
	var k fault.Check
	if err := w.check(who, cat, &k); err != nil {
		return x, err
	}
	x.check(&k)
	_, offered := cat.Offer(x.Service)
	k.Need(x.Service == "" || offered, "service", "helpdesk.saved.unknown")
	_, team := cat.Team(x.ToGroup)
	k.Need(x.ToGroup == "" || team, "to_group", "helpdesk.saved.unknown")
	if err := k.Err(); err != nil {
		return x, err
	}
	var before Stock
	if w.ID != "" {
		if before, err = s.Stock(ctx, who, x.Kind, w.ID); err != nil {
			return x, err
		}
		if !mayChange(who, before.Share, before.Owner) {
			return x, fault.New(fault.Denied, "helpdesk.keep.others")
		}
	}
	now := s.Business.Now()
	x.ID, x.Name, x.Share, x.Group, x.ChangedAt, x.Owner, x.Version = w.ID, w.Name, w.Share, w.Group, now, before.Owner, w.Version+1
	if x.Owner == "" || x.Share == Mine {
		x.Owner = who.ID
	}
	return x, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if w.ID == "" {
			x.ID, x.Version = ident.New(now), 1
			if err := room(ctx, tx, (*Stock)(nil), who); err != nil {
				return err
			}
			if _, err := tx.NewInsert().Model(&x).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		} else if err := db.Changed(tx.NewUpdate().Model(&x).WherePK().Where("version = ?", w.Version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.stock.saved", string(x.ID), map[string][2]any{
			"kind": {nil, x.Kind}, "share": {before.Share, x.Share}, "group": {before.Group, x.Group}, "next": {before.Next, x.Next}})
	})
}

// DropStock forgets a text.
func (s *Service) DropStock(ctx context.Context, who access.Actor, kind StockKind, id ident.ID) error {
	x, err := s.Stock(ctx, who, kind, id)
	if err != nil {
		return err
	}
	if err := who.Need(Work); err != nil {
		return err
	}
	if !mayChange(who, x.Share, x.Owner) {
		return fault.New(fault.Denied, "helpdesk.keep.others")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewDelete().Model(&x).WherePK().Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "helpdesk.stock.dropped", string(id), map[string][2]any{"kind": {kind, nil}})
	})
}
