package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/app"
	"lotrinh/dossier"
	"lotrinh/dossier/office"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
)

// How often an officer and a citizen of the mix ask for something, and how many citizens are at work.
const (
	officerPause = 5 * time.Second
	citizenPause = 30 * time.Second
	citizens     = 200
)

// counterfoil is what an officer was told beforehand: the dossiers of the own office. What
// came in is taken from the pile by whoever of the office accepts it.
type counterfoil struct {
	open []string
	mu   sync.Mutex
	came []arrival
}

// arrival is a dossier that came in, as the form that accepts it was made.
type arrival struct {
	id, ver string
}

// take is the next of the pile, at random; none when it is empty.
func (f *counterfoil) take(r *rand.Rand) (arrival, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.came) == 0 {
		return arrival{}, false
	}
	i, last := r.IntN(len(f.came)), len(f.came)-1
	one := f.came[i]
	f.came[i] = f.came[last]
	f.came = f.came[:last]
	return one, true
}

// counters lets the officers and the citizens of the city work for a while.
func (b *bench) counters(ctx context.Context) error {
	if !b.wanted("mix") {
		return nil
	}
	if err := b.inside(ctx, desks); err != nil {
		return err
	}
	files, err := b.drafts(ctx)
	if err != nil {
		return err
	}
	d, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	tokens, err := enrol(ctx, d, "mc")
	if err != nil {
		return err
	}
	foil, tracks, err := foils(ctx, d)
	if err != nil {
		return err
	}
	product, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer product.Stop()
	officers := visitors(product.Origin, tokens)
	at, counter := map[*visitor]*counterfoil{}, map[*visitor]bool{}
	for i, who := range officers {
		at[who], counter[who] = foil[i], i%2 == 0 // as officers was made: in turn at the counter and behind it
	}
	families := visitors(product.Origin, make([]string, citizens))
	fmt.Printf("\n%d officers, a request every %s each, and %d citizens, every %s, for %s; %d MB resident before it\n\n",
		len(officers), officerPause, citizens, citizenPause, b.mix, product.Resident())
	heading()
	asked, used := 0, product.Used()
	for _, r := range mix(b.mix, crowd{officers, officerPause, officerActs(at, counter)}, crowd{families, citizenPause, familyActs(tracks, files)}) {
		show(r)
		asked += r.Count + r.Failed
	}
	if asked > 0 {
		fmt.Printf("\n%.1f ms of a processor for each of %d, with all that runs beside them\n", float64((product.Used()-used).Milliseconds())/float64(asked), asked)
	}
	fmt.Printf("\nresident after it: %d MB, at most %d MB (limit 400)\n\n", product.Resident(), product.Peak())
	return nil
}

// deskSQL puts every open made-up dossier on its desk, as the office does when one moves.
const deskSQL = `INSERT INTO dossier_task (dossier, unit, practice, desk, rank_at, due_at, handler, procedure, since, step)
SELECT d.id, d.unit, d.practice, CASE WHEN d.status = 1 THEN 'intake' ELSE 'officer' END, coalesce(d.due_at, d.submitted_at), coalesce(d.due_at, d.submitted_at), '', d.procedure, d.changed_at, ''
FROM dossier AS d WHERE d.open AND d.submission LIKE 'city:%' AND NOT EXISTS (SELECT 1 FROM dossier_task AS t WHERE t.dossier = d.id)`

// desks fills the queues of the offices and counts them.
func desks(h *app.House) error {
	return h.DB.InTx(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw(deskSQL).Exec(ctx); err != nil {
			return err
		}
		_, err := figures.Rebuild(ctx, tx, office.QueueFigure, func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
			var rows []figures.Value
			err := from.NewRaw("SELECT unit, desk AS dim, count(*) AS value FROM dossier_task WHERE NOT practice GROUP BY unit, desk").Scan(ctx, &rows)
			return rows, err
		})
		return err
	})
}

// foils are what each officer's office has, in the order of the officers, and codes that families follow.
func foils(ctx context.Context, d *db.DB) ([]*counterfoil, []string, error) {
	var units []string
	if err := d.Read().NewRaw("SELECT unit FROM account WHERE login LIKE 'mc0%' ORDER BY login").Scan(ctx, &units); err != nil {
		return nil, nil, err
	}
	var rows []struct {
		ID, Unit string
		Status   dossier.Status
		Ver      int64
	}
	if err := d.Read().NewRaw("SELECT id, unit, status, ver FROM dossier WHERE open AND submission LIKE ?", registryMark+"%").Scan(ctx, &rows); err != nil {
		return nil, nil, err
	}
	byUnit := map[string]*counterfoil{}
	var out []*counterfoil
	for _, u := range units {
		if byUnit[u] == nil {
			byUnit[u] = &counterfoil{}
		}
		out = append(out, byUnit[u])
	}
	for _, r := range rows {
		switch foil := byUnit[r.Unit]; {
		case foil == nil:
		case r.Status == dossier.Submitted:
			foil.came = append(foil.came, arrival{r.ID, strconv.FormatInt(r.Ver, 10)})
		default:
			foil.open = append(foil.open, r.ID)
		}
	}
	var tracks []string
	err := d.Read().NewRaw("SELECT track FROM dossier WHERE submission LIKE ? ORDER BY id DESC LIMIT 20000", registryMark+"%").Scan(ctx, &tracks)
	return out, tracks, err
}

// officerActs are what officers do: those at the counter accept what came in, all of them look at queues and dossiers.
func officerActs(at map[*visitor]*counterfoil, counter map[*visitor]bool) []act {
	page := func(who *visitor, r *rand.Rand) (int, error) {
		foil := at[who]
		if len(foil.open) == 0 {
			return see("/dossiers")(who, r)
		}
		body, err := who.page("/dossiers/" + foil.open[r.IntN(len(foil.open))])
		return len(body), err
	}
	return []act{
		{"queue of the office", 28, limitPage, see("/dossiers")},
		{"queue: late", 8, limitPage, see("/dossiers?view=late")},
		{"queue: finished", 6, limitPage, see("/dossiers?view=over")},
		{"search by a name without marks", 10, limitPage, func(who *visitor, r *rand.Rand) (int, error) {
			body, err := who.page("/dossiers?q=" + url.QueryEscape([]string{"tran gia bao", "nguyen van an", "le thi", "pham minh chau"}[r.IntN(4)]))
			return len(body), err
		}},
		{"dossier", 38, limitPage, page},
		{"accept, at the counter", 10, limitPage, func(who *visitor, r *rand.Rand) (int, error) {
			if !counter[who] {
				return page(who, r)
			}
			one, ok := at[who].take(r)
			if !ok {
				return page(who, r)
			}
			return who.form("/dossiers/"+one.id+"/do/accept", url.Values{"version": {one.ver}})
		}},
	}
}

// familyActs are what citizens do.
func familyActs(tracks []string, files *drawer) []act {
	return []act{
		{"tracking by code", 50, limitPage, func(who *visitor, r *rand.Rand) (int, error) {
			body, err := who.page("/tra-cuu?ma=" + tracks[r.IntN(len(tracks))])
			return len(body), err
		}},
		{"find a procedure", 20, limitPage, see("/thu-tuc?q=" + url.QueryEscape("giay khai sinh cho con"))},
		{"a procedure", 10, limitPage, see("/thu-tuc/birth")},
		{"a paper of 2 MB in parts, and filed (12 requests)", 10, 0, files.file},
		{"a paper of 2 MB by a plain form", 10, 0, files.plain},
	}
}

// registerAlone measures what no page does by itself, one after the other: the check for duplicates.
func (b *bench) registerAlone(ctx context.Context) error {
	if !b.wanted("alone") {
		return nil
	}
	return b.inside(ctx, func(h *app.House) error {
		var all []dossier.Dossier
		err := h.DB.Read().NewSelect().Model(&all).Where("d.procedure = 'birth'").Where("d.submission LIKE ?", registryMark+"%").Order("d.id DESC").Limit(2000).Scan(ctx)
		if err != nil || len(all) == 0 {
			return fmt.Errorf("no births: %w", err)
		}
		heading()
		r := load("check for duplicates by a folded name", 1, b.span, func(_, turn int) (int, error) {
			_, err := h.Dossiers.Office.Twins(ctx, h.DB.Read(), all[turn%len(all)])
			return 0, err
		})
		r.Limit = limitPage
		show(r)
		return nil
	})
}
