// Package openid lets people sign in at another house that vouches for them: OpenID
// Connect, authorization code flow with PKCE (RFC 7636), state and nonce. It speaks the
// protocol and keeps nothing: whoever asks keeps a Flight between going out and coming
// back, for one browser and one use.
//
// An Identity is only ever read from an ID token whose signature, issuer, audience, times
// and nonce hold.
package openid
