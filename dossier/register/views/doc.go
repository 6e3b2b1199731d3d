// Package views shows register books, the leader's list and extracts.
package views
