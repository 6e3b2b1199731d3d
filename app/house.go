// Package app puts the house together: settings, wiring, the bridges between areas
// that do not know each other, the chores that come round, the commands.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/live"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/org/succession"
	"lotrinh/migrations"
	"lotrinh/reports"
	"lotrinh/reports/board"
	"lotrinh/reports/delivery"
	"lotrinh/reports/gallery"
	"lotrinh/reports/measure"
	"lotrinh/rollout"
	communeduty "lotrinh/rollout/duty"
	"lotrinh/rollout/issuance"
	"lotrinh/rollout/outlook"
	"lotrinh/rollout/probe"
	"lotrinh/rollout/schedule"
	"lotrinh/rollout/services"
	"lotrinh/rollout/training"
)

// House is everything but the street: the store, the services and how they know each
// other. Commands open one beside a running server; App serves one.
type House struct {
	Config   Config
	Log      *slog.Logger
	DB       *db.DB
	Machine  clock.Clock
	Business *clock.Shifted
	Words    *i18n.Catalog

	Units     *org.Units
	People    *org.People
	Calendars *calstore.Store
	Files     *files.Store
	Jobs      *job.Jobs
	Sender    *notify.Sender
	Events    *outbox.Dispatcher
	Imports   *importer.Importer
	Live      *live.Hub

	Rollout     *rollout.Service
	Training    *training.Service
	Services    *services.Service
	Accounts    *issuance.Service
	CommuneDuty *communeduty.Service
	Schedule    *schedule.Service
	Gates       *probe.Service
	Outlook     *outlook.Service
	Follow      follow
	Watch       watch
	Inventory   *stock
	Desk        *desk
	Dossiers    *dossiers
	Reports     *reports.Service
	Gallery     *gallery.Service
	Delivery    *delivery.Service
	Boards      *board.Service
	Measures    *measure.Service
	Map         *succession.Service // changes of units

	signs    signed.Key // links and moments that only this house can have made
	books    books
	migrated []string
	metrics  *metrics
}

// Open opens the store, brings its schema up, loads what the product ships (units,
// calendars) and builds the services in the order in which they need each other.
func Open(ctx context.Context, conf Config, machine clock.Clock, log *slog.Logger) (*House, error) {
	words, err := Words()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, db.Config{File: conf.file(), URL: conf.DatabaseURL, Log: log})
	if err != nil {
		return nil, err
	}
	h := &House{Config: conf, Log: log, DB: d, Machine: machine, Words: words, metrics: newMetrics(d)}
	d.Watch(h.metrics.query)
	if err := h.build(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return h, nil
}

func (h *House) build(ctx context.Context) error {
	var err error
	if h.migrated, err = h.DB.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	if h.Config.Demo {
		if err := h.claimForDemo(ctx); err != nil {
			return err
		}
	}
	if h.Business, err = businessClock(ctx, h.DB, h.Machine, h.Config.Demo); err != nil {
		return err
	}
	h.Units = org.NewUnits(h.DB, h.Machine)
	if _, err := h.Units.LoadBuiltIn(ctx); err != nil {
		return err
	}
	h.Calendars = calstore.New(h.DB, h.Machine)
	if err := h.Calendars.Seed(ctx, h.Business.Now()); err != nil {
		return err
	}
	h.People = org.NewPeople(h.DB, h.Units, h.Business, h.Machine, Policy, letters{}, h.Log)
	blobs, err := files.Folder(h.Config.filesFolder())
	if err != nil {
		return err
	}
	h.Files = files.New(h.DB, h.Machine, blobs)
	h.Jobs = job.New(h.DB, h.Machine, h.Log, h.People.ActorOf)
	if h.Sender, err = h.sender(); err != nil {
		return err
	}
	h.Live = live.New(h.DB, h.Machine, h.Log)
	h.metrics.gauge("lotrinh_live_streams", "Open pages that are told what happens now.", func(context.Context) (float64, error) { return float64(h.Live.Listening()), nil })
	return h.areas(ctx)
}

func (h *House) sender() (*notify.Sender, error) {
	s := &notify.Sender{
		DB: h.DB, Clock: h.Machine, Log: h.Log, Words: h.Words, People: h.People,
		Hours: officeHours{h.Calendars, h.Business}, BaseURL: h.Config.BaseURL,
		Kinds: noticeKinds, Texts: noticeTexts(), Settled: h.metrics.settled,
		Content: func(hash string) (io.ReadSeekCloser, error) { return h.Files.Content(hash) },
	}
	if h.Config.SMTPURL != "" {
		post, err := notify.OpenSMTP(h.Config.SMTPURL, h.Config.MailFrom)
		if err != nil {
			return nil, fmt.Errorf("--smtp-url: %w", err)
		}
		s.Post = post
	}
	if h.Config.SMSURL != "" {
		gate, err := notify.OpenKannel(h.Config.SMSURL)
		if err != nil {
			return nil, fmt.Errorf("--sms-url: %w", err)
		}
		s.Gate = gate
	}
	return s, nil
}

// Close closes the store.
func (h *House) Close() error { return h.DB.Close() }

// actor is who acts when the product itself does.
func (h *House) actor(name string) access.Actor { return access.System(name) }
