package reports

import (
	"context"
	"encoding/json"
	"strconv"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports/delta"
)

// EditionNote is what a later edition of a report says of the one that it replaces. It
// is frozen with the figures.
type EditionNote struct {
	No       int64          `json:"no"`
	Replaces string         `json:"replaces"` // SHA-256 of the figures of the edition before
	Reason   string         `json:"reason"`
	By       string         `json:"by"`
	Changes  []delta.Change `json:"changes"`
}

// longestReason is the most characters of a reason.
const longestReason = 500

// Reissue asks for another edition of a report that is there: its period is read anew,
// and the new edition names the one it replaces and lists what differs. Editions that
// are there stay as they are. Conflict while a report is being made.
func (s *Service) Reissue(ctx context.Context, who access.Actor, id ident.ID, reason string) error {
	r, err := s.RunOf(ctx, who, id)
	if err != nil {
		return err
	}
	if err := who.NeedAt(Reissue, r.Cut); err != nil {
		return err
	}
	reason = fold.NFC(reason)
	var k fault.Check
	k.Need(reason != "" && len([]rune(reason)) <= longestReason, "reason", "reports.edition.reason_needed", "most", longestReason)
	if err := k.Err(); err != nil {
		return err
	}
	if !r.Made() || !r.State.Ended() {
		return fault.New(fault.Conflict, "reports.edition.not_now")
	}
	settled := r.State
	if settled == Failed {
		settled = Rendered
	}
	now := s.business.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, settled = ?, reason = ?, asked_by = ?, attempts = 0, problem = '{}', lease_until = ?, version = version + 1 "+
			"WHERE id = ? AND state = ? AND editions = ?", Queued, settled, reason, who.Name, s.machine.Now(), id, r.State, r.Editions).Exec(ctx))
		if err != nil {
			return err
		}
		if err := s.step(ctx, tx, r, Queued, r.Editions+1, who.Name, ""); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "reports.edition.asked", string(id), map[string][2]any{"edition": {r.Editions, r.Editions + 1}, "reason": {"", reason}})
	})
}

// Differences is what another edition of a report would list if it were made now: its
// period is read anew and compared with the latest edition. Nothing is stored.
func (s *Service) Differences(ctx context.Context, who access.Actor, id ident.ID) ([]delta.Change, error) {
	r, err := s.RunOf(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := who.NeedAt(Reissue, r.Cut); err != nil {
		return nil, err
	}
	if !r.Made() {
		return nil, fault.New(fault.Conflict, "reports.edition.not_now")
	}
	f, err := s.figures(ctx, r)
	if err != nil {
		return nil, err
	}
	note, err := s.editionNote(ctx, r, f)
	if err != nil {
		return nil, err
	}
	return note.Changes, nil
}

// definitionFor is what a run is made by: another edition by the text that was frozen
// with the one before, so that they differ in figures alone.
func (s *Service) definitionFor(ctx context.Context, r RunRow) (Definition, error) {
	if !r.Made() {
		return s.definition(ctx, r.Definition)
	}
	before, err := s.edition(ctx, r.ID, r.Editions)
	if err != nil {
		return Definition{}, err
	}
	f, err := before.Figures()
	if err != nil {
		return Definition{}, err
	}
	if f.Form == nil {
		return s.definition(ctx, r.Definition)
	}
	return definitionOf(f)
}

// editionNote is what figures that were read anew say of the edition before; nil for
// the first.
func (s *Service) editionNote(ctx context.Context, r RunRow, f Figures) (*EditionNote, error) {
	if !r.Made() {
		return nil, nil
	}
	before, err := s.edition(ctx, r.ID, r.Editions)
	if err != nil {
		return nil, err
	}
	f.Edition = nil
	body, err := canonical(f)
	if err != nil {
		return nil, err
	}
	changes, err := delta.Compare([]byte(before.Body), body, f.names())
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	if changes == nil {
		changes = []delta.Change{}
	}
	return &EditionNote{No: r.Editions + 1, Replaces: before.Hash, Reason: r.Reason, By: r.AskedBy, Changes: changes}, nil
}

// names are the units whose figures the report holds, by their codes.
func (f Figures) names() map[string]string {
	by := map[string]string{f.Cut.Code: f.Cut.Name}
	for _, d := range f.Progress.Districts {
		by[d.Code] = d.Name
	}
	for _, u := range f.Progress.Tiles {
		by[u.Unit] = u.Name
	}
	return by
}

// replacing writes beside a snapshot which edition it replaces, and why.
func (s *Snapshot) replacing(n *EditionNote) error {
	if n == nil {
		return nil
	}
	changes, err := json.Marshal(n.Changes)
	s.Replaces, s.Reason, s.ByName, s.Changes = n.Replaces, n.Reason, n.By, string(changes)
	return err
}

// Edition is one edition of a report within the reader's reach; 0 is the latest.
func (s *Service) Edition(ctx context.Context, who access.Actor, run ident.ID, no int64) (Snapshot, error) {
	if _, err := s.RunOf(ctx, who, run); err != nil {
		return Snapshot{}, err
	}
	return s.edition(ctx, run, no)
}

func (s *Service) edition(ctx context.Context, run ident.ID, no int64) (Snapshot, error) {
	var sn Snapshot
	q := s.db.Read().NewSelect().Model(&sn).Where("sn.run = ?", run)
	if no > 0 {
		q = q.Where("sn.edition = ?", no)
	}
	err := q.Order("sn.edition DESC").Limit(1).Scan(ctx)
	return sn, db.Sorted(err)
}

// mostEditions is how many editions of a report a page lists.
const mostEditions = 50

// Editions are the editions of a report within the reader's reach, latest first, without
// their figures and differences.
func (s *Service) Editions(ctx context.Context, who access.Actor, run ident.ID) ([]Snapshot, error) {
	return s.editionsWith(ctx, who, run, "body", "changes")
}

func (s *Service) editionsWith(ctx context.Context, who access.Actor, run ident.ID, without ...string) ([]Snapshot, error) {
	if _, err := s.RunOf(ctx, who, run); err != nil {
		return nil, err
	}
	var rows []Snapshot
	err := s.db.Read().NewSelect().Model(&rows).ExcludeColumn(without...).Where("sn.run = ?", run).Order("sn.edition DESC").Limit(mostEditions).Scan(ctx)
	return rows, db.Sorted(err)
}

// mostListed is how many differences a report lists in words; the rest is in its data.
const mostListed = 25

// replacing opens the chapters of a later edition with what it replaces, why, and what
// differs.
func (w writer) replacing(all []Chapter) []Chapter {
	n := w.f.Edition
	if n == nil || len(all) == 0 {
		return all
	}
	blocks := []Block{w.para("reports.edition.replaces", "no", n.No, "before", n.No-1, "hash", short(n.Replaces), "by", n.By, "reason", n.Reason)}
	if len(n.Changes) == 0 {
		blocks = append(blocks, w.para("reports.edition.no_changes"))
	} else {
		blocks = append(blocks, w.para("reports.edition.changes", "n", len(n.Changes)), w.differences(n.Changes))
	}
	all[0].Blocks = append(blocks, all[0].Blocks...)
	return all
}

// differences is the changes in words, as many as a report lists.
func (w writer) differences(all []delta.Change) Items {
	var said Items
	for _, c := range all[:min(len(all), mostListed)] {
		said = append(said, upperFirst(c.Say(w.t)))
	}
	if more := len(all) - mostListed; more > 0 {
		said = append(said, w.say("reports.edition.more", "n", more))
	}
	return said
}

func short(hash string) string { return hash[:min(len(hash), 16)] }

// editionQuery is the edition that an address asks for; 0 is the latest.
func editionQuery(raw string) (int64, error) {
	if raw == "" {
		return 0, nil
	}
	no, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || no < 1 {
		return 0, fault.New(fault.Missing, "fault.missing")
	}
	return no, nil
}
