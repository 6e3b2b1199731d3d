package succession

import (
	"encoding/csv"
	"io"
	"slices"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/org"
)

// WriteChanges writes what is known of successions on days from until, both included, as
// the file that ReadChanges reads: to be looked over, changed and brought in again.
func WriteChanges(out io.Writer, a *org.Atlas, from, until string) error {
	w := csv.NewWriter(out)
	if err := w.Write(slices.Insert(slices.Clone(changeColumns), 2, "from_name", "from_type")); err != nil {
		return db.Sorted(err)
	}
	for _, c := range a.AllChanges() {
		if c.Date < from || c.Date > until {
			continue
		}
		eve, err := eveOf(c.Date)
		if err != nil {
			return db.Sorted(err)
		}
		was, _ := a.Version(c.From, eve)
		to, _ := a.Version(c.To, c.Date)
		main := map[string]string{"yes": "1", "no": "0"}[c.Main]
		if err := w.Write([]string{c.Date, c.From, was.Name, was.Kind, c.To, to.Name, to.Kind, c.Kind, c.Share, main, c.Basis, c.Confidence}); err != nil {
			return db.Sorted(err)
		}
	}
	w.Flush()
	return db.Sorted(w.Error())
}

// WriteUnits writes all communes of a day as the file that ReadUnits reads.
func WriteUnits(out io.Writer, a *org.Atlas, day string) error {
	w := csv.NewWriter(out)
	if err := w.Write(unitColumns); err != nil {
		return db.Sorted(err)
	}
	for _, u := range a.Tree(day).Communes("") {
		if err := w.Write([]string{u.Code, u.Name, u.Kind}); err != nil {
			return db.Sorted(err)
		}
	}
	w.Flush()
	return db.Sorted(w.Error())
}
