// Package views shows the way from a gap to the counter.
package views
