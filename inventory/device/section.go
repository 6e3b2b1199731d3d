package device

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/inventory/agent"
)

// softwares is the section of installed programs.
const softwares = "SOFTWARES"

// sections keeps which sections changed, and when; of those that did not only the hash
// is looked at. Their bodies lie with the messages that brought them.
func (s *Service) sections(ctx context.Context, tx *db.Tx, a arrived, d Device, fresh bool) error {
	var have []Section
	if !fresh {
		if err := tx.NewSelect().Model(&have).Where("ds.device = ?", d.ID).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	var news []Section
	for _, now := range a.Report.Sections {
		i := slices.IndexFunc(have, func(h Section) bool { return h.Name == now.Name })
		if i >= 0 && have[i].Hash == now.Hash && !have[i].Gone {
			continue
		}
		news = append(news, Section{Device: d.ID, Name: now.Name, Hash: now.Hash, Entries: int64(now.Rows), Since: a.TakenAt, Message: a.Message})
		if i >= 0 && have[i].Hash != now.Hash && !slices.Contains(restless, now.Name) {
			line, err := s.changed(ctx, tx, have[i], now)
			if err != nil {
				return err
			}
			if err := remember(ctx, tx, a, d, line); err != nil {
				return err
			}
		}
	}
	if err := s.missing(ctx, tx, a, d, have); err != nil || len(news) == 0 {
		return err
	}
	_, err := tx.NewInsert().Model(&news).On("CONFLICT (device, name) DO UPDATE").Set("hash = EXCLUDED.hash").Set("entries = EXCLUDED.entries").
		Set("since = EXCLUDED.since").Set("message = EXCLUDED.message").Set("gone = EXCLUDED.gone").Exec(ctx)
	return db.Sorted(err)
}

// missing marks the sections that a whole report did not have; they stay readable.
func (s *Service) missing(ctx context.Context, tx *db.Tx, a arrived, d Device, have []Section) error {
	if a.Report.Partial {
		return nil
	}
	var gone []string
	for _, h := range have {
		if !h.Gone && !slices.ContainsFunc(a.Report.Sections, func(n agent.Section) bool { return n.Name == h.Name }) {
			gone = append(gone, h.Name)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	_, err := tx.NewRaw("UPDATE device_section SET gone = TRUE WHERE device = ? AND name IN (?)", d.ID, bun.List(gone)).Exec(ctx)
	return db.Sorted(err)
}

// restless are sections that change by themselves: their figures are facts, with a
// history of their own.
var restless = []string{"DRIVES", "BATTERIES"}

// changed says what is other in a section: of programs which came and which went.
func (s *Service) changed(ctx context.Context, q bun.IDB, before Section, now agent.Section) (i18n.Line, error) {
	if now.Name != softwares {
		return i18n.L("device.change.section", "section", sectionKey(now.Name)), nil
	}
	bodies, err := s.bodies(ctx, q, []string{before.Hash})
	if err != nil {
		return i18n.Line{}, err
	}
	if bodies[before.Hash] == nil {
		return i18n.L("device.change.section", "section", sectionKey(now.Name)), nil
	}
	came, went, names := exchanged(bodies[before.Hash], now.Body)
	return i18n.L("device.change.software", "came", came, "went", went, "names", names), nil
}

// Entry is one entry of a section: its fields in the order in which they were kept.
type Entry []Field

// Field is one value of an entry.
type Field struct{ Name, Value string }

// Of is a field's value; empty when it is not there.
func (e Entry) Of(name string) string {
	for _, f := range e {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// entries reads a section's canonical form: entries parted by an empty line, a field a
// line, name and value parted by a tab.
func entries(body []byte) []Entry {
	var out []Entry
	for part := range strings.SplitSeq(string(body), "\n\n") {
		var e Entry
		for line := range strings.SplitSeq(part, "\n") {
			if name, value, ok := strings.Cut(line, "\t"); ok {
				e = append(e, Field{name, value})
			}
		}
		if len(e) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// Sections are the sections that agents send, in the order in which people read them.
var Sections = []string{"BIOS", "HARDWARE", "OPERATINGSYSTEM", "CPUS", "MEMORIES", "DRIVES", "STORAGES", "NETWORKS", "MONITORS", "PRINTERS", "USBDEVICES", "SOFTWARES",
	"ANTIVIRUS", "FIREWALL", "BATTERIES", "CONTROLLERS", "INPUTS", "MODEMS", "PORTS", "SLOTS", "SOUNDS", "VIDEOS"}

func sectionKey(name string) i18n.Key { return i18n.Key("device.section." + sectionWord(name)) }

// sectionWord is the name under which the words of a section are found.
func sectionWord(name string) string {
	if slices.Contains(Sections, name) {
		return strings.ToLower(name)
	}
	return "other"
}
