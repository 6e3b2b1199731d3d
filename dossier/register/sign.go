package register

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Certificate is what a leader signs: the result as it is printed, with the entry that it
// rests on.
type Certificate struct {
	Dossier   string            `json:"dossier"`
	Procedure string            `json:"procedure"`
	Version   ident.ID          `json:"version"`
	Unit      string            `json:"unit"`
	Subject   string            `json:"subject"`
	PID       string            `json:"pid"`
	Answers   map[string]string `json:"answers"`
	Entry     ident.ID          `json:"entry,omitempty"`
	Book      string            `json:"book,omitempty"`
	Number    int64             `json:"number,omitempty"`
	EntryHash string            `json:"entry_hash,omitempty"`
	Decision  string            `json:"decision"`
	Reason    string            `json:"reason,omitempty"`
	Leader    ident.ID          `json:"leader"`
	Name      string            `json:"leader_name"`
	Post      ident.ID          `json:"post"`
	At        time.Time         `json:"at"`
	Proof     string            `json:"proof"`
}

// Decided is the data of the acts "sign" and "decline_sign".
type Decided struct {
	Signature ident.ID `json:"signature"`
	Hash      string   `json:"hash"`
	Entry     ident.ID `json:"entry,omitempty"`
}

// Ask is one dossier to be signed, as the leader saw it.
type Ask struct {
	Dossier ident.ID
	Ver     int64
}

// Outcome is what became of one dossier of a list.
type Outcome struct {
	Ask
	Signature Signature
	Err       error
}

// Sign signs results: each in a transaction of its own, so that one that cannot be signed
// keeps none of the others. It wants Sign at the unit, a post of signing leader that
// reaches it today, and a fresh proof for all of them.
func (s *Service) Sign(ctx context.Context, who access.Actor, proof org.Proof, all []Ask) ([]Outcome, error) {
	if err := who.Need(dossier.Sign); err != nil {
		return nil, err
	}
	if err := s.proved(who, proof); err != nil {
		return nil, err
	}
	out := make([]Outcome, len(all))
	for i, a := range all {
		g, err := s.decide(ctx, who, proof, a, DidSign, "")
		out[i] = Outcome{a, g, err}
	}
	return out, nil
}

// Refuse does not sign: the reason is kept, the number is voided and never used again,
// the dossier goes back to the officer.
func (s *Service) Refuse(ctx context.Context, who access.Actor, proof org.Proof, a Ask, reason string) (Signature, error) {
	if err := who.Need(dossier.Sign); err != nil {
		return Signature{}, err
	}
	if err := s.proved(who, proof); err != nil {
		return Signature{}, err
	}
	reason = strings.TrimSpace(fold.NFC(reason))
	var k fault.Check
	k.Need(reason != "" && len([]rune(reason)) <= dossier.MostSaid, "said", "dossier.reason_needed")
	if err := k.Err(); err != nil {
		return Signature{}, err
	}
	return s.decide(ctx, who, proof, a, DidRefuse, reason)
}

func (s *Service) decide(ctx context.Context, who access.Actor, proof org.Proof, a Ask, decision, reason string) (Signature, error) {
	var g Signature
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.Dossiers.DossierIn(ctx, tx, who, dossier.Sign, a.Dossier, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		if g, err = s.store(ctx, tx, who, proof, d, decision, reason); err != nil {
			return err
		}
		m := dossier.Move{Act: dossier.Signed, Data: Decided{g.ID, g.Hash, g.Entry}}
		if decision == DidRefuse {
			m.Act, m.Said = dossier.Declined, reason
		}
		if _, err := s.Dossiers.DoIn(ctx, tx, who, d.ID, a.Ver, m); err != nil {
			return err
		}
		return s.record(ctx, tx, who, d.Unit, d.ID, "dossier.certificate."+decision, map[string][2]any{"hash": {nil, g.Hash}, "entry": {nil, g.Entry}})
	})
	return g, err
}

// store keeps a leader's decision and does what follows from it: a lock of the dead
// person's record, or a void number.
func (s *Service) store(ctx context.Context, tx *db.Tx, who access.Actor, proof org.Proof, d dossier.Dossier, decision, reason string) (Signature, error) {
	now := s.now()
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return Signature{}, err
	}
	if step, _ := def.StepOf(d.Stage); d.Status != dossier.InWork || step.Kind != procedure.Sign {
		return Signature{}, fault.New(fault.Conflict, "register.not_to_sign")
	}
	post, err := s.People.PostAt(ctx, tx, who.ID, org.SigningLeader, d.Unit, clock.Date(now))
	if fault.Is(err, fault.Missing) {
		return Signature{}, fault.New(fault.Denied, "register.no_authority")
	} else if err != nil {
		return Signature{}, err
	}
	if err := s.impartial(ctx, tx, who, d, dossier.Move{}); err != nil {
		return Signature{}, err
	}
	f, err := s.fileOf(ctx, tx, d)
	if err != nil {
		return Signature{}, err
	}
	e, err := standing(ctx, tx, d.ID)
	if err != nil {
		return Signature{}, err
	}
	g := Signature{ID: ident.New(now), Dossier: d.ID, Unit: d.Unit, Practice: d.Practice, Decision: decision, Reason: reason, At: now, Day: clock.Date(now), By: who.ID, ByName: who.Name, Post: post.ID, Proof: proof.How()}
	c := Certificate{Dossier: d.Code, Procedure: d.Procedure, Version: d.Version, Unit: d.Unit, Subject: d.Subject, PID: digits(d.SubjectPID), Answers: f.answers, Decision: decision, Reason: reason,
		Leader: who.ID, Name: who.Name, Post: post.ID, At: now, Proof: proof.How()}
	if e != nil {
		g.Entry = e.ID
		c.Entry, c.Book, c.Number, c.EntryHash = e.ID, e.Book(), e.Number, e.Hash
	} else if f.book.Known() {
		return g, fault.New(fault.Conflict, "register.not_entered")
	}
	if g.Content, g.Hash, err = hashOf(c); err != nil {
		return g, err
	}
	if _, err := tx.NewInsert().Model(&g).Exec(ctx); err != nil {
		return g, db.Sorted(err)
	}
	switch {
	case e == nil:
		return g, nil
	case decision == DidRefuse:
		return g, s.void(ctx, tx, who, *e, reason)
	}
	return g, s.lockPerson(ctx, tx, f, *e, now)
}

// standing is the valid entry of a dossier; nil when it has none.
func standing(ctx context.Context, tx *db.Tx, id ident.ID) (*Entry, error) {
	var all []Entry
	err := tx.NewSelect().Model(&all).Where("re.dossier = ?", id).Where("NOT EXISTS (SELECT 1 FROM register_void AS rv WHERE rv.entry = re.id)").Order("re.id DESC").Limit(1).Scan(ctx)
	if err != nil || len(all) == 0 {
		return nil, db.Sorted(err)
	}
	return &all[0], nil
}

// void says that a number is not valid and frees the event.
func (s *Service) void(ctx context.Context, tx *db.Tx, who access.Actor, e Entry, reason string) error {
	now := s.now()
	v := Void{Entry: e.ID, Reason: reason, At: now, By: who.ID, ByName: who.Name}
	if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	_, err := tx.NewRaw("UPDATE register_series SET voided = voided + 1 WHERE unit = ? AND kind = ? AND year = ? AND practice = ?", e.Unit, e.Kind, e.Year, e.Practice).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if err := release(ctx, tx, e.ID, now); err != nil {
		return err
	}
	return s.record(ctx, tx, who, e.Unit, e.ID, "dossier.register.voided", map[string][2]any{"number": {e.Number, nil}}, Voided{e.event("")})
}

// lockPerson locks the record of a dead person once the extract is signed (Law on civil
// status, art. 34.2).
func (s *Service) lockPerson(ctx context.Context, tx *db.Tx, f file, e Entry, now time.Time) error {
	if e.Kind != Death {
		return nil
	}
	h := Held{ID: ident.New(now), PID: digits(f.SubjectPID), Name: f.Subject, Fold: f.SubjectFold, Born: f.Born, Practice: f.Practice, Entry: e.ID, LockedAt: now}
	_, err := tx.NewInsert().Model(&h).Exec(ctx)
	if db.Duplicate(err) {
		return fault.New(fault.Conflict, "register.already."+deadPerson)
	}
	return db.Sorted(err)
}

// listToSign keeps the leader's list as dossiers come to their step of signing and leave.
func (s *Service) listToSign(ctx context.Context, tx *db.Tx, before, after dossier.Dossier, st dossier.Step) error {
	if before.Stage == after.Stage && before.Open == after.Open {
		return nil
	}
	def, err := s.Dossiers.Definition(ctx, after.Version)
	if err != nil {
		return err
	}
	if step, _ := def.StepOf(after.Stage); after.Open && step.Kind == procedure.Sign {
		_, err = tx.NewRaw("INSERT INTO dossier_to_sign (dossier, unit, practice, since) VALUES (?, ?, ?, ?) ON CONFLICT (dossier) DO NOTHING", after.ID, after.Unit, after.Practice, st.At).Exec(ctx)
		return db.Sorted(err)
	}
	_, err = tx.NewRaw("DELETE FROM dossier_to_sign WHERE dossier = ?", after.ID).Exec(ctx)
	return db.Sorted(err)
}

// Proves tells whether a stored content is what its hash says.
func Proves(content json.RawMessage, hash string) bool {
	_, is, err := hashOf(content)
	return err == nil && is == hash
}
