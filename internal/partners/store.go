package partners

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/wire"
)

//go:embed schema/*.sql
var schema embed.FS

// Case is one key that an office has taken.
type Case struct {
	bun.BaseModel `bun:"table:office_case,alias:c"`
	N             int64     `bun:"n,pk,autoincrement"`
	Office        string    `bun:"office"`
	Key           string    `bun:"idemkey"`
	Thing         string    `bun:"thing"`
	Revision      int64     `bun:"revision"`
	Dossier       string    `bun:"dossier"`
	Leg           string    `bun:"leg"`
	Unit          string    `bun:"unit"`
	Type          string    `bun:"type"`
	State         string    `bun:"state"`
	CaseNo        string    `bun:"case_no"`
	ResultNo      string    `bun:"result_no"`
	Said          string    `bun:"said"`
	BodyHash      string    `bun:"body_hash"`
	Fields        string    `bun:"fields"`
	At            time.Time `bun:"at"`
}

// Standing is how the office sees the case, for who asks.
func (c Case) Standing() wire.Standing {
	var f wire.Fields
	if json.Unmarshal([]byte(c.Fields), &f) != nil {
		f = nil
	}
	return wire.Standing{Key: c.Key, Dossier: c.Dossier, Revision: c.Revision, State: c.State, CaseNo: c.CaseNo, ResultNo: c.ResultNo,
		Hash: f.Hash(), BodyHash: c.BodyHash, Fields: f}
}

// effect is one thing that an office did because of a message: nothing keeps it from being
// written twice but the office's own care, so that what is doubled shows.
type effect struct {
	bun.BaseModel `bun:"table:office_effect"`
	N             int64     `bun:"n,pk,autoincrement"`
	Office        string    `bun:"office"`
	Thing         string    `bun:"thing"`
	Revision      int64     `bun:"revision"`
	What          string    `bun:"what"`
	At            time.Time `bun:"at"`
}

// Got is one envelope that came in, with what became of it.
type Got struct {
	bun.BaseModel `bun:"table:office_got,alias:g"`
	N             int64     `bun:"n,pk,autoincrement"`
	Office        string    `bun:"office"`
	ID            string    `bun:"id"`
	Key           string    `bun:"idemkey"`
	Type          string    `bun:"type"`
	Verdict       string    `bun:"verdict"`
	Body          string    `bun:"body"`
	At            time.Time `bun:"at"`
}

// Reply is one message of an office to the house.
type Reply struct {
	bun.BaseModel `bun:"table:office_reply,alias:r"`
	N             int64     `bun:"n,pk,autoincrement"`
	ID            string    `bun:"id"`
	Office        string    `bun:"office"`
	Subject       string    `bun:"subject"`
	Body          string    `bun:"body"`
	DueAt         time.Time `bun:"due_at"`
	Attempts      int64     `bun:"attempts"`
	State         string    `bun:"state"` // waiting, sent, refused; shelf for what is fetched
	Answer        string    `bun:"answer"`
}

// Message is one text message as the telephone got it.
type Message struct {
	bun.BaseModel `bun:"table:text_message,alias:m"`
	N             int64     `bun:"n,pk,autoincrement"`
	Number        string    `bun:"number"`
	Body          string    `bun:"body"`
	At            time.Time `bun:"at"`
}

// Mood is what an office was told to do wrong.
type Mood struct {
	bun.BaseModel `bun:"table:office_mood,alias:mo"`
	Office        string    `bun:"office,pk"`
	DownUntil     time.Time `bun:"down_until,nullzero"` // nobody answers until then
	SlowMS        int64     `bun:"slow_ms"`             // it thinks so long before it answers
	DropBefore    int64     `bun:"drop_before"`         // so many requests end before anything is saved
	DropAfter     int64     `bun:"drop_after"`          // so many end after all is saved
	Busy          int64     `bun:"busy"`                // so many are answered 503 with Retry-After
	LateS         int64     `bun:"late_s"`              // seconds by which its own messages are late
	Twice         bool      `bun:"twice"`               // it sends its messages twice
	Reorder       bool      `bun:"reorder"`             // the later one first
	OtherBody     bool      `bun:"other_body"`          // the second copy says something else
	Newer         bool      `bun:"newer"`               // it sends a newer version as well
	Asks          bool      `bun:"asks"`                // it asks for a completion first
	ByHand        bool      `bun:"by_hand"`             // a person decides on its page
}

// Config is what the offices need to know.
type Config struct {
	File     string            // the SQLite file
	Secrets  map[string]string // of each office, whsec_…
	Callback string            // the house, http://127.0.0.1:8198
	Clock    clock.Clock
	Log      *slog.Logger
	Words    *i18n.Catalog
	// Receive and Result are how long an office takes to give a case number and a result.
	Receive, Result time.Duration
	// Post delivers a message of an office; nil sends it to the callback by HTTP.
	Post func(ctx context.Context, office string, s wire.Signed, body []byte) (status int, err error)
}

// Program is all the offices together.
type Program struct {
	Config
	db      *db.DB
	secrets map[string]wire.Secret
}

// Open opens the offices' store. The caller closes the program.
func Open(ctx context.Context, c Config) (*Program, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	p := &Program{Config: c, secrets: map[string]wire.Secret{}}
	for office, s := range c.Secrets {
		secret, err := wire.ReadSecret(s)
		if err != nil {
			return nil, err
		}
		p.secrets[office] = secret
	}
	if p.Post == nil {
		p.Post = p.byHTTP
	}
	var err error
	if p.db, err = db.Open(ctx, db.Config{File: c.File, Log: c.Log}); err != nil {
		return nil, err
	}
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return nil, err
	}
	_, err = p.db.Migrate(ctx, files)
	return p, err
}

// Close closes the store.
func (p *Program) Close() error { return p.db.Close() }

// Mood is what an office was told.
func (p *Program) Mood(ctx context.Context, office string) (Mood, error) {
	return moodOf(ctx, p.db.Read(), office)
}

func moodOf(ctx context.Context, q bun.IDB, office string) (Mood, error) {
	rows := []Mood{}
	err := q.NewSelect().Model(&rows).Where("mo.office = ?", office).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Mood{Office: office}, db.Sorted(err)
	}
	return rows[0], nil
}

// Tell tells an office how to behave from now on.
func (p *Program) Tell(ctx context.Context, m Mood) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return saveMood(ctx, tx, m) })
}

func saveMood(ctx context.Context, tx *db.Tx, m Mood) error {
	if _, err := tx.NewDelete().Model((*Mood)(nil)).Where("office = ?", m.Office).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	_, err := tx.NewInsert().Model(&m).Exec(ctx)
	return db.Sorted(err)
}

// Effects is how often each office acted on each revision of each thing of a dossier.
func (p *Program) Effects(ctx context.Context, dossier string) (map[string]int, error) {
	var rows []struct {
		Office, Thing string
		Revision      int64
		N             int
	}
	err := p.db.Read().NewRaw("SELECT office, thing, revision, count(*) AS n FROM office_effect WHERE thing >= ? AND thing < ? GROUP BY office, thing, revision",
		dossier+":", dossier+";").Scan(ctx, &rows)
	out := map[string]int{}
	for _, r := range rows {
		out[r.Office+" "+wire.Key(r.Thing, "", "", r.Revision)] = r.N
	}
	return out, db.Sorted(err)
}

// Cases are the newest cases of an office, at most 200.
func (p *Program) Cases(ctx context.Context, office string) ([]Case, error) {
	var rows []Case
	err := p.db.Read().NewSelect().Model(&rows).Where("c.office = ?", office).OrderExpr("c.n DESC").Limit(200).Scan(ctx)
	return rows, db.Sorted(err)
}

func (p *Program) caseOf(ctx context.Context, q bun.IDB, office, key string) (Case, bool, error) {
	var rows []Case
	err := q.NewSelect().Model(&rows).Where("c.office = ?", office).Where("c.idemkey = ?", key).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Case{}, false, db.Sorted(err)
	}
	return rows[0], true, nil
}

func hashed(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
