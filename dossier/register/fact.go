package register

import (
	"context"
	"maps"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// FactForm is a decision that changes what an entry says.
type FactForm struct {
	Kind        FactKind
	DecisionNo  string
	DecisionDay string
	Changes     []Change // Field and To; of Correction
	Reason      string
}

// mostChanged is how many values one decision changes.
const mostChanged = 40

func (f *FactForm) check(now time.Time) error {
	f.DecisionNo, f.Reason = strings.TrimSpace(fold.NFC(f.DecisionNo)), strings.TrimSpace(fold.NFC(f.Reason))
	var k fault.Check
	k.Need(f.Kind == Correction || f.Kind == Annulment, "kind", "register.fact.kind_needed")
	k.Need(f.DecisionNo != "" && len([]rune(f.DecisionNo)) <= 100, "decision_no", "register.fact.decision_needed")
	at, err := clock.ParseDate(f.DecisionDay)
	k.Need(err == nil, "decision_day", "form.bad_day")
	k.Need(err != nil || !at.After(now), "decision_day", "register.fact.day_ahead")
	k.Need(len([]rune(f.Reason)) <= dossier.MostSaid, "reason", "dossier.reason_long", "n", dossier.MostSaid)
	k.Need(f.Kind != Annulment || f.Reason != "", "reason", "dossier.reason_needed")
	k.Need(f.Kind != Correction || len(f.Changes) > 0 && len(f.Changes) <= mostChanged, "value", "register.fact.nothing_changed")
	return k.Err()
}

// Decide adds a fact to an entry: a correction lays values over what it says, an
// annulment ends it, frees its event and unlocks the person. It wants Register at the
// unit that holds the book now, and a fresh proof.
func (s *Service) Decide(ctx context.Context, who access.Actor, proof org.Proof, entry ident.ID, f FactForm) (Fact, error) {
	if err := who.Need(dossier.Register); err != nil {
		return Fact{}, err
	}
	if err := s.proved(who, proof); err != nil {
		return Fact{}, err
	}
	var made Fact
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := s.entryIn(ctx, tx, who, dossier.Register, entry)
		if err != nil {
			return err
		}
		made, err = s.decideIn(ctx, tx, who, proof, e, f)
		return err
	})
	return made, err
}

func (s *Service) decideIn(ctx context.Context, tx *db.Tx, who access.Actor, proof org.Proof, e Entry, f FactForm) (Fact, error) {
	now := s.now()
	if err := f.check(now); err != nil {
		return Fact{}, err
	}
	stand, err := standOf(ctx, tx, e)
	if err != nil {
		return Fact{}, err
	}
	if stand.Void != nil || stand.Annulled() {
		return Fact{}, fault.New(fault.Conflict, "register.fact.not_valid")
	}
	if err := clashNow(ctx, tx, who.ID, e.ID); err != nil {
		return Fact{}, err
	}
	if f.Changes, err = f.against(stand.Answers); err != nil {
		return Fact{}, err
	}
	made := Fact{ID: ident.New(now), Entry: e.ID, Seq: int64(len(stand.Facts)) + 1, Kind: f.Kind, DecisionNo: f.DecisionNo, DecisionDay: f.DecisionDay, Changes: f.Changes, Reason: f.Reason,
		At: now, By: who.ID, ByName: who.Name, Proof: proof.How()}
	if _, made.Hash, err = hashOf(struct {
		Entry, EntryHash string
		Fact             FactForm
		By               ident.ID
		At               time.Time
		Proof            string
	}{string(e.ID), e.Hash, f, who.ID, now, made.Proof}); err != nil {
		return made, err
	}
	if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
		return made, db.Sorted(err)
	}
	if f.Kind == Correction {
		return made, s.record(ctx, tx, who, e.Unit, e.ID, "dossier.register.corrected", map[string][2]any{"decision": {nil, f.DecisionNo}, "fields": {nil, len(f.Changes)}}, Corrected{e.event(made.ID)})
	}
	if err := release(ctx, tx, e.ID, now); err != nil {
		return made, err
	}
	if _, err := tx.NewRaw("UPDATE person_lock SET unlocked_at = ?, unlocked_by = ? WHERE entry = ? AND unlocked_at IS NULL", now, made.ID, e.ID).Exec(ctx); err != nil {
		return made, db.Sorted(err)
	}
	return made, s.record(ctx, tx, who, e.Unit, e.ID, "dossier.register.annulled", map[string][2]any{"decision": {nil, f.DecisionNo}}, Annulled{e.event(made.ID)})
}

// against keeps the changes that change something, each with what stood before.
func (f FactForm) against(now form.Answers) ([]Change, error) {
	if f.Kind == Annulment {
		return nil, nil
	}
	var out []Change
	var k fault.Check
	for _, c := range f.Changes {
		c.To = strings.Join(strings.Fields(fold.NFC(c.To)), " ")
		c.From = now[c.Field]
		k.Need(c.Field != "" && len(c.Field) <= 100 && len([]rune(c.To)) <= 1000, "value", "register.fact.value_wrong")
		if c.To != c.From {
			out = append(out, c)
		}
	}
	k.Need(len(out) > 0, "value", "register.fact.nothing_changed")
	return out, k.Err()
}

// clashNow stops whoever is a person of the entry or related to one.
func clashNow(ctx context.Context, tx *db.Tx, account, entry ident.ID) error {
	var rows []party
	if err := tx.NewSelect().Model(&rows).Where("rp.entry = ?", entry).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	mine, err := relativesOf(ctx, tx, account)
	if err != nil {
		return err
	}
	all := make([]Person, len(rows))
	for i, r := range rows {
		all[i] = Person{r.Role, r.Name, r.Born, r.PID}
	}
	if c, found := clash(mine, all); found {
		return ownRelative(c)
	}
	return nil
}

// Stand is what an entry says now.
type Stand struct {
	Facts   []Fact
	Void    *Void
	Answers form.Answers // the content with every correction laid over it
	First   form.Answers // as it was written
}

// Annulled tells whether a decision ended the entry.
func (s Stand) Annulled() bool {
	return len(s.Facts) > 0 && s.Facts[len(s.Facts)-1].Kind == Annulment
}

// Valid tells whether the entry says anything.
func (s Stand) Valid() bool { return s.Void == nil && !s.Annulled() }

func standOf(ctx context.Context, q bun.IDB, e Entry) (Stand, error) {
	var st Stand
	if err := q.NewSelect().Model(&st.Facts).Where("rf.entry = ?", e.ID).Order("rf.seq").Scan(ctx); err != nil {
		return st, db.Sorted(err)
	}
	var voids []Void
	if err := q.NewSelect().Model(&voids).Where("rv.entry = ?", e.ID).Scan(ctx); err != nil {
		return st, db.Sorted(err)
	}
	if len(voids) > 0 {
		st.Void = &voids[0]
	}
	c, err := contentOf(e)
	if err != nil {
		return st, err
	}
	st.First = form.Answers(c.Answers)
	st.Answers = maps.Clone(st.First)
	if st.Answers == nil {
		st.Answers = form.Answers{}
	}
	for _, f := range st.Facts {
		for _, c := range f.Changes {
			st.Answers[c.Field] = c.To
		}
	}
	return st, nil
}
