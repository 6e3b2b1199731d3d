// Package hold watches the tickets of a wave that went live and says when there are
// more of them than a healthy go-live has. It is a pure engine: no database, no clock,
// the same input and seed give the same answer.
//
// Every go-live brings tickets, so nothing fixed can be a limit: a rule of three times
// the usual day stops every healthy wave. The expected curve (tickets per commune on
// its n-th working day since it went live) is learned from earlier waves. Against it
// runs a cumulative sum of Poisson log-likelihood ratios (Page's test): each day it
// grows by what speaks for Surge times the curve and shrinks by what speaks for the
// curve, never below nothing; tickets weigh by their priority. Beside it runs a chart of
// the whole wave: all its tickets so far against all that were expected, in standard
// deviations, early days held to more. Page's sum forgets, so it sees a surge that begins
// late; the whole wave forgets nothing, so it sees a smaller one that was there from the
// first day, which is how a go-live goes bad. When either reaches its limit the next wave
// is worth holding. The limits are no constants: they are chosen together by simulation, and the simulation learns its own curve from waves as few and as small as
// those that there were, so what is not known of the curve counts. Where earlier waves
// differ by more than chance, waves of the simulation differ as much.
//
// What always holds: the scores are never negative; with more tickets on a day they are
// never lower; a wave without tickets is never over.
package hold
