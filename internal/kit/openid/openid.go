package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lotrinh/internal/kit/fault"
)

// Config is the house that vouches and what it knows us by.
type Config struct {
	Issuer   string // https://…, as its discovery document says it
	ClientID string
	Secret   string
	Redirect string // our address to come back to
}

// Client asks one house.
type Client struct {
	conf Config
	now  func() time.Time
	http *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
}

// patience is how long the other house may take for one answer.
const patience = 10 * time.Second

// New is a client; the other house is asked for nothing before somebody wants to sign in,
// so it need not be up when we start.
func New(c Config, now func() time.Time) *Client {
	return &Client{conf: c, now: now, http: &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Issuer names the house.
func (c *Client) Issuer() string { return c.conf.Issuer }

// Flight is somebody on the way: what must come back as it went out.
type Flight struct{ State, Nonce, Verifier string }

// Identity is what the other house vouches for. Issuer and Subject name a person for good;
// an address may be given to another one day.
type Identity struct {
	Issuer, Subject, Email string
	EmailVerified          bool
}

// found is the other house as its discovery document describes it; a failure is not
// remembered.
func (c *Client) found(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.provider != nil {
		return c.provider, nil
	}
	// Keys are fetched later with this context: it must not end with the request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), c.http), c.conf.Issuer)
	if err != nil {
		return nil, fault.Because(fault.Unavailable, "openid.unreachable", err)
	}
	c.provider = p
	return p, nil
}

func (c *Client) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: c.conf.ClientID, ClientSecret: c.conf.Secret, Endpoint: p.Endpoint(), RedirectURL: c.conf.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}
}

// Begin is where to send somebody, and what to keep until they are back.
func (c *Client) Begin(ctx context.Context) (Flight, string, error) {
	p, err := c.found(ctx)
	if err != nil {
		return Flight{}, "", err
	}
	f := Flight{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return f, c.oauth(p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

// Finish trades the code that somebody came back with for who they are. Whatever does not
// hold is SignIn, with the cause for the log.
func (c *Client) Finish(ctx context.Context, f Flight, code string) (Identity, error) {
	p, err := c.found(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := c.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Identity{}, refused(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, refused(errors.New("openid: no ID token"))
	}
	id, err := p.Verifier(&oidc.Config{ClientID: c.conf.ClientID, Now: c.now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, refused(err)
	}
	if f.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return Identity{}, refused(errors.New("openid: another nonce"))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, refused(err)
	}
	if id.Subject == "" {
		return Identity{}, refused(errors.New("openid: nobody is named"))
	}
	return Identity{Issuer: id.Issuer, Subject: id.Subject, Email: strings.ToLower(claims.Email), EmailVerified: claims.Verified}, nil
}

func refused(err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) { // its text may repeat what was sent
		err = errors.New("openid: the token endpoint answers " + answer.ErrorCode)
	}
	return fault.Because(fault.SignIn, "openid.refused", err)
}
