package exchange

import (
	"context"
	"strconv"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/wire"
)

// Entry is what a register says.
type Entry struct {
	Book     string
	Number   int64
	Day      string // of registration, 2016-11-10
	Officer  string
	Decision string // why it says something else now, or nothing any more
	Answers  form.Answers
}

// birthBook is the kind of register whose corrections the ministry takes.
const birthBook = "ks"

// mostDecision is how much of a decision the ministry is told, in characters.
const mostDecision = 500

// Handlers are what the room learns of registers: a decision about an entry goes where the
// entry went, as its next revision.
func (s *Service) Handlers() []outbox.Handler {
	on := func(name, topic, kind string) outbox.Handler {
		return outbox.Handler{Name: name, Topic: topic, Do: func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
			return s.changed(ctx, tx, e, kind)
		}}
	}
	return []outbox.Handler{on("exchange.corrected", "dossier.register.corrected", wire.BirthCorrected), on("exchange.annulled", "dossier.register.annulled", wire.BirthAnnulled),
		on("exchange.voided", "dossier.register.voided", wire.BirthAnnulled)}
}

// changed tells the ministry what became of an entry that it was told of.
func (s *Service) changed(ctx context.Context, tx *db.Tx, e outbox.Event, kind string) error {
	var what struct {
		ID       ident.ID `json:"id"`
		Dossier  ident.ID `json:"dossier"`
		Kind     string   `json:"kind"`
		Practice bool     `json:"practice"`
		Fact     ident.ID `json:"fact"`
	}
	if err := e.Read(&what); err != nil {
		return err
	}
	if what.Practice || what.Kind != birthBook {
		return nil
	}
	var d dossier.Dossier
	if err := tx.NewSelect().Model(&d).Where("d.id = ?", what.Dossier).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	entry, err := s.Entry(ctx, tx, what.ID, what.Fact)
	if err != nil {
		return err
	}
	all, err := s.known(ctx, d, entry.Answers)
	if err != nil {
		return err
	}
	all["so"], all["quyenSo"], all["ngayDangKy"], all["nguoiThucHien"] = strconv.FormatInt(entry.Number, 10), entry.Book, entry.Day, entry.Officer
	def, err := s.Dossiers.Definition(ctx, d.Version)
	if err != nil {
		return err
	}
	revision, err := s.nextRevision(ctx, tx, d, def.Group)
	if err != nil || revision == 1 {
		return err // it was never told of the entry
	}
	f := only(all, kind)
	why := []rune(entry.Decision)
	_, err = s.Post.Write(ctx, tx, post.Letter{Partner: Ministry, Dossier: d.Code, Ref: d.ID, Unit: d.Unit, Leg: def.Group, Type: kind, Revision: revision,
		Data:   wire.Case{Dossier: d.Code, Leg: def.Group, Revision: revision, Unit: d.Unit, Fields: f, Correction: string(why[:min(len(why), mostDecision)])},
		Fields: f, Expects: post.Result})
	return err
}
