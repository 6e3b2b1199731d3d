package reports

// RunFinished says that a report is there.
type RunFinished struct {
	Run        string `json:"run"`
	Definition string `json:"definition"`
	Programme  string `json:"programme"`
	Cut        string `json:"cut"`
	Period     string `json:"period"`
	Kind       Kind   `json:"kind"`
	Edition    int64  `json:"edition"` // 1, or that of a report that replaces another
	Hash       string `json:"hash"`
}

// Topic is the event's name.
func (RunFinished) Topic() string { return "reports.run.finished" }

// Subject is the run.
func (e RunFinished) Subject() string { return e.Run }

// RunIssued says that a report was signed; Issue is above 1 when it mends an earlier one.
type RunIssued struct {
	Run        string `json:"run"`
	Definition string `json:"definition"`
	Programme  string `json:"programme"`
	Cut        string `json:"cut"`
	Period     string `json:"period"`
	Issue      int64  `json:"issue"`
	Number     string `json:"number"`    // 05/BC-STTTT
	SignedOn   string `json:"signed_on"` // 2016-11-14
	Hash       string `json:"hash"`      // SHA-256 of the signed document's PDF
}

// Topic is the event's name.
func (RunIssued) Topic() string { return "reports.run.issued" }

// Subject is the run.
func (e RunIssued) Subject() string { return e.Run }

// RunFailed says that a report was given up.
type RunFailed struct {
	Run        string `json:"run"`
	Definition string `json:"definition"`
	Programme  string `json:"programme"`
	Cut        string `json:"cut"`
	Period     string `json:"period"`
	Kind       Kind   `json:"kind"`
	Problem    string `json:"problem"` // message key
}

// Topic is the event's name.
func (RunFailed) Topic() string { return "reports.run.failed" }

// Subject is the run.
func (e RunFailed) Subject() string { return e.Run }
