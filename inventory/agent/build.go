package agent

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// The bounds of a body.
const (
	LongestPath  = 24      // elements inside each other
	LongestValue = 1024    // characters of a value; what is longer is cut
	MostValues   = 120_000 // kept values of one message
	mostEntries  = 30_000  // rows of one message
	longestName  = 255     // bytes of a DEVICEID
)

func tooDeep() error {
	return fault.New(fault.Invalid, "intake.refused.too_deep", "limit", LongestPath)
}

// rows are the entries of one section.
type rows struct {
	fields fieldSet
	list   []entry
}

// builder gathers what is kept of a body. It is the sink of every parser.
type builder struct {
	depth   int
	path    []string // of the fields below an entry
	open    *rows    // the section that is read; nil for one that is dropped
	row     entry
	wide    int  // values of the entry before
	leaf    bool // the innermost element has no element inside so far
	value   string
	values  int
	entries int
	cut     bool

	root     string
	deviceID string
	query    string
	content  bool
	sections map[string]*rows
	dropped  map[string]bool
	top      string // element directly below the root
}

func newBuilder() *builder {
	return &builder{sections: map[string]*rows{}, dropped: map[string]bool{}}
}

// Depths of a message: the root, what lies directly below, sections, fields.
const (
	atRoot = iota + 1
	atTop
	atSection
)

func (b *builder) start(name string) error {
	b.depth++
	b.leaf, b.value = true, ""
	switch b.depth {
	case atRoot:
		b.root = name
		if name != "REQUEST" {
			return fault.New(fault.Invalid, "intake.refused.not_agent")
		}
	case atTop:
		b.top = name
		b.content = b.content || name == "CONTENT"
	case atSection:
		return b.section(name)
	default:
		if b.open != nil {
			b.path = append(b.path, name)
		}
	}
	return nil
}

// section opens an entry of a section.
func (b *builder) section(name string) error {
	b.open, b.row, b.path = nil, nil, b.path[:0]
	if b.top != "CONTENT" {
		return nil
	}
	fields, is := kept[name]
	if !is {
		fields, is = heard[name]
	}
	if !is {
		if len(b.dropped) < 100 {
			b.dropped[strings.Clone(name[:min(len(name), 40)])] = true
		}
		return nil
	}
	if b.entries++; b.entries > mostEntries {
		return tooMany()
	}
	if b.open = b.sections[name]; b.open == nil {
		b.open = &rows{fields: fields}
		b.sections[strings.Clone(name)] = b.open
	}
	return nil
}

func tooMany() error {
	return fault.New(fault.Invalid, "intake.refused.too_many", "limit", mostEntries)
}

func (b *builder) text(s string) error {
	if b.leaf && (b.open != nil || b.depth == atTop) {
		if b.value == "" {
			b.value = s
		} else if len(b.value) < 8*LongestValue {
			b.value += s // pieces: entities, CDATA
		}
	}
	return nil
}

func (b *builder) end() error {
	defer func() { b.depth, b.leaf, b.value = b.depth-1, false, "" }()
	switch b.depth {
	case atRoot:
	case atTop:
		if b.leaf {
			b.say(b.top, b.tidy(b.value))
		}
	case atSection:
		if b.open == nil {
			return nil
		}
		if b.leaf {
			if err := b.add(""); err != nil {
				return err
			}
		}
		if len(b.row) > 0 {
			b.open.list = append(b.open.list, b.row)
		}
		b.open = nil
	default:
		if b.open == nil {
			return nil
		}
		if b.leaf {
			name := b.path[0]
			if len(b.path) > 1 {
				name = strings.Join(b.path, "/")
			}
			if err := b.add(name); err != nil {
				return err
			}
		}
		b.path = b.path[:len(b.path)-1]
	}
	return nil
}

// say takes a value that stands directly below the root.
func (b *builder) say(name, value string) {
	switch name {
	case "DEVICEID":
		b.deviceID = strings.Clone(value)
	case "QUERY":
		b.query = strings.Clone(value)
	}
}

// add keeps a value of the open entry when its field is listed.
func (b *builder) add(name string) error {
	key, listed := b.open.fields[name]
	if !listed {
		return nil
	}
	v := b.tidy(b.value)
	if v == "" {
		return nil
	}
	if b.values++; b.values > MostValues {
		return tooMany()
	}
	if b.row == nil {
		b.row = make(entry, 0, max(b.wide, 2))
	}
	b.row = append(b.row, pair{key, v})
	b.wide = len(b.row)
	return nil
}

// tidy is a value trimmed, on one line, in NFC and of bounded length.
func (b *builder) tidy(s string) string {
	s = strings.TrimSpace(s)
	plain := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if !plain {
		s = fold.NFC(strings.Map(keepAllowed, s)) // JSON can spell what XML cannot hold
		if strings.ContainsAny(s, "\t\r\n") {
			s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\t' || r == '\r' || r == '\n' }), " ")
		}
	}
	if len(s) > LongestValue && utf8.RuneCountInString(s) > LongestValue {
		s, b.cut = string([]rune(s)[:LongestValue]), true
	}
	return s
}

// parse reads a decoded body.
func parse(body string) (*Message, error) {
	s, repairs := readable(body)
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, fault.New(fault.Invalid, "intake.refused.empty")
	}
	b := newBuilder()
	m := &Message{Format: XML}
	partial, item := false, ""
	switch s[0] {
	case '<':
		cleaned, err := b.read(s)
		if err != nil {
			return nil, err
		}
		if cleaned && !slices.Contains(repairs, Cleaned) {
			repairs = append(repairs, Cleaned)
		}
	case '{':
		m.Format = JSON
		head, err := b.readJSON(s)
		if err != nil {
			return nil, err
		}
		partial, item = head.partial, head.item
	default:
		return nil, fault.New(fault.Invalid, "intake.refused.not_agent")
	}
	if b.cut {
		repairs = append(repairs, Cut)
	}
	m.Repairs = repairs
	return m, b.message(m, partial, item)
}

// read tries the plain subset first, and lets the general parser decide about the rest.
func (b *builder) read(s string) (cleaned bool, err error) {
	cleaned, err = scan(s, b)
	if !errors.Is(err, errUnusual) {
		return cleaned, err
	}
	s, cleaned = withoutBadRefs(s)
	*b = *newBuilder()
	return cleaned, walk(s, b)
}

// message makes of what was gathered what it says.
func (b *builder) message(m *Message, partial bool, item string) error {
	if b.deviceID == "" || len(b.deviceID) > longestName {
		return fault.New(fault.Invalid, "intake.refused.no_device")
	}
	m.DeviceID, m.Agent = b.deviceID, b.only("VERSIONCLIENT")
	switch b.query {
	case "PROLOG":
		m.Kind = Prolog
		return nil
	case "INVENTORY":
		if !b.content || len(b.sections) == 0 {
			return fault.New(fault.Invalid, "intake.refused.no_content")
		}
		m.Kind, m.Report = Inventory, b.report(m, partial, item)
		return nil
	case "NETDISCOVERY":
		m.Kind, m.Probe = Discovery, b.probe()
	case "SNMPQUERY", "SNMP":
		m.Kind, m.Probe = SNMP, b.probe()
	default:
		return fault.New(fault.Invalid, "intake.refused.query", "query", b.query)
	}
	if m.Agent == "" {
		m.Agent = b.only("MODULEVERSION")
	}
	return nil
}

// only is the value of a section that is one value.
func (b *builder) only(section string) string {
	if r := b.sections[section]; r != nil && len(r.list) > 0 {
		return r.list[0].get("")
	}
	return ""
}

func (b *builder) report(m *Message, partial bool, item string) *Report {
	r := &Report{DeviceID: m.DeviceID, Agent: m.Agent, ItemType: "Computer", Partial: partial}
	if item != "" {
		r.ItemType = item
	}
	for _, name := range slices.Sorted(maps.Keys(b.sections)) {
		if _, keep := kept[name]; !keep {
			continue
		}
		list := b.sections[name].list
		r.fill(name, list)
		r.Sections = append(r.Sections, canonical(name, list))
	}
	if acc := b.sections["ACCOUNTINFO"]; acc != nil {
		for _, e := range acc.list {
			if strings.EqualFold(e.get("KEYNAME"), "TAG") {
				r.Tag = e.get("KEYVALUE")
			}
		}
	}
	r.TakenAt = b.takenAt()
	r.Dropped = slices.Sorted(maps.Keys(b.dropped))
	return r
}

// takenAt is when the machine says that it looked. Without a zone of its own it is
// taken to stand in the city.
func (b *builder) takenAt() time.Time {
	var said, zone string
	if log := b.sections["ACCESSLOG"]; log != nil && len(log.list) > 0 {
		said = log.list[0].get("LOGDATE")
	}
	if os := b.sections["OPERATINGSYSTEM"]; os != nil && len(os.list) > 0 {
		zone = os.list[0].get("TIMEZONE/OFFSET")
	}
	if at, err := time.Parse("2006-01-02 15:04:05 -0700", said+" "+zone); err == nil {
		return at.UTC()
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", said, clock.City)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
