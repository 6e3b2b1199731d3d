// Package views holds the pages of what lies ahead of a rollout.
package views
