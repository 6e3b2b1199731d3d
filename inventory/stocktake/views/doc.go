// Package views holds the pages of the stock-take.
package views
