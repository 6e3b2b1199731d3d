package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"lotrinh/dossier/exchange"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime/calstore"
)

// openExchange builds the dealings of dossiers with other offices.
func (h *House) openExchange(d *dossiers) {
	web := post.NewWeb(h.Config.exchangeHosts())
	d.Exchange = exchange.New(exchange.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Dossiers: d.Service, Calendars: h.Calendars, Calendar: calstore.Office,
		Words: h.Words, Log: h.Log, BaseURL: h.Config.BaseURL, Line: web, CheckAddress: web.CheckAddress, Key: h.sealKey(), OldKey: h.signs, Entry: d.entry})
	h.Imports.Register(d.Exchange.AckSpec())
	h.exchangeMetrics(d.Exchange)
}

// entry is an entry of a register as other offices are told of it.
func (d *dossiers) entry(ctx context.Context, tx *db.Tx, entry, fact ident.ID) (exchange.Entry, error) {
	r, err := d.Registers.Told(ctx, tx, entry, fact)
	return exchange.Entry{Book: r.Book, Number: r.Number, Day: r.Day, Officer: r.Officer, Decision: r.Decision, Answers: r.Answers}, err
}

// exchangeHosts are the hosts that connectors to other offices may reach.
func (c Config) exchangeHosts() []string {
	var out []string
	for _, host := range strings.Split(c.ExchangeHosts, ",") {
		if host = strings.TrimSpace(host); host != "" {
			out = append(out, host)
		}
	}
	return out
}

// exchangeMetrics let those who watch see what waits for other offices and what came of it.
func (h *House) exchangeMetrics(x *exchange.Service) {
	for _, w := range []struct{ name, help, query string }{
		{"lotrinh_exchange_waiting", "Messages that wait for other offices.", "SELECT count(*) FROM exchange_message WHERE state IN ('waiting', 'sending')"},
		{"lotrinh_exchange_dead", "Messages to other offices that were given up.", "SELECT count(*) FROM exchange_message WHERE state = 'dead'"},
		{"lotrinh_exchange_differences", "Differences with other offices that nobody has decided.", "SELECT count(*) FROM exchange_difference WHERE state = 'open'"},
		{"lotrinh_exchange_aside", "Messages of other offices that were kept aside.", "SELECT count(*) FROM exchange_inbox WHERE state IN ('parked', 'quarantined', 'refused')"},
	} {
		h.metrics.gauge(w.name, w.help, func(ctx context.Context) (float64, error) {
			var n int64
			err := h.DB.Read().NewRaw(w.query).Scan(ctx, &n)
			return float64(n), err
		})
	}
	h.metrics.gauge("lotrinh_exchange_offices_down", "Offices that are left alone because they do not answer.", func(ctx context.Context) (float64, error) {
		all, err := x.Post.Partners(ctx)
		down := slices.DeleteFunc(all, func(p post.Partner) bool { return !p.Broken(h.Machine.Now()) })
		return float64(len(down)), err
	})
	for _, outcome := range []string{"sent", "unknown", post.Dead, post.Applied, "duplicate", post.OtherBody, post.Parked, post.Quarantined, post.Refused} {
		h.metrics.counter("lotrinh_exchange_total", "What came of messages between offices.", map[string]string{"outcome": outcome}, func() float64 { return float64(x.Post.Count(outcome)) })
	}
}

// exchangeRoutes declares the routes of the exchange.
func (a *App) exchangeRoutes(r *httpx.Router) { a.Dossiers.Exchange.Routes(r, a.Site) }

// exchangeChores is the work of the exchange that comes round: every office has a turn of
// its own, so that one that answers slowly keeps no other waiting.
func (a *App) exchangeChores() []chore {
	all := []chore{{"exchange", time.Second, a.Dossiers.Exchange.Settle}}
	for _, office := range exchange.Offices {
		all = append(all, chore{"exchange with " + office, time.Second, func(ctx context.Context) error { return a.Dossiers.Exchange.Post.Serve(ctx, office) }})
	}
	return append(all, chore{"comparison of ledgers", 10 * time.Minute, a.Dossiers.Exchange.Post.Reconcile})
}
