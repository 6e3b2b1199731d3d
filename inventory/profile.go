package inventory

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory/readiness"
)

//go:embed profiles/*.json
var shipped embed.FS

// Profile is a version of what a phase asks of a commune's equipment. Once
// published it never changes; the newest published revision of a code applies.
type Profile struct {
	bun.BaseModel `bun:"table:requirement_profile,alias:rp"`
	ID            ident.ID  `bun:"id,pk"`
	Code          string    `bun:"code"`
	Revision      int64     `bun:"revision"`
	TitleVI       string    `bun:"title_vi"`
	TitleEN       string    `bun:"title_en"`
	Phase         string    `bun:"phase"` // empty: every commune
	State         string    `bun:"state"` // draft, published
	LinesJSON     string    `bun:"lines"`
	MadeAt        time.Time `bun:"made_at"`
	PublishedAt   time.Time `bun:"published_at,nullzero"`
	PublishedBy   ident.ID  `bun:"published_by"`
	Version       int64     `bun:"version"`
}

// Title is the profile's name in a language.
func (p Profile) Title(t i18n.T) string {
	if t.Lang == i18n.EN {
		return p.TitleEN
	}
	return p.TitleVI
}

// Lines are what the profile asks for.
func (p Profile) Lines() ([]readiness.Line, error) {
	var out []readiness.Line
	if err := json.Unmarshal([]byte(p.LinesJSON), &out); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return out, nil
}

// ProfileDraft is a profile before it is published.
type ProfileDraft struct {
	Code    string           `json:"code"`
	TitleVI string           `json:"title_vi"`
	TitleEN string           `json:"title_en"`
	Phase   string           `json:"phase,omitempty"`
	Lines   []readiness.Line `json:"lines"`
}

func (d ProfileDraft) check() error {
	var k fault.Check
	k.Need(d.Code != "" && len(d.Code) <= 60, "code", "inventory.profile.code_needed")
	k.Need(d.TitleVI != "" && d.TitleEN != "", "title", "inventory.profile.title_needed")
	k.Need(len(d.Lines) > 0, "lines", "inventory.profile.lines_needed")
	for _, l := range d.Lines {
		k.Need(slices.Contains(Kinds, Kind(l.Kind)), "lines", "inventory.form.kind_needed")
		k.Need(l.Quantity >= 1 && l.Quantity <= 1000, "lines", "inventory.form.count_bad")
		k.Need(len(l.Predicates) > 0 || l.MaxAge > 0, "lines", "inventory.profile.age_needed")
		for _, p := range l.Predicates {
			f, ok := infoOf(p.Fact)
			ok = ok && slices.Contains(f.kinds, Kind(l.Kind)) && slices.Contains([]readiness.Op{readiness.AtLeast, readiness.AtMost, readiness.Is, readiness.VersionFrom}, p.Op)
			k.Need(ok && p.Value != "" && p.Tolerance >= 0 && p.Tolerance < 100 && p.MaxAge >= 0, "lines", "inventory.profile.predicate_bad", "fact", p.Fact)
		}
	}
	return k.Err()
}

// Publish makes a new revision of a profile and lets it apply from now on. The
// readiness of every unit is computed anew afterwards, by Rebuild.
func (s *Service) Publish(ctx context.Context, who access.Actor, d ProfileDraft) (Profile, error) {
	if err := who.Need(Publish); err != nil {
		return Profile{}, err
	}
	if err := d.check(); err != nil {
		return Profile{}, err
	}
	raw, err := json.Marshal(d.Lines)
	if err != nil {
		return Profile{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	now := s.clock.Now()
	p := Profile{ID: ident.New(now), Code: d.Code, TitleVI: d.TitleVI, TitleEN: d.TitleEN, Phase: d.Phase, State: "published",
		LinesJSON: string(raw), MadeAt: now, PublishedAt: now, PublishedBy: who.ID, Version: 1}
	return p, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var last int64
		err := tx.NewRaw("SELECT COALESCE(MAX(revision), 0) FROM requirement_profile WHERE code = ?", p.Code).Scan(ctx, &last)
		if err != nil {
			return db.Sorted(err)
		}
		p.Revision = last + 1
		if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "inventory.profile.published", string(p.ID), map[string][2]any{"code": {nil, p.Code}, "revision": {last, p.Revision}})
	})
}

// Seed publishes the profiles that ship with the product, when the store has none.
func (s *Service) Seed(ctx context.Context) error {
	have, err := profiles(ctx, s.db.Read())
	if err != nil || len(have) > 0 {
		return err
	}
	names, err := fs.Glob(shipped, "profiles/*.json")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := shipped.ReadFile(name)
		if err != nil {
			return err
		}
		var d ProfileDraft
		if err := json.Unmarshal(raw, &d); err != nil {
			return err
		}
		if _, err := s.Publish(ctx, access.System("inventory"), d); err != nil {
			return err
		}
	}
	return nil
}

// Profiles are the profiles in force: the newest published revision of each code.
func (s *Service) Profiles(ctx context.Context, who access.Actor) ([]Profile, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	return profiles(ctx, s.db.Read())
}

func profiles(ctx context.Context, q bun.IDB) ([]Profile, error) {
	var rows []Profile
	err := q.NewSelect().Model(&rows).Where("rp.state = 'published'").
		Where("NOT EXISTS (SELECT 1 FROM requirement_profile AS newer WHERE newer.code = rp.code AND newer.state = 'published' AND newer.revision > rp.revision)").
		Order("rp.code").Scan(ctx)
	return rows, db.Sorted(err)
}
