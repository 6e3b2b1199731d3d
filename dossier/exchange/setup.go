package exchange

import (
	"context"
	"slices"
	"strings"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/wire"
)

// Setup is what an administrator says of an office. An empty Secret keeps the one that is
// there; a new one leaves the old one valid for what is on its way, until Forget.
type Setup struct {
	Mode, Endpoint, Source     string
	Secret                     string
	Forget                     bool
	Pull                       bool
	ReceivedHours, ResultHours int64
	Ver                        int64
}

// SetUp changes how an office is reached. It wants Configure; the trail says that a secret
// was changed and never which.
func (s *Service) SetUp(ctx context.Context, who access.Actor, code string, f Setup) error {
	if err := everywhere(who, dossier.Configure); err != nil {
		return err
	}
	f.Endpoint, f.Source, f.Secret = strings.TrimSuffix(strings.TrimSpace(f.Endpoint), "/"), strings.TrimSpace(f.Source), strings.TrimSpace(f.Secret)
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var p post.Partner
		if err := tx.NewSelect().Model(&p).Where("xp.code = ?", code).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if p.Ver != f.Ver {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		if err := s.checkSetup(f, p); err != nil {
			return err
		}
		was := p
		p.Mode, p.Endpoint, p.Source, p.Pull = f.Mode, f.Endpoint, f.Source, f.Pull
		p.ReceivedMinutes, p.ResultMinutes = f.ReceivedHours*60, f.ResultHours*60
		if f.Secret != "" {
			sealed, err := s.Post.Seal(code, f.Secret)
			if err != nil {
				return err
			}
			p.Secret, p.SecretBefore = sealed, p.Secret
		}
		if f.Forget {
			p.SecretBefore = ""
		}
		p.Failures, p.OpenUntil, p.Problem, p.Ver = 0, time.Time{}, "", p.Ver+1
		if err := db.Changed(tx.NewUpdate().Model(&p).ExcludeColumn("code", "answered_at", "place").Where("code = ?", code).Where("ver = ?", f.Ver).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.exchange.set_up", code, map[string][2]any{
			"mode": {was.Mode, p.Mode}, "endpoint": {was.Endpoint, p.Endpoint}, "source": {was.Source, p.Source}, "pull": {was.Pull, p.Pull},
			"secret_changed": {nil, f.Secret != ""}, "secret_forgotten": {nil, f.Forget}})
	})
}

// mostHours is the longest time that an office is given, in working hours.
const mostHours = 2000

func (s *Service) checkSetup(f Setup, p post.Partner) error {
	var k fault.Check
	k.Need(slices.Contains(post.Modes, f.Mode), "mode", "exchange.mode_needed")
	if f.Endpoint != "" || f.Mode == post.ByHTTP {
		if err := s.CheckAddress(f.Endpoint); err != nil {
			one := fault.Of(err)
			k.Need(false, "endpoint", one.Key, one.Args...)
		}
	}
	if f.Secret != "" {
		_, err := wire.ReadSecret(f.Secret)
		k.Need(err == nil, "secret", "exchange.secret_form")
	}
	k.Need(f.Mode != post.ByHTTP || f.Secret != "" || p.Secret != "", "secret", "exchange.secret_needed")
	k.Need(len(f.Source) <= 200, "source", "exchange.source_long")
	k.Need(f.ReceivedHours >= 1 && f.ReceivedHours <= mostHours, "received_hours", "exchange.hours_needed", "max", mostHours)
	k.Need(f.ResultHours >= 1 && f.ResultHours <= mostHours, "result_hours", "exchange.hours_needed", "max", mostHours)
	return k.Err()
}

// Connect points the offices at addresses with secrets: the demo's, whose offices are made
// anew at every start.
func (s *Service) Connect(ctx context.Context, endpoint, source, secret map[string]string) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for code, at := range endpoint {
			sealed, err := s.Post.Seal(code, secret[code])
			if err != nil {
				return err
			}
			err = db.Changed(tx.NewUpdate().Model((*post.Partner)(nil)).Set("mode = ?", post.ByHTTP).Set("endpoint = ?", at).Set("source = ?", source[code]).Set("secret = ?", sealed).Set("secret_before = ''").
				Set("failures = 0").Set("open_until = NULL").Set("problem = ''").Set("ver = ver + 1").Where("code = ?", code).Exec(ctx))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
