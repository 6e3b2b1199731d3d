package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
)

// App is a house that serves.
type App struct {
	*House
	Site     *site.Site
	server   *httpx.Server
	work     *clockwork
	listener net.Listener
	served   chan error
	memory   atomic.Int64 // the collector's soft limit as we set it
}

// Listen takes the address that the settings name, before anything is told of it. Where
// the machine is to choose the port and nobody has said under which address people come,
// the settings that it gives back say the one that was chosen: other offices, text
// messages and slips lead there.
func Listen(conf Config) (net.Listener, Config, error) {
	l, err := net.Listen("tcp", conf.Addr) //nolint:noctx // closed by Stop
	if err != nil {
		return nil, conf, err
	}
	if _, port, err := net.SplitHostPort(conf.Addr); err == nil && port == "0" && conf.BaseURL == "http://"+conf.Addr {
		conf.BaseURL = "http://" + l.Addr().String()
	}
	return l, conf, nil
}

// Start opens the house, its chores and its door behind a listener of Listen, which is
// closed when that fails. The caller stops it.
func Start(ctx context.Context, conf Config, l net.Listener, machine clock.Clock, log *slog.Logger) (*App, error) {
	h, err := Open(ctx, conf, machine, log)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	a := &App{House: h, listener: l, served: make(chan error, 1)}
	if err := a.start(ctx); err != nil {
		return nil, errors.Join(err, l.Close(), h.Close())
	}
	return a, nil
}

func (a *App) start(ctx context.Context) error {
	if err := a.saveMemory(ctx); err != nil {
		return err
	}
	if a.Config.Demo {
		if err := a.loadDemo(ctx); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if err := a.door(); err != nil {
		return err
	}
	var err error
	if a.work, err = startClockwork(a.Log, append(a.chores(), a.fieldChores()...)); err != nil {
		return err
	}
	go func() { a.served <- a.server.Serve(a.listener) }()
	return nil
}

// door builds the HTTP edge with every route of the house.
func (a *App) door() error {
	a.Site = &site.Site{Nav: navigation(), Business: a.Business, Demo: a.Config.Demo, Hotline: a.Config.Hotline, Live: a.listens, SwitchKeys: a.People.SwitchKeys}
	a.server = httpx.New(httpx.Config{
		BaseURL: a.Config.BaseURL, TrustedProxies: a.Config.proxies(), Identity: a.People, Catalog: a.Words,
		DB: a.DB, Clock: a.Machine, Log: a.Log, ErrorPage: a.Site.ErrorPage, Seen: a.metrics.request,
	})
	return a.routes(a.server.Router)
}

// URL is the address that it answers at.
func (a *App) URL() string { return "http://" + a.listener.Addr().String() }

// Routes are all declared routes.
func (a *App) Routes() []httpx.Route { return a.server.Routes() }

// Stop closes from the street inwards: door, chores, store. A door that had not begun
// to serve does not wait for a first visitor, so its listener is closed as well.
func (a *App) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	a.Live.Close()
	err := errors.Join(a.server.Stop(ctx), closed(a.listener.Close()), closed(<-a.served))
	err = errors.Join(err, a.work.stop())
	a.Desk.Mail.Stop()
	return errors.Join(err, a.standStill(ctx), a.Close())
}

// closed forgives that a listener is closed already.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
