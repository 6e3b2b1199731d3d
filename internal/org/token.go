package org

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

// TokenPrefix begins every API token, so that a scanner of secrets knows one.
const TokenPrefix = "lt_"

// How long an API token may live, and does unless asked.
const (
	MaxTokenLife     = 366 * 24 * time.Hour
	DefaultTokenLife = 90 * 24 * time.Hour
)

// Token is an API token of an account. Scope is the rights that it carries of the
// account's, separated by spaces; empty means all of them.
type Token struct {
	bun.BaseModel `bun:"table:api_token,alias:tk"`
	ID            ident.ID  `bun:"id,pk"`
	Account       ident.ID  `bun:"account"`
	Name          string    `bun:"name"`
	Token         string    `bun:"token"` // hashed
	Scope         string    `bun:"scope"`
	CreatedAt     time.Time `bun:"created_at"`
	ExpiresAt     time.Time `bun:"expires_at"`
	UsedAt        time.Time `bun:"used_at,nullzero"`
}

// Perms are the rights that the token is limited to; nil means no limit.
func (t Token) Perms() []access.Perm {
	var ps []access.Perm
	for _, w := range strings.Fields(t.Scope) {
		ps = append(ps, access.Perm(w))
	}
	return ps
}

// NewToken is what is asked of an API token.
type NewToken struct {
	Name  string
	Scope []access.Perm // empty: all rights of the account
	Life  time.Duration // 0: DefaultTokenLife
}

// MakeToken makes an API token of the actor's own account. The secret is returned
// once and stored nowhere.
func (p *People) MakeToken(ctx context.Context, who access.Actor, in NewToken) (secret string, t Token, err error) {
	if err := who.Need(TokenOwn); err != nil {
		return "", Token{}, err
	}
	a, err := p.mine(ctx, who)
	if err != nil {
		return "", Token{}, err
	}
	return p.makeToken(ctx, who, who, a, in)
}

// MakeTokenFor makes an API token of another account: the command at the machine.
func (p *People) MakeTokenFor(ctx context.Context, who access.Actor, login string, in NewToken) (secret string, t Token, err error) {
	if err := who.Need(AccountManage); err != nil {
		return "", Token{}, err
	}
	a, err := accountByLogin(ctx, p.db.Read(), login)
	if err != nil {
		return "", Token{}, err
	}
	if a.State != Active {
		return "", Token{}, fault.New(fault.Conflict, "org.account.not_active")
	}
	if err := p.outranks(ctx, p.db.Read(), who, AccountManage, a); err != nil {
		return "", Token{}, err
	}
	holder, err := p.actor(ctx, p.db.Read(), a)
	if err != nil {
		return "", Token{}, err
	}
	return p.makeToken(ctx, who, holder, a, in)
}

func (p *People) makeToken(ctx context.Context, who, holder access.Actor, a Account, in NewToken) (string, Token, error) {
	in.Name = strings.Join(strings.Fields(fold.NFC(in.Name)), " ")
	if in.Life == 0 {
		in.Life = DefaultTokenLife
	}
	var k fault.Check
	k.Need(in.Name != "", "name", "org.token.name_needed")
	k.Need(utf8.RuneCountInString(in.Name) <= 80, "name", "org.token.name_long")
	k.Need(in.Life > 0 && in.Life <= MaxTokenLife, "days", "org.token.life", "max", int(MaxTokenLife/(24*time.Hour)))
	var scope []string
	for _, perm := range in.Scope {
		k.Need(holder.May(perm), "scope", "org.token.beyond", "right", string(perm))
		scope = append(scope, string(perm))
	}
	if err := k.Err(); err != nil {
		return "", Token{}, err
	}
	slices.Sort(scope)
	secret, hash := newSecret(TokenPrefix)
	now := p.machine.Now()
	t := Token{ID: ident.New(now), Account: a.ID, Name: in.Name, Token: hash, Scope: strings.Join(slices.Compact(scope), " "), CreatedAt: now, ExpiresAt: now.Add(in.Life)}
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&t).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "org.token.made", string(t.ID), map[string][2]any{
			"account": {nil, a.ID}, "scope": {nil, t.Scope}, "expires": {nil, t.ExpiresAt}}, trail.At(a.Unit))
	})
	if err != nil {
		return "", Token{}, err
	}
	return secret, t, nil
}

// Tokens are the actor's own API tokens, the newest first, ended ones included.
func (p *People) Tokens(ctx context.Context, who access.Actor) ([]Token, error) {
	if !who.SignedIn() {
		return nil, fault.New(fault.SignIn, "fault.sign_in")
	}
	var list []Token
	err := p.db.Read().NewSelect().Model(&list).Where("tk.account = ?", who.ID).Order("tk.id DESC").Limit(100).Scan(ctx)
	return list, db.Sorted(err)
}

// EndToken takes back one of the actor's own API tokens; the next request with it fails.
func (p *People) EndToken(ctx context.Context, who access.Actor, id ident.ID) error {
	if !who.SignedIn() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewDelete().Model((*Token)(nil)).Where("id = ? AND account = ?", id, who.ID).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.Missing, "fault.missing")
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.token.revoked", string(id), nil, trail.At(who.Home))
	})
}

// ByBearer is who an API token stands for, with the rights it carries; a stranger
// when it is unknown, has ended or its account is not active.
func (p *People) ByBearer(ctx context.Context, secret string) (access.Actor, error) {
	if !strings.HasPrefix(secret, TokenPrefix) {
		return access.Actor{}, nil
	}
	now := p.machine.Now()
	var ts []Token
	err := p.db.Read().NewSelect().Model(&ts).Where("tk.token = ?", secretHash(secret)).Where("tk.expires_at > ?", now).Scan(ctx)
	if err != nil || len(ts) == 0 {
		return access.Actor{}, db.Sorted(err)
	}
	t := ts[0]
	a, err := accountByID(ctx, p.db.Read(), t.Account)
	if err != nil || a.State != Active {
		return access.Actor{}, err
	}
	if now.Sub(t.UsedAt) >= touch {
		err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE api_token SET used_at = ? WHERE id = ?", now, t.ID).Exec(ctx)
			return db.Sorted(err)
		})
		if err != nil {
			return access.Actor{}, err
		}
	}
	who, err := p.actor(ctx, p.db.Read(), a)
	if perms := t.Perms(); err == nil && perms != nil && !a.MustChange {
		who = who.Only(perms...)
	}
	return who, err
}
