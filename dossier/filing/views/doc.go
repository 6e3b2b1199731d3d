// Package views holds the citizens' pages of filing and following.
package views
