package app

import (
	"context"
	"fmt"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/trail"
)

// forgetKeys drops idempotency keys that nobody will send again.
func (a *App) forgetKeys(ctx context.Context) error {
	return a.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM idempotency WHERE at < ?", a.Machine.Now().Add(-keepKeys)).Exec(ctx)
		return db.Sorted(err)
	})
}

// finding is what one check says: a sentence, and whether it is well.
type finding struct {
	key   string
	pairs []any
	wrong []string
}

// checkCommand looks at settings and store and prints one line for each check; it
// fails when any is bad.
func checkCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "check", args, term, func(h *House, _ []string) error {
		bad := false
		for _, look := range h.checks() {
			f, err := look(ctx)
			if err != nil {
				return err
			}
			word := "app.check.ok"
			if len(f.wrong) > 0 {
				word, bad = "app.check.bad", true
			}
			term.say(word, "what", term.t.Say(f.key, f.pairs...))
			for _, w := range f.wrong {
				fmt.Fprintln(term.Out, "  -", w)
			}
		}
		if bad {
			return fault.New(fault.Conflict, "app.check.failed")
		}
		return nil
	})
}

func (h *House) checks() []func(context.Context) (finding, error) {
	return []func(context.Context) (finding, error){h.checkSettings, h.checkDatabase, h.checkUnits, h.checkTrail, h.checkFigures, h.checkDays, h.checkReadiness}
}

func (h *House) checkSettings(context.Context) (finding, error) {
	return finding{key: "app.check.settings", pairs: []any{"url", h.Config.BaseURL}}, nil
}

// checkDatabase asks the store itself whether it is whole, and counts its migrations.
func (h *House) checkDatabase(ctx context.Context) (finding, error) {
	var names []string
	err := h.DB.Snapshot(ctx, func(ctx context.Context, s *db.Snapshot) error {
		var err error
		names, err = s.Migrations(ctx)
		return err
	})
	f := finding{key: "app.check.database", pairs: []any{"n", len(names)}}
	if err != nil || !h.DB.SQLite() {
		return f, err
	}
	var said []string
	if err := h.DB.Read().NewRaw("PRAGMA integrity_check").Scan(ctx, &said); err != nil {
		return f, db.Sorted(err)
	}
	if len(said) != 1 || said[0] != "ok" {
		f.wrong = said
	}
	return f, nil
}

func (h *House) checkUnits(ctx context.Context) (finding, error) {
	tree, err := h.Units.Tree(ctx, h.Business.Now())
	if err != nil {
		return finding{}, err
	}
	return finding{key: "app.check.units", pairs: []any{"n", len(tree.Communes("")), "day", h.Business.Now()}}, nil
}

func (h *House) checkTrail(ctx context.Context) (finding, error) {
	wrong, err := trail.Verify(ctx, h.DB)
	return finding{key: "app.check.trail", wrong: wrong}, err
}

// checkReadiness judges every commune again from its stored facts.
func (h *House) checkReadiness(ctx context.Context) (finding, error) {
	n, wrong, err := h.Inventory.Prove(ctx)
	return finding{key: "app.check.readiness", pairs: []any{"n", n}, wrong: wrong}, err
}
