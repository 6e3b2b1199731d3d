package readiness

import (
	"math"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
)

// The facts that the engine derives or looks up by itself.
const (
	// RAM is the memory that is built in: RAMInstalled where a source knows it, else the
	// usual size that RAMUsable is most of. Its sentences say the figure that was told.
	RAM          = "ram_nominal_mb"
	RAMInstalled = "ram_installed_mb"
	RAMUsable    = "ram_mb"
	// Virtualization is "yes" or "no", put together from CPU and BIOSSwitch: a processor
	// that cannot is "no"; one that can is what the switch is, and open without it.
	Virtualization = "virtualization"
	CPU            = "cpu_id"   // "GenuineIntel 6 58 9": vendor, family, model, stepping
	BIOSSwitch     = "virt_on"  // "yes" or "no"
	Samples        = "samples"  // readings behind the figures of a line
	SampleDays     = "day_span" // days over which they are spread
)

// far is longer than anything is kept; ages beyond it do not overflow.
const far = 36500

func expiry(f Fact, maxAge int64) time.Time {
	if maxAge <= 0 {
		return time.Time{}
	}
	return f.At.AddDate(0, 0, int(min(maxAge, far))).Add(time.Microsecond)
}

// known are the facts of a name, derived ones included.
func (j *judge) known(facts []Fact, name string) []Fact {
	if name == Virtualization {
		return j.virtualization(facts)
	}
	var out []Fact
	for _, f := range facts {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}

var sizes = []float64{512, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536, 98304, 131072}

// Nominal is the usual size of memory of which usable (MB) is what the system sees:
// the next one up when usable is at least 85% of it, else usable itself.
func Nominal(usable float64) float64 {
	for _, s := range sizes {
		if usable <= s {
			if usable >= 0.85*s {
				return s
			}
			return usable
		}
	}
	return usable
}

// compared is the figure by which a fact is compared, which may be another than the
// one that is said.
func compared(name string, f Fact) string {
	if name != RAM || f.Name != RAMUsable {
		return f.Value
	}
	n, ok := figure(f.Value)
	if !ok {
		return f.Value
	}
	return strconv.FormatFloat(Nominal(n), 'f', -1, 64)
}

// figure reads a finite number.
func figure(s string) (float64, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// virtualization puts what is known of processors and of switches together: as strong
// as the weaker of the two and as old as the older.
func (j *judge) virtualization(facts []Fact) []Fact {
	var out []Fact
	for _, cpu := range j.told(facts, CPU) {
		can, sure := SLAT(cpu.Value)
		if !sure {
			continue
		}
		if !can {
			out = append(out, Fact{Virtualization, "no", cpu.Source, cpu.At})
			continue
		}
		for _, v := range j.told(facts, BIOSSwitch) {
			v.Name = Virtualization
			if cpu.Source.Rank() < v.Source.Rank() {
				v.Source = cpu.Source
			}
			if cpu.At.Before(v.At) {
				v.At = cpu.At
			}
			out = append(out, v)
		}
	}
	return out
}

// told are the facts of a name that are known by now.
func (j *judge) told(facts []Fact, name string) []Fact {
	var out []Fact
	for _, f := range facts {
		switch {
		case f.Name != name:
		case f.At.After(j.at):
			j.expire(f.At)
		default:
			out = append(out, f)
		}
	}
	return out
}

// families are the processors of which it is known whether they have second-level
// address translation, by vendor and family; models nil is the whole family.
var families = []struct {
	vendor string
	family int
	models []int
	can    bool
}{
	{"GenuineIntel", 15, nil, false},                                                                  // NetBurst
	{"GenuineIntel", 6, []int{9, 13, 14, 15, 22, 23, 29}, false},                                      // Pentium M, Core, Core 2
	{"GenuineIntel", 6, []int{28, 38, 39, 53, 54}, false},                                             // the first Atoms
	{"GenuineIntel", 6, []int{26, 30, 31, 46, 37, 44, 47}, true},                                      // Nehalem, Westmere
	{"GenuineIntel", 6, []int{42, 45, 58, 62, 60, 63, 69, 70, 61, 71, 79, 86}, true},                  // Sandy Bridge to Broadwell
	{"GenuineIntel", 6, []int{78, 94, 85, 142, 158, 165, 166, 151, 154, 183, 186}, true},              // Skylake and later
	{"GenuineIntel", 6, []int{55, 74, 77, 90, 93, 76, 92, 95, 122}, true},                             // Silvermont to Goldmont Plus
	{"AuthenticAMD", 15, nil, false},                                                                  // K8
	{"AuthenticAMD", 16, nil, true}, {"AuthenticAMD", 18, nil, true}, {"AuthenticAMD", 20, nil, true}, // K10, Llano, Bobcat
	{"AuthenticAMD", 21, nil, true}, {"AuthenticAMD", 22, nil, true}, {"AuthenticAMD", 23, nil, true}, {"AuthenticAMD", 25, nil, true},
}

// SLAT tells whether a processor, named "vendor family model stepping" in decimal, has
// second-level address translation; sure is false for one that the table does not
// know. The family and the model are asked, for the names that Windows XP tells are
// wrong. The stepping never decides.
func SLAT(cpu string) (can, sure bool) {
	part := strings.Fields(cpu)
	if len(part) < 3 {
		return false, false
	}
	family, err := strconv.Atoi(part[1])
	model, err2 := strconv.Atoi(part[2])
	if err != nil || err2 != nil {
		return false, false
	}
	for _, f := range families {
		if f.vendor != part[0] || f.family != family {
			continue
		}
		if f.models == nil {
			return f.can, true
		}
		for _, m := range f.models {
			if m == model {
				return f.can, true
			}
		}
	}
	return false, false
}

// dayOf writes a day as people say it in a short sentence: 15/8/2016.
func dayOf(at time.Time) string { return at.In(clock.City).Format("2/1/2006") }
