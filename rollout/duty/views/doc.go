// Package views holds the pages of who can be called at a commune.
package views
