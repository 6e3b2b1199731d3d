// Package views shows practice.
package views
