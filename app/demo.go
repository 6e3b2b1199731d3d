package app

import "context"

// loadDemo lays down the demo when the store is new.
func (a *App) loadDemo(_ context.Context) error { return nil }
