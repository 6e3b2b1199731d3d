package rollout

import (
	"cmp"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// PastCriterion is how a criterion was asked until a moment, and who changed it then and
// why. Lines are never altered, so what was judged before stays what it was.
type PastCriterion struct {
	bun.BaseModel `bun:"table:rollout_criterion_past,alias:cp"`
	ID            ident.ID  `bun:"id,pk"`
	Programme     ident.ID  `bun:"programme"`
	Phase         ident.ID  `bun:"phase"`
	Ordinal       int       `bun:"ordinal"`
	Key           string    `bun:"key"`
	Title         string    `bun:"title"`
	TitleEN       string    `bun:"title_en"`
	Source        Source    `bun:"source"`
	Evidence      string    `bun:"evidence"`
	Must          bool      `bun:"must"`
	Stage         Stage     `bun:"stage"`
	TTLDays       int       `bun:"ttl_days"`
	Since         time.Time `bun:"since"`
	EndedAt       time.Time `bun:"ended_at"`
	Act           string    `bun:"act"` // CriterionChanged or CriterionWithdrawn
	Reason        string    `bun:"reason"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
}

// What became of a criterion.
const (
	CriterionAdded     = "added"
	CriterionChanged   = "changed"
	CriterionWithdrawn = "withdrawn"
)

// asked is the criterion as it was asked then.
func (p PastCriterion) asked() Criterion {
	return Criterion{Programme: p.Programme, Phase: p.Phase, Ordinal: p.Ordinal, Key: p.Key, Title: p.Title, TitleEN: p.TitleEN, Source: p.Source,
		Evidence: p.Evidence, Must: p.Must, Stage: p.Stage, TTLDays: p.TTLDays, Since: p.Since}
}

// past is the line that keeps how a criterion was asked until a moment.
func (c Criterion) past(at time.Time, act, reason, actor, name string) PastCriterion {
	return PastCriterion{ID: ident.New(at), Programme: c.Programme, Phase: c.Phase, Ordinal: c.Ordinal, Key: c.Key, Title: c.Title, TitleEN: c.TitleEN,
		Source: c.Source, Evidence: c.Evidence, Must: c.Must, Stage: c.Stage, TTLDays: c.TTLDays, Since: c.Since, EndedAt: at,
		Act: act, Reason: reason, Actor: actor, ActorName: name}
}

// sameAsked tells whether two criteria ask the same.
func sameAsked(a, b Criterion) bool {
	return a.Title == b.Title && a.TitleEN == b.TitleEN && a.Source == b.Source && a.Evidence == b.Evidence && a.Must == b.Must &&
		a.Stage == b.Stage && a.TTLDays == b.TTLDays
}

// edition is the checklist of a phase from a moment until the next edition.
type edition struct {
	from time.Time
	list []Criterion
}

// editionsOf is the checklist of each phase from moment to moment.
func editionsOf(now []Criterion, before []PastCriterion) map[ident.ID][]edition {
	type spell struct {
		Criterion
		until time.Time // zero: still asked
	}
	all := map[ident.ID][]spell{}
	for _, c := range now {
		all[c.Phase] = append(all[c.Phase], spell{Criterion: c})
	}
	for _, p := range before {
		all[p.Phase] = append(all[p.Phase], spell{p.asked(), p.EndedAt})
	}
	out := make(map[ident.ID][]edition, len(all))
	for phase, spells := range all {
		var turns []time.Time
		for _, s := range spells {
			turns = append(turns, s.Since)
			if !s.until.IsZero() {
				turns = append(turns, s.until)
			}
		}
		slices.SortFunc(turns, time.Time.Compare)
		turns = slices.CompactFunc(turns, time.Time.Equal)
		for _, at := range turns {
			e := edition{from: at}
			for _, s := range spells {
				if !s.Since.After(at) && (s.until.IsZero() || s.until.After(at)) {
					e.list = append(e.list, s.Criterion)
				}
			}
			slices.SortStableFunc(e.list, func(a, b Criterion) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
			out[phase] = append(out[phase], e)
		}
	}
	return out
}

// asked is the checklist of a phase as it was at a moment; nothing was asked before the
// first edition.
func (b *book) asked(phase ident.ID, at time.Time) []Criterion { return askedAt(b.editions[phase], at) }

func askedAt(all []edition, at time.Time) []Criterion {
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].from.After(at) {
			return all[i].list
		}
	}
	return nil
}
