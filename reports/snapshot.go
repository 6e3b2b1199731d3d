package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/define"
)

// Cut is the part of the city that a report is about.
type Cut struct {
	Code string `json:"code"`
	Name string `json:"name"`
	City bool   `json:"city"`
}

// Figures is everything that a report says, read once. It is frozen as canonical
// JSON: fields in this order, map keys sorted, moments in UTC.
type Figures struct {
	Schema     int       `json:"schema"`
	Definition string    `json:"definition"`
	Version    int       `json:"version"` // of the definition
	Kind       Kind      `json:"kind"`
	Cut        Cut       `json:"cut"`
	Period     Period    `json:"period"`
	NominalAt  time.Time `json:"nominal_at"`
	ReadAt     time.Time `json:"read_at"`
	// AsOf is the moment that standing figures are of, by what was recorded until ReadAt; zero
	// in snapshots of before, whose standing figures are of ReadAt.
	AsOf     time.Time `json:"as_of,omitzero"`
	Progress Progress  `json:"progress"`
	Gaps     Gaps      `json:"gaps"`
	Tickets  Tickets   `json:"tickets"`
	Dossiers *Cases    `json:"dossiers,omitempty"` // absent in snapshots of before

	// Since schema 2: the text of the definition with its SHA-256, and what it needs.
	FormHash string          `json:"form_hash,omitempty"`
	Form     json.RawMessage `json:"form,omitempty"`
	Frame    *define.Frame   `json:"frame,omitempty"`

	Edition *EditionNote `json:"edition,omitempty"` // absent in the first edition
}

// schema is the version of the form of Figures.
const schema = 2

// Snapshot is the frozen figures of a run with the files made from them. Rows are
// never changed or deleted; the database refuses it.
type Snapshot struct {
	bun.BaseModel `bun:"table:report_snapshot,alias:sn"`
	ID            ident.ID  `bun:"id,pk"`
	Run           ident.ID  `bun:"run"`
	Edition       int64     `bun:"edition"`
	ReadAt        time.Time `bun:"read_at"`
	Hash          string    `bun:"hash"` // SHA-256 of Body
	Body          string    `bun:"body"`
	PDFFile       ident.ID  `bun:"pdf_file"`
	PDFHash       string    `bun:"pdf_hash"`
	PDFSize       int64     `bun:"pdf_size"`
	XLSXFile      ident.ID  `bun:"xlsx_file"`
	XLSXHash      string    `bun:"xlsx_hash"`
	XLSXSize      int64     `bun:"xlsx_size"`
	Replaces      string    `bun:"replaces"` // hash of the edition before; empty: the first
	Reason        string    `bun:"reason"`   // why it was made anew
	ByName        string    `bun:"by_name"`  // who asked for it
	Changes       string    `bun:"changes"`  // what differs from the edition before: JSON of []delta.Change
}

// with is the snapshot naming the PDF and the workbook that were made of it.
func (s Snapshot) with(all []ReportFile) Snapshot {
	for _, f := range all {
		switch f.Form {
		case PDF:
			s.PDFFile, s.PDFHash, s.PDFSize = f.File, f.Hash, f.Size
		case XLSX:
			s.XLSXFile, s.XLSXHash, s.XLSXSize = f.File, f.Hash, f.Size
		}
	}
	return s
}

// canonical is the one way to write figures.
func canonical(f Figures) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Figures reads the snapshot back and refuses one whose hash does not fit.
func (s Snapshot) Figures() (Figures, error) {
	var f Figures
	if digest([]byte(s.Body)) != s.Hash {
		return f, fault.New(fault.Internal, "reports.snapshot.bent")
	}
	if err := json.Unmarshal([]byte(s.Body), &f); err != nil {
		return f, fault.Because(fault.Internal, "fault.internal", err)
	}
	return f, nil
}

// Stood is the moment that the standing figures are of.
func (f Figures) Stood() time.Time {
	if f.AsOf.IsZero() {
		return f.ReadAt
	}
	return f.AsOf
}

// dayOver tells whether a moment is the last one of a day of the city.
func dayOver(at time.Time) bool {
	next := at.Add(time.Microsecond)
	from, _ := clock.Day(next)
	return next.Equal(from)
}

// hour is the hour of a moment; the last one of a day is 24:00.
func hour(t i18n.T, at time.Time) string {
	if dayOver(at) {
		return t.Say("reports.midnight")
	}
	return t.Hour(at)
}

// read asks every neighbour once, of standing figures as of a moment; zero is now.
func (s *Service) read(ctx context.Context, who access.Actor, programme, unit string, p Period, asOf time.Time) (Figures, error) {
	f := Figures{Schema: schema, Period: p, AsOf: asOf}
	a := Ask{Who: who, Unit: unit, At: asOf}
	var err error
	if f.Cut, err = s.cutOf(ctx, unit); err != nil {
		return f, err
	}
	if f.Progress, err = s.near.Rollout.Progress(ctx, a, programme); err != nil {
		return f, err
	}
	if f.Gaps, err = s.near.Inventory.Gaps(ctx, a); err != nil {
		return f, err
	}
	if f.Tickets, err = s.near.HelpDesk.Tickets(ctx, a, p.From, p.Until); err != nil {
		return f, err
	}
	if f.Dossiers, err = s.near.Dossiers.Dossiers(ctx, a, p); err != nil {
		return f, err
	}
	f.ReadAt = s.business.Now()
	return f, nil
}

func (s *Service) cutOf(ctx context.Context, unit string) (Cut, error) {
	tree, err := s.near.Units.Tree(ctx, s.business.Now())
	if err != nil {
		return Cut{}, err
	}
	u, ok := tree.Unit(unit)
	if !ok {
		return Cut{}, fault.New(fault.Missing, "fault.missing")
	}
	return Cut{Code: u.Code, Name: tree.Name(u.Code), City: u.Parent == ""}, nil
}
