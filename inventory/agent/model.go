package agent

import (
	"strconv"
	"time"
)

// Kind is what a message is about.
type Kind string

// The kinds of messages.
const (
	Prolog    Kind = "prolog"    // an agent asks what to do
	Inventory Kind = "inventory" // a machine describes itself
	Discovery Kind = "discovery" // what a machine found in its network
	SNMP      Kind = "snmp"      // what printers and switches of the network answered
)

// Format is how a body was written.
type Format string

// The formats.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// Repair is what had to be mended before a body could be read.
type Repair string

// The repairs.
const (
	Recoded Repair = "recoded" // bytes that are not UTF-8 were read as Windows-1252
	Cleaned Repair = "cleaned" // control characters that XML forbids were taken out
	Cut     Repair = "cut"     // a value longer than LongestValue was shortened
)

// Message is one decoded body.
type Message struct {
	Kind     Kind
	Format   Format
	DeviceID string // the agent's own name; in Discovery and SNMP the prober's
	Agent    string // program and version, "FusionInventory-Agent_v2.6-3"; may be empty
	Hash     string // SHA-256 of the decoded body, in hex
	Size     int    // bytes, decoded
	Repairs  []Repair
	Report   *Report // of an Inventory
	Probe    *Probe  // of Discovery and SNMP
}

// Number is a number that may be unknown.
type Number struct {
	Value float64
	Known bool
}

// Known is a number that is known.
func Known(v float64) Number { return Number{v, true} }

// String is the number, or nothing when it is unknown.
func (n Number) String() string {
	if !n.Known {
		return ""
	}
	return strconv.FormatFloat(n.Value, 'f', -1, 64)
}

// Report is one machine as its agent describes it. A nil list is a section that the
// agent did not send; what it sent empty is an empty list. Texts are trimmed and in NFC;
// an empty one is unknown.
type Report struct {
	DeviceID string    // hostname-YYYY-MM-DD-hh-mm-ss as a rule; an agent's name, not a machine's
	Tag      string    // what --tag said: the commune, as a rule
	Agent    string    // program and version
	ItemType string    // GLPI's word for the thing, "Computer" unless the JSON says other
	Partial  bool      // only what changed was sent; sections that are absent are as before
	TakenAt  time.Time // by the machine's own clock, UTC; zero when it does not say

	BIOS     BIOS
	Hardware Hardware
	OS       OS
	CPUs     []CPU
	Memories []Memory
	Drives   []Drive
	Storages []Storage
	Networks []Network
	Monitors []Monitor
	Printers []Printer
	USB      []USB
	Software []Software

	Sections []Section // what is kept, by name
	Dropped  []string  // names of sections that were dropped at the door, sorted
}

// Section is one kept section in its canonical form.
type Section struct {
	Name string // as in the XML, "SOFTWARES"
	Hash string // SHA-256 of name and body, in hex
	Body []byte // entries parted by an empty line; a field a line: NAME, tab, value
	Rows int    // entries
}

// BIOS is what the firmware says of the machine and its board. Placeholders such as
// "To be filled by O.E.M." stay as sent; identity weighs them.
type BIOS struct {
	Vendor, Version, Date                   string // of the firmware
	Manufacturer, Model, Serial             string // of the machine
	BoardVendor, BoardModel, BoardSerial    string
	EnclosureSerial, AssetTag, SKU, Chassis string
}

// Hardware is the machine as a whole.
type Hardware struct {
	Name, Workgroup, UUID, Chassis string
	VMSystem                       string // "Physical" for a real machine
	MemoryMB                       Number // usable, which is less than installed
	SwapMB                         Number
	IP, Gateway, DNS               string
	OSName, OSVersion, OSComments  string
	Processor                      string // old OCS agents say the processor only here
	Processors                     Number // how many
	ProcessorMHz                   Number
}

// OS is the operating system.
type OS struct {
	Name, FullName, Version, ServicePack, Arch string
	Kernel, KernelVersion                      string // KernelVersion is the build on Windows: "6.1.7601"
	FQDN, Domain, HostID                       string
	InstallDate                                string
}

// CPU is one processor in its socket.
type CPU struct {
	Name, Manufacturer, Serial, Arch, ID string
	Family, Model, Stepping              string // trust these over Name
	Cores, Threads                       Number
	MHz                                  Number // 0 and nonsense are unknown
}

// Memory is one slot.
type Memory struct {
	CapacityMB                                       Number // unknown in an empty slot
	Type, Caption, Description, Serial, Manufacturer string
	SpeedMHz                                         Number
	Slot                                             string
}

// Drive is one volume.
type Drive struct {
	Letter, Mount, Volume, Label, FileSystem, Serial string
	Kind                                             string // "Local Disk", "Network Drive"; on Unix the mount point is Mount
	TotalMB, FreeMB                                  Number
	System                                           Number // 1 on the system drive of Windows
}

// Storage is one disk or other store.
type Storage struct {
	Name, Model, Manufacturer, Serial, Firmware, Interface, Type, Description string
	SizeMB                                                                    Number
}

// Network is one interface, with one address each time it is listed.
type Network struct {
	Name, MAC, IP, Mask, Gateway, DHCP, IP6, Type, Status, Driver, PCIID, Speed string // MAC in lower case with colons
	Virtual                                                                     bool
}

// Monitor is one screen by its EDID.
type Monitor struct {
	Manufacturer, Name, Serial, AltSerial, Description, Port string
}

// Printer is one queue; faxes, PDF writers and shared queues are listed by agents too.
type Printer struct {
	Name, Driver, Port, Serial, Status, Server, Share, Description string
	Network                                                        bool
	Real                                                           bool // by its port and driver a device, no fax, file writer or \\server queue
}

// USB is one device on the bus; scanners are found here only.
type USB struct {
	VendorID, ProductID, Name, Manufacturer, Caption, Serial, Class, SubClass string // ids: four lower-case hex digits
}

// Software is one installed program or package.
type Software struct {
	Name, Version, Publisher, Arch, From, GUID, InstallDate string
}

// Phase is where a Discovery or SNMP exchange is.
type Phase string

// The phases of an exchange.
const (
	Started Phase = "start"
	Counted Phase = "count" // how many addresses will be asked
	Found   Phase = "found" // devices are in the message
	Ended   Phase = "end"
)

// Probe is what one machine says of others in its network. Only a Phase of Found has
// devices, and those with an Error are none.
type Probe struct {
	Process string
	Phase   Phase
	Devices []Device
}

// Device is a thing in the network.
type Device struct {
	Type         string // "PRINTER", "NETWORKING", "COMPUTER"; as sent, upper case
	Name         string
	Manufacturer string
	Model        string
	Serial       string
	MAC          string // lower case with colons
	IP           string
	Firmware     string
	Description  string
	Location     string
	Pages        Number // a printer's counter
	Error        string // why it could not be asked; nothing else is known then
}
