package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/db"
)

func cores() int        { return runtime.NumCPU() }
func goVersion() string { return runtime.Version() }

// view is a page that is measured: by whom, and where. With a link, the page is the first one that path links to.
type view struct {
	name, account, path string
	link                *regexp.Regexp
	limit               time.Duration // at the 95th percentile; 0 is none
}

var views = []view{
	{"overview", "leadership", "/overview", nil, 0},
	{"commune board", "planner", "/rollout/board", nil, 0},
	{"ticket", "agent", "/tickets?view=free", regexp.MustCompile(`href="(/tickets/[0-9a-f]{8}-[^"/?]+)"`), 0},
	{"ticket queue", "agent", "/tickets?view=work", nil, 0},
	{"search", "planner", "/search?q=dang+xa", nil, 0},
}

// overviews are the pages that read the maintained figures of the whole city.
var overviews = []view{
	{"overview", "leadership", "/overview", nil, 150 * time.Millisecond},
	{"overview of a past day", "leadership", "/overview?on=2016-10-14", nil, 150 * time.Millisecond},
	{"overview of a district", "leadership", "/overview/districts/016", nil, 150 * time.Millisecond},
	{"metrics", "planner", "/reports/metrics", nil, 150 * time.Millisecond},
}

// pages measures views at the asked number of clients, and behind each the bare handler with as many bytes.
func (b *bench) pages(ctx context.Context, views []view) error {
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	heading()
	for _, v := range views {
		if !b.wanted(v.name) {
			continue
		}
		who, err := signIn(product.Origin, v.account)
		if err != nil {
			return err
		}
		path := v.path
		if v.link != nil {
			if path, err = who.find(v.path, v.link); err != nil {
				return err
			}
		}
		before := product.Used()
		r := load(v.name, b.clients, b.span, who.get(path))
		r.Limit, r.Each = v.limit, (product.Used()-before)/time.Duration(max(1, r.Count))
		show(r)
		if r.Count == 0 {
			return fmt.Errorf("%s: %w", v.name, r.Err)
		}
		if err := b.limit(ctx, r); err != nil {
			return err
		}
	}
	fmt.Printf("\nresident after it: %d MB\n\n", product.Resident())
	return nil
}

// limit measures a handler that does nothing but answer as many bytes as the page.
func (b *bench) limit(ctx context.Context, r result) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	n := max(1, int(r.Bytes/int64(r.Count)))
	s, err := serve(ctx, "/", self, "-bare", strconv.Itoa(n))
	if err != nil {
		return err
	}
	defer s.Stop()
	nobody := newVisitor(s.Origin)
	show(load("— bare fiber handler, same bytes", b.clients, b.span/2, nobody.get("/")))
	return nil
}

// creating measures how fast tickets are made over the API, and how fast the same rows go into a copy of the store.
func (b *bench) creating(ctx context.Context) error {
	if !b.wanted("create ticket") {
		return nil
	}
	token, err := exec.CommandContext(ctx, b.binary, append([]string{"token", "create", "--account", "officer"}, b.place()...)...).Output()
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	before, err := b.rows(ctx)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(token)), "\n")
	body := map[string]any{"title": "Máy in phiếu hẹn không in được", "body": "In thử vẫn trắng, đã thay giấy.", "service": "device", "unit": "00556", "impact": 1, "urgency": 2}
	if err := b.createOnce(ctx, lines[len(lines)-1], body); err != nil {
		return err
	}
	after, err := b.rows(ctx)
	if err != nil {
		return err
	}
	news, keys := difference(before, after)
	fmt.Printf("creating a ticket adds %s\n\n", tables(news))
	copied, err := b.copied()
	if err != nil {
		return err
	}
	heading()
	for _, clients := range []int{b.clients, 4 * b.clients} {
		if err := b.createMany(ctx, lines[len(lines)-1], body, clients); err != nil {
			return err
		}
		d, err := db.Open(ctx, copied)
		if err != nil {
			return err
		}
		show(replay(ctx, d, news, keys, clients, b.span))
		if err := d.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) createOnce(ctx context.Context, token string, body map[string]any) error {
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	do, err := newVisitor(product.Origin).create("/api/v1/tickets", token, body)
	if err != nil {
		return err
	}
	_, err = do(0, 0)
	return err
}

func (b *bench) createMany(ctx context.Context, token string, body map[string]any, clients int) error {
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	do, err := newVisitor(product.Origin).create("/api/v1/tickets", token, body)
	if err != nil {
		return err
	}
	show(load("create ticket", clients, b.span, do))
	return nil
}

// copied is where the bare inserts go: a copy of the file; on PostgreSQL the same database, while nobody else is there.
func (b *bench) copied() (db.Config, error) {
	if b.url != "" {
		return db.Config{URL: b.url, Pool: 64}, nil
	}
	to := filepath.Join(filepath.Dir(b.data), "copy.db")
	return db.Config{File: to}, copyFile(b.file(), to)
}

// copyFile copies a store that nobody has open.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close()) // or the disk writes it while the first requests wait for theirs
}
