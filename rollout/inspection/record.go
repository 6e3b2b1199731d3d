package inspection

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

// Record is what was found in a commune. ID was made on the phone; At is when it was seen.
type Record struct {
	ID      ident.ID
	Answers ask.Answers
	Notes   map[string]string // by the item's key
	Seen    []ident.ID        // equipment that was seen
	Remark  string
	At      time.Time
}

// findingDays is within how many working days a finding is to be mended.
const findingDays = 10

func (r *Record) check(f ask.Form) error {
	var k fault.Check
	k.Add(f.Complete(r.Answers))
	_, err := ident.Parse(string(r.ID))
	k.Need(err == nil, "id", "inspection.form.id")
	notes := map[string]string{}
	for _, x := range f.Fields {
		note := tidy(r.Notes[x.Key])
		k.Need(x.Kind != ask.YesNo || r.Answers.Values[x.Key] != ask.No || note != "", "n."+x.Key, "inspection.form.note")
		k.Need(utf8.RuneCountInString(note) <= 1000, "n."+x.Key, "inspection.form.long", "max", 1000)
		if note != "" {
			notes[x.Key] = note
		}
	}
	r.Notes, r.Remark = notes, tidy(r.Remark)
	k.Need(utf8.RuneCountInString(r.Remark) <= longestText, "remark", "inspection.form.long", "max", longestText)
	return k.Err()
}

// HandIn takes a record, once however often it is sent: what was seen becomes evidence,
// what is lacking becomes findings, all in one transaction.
func (s *Service) HandIn(ctx context.Context, who access.Actor, visit ident.ID, r Record, photos []files.Blob) (Visit, error) {
	var v Visit
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if v, err = visitByID(ctx, tx, who, Inspect, visit, db.ForUpdate(tx)); err != nil {
			return err
		}
		if v.Record == r.ID && r.ID != "" && v.By == who.ID {
			return nil // it arrived before
		}
		if v.State != Planned {
			return fault.New(fault.Conflict, "inspection.over")
		}
		var round Round
		if err := tx.NewSelect().Model(&round).Where("ip.id = ?", v.Round).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		form, err := round.Form()
		if err != nil {
			return err
		}
		if err := r.check(form); err != nil {
			return err
		}
		var k fault.Check
		if k.Need(len(photos) <= MaxPhotos, "photos", "inspection.form.photos", "max", MaxPhotos); !k.OK() {
			return k.Err()
		}
		return s.take(ctx, tx, who, round, form, &v, r, photos)
	})
	return v, err
}

// take writes a record that fits into a visit that waits for it.
func (s *Service) take(ctx context.Context, tx *db.Tx, who access.Actor, round Round, form ask.Form, v *Visit, r Record, photos []files.Blob) error {
	now := s.Business.Now()
	if r.At.IsZero() || r.At.After(now) {
		r.At = now
	}
	answers, err := json.Marshal(r.Answers)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	notes, err := json.Marshal(r.Notes)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	at := r.At.UTC().Truncate(time.Microsecond)
	v.State, v.Record, v.AnswersJSON, v.NotesJSON, v.Remark = HandedIn, r.ID, string(answers), string(notes), r.Remark
	v.SawAt, v.ArrivedAt, v.By, v.ByName, v.Seen = &at, &now, who.ID, who.Name, int64(len(r.Seen))
	for _, b := range photos {
		if _, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: Area, Subject: string(v.ID), Unit: v.Unit}); err != nil {
			return err
		}
	}
	if len(r.Seen) > 0 {
		if err := s.Equipment.SawIn(ctx, tx, who, v.Unit, r.Seen); err != nil {
			return err
		}
	}
	lacks := 0
	for _, x := range form.Fields {
		said := r.Answers.Values[x.Key]
		if x.Kind != ask.YesNo {
			continue
		}
		if x.Criterion != "" {
			if err := s.prove(ctx, tx, who, round.Programme, v.Unit, x.Criterion, said == ask.Yes, r.Notes[x.Key], at); err != nil {
				return err
			}
		}
		if said == ask.No {
			lacks++
			if err := s.find(ctx, tx, who, now, *v, x, r.Notes[x.Key]); err != nil {
				return err
			}
		}
	}
	return s.keep(ctx, tx, who, v, now, "rollout.inspection.handed_in", i18n.L("inspection.note.handed_in", "n", lacks), "", Planned)
}

// prove records what was seen as evidence of a criterion.
func (s *Service) prove(ctx context.Context, tx *db.Tx, who access.Actor, programme, unit, criterion string, met bool, note string, at time.Time) error {
	in := rollout.EvidenceInput{Programme: programme, Units: []string{unit}, Criterion: criterion, Answer: rollout.Met, Source: rollout.FromInspection, Note: note, ObservedAt: at}
	if !met {
		in.Answer = rollout.Unmet
	}
	_, err := s.Rollout.VerifyIn(ctx, tx, who, in)
	return err
}

// find writes a finding with its clock, and tells those who mend it.
func (s *Service) find(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, v Visit, x ask.Field, note string) error {
	f := Finding{ID: ident.New(now), Visit: v.ID, Unit: v.Unit, Item: x.Key, Criterion: x.Criterion, Title: x.Label, Note: note, State: Open, Version: 1}
	if err := s.turn(ctx, tx, &f, findingDays); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&f).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return s.tell(ctx, tx, who, f, "inspection.notice.found", "found", Mend)
}

// turn starts the clock of a finding.
func (s *Service) turn(ctx context.Context, tx *db.Tx, f *Finding, days int64) error {
	c, err := deadline.Start(ctx, tx, s.Calendars, deadline.Spec{Area: Area, Subject: string(f.ID), Purpose: "mend", Unit: f.Unit, Calendar: calstore.Office,
		Start: s.Business.Now(), Budget: days, Kind: deadline.EndOfDay, Steps: []deadline.StepSpec{{Name: "late"}}})
	if err != nil {
		return err
	}
	f.Clock, f.DueAt = c.ID, c.Due
	return nil
}

// tell queues a notice about a finding for those who hold a right at its unit (none when
// it is empty), and for others who are named, but not for whoever acts.
func (s *Service) tell(ctx context.Context, tx *db.Tx, who access.Actor, f Finding, template, key string, need access.Perm, also ...ident.ID) error {
	readers := also
	if need != "" {
		holders, err := s.People.Holding(ctx, need, f.Unit)
		if err != nil {
			return err
		}
		readers = append(holders, also...)
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	args := []any{"title", f.Title, "note", f.Note, "place", tree.Place(f.Unit), "due", ""}
	if f.DueAt != nil {
		args[len(args)-1] = *f.DueAt
	}
	seen := map[ident.ID]bool{who.ID: true, "": true}
	var out []notify.Message
	for _, id := range readers {
		if !seen[id] {
			seen[id] = true
			out = append(out, notify.Message{Account: id, Template: template, Args: args, Link: home + "/visits/" + string(f.Visit), Dedupe: "inspection." + key + ":" + string(f.ID) + ":" + string(f.Clock)})
		}
	}
	return notify.Write(ctx, tx, s.Business.Now(), out...)
}

// Sign records that both sides signed the minutes; a picture of the signed paper may go along.
func (s *Service) Sign(ctx context.Context, who access.Actor, id ident.ID, version int64, signer, post string, scan []files.Blob) (Visit, error) {
	signer, post = tidy(signer), tidy(post)
	var k fault.Check
	k.Add(worded("signer", signer))
	k.Add(worded("post", post))
	if err := k.Err(); err != nil {
		return Visit{}, err
	}
	return s.change(ctx, who, Inspect, id, version, "rollout.inspection.signed", i18n.L("inspection.note.signed", "signer", signer, "post", post), "", func(ctx context.Context, tx *db.Tx, v *Visit, now time.Time) error {
		if v.State != HandedIn {
			return fault.New(fault.Conflict, "inspection.not_handed_in")
		}
		v.State, v.Signer, v.SignerPost, v.SignedAt = Signed, signer, post, &now
		sum := sha256.Sum256([]byte(v.Unit + "\n" + v.AnswersJSON + "\n" + v.NotesJSON + "\n" + v.Remark + "\n" + v.ByName + "\n" + signer + "\n" + post))
		v.Hash = hex.EncodeToString(sum[:])
		for _, b := range scan {
			if _, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: Area, Subject: string(v.ID), Unit: v.Unit}); err != nil {
				return err
			}
		}
		return nil
	})
}
