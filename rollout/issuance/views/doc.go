// Package views holds the pages of the room that issues accounts.
package views
