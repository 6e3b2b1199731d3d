// Package views shows the figures of dossiers.
package views
