package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/site/ui"
)

// FigureAnswered is how many readers an article answered in place of a ticket, by unit.
const FigureAnswered = "knowledge.answered"

// Verdict is what a reader says of an article.
type Verdict struct {
	Helped  bool
	Instead bool // the reader was about to send a ticket and no longer needs to
	Words   string
}

// voter is under which name a verdict is kept: one per account, one per day and
// address for strangers, whose address itself is not kept.
func (s *Service) voter(who access.Actor) string {
	if who.SignedIn() {
		return string(who.ID)
	}
	sum := sha256.Sum256([]byte(s.today() + " " + who.From))
	return "s:" + hex.EncodeToString(sum[:8])
}

// Judge keeps a reader's verdict; a second one takes the place of the first. Strangers
// press a button; words are for people who are signed in.
func (s *Service) Judge(ctx context.Context, who access.Actor, seq int64, v Verdict) error {
	v.Words = strings.TrimSpace(fold.NFC(v.Words))
	if !who.SignedIn() {
		v.Words, v.Instead = "", false
	}
	v.Instead = v.Instead && v.Helped
	var k fault.Check
	k.Need(utf8.RuneCountInString(v.Words) <= longestWords, "words", "knowledge.form.long", "max", longestWords)
	if err := k.Err(); err != nil {
		return err
	}
	a, err := s.Get(ctx, who, seq)
	if err != nil {
		return err
	}
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var locked Article
		if err := tx.NewSelect().Model(&locked).Column("seq").Where("ka.seq = ?", seq).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		f := Feedback{ID: ident.New(now), Article: a.ID, Voter: s.voter(who), Unit: who.Home, At: now, Helped: v.Helped, Instead: v.Instead, Words: v.Words}
		var old []Feedback
		if err := tx.NewSelect().Model(&old).Where("kf.article = ?", a.ID).Where("kf.voter = ?", f.Voter).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewDelete().Model((*Feedback)(nil)).Where("article = ?", a.ID).Where("voter = ?", f.Voter).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewInsert().Model(&f).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if who.SignedIn() {
			if err := trail.Write(ctx, tx, now, who, "helpdesk.article.judged", string(a.ID), map[string][2]any{"helped": {nil, v.Helped}}, trail.At(who.Home)); err != nil {
				return err
			}
		}
		return counted(ctx, tx, seq, append(marks(old, -1), marks([]Feedback{f}, 1)...))
	})
}

// mark is a change of one of an article's counters, and of the unit's figure.
type mark struct {
	column string
	unit   string
	n      int64
}

func marks(all []Feedback, n int64) []mark {
	var out []mark
	for _, f := range all {
		column := "failed"
		if f.Helped {
			column = "helped"
		}
		out = append(out, mark{column, f.Unit, n})
		if f.Instead {
			out = append(out, mark{"answered", f.Unit, n})
		}
	}
	return out
}

func counted(ctx context.Context, tx *db.Tx, seq int64, all []mark) error {
	sums := map[string]int64{}
	var values []figures.Value
	for _, m := range all {
		sums[m.column] += m.n
		if m.column == "answered" {
			values = append(values, figures.Value{Name: FigureAnswered, Unit: m.unit, N: m.n})
		}
	}
	_, err := tx.NewUpdate().Table("kb_article").Set("helped = helped + ?", sums["helped"]).Set("failed = failed + ?", sums["failed"]).
		Set("answered = answered + ?", sums["answered"]).Where("seq = ?", seq).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	return figures.Add(ctx, tx, values...)
}

// CountAnswered counts FigureAnswered from scratch.
func CountAnswered(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
	var rows []struct {
		Unit string
		N    int64
	}
	err := from.NewSelect().TableExpr("kb_feedback AS kf").ColumnExpr("kf.unit, count(*) AS n").Where("kf.instead").GroupExpr("kf.unit").Scan(ctx, &rows)
	all := make([]figures.Value, len(rows))
	for i, r := range rows {
		all[i] = figures.Value{Name: FigureAnswered, Unit: r.Unit, N: r.N}
	}
	return all, db.Sorted(err)
}

// Figures are the figures of this package with the way to count each.
func Figures() map[string]figures.Compute {
	return map[string]figures.Compute{FigureAnswered: CountAnswered}
}

// Used notes that an agent put the article into an answer.
func (s *Service) Used(ctx context.Context, who access.Actor, seq int64) (Article, error) {
	a, err := s.Get(ctx, who, seq)
	if err != nil {
		return a, err
	}
	return a, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return db.Changed(tx.NewUpdate().Table("kb_article").Set("used = used + 1").Where("seq = ?", seq).Exec(ctx))
	})
}

// Remind tells the owners of articles whose day of review has come, once for each such
// day. A chore runs it.
func (s *Service) Remind(ctx context.Context) error {
	rows, err := due(ctx, s.DB.Read(), "", s.today())
	if err != nil || len(rows) == 0 {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var all []notify.Message
		for _, a := range rows {
			all = append(all, notify.Message{Account: a.Owner, Template: "knowledge.notice.review", Link: a.Path(),
				Args: []any{"title", a.Title}, Dedupe: "article_review:" + string(a.ID) + ":" + a.ReviewOn})
		}
		return notify.Write(ctx, tx, s.Business.Now(), all...)
	})
}

// Todo is what the collection asks of a person: articles to be looked at again.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(Edit) {
		return nil, nil
	}
	rows, err := due(ctx, s.DB.Read(), who.ID, s.today())
	var all []ui.TodoItem
	for _, a := range rows {
		all = append(all, ui.TodoItem{Title: a.Title, Href: a.Path(), Why: t.Say("knowledge.todo.review"),
			State: &ui.State{Tone: ui.Warn, Word: t.Say("knowledge.review_due")}})
	}
	return all, err
}
