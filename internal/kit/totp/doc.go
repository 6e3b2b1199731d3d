// Package totp makes and checks one-time codes of an authenticator application (RFC 6238
// over RFC 4226): HMAC-SHA-1, six digits, steps of thirty seconds, which is what every
// such application speaks.
//
// A code is right for its own step and one step either side, for clocks that differ. Match
// says for which step it was right, so that whoever keeps the last used step never takes
// the same code twice.
package totp
