package register

import (
	"context"
	"strings"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Capacity is how many entries a book takes unless the office says otherwise: a bound
// book of 200 leaves.
const Capacity = 200

// Content is what an officer signs when an entry is written.
type Content struct {
	Book      string            `json:"book"`
	Number    int64             `json:"number"`
	Year      int64             `json:"year"`
	Kind      Kind              `json:"kind"`
	Unit      string            `json:"unit"`
	Dossier   string            `json:"dossier"` // official code
	Procedure string            `json:"procedure"`
	Version   ident.ID          `json:"version"`
	Subject   string            `json:"subject"`
	Answers   map[string]string `json:"answers"`
	Officer   ident.ID          `json:"officer"`
	Name      string            `json:"officer_name"`
	At        time.Time         `json:"at"`
	Proof     string            `json:"proof"`
}

// Entered is the data of the act "register".
type Entered struct {
	Entry  ident.ID `json:"entry"`
	Book   string   `json:"book"`
	Number int64    `json:"number"`
	Year   int64    `json:"year"`
	Hash   string   `json:"hash"`
}

// Enter writes and signs the register entry of a dossier whose step it is, and hands the
// dossier on: the number, the entry and the act are one transaction, so that what fails
// leaves no gap. It wants Register at the unit with a post of civil-status officer there
// today, and a fresh proof. Conflict: the event is registered already, the year is
// locked, the person is dead, the officer or a relative is concerned.
func (s *Service) Enter(ctx context.Context, who access.Actor, proof org.Proof, id ident.ID, ver int64) (Entry, error) {
	if err := who.Need(dossier.Register); err != nil {
		return Entry{}, err
	}
	if err := s.proved(who, proof); err != nil {
		return Entry{}, err
	}
	var e Entry
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.Dossiers.DossierIn(ctx, tx, who, dossier.Register, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		f, err := s.mayEnter(ctx, tx, who, d)
		if err != nil {
			return err
		}
		if e, err = s.write(ctx, tx, who, proof, f); err != nil {
			return err
		}
		data := Entered{e.ID, e.Book(), e.Number, e.Year, e.Hash}
		if _, err := s.Dossiers.DoIn(ctx, tx, who, id, ver, dossier.Move{Act: dossier.Enter, Data: data}); err != nil {
			return err
		}
		return s.record(ctx, tx, who, e.Unit, e.ID, "dossier.register.entered", map[string][2]any{"book": {nil, e.Book()}, "number": {nil, e.Number}, "hash": {nil, e.Hash}}, Registered{e.event("")})
	})
	return e, err
}

// mayEnter checks what the table of acts cannot know, before a number is taken.
func (s *Service) mayEnter(ctx context.Context, tx *db.Tx, who access.Actor, d dossier.Dossier) (file, error) {
	f, err := s.fileOf(ctx, tx, d)
	if err != nil {
		return f, err
	}
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return f, err
	}
	step, _ := def.StepOf(d.Stage)
	switch {
	case !f.book.Known():
		return f, fault.New(fault.Conflict, "register.no_book")
	case d.Status != dossier.InWork || step.Kind != procedure.Register:
		return f, fault.New(fault.Conflict, "register.not_its_turn")
	}
	if _, err := s.People.PostAt(ctx, tx, who.ID, org.CivilStatusOfficer, d.Unit, clock.Date(s.now())); err != nil {
		if fault.Is(err, fault.Missing) {
			err = fault.New(fault.Denied, "register.no_post")
		}
		return f, err
	}
	if err := s.impartial(ctx, tx, who, d, dossier.Move{}); err != nil {
		return f, err
	}
	return f, s.living(ctx, tx, who, d, dossier.Move{})
}

// write takes the next number and stores the entry with its persons and keys.
func (s *Service) write(ctx context.Context, tx *db.Tx, who access.Actor, proof org.Proof, f file) (Entry, error) {
	now := s.now()
	year := int64(now.In(clock.City).Year())
	if err := s.unlocked(ctx, tx, f.Unit, f.book, year, f.Practice); err != nil {
		return Entry{}, err
	}
	number, volume, err := next(ctx, tx, Series{Unit: f.Unit, Kind: f.book, Year: year, Practice: f.Practice, OpenedAt: now, OpenedBy: who.ID})
	if err != nil {
		return Entry{}, err
	}
	e := Entry{ID: ident.New(now), Unit: f.Unit, Kind: f.book, Year: year, Practice: f.Practice, Volume: volume, Number: number, Dossier: f.ID, Day: clock.Date(now),
		Subject: f.Subject, At: now, Officer: who.ID, OfficerName: who.Name, Proof: proof.How()}
	c := Content{Book: e.Book(), Number: number, Year: year, Kind: f.book, Unit: f.Unit, Dossier: f.Code, Procedure: f.Procedure, Version: f.Version, Subject: f.Subject,
		Answers: f.answers, Officer: who.ID, Name: who.Name, At: now, Proof: proof.How()}
	if e.Content, e.Hash, err = hashOf(c); err != nil {
		return e, err
	}
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return e, db.Sorted(err)
	}
	if err := storeParties(ctx, tx, e, persons(f.Dossier, f.form, f.answers)); err != nil {
		return e, err
	}
	return e, storeKeys(ctx, tx, e, f, now)
}

// next raises the row of a series: the number and the volume it belongs to. A full book
// is followed by the next one, in which numbers go on.
func next(ctx context.Context, tx *db.Tx, n Series) (number, volume int64, err error) {
	err = tx.NewRaw("INSERT INTO register_series AS s (unit, kind, year, practice, before, last, volume, in_volume, capacity, voided, opened_at, opened_by)"+
		" VALUES (?, ?, ?, ?, 0, 1, 1, 1, ?, 0, ?, ?) ON CONFLICT (unit, kind, year, practice) DO UPDATE SET last = s.last + 1,"+
		" volume = CASE WHEN s.in_volume >= s.capacity THEN s.volume + 1 ELSE s.volume END,"+
		" in_volume = CASE WHEN s.in_volume >= s.capacity THEN 1 ELSE s.in_volume + 1 END RETURNING last, volume",
		n.Unit, n.Kind, n.Year, n.Practice, Capacity, n.OpenedAt, n.OpenedBy).Scan(ctx, &number, &volume)
	return number, volume, db.Sorted(err)
}

func storeParties(ctx context.Context, tx *db.Tx, e Entry, all []Person) error {
	rows := make([]party, len(all))
	for i, p := range all {
		rows[i] = party{Entry: e.ID, Position: int64(i), Role: p.Role, Unit: e.Unit, Practice: e.Practice, Name: p.Name, Fold: fold.Key(p.Name), Born: p.Born, PID: p.PID}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return db.Sorted(err)
}

// The kinds of keys.
const (
	birthProof = "birth_proof"
	deadPerson = "dead_person"
)

// storeKeys makes the event one in the whole city.
func storeKeys(ctx context.Context, tx *db.Tx, e Entry, f file, now time.Time) error {
	k := key{ID: ident.New(now), Practice: e.Practice, Entry: e.ID}
	switch e.Kind {
	case Birth:
		k.Kind, k.Value = birthProof, birthKey(f.ProofNo, f.Born)
	case Death:
		k.Kind, k.Value = deadPerson, digits(f.SubjectPID)
	}
	if k.Value == "" {
		return nil
	}
	_, err := tx.NewInsert().Model(&k).Exec(ctx)
	if db.Duplicate(err) {
		return fault.New(fault.Conflict, "register.already."+k.Kind)
	}
	return db.Sorted(err)
}

// release frees the keys of an entry that is void or annulled.
func release(ctx context.Context, tx *db.Tx, entry ident.ID, now time.Time) error {
	_, err := tx.NewRaw("UPDATE register_key SET released_at = ? WHERE entry = ? AND released_at IS NULL", now, entry).Exec(ctx)
	return db.Sorted(err)
}

// shown are the answers of a content laid out as the form asks them.
func shown(f form.Form, a form.Answers, unit string, at time.Time, place func(code, day string) (string, bool)) []form.Section {
	out := form.Summary(f, a, form.Context{Accepted: at, Unit: unit, Place: place, Staff: true})
	for i := range out {
		lines := out[i].Lines[:0]
		for _, l := range out[i].Lines {
			if strings.TrimSpace(l.Value.VI) != "" {
				lines = append(lines, l)
			}
		}
		out[i].Lines = lines
	}
	return out
}
