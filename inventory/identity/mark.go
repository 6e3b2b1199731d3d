package identity

import (
	"slices"
	"strings"

	"lotrinh/internal/kit/fold"
)

// Kind is what sort of evidence a mark is.
type Kind string

// The kinds of evidence, strong to weak.
const (
	Serial Kind = "serial" // of the machine, with its maker
	UUID   Kind = "uuid"   // of the firmware
	Board  Kind = "board"  // serial number of the main board
	MAC    Kind = "mac"    // of a physical wired card
	Disk   Kind = "disk"   // serial number of a fixed drive
	Agent  Kind = "agent"  // the id that an agent gave itself
	Name   Kind = "name"   // the computer's name, within its commune
)

// Kinds are all kinds, strong to weak.
var Kinds = []Kind{Serial, UUID, Board, MAC, Disk, Agent, Name}

// weights are what a kind adds when two machines share a mark of it.
var weights = map[Kind]int{Serial: 5, UUID: 4, Board: 3, MAC: 3, Disk: 2, Agent: 2, Name: 1}

// unsureSerial is what a serial number adds when the maker of either is not known:
// two makers may give out the same number.
const unsureSerial = 4

// hardware are the kinds that belong to the iron, not to what is installed on it.
var hardware = []Kind{Serial, UUID, Board, MAC, Disk}

// Mark is one piece of evidence in its normal form.
type Mark struct {
	Kind  Kind   `json:"kind"`
	Value string `json:"value"`
	Maker string `json:"maker,omitempty"` // brand, of serial numbers only
}

// Card is a network card as a report names it.
type Card struct {
	MAC, Description, Type string
	Virtual                bool
}

// Raw is what a report says of a machine's identity, as the agent wrote it.
type Raw struct {
	Maker, Serial, UUID, Board string
	Cards                      []Card
	Disks                      []string
	Agents                     []string
	Name, Unit                 string // the computer's name, and the commune's code
}

// Marks are the usable evidence of a report, sorted, each once; Dropped are the
// values that were there and are no evidence.
func Marks(r Raw) (marks []Mark, dropped []Mark) {
	put := func(k Kind, raw, value string, maker string) {
		switch {
		case value != "":
			marks = append(marks, Mark{k, value, maker})
		case strings.TrimSpace(raw) != "":
			dropped = append(dropped, Mark{Kind: k, Value: strings.TrimSpace(raw)})
		}
	}
	put(Serial, r.Serial, CleanSerial(r.Serial), Brand(r.Maker))
	put(UUID, r.UUID, cleanUUID(r.UUID), "")
	put(Board, r.Board, CleanSerial(r.Board), "")
	for _, c := range r.Cards {
		put(MAC, c.MAC, c.mac(), "")
	}
	for _, d := range r.Disks {
		put(Disk, d, CleanSerial(d), "")
	}
	for _, a := range r.Agents {
		put(Agent, a, strings.ToLower(tidy(a)), "")
	}
	if name := fold.Key(r.Name); name != "" && r.Unit != "" {
		put(Name, r.Name, r.Unit+"|"+name, "")
	}
	return sorted(marks), sorted(dropped)
}

func sorted(all []Mark) []Mark {
	slices.SortFunc(all, func(a, b Mark) int {
		if c := slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind); c != 0 {
			return c
		}
		return strings.Compare(a.Value+"\x00"+a.Maker, b.Value+"\x00"+b.Maker)
	})
	return slices.Compact(all)
}

func tidy(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }

// CleanSerial is a serial number in its normal form; empty when it is a placeholder.
func CleanSerial(raw string) string {
	s := strings.ToUpper(tidy(raw))
	if placeholderSerial(s) {
		return ""
	}
	return s
}

// cleanUUID is a firmware's id in its normal form. Older readers of the same firmware
// swap the bytes of its first three parts: of the two ways to write it the smaller is
// taken, so that both mean the same machine.
func cleanUUID(raw string) string {
	hex := onlyHex(raw)
	if len(hex) != 32 || placeholderUUID(hex) {
		return ""
	}
	swapped := swap(hex[:8]) + swap(hex[8:12]) + swap(hex[12:16]) + hex[16:]
	if placeholderUUID(swapped) {
		return ""
	}
	return min(hex, swapped)
}

// swap turns the bytes of a hexadecimal number round.
func swap(hex string) string {
	var b strings.Builder
	for i := len(hex); i > 0; i -= 2 {
		b.WriteString(hex[i-2 : i])
	}
	return b.String()
}

// onlyHex are the hexadecimal digits of s in lower case; anything else but the usual
// separators makes it empty.
func onlyHex(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(s)) {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'f':
			b.WriteRune(r)
		case r != '-' && r != ':' && r != ' ' && r != '{' && r != '}' && r != '.':
			return ""
		}
	}
	return b.String()
}

// unwired are words in the description of cards that are no wired, physical card.
var unwired = []string{"virtual", "vmware", "virtualbox", "vbox", "hyper v", "vpn", "tap", "tun", "loopback", "wifi", "wi fi", "wireless", "wlan", "802 11",
	"bluetooth", "bridge", "pseudo", "isatap", "teredo", "miniport", "docker", "veth", "npcap", "usb modem", "3g", "ppp"}

// mac is the address of a wired physical card, aa:bb:cc:dd:ee:ff; empty for others.
func (c Card) mac() string {
	hex := onlyHex(c.MAC)
	if c.Virtual || len(hex) != 12 || placeholderMAC(hex) {
		return ""
	}
	words := " " + fold.Key(c.Description+" "+c.Type) + " "
	if slices.ContainsFunc(unwired, func(w string) bool { return strings.Contains(words, " "+w+" ") }) {
		return ""
	}
	var parts []string
	for i := 0; i < 12; i += 2 {
		parts = append(parts, hex[i:i+2])
	}
	return strings.Join(parts, ":")
}

// brands are the makers that we know, by a word of their names.
var brands = map[string]string{
	"dell": "dell", "hp": "hp", "hewlett": "hp", "compaq": "hp", "lenovo": "lenovo", "ibm": "ibm", "acer": "acer", "asus": "asus", "asustek": "asus",
	"fujitsu": "fujitsu", "toshiba": "toshiba", "samsung": "samsung", "sony": "sony", "msi": "msi", "gigabyte": "gigabyte", "intel": "intel", "apple": "apple",
	"nec": "nec", "panasonic": "panasonic", "lg": "lg", "viewsonic": "viewsonic", "vmware": "vmware", "qemu": "qemu", "innotek": "virtualbox",
	"fpt": "fpt", "elead": "fpt", "cms": "cms", "robo": "robo", "singpc": "singpc", "vaio": "sony", "canon": "canon", "epson": "epson", "brother": "brother",
}

// Brand is the maker in one word: of a known one its usual name, otherwise the first
// word; empty where a maker's name is a placeholder.
func Brand(maker string) string {
	words := fold.Words(maker)
	if len(words) == 0 || slices.Contains(emptyWords, strings.Join(words, " ")) || placeholderModel(strings.Join(words, " ")) {
		return ""
	}
	if b := KnownBrand(maker); b != "" {
		return b
	}
	return words[0]
}

// KnownBrand is the maker that a person's words name, as in "Máy Dell OptiPlex 3020";
// empty where they name none that we know.
func KnownBrand(said string) string {
	for _, w := range fold.Words(said) {
		if b := brands[w]; b != "" {
			return b
		}
	}
	return ""
}
