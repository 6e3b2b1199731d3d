package reports

import (
	"context"
	"encoding/json"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/define"
	"lotrinh/reports/period"
)

// Definition is one version of a report as data. A snapshot carries the text of the
// version that it was made by, so it is composed the same for ever.
type Definition struct {
	define.Definition
	Version  int
	Text     json.RawMessage // canonical
	Hash     string          // SHA-256 of Text
	sections []section       // of the report of before definitions were data
}

// Defined is a version of a definition from its text, whatever its spelling.
func Defined(raw []byte, version int) (Definition, error) {
	body, err := define.Parse(raw)
	if err != nil {
		return Definition{}, err
	}
	text, err := body.Canonical()
	return Definition{Definition: body, Version: version, Text: text, Hash: define.Hash(text)}, err
}

// section is a heading with its ready-made parts.
type section struct {
	heading string // message key
	parts   []string
}

// Weekly is the key of the weekly progress report.
const Weekly = "weekly-progress"

// old is the weekly report as snapshots of schema 1 were made, versions 1 and 2.
var old = Definition{Definition: define.Definition{Key: Weekly, Period: period.Week, Form: define.Report}, Version: 2, sections: []section{
	{"reports.section.results", []string{"standing", "week", "curve", "districts", "tiles", "cases"}},
	{"reports.section.difficulties", []string{"held", "gaps", "tickets"}},
	{"reports.section.next", []string{"next"}},
}}

// Definitions answers what reports there are.
type Definitions interface {
	// Published are the definitions that runs of now are made by, each once, in the
	// order in which they are offered.
	Published(ctx context.Context) ([]Definition, error)
}

// BuiltIn are the newest versions of the reports that the product brings.
type BuiltIn struct{}

// Published are they.
func (BuiltIn) Published(context.Context) ([]Definition, error) {
	all, err := define.ReadShipped()
	if err != nil {
		return nil, err
	}
	var out []Definition
	for _, d := range all {
		one := Definition{Definition: d.Definition, Version: d.Version, Text: d.Canonical, Hash: define.Hash(d.Canonical)}
		if n := len(out); n > 0 && out[n-1].Key == d.Key {
			out[n-1] = one
			continue
		}
		out = append(out, one)
	}
	return out, nil
}

// definition is what runs of now are made by; Missing when there is none of the key.
func (s *Service) definition(ctx context.Context, key string) (Definition, error) {
	all, err := s.definitions(ctx)
	if err != nil {
		return Definition{}, err
	}
	for _, d := range all {
		if d.Key == key {
			return d, nil
		}
	}
	return Definition{}, fault.New(fault.Missing, "fault.missing")
}

// definitions are the published ones, in the order in which they are offered.
func (s *Service) definitions(ctx context.Context) ([]Definition, error) {
	return s.near.Definitions.Published(ctx)
}

// definitionOf is what frozen figures were made by: the text that they carry, or, of
// figures of before there was one, the weekly report of that time.
func definitionOf(f Figures) (Definition, error) {
	if f.Form == nil {
		if f.Definition != Weekly {
			return Definition{}, fault.New(fault.Missing, "fault.missing")
		}
		return old, nil
	}
	if define.Hash(f.Form) != f.FormHash {
		return Definition{}, fault.New(fault.Internal, "reports.snapshot.bent")
	}
	body, err := define.Read(f.Form)
	return Definition{Definition: body, Version: f.Version, Text: f.Form, Hash: f.FormHash}, err
}

// titles are what the published reports are called, by key.
type titles map[string]string

func (s *Service) titles(ctx context.Context, t i18n.T) (titles, error) {
	all, err := s.definitions(ctx)
	names := titles{}
	for _, d := range all {
		names[d.Key] = d.title(t)
	}
	return names, err
}

// of is the title of a report; its key when it is not offered any more.
func (n titles) of(key string) string {
	if name := n[key]; name != "" {
		return name
	}
	return key
}

// title is what the report is called.
func (d Definition) title(t i18n.T) string {
	if d.sections != nil {
		return t.Say("reports." + d.Key + ".title")
	}
	return d.Title.In(t.Lang)
}

// kind is the kind of period that the report covers.
func (d Definition) kind() period.Kind {
	if d.Period == "" {
		return period.Week
	}
	return d.Period
}
