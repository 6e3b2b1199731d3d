package register

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// PaperForm is what somebody read in the paper register where it differs.
type PaperForm struct {
	Page    string
	Changes []Change // Field and To: what paper says
	Note    string
}

// Compare records what the paper register says of an entry. Paper outranks the database
// (Law on civil status, art. 60.2), but nothing is overwritten: it is a proposal that
// another person decides.
func (s *Service) Compare(ctx context.Context, who access.Actor, entry ident.ID, f PaperForm) (Proposal, error) {
	if err := who.Need(dossier.Register); err != nil {
		return Proposal{}, err
	}
	f.Page, f.Note = strings.TrimSpace(fold.NFC(f.Page)), strings.TrimSpace(fold.NFC(f.Note))
	var k fault.Check
	k.Need(f.Page != "" && len([]rune(f.Page)) <= 40, "page", "register.paper.page_needed")
	k.Need(len([]rune(f.Note)) <= dossier.MostSaid, "note", "dossier.reason_long", "n", dossier.MostSaid)
	k.Need(len(f.Changes) > 0 && len(f.Changes) <= mostChanged, "value", "register.paper.same")
	if err := k.Err(); err != nil {
		return Proposal{}, err
	}
	now := s.now()
	var p Proposal
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := s.entryIn(ctx, tx, who, dossier.Register, entry)
		if err != nil {
			return err
		}
		st, err := standOf(ctx, tx, e)
		if err != nil {
			return err
		}
		if !st.Valid() {
			return fault.New(fault.Conflict, "register.fact.not_valid")
		}
		p = Proposal{ID: ident.New(now), Entry: e.ID, Unit: e.Unit, Page: f.Page, Note: f.Note, State: ProposalOpen, At: now, By: who.ID, ByName: who.Name, Ver: 1}
		if p.Changes, err = (FactForm{Kind: Correction, Changes: f.Changes}).against(st.Answers); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return s.record(ctx, tx, who, e.Unit, e.ID, "dossier.register.compared", map[string][2]any{"page": {nil, f.Page}, "fields": {nil, len(p.Changes)}})
	})
	return p, err
}

// Judgement is what a person decides about a proposal: the decision by which paper is
// followed, or why not.
type Judgement struct {
	Follow      bool
	DecisionNo  string
	DecisionDay string
	Reason      string
}

// Judge follows paper with a correction, or dismisses the proposal with a reason. Whoever
// compared does not judge.
func (s *Service) Judge(ctx context.Context, who access.Actor, proof org.Proof, id ident.ID, ver int64, j Judgement) (Proposal, error) {
	if err := who.Need(dossier.Register); err != nil {
		return Proposal{}, err
	}
	if err := s.proved(who, proof); err != nil {
		return Proposal{}, err
	}
	j.Reason = strings.TrimSpace(fold.NFC(j.Reason))
	var p Proposal
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		p = Proposal{}
		if err := tx.NewSelect().Model(&p).Where("rpr.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		e, err := s.entryIn(ctx, tx, who, dossier.Register, p.Entry)
		if err != nil {
			return err
		}
		switch {
		case p.State != ProposalOpen || p.Ver != ver:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		case p.By == who.ID:
			return fault.New(fault.Conflict, "register.paper.other_person")
		case !j.Follow && j.Reason == "":
			var k fault.Check
			k.Need(false, "reason", "dossier.reason_needed")
			return k.Err()
		}
		p.State, p.Reason = ProposalDismissed, j.Reason
		if j.Follow {
			made, err := s.decideIn(ctx, tx, who, proof, e, FactForm{Kind: Correction, DecisionNo: j.DecisionNo, DecisionDay: j.DecisionDay, Changes: p.Changes, Reason: j.Reason})
			if err != nil {
				return err
			}
			p.State, p.Fact = ProposalAccepted, made.ID
		}
		p.DecidedAt, p.DecidedBy, p.DecidedName, p.Ver = s.now(), who.ID, who.Name, ver+1
		err = db.Changed(tx.NewUpdate().Model(&p).Column("state", "reason", "fact", "decided_at", "decided_by", "decided_name", "ver").Where("id = ? AND ver = ?", id, ver).Exec(ctx))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, who, e.Unit, e.ID, "dossier.register.judged", map[string][2]any{"state": {ProposalOpen, p.State}})
	})
	return p, err
}

func proposalsOf(ctx context.Context, q bun.IDB, entry ident.ID) ([]Proposal, error) {
	var all []Proposal
	err := q.NewSelect().Model(&all).Where("rpr.entry = ?", entry).Order("rpr.id").Scan(ctx)
	return all, db.Sorted(err)
}
