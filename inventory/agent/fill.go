package agent

import (
	"math"
	"strconv"
	"strings"
)

// fill reads the entries of one section into the report.
func (r *Report) fill(name string, list []entry) {
	switch name {
	case "BIOS":
		r.bios(whole(list))
	case "HARDWARE":
		r.hardware(whole(list))
	case "OPERATINGSYSTEM":
		r.system(whole(list))
	case "CPUS":
		r.CPUs = each(list, cpuOf)
	case "MEMORIES":
		r.Memories = each(list, memoryOf)
	case "DRIVES":
		r.Drives = each(list, driveOf)
	case "STORAGES":
		r.Storages = each(list, storageOf)
	case "NETWORKS":
		r.Networks = each(list, networkOf)
	case "MONITORS":
		r.Monitors = each(list, func(e entry) Monitor {
			return Monitor{Manufacturer: e.get("MANUFACTURER"), Name: e.get("CAPTION", "NAME"), Serial: e.get("SERIAL"), AltSerial: e.get("ALTSERIAL"),
				Description: e.get("DESCRIPTION"), Port: e.get("PORT")}
		})
	case "PRINTERS":
		r.Printers = each(list, printerOf)
	case "USBDEVICES":
		r.USB = each(list, func(e entry) USB {
			return USB{VendorID: strings.ToLower(e.get("VENDORID")), ProductID: strings.ToLower(e.get("PRODUCTID")), Name: e.get("NAME", "DESCRIPTION"), Manufacturer: e.get("MANUFACTURER"),
				Caption: e.get("CAPTION"), Serial: e.get("SERIAL"), Class: e.get("CLASS"), SubClass: e.get("SUBCLASS")}
		})
	case "SOFTWARES":
		r.Software = each(list, softwareOf)
	}
}

func each[T any](list []entry, of func(entry) T) []T {
	out := make([]T, len(list))
	for i, e := range list {
		out[i] = of(e)
	}
	return out
}

// whole is a section that should be one entry; what agents split is put together.
func whole(list []entry) entry {
	if len(list) == 1 {
		return list[0]
	}
	var all entry
	for _, e := range list {
		all = append(all, e...)
	}
	return all
}

func (r *Report) bios(e entry) {
	r.BIOS = BIOS{Vendor: e.get("BMANUFACTURER"), Version: e.get("BVERSION"), Date: e.get("BDATE"),
		Manufacturer: e.get("SMANUFACTURER"), Model: e.get("SMODEL"), Serial: e.get("SSN"),
		BoardVendor: e.get("MMANUFACTURER"), BoardModel: e.get("MMODEL"), BoardSerial: e.get("MSN"),
		EnclosureSerial: e.get("ENCLOSURESERIAL"), AssetTag: e.get("ASSETTAG"), SKU: e.get("SKUNUMBER"), Chassis: e.get("TYPE")}
}

func (r *Report) hardware(e entry) {
	r.Hardware = Hardware{Name: e.get("NAME"), Workgroup: e.get("WORKGROUP"), UUID: e.get("UUID"), Chassis: e.get("CHASSIS_TYPE"), VMSystem: e.get("VMSYSTEM"),
		MemoryMB: positive(megabytes(e.get("MEMORY"))), SwapMB: megabytes(e.get("SWAP")), IP: e.get("IPADDR"), Gateway: e.get("DEFAULTGATEWAY"), DNS: e.get("DNS"),
		OSName: e.get("OSNAME"), OSVersion: e.get("OSVERSION"), OSComments: e.get("OSCOMMENTS"),
		Processor: e.get("PROCESSORT"), Processors: positive(count(e.get("PROCESSORN"))), ProcessorMHz: positive(megahertz(e.get("PROCESSORS")))}
}

func (r *Report) system(e entry) {
	r.OS = OS{Name: e.get("NAME"), FullName: e.get("FULL_NAME"), Version: e.get("VERSION"), ServicePack: e.get("SERVICE_PACK"), Arch: e.get("ARCH"),
		Kernel: e.get("KERNEL_NAME"), KernelVersion: e.get("KERNEL_VERSION"), FQDN: e.get("FQDN"), Domain: e.get("DNS_DOMAIN"), HostID: e.get("HOSTID"),
		InstallDate: e.get("INSTALL_DATE")}
}

func cpuOf(e entry) CPU {
	return CPU{Name: e.get("NAME", "TYPE"), Manufacturer: e.get("MANUFACTURER"), Serial: e.get("SERIAL", "SERIALNUMBER"), Arch: e.get("ARCH", "CPUARCH"), ID: e.get("ID"),
		Family: e.get("FAMILYNUMBER"), Model: e.get("MODEL"), Stepping: e.get("STEPPING"),
		Cores: positive(count(e.get("CORE", "CORES", "CORECOUNT"))), Threads: positive(count(e.get("THREAD", "THREADS", "LOGICAL_CPUS"))), MHz: positive(megahertz(e.get("SPEED")))}
}

func memoryOf(e entry) Memory {
	return Memory{CapacityMB: positive(megabytes(e.get("CAPACITY"))), Type: e.get("TYPE"), Caption: e.get("CAPTION"), Description: e.get("DESCRIPTION"), Serial: e.get("SERIALNUMBER"),
		Manufacturer: e.get("MANUFACTURER"), SpeedMHz: positive(megahertz(e.get("SPEED"))), Slot: e.get("NUMSLOTS")}
}

// driveOf reads a volume. TYPE is what kind it is on Windows, and the mount point on
// everything else.
func driveOf(e entry) Drive {
	d := Drive{Letter: e.get("LETTER"), Volume: e.get("VOLUMN"), Label: e.get("LABEL"), FileSystem: e.get("FILESYSTEM"), Serial: e.get("SERIAL"),
		Kind: e.get("DESCRIPTION"), TotalMB: positive(megabytes(e.get("TOTAL"))), FreeMB: megabytes(e.get("FREE")), System: count(e.get("SYSTEMDRIVE"))}
	if t := e.get("TYPE"); strings.HasPrefix(t, "/") {
		d.Mount = t
	} else if t != "" {
		d.Kind = t
	}
	return d
}

func storageOf(e entry) Storage {
	return Storage{Name: e.get("NAME"), Model: e.get("MODEL"), Manufacturer: e.get("MANUFACTURER"), Serial: e.get("SERIALNUMBER", "SERIAL"), Firmware: e.get("FIRMWARE"),
		Interface: e.get("INTERFACE"), Type: e.get("TYPE"), Description: e.get("DESCRIPTION"), SizeMB: positive(megabytes(e.get("DISKSIZE")))}
}

func networkOf(e entry) Network {
	return Network{Name: e.get("DESCRIPTION"), MAC: macOf(e.get("MACADDR")), IP: e.get("IPADDRESS"), Mask: e.get("IPMASK"), Gateway: e.get("IPGATEWAY"), DHCP: e.get("IPDHCP"),
		IP6: e.get("IPADDRESS6"), Type: e.get("TYPE", "TYPEMIB"), Status: e.get("STATUS"), Driver: e.get("DRIVER"), PCIID: e.get("PCIID", "PNPDEVICEID"), Speed: e.get("SPEED"),
		Virtual: yes(e.get("VIRTUALDEV"))}
}

func softwareOf(e entry) Software {
	var s Software
	for _, p := range e {
		switch p.key {
		case "NAME":
			s.Name = p.val
		case "VERSION":
			s.Version = p.val
		case "PUBLISHER":
			s.Publisher = p.val
		case "ARCH", "ARCHITECTURE":
			s.Arch = p.val
		case "FROM":
			s.From = p.val
		case "GUID":
			s.GUID = p.val
		case "INSTALLDATE":
			s.InstallDate = p.val
		}
	}
	return s
}

func yes(s string) bool {
	return s == "1" || strings.EqualFold(s, "true") || strings.EqualFold(s, "yes")
}

// macOf is a hardware address in lower case with colons; what is none stays as it is.
func macOf(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "-", ":"))
	if len(s) == 12 && !strings.ContainsAny(s, ":.") {
		s = s[0:2] + ":" + s[2:4] + ":" + s[4:6] + ":" + s[6:8] + ":" + s[8:10] + ":" + s[10:12]
	}
	return s
}

func printerOf(e entry) Printer {
	p := Printer{Name: e.get("NAME"), Driver: e.get("DRIVER"), Port: e.get("PORT"), Serial: e.get("SERIAL"), Status: e.get("STATUS"), Server: e.get("SERVERNAME"),
		Share: e.get("SHARENAME"), Description: e.get("DESCRIPTION", "COMMENT"), Network: yes(e.get("NETWORK"))}
	p.Real = real(p)
	return p
}

// unreal are words of queues that write files or send faxes.
var unreal = []string{"fax", "xps", "pdf", "onenote", "document image writer", "document writer", "anydesk", "remote desktop easy print"}

// unrealPorts are what the ports of such queues begin with; TS is a printer that a
// remote session brought along.
var unrealPorts = []string{"shrfax", "portprompt", "file:", "xpsport", "nul", "nul:", "ts0", "redirected", "microsoft", "send to", "\\\\"}

func real(p Printer) bool {
	words := strings.ToLower(p.Name + " " + p.Driver)
	for _, w := range unreal {
		if strings.Contains(words, w) {
			return false
		}
	}
	port := strings.ToLower(p.Port)
	for _, w := range unrealPorts {
		if strings.HasPrefix(port, w) {
			return false
		}
	}
	return p.Name != "" && !strings.HasPrefix(p.Name, `\\`) && !strings.HasPrefix(p.Server, `\\`)
}

// figure reads a number and the unit behind it. Both 2.4 and 2,4 are read.
func figure(s string) (n float64, unit string, ok bool) {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || (s[end] == '.' || s[end] == ',') && end > 0) {
		end++
	}
	digits := s[:end]
	if strings.Count(digits, ",") == 1 && !strings.Contains(digits, ".") {
		digits = strings.Replace(digits, ",", ".", 1)
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(n, 0) || n > 1e15 {
		return 0, "", false
	}
	return n, strings.ToLower(strings.TrimSpace(s[end:])), true
}

func scaled(s string, units map[string]float64) Number {
	n, unit, ok := figure(s)
	factor, known := units[unit]
	if !ok || !known {
		return Number{}
	}
	return Known(n * factor)
}

var sizes = map[string]float64{"": 1, "mb": 1, "m": 1, "mo": 1, "mib": 1, "mbytes": 1, "kb": 1.0 / 1024, "k": 1.0 / 1024, "kib": 1.0 / 1024, "ko": 1.0 / 1024,
	"gb": 1024, "g": 1024, "go": 1024, "gib": 1024, "tb": 1 << 20, "t": 1 << 20, "to": 1 << 20, "tib": 1 << 20}

// megabytes reads a size; without a unit it is in MB, as agents send it.
func megabytes(s string) Number { return scaled(s, sizes) }

var speeds = map[string]float64{"": 1, "mhz": 1, "mt/s": 1, "ghz": 1000}

// megahertz reads a clock rate; without a unit it is in MHz.
func megahertz(s string) Number { return scaled(s, speeds) }

var plainUnit = map[string]float64{"": 1}

func count(s string) Number { return scaled(s, plainUnit) }

// positive takes zero for unknown: no machine has none of it.
func positive(n Number) Number {
	if n.Value <= 0 {
		return Number{}
	}
	return n
}
