// Package views holds the pages of changes of units.
package views
