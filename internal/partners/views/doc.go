// Package views are the pages of the offices outside.
package views
