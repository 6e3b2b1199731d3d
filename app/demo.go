package app

import "context"

// loadDemo lays down the demo when the store is new.
func (a *App) loadDemo(ctx context.Context) error { return a.demoPeople(ctx) }
