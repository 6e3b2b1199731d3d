package agent

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"lotrinh/internal/kit/fault"
	"lotrinh/inventory/agent/specimen"
)

// seeds are messages of the real agents, shortened, and the traps that were met.
func seeds() [][]byte {
	desk := specimen.Desk(1)
	desk.Packages = 2
	return [][]byte{
		desk.XML(), desk.Prolog(), specimen.Packed(desk.XML()),
		[]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REQUEST>\n <CONTENT>\n <BIOS>\n </BIOS><CPUS><CORES>2</CORES><LOGICAL_CPUS>2</LOGICAL_CPUS><TYPE>AMD EPYC</TYPE></CPUS>\n<HARDWARE><PROCESSORS /></HARDWARE><STORAGES><DISKSIZE>274877.906944</DISKSIZE></STORAGES></CONTENT><DEVICEID>vm</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>"),
		[]byte("\xef\xbb\xbf<?xml version='1.0' encoding='windows-1258'?>\r\n<REQUEST><DEVICEID>m\xe1y</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>"),
		inventory("<MEMORIES><CAPACITY>No Module Installed</CAPACITY></MEMORIES><DRIVES/><CPUS><SPEED>2.4 GHz</SPEED></CPUS>"),
		inventory("<BIOS><SSN>Default string</SSN></BIOS><OPERATINGSYSTEM><TIMEZONE><OFFSET>+0700</OFFSET></TIMEZONE></OPERATINGSYSTEM>"),
		inventory("<BIOS><SSN>&amp;&#1;&#xD800;</SSN></BIOS><!-- c --><HARDWARE a='1'><NAME><![CDATA[x]]></NAME></HARDWARE>"),
		[]byte("<REQUEST><CONTENT><DEVICE><ERROR><MESSAGE>x</MESSAGE></ERROR></DEVICE><AGENT><END>1</END></AGENT></CONTENT><DEVICEID>p</DEVICEID><QUERY>SNMP</QUERY></REQUEST>"),
		[]byte(`{"action":"inventory","deviceid":"x","partial":true,"content":{"bios":{"ssn":1},"networks":[{"mac":null}],"softwares":[[],{}]}}`),
		[]byte("<!DOCTYPE a [<!ENTITY b \"c\">]><REQUEST>&b;</REQUEST>"),
		[]byte("\x1f\x8b"), []byte("x\x9c"), []byte("<REQUEST"), []byte("{"), []byte("\xff\xfe<\x00"),
	}
}

// FuzzRead holds: no body makes the reader fail in a way that has no sentence, what is
// kept is text that both databases take, and both parsers tell the same of a body that
// the plain one takes.
func FuzzRead(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	d := NewDecoder(1 << 20)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := try(d, body)
		if err != nil {
			if k := fault.Of(err); k.Kind != fault.Invalid && k.Kind != fault.TooLarge || !strings.HasPrefix(k.Key, "intake.refused.") {
				t.Fatalf("%v", err)
			}
			return
		}
		if m.DeviceID == "" || !utf8.ValidString(m.DeviceID) || strings.ContainsRune(m.DeviceID, 0) {
			t.Fatalf("device %q", m.DeviceID)
		}
		if m.Report == nil {
			return
		}
		for _, s := range m.Report.Sections {
			if !utf8.Valid(s.Body) || strings.ContainsRune(string(s.Body), 0) {
				t.Fatalf("%s: %q", s.Name, s.Body)
			}
			back := canonical(s.Name, entriesOf(s.Name, s.Body))
			if back.Hash != s.Hash || back.Rows != s.Rows {
				t.Fatalf("%s is read back as %q, was %q", s.Name, back.Body, s.Body)
			}
		}
	})
}

// FuzzBothParsers holds that the plain parser takes nothing that the general one would
// refuse, and reads the same.
func FuzzBothParsers(f *testing.F) {
	for _, s := range seeds() {
		f.Add(string(s))
	}
	f.Fuzz(func(t *testing.T, body string) {
		s, _ := readable(body)
		s = strings.TrimSpace(s)
		plain, general := newBuilder(), newBuilder()
		if _, err := scan(s, plain); err != nil {
			return
		}
		s, _ = withoutBadRefs(s)
		if err := walk(s, general); err != nil {
			t.Fatalf("only the plain parser takes %q: %v", s, err)
		}
		if plain.deviceID != general.deviceID || plain.query != general.query || !reflect.DeepEqual(plain.sections, general.sections) {
			t.Fatalf("%q: %+v against %+v", s, plain, general)
		}
	})
}
