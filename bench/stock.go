package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"lotrinh/app"
	"lotrinh/internal/kit/access"
	"lotrinh/inventory/agent/specimen"
	"lotrinh/inventory/intake"
)

// The equipment of the city: machines that report by themselves, each with so many monthly inventories, the one it sends next
// included.
const (
	stockMachines = 10_000 // unless -machines says otherwise
	stockMonths   = 24
)

// makers is how many inventories are sent at a time while the city's data is made, and ahead how many are packed before a case
// begins.
const (
	makers = 8
	ahead  = 1_500
)

// post is where one agent sends: the commune that its TAG names and the key of its district.
type post struct {
	unit, district string
}

// posts are the communes of the city with their districts, by code.
func posts(ctx context.Context, b *bench) (out []post, err error) {
	d, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var rows []struct{ Code, Parent string }
	err = d.Read().NewRaw("SELECT code, parent FROM unit_version WHERE level = 'commune' AND valid_from <= '2016-11-10' AND "+
		"(valid_until = '' OR valid_until > '2016-11-10') ORDER BY code").Scan(ctx, &rows)
	for _, r := range rows {
		out = append(out, post{r.Code, r.Parent})
	}
	return out, err
}

// keys makes a key of agents for every district and gives what a request carries.
func (b *bench) keys(ctx context.Context, all []post) (map[string]string, error) {
	out := map[string]string{}
	return out, b.inside(ctx, func(h *app.House) error {
		for _, p := range all {
			if out[p.district] != "" {
				continue
			}
			k, err := h.Inventory.Intake.MakeKey(ctx, access.System("bench"), p.district, "bench")
			if err != nil {
				return err
			}
			out[p.district] = "Basic " + base64.StdEncoding.EncodeToString([]byte(k.Login+":"+k.Plain))
		}
		return nil
	})
}

// letter is a packed inventory with who sends it.
type letter struct {
	body []byte
	from string // the header that names the sender
	size int    // plain
}

// letters writes the inventory of a machine in a month: a full one of a Linux machine, of which programs, processes, free space
// and moment differ from every other.
func letters(all []post, keys map[string]string, machine, month int) (letter, error) {
	p := all[machine%len(all)]
	m := specimen.Full(machine)
	m.Tag, m.Seed = p.unit, machine*stockMonths+month
	m.FreeMB += month * 37
	m.TakenAt = time.Date(2014, 12, 8, 9, 0, 0, 0, time.UTC).AddDate(0, month, machine%20).Format(time.DateTime)
	m.Extra += running(uint64(m.Seed))
	plain := m.XML()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		return letter{}, err
	}
	err := z.Close()
	return letter{b.Bytes(), keys[p.district], len(plain)}, err
}

// running is the part of the process list that no two machines share: commands with long arguments. With it an inventory is as
// large as a real one, 390 KB, and packs as badly.
func running(seed uint64) string {
	r := rand.New(rand.NewPCG(198, seed))
	var b strings.Builder
	for i := range 48 {
		fmt.Fprintf(&b, "    <PROCESSES>\n      <CMD>/opt/mot-cua/bin/dich-vu --phien=%016x%016x%016x%016x --tep=/var/lib/mot-cua/%016x%016x</CMD>\n      <CPUUSAGE>0.%d</CPUUSAGE>\n      <MEM>0.%d</MEM>\n"+
			"      <PID>%d</PID>\n      <STARTED>2016-11-08 07:12</STARTED>\n      <TTY>?</TTY>\n      <USER>canbo</USER>\n      <VIRTUALMEMORY>%d</VIRTUALMEMORY>\n    </PROCESSES>\n",
			r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), r.IntN(9), r.IntN(9), 2000+i, 8000+r.IntN(90000))
	}
	return b.String()
}

// mailman posts packed inventories as agents do.
type mailman struct {
	origin string
	client *fasthttp.Client
}

func (m mailman) send(l letter) (int, error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(m.origin + "/agent")
	req.Header.SetMethod(http.MethodPost)
	req.Header.SetContentType("application/x-compress-zlib")
	req.Header.SetUserAgent("FusionInventory-Agent_v2.6-3")
	req.Header.Set("Authorization", l.from)
	req.SetBody(l.body)
	if err := m.client.Do(req, resp); err != nil {
		return 0, err
	}
	if resp.StatusCode() != http.StatusOK {
		return 0, fmt.Errorf("/agent answers %d: %.200s", resp.StatusCode(), resp.Body())
	}
	return len(l.body), nil
}

// stock puts the equipment of the whole city into the run's data folder: from the cache, or by making it once.
func (b *bench) stock(ctx context.Context) error {
	kept, file := filepath.Join(b.cache, fmt.Sprintf("stock-%d.db", b.machines)), b.file()
	if _, err := os.Stat(kept); err == nil {
		return copyFile(kept, file)
	}
	if err := os.MkdirAll(b.cache, 0o750); err != nil {
		return err
	}
	from := time.Now()
	if err := b.equip(ctx); err != nil {
		return err
	}
	fmt.Printf("the equipment of the city was made in %s\n", time.Since(from).Round(time.Second))
	return copyFile(file, kept)
}

// equip makes the equipment of the whole city; machines whose first report is there are not sent again.
func (b *bench) equip(ctx context.Context) error {
	all, err := posts(ctx, b)
	if err != nil {
		return err
	}
	keys, err := b.keys(ctx, all)
	if err != nil {
		return err
	}
	if err := b.report(ctx, all, keys); err != nil {
		return err
	}
	if err := b.furnish(ctx, all); err != nil {
		return err
	}
	return b.older(ctx)
}

// heard is how many machines have sent their first inventory: they send in their order, as many at a time as there are makers.
func (b *bench) heard(ctx context.Context) (n int, err error) {
	d, err := b.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	err = d.Read().NewRaw("SELECT count(*) FROM agent_message WHERE result = 'kept' AND hash NOT LIKE 'older-%'").Scan(ctx, &n)
	return max(0, n-makers), err
}

// report lets every machine send its newest inventory but one by the front door, so that everything that follows from one is
// there.
func (b *bench) report(ctx context.Context, all []post, keys map[string]string) error {
	sent, err := b.heard(ctx)
	if err != nil {
		return err
	}
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	m := mailman{product.Origin, &fasthttp.Client{MaxConnsPerHost: makers}}
	var next atomic.Int64
	next.Store(int64(sent))
	tallies := run(makers, time.Hour, func(_, _ int) (int, error) {
		n := int(next.Add(1)) - 1
		if n >= b.machines {
			return 0, errEnough
		}
		l, err := letters(all, keys, n, stockMonths-2)
		if err != nil {
			return 0, err
		}
		return m.send(l)
	})
	r := summary("first reports", makers, tallies)
	if r.Count != b.machines-sent {
		return fmt.Errorf("%d of %d inventories were taken: %w", r.Count, b.machines-sent, r.Err)
	}
	return nil
}

// incoming measures how many inventories are taken in a second: every one differs from all before it.
func (b *bench) incoming(ctx context.Context, clients int) (err error) {
	all, err := posts(ctx, b)
	if err != nil {
		return err
	}
	keys, err := b.keys(ctx, all)
	if err != nil {
		return err
	}
	b.month++
	packed := make([]letter, min(ahead, b.machines))
	plain, wire := 0, 0
	for i := range packed {
		if packed[i], err = letters(all, keys, i*7919%b.machines, stockMonths-2+b.month); err != nil {
			return err
		}
		plain, wire = plain+packed[i].size, wire+len(packed[i].body)
	}
	if b.profile != "" {
		return b.received(ctx, clients, packed)
	}
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	m := mailman{product.Origin, &fasthttp.Client{MaxConnsPerHost: clients}}
	var next atomic.Int64
	before := product.Used()
	tallies := run(clients, 10*b.span, func(_, _ int) (int, error) {
		n := int(next.Add(1)) - 1
		if n >= len(packed) {
			return 0, errEnough
		}
		return m.send(packed[n])
	})
	r := summary("inventory accepted", clients, tallies)
	show(r)
	each := (product.Used() - before) / time.Duration(max(1, r.Count))
	fmt.Printf("| — aim | | 100 | | | | | |\n\n%d inventories of %d KB, %d KB on the wire; %.1f ms of a processor each; resident after them: %d MB (aim 300)\n\n",
		r.Count, plain/len(packed)/1024, wire/len(packed)/1024, float64(each.Microseconds())/1000, product.Resident())
	return nil
}

// received takes packed inventories in within this process, behind the door of agents, so that a profile sees where the time goes.
func (b *bench) received(ctx context.Context, clients int, packed []letter) error {
	return b.inside(ctx, func(h *app.House) (err error) {
		admitted := map[string]intake.Key{}
		for _, l := range packed {
			if _, ok := admitted[l.from]; ok {
				continue
			}
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(l.from, "Basic "))
			if err != nil {
				return err
			}
			login, secret, _ := strings.Cut(string(raw), ":")
			if admitted[l.from], _, err = h.Inventory.Intake.ByPassword(ctx, login, secret); err != nil {
				return err
			}
		}
		end, err := b.profiled()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, end()) }()
		var next atomic.Int64
		before := processor()
		r := summary("inventory taken in", clients, run(clients, 10*b.span, func(_, _ int) (int, error) {
			n := int(next.Add(1)) - 1
			if n >= len(packed) {
				return 0, errEnough
			}
			_, err := h.Inventory.Intake.Receive(ctx, admitted[packed[n].from], "10.198.0.1", "bench", packed[n].body)
			return len(packed[n].body), err
		}))
		show(r)
		fmt.Printf("\n%d inventories taken in within one process; %.1f ms of a processor each\n\n", r.Count, perThing(processor()-before, r.Count))
		return nil
	})
}
