package filing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
)

// Opening is whether a commune takes dossiers online. From is the day from which it will
// where that is known, 2016-11-10.
type Opening struct {
	Open bool
	From string
}

// Deps is what the room stands on. Machine is the clock of drafts and codes; Texting
// tells whether text messages can be sent; Live asks the rollout whether a commune takes
// dossiers online. Official is the code that the number of a provisional ticket became,
// Missing while it waits in the browser of a counter.
type Deps struct {
	DB                *db.DB
	Business, Machine clock.Clock
	Dossiers          *dossier.Service
	Files             *files.Store
	Units             *org.Units
	Calendars         deadline.Calendars
	Calendar          string // of the offices' hours
	Key               signed.Key
	Words             *i18n.Catalog
	Hotline           string
	Texting           func() bool
	Live              func(ctx context.Context, unit string) (Opening, error)
	Official          func(ctx context.Context, number string) (string, error)
	// Heard keeps the words of a rating for who answers them, and Answered is the answer;
	// false before there is one. Without them words are kept here alone.
	Heard    func(ctx context.Context, tx *db.Tx, d dossier.Dossier, attitude int64, words string) error
	Answered func(ctx context.Context, dossier ident.ID) (reply string, at time.Time, ok bool, err error)
}

// Service is what citizens do with dossiers.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service {
	s := &Service{d}
	d.Dossiers.OnMove(s.moved)
	return s
}

const (
	// purpose is what the addresses of drafts are for.
	purpose = "filing"
	// passPurpose is what the addresses of an applicant's page are for.
	passPurpose = "filing-pass"
	// area is how kit/files knows what belongs to drafts.
	area = "draft"
	// begun is how many drafts one network address may begin in an hour.
	begun = 60
)

func hashed(address string) string {
	sum := sha256.Sum256([]byte("filing\x00" + address))
	return hex.EncodeToString(sum[:])
}

// Token is the part of an address that stands for a draft.
func (s *Service) Token(d Draft) string { return s.Key.Token(purpose, d.ID) }

// by is who acts in a draft: the citizen, one actor a draft, so that nobody's uploads
// meet another's.
func (d Draft) by() access.Actor { return access.System("draft:" + string(d.ID)) }

// Start is what a draft begins with. Helper is the officer or volunteer who files for a
// citizen, the zero actor for nobody.
type Start struct {
	Procedure, Unit string
	Channel         dossier.Channel
	Practice        bool
	Helper          access.Actor
	Address         string // of the network
}

// Begin begins an officer's draft for a citizen at the counter, or a practice one, and
// gives the address of its first page. The officer must receive dossiers in the unit.
func (s *Service) Begin(ctx context.Context, who access.Actor, procedure, unit string, channel dossier.Channel, practice bool) (path string, err error) {
	if err := who.NeedAt(dossier.Receive, unit); err != nil {
		return "", err
	}
	d, err := s.begin(ctx, Start{Procedure: procedure, Unit: unit, Channel: channel, Practice: practice, Helper: who, Address: who.From})
	if err != nil {
		return "", err
	}
	return s.home(d), nil
}

// begin begins a draft in a commune that takes dossiers.
func (s *Service) begin(ctx context.Context, in Start) (Draft, error) {
	v, err := s.Dossiers.InForce(ctx, in.Procedure, s.Business.Now())
	if err != nil {
		return Draft{}, err
	}
	if err := s.open(ctx, in); err != nil {
		return Draft{}, err
	}
	now := s.Machine.Now()
	d := Draft{ID: ident.New(now), Kind: Fresh, Procedure: in.Procedure, Version: v.ID, Unit: in.Unit, Channel: in.Channel, Practice: in.Practice,
		Helper: in.Helper.ID, HelperName: in.Helper.Name, Origin: hashed(in.Address), Answers: form.Answers{}, Stamps: map[string]int64{}, At: now, ChangedAt: now, Ver: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Draft)(nil)).Where("fd.origin = ?", d.Origin).Where("fd.at > ?", now.Add(-time.Hour)).Where("fd.helper = ''").Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= begun && d.Helper == "" {
			return fault.New(fault.TooMany, "filing.too_many")
		}
		_, err = tx.NewInsert().Model(&d).Exec(ctx)
		return db.Sorted(err)
	})
	return d, err
}

// open refuses a place that is no commune, and one that does not take dossiers online
// yet. Practice is free everywhere: it is how a commune gets ready.
func (s *Service) open(ctx context.Context, in Start) error {
	known, _, err := s.Dossiers.Known(ctx)
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(known(in.Unit), "place", "filing.form.place_unknown")
	if err := k.Err(); err != nil || in.Practice || in.Helper.SignedIn() {
		return err
	}
	o, err := s.Live(ctx, in.Unit)
	if err != nil || o.Open {
		return err
	}
	if o.From != "" {
		k.Need(false, "place", "filing.form.not_live_from", "day", shortDay(o.From))
	} else {
		k.Need(false, "place", "filing.form.not_live")
	}
	return k.Err()
}

// shortDay is 2016-11-10 as people write it.
func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("02/01/2006")
}

// ByKey is the draft that an address stands for. One that was not touched for 30 days is
// no more.
func (s *Service) ByKey(ctx context.Context, key string) (Draft, error) {
	var d Draft
	id, ok := s.Key.Read(purpose, key)
	if !ok {
		return d, fault.New(fault.Missing, "filing.gone")
	}
	err := db.Sorted(s.DB.Read().NewSelect().Model(&d).Where("fd.id = ?", id).Where("fd.changed_at > ?", s.Machine.Now().Add(-Life)).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		err = fault.New(fault.Missing, "filing.gone")
	}
	return d, err
}

// keep changes a draft: do sees it as it is now, under a lock. A draft that was sent
// meanwhile stays as it is and comes back sent.
func (s *Service) keep(ctx context.Context, id ident.ID, do func(ctx context.Context, tx *db.Tx, d *Draft) error) (Draft, error) {
	var d Draft
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d = Draft{}
		if err := tx.NewSelect().Model(&d).Where("fd.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if d.Sent() {
			return nil
		}
		if err := do(ctx, tx, &d); err != nil {
			return err
		}
		before := d.Ver
		d.Ver++
		d.ChangedAt = s.Machine.Now()
		return db.Changed(tx.NewUpdate().Model(&d).ExcludeColumn("id", "at", "origin", "kind", "procedure", "helper", "helper_name", "practice").
			Where("fd.id = ?", id).Where("fd.ver = ?", before).Exec(ctx))
	})
	return d, err
}

// Save takes answers in, as they were typed, given at a stamp; 0 is a page sent without
// script. What came too late is left out and named.
func (s *Service) Save(ctx context.Context, d Draft, in form.Answers, stamp int64) (saved Draft, late []string, err error) {
	if err := checkStamp(stamp); err != nil {
		return d, nil, err
	}
	saved, err = s.keep(ctx, d.ID, func(_ context.Context, _ *db.Tx, d *Draft) error {
		late = d.merge(in, stamp)
		_, err := form.Door(d.Answers)
		return err
	})
	return saved, late, err
}

// Sit takes the answer to "where" in: the code of a commune that was chosen, or its name.
// Where several answer to the name they are given back to choose from.
func (s *Service) Sit(ctx context.Context, in Start, chosen, typed string) (unit string, hits []org.Hit, err error) {
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return "", nil, err
	}
	unit, hits, err = meant(tree, chosen, typed)
	if err != nil {
		return "", hits, err
	}
	in.Unit = unit
	return unit, hits, s.open(ctx, in)
}

// Move takes a draft to another commune.
func (s *Service) Move(ctx context.Context, d Draft, unit string) (Draft, error) {
	return s.keep(ctx, d.ID, func(_ context.Context, _ *db.Tx, d *Draft) error {
		if d.Helper == "" || d.Practice {
			d.Unit = unit
		}
		return nil
	})
}

// Definition is what the version says whose form a draft answers, and its form.
func (s *Service) Definition(ctx context.Context, d Draft) (procedure.Definition, form.Form, error) {
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return def, form.Form{}, err
	}
	f, err := form.Read(def.Form)
	return def, f, err
}

// judged is what a draft's answers are judged against: this moment, its commune, and the
// places that addresses name.
func (s *Service) judged(ctx context.Context, unit string) (form.Context, *fields.Places, error) {
	p, err := fields.NewPlaces(ctx, s.Units, s.Business.Now())
	if err != nil {
		return form.Context{}, nil, err
	}
	return p.Context(unit, false), p, nil
}

// Changed tells whether another version of the procedure has come into force since the
// draft was begun.
func (s *Service) Changed(ctx context.Context, d Draft) (bool, error) {
	if d.Kind != Fresh || d.Sent() {
		return false, nil
	}
	v, err := s.Dossiers.InForce(ctx, d.Procedure, s.Business.Now())
	return v.ID != d.Version, err
}

// Renew takes a draft to the version in force; its answers stay as far as they are asked.
func (s *Service) Renew(ctx context.Context, d Draft) (Draft, error) {
	v, err := s.Dossiers.InForce(ctx, d.Procedure, s.Business.Now())
	if err != nil {
		return d, err
	}
	return s.keep(ctx, d.ID, func(_ context.Context, _ *db.Tx, d *Draft) error {
		d.Version = v.ID
		return nil
	})
}

// Sweep forgets drafts that were not sent and passes and tries that have served their time.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Machine.Now()
	for {
		var old []ident.ID
		err := s.DB.Read().NewSelect().Model((*Draft)(nil)).Column("id").Where("fd.changed_at < ?", now.Add(-Life)).Limit(swept).Scan(ctx, &old)
		if err != nil || len(old) == 0 {
			return joined(db.Sorted(err), s.forget(ctx, now))
		}
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			subjects := make([]string, len(old))
			for i, id := range old {
				subjects[i] = string(id)
			}
			if _, err := tx.NewRaw("DELETE FROM file WHERE area = ? AND subject IN (?)", area, bun.List(subjects)).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
			_, err := tx.NewDelete().Model((*Draft)(nil)).Where("id IN (?)", bun.List(old)).Exec(ctx)
			return db.Sorted(err)
		})
		if err != nil {
			return err
		}
	}
}

// swept is how many drafts are forgotten in one transaction.
const swept = 200

// forget drops passes and tries of more than a day ago.
func (s *Service) forget(ctx context.Context, now time.Time) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM filing_pass WHERE at < ?", now.Add(-24*time.Hour)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		_, err := tx.NewRaw("DELETE FROM filing_try WHERE at < ?", now.Add(-tried)).Exec(ctx)
		return db.Sorted(err)
	})
}
