package app

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org/succession"
)

// longestUnits is the most bytes of a file of units.
const longestUnits = 16 << 20

// unitFiles is what `import units` was told.
type unitFiles struct {
	names      []string
	confirm    bool
	basis, why string
}

func readUnitFiles(args []string) (unitFiles, error) {
	var x unitFiles
	flags := flag.NewFlagSet("import units", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&x.confirm, "confirm", false, "")
	flags.StringVar(&x.basis, "document", "", "")
	flags.StringVar(&x.why, "reason", "", "")
	for len(args) > 0 {
		if !strings.HasPrefix(args[0], "-") {
			x.names, args = append(x.names, args[0]), args[1:]
			continue
		}
		if err := flags.Parse(args); err != nil {
			return x, fault.Because(fault.Invalid, "app.import.units_usage", err)
		}
		args = flags.Args()
	}
	if x.confirm != (x.basis != "") || x.confirm != (x.why != "") || x.confirm && len(x.names) == 0 {
		return x, fault.New(fault.Invalid, "app.import.units_usage")
	}
	return x, nil
}

// importUnits is `import units`: with files of changes (CSV: who gives to whom, and the list
// of all communes of the last day) it drafts a previewed set for each day, and with --confirm
// puts them in force; with tables of versions, or without files, it loads the units.
func (h *House) importUnits(ctx context.Context, args []string, term Terminal) error {
	x, err := readUnitFiles(args)
	if err != nil {
		return err
	}
	var changes, units []byte
	for _, name := range x.names {
		raw, err := wholeFile(name)
		if err != nil {
			return err
		}
		switch kind := succession.FileKind(raw); {
		case kind == succession.ChangesFile && changes == nil:
			changes = raw
		case kind == succession.UnitsFile && units == nil:
			units = raw
		case kind == "" && changes == nil && units == nil && !x.confirm:
			return h.Units.ImportCommand(ctx, term.t, x.names, term.Out)
		default:
			return fault.New(fault.Invalid, "app.import.units_usage")
		}
	}
	if len(x.names) == 0 {
		return h.Units.ImportCommand(ctx, term.t, nil, term.Out)
	}
	if changes == nil {
		return fault.New(fault.Invalid, "app.import.units_usage")
	}
	return h.importMap(ctx, x, changes, units, term)
}

func wholeFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > longestUnits {
		return nil, fault.Because(fault.Invalid, "app.import.units_file", err, "file", name)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Because(fault.Invalid, "app.import.units_file", err, "file", name)
	}
	return raw, nil
}

// importMap drafts and previews the sets of the files, or takes up those that were drafted
// from them before, and confirms them when told to, with every receiver that is only
// proposed. A set that stands on an earlier one is previewed once that is in force.
func (h *House) importMap(ctx context.Context, x unitFiles, changes, units []byte, term Terminal) error {
	who := h.actor("import")
	all := func() io.Reader {
		if units == nil {
			return nil
		}
		return bytes.NewReader(units)
	}
	sets, err := h.Map.Again(ctx, who, bytes.NewReader(changes), all())
	if err != nil {
		return err
	}
	if len(sets) == 0 {
		if sets, err = h.Map.Bring(ctx, who, "", bytes.NewReader(changes), all()); err != nil {
			return err
		}
	}
	for _, set := range sets {
		v, err := h.Map.Get(ctx, who, set.ID)
		if err != nil {
			return err
		}
		if v.Wrong != nil && set.ID != sets[0].ID {
			term.say("app.import.units_drafted", "day", set.Day, "id", string(set.ID))
			continue
		}
		if err := h.previewMap(ctx, x, v, term); err != nil {
			return err
		}
		if !x.confirm {
			continue
		}
		if set, err = h.Map.Confirm(ctx, who, set.ID, succession.Decision{Basis: x.basis, Reason: x.why}); err != nil {
			return err
		}
		term.say("app.import.units_"+string(set.State), "day", set.Day, "document", set.Basis)
	}
	return nil
}

// previewMap counts what a set would do, and prints it.
func (h *House) previewMap(ctx context.Context, x unitFiles, v succession.View, term Terminal) error {
	who := h.actor("import")
	if x.confirm {
		if err := h.Map.Choose(ctx, who, v.ID, 0, nil, true); err != nil {
			return err
		}
	}
	told, err := h.Map.Preview(ctx, who, v.ID)
	if err != nil {
		return err
	}
	term.say("app.import.units_previewed", "day", v.Day, "id", string(v.ID), "before", told.Summary.Before, "after", told.Summary.After,
		"doubts", v.Plan.Summary().Doubts, "scopes", told.Scopes)
	for _, r := range told.Reports {
		for _, m := range r.Moved {
			if m.Rows > 0 {
				term.say("app.import.units_moves", "n", m.Rows, "what", i18n.Key(m.Label), "rule", i18n.Key(string(m.Rule)))
			}
		}
		for _, line := range r.Problems {
			term.say("app.import.units_problem", "area", i18n.Key(r.Area), "what", term.t.Say(line.Key, line.Args...))
		}
	}
	return nil
}
