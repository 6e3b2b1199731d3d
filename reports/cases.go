package reports

import (
	"context"

	"lotrinh/reports/render"
)

// Dossiers tells how citizens' dossiers are done; nil when there is nothing to tell.
// Figures are kept by month, so a period is told from the first day of its month.
type Dossiers interface {
	Dossiers(ctx context.Context, a Ask, p Period) (*Cases, error)
}

// Cases is what was done with dossiers from a day on, and what is open and late at the
// moment of reading.
type Cases struct {
	Since string `json:"since"` // 2016-11-01
	CaseCounts
	Districts []CaseTally `json:"districts"`
	Href      string      `json:"href"`
}

// CaseCounts are dossiers. OnTime and Late are the finished ones.
type CaseCounts struct {
	Accepted int `json:"accepted"`
	Finished int `json:"finished"`
	OnTime   int `json:"on_time"`
	Late     int `json:"late"`
	OpenLate int `json:"open_late"`
}

// CaseTally is the dossiers of a district.
type CaseTally struct {
	Code string `json:"code"`
	Name string `json:"name"`
	CaseCounts
	Href string `json:"href"`
}

// casesPart is nothing where no dossier was accepted or is late, and in snapshots of
// before dossiers were told of.
func casesPart(w writer) []Block {
	k := w.f.Dossiers
	if k == nil {
		return nil
	}
	columns := []render.Column{w.column("district", render.Text), w.column("accepted", render.Whole), w.column("finished", render.Whole), w.column("on_time", render.Whole),
		w.column("finished_late", render.Whole), w.column("share_on_time", render.Rate), w.column("open_late", render.Whole)}
	line := func(name string, c CaseCounts) []any {
		return []any{name, c.Accepted, c.Finished, c.OnTime, c.Late, share(c.OnTime, c.Finished), c.OpenLate}
	}
	var rows [][]any
	var hrefs []string
	for _, d := range k.Districts {
		rows, hrefs = append(rows, line(upperFirst(d.Name), d.CaseCounts)), append(hrefs, d.Href)
	}
	return []Block{
		w.para("reports.cases.some", "day", w.t.Day(dayOf(k.Since)), "accepted", k.Accepted, "finished", k.Finished, "on_time", k.OnTime, "late", k.Late, "open_late", k.OpenLate),
		w.grid("reports.grid.cases", columns, rows, hrefs, line(w.say("reports.column.sum"), k.CaseCounts)),
	}
}
