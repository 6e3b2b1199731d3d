package device

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fold"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/identity"
)

// raw is a report's evidence, as identity weighs it.
func raw(r *agent.Report, unit string) identity.Raw {
	out := identity.Raw{Maker: cmp.Or(r.BIOS.Manufacturer, r.BIOS.BoardVendor), Serial: serialOf(r.BIOS), UUID: r.Hardware.UUID,
		Board: r.BIOS.BoardSerial, Agents: []string{r.DeviceID}, Name: r.Hardware.Name, Unit: unit}
	for _, n := range r.Networks {
		out.Cards = append(out.Cards, identity.Card{MAC: n.MAC, Description: n.Name, Type: n.Type, Virtual: n.Virtual})
	}
	for _, s := range r.Storages {
		if fixed(s) {
			out.Disks = append(out.Disks, s.Serial)
		}
	}
	return out
}

// serialOf is the serial number that stands on the machine: of the machine itself, else
// of its case.
func serialOf(b agent.BIOS) string {
	if identity.CleanSerial(b.Serial) != "" {
		return b.Serial
	}
	return b.EnclosureSerial
}

// movable are words of stores that are carried from machine to machine.
var movable = []string{"usb", "removable", "cd rom", "cdrom", "dvd", "card reader", "flash", "floppy", "external", "virtual"}

// fixed tells whether a store is built in.
func fixed(s agent.Storage) bool {
	words := " " + fold.Key(s.Interface+" "+s.Type+" "+s.Description+" "+s.Model) + " "
	return !slices.ContainsFunc(movable, func(w string) bool { return strings.Contains(words, " "+w+" ") })
}

// The facts that a report tells of a machine. Of memory ram_mb is what the system can
// use and ram_installed_mb what is built in; readiness takes the one or the other.
const (
	factOS        = "os"
	factArch      = "arch"
	factMHz       = "cpu_mhz"
	factCores     = "cores"
	factUsable    = "ram_mb"
	factInstalled = "ram_installed_mb"
	factFree      = "disk_free_gb"
	factCPU       = "cpu_id"
	factProcessor = "cpu_name"
	factModel     = "model"
	factSerial    = "serial"
	factHost      = "host"
)

// factsOf are the facts that a report tells, by name. What it does not tell, or tells
// without sense, is not there.
func factsOf(r *agent.Report) map[string]string {
	told := map[string]string{factOS: systemOf(r), factArch: archOf(r), factCPU: cpuID(r), factProcessor: processor(r),
		factModel: modelOf(r.BIOS), factSerial: identity.CleanSerial(serialOf(r.BIOS)), factHost: r.Hardware.Name}
	put := func(name string, n float64) {
		if n > 0 || name == factFree && n == 0 {
			told[name] = strconv.FormatFloat(n, 'f', -1, 64)
		}
	}
	mhz, cores := speed(r)
	put(factMHz, math.Round(mhz))
	put(factCores, cores)
	put(factUsable, math.Round(r.Hardware.MemoryMB.Value))
	put(factInstalled, installed(r))
	if free, ok := systemDrive(r); ok {
		put(factFree, math.Round(free/1024*10)/10)
	}
	out := map[string]string{}
	for name, v := range told {
		if v == "" {
			continue
		}
		if sound, err := inventory.ReadTold(name, v); err == nil {
			out[name] = sound
		}
	}
	return out
}

// modelOf is maker and model as one says them: "Dell OptiPlex 3020"; empty when either
// model is none.
func modelOf(b agent.BIOS) string {
	model := identity.CleanModel(b.Model)
	if model == "" {
		model = identity.CleanModel(b.BoardModel)
	}
	maker := identity.Brand(cmp.Or(b.Manufacturer, b.BoardVendor))
	switch {
	case model == "":
		return ""
	case maker == "" || strings.Contains(" "+fold.Key(model)+" ", " "+maker+" "):
		return model
	}
	return label(maker, cmp.Or(b.Manufacturer, b.BoardVendor)) + " " + model
}

// label is a maker as it writes itself, without what it is by law: "Dell Inc." is Dell.
func label(brand, maker string) string {
	for _, w := range strings.Fields(maker) {
		if clean := strings.Trim(w, ".,"); identity.Brand(clean) == brand && !strings.Contains(strings.ToLower(clean), "hewlett") {
			return clean
		}
	}
	return strings.ToUpper(brand)
}

// systemOf is the build of a Windows, "6.1.7601"; of another system its name and
// version. A kernel's number is no build of Windows and is never told as one.
func systemOf(r *agent.Report) string {
	name := cmp.Or(r.OS.FullName, r.OS.Name, r.Hardware.OSName)
	if strings.Contains(strings.ToLower(name+" "+r.OS.Kernel), "windows") || strings.HasPrefix(r.OS.Kernel, "MSWin") {
		for _, v := range []string{r.OS.KernelVersion, r.Hardware.OSVersion, r.OS.Version} {
			if isBuild(v) {
				return v
			}
		}
		return ""
	}
	if version := cmp.Or(r.OS.Version, r.Hardware.OSVersion); !strings.Contains(name, version) {
		name += " " + version
	}
	return strings.TrimSpace(name)
}

// isBuild tells whether v is a dotted number with the parts of a Windows build.
func isBuild(v string) bool {
	parts := strings.Split(v, ".")
	return len(parts) >= 3 && !slices.ContainsFunc(parts, func(p string) bool { _, err := strconv.Atoi(p); return err != nil })
}

// archOf is 32 or 64, from what the system says of itself: neither the processor nor
// what the agent was built for proves it.
func archOf(r *agent.Report) string {
	said := fold.Key(r.OS.Arch)
	for _, mark := range []string{"64", "amd64", "x86 64"} {
		if strings.Contains(said, mark) {
			return "64"
		}
	}
	if strings.Contains(said, "32") || strings.Contains(said, "86") {
		return "32"
	}
	return ""
}

// makers are processors' makers by what systems call them.
var makers = map[string]string{"genuineintel": "GenuineIntel", "intel": "GenuineIntel", "authenticamd": "AuthenticAMD", "amd": "AuthenticAMD"}

// cpuID is vendor, family, model and stepping in decimal, by which what a processor
// can do is looked up; names of processors are not to be trusted.
func cpuID(r *agent.Report) string {
	for _, c := range r.CPUs {
		vendor := ""
		for _, w := range strings.Fields(fold.Key(c.Manufacturer)) {
			vendor = cmp.Or(vendor, makers[w])
		}
		if vendor != "" && whole(c.Family) && whole(c.Model) {
			return strings.Join(strings.Fields(vendor+" "+c.Family+" "+c.Model+" "+c.Stepping), " ")
		}
	}
	return ""
}

func whole(s string) bool { _, err := strconv.Atoi(s); return err == nil }

func processor(r *agent.Report) string {
	name := r.Hardware.Processor
	if len(r.CPUs) > 0 && r.CPUs[0].Name != "" {
		name = r.CPUs[0].Name
	}
	return strings.Join(strings.Fields(name), " ")
}

// speed is the fastest processor's clock and how many cores all have together; zero is
// not known. Old agents tell the number of processors only.
func speed(r *agent.Report) (mhz, cores float64) {
	all := len(r.CPUs) > 0
	for _, c := range r.CPUs {
		mhz = max(mhz, c.MHz.Value)
		cores += c.Cores.Value
		all = all && c.Cores.Known
	}
	if mhz == 0 {
		mhz = r.Hardware.ProcessorMHz.Value
	}
	if !all {
		return mhz, 0
	}
	return mhz, cores
}

// installed is the memory in the slots, in MB; zero when any of it is not known.
func installed(r *agent.Report) float64 {
	var sum float64
	for _, m := range r.Memories {
		if strings.Contains(fold.Key(m.Type+" "+m.Caption+" "+m.Description), "flash") || strings.Contains(fold.Key(m.Caption), "bios") {
			continue
		}
		sum += m.CapacityMB.Value
	}
	return math.Round(sum)
}

// systemDrive is what is free on the drive that the system lies on, in MB.
func systemDrive(r *agent.Report) (free float64, ok bool) {
	best := -1
	for i, d := range r.Drives {
		if !d.FreeMB.Known || strings.Contains(fold.Key(d.Kind), "network") || strings.Contains(fold.Key(d.Kind), "removable") {
			continue
		}
		switch {
		case d.System.Value == 1:
			return d.FreeMB.Value, true
		case best < 0 && (strings.EqualFold(strings.TrimRight(d.Letter, `:\/`), "C") || d.Mount == "/" || d.Kind == "/"):
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	return r.Drives[best].FreeMB.Value, true
}

// Thing is a device at a machine: a monitor, a printer, a scanner.
type Thing struct {
	Kind   inventory.Kind
	Key    string // by which the same thing is known again at the same machine
	Name   string
	Serial string // empty when it is none or not told
}

// things are the devices at a machine, each once, by kind and key.
func things(r *agent.Report) []Thing {
	var out []Thing
	add := func(kind inventory.Kind, name, serial string) {
		name, serial = strings.Join(strings.Fields(name), " "), identity.CleanSerial(serial)
		if name == "" && serial == "" {
			return
		}
		if name == "" {
			name = serial
		}
		key := string(kind) + "|" + cmp.Or(serial, fold.Key(name))
		if !slices.ContainsFunc(out, func(t Thing) bool { return t.Key == key }) {
			out = append(out, Thing{kind, key, name, serial})
		}
	}
	for _, m := range r.Monitors {
		add(inventory.Monitor, withMaker(m.Manufacturer, cmp.Or(m.Name, m.Description)), cmp.Or(m.Serial, m.AltSerial))
	}
	for _, p := range r.Printers {
		if p.Real && !p.Network {
			add(inventory.Printer, cmp.Or(p.Driver, p.Name), p.Serial)
		}
	}
	for _, u := range r.USB {
		if name, ok := scanner(u); ok {
			add(inventory.Scanner, name, u.Serial)
		}
	}
	slices.SortFunc(out, func(a, b Thing) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func withMaker(maker, name string) string {
	if maker == "" || strings.Contains(fold.Key(name), identity.Brand(maker)) {
		return name
	}
	return maker + " " + name
}

// scanMakers are the makers of scanners by the number that the bus knows them under.
var scanMakers = map[string]string{"04a9": "Canon", "04b8": "Epson", "04c5": "Fujitsu", "03f0": "HP", "04f9": "Brother", "040a": "Kodak", "04da": "Panasonic",
	"07b3": "Plustek", "0638": "Avision", "055f": "Mustek", "05da": "Microtek", "1083": "Canon", "06cb": "Visioneer", "04a7": "Visioneer", "19ba": "Xerox"}

// scanModels are scanners whose names do not say that they are: vendor and product.
var scanModels = map[string]string{"04a9:1909": "Canon CanoScan LiDE 110", "04a9:190e": "Canon CanoScan LiDE 120", "04a9:190a": "Canon CanoScan LiDE 210",
	"04a9:1905": "Canon CanoScan LiDE 200", "04a9:2220": "Canon CanoScan LiDE 25", "04a9:190f": "Canon CanoScan LiDE 220", "1083:162c": "Canon P-150",
	"1083:1651": "Canon DR-C225", "04b8:013a": "Epson Perfection V370", "04b8:0142": "Epson Perfection V39", "04b8:0147": "Epson DS-530", "04c5:11a2": "Fujitsu fi-6110",
	"04c5:132e": "Fujitsu fi-7160", "04c5:1155": "Fujitsu ScanSnap S1500", "03f0:2605": "HP ScanJet 3000", "03f0:1805": "HP ScanJet Pro 2500", "07b3:0c2b": "Plustek OpticBook",
	"04f9:60a0": "Brother ADS-2000", "04c5:128d": "Fujitsu ScanSnap S1300i"}

// scanWords are words that say so.
var scanWords = []string{"scanner", "scan", "canoscan", "scanjet", "scansnap", "perfection", "opticfilm", "opticbook", "wia", "twain", "may quet"}

// imaging is the class of the bus for cameras and scanners.
const imaging = "06"

// scanner tells whether a device on the bus is a scanner, and what it is called: known
// by vendor and product, or by a maker of scanners and the words or the class of one.
func scanner(u agent.USB) (name string, ok bool) {
	vendor := strings.ToLower(u.VendorID)
	if name, ok := scanModels[vendor+":"+strings.ToLower(u.ProductID)]; ok {
		return name, true
	}
	maker := scanMakers[vendor]
	said := cmp.Or(u.Name, u.Caption)
	words := fold.Words(u.Name + " " + u.Caption)
	if slices.Contains(words, "fingerprint") || slices.Contains(words, "barcode") || slices.Contains(words, "code") {
		return "", false
	}
	says := slices.ContainsFunc(scanWords, func(w string) bool { return slices.Contains(words, w) })
	class := strings.TrimLeft(strings.ToLower(u.Class), "0x")
	if says || maker != "" && class == strings.TrimLeft(imaging, "0") {
		return withMaker(cmp.Or(maker, u.Manufacturer), cmp.Or(said, u.ProductID)), true
	}
	return "", false
}
