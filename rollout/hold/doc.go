// Package hold watches the tickets of a wave that went live and says when there are
// more of them than a healthy go-live has. It is a pure engine: no database, no clock,
// the same input and seed give the same answer.
//
// Every go-live brings tickets, so nothing fixed can be a limit: a rule of three times
// the usual day stops every healthy wave. The expected curve (tickets per commune on
// its n-th working day since it went live) is learned from earlier waves. Against it
// runs a cumulative sum of Poisson log-likelihood ratios (Page's test): each day it
// grows by what speaks for Surge times the curve and shrinks by what speaks for the
// curve, never below nothing; tickets weigh by their priority. When it reaches the
// limit the next wave is worth holding. The limit is no constant: it is chosen by
// simulation, and the simulation learns its own curve from waves as few and as small as
// those that there were, so what is not known of the curve counts. Where earlier waves
// differ by more than chance, waves of the simulation differ as much.
//
// What always holds: the score is never negative; with more tickets on a day it is
// never lower; a wave without tickets is never over.
package hold
