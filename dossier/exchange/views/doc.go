// Package views are the pages of the exchange.
package views
