package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// The mix: how often an agent and a requester ask for something.
const (
	agentPause     = 5 * time.Second
	requesterPause = 5 * time.Minute
)

// act is one thing that people of the mix do: how often of a hundred, and how long it may take at the 95th percentile.
type act struct {
	name  string
	share int
	limit time.Duration
	do    func(who *visitor, r *rand.Rand) (int, error)
}

// crowd is people who act at one pace, each with a session of their own.
type crowd struct {
	people []*visitor
	pause  time.Duration
	acts   []act
}

// enrol gives accounts sessions without the cost of proving thousands of passwords, before the product starts.
func enrol(ctx context.Context, d *db.DB, prefix string) ([]string, error) {
	var ids []ident.ID
	if err := d.Read().NewRaw("SELECT id FROM account WHERE login LIKE ? ORDER BY login", prefix+"0%").Scan(ctx, &ids); err != nil {
		return nil, err
	}
	now := time.Now()
	var tokens []string
	rows := make([]org.Session, len(ids))
	for i, id := range ids {
		token := string(ident.New(now)) + string(ident.New(now))
		sum := sha256.Sum256([]byte(token))
		rows[i] = org.Session{ID: ident.New(now), Token: hex.EncodeToString(sum[:]), Account: id, CreatedAt: now, SeenAt: now,
			ExpiresAt: now.Add(org.Lifetime), Address: "127.0.0.1", Agent: "bench"}
		tokens = append(tokens, token)
	}
	err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewDelete().Model((*org.Session)(nil)).Where("agent = 'bench'").Where("account IN (?)", bun.List(ids)).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&rows).Exec(ctx)
		return err
	})
	return tokens, err
}

func visitors(origin string, tokens []string) []*visitor {
	all := make([]*visitor, len(tokens))
	one := newVisitor(origin)
	for i, token := range tokens {
		all[i] = &visitor{origin: origin, cookie: "lotrinh_session=" + token + "; ", client: one.client}
	}
	return all
}

// mix lets the crowds act for a while. Every request has its moment, drawn before, and its time counts from that moment: who
// waits because the product is slow is not left out.
func mix(span time.Duration, crowds ...crowd) []result {
	type planned struct {
		at   time.Duration
		who  *visitor
		what *act
	}
	r := rand.New(rand.NewPCG(198, 3))
	var plan []planned
	for _, c := range crowds {
		for _, who := range c.people {
			for at := time.Duration(r.Int64N(int64(c.pause))); at < span; at += time.Duration(r.ExpFloat64() * float64(c.pause)) {
				plan = append(plan, planned{at, who, c.pick(r)})
			}
		}
	}
	slices.SortFunc(plan, func(a, b planned) int { return int(a.at - b.at) })
	var mu sync.Mutex
	seen := map[string]*tally{}
	var wg sync.WaitGroup
	start := time.Now()
	for i, p := range plan {
		time.Sleep(time.Until(start.Add(p.at)))
		seed := uint64(i)
		wg.Go(func() {
			n, err := p.what.do(p.who, rand.New(rand.NewPCG(198, seed)))
			took := time.Since(start.Add(p.at))
			mu.Lock()
			defer mu.Unlock()
			t := seen[p.what.name]
			if t == nil {
				t = &tally{wall: span}
				seen[p.what.name] = t
			}
			if err != nil {
				t.failed++
				t.err = fmt.Errorf("%s: %w", p.what.name, err)
				return
			}
			t.took, t.bytes = append(t.took, took), t.bytes+int64(n)
		})
	}
	wg.Wait()
	var all []result
	for _, c := range crowds {
		for _, a := range c.acts {
			if t := seen[a.name]; t != nil {
				one := summary(a.name, len(c.people), []tally{*t})
				one.Limit = a.limit
				all = append(all, one)
			}
		}
	}
	return all
}

// pick is what somebody of the crowd does next.
func (c crowd) pick(r *rand.Rand) *act {
	n := r.IntN(100)
	for i := range c.acts {
		if n -= c.acts[i].share; n < 0 {
			return &c.acts[i]
		}
	}
	return &c.acts[0]
}
