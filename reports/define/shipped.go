package define

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
)

// ready holds the reports that the product brings: KEY.VERSION.json. A changed report is
// a new file; old ones stay.
//
//go:embed ready
var ready embed.FS

// order is how the gallery shows the reports of the product.
var order = []string{"weekly-progress", "daily-campaign", "district-sheet", "equipment", "training-accounts", "helpdesk", "dossiers",
	"essential-services", "districts-compare", "chairman", "monthly-progress"}

// Shipped is one version of a report of the product.
type Shipped struct {
	Definition
	Version   int
	Canonical []byte
}

// ReadShipped are all versions of the reports of the product: in the order in which
// they are offered, old versions first.
func ReadShipped() ([]Shipped, error) {
	files, err := fs.Glob(ready, "ready/*.json")
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	var all []Shipped
	for _, name := range files {
		raw, err := ready.ReadFile(name)
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		d, err := Parse(raw)
		if err != nil {
			return nil, err
		}
		parts := strings.Split(name, ".")
		version, err := strconv.Atoi(parts[len(parts)-2])
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		body, err := d.Canonical()
		if err != nil {
			return nil, err
		}
		all = append(all, Shipped{Definition: d, Version: version, Canonical: body})
	}
	slices.SortFunc(all, func(a, b Shipped) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Key), slices.Index(order, b.Key)), cmp.Compare(a.Version, b.Version))
	})
	return all, nil
}
