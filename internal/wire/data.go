package wire

// Case is what we tell or ask an office about one leg of a dossier.
type Case struct {
	Dossier    string `json:"dossier"`  // its code
	Leg        string `json:"leg"`      // birth, residence, insurance, pid
	Revision   int64  `json:"revision"` // 1, one more with each correction
	Unit       string `json:"unit"`     // code of the commune
	Fields     Fields `json:"fields"`
	Correction string `json:"correction,omitempty"` // the decision of a correction or an annulment
}

// Answer is what we answer an office that asked for a completion.
type Answer struct {
	Dossier  string `json:"dossier"`
	Leg      string `json:"leg"`
	Revision int64  `json:"revision"`
	Unit     string `json:"unit"`
	CaseNo   string `json:"case_no"`
	Answer   string `json:"answer"`
	Fields   Fields `json:"fields,omitempty"`
}

// Status is where a dossier stands, as the national portal shows it.
type Status struct {
	Dossier   string `json:"dossier"`
	Status    int    `json:"status"` // 1 to 10
	ChangedAt string `json:"changed_at"`
	Unit      string `json:"unit"`
	Procedure string `json:"procedure"`
	DueAt     string `json:"due_at,omitempty"`
}

// Reply is what an office says of a case that we sent it.
type Reply struct {
	Key      string `json:"key"` // idempotency key of what it answers
	CaseNo   string `json:"case_no,omitempty"`
	Wants    string `json:"wants,omitempty"`  // of a completion: what is missing
	Reason   string `json:"reason,omitempty"` // of a rejection
	ResultNo string `json:"result_no,omitempty"`
	ResultOn string `json:"result_on,omitempty"` // 2016-11-10
	Fields   Fields `json:"fields,omitempty"`
}

// PID is a personal number that the population database gave.
type PID struct {
	Key      string `json:"key"`
	PID      string `json:"pid"`
	IssuedOn string `json:"issued_on"`
}

// Submission is a dossier that somebody sent at the national portal.
type Submission struct {
	Number    string `json:"number"` // the portal's own
	Procedure string `json:"procedure"`
	Unit      string `json:"unit"`
	Applicant string `json:"applicant"`
	Phone     string `json:"phone"`
	Answers   Fields `json:"answers"`
}

// Standing is how an office sees one case: its answer to a question by key, and a line of
// its ledger.
type Standing struct {
	Key      string `json:"key"`
	Dossier  string `json:"dossier"`
	Revision int64  `json:"revision"`
	State    string `json:"state"` // stored, received, completion, rejected, done
	CaseNo   string `json:"case_no,omitempty"`
	ResultNo string `json:"result_no,omitempty"`
	Hash     string `json:"hash"`      // of the normalised fields
	BodyHash string `json:"body_hash"` // of the envelope's data, as it was sent
	Fields   Fields `json:"fields,omitempty"`
}

// Stored answers an envelope that was taken: the transport's receipt.
type Stored struct {
	ID        string `json:"id"`
	Duplicate bool   `json:"duplicate,omitempty"`
}

// Ledger is a page of standings in the order of their keys.
type Ledger struct {
	Items []Standing `json:"items"`
	Next  string     `json:"next,omitempty"` // key to go on after; empty on the last page
}

// Waiting is a page of what an office holds ready to be fetched, each message signed as if
// it were sent.
type Waiting struct {
	Items []Packed `json:"items"`
	Next  string   `json:"next,omitempty"` // cursor to go on after; empty when nothing is left
}

// Packed is one signed message.
type Packed struct {
	ID        string `json:"id"`
	Timestamp string `json:"timestamp"`
	Signature string `json:"signature"`
	Body      string `json:"body"`
}
