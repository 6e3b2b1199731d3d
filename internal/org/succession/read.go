package succession

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/org"
)

// Lines is what a file of successions says of one day: who gives to whom, and what the
// receivers are called.
type Lines struct {
	Day     string
	Basis   string
	Changes []org.Change
	Wants   []Want
}

// the columns of the two files; more columns do no harm, their order neither.
var (
	changeColumns = []string{"effective_date", "from_code", "to_code", "to_name", "to_type", "kind", "share", "main", "legal_basis", "confidence"}
	unitColumns   = []string{"code", "name", "type"}
)

// table reads comma-separated rows by the names of their columns.
func table(r io.Reader, columns []string) ([]map[string]string, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	head, err := c.Read()
	if err != nil {
		return nil, bad("", "succession.bad.empty")
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, bad("", "succession.bad.column", "column", name)
		}
	}
	var rows []map[string]string
	for line := 2; ; line++ {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, bad("", "succession.bad.line", "line", line)
		}
		row := map[string]string{}
		for _, name := range columns {
			if i := at[name]; i < len(cells) {
				row[name] = fold.NFC(strings.TrimSpace(cells[i]))
			}
		}
		rows = append(rows, row)
	}
}

// ReadChanges reads a file of successions, one list a day in the order of days:
// comma-separated, columns effective_date, from_code, to_code, to_name, to_type, kind,
// share, main (1, 0 or nothing), legal_basis, confidence.
func ReadChanges(r io.Reader) ([]Lines, error) {
	rows, err := table(r, changeColumns)
	if err != nil {
		return nil, err
	}
	days := map[string]*Lines{}
	for i, row := range rows {
		day := row["effective_date"]
		if _, err := eveOf(day); err != nil || row["from_code"] == "" || row["to_code"] == "" {
			return nil, bad("", "succession.bad.line", "line", i+2)
		}
		l := days[day]
		if l == nil {
			l = &Lines{Day: day}
			days[day] = l
		}
		main, known := map[string]string{"1": "yes", "0": "no", "": "", "yes": "yes", "no": "no"}[row["main"]]
		if !known {
			return nil, bad("", "succession.bad.line", "line", i+2)
		}
		l.Basis = cmp.Or(l.Basis, row["legal_basis"])
		l.Changes = append(l.Changes, org.Change{Date: day, From: row["from_code"], To: row["to_code"], Kind: cmp.Or(row["kind"], "merge"),
			Share: cmp.Or(row["share"], "full"), Main: main, Basis: row["legal_basis"], Confidence: row["confidence"]})
		if !slices.ContainsFunc(l.Wants, func(w Want) bool { return w.Code == row["to_code"] }) {
			l.Wants = append(l.Wants, Want{Code: row["to_code"], Name: row["to_name"], Kind: row["to_type"], Level: org.Commune})
		}
	}
	all := make([]Lines, 0, len(days))
	for _, l := range days {
		all = append(all, *l)
	}
	slices.SortFunc(all, func(a, b Lines) int { return strings.Compare(a.Day, b.Day) })
	return all, nil
}

// ReadUnits reads the list of all communes from a day on: comma-separated, columns code,
// name, type.
func ReadUnits(r io.Reader) ([]Want, error) {
	rows, err := table(r, unitColumns)
	if err != nil {
		return nil, err
	}
	var all []Want
	for i, row := range rows {
		if row["code"] == "" || row["name"] == "" {
			return nil, bad("", "succession.bad.line", "line", i+2)
		}
		all = append(all, Want{Code: row["code"], Name: row["name"], Kind: row["type"], Level: org.Commune})
	}
	return all, nil
}

// Drafts joins both files: one draft a day. The list of all communes belongs to the last
// day, and to no other.
func Drafts(lines []Lines, all []Want) []Lines {
	out := slices.Clone(lines)
	if n := len(out); n > 0 && len(all) > 0 {
		out[n-1].Wants = all
	}
	return out
}

// FromFiles are the sets that the two files make: one a day. The list of all communes may
// be nil; a day is left out when skip says so, because a set of it is in force already.
func FromFiles(changes, units io.Reader, skip func(day string) bool) ([]NewSet, error) {
	lines, err := ReadChanges(changes)
	if err != nil {
		return nil, err
	}
	var all []Want
	if units != nil {
		if all, err = ReadUnits(units); err != nil {
			return nil, err
		}
	}
	var news []NewSet
	for i, l := range Drafts(lines, all) {
		if skip != nil && skip(l.Day) {
			continue
		}
		full := len(all) > 0 && i == len(lines)-1
		news = append(news, NewSet{Day: l.Day, Basis: l.Basis, Draft: Draft{Changes: l.Changes, Wants: l.Wants, Full: full}})
	}
	if len(news) == 0 {
		return nil, bad("", "succession.bad.empty")
	}
	return news, nil
}
