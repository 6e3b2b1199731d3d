// Package views is what the intake of inventory agents shows.
package views
