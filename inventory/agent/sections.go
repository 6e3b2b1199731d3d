package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// fieldSet are the fields of a section that are kept. What is missing here is dropped
// at the door: persons, keys, and what changes by itself from run to run.
type fieldSet map[string]string

func set(names string) fieldSet {
	f := fieldSet{}
	for _, n := range strings.Fields(names) {
		f[n] = n
	}
	return f
}

// kept are the sections that stay, each with its fields.
var kept = map[string]fieldSet{
	"BIOS":            set("SMODEL SMANUFACTURER SSN BDATE BVERSION BMANUFACTURER MMANUFACTURER MSN MMODEL ASSETTAG ENCLOSURESERIAL BIOSSERIAL TYPE SKUNUMBER"),
	"HARDWARE":        set("NAME WORKGROUP UUID CHASSIS_TYPE VMSYSTEM MEMORY SWAP IPADDR DEFAULTGATEWAY DNS OSNAME OSVERSION OSCOMMENTS PROCESSORT PROCESSORN PROCESSORS"),
	"OPERATINGSYSTEM": set("NAME FULL_NAME VERSION SERVICE_PACK ARCH KERNEL_NAME KERNEL_VERSION FQDN DNS_DOMAIN HOSTID INSTALL_DATE TIMEZONE/OFFSET"),
	"CPUS": set("NAME TYPE MANUFACTURER SERIAL SERIALNUMBER ARCH CPUARCH DATA_WIDTH ID FAMILYNUMBER MODEL STEPPING FAMILYNAME CORE CORES CORECOUNT THREAD THREADS " +
		"LOGICAL_CPUS SPEED DESCRIPTION"),
	"MEMORIES":   set("CAPACITY CAPTION FORMFACTOR TYPE DESCRIPTION NUMSLOTS SPEED SERIALNUMBER MANUFACTURER MODEL"),
	"DRIVES":     set("LETTER TYPE VOLUMN LABEL FILESYSTEM SERIAL DESCRIPTION TOTAL FREE SYSTEMDRIVE"),
	"STORAGES":   set("NAME MODEL MANUFACTURER SERIAL SERIALNUMBER FIRMWARE INTERFACE TYPE DESCRIPTION DISKSIZE"),
	"NETWORKS":   set("DESCRIPTION MACADDR IPADDRESS IPMASK IPGATEWAY IPDHCP IPADDRESS6 TYPE TYPEMIB STATUS DRIVER PCIID SPEED VIRTUALDEV PNPDEVICEID MANUFACTURER MODEL"),
	"MONITORS":   set("MANUFACTURER NAME CAPTION SERIAL ALTSERIAL DESCRIPTION PORT TYPE"),
	"PRINTERS":   set("NAME DRIVER PORT SERIAL STATUS SERVERNAME SHARENAME DESCRIPTION COMMENT NETWORK SHARED RESOLUTION"),
	"USBDEVICES": set("VENDORID PRODUCTID NAME MANUFACTURER CAPTION SERIAL CLASS SUBCLASS INTERFACE DESCRIPTION TYPE"),
	"SOFTWARES":  set("NAME VERSION PUBLISHER ARCH ARCHITECTURE FROM GUID INSTALLDATE"),

	"ANTIVIRUS":   set("COMPANY NAME VERSION ENABLED UPTODATE BASE_VERSION"),
	"BATTERIES":   set("CAPACITY REAL_CAPACITY CHEMISTRY NAME SERIAL MANUFACTURER"),
	"CONTROLLERS": set("CAPTION NAME MANUFACTURER PCICLASS VENDORID PRODUCTID PCISUBSYSTEMID PCIID TYPE REV DRIVER"),
	"FIREWALL":    set("PROFILE STATUS DESCRIPTION"),
	"INPUTS":      set("NAME MANUFACTURER CAPTION DESCRIPTION INTERFACE LAYOUT TYPE"),
	"MODEMS":      set("DESCRIPTION NAME TYPE MODEL"),
	"PORTS":       set("CAPTION DESCRIPTION NAME TYPE"),
	"SLOTS":       set("DESCRIPTION DESIGNATION NAME STATUS"),
	"SOUNDS":      set("CAPTION DESCRIPTION MANUFACTURER NAME"),
	"VIDEOS":      set("CHIPSET MEMORY NAME RESOLUTION PCIID"),
}

// heard are the sections that are read but not kept: they change with every run, or
// belong to the message and not to the machine.
var heard = map[string]fieldSet{
	"ACCESSLOG":     set("LOGDATE"),
	"ACCOUNTINFO":   set("KEYNAME KEYVALUE"),
	"VERSIONCLIENT": {"": ""},
	"PROCESSNUMBER": {"": ""},
	"MODULEVERSION": {"": ""},
	"DEVICE":        set("ERROR/ID ERROR/MESSAGE ERROR/TYPE INFO/TYPE INFO/NAME INFO/MANUFACTURER INFO/MODEL INFO/SERIAL INFO/MAC INFO/FIRMWARE INFO/COMMENTS INFO/LOCATION INFO/IPS/IP PAGECOUNTERS/TOTAL IP MAC TYPE DNSHOSTNAME NETBIOSNAME SNMPHOSTNAME MANUFACTURER MODEL SERIAL FIRMWARE DESCRIPTION LOCATION IPS/IP FIRMWARES/VERSION"),
	"AGENT":         set("START END EXIT NBIP"),
}

// pair is one field of an entry; the key is one of the strings of a fieldSet.
type pair struct{ key, val string }

// entry is one row of a section.
type entry []pair

// get is the first of these fields that the entry has.
func (e entry) get(keys ...string) string {
	for _, k := range keys {
		for i := range e {
			if e[i].key == k {
				return e[i].val
			}
		}
	}
	return ""
}

// canonical is the form of a section that does not depend on the order of entries or
// fields. It sorts the fields of the entries in place.
func canonical(name string, entries []entry) Section {
	rows := make([]string, len(entries))
	size := 0
	for i, e := range entries {
		slices.SortStableFunc(e, func(a, b pair) int { return strings.Compare(a.key, b.key) })
		n := 0
		for _, p := range e {
			n += len(p.key) + len(p.val) + 2
		}
		var b strings.Builder
		b.Grow(n)
		for _, p := range e {
			b.WriteString(p.key)
			b.WriteByte('\t')
			b.WriteString(p.val)
			b.WriteByte('\n')
		}
		rows[i] = b.String()
		size += n + 1
	}
	slices.Sort(rows)
	body := make([]byte, 0, size)
	for i, r := range rows {
		if i > 0 {
			body = append(body, '\n')
		}
		body = append(body, r...)
	}
	return Section{Name: name, Hash: hashOf(name, body), Body: body, Rows: len(rows)}
}

func hashOf(name string, body []byte) string {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{'\n'})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// entriesOf reads a canonical form back.
func entriesOf(name string, body []byte) []entry {
	fields := kept[name]
	out := []entry{}
	if len(body) == 0 {
		return out
	}
	for row := range strings.SplitSeq(string(body), "\n\n") {
		var e entry
		for line := range strings.SplitSeq(row, "\n") {
			key, val, ok := strings.Cut(line, "\t")
			if known, listed := fields[key]; ok && listed {
				e = append(e, pair{known, val})
			}
		}
		out = append(out, e)
	}
	return out
}

// FromSections is the report that kept sections tell of. What is not kept with them is
// empty: DeviceID, Tag, Agent, TakenAt.
func FromSections(all []Section) *Report {
	r := &Report{ItemType: "Computer"}
	for _, s := range all {
		r.fill(s.Name, entriesOf(s.Name, s.Body))
		s.Rows = rowsOf(s.Body)
		r.Sections = append(r.Sections, s)
	}
	return r
}

func rowsOf(body []byte) int {
	if len(body) == 0 {
		return 0
	}
	return strings.Count(string(body), "\n\n") + 1
}

// Completed is a partial report with what it did not send taken from an earlier one.
func (r *Report) Completed(before []Section) *Report {
	all := slices.Clone(r.Sections)
	for _, old := range before {
		if !slices.ContainsFunc(all, func(s Section) bool { return s.Name == old.Name }) {
			all = append(all, old)
		}
	}
	slices.SortFunc(all, func(a, b Section) int { return strings.Compare(a.Name, b.Name) })
	whole := FromSections(all)
	whole.DeviceID, whole.Tag, whole.Agent, whole.ItemType, whole.TakenAt = r.DeviceID, r.Tag, r.Agent, r.ItemType, r.TakenAt
	whole.Partial, whole.Dropped = true, r.Dropped
	return whole
}
