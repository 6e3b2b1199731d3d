package register

import (
	"context"
	"maps"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Told is an entry as other offices are told of it.
type Told struct {
	Book     string
	Number   int64
	Day      string // of registration, 2016-11-10
	Officer  string
	Decision string // of the fact, with its day; of a void number, the reason
	Answers  form.Answers
}

// Told reads an entry as it stood after one of its facts, "" being as it was written. It
// is for the house itself, which tells offices what they are to know; people read an Entry.
func (s *Service) Told(ctx context.Context, tx *db.Tx, id, fact ident.ID) (Told, error) {
	var e Entry
	if err := tx.NewSelect().Model(&e).Where("re.id = ?", id).Scan(ctx); err != nil {
		return Told{}, db.Sorted(err)
	}
	stand, err := standOf(ctx, tx, e)
	if err != nil {
		return Told{}, err
	}
	out := Told{Book: e.Book(), Number: e.Number, Day: e.Day, Officer: e.OfficerName, Answers: form.Answers{}}
	maps.Copy(out.Answers, stand.First)
	if stand.Void != nil {
		out.Decision = stand.Void.Reason
	}
	if fact == "" {
		return out, nil
	}
	for _, f := range stand.Facts {
		for _, c := range f.Changes {
			out.Answers[c.Field] = c.To
		}
		if f.ID == fact {
			out.Decision = f.DecisionNo + " (" + f.DecisionDay + ")"
			break
		}
	}
	return out, nil
}
