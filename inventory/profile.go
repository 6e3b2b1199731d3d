package inventory

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory/readiness"
)

//go:embed profiles/*.json
var shipped embed.FS

// The states of a version of a profile.
const (
	Drafted   = "draft"
	Published = "published"
)

// Profile is a version of what a phase asks of a commune's equipment. Once
// published it never changes; the newest published revision of a code applies, until
// the day from which it is withdrawn.
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
	Said          string    `bun:"said"` // why this version
	MadeAt        time.Time `bun:"made_at"`
	MadeBy        ident.ID  `bun:"made_by"`
	PublishedAt   time.Time `bun:"published_at,nullzero"`
	PublishedBy   ident.ID  `bun:"published_by"`
	EndsAt        time.Time `bun:"ends_at,nullzero"` // from when on it does not apply; zero: it is not withdrawn
	EndedBy       ident.ID  `bun:"ended_by"`
	EndedSaid     string    `bun:"ended_said"`
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

// Draft is what the profile asks, as it is written and exported.
func (p Profile) Draft() (ProfileDraft, error) {
	lines, err := p.Lines()
	return ProfileDraft{Code: p.Code, TitleVI: p.TitleVI, TitleEN: p.TitleEN, Phase: p.Phase, Said: p.Said, Lines: lines}, err
}

// put takes over what was written.
func (p *Profile) put(d ProfileDraft) error {
	raw, err := stored(orNone(d.Lines))
	p.TitleVI, p.TitleEN, p.Phase, p.Said, p.LinesJSON = d.TitleVI, d.TitleEN, d.Phase, d.Said, raw
	return err
}

// Publish makes a new revision of a profile and lets it apply from now on. The
// readiness of every unit is computed anew afterwards, by Rebuild.
func (s *Service) Publish(ctx context.Context, who access.Actor, d ProfileDraft) (Profile, error) {
	if err := who.Need(Publish); err != nil {
		return Profile{}, err
	}
	if err := d.check(true); err != nil {
		return Profile{}, err
	}
	var p Profile
	return p, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if p, err = s.draftIn(ctx, tx, who, d); err != nil {
			return err
		}
		return s.publishIn(ctx, tx, who, &p)
	})
}

// publishIn lets a draft apply from now on.
func (s *Service) publishIn(ctx context.Context, tx *db.Tx, who access.Actor, p *Profile) error {
	now := s.clock.Now()
	version := p.Version
	p.State, p.PublishedAt, p.PublishedBy, p.Version = Published, now, who.ID, version+1
	err := db.Changed(tx.NewUpdate().Model(p).Column("state", "published_at", "published_by", "version").
		Where("id = ?", p.ID).Where("version = ?", version).Where("state = ?", Drafted).Exec(ctx))
	if err != nil {
		return err
	}
	if err := outbox.Write(ctx, tx, now, ProfilePublished{ID: p.ID, Code: p.Code, Revision: p.Revision, Phase: p.Phase, By: who.ID}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "inventory.profile.published", string(p.ID), map[string][2]any{"code": {nil, p.Code}, "revision": {nil, p.Revision}})
}

// Seed publishes the profiles that ship with the product, when the store has none.
func (s *Service) Seed(ctx context.Context) error {
	have, err := s.db.Read().NewSelect().Model((*Profile)(nil)).Where("rp.state = ?", Published).Exists(ctx)
	if err != nil || have {
		return db.Sorted(err)
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

// InForce tells whether the version, the newest published one of its code, applies at
// a moment.
func (p Profile) InForce(at time.Time) bool {
	return p.State == Published && (p.EndsAt.IsZero() || at.Before(p.EndsAt))
}

// Profiles are the profiles in force: the newest published revision of each code.
func (s *Service) Profiles(ctx context.Context, who access.Actor) ([]Profile, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	return profiles(ctx, s.db.Read(), s.clock.Now())
}

// profiles are those in force at a moment.
func profiles(ctx context.Context, q bun.IDB, at time.Time) ([]Profile, error) {
	var rows []Profile
	err := q.NewSelect().Model(&rows).Where("rp.state = 'published'").
		Where("NOT EXISTS (SELECT 1 FROM requirement_profile AS newer WHERE newer.code = rp.code AND newer.state = 'published' AND newer.revision > rp.revision)").
		Where("(rp.ends_at IS NULL OR rp.ends_at > ?)", at).Order("rp.code").Scan(ctx)
	return rows, db.Sorted(err)
}

// factName names a fact in a sentence.
func factName(name string) i18n.Key { return i18n.Key("inventory.fact." + name) }
