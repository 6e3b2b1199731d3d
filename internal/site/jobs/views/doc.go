// Package views holds the pages of long work.
package views
