package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/pprof"
	"slices"
	"syscall"
	"time"

	"lotrinh/app"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// keptViews is how many views with counters an agent of the city has beside those of the house.
const keptViews = 20

// atWork lets the agents and the requesters of the city work for a while and tells what each thing took beside its limit.
func (b *bench) atWork(ctx context.Context) error {
	if !b.wanted("mix") {
		return nil
	}
	d, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	agents, err := enrol(ctx, d, "ht")
	if err != nil {
		return err
	}
	requesters, err := enrol(ctx, d, "cb")
	if err != nil {
		return err
	}
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	answering, asking := visitors(product.Origin, agents), visitors(product.Origin, requesters)
	k, err := learn(ctx, d, answering[0])
	if err != nil {
		return err
	}
	number := map[*visitor]int{}
	for i, who := range asking {
		number[who] = i
	}
	fmt.Printf("\n%d agents, a request every %s each, and %d requesters, every %s, for %s\n\n", len(answering), agentPause, len(asking), requesterPause, b.mix)
	heading()
	for _, r := range mix(b.mix, crowd{answering, agentPause, k.agents()}, crowd{asking, requesterPause, k.requesters(number)}) {
		show(r)
	}
	fmt.Printf("\nresident after it: %d MB (limit 400)\n\n", product.Resident())
	return nil
}

// alone measures what no page does by itself: inside a process that opens the store as the product does, one after the other.
func (b *bench) alone(ctx context.Context) (err error) {
	if !b.wanted("alone") {
		return nil
	}
	h, err := app.Open(ctx, app.Config{Data: b.data, DatabaseURL: b.url, Demo: true}, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	var ids []ident.ID
	if err := h.DB.Read().NewRaw("SELECT id FROM account WHERE login = 'ht00000'").Scan(ctx, &ids); err != nil || len(ids) == 0 {
		return fmt.Errorf("no agent: %w", err)
	}
	who, err := h.People.ActorOf(ctx, ids[0])
	if err != nil {
		return err
	}
	tree, err := h.Units.Tree(ctx, h.Business.Now())
	if err != nil {
		return err
	}
	districts := tree.Districts()
	if err := keepViews(ctx, h, who, districts); err != nil {
		return err
	}
	end, err := b.profiled()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	heading()
	saved, err := h.Desk.SavedViews(ctx, who)
	if err != nil {
		return err
	}
	once := func(name string, limit time.Duration, do func(turn int) error) {
		from := processor()
		r := load(name, 1, b.span, func(_, turn int) (int, error) { return 0, do(turn) })
		r.Limit = limit
		show(r)
		fmt.Printf("| — processor time of each | | | %.2f | | | |\n", perThing(processor()-from, r.Asked))
	}
	once(fmt.Sprintf("all counters of an agent with %d kept views", len(saved)), 50*time.Millisecond, func(int) error {
		if _, err := h.Desk.Counts(ctx, who); err != nil {
			return err
		}
		_, err := h.Desk.Tally(ctx, who, tree, saved)
		return err
	})
	typed := []string{"khai sinh", "HT-2016", "HT-2015-2", "may quet", "không gửi", "chữ ký"}
	once("link picker", 20*time.Millisecond, func(turn int) error {
		_, err := h.Desk.Pick(ctx, who, typed[turn%len(typed)], 10)
		return err
	})
	if err := b.mailed(ctx, h, who, once); err != nil {
		return err
	}
	return recomputed(ctx, h)
}

// keepViews gives an agent views with counters, those of an earlier run in this store aside.
func keepViews(ctx context.Context, h *app.House, who access.Actor, districts []org.Unit) error {
	kept, err := h.Desk.SavedViews(ctx, who)
	if err != nil {
		return err
	}
	for i := range keptViews {
		c := helpdesk.Conditions{Unit: districts[i%len(districts)].Code, Priority: i % 5, Group: helpdesk.Groups[i%len(helpdesk.Groups)]}
		w := helpdesk.Keep{Name: fmt.Sprintf("Danh sách %d", i), Share: helpdesk.Mine}
		if slices.ContainsFunc(kept, func(v helpdesk.Saved) bool { return v.Name == w.Name }) {
			continue
		}
		if _, err := h.Desk.SaveView(ctx, who, w, c); err != nil {
			return err
		}
	}
	return nil
}

// profiled writes a processor profile until the end that it gives is called.
func (b *bench) profiled() (end func() error, err error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(b.profile)
	if err != nil {
		return nil, err
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, pprof.StartCPUProfile(f)
}

// processor is the processor time that this process has taken, the kernel's for it included.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perThing is the part of each of n, in milliseconds.
func perThing(all time.Duration, n int) float64 {
	return float64(all.Microseconds()) / 1000 / float64(max(n, 1))
}
