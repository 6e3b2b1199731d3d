package inventory

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/readiness"
)

// Fact is one value of an asset with where it comes from. Rows are never changed but
// for two columns: Current, whether it is the newest of its name and source, and
// ConfirmedAt, until when a machine has said the same again.
type Fact struct {
	bun.BaseModel `bun:"table:asset_fact,alias:af"`
	ID            ident.ID         `bun:"id,pk"`
	Asset         ident.ID         `bun:"asset"`
	Unit          string           `bun:"unit"`
	Name          string           `bun:"name"`
	Value         string           `bun:"value"`
	Source        readiness.Source `bun:"source"`
	ObservedAt    time.Time        `bun:"observed_at"`  // since when it is known to be so
	ConfirmedAt   time.Time        `bun:"confirmed_at"` // when it was last so
	Observer      ident.ID         `bun:"observer"`
	ObserverName  string           `bun:"observer_name"`
	RecordedAt    time.Time        `bun:"recorded_at"`
	Current       bool             `bun:"current"`
	Ref           string           `bun:"ref"` // what it came from: a message, a measurement, a photo
}

type factType int

const (
	figure   factType = iota // a number
	system                   // a version of Windows
	bits                     // 32 or 64
	yesOnly                  // the asset is there
	yesNo                    // yes or no
	told                     // words of a machine, which no person fills in
	standing                 // where it stands: a list of places
)

// factInfo says how a fact is read and between which numbers it makes sense.
type factInfo struct {
	name      string
	kinds     []Kind
	typ       factType
	low, high float64
}

var facts = []factInfo{
	{"os", []Kind{PC, Kiosk}, system, 0, 0},
	{"arch", []Kind{PC, Kiosk}, bits, 0, 0},
	{"cpu_mhz", []Kind{PC, Kiosk}, figure, 100, 10_000},
	{"cores", []Kind{PC, Kiosk}, figure, 1, 256},
	{"ram_mb", []Kind{PC, Kiosk}, figure, 16, 4 << 20},
	{"disk_free_gb", []Kind{PC, Kiosk}, figure, 0, 100_000},
	{"ram_installed_mb", []Kind{PC, Kiosk}, figure, 16, 4 << 20},
	{"cpu_id", []Kind{PC, Kiosk}, told, 0, 0},
	{"cpu_name", []Kind{PC, Kiosk}, told, 0, 0},
	{"model", []Kind{PC, Kiosk}, told, 0, 0},
	{"serial", []Kind{PC, Kiosk}, told, 0, 0},
	{"host", []Kind{PC, Kiosk}, told, 0, 0},
	{"contract_mbps", []Kind{WANLine}, figure, 0.01, 100_000},
	{"contract_up_mbps", []Kind{WANLine}, figure, 0.01, 100_000},
	{"down_mbps", []Kind{WANLine}, figure, 0, 100_000},
	{"up_mbps", []Kind{WANLine}, figure, 0, 100_000},
	{"rtt_ms", []Kind{WANLine}, figure, 0, 60_000},
	{"loss_percent", []Kind{WANLine}, figure, 0, 100},
	{"availability_percent", []Kind{WANLine}, figure, 0, 100},
	{readiness.BIOSSwitch, []Kind{PC, Kiosk}, yesNo, 0, 0},
	{readiness.Samples, []Kind{WANLine}, figure, 0, 1e9},
	{readiness.SampleDays, []Kind{WANLine}, figure, 0, 1e4},
	{readiness.Present, Kinds, yesOnly, 0, 0},
}

// Systems are the versions of Windows that forms offer, newest first. The sentence
// "inventory.os.VERSION" names each.
var Systems = []string{"10.0.10240", "6.3.9600", "6.2.9200", "6.1.7601", "6.1.7600", "6.0.6002", "5.1.2600"}

// FactNames are the facts that people fill in for a kind of equipment.
func FactNames(k Kind) []string {
	var out []string
	for _, f := range facts {
		if f.typ != yesOnly && f.typ != told && slices.Contains(f.kinds, k) && !slices.Contains(machineOnly, f.name) {
			out = append(out, f.name)
		}
	}
	return out
}

func infoOf(name string) (factInfo, bool) {
	for _, f := range facts {
		if f.name == name {
			return f, true
		}
	}
	for _, f := range derived {
		if f.name == name {
			return f, true
		}
	}
	return factInfo{}, false
}

// ReadFact gives the stored form of a typed value: figures with a point, versions by
// number. Both 1,5 and 1.5 are read; 2.048 and 2048 are the same number of megabytes.
func ReadFact(name, raw string) (string, error) {
	f, ok := infoOf(name)
	if !ok {
		return raw, fault.New(fault.Invalid, "inventory.fact.unknown")
	}
	raw = strings.TrimSpace(raw)
	switch f.typ {
	case system:
		return readSystem(raw)
	case bits:
		if n := strings.TrimSpace(strings.TrimSuffix(fold.Key(raw), "bit")); n == "32" || n == "64" {
			return n, nil
		}
		return raw, fault.New(fault.Invalid, "inventory.fact.bad_bits")
	case yesOnly:
		return "yes", nil
	case yesNo:
		return readYesNo(raw)
	case told:
		return ReadTold(name, raw)
	case standing:
		return readPlaces(raw)
	}
	n, err := readFigure(raw)
	if err != nil || !(n >= f.low && n <= f.high) {
		return raw, fault.New(fault.Invalid, "inventory.fact.bad_number", "low", round(f.low), "high", round(f.high))
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

func round(f float64) any {
	if f == float64(int64(f)) {
		return int64(f)
	}
	return f
}

// readFigure reads a number as Vietnamese and English write it. A single point with
// three figures behind it divides thousands.
func readFigure(raw string) (float64, error) {
	s := strings.ReplaceAll(strings.ReplaceAll(raw, " ", ""), "\u00a0", "")
	if strings.Contains(s, ",") {
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	} else if at := strings.LastIndexByte(s, '.'); at > 0 && len(s)-at == 4 && s[0] != '0' {
		s = strings.ReplaceAll(s, ".", "")
	}
	return strconv.ParseFloat(s, 64)
}

func readSystem(raw string) (string, error) {
	key := strings.TrimPrefix(fold.Key(raw), "microsoft ")
	if v, ok := namedSystems[strings.TrimPrefix(key, "windows ")]; ok {
		return v, nil
	}
	for part := range strings.SplitSeq(raw, ".") {
		if _, err := strconv.Atoi(part); err != nil || !strings.Contains(raw, ".") {
			return raw, fault.New(fault.Invalid, "inventory.fact.bad_system")
		}
	}
	return raw, nil
}

var namedSystems = map[string]string{
	"10": "10.0.10240", "10 pro": "10.0.10240", "8 1": "6.3.9600", "8": "6.2.9200", "7 sp1": "6.1.7601", "7 service pack 1": "6.1.7601",
	"7": "6.1.7600", "vista": "6.0.6002", "xp": "5.1.2600", "xp sp3": "5.1.2600",
}

// SayFact is a stored value in words.
func SayFact(t i18n.T, name, value string) string {
	f, _ := infoOf(name)
	switch {
	case name == "os" && slices.Contains(Systems, value):
		return t.Say("inventory.os." + value)
	case f.typ == bits:
		return t.Say("inventory.bits", "n", value)
	case f.typ == yesNo && (value == "yes" || value == "no"):
		return t.Say("inventory.fact." + value)
	case f.typ == yesOnly:
		return t.Say("inventory.fact.present.yes")
	case f.typ != figure:
		return value
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	unit := t.Say("inventory.unit." + name)
	if n == float64(int64(n)) {
		return strings.TrimSpace(t.Int(int64(n)) + " " + unit)
	}
	return strings.TrimSpace(t.Decimal(n, 1) + " " + unit)
}

// hard tells whether something better than a person's word says it.
func (f Fact) hard() bool {
	return f.Source == readiness.Measured || f.Source == readiness.Probe || f.Source == readiness.Seen
}

// Contradicts tells whether a declared value and a measured one of the same fact cannot
// both be right. What rounding explains is no contradiction: 1.015 MB of usable memory
// are the 1.024 MB that were declared, and what changes by the day never is one.
func Contradicts(name, declared, found string) bool {
	if declared == found {
		return false
	}
	f, _ := infoOf(name)
	switch {
	case name == "os":
		return edition(declared) != edition(found)
	case f.typ != figure:
		return true
	}
	d, err := strconv.ParseFloat(declared, 64)
	if err != nil {
		return true
	}
	m, err := strconv.ParseFloat(found, 64)
	if err != nil {
		return true
	}
	switch name {
	case "ram_mb":
		return m < d*0.85 || m > d*1.05
	case "cpu_mhz":
		return m < d*0.9 || m > d*1.1
	case "cores":
		return true
	}
	return false
}

// edition is as much of a version of Windows as people mean: of Windows 10 and newer
// ones the number of the build moves by itself, of older ones it is the service pack.
func edition(version string) string {
	parts := strings.Split(version, ".")
	if parts[0] == "10" {
		return "10"
	}
	return strings.Join(parts[:min(len(parts), 3)], ".")
}

// plain is a line with the value of a fact in it, readable in either language: numbers
// with their unit, the rest (KEY_word) as it is called.
func plain(key, name, value string, more ...any) i18n.Line {
	f, _ := infoOf(name)
	n, err := strconv.ParseFloat(value, 64)
	switch {
	case name == "os" && slices.Contains(Systems, value):
		return i18n.L(key+"_word", append(more, "value", i18n.Key("inventory.os."+value))...)
	case f.typ != figure || err != nil:
		return i18n.L(key+"_word", append(more, "value", value)...)
	case n == float64(int64(n)):
		return i18n.L(key, append(more, "value", int64(n), "unit", i18n.Key("inventory.unit."+name))...)
	}
	return i18n.L(key, append(more, "value", n, "unit", i18n.Key("inventory.unit."+name))...)
}
