package dossier

import "lotrinh/internal/org/succession"

// Succession is how dossiers take part when units change. Books, papers, numbers,
// signatures and closed dossiers stay with the unit that issued them, under its code; a
// dossier in work is received by the heir (đơn vị tiếp nhận), who goes on with it under
// the same number and the same due moment and enters it into its own book.
func (s *Service) Succession() succession.Participant {
	const work = succession.RuleWork
	return succession.Tables{Area: "succession.area.dossier", Moves: []succession.Table{
		{Name: "dossier", ByUnit: true, Where: "t.open", Version: "ver", Label: "succession.row.dossier", Rule: work},
		{Name: "dossier_to_sign", Key: "t.dossier", Rule: work},
		{Name: "register_proposal", Where: "t.state = 'open'", Label: "succession.row.register_proposal", Rule: work},
		{Name: "filing_draft", Where: "t.track = ''", Version: "ver", Label: "succession.row.filing_draft", Rule: work},
		{Name: "exchange_difference", Where: "t.state = 'open'", Version: "ver", Rule: work},
		{Name: "deadline", As: "deadline of dossier", Where: "t.area = 'dossier' AND t.state IN ('running', 'paused')", Version: "version", Rule: work},
	}, Stays: []string{"agency_code", "dossier_slip", "dossier_paper_number", "dossier_book", "dossier_signature", "register_series", "register_lock", "register_entry",
		"register_party", "practice_run", "practice_pass", "provisional_counter", "provisional_block", "provisional_ticket", "exchange_message", "office_intake"}}
}
