// Lộ Trình brings online public services to every commune of a city: one binary
// with the site, the API, the schedules and the commands of its administrators.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"lotrinh/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := app.Command(ctx, os.Args[1:], app.Terminal{Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(), Alone: true})
	stop()
	os.Exit(code)
}
