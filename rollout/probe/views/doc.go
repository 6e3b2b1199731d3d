// Package views holds the pages of programme gates.
package views
