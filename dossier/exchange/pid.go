package exchange

import (
	"context"
	"encoding/json"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/form/pid"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/wire"
)

// askPID asks the population database for a personal number, and lets the dossier wait. A
// dossier that comes here again, because its leader had not signed, keeps its number.
func (s *Service) askPID(ctx context.Context, tx *db.Tx, d dossier.Dossier) error {
	given, err := tx.NewSelect().Model((*dossier.Step)(nil)).Where("ds.dossier = ?", d.ID).Where("ds.act = ?", dossier.PIDGiven).Exists(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if given {
		if _, err := s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.AwaitPID}); err != nil {
			return err
		}
		_, err := s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.PIDGiven, Data: map[string]string{"pid_source": Population, "kept": "yes"}})
		return err
	}
	if err := s.write(ctx, tx, d, Population, "pid", wire.PIDRequested, post.Result, 1); err != nil {
		return err
	}
	_, err = s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.AwaitPID})
	return err
}

// sexes are the words of forms and of other offices.
var sexes = map[string]pid.Sex{"male": pid.Male, "female": pid.Female, "Nam": pid.Male, "Nữ": pid.Female}

// pidIssued takes a personal number that fits the child: it is kept with the dossier, and
// the history says where it came from. One that does not fit is refused, and a person is
// told.
func (s *Service) pidIssued(ctx context.Context, tx *db.Tx, in post.Incoming) error {
	var p wire.PID
	if err := json.Unmarshal(in.Event.Data, &p); err != nil {
		return fault.Because(fault.Invalid, "exchange.data_broken", err)
	}
	var d dossier.Dossier
	if err := tx.NewSelect().Model(&d).Where("d.id = ?", in.Message.Ref).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	raw, err := s.Dossiers.AnswersOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	said, err := s.known(ctx, d, answersIn(raw))
	if err != nil {
		return err
	}
	for _, trouble := range pid.Check(p.PID, pid.Known{Sex: sexes[said["nksGioiTinh"]], Born: d.Born, Today: clock.Date(s.Business.Now())}) {
		if !trouble.Warning {
			return fault.New(fault.Conflict, "exchange.pid_wrong")
		}
	}
	facts := dossier.Facts{Subject: d.Subject, Born: d.Born, SubjectPID: p.PID, MotherPID: d.MotherPID, ProofNo: d.ProofNo, Applicant: d.Applicant, Phone: d.Phone}
	if _, err := s.Dossiers.SaveAnswersIn(ctx, tx, machine, d.ID, raw, facts); err != nil {
		return err
	}
	_, err = s.Dossiers.DoIn(ctx, tx, machine, d.ID, 0, dossier.Move{Act: dossier.PIDGiven,
		Data: map[string]string{"pid_source": Population, "issued_on": p.IssuedOn, "key": p.Key}})
	return err
}
