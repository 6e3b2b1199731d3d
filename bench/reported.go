package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"lotrinh/internal/kit/db"
)

const (
	reportLimit = 20 * time.Second // for the city and its districts
	reportPeak  = 300              // megabytes
)

// reported measures the weekly report of the city and of each district of the plan, asked for at once, until the last of them
// lies there with its documents; the most memory that the process ever held stands beside it.
func (b *bench) reported(ctx context.Context) error {
	if !b.wanted("weekly report") {
		return nil
	}
	raw, err := exec.CommandContext(ctx, b.binary, append([]string{"token", "create", "--account", "planner"}, b.place()...)...).Output()
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	who, err := signIn(product.Origin, "planner")
	if err != nil {
		return err
	}
	page, err := who.page("/rollout/board")
	if err != nil {
		return err
	}
	d, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	from, cuts := time.Now(), append([]string{"01"}, districtsOf(page)...)
	for _, cut := range cuts {
		do, err := who.create("/api/v1/reports/runs", lines[len(lines)-1], map[string]any{"definition": "weekly-progress", "programme": "KH198", "cut": cut})
		if err != nil {
			return err
		}
		if _, err := do(0, 0); err != nil {
			return err
		}
	}
	failed, err := b.made(ctx, d)
	if err != nil {
		return err
	}
	took, peak := time.Since(from), product.Peak()
	fmt.Printf("weekly report of %d cuts: %.1f s (limit %.0f%s), at most %d MB resident (limit %d%s), %d failed\n\n", len(cuts), took.Seconds(),
		reportLimit.Seconds(), mark(took > reportLimit), peak, reportPeak, mark(peak > reportPeak), failed)
	return nil
}

var districtOption = regexp.MustCompile(`<option value="(\d{3})"`)

// districtsOf are the codes of the districts that a page's filter offers.
func districtsOf(page []byte) []string {
	var all []string
	for _, m := range districtOption.FindAllSubmatch(page, -1) {
		all = append(all, string(m[1]))
	}
	return all
}

func mark(over bool) string {
	if over {
		return " **over**"
	}
	return ""
}

// made waits until no report is to be made any more and tells how many were given up.
func (b *bench) made(ctx context.Context, d *db.DB) (failed int, err error) {
	for {
		var left struct{ Open, Failed int }
		err := d.Read().NewRaw("SELECT count(CASE WHEN state IN ('queued', 'rendering') THEN 1 END) AS open, count(CASE WHEN state = 'failed' THEN 1 END) AS failed FROM report_run").Scan(ctx, &left)
		if err != nil || left.Open == 0 {
			return left.Failed, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
