// Package views holds the pages of declarations by phone.
package views
