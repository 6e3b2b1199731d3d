// Package views shows what people said about how they were served.
package views
