package app

import "lotrinh/internal/org/succession"

// mapRooms is how the rooms of the rollout take part when units change: those for which a
// list of tables is all there is to say. What a person learnt goes with the person.
func mapRooms() []succession.Participant {
	const person, work = succession.RulePerson, succession.RuleWork
	return []succession.Participant{
		succession.Tables{Area: "succession.area.training", Moves: []succession.Table{
			{Name: "training_person", Where: "t.left_on = ''", Version: "version", Label: "succession.row.trainee", Rule: person,
				Once: []string{"audience", "name_fold"}, OnceWhere: "t.left_on = ''"},
			{Name: "training_seat", Version: "version", Label: "succession.row.seat", Rule: person},
			{Name: "training_class", Where: "t.state = 'open'", Version: "version", Label: "succession.row.class", Rule: work},
			{Name: "training_proposal", Where: "t.state = 'open'", Version: "version", Rule: work},
		}, Stays: []string{"training_certificate"}},
		// What was reported of services and quantities stays with the unit that reported it.
		succession.Tables{Area: "succession.area.services", Stays: []string{"service_step", "service_quota", "service_count"}},
		// A return is owed by the unit that it was asked of, under its code; the heir hands it in.
		succession.Tables{Area: "succession.area.returns", Stays: []string{"return_sheet"}},
	}
}
