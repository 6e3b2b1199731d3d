package register

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// impartial are the acts that nobody does for oneself or a relative. Accepting at the
// counter and handing back are not among them: they decide nothing.
var impartial = []dossier.Act{dossier.HandOver, dossier.AskSupplement, dossier.AskVerify, dossier.Verified, dossier.AskConfirm, dossier.Amend, dossier.Stop, dossier.Enter, dossier.Signed, dossier.Declined}

// file is a dossier with its form and its answers.
type file struct {
	dossier.Dossier
	form    form.Form
	answers form.Answers
	book    Kind
}

func (s *Service) fileOf(ctx context.Context, q bun.IDB, d dossier.Dossier) (file, error) {
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return file{}, err
	}
	raw, err := s.Dossiers.AnswersOf(ctx, q, d.ID)
	if err != nil {
		return file{}, err
	}
	return file{d, formIn(def.Form), answersIn(raw), Kind(def.Book())}, nil
}

// impartial stops an act for oneself or a relative.
func (s *Service) impartial(ctx context.Context, tx *db.Tx, who access.Actor, d dossier.Dossier, _ dossier.Move) error {
	if who.IsSystem() {
		return nil
	}
	c, found, err := s.clashOf(ctx, tx, who.ID, d)
	if err != nil || !found {
		return err
	}
	return ownRelative(c)
}

// ownRelative says for whom somebody may not act.
func ownRelative(c Clash) error {
	return fault.New(fault.Conflict, "register.own_relative", "name", c.Name, "relation", i18n.Key("register.relation."+c.Relation))
}

func (s *Service) clashOf(ctx context.Context, q bun.IDB, account ident.ID, d dossier.Dossier) (Clash, bool, error) {
	mine, err := relativesOf(ctx, q, account)
	if err != nil || len(mine) == 0 {
		return Clash{}, false, err
	}
	f, err := s.fileOf(ctx, q, d)
	if err != nil {
		return Clash{}, false, err
	}
	c, found := clash(mine, persons(d, f.form, f.answers))
	return c, found, nil
}

// needLiving are the books whose subject must be alive.
var needLiving = map[Kind]bool{Death: true, Marriage: true, Marital: true}

// living stops what is asked for a person whose death is registered.
func (s *Service) living(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, _ dossier.Move) error {
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil || !needLiving[Kind(def.Book())] || digits(d.SubjectPID) == "" {
		return err
	}
	dead, err := tx.NewSelect().Model((*Held)(nil)).Where("pl.pid = ?", digits(d.SubjectPID)).Where("pl.pid <> ''").Where("pl.practice = ?", d.Practice).Where("pl.unlocked_at IS NULL").Exists(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if dead {
		return fault.New(fault.Conflict, "register.person_locked")
	}
	return nil
}

// entered lets the act "register" pass only from this room, with the entry that stands
// in the book.
func (s *Service) entered(ctx context.Context, tx *db.Tx, who access.Actor, d dossier.Dossier, m dossier.Move) error {
	e, ours := m.Data.(Entered)
	if !ours {
		return fault.New(fault.Conflict, "register.only_by_book")
	}
	there, err := tx.NewSelect().Model((*Entry)(nil)).Where("re.id = ?", e.Entry).Where("re.dossier = ?", d.ID).Where("re.officer = ?", who.ID).Exists(ctx)
	if err == nil && !there {
		return fault.New(fault.Conflict, "register.only_by_book")
	}
	return db.Sorted(err)
}

// signed lets a leader's decision pass only from this room, with the signature kept.
func (s *Service) signed(ctx context.Context, tx *db.Tx, who access.Actor, d dossier.Dossier, m dossier.Move) error {
	g, ours := m.Data.(Decided)
	if !ours {
		return fault.New(fault.Conflict, "register.only_by_list")
	}
	there, err := tx.NewSelect().Model((*Signature)(nil)).Where("sg.id = ?", g.Signature).Where("sg.dossier = ?", d.ID).Where("sg.signer = ?", who.ID).Exists(ctx)
	if err == nil && !there {
		return fault.New(fault.Conflict, "register.only_by_list")
	}
	return db.Sorted(err)
}
