package helpdesk

import (
	"context"
	"errors"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// errTaken ends a hand-over of a ticket that is not where it was thought to be.
var errTaken = errors.New("helpdesk: taken meanwhile")

// GiveIn gives a ticket to an owner on behalf of the product: by a roster, or because
// its owner is away. from is who has it now, empty for nobody; when that is no longer
// so, or the ticket is done, nothing happens and given is false. A quiet hand-over
// tells the new owner nothing: the caller does.
func (s *Service) GiveIn(ctx context.Context, tx *db.Tx, r Ready, id, from, to ident.ID, quiet bool) (given bool, err error) {
	_, err = s.actIn(ctx, tx, r, access.System(area), id, 0, func(_ context.Context, a *action) error {
		if a.t.Owner != from || a.t.Phase == Done || from == to {
			return errTaken
		}
		if err := a.give(to, ActAssigned); err != nil {
			return err
		}
		if quiet {
			a.notices = nil
		}
		return nil
	})
	if errors.Is(err, errTaken) {
		return false, nil
	}
	return err == nil, err
}
