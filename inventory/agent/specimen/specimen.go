// Package specimen writes invented inventories in the form of the real agents, for tests,
// measurements and the demo. Two calls with the same Machine give the same bytes.
package specimen

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"html"
	"slices"
	"strings"
)

// Machine says what the inventory tells. Empty texts and zero numbers are left out, as
// agents do.
type Machine struct {
	DeviceID, Tag, Name, Serial, UUID, BoardSerial, MAC string
	Maker, Model, OS, Kernel, Arch, CPU                 string
	RAMMB, MHz, Cores, DiskMB, FreeMB                   int
	TakenAt                                             string // 2016-11-08 09:00:00, by the machine's clock
	Packages                                            int    // installed programs
	Seed                                                int    // makes versions of the programs differ
	Extra                                               string // XML of further sections
}

// Desk is an ordinary PC of a commune, the n-th of its kind.
func Desk(n int) Machine {
	return Machine{DeviceID: fmt.Sprintf("may-%05d-2016-08-%02d-09-%02d-00", n, n%28+1, n%60), Name: fmt.Sprintf("MAY-%05d", n),
		Serial: fmt.Sprintf("SGH%07X", n*7919+0x1000000), UUID: fmt.Sprintf("4C4C4544-%04X-4B10-8031-%012X", n%65536, n), BoardSerial: fmt.Sprintf("BRD%08d", n),
		MAC: fmt.Sprintf("00:1e:4f:%02x:%02x:%02x", n>>16&255, n>>8&255, n&255), Maker: "Hewlett-Packard", Model: "HP ProDesk 400 G2 MT",
		OS: "Microsoft Windows 7 Professional", Kernel: "6.1.7601", Arch: "32-bit", CPU: "Intel(R) Core(TM) i3-4160 CPU @ 3.60GHz",
		RAMMB: 3887, MHz: 3600, Cores: 2, DiskMB: 476837, FreeMB: 210334 + n%1000, TakenAt: "2016-11-08 09:00:00", Packages: 40, Seed: n}
}

// Full is the largest ordinary inventory: a Linux machine with 1,233 packages and its
// processes, about 390 KB.
func Full(n int) Machine {
	m := Desk(n)
	m.OS, m.Kernel, m.Arch, m.Packages = "Debian GNU/Linux 12 (bookworm)", "6.1.0-18-amd64", "x86_64", 1233
	var b strings.Builder
	for i := range 180 {
		field(&b, "PROCESSES", "CMD", fmt.Sprintf("/usr/lib/systemd/daemon-%d --config=/etc/daemon-%d.conf", i, i), "CPUUSAGE", "0.0", "MEM", "0.1", "PID", fmt.Sprint(400+i),
			"STARTED", "2016-11-08 07:12", "TTY", "?", "USER", "root", "VIRTUALMEMORY", fmt.Sprint(8000+i*13))
	}
	m.Extra = b.String()
	return m
}

// XML is the inventory as the FusionInventory agent writes it.
func (m Machine) XML() []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<REQUEST>\n  <CONTENT>\n")
	field(&b, "ACCESSLOG", "LOGDATE", m.TakenAt)
	if m.Tag != "" {
		field(&b, "ACCOUNTINFO", "KEYNAME", "TAG", "KEYVALUE", m.Tag)
	}
	field(&b, "BIOS", "SMANUFACTURER", m.Maker, "SMODEL", m.Model, "SSN", m.Serial, "MSN", m.BoardSerial)
	field(&b, "CPUS", "CORE", number(m.Cores), "MANUFACTURER", "Intel", "NAME", m.CPU, "SPEED", number(m.MHz), "THREAD", number(m.Cores*2))
	field(&b, "DRIVES", "FILESYSTEM", "NTFS", "FREE", number(m.FreeMB), "LETTER", "C:", "TOTAL", number(m.DiskMB), "TYPE", "Local Disk")
	b.WriteString(m.Extra)
	field(&b, "HARDWARE", "ETIME", number(m.Seed%9+1), "MEMORY", number(m.RAMMB), "NAME", m.Name, "OSNAME", m.OS, "OSVERSION", m.Kernel, "UUID", m.UUID, "WORKGROUP", "UBND")
	field(&b, "NETWORKS", "DESCRIPTION", "Realtek PCIe GBE Family Controller", "IPADDRESS", fmt.Sprintf("192.168.1.%d", m.Seed%250+2), "MACADDR", m.MAC, "STATUS", "Up", "TYPE", "ethernet", "VIRTUALDEV", "0")
	field(&b, "OPERATINGSYSTEM", "ARCH", m.Arch, "FULL_NAME", m.OS, "KERNEL_NAME", "MSWin32", "KERNEL_VERSION", m.Kernel, "NAME", m.OS)
	for i := range m.Packages {
		field(&b, "SOFTWARES", "ARCH", "all", "FILESIZE", number(10240+i*37), "FROM", "deb", "NAME", fmt.Sprintf("%s-%s%d", nouns[i%len(nouns)], nouns[i*7%len(nouns)], i), "PUBLISHER", "Debian",
			"SYSTEM_CATEGORY", "libs", "VERSION", fmt.Sprintf("%d.%d.%d-%d", i%9+1, i%31, (i+m.Seed*131)%997, m.Seed%7+1))
	}
	b.WriteString("    <VERSIONCLIENT>FusionInventory-Agent_v2.6-3</VERSIONCLIENT>\n  </CONTENT>\n  <DEVICEID>" + html.EscapeString(m.DeviceID) + "</DEVICEID>\n  <QUERY>INVENTORY</QUERY>\n</REQUEST>\n")
	return []byte(b.String())
}

// Prolog is the first message of a run.
func (m Machine) Prolog() []byte {
	return []byte("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<REQUEST>\n  <DEVICEID>" + html.EscapeString(m.DeviceID) + "</DEVICEID>\n  <QUERY>PROLOG</QUERY>\n  <TOKEN>12345678</TOKEN>\n</REQUEST>\n")
}

var nouns = strings.Fields("adduser apt base bash binutils bzip coreutils cron curl dash dbus debconf dialog diffutils dpkg findutils fontconfig gcc gettext git gnupg grep gzip hostname init iproute krb libacl libattr libaudit libc libcap libcurl libedit libexpat libgcc libgmp libjpeg libkrb libldap libpam libperl libpng libssl libx11 login logrotate lsb mawk mount nano ncurses netbase openssl passwd perl procps python readline sed shadow sqlite systemd tar tzdata udev util vim wget xz zlib")

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func field(b *strings.Builder, section string, pairs ...string) {
	b.WriteString("    <" + section + ">\n")
	for pair := range slices.Chunk(pairs, 2) {
		if name, value := pair[0], pair[len(pair)-1]; value != "" {
			b.WriteString("      <" + name + ">" + html.EscapeString(value) + "</" + name + ">\n")
		}
	}
	b.WriteString("    </" + section + ">\n")
}

// Packed is a body as agents compress it.
func Packed(body []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}
