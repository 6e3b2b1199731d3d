// Package views shows provisional tickets.
package views
