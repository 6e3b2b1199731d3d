// Command bench measures the product in a process of its own, each figure beside its limit from the same run: a page beside a
// bare fiber handler that answers as many bytes, creating a ticket beside a bare insert of the same rows. docs/BENCHMARKS.md
// says how and keeps the results.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"lotrinh/internal/kit/db"
)

// settings is what the command line asks for.
type settings struct {
	span    time.Duration
	clients int
	scale   string
	cache   string
	tickets int
	bare    int
	only    string
	store   string
	mix     time.Duration
	// profile is the file that takes the processor profile of what is measured in one process; empty: none.
	profile string
	// machines is how many machines of the city report their inventories.
	machines int
	// dossiers is how many dossiers the registers hold.
	dossiers int
	// folder is a data folder to measure in as it is, and to leave; empty: the run makes its own.
	folder string
	// product is a binary to measure; empty: the tree is built.
	product string
}

// wanted tells whether a case was asked for.
func (s settings) wanted(name string) bool { return strings.Contains(name, s.only) }

func main() {
	var s settings
	flag.DurationVar(&s.span, "span", 5*time.Second, "time for each case")
	flag.IntVar(&s.clients, "clients", 8, "how many ask at the same time")
	flag.StringVar(&s.scale, "scale", "demo", "demo, city (tickets), stock (equipment), dossiers, whole (all of these with two years of figures), or without a server: plan (the planner alone), gates (the gates of communes alone) or forecast (how often what is forecast comes true)")
	flag.IntVar(&s.tickets, "tickets", cityTickets, "how many tickets the city has")
	flag.IntVar(&s.machines, "machines", stockMachines, "how many machines of the city report by themselves")
	flag.IntVar(&s.dossiers, "dossiers", registryDossiers, "how many dossiers the registers hold")
	flag.StringVar(&s.cache, "cache", "bench/data", "folder where the city's data is kept")
	flag.IntVar(&s.bare, "bare", 0, "only answer every request with so many bytes (used by the command itself)")
	flag.StringVar(&s.only, "only", "", "only cases whose name holds this")
	flag.StringVar(&s.store, "db", "sqlite", "sqlite, or postgres: started by scripts/postgres.sh, which keeps its data in the cache, unless TEST_PG names one")
	flag.DurationVar(&s.mix, "mix", 3*time.Minute, "how long the people of the city are at work")
	flag.StringVar(&s.folder, "folder", "", "measure in this data folder as it is and leave it; empty: fill a new one")
	flag.StringVar(&s.product, "product", "", "measure this binary instead of building the tree")
	flag.StringVar(&s.profile, "profile", "", "file for the processor profile of what is measured in one process")
	flag.Parse()
	if s.bare > 0 { // ended by the signal itself
		fail(bare(s.bare))
		return
	}
	if s.scale == "forecast" {
		outlook()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := measure(ctx, s)
	stop()
	fail(err)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, s settings) (err error) {
	switch s.scale {
	case "plan":
		return planned(ctx)
	case "gates":
		return gated(ctx)
	}
	folder, err := os.MkdirTemp("", "lotrinh-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	b := &bench{settings: s, binary: filepath.Join(folder, "lotrinh"), data: filepath.Join(folder, "data")}
	if s.store == "postgres" {
		if b.server = os.Getenv("TEST_PG"); b.server == "" {
			return underPostgres(ctx, s.cache)
		}
		defer func() { err = errors.Join(err, b.inServer(context.Background(), dropRun)) }()
	}
	if s.folder != "" && s.store == "postgres" {
		return errors.New("a folder to measure in as it is holds SQLite's file: -db postgres keeps its data by itself")
	}
	if s.folder != "" {
		b.data = s.folder
	}
	if b.binary, err = s.built(ctx, b.binary); err != nil {
		return err
	}
	fmt.Printf("%s, %s, scale %s, %d clients, %s a case\n\n", machine(), s.store, s.scale, s.clients, s.span)
	if err := b.fill(ctx); err != nil {
		return err
	}
	switch s.scale {
	case "stock":
		return b.equipped(ctx)
	case "dossiers":
		return errors.Join(b.counters(ctx), b.registerAlone(ctx))
	case "succession":
		return b.reforms(ctx)
	case "whole":
		return errors.Join(b.pages(ctx, overviews), b.reported(ctx))
	case "city":
		return errors.Join(b.pages(ctx, views), b.atWork(ctx), b.alone(ctx))
	}
	return errors.Join(b.pages(ctx, views), b.creating(ctx))
}

// built is the binary to measure: the one that was named, or the tree's, built as to.
func (s settings) built(ctx context.Context, to string) (string, error) {
	if s.product != "" {
		return s.product, nil
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", to, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	return to, nil
}

// bench is one run.
type bench struct {
	settings
	binary, data string
	server       string // of PostgreSQL, any database of it; empty for a file
	url          string // of the run's own database; empty for a file
	month        int    // inventories of how many further months were sent
}

// place is where the store is, as commands take it.
func (b *bench) place() []string {
	if b.url != "" {
		return []string{"--data", b.data, "--database-url", b.url}
	}
	return []string{"--data", b.data}
}

func (b *bench) file() string { return filepath.Join(b.data, "lotrinh.db") }

// open opens the run's store beside the product or without it.
func (b *bench) open(ctx context.Context) (*db.DB, error) {
	return db.Open(ctx, db.Config{File: b.file(), URL: b.url, Pool: 64})
}

// start serves the demo from the run's store.
func (b *bench) start(ctx context.Context) (*server, error) {
	return serve(ctx, "/readyz", b.binary, append([]string{"serve", "--demo", "--addr", "127.0.0.1:0"}, b.place()...)...)
}

// fill makes the data of the run and tells how long the first start and the next one take.
func (b *bench) fill(ctx context.Context) (err error) {
	if b.folder != "" {
		return nil
	}
	grow := map[string]func(context.Context) error{"city": b.city, "stock": b.stock, "dossiers": b.registered, "succession": b.reformed, "whole": b.whole}[b.scale]
	fill := b.grown
	switch {
	case b.server == "":
	case grow != nil:
		fill = b.keptInPostgres
	default:
		if b.url, err = b.emptyRun(ctx); err != nil {
			return err
		}
	}
	if err := fill(ctx, grow); err != nil {
		return err
	}
	next, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer next.Stop()
	fmt.Printf("ready on an existing one: %.2f s, %d MB resident\n\n", next.Started.Seconds(), next.Resident())
	return nil
}

// grown starts the demo on an empty store and lets it grow to the size that was asked for; nil leaves it the demo.
func (b *bench) grown(ctx context.Context, grow func(context.Context) error) error {
	first, err := b.start(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("ready on an empty folder, with the demo: %.1f s, %d MB resident\n", first.Started.Seconds(), first.Resident())
	first.Stop()
	if grow == nil {
		return nil
	}
	return grow(ctx)
}

func heading() {
	fmt.Println("| case | clients | requests/s | p50 ms | p95 ms | p99 ms | KB | processor ms |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|---:|")
}

func show(r result) {
	kb := 0.0
	if r.Count > 0 {
		kb = float64(r.Bytes) / float64(r.Count) / 1024
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	each := ""
	if r.Each > 0 {
		each = fmt.Sprintf(" %.1f", ms(r.Each))
	}
	fmt.Printf("| %s | %d | %.0f | %.2f | %.2f | %.2f | %.1f |%s |\n", r.Name, r.Clients, r.PerSecond(), ms(r.P50), ms(r.P95), ms(r.P99), kb, each)
	if r.Limit > 0 {
		fmt.Printf("| — limit | | | | %.0f%s | | | |\n", ms(r.Limit), over(r))
	}
	if r.Failed > 0 {
		fmt.Printf("\n%d of them failed: %v\n\n", r.Failed, r.Err)
	}
}

// over marks what takes longer than it may.
func over(r result) string {
	if r.P95 > r.Limit {
		return " **over**"
	}
	return ""
}

// machine describes what the figures were measured on.
func machine() string {
	model := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s", model, cores(), goVersion())
}
