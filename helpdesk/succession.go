package helpdesk

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/org/succession"
)

// Succession is how the help desk takes part when units change: what is open goes to the
// heir, who is called by the new name from then on; closed tickets, calls and opinions
// stay with the unit that they were of.
func (s *Service) Succession() succession.Participant {
	const work, person, place = succession.RuleWork, succession.RulePerson, succession.RulePlace
	return succession.Tables{Area: "succession.area.helpdesk", Moves: []succession.Table{
		{Name: "ticket", Where: "t.phase <> 'done'", Version: "version", Label: "succession.row.ticket", Rule: work},
		{Name: "deadline", As: "deadline of helpdesk", Where: "t.area = 'helpdesk' AND t.state IN ('running', 'paused')", Version: "version", Rule: work},
		{Name: "desk_vendor_case", Where: "t.ended_at IS NULL", Version: "version", Rule: work},
		{Name: "desk_visit", Where: "t.state NOT IN ('signed', 'cancelled')", Version: "version", Label: "succession.row.visit", Rule: work},
		{Name: "desk_report", Where: "t.ticket = ''", Rule: work},
		{Name: "desk_proposal", Where: "t.state = 'proposed'", Version: "version", Label: "succession.row.proposal", Rule: work, Once: []string{"kind", "subject"}, OnceWhere: "t.state = 'proposed'"},
		{Name: "hotline_callback", Where: "t.done_at IS NULL", Version: "version", Label: "succession.row.callback", Rule: work},
		{Name: "desk_contact", Version: "version", Label: "succession.row.contact", Rule: person},
		{Name: "hotline_number", Key: "t.number || '|' || t.person", Rule: person},
		{Name: "desk_mailbox", Rule: place}, {Name: "desk_mail_alias", Key: "t.address", Rule: place},
	}, Stays: []string{"duty_district", "hotline_call", "hotline_log", "sms_budget", "desk_survey", "incident_unit", "kb_feedback", "desk_remote", "desk_signal", "notice"},
		Beside: succession.Beside{
			End: func(ctx context.Context, tx *db.Tx, p succession.Plan, _ access.Actor) error {
				tx.After(s.board.forget)
				changes, err := s.followed(ctx, tx, p, 1)
				if err != nil {
					return err
				}
				return succession.Count(ctx, tx, p, changes)
			},
			Back: func(ctx context.Context, tx *db.Tx, p succession.Plan) error {
				tx.After(s.board.forget)
				changes, err := s.followed(ctx, tx, p, -1)
				if err != nil {
					return err
				}
				return succession.Uncount(ctx, tx, p, changes)
			},
		}}
}

// followed are the changes of our counters when tickets that a set moved, as they are now,
// go to their heirs, or back with a sign of -1.
func (s *Service) followed(ctx context.Context, tx *db.Tx, p succession.Plan, sign int64) ([]figures.Value, error) {
	moved, err := succession.Noted(ctx, tx, p, "ticket.unit")
	if err != nil {
		return nil, err
	}
	var all []figures.Value
	for part := range slices.Chunk(moved, 500) {
		ids, way := make([]string, len(part)), map[string]succession.Entry{}
		for i, e := range part {
			ids[i], way[e.Key] = e.Key, e
		}
		var tickets []Ticket
		if err := tx.NewSelect().Model(&tickets).Where("ti.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		for _, t := range tickets {
			e := way[string(t.ID)]
			t.Unit = e.Was
			all = append(all, t.counted(-sign)...)
			t.Unit = e.Became
			all = append(all, t.counted(sign)...)
		}
	}
	return slices.DeleteFunc(all, func(v figures.Value) bool { return v.Unit == "" }), nil
}

// counted is all that a ticket's row counts as, sign times.
func (t Ticket) counted(sign int64) []figures.Value {
	return append(t.flow(sign), figures.Value{Name: FigureTickets, Unit: t.Unit, Dim: string(t.Phase), N: sign},
		figures.Value{Name: FigureOpened, Unit: t.Unit, Day: clock.Date(t.OpenedAt), N: sign})
}
