package app

import "lotrinh/internal/org/succession"

// mapRooms is how the rooms of the rollout take part when units change: those for which a
// list of tables is all there is to say. What a person learnt goes with the person.
func mapRooms() []succession.Participant {
	const person, work = succession.RulePerson, succession.RuleWork
	return []succession.Participant{
		succession.Tables{Area: "succession.area.training", Moves: []succession.Table{
			{Name: "training_person", ByUnit: true, Where: "t.left_on = ''", Version: "version", Label: "succession.row.trainee", Rule: person,
				Once: []string{"audience", "name_fold"}, OnceWhere: "t.left_on = ''"},
			{Name: "training_seat", ByUnit: true, Version: "version", Label: "succession.row.seat", Rule: person},
			{Name: "training_class", Where: "t.state = 'open'", Version: "version", Label: "succession.row.class", Rule: work},
			{Name: "training_proposal", Where: "t.state = 'open'", Version: "version", Rule: work},
		}, Stays: []string{"training_certificate"}},
		succession.Tables{Area: "succession.area.accounts", Moves: []succession.Table{
			{Name: "issue_request", Where: "t.state <> 'ended'", Version: "version", Label: "succession.row.issue", Rule: person,
				Once: []string{"post", "name_fold", "born"}, OnceWhere: "t.state <> 'ended'"},
			{Name: "commune_duty", Where: "t.until_day = ''", Version: "version", Label: "succession.row.duty", Rule: succession.RulePlace},
		}, Stays: []string{"issue_batch", "access_review", "access_review_line"}},
		succession.Tables{Area: "succession.area.inspection", Moves: []succession.Table{
			{Name: "difficulty", Where: "t.state <> 'closed'", Version: "version", Label: "succession.row.difficulty", Rule: work},
			{Name: "inspection_finding", Where: "t.state <> 'closed'", Version: "version", Label: "succession.row.finding", Rule: work},
		}, Stays: []string{"inspection_visit"}},
		succession.Tables{Area: "succession.area.directives", Moves: []succession.Table{
			{Name: "directive", Where: "t.closed_at IS NULL", Version: "version", Label: "succession.row.directive", Rule: work},
		}, Stays: []string{"alert_episode", "alert_watch"}}, // an alert is about the unit whose number it was
		// What was planned of a commune, and what came of it, stays as it was planned.
		succession.Tables{Area: "succession.area.plan", Stays: []string{"plan_task", "plan_slip", "plan_rehearsal", "rollout_ticket_day"}},
		// What the figures of a day say stays with the map of that day.
		succession.Tables{Area: "succession.area.delivery", Stays: []string{"report_recipient"}}, // a list is of a schedule, whose cut stays what it was
		succession.Tables{Area: "succession.area.measure", Stays: []string{"metric_flow", "metric_level"}},
		// What was reported of services and quantities stays with the unit that reported it.
		succession.Tables{Area: "succession.area.services", Stays: []string{"service_step", "service_quota", "service_count"}},
		// A return is owed by the unit that it was asked of, under its code; the heir hands it in.
		succession.Tables{Area: "succession.area.returns", Stays: []string{"return_sheet"}},
	}
}
