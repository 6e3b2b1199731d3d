// Package views holds the pages of installing software on PCs.
package views
