package office

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/slip"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Paper is a slip as it is kept: its content with its hash, from which the same bytes are
// printed again.
type Paper struct {
	bun.BaseModel `bun:"table:dossier_slip,alias:sl"`
	ID            ident.ID  `bun:"id,pk"`
	Dossier       ident.ID  `bun:"dossier"` // empty for one that carries several
	Unit          string    `bun:"unit"`
	Practice      bool      `bun:"practice"`
	Form          slip.Form `bun:"form"`
	Year          int       `bun:"year"`
	Number        int64     `bun:"number"`
	MadeAt        time.Time `bun:"made_at"`
	MadeBy        ident.ID  `bun:"made_by"`
	Content       string    `bun:"content"`
	Hash          string    `bun:"hash"`
	Copies        int64     `bun:"copies"` // how often it was printed again
}

// Path is the slip on the screen.
func (p Paper) Path() string { return "/dossiers/slips/" + string(p.ID) }

// forms are the papers that acts leave behind.
var forms = map[dossier.Act]slip.Form{
	dossier.Accept: slip.Receipt, dossier.CompleteSupplement: slip.Receipt, dossier.AskSupplement: slip.Supplement,
	dossier.RefuseIntake: slip.Refusal, dossier.Stop: slip.Refusal, dossier.Reappoint: slip.Apology, dossier.HandOver: slip.Control,
}

// raise gives the next number of a form, of a unit, in a year: without gaps, because it
// is raised in the transaction that uses it.
func raise(ctx context.Context, tx *db.Tx, unit string, practice bool, form slip.Form, year int) (int64, error) {
	var n int64
	err := tx.NewRaw(`INSERT INTO dossier_paper_number AS pn (unit, practice, form, year, last) VALUES (?, ?, ?, ?, 1)
		ON CONFLICT (unit, practice, form, year) DO UPDATE SET last = pn.last + 1 RETURNING last`, unit, practice, form, year).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// bookLine enters an accepted dossier in the tracking book, once.
func (s *Service) bookLine(ctx context.Context, tx *db.Tx, before, d dossier.Dossier, _ dossier.Step) error {
	if !before.AcceptedAt.IsZero() || d.AcceptedAt.IsZero() {
		return nil
	}
	year := d.AcceptedAt.In(clock.City).Year()
	n, err := raise(ctx, tx, d.Unit, d.Practice, slip.Tracking, year)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("INSERT INTO dossier_book (unit, practice, year, number, dossier) VALUES (?, ?, ?, ?, ?)", d.Unit, d.Practice, year, n, d.ID).Exec(ctx)
	return db.Sorted(err)
}

// inBatch is what the step of a hand-over says that has its slip together with others.
type inBatch struct {
	Slip ident.ID `json:"slip"`
}

// paper makes the form that an act calls for.
func (s *Service) paper(ctx context.Context, tx *db.Tx, before, d dossier.Dossier, st dossier.Step) error {
	form, ok := forms[st.Act]
	if !ok {
		return nil
	}
	if form == slip.Control {
		var b inBatch
		if json.Unmarshal(st.Data, &b) == nil && b.Slip != "" {
			return nil
		}
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	content, err := s.write(ctx, tx, tree, before, d, st, form)
	if err != nil {
		return err
	}
	_, err = s.keep(ctx, tx, Paper{ID: ident.New(s.Now()), Dossier: d.ID, Unit: d.Unit, Practice: d.Practice, MadeBy: st.Actor}, content)
	return err
}

// keep numbers a slip and stores it as it is.
func (s *Service) keep(ctx context.Context, tx *db.Tx, p Paper, c slip.Slip) (Paper, error) {
	now := s.Now()
	c.Made, c.Practice, c.Year = now, p.Practice, now.In(clock.City).Year()
	p.Form, p.Year, p.MadeAt = c.Form, c.Year, now
	var err error
	if p.Number, err = raise(ctx, tx, p.Unit, p.Practice, c.Form, c.Year); err != nil {
		return p, err
	}
	c.Number = p.Number
	if p.Content, p.Hash, err = c.Raw(); err != nil {
		return p, err
	}
	_, err = tx.NewInsert().Model(&p).Exec(ctx)
	return p, db.Sorted(err)
}

// issuer is how an office names itself on paper.
func issuer(tree *org.Tree, unit, parent string) slip.Office {
	o := slip.Office{Name: unit}
	if u, ok := tree.Unit(unit); ok {
		o.Place = u.Name
	}
	o.Name = parent + " " + strings.ToUpper(tree.Name(unit))
	if d := tree.District(unit); d != "" {
		o.Parent = parent + " " + strings.ToUpper(tree.Name(d))
	}
	return o
}

// reached is an issuer with whom one asks there.
func (s *Service) reached(ctx context.Context, tree *org.Tree, unit string) (slip.Office, error) {
	o := issuer(tree, unit, s.vi().Say("office.committee"))
	if s.asked == nil {
		return o, nil
	}
	var err error
	o.Phone, o.Contact, err = s.asked(ctx, unit)
	return o, err
}

// write puts on a slip what the act and the dossier say.
func (s *Service) write(ctx context.Context, tx *db.Tx, tree *org.Tree, before, d dossier.Dossier, st dossier.Step, form slip.Form) (slip.Slip, error) {
	t := s.vi()
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return slip.Slip{}, err
	}
	at, err := s.reached(ctx, tree, d.Unit)
	if err != nil {
		return slip.Slip{}, err
	}
	c := slip.Slip{Form: form, Office: at, Code: d.Code, Track: d.Track, Link: s.base + "/tra-cuu?ma=" + d.Track,
		Applicant: d.Applicant, Phone: d.Phone, Subject: def.Name.VI, Accepted: d.AcceptedAt, Due: d.DueAt, Reason: st.Said, Giver: st.ActorName, Way: t.Say("office.way.counter")}
	if c.Code == "" {
		c.Code = d.Track
	}
	var basis []string
	for _, b := range def.Basis {
		basis = append(basis, strings.TrimSpace(b.Article+" "+b.Text))
	}
	switch form {
	case slip.Receipt:
		c.Term = termWords(t, def.Term)
		return c, s.receiptParts(ctx, tx, &c, d, def)
	case slip.Supplement:
		var m Missing
		_ = json.Unmarshal(st.Data, &m) // the guard read it before
		c.Items, c.Basis = m.Items, m.Basis
		if c.Basis == "" {
			c.Basis = strings.Join(basis, "; ")
		}
	case slip.Refusal:
		c.Basis = strings.Join(basis, "; ")
	case slip.Apology:
		to, _ := st.Promise()
		c.Due, c.NewDue = before.DueAt, to.Until
	case slip.Control:
		return c, s.hands(ctx, tx, &c, d)
	}
	return c, nil
}

// receiptParts are the documents and the line of the book.
func (s *Service) receiptParts(ctx context.Context, tx *db.Tx, c *slip.Slip, d dossier.Dossier, def definition) error {
	docs, err := s.DocumentsOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, doc := range def.Documents {
		names[doc.Key] = doc.Name.VI
	}
	for _, doc := range docs {
		name := names[doc.Key]
		if name == "" {
			name = doc.Key
		}
		switch {
		case doc.State != present:
		case doc.Shown:
			c.Shown = append(c.Shown, name)
		default:
			c.Documents = append(c.Documents, name)
		}
	}
	err = tx.NewRaw("SELECT number FROM dossier_book WHERE dossier = ?", d.ID).Scan(ctx, &c.BookLine)
	return db.Sorted(err)
}

// hands are the hand-overs of a dossier so far.
func (s *Service) hands(ctx context.Context, tx *db.Tx, c *slip.Slip, d dossier.Dossier) error {
	steps, err := s.StepsOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return err
	}
	stage := ""
	for _, st := range steps {
		if stage != "" && st.Stage != stage {
			c.Hands = append(c.Hands, slip.Hand{From: stepName(def, stage), To: stepName(def, st.Stage), Giver: st.ActorName, At: st.At, DueAt: d.DueAt, Note: st.Said})
		}
		stage = st.Stage
	}
	return nil
}

func stepName(def definition, key string) string {
	if st, ok := def.StepOf(key); ok {
		return st.Name.VI
	}
	return key
}

// Papers are the slips of a dossier, oldest first.
func (s *Service) Papers(ctx context.Context, q bun.IDB, of ident.ID) ([]Paper, error) {
	var all []Paper
	err := q.NewSelect().Model(&all).Where("sl.dossier = ?", of).Order("sl.made_at", "sl.id").Scan(ctx)
	return all, db.Sorted(err)
}
