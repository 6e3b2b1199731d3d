package agent

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/inventory/agent/specimen"
)

// read decodes a body that must be readable.
func read(t testing.TB, body []byte) *Message {
	t.Helper()
	m, err := try(NewDecoder(0), body)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func try(d *Decoder, body []byte) (*Message, error) {
	var m *Message
	err := d.Read(context.Background(), body, func(x *Message) error { m = x; return nil })
	return m, err
}

// inventory wraps sections as an inventory.
func inventory(sections string) []byte {
	return []byte("<REQUEST><CONTENT>" + sections + "</CONTENT><DEVICEID>may-1</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>")
}

func TestAnInventoryIsReadWhole(t *testing.T) {
	m := specimen.Desk(7)
	m.Tag = "xã Đặng Xá"
	m.Extra = `<MEMORIES><CAPACITY>2048</CAPACITY><NUMSLOTS>1</NUMSLOTS></MEMORIES><MEMORIES><CAPACITY>No Module Installed</CAPACITY></MEMORIES>
		<MONITORS><CAPTION>P190S</CAPTION><SERIAL>CN0</SERIAL></MONITORS><STORAGES><DISKSIZE>274877.906944</DISKSIZE><SERIALNUMBER>WD-1</SERIALNUMBER></STORAGES>
		<PRINTERS><NAME>Canon LBP2900</NAME><PORT>USB001</PORT><DRIVER>Canon LBP2900</DRIVER></PRINTERS><PRINTERS><NAME>Fax</NAME><PORT>SHRFAX:</PORT></PRINTERS>
		<PRINTERS><NAME>\\may-2\HP</NAME><PORT>\\may-2\HP</PORT></PRINTERS><USBDEVICES><VENDORID>04A9</VENDORID><PRODUCTID>1909</PRODUCTID><CAPTION>CanoScan</CAPTION></USBDEVICES>`
	got := read(t, specimen.Packed(m.XML()))
	r := got.Report
	if got.Kind != Inventory || got.DeviceID != m.DeviceID || got.Agent != "FusionInventory-Agent_v2.6-3" || len(got.Repairs) != 0 || got.Size != len(m.XML()) {
		t.Fatalf("%+v", got)
	}
	if r.Tag != "xã Đặng Xá" || r.BIOS.Serial != m.Serial || r.BIOS.BoardSerial != m.BoardSerial || r.Hardware.UUID != m.UUID || r.Hardware.MemoryMB != Known(3887) ||
		r.OS.KernelVersion != "6.1.7601" || r.Networks[0].MAC != m.MAC || r.CPUs[0].MHz != Known(3600) || r.Drives[0].FreeMB != Known(float64(m.FreeMB)) || len(r.Software) != 40 {
		t.Errorf("%+v", r)
	}
	if r.Memories[0].CapacityMB != Known(2048) || r.Memories[1].CapacityMB.Known || r.Storages[0].SizeMB != Known(274877.906944) || r.USB[0].VendorID != "04a9" {
		t.Errorf("%+v %+v", r.Memories, r.Storages)
	}
	if !r.Printers[0].Real || r.Printers[1].Real || r.Printers[2].Real {
		t.Errorf("only the printer on the cable is a device: %+v", r.Printers)
	}
	if want := time.Date(2016, 11, 8, 2, 0, 0, 0, time.UTC); !r.TakenAt.Equal(want) {
		t.Errorf("taken at %v", r.TakenAt)
	}
	if r.Hardware.SwapMB.Known || r.Partial {
		t.Error("what is not sent is unknown")
	}
}

func TestNumbersThatMakeNoSenseAreUnknown(t *testing.T) {
	for in, want := range map[string]Number{"": {}, "No Module Installed": {}, "2 GB": Known(2048), "2048": Known(2048), "2,5 GB": Known(2560), "1024.5": Known(1024.5), "0": {}, "-5": {},
		"1e300": {}, "NaN": {}, "Inf": {}, "2 parsecs": {}, "512MB": Known(512), "99999999999999999999": {}} {
		r := read(t, inventory("<MEMORIES><CAPACITY>"+in+"</CAPACITY><TYPE>DDR</TYPE></MEMORIES>")).Report
		if r.Memories[0].CapacityMB != want {
			t.Errorf("%q is %+v, want %+v", in, r.Memories[0].CapacityMB, want)
		}
	}
	for in, want := range map[string]Number{"2.4 GHz": Known(2400), "1995": Known(1995), "0": {}, "unknown": {}} {
		if got := positive(megahertz(in)); got != want {
			t.Errorf("%q is %+v, want %+v", in, got, want)
		}
	}
}

func TestWhatNobodyNeedsIsDroppedAtTheDoor(t *testing.T) {
	r := read(t, inventory(`<ENVS><KEY>HOME</KEY><VAL>/root/secret</VAL></ENVS><PROCESSES><CMD>mysql -psecret</CMD></PROCESSES><LOCAL_USERS><LOGIN>secret</LOGIN></LOCAL_USERS>
		<LOCAL_GROUPS><MEMBER>secret</MEMBER></LOCAL_GROUPS><USERS><LOGIN>secret</LOGIN></USERS><LICENSEINFOS><KEY>secret</KEY></LICENSEINFOS><REGISTRY><REGVALUE>secret</REGVALUE></REGISTRY>
		<HARDWARE><NAME>m1</NAME><LASTLOGGEDUSER>secret</LASTLOGGEDUSER><WINPRODKEY>secret</WINPRODKEY><WINOWNER>secret</WINOWNER><USERID>secret</USERID></HARDWARE>
		<SOFTWARES><NAME>Office</NAME><UNINSTALL_STRING>x.exe /key=secret</UNINSTALL_STRING><USERNAME>secret</USERNAME></SOFTWARES>`)).Report
	if want := []string{"ENVS", "LICENSEINFOS", "LOCAL_GROUPS", "LOCAL_USERS", "PROCESSES", "REGISTRY", "USERS"}; !slices.Equal(r.Dropped, want) {
		t.Errorf("dropped %v", r.Dropped)
	}
	for _, s := range r.Sections {
		if bytes.Contains(s.Body, []byte("secret")) {
			t.Errorf("%s keeps %s", s.Name, s.Body)
		}
	}
	if strings.Contains(fmt.Sprintf("%+v", r), "secret") {
		t.Error("the report holds what nobody needs")
	}
}

func TestTheSameSectionHasTheSameHashHoweverItIsWritten(t *testing.T) {
	a := read(t, inventory("<SOFTWARES><NAME>a</NAME><VERSION>1</VERSION></SOFTWARES><SOFTWARES><NAME>b</NAME></SOFTWARES><HARDWARE><NAME>m</NAME><ETIME>1</ETIME></HARDWARE>")).Report
	b := read(t, inventory("<HARDWARE>\n <ETIME>9</ETIME> <NAME> m </NAME></HARDWARE><SOFTWARES><NAME>b</NAME><FILESIZE>3</FILESIZE></SOFTWARES><SOFTWARES><VERSION>1</VERSION><NAME>a</NAME></SOFTWARES>")).Report
	c := read(t, inventory("<SOFTWARES><NAME>a</NAME><VERSION>2</VERSION></SOFTWARES><SOFTWARES><NAME>b</NAME></SOFTWARES>")).Report
	for i := range a.Sections {
		if a.Sections[i].Hash != b.Sections[i].Hash {
			t.Errorf("%s differs:\n%s\n%s", a.Sections[i].Name, a.Sections[i].Body, b.Sections[i].Body)
		}
	}
	if a.Sections[1].Hash == c.Sections[0].Hash {
		t.Error("another version is another section")
	}
	again := FromSections(a.Sections)
	if len(again.Software) != 2 || again.Hardware.Name != "m" || !reflect.DeepEqual(again.Sections, a.Sections) {
		t.Errorf("read back %+v", again)
	}
}

func TestBrokenBodiesAreRefusedWithTheirReason(t *testing.T) {
	whole := specimen.Desk(1).XML()
	packed := specimen.Packed(whole)
	deep := strings.Repeat("<A>", 5000) + strings.Repeat("</A>", 5000)
	for name, one := range map[string]struct {
		body []byte
		key  string
	}{
		"nothing":          {nil, "intake.refused.empty"},
		"spaces":           {[]byte(" \n "), "intake.refused.empty"},
		"half of it":       {whole[:len(whole)/2], "intake.refused.truncated"},
		"half, compressed": {packed[:len(packed)/2], "intake.refused.truncated"},
		"spoiled":          {append(slices.Clone(packed[:40]), bytes.Repeat([]byte{0xff}, 40)...), "intake.refused.compressed"},
		"a picture":        {[]byte("\x89PNG\r\n\x1a\n"), "intake.refused.not_agent"},
		"a page":           {[]byte("<html><body>404</body></html>"), "intake.refused.not_agent"},
		"another document": {[]byte("<?xml version='1.0'?><!-- x --><note>hi</note>"), "intake.refused.not_agent"},
		"deep":             {inventory("<BIOS>" + deep + "</BIOS>"), "intake.refused.too_deep"},
		"deep, unusual":    {inventory("<!-- x --><BIOS>" + deep + "</BIOS>"), "intake.refused.too_deep"},
		"mixed tags":       {inventory("<BIOS><SSN>1</BIOS></SSN>"), "intake.refused.syntax"},
		"own entity":       {[]byte(`<!DOCTYPE x [<!ENTITY a "aaaa">]><REQUEST><DEVICEID>&a;&a;</DEVICEID></REQUEST>`), "intake.refused.syntax"},
		"two documents":    {append(slices.Clone(whole), whole...), "intake.refused.syntax"},
		"no machine":       {[]byte("<REQUEST><QUERY>PROLOG</QUERY></REQUEST>"), "intake.refused.no_device"},
		"endless name":     {[]byte("<REQUEST><QUERY>PROLOG</QUERY><DEVICEID>" + strings.Repeat("x", 300) + "</DEVICEID></REQUEST>"), "intake.refused.no_device"},
		"no content":       {[]byte("<REQUEST><QUERY>INVENTORY</QUERY><DEVICEID>x</DEVICEID></REQUEST>"), "intake.refused.no_content"},
		"strange query":    {[]byte("<REQUEST><QUERY>DOWNLOAD</QUERY><DEVICEID>x</DEVICEID></REQUEST>"), "intake.refused.query"},
		"countless rows":   {inventory(strings.Repeat("<CPUS/>", 31_000)), "intake.refused.too_many"},
		"half JSON":        {[]byte(`{"action":"inventory","deviceid":"x","content":{"bios":{`), "intake.refused.truncated"},
		"bad JSON":         {[]byte(`{"action":"inventory",}`), "intake.refused.json"},
		"deep JSON":        {[]byte(`{"deviceid":"x","content":{"bios":` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000) + "}}"), "intake.refused.too_deep"},
		"a contact":        {[]byte(`{"action":"contact","deviceid":"x"}`), "intake.refused.query"},
	} {
		_, err := try(NewDecoder(0), one.body)
		if f := fault.Of(err); err == nil || f.Key != one.key {
			t.Errorf("%s: %v, want %s", name, err, one.key)
		}
	}
}

func TestWhatCanBeMendedIsMended(t *testing.T) {
	bios := func(s string) []byte { return inventory("<BIOS><SMODEL>" + s + "</SMODEL></BIOS>") }
	utf16 := []byte{0xff, 0xfe}
	for _, c := range string(bios("Đặng")) {
		utf16 = append(utf16, byte(c), byte(c>>8))
	}
	for name, one := range map[string]struct {
		body []byte
		want string
		done []Repair
	}{
		"a byte order mark":       {append([]byte("\xef\xbb\xbf"), bios("x")...), "x", nil},
		"UTF-16":                  {utf16, "Đặng", nil},
		"declared Latin-1":        {append([]byte("<?xml version='1.0' encoding='ISO-8859-1'?>"), bios("caf\xe9")...), "café", nil},
		"undeclared Latin-1":      {inventory("<BIOS><SMODEL>caf\xe9</SMODEL></BIOS><HARDWARE><NAME>Đặng Xá</NAME></HARDWARE>"), "café", []Repair{Recoded}},
		"a control character":     {bios("a\x01b\x00c"), "abc", []Repair{Cleaned}},
		"a forbidden reference":   {bios("a&#1;b&#x0;c"), "abc", []Repair{Cleaned}},
		"the same in odd XML":     {inventory("<!-- x --><BIOS><SMODEL>a&#1;b</SMODEL></BIOS>"), "ab", []Repair{Cleaned}},
		"entities":                {bios("a &amp; b &lt;c&gt; &#272;&#x111;"), "a & b <c> Đđ", nil},
		"CDATA":                   {bios("<![CDATA[a < b]]>"), "a < b", nil},
		"attributes and comments": {inventory(`<!-- x --><BIOS a="1"><SMODEL b='2'>y</SMODEL></BIOS>`), "y", nil},
		"decomposed letters":      {bios("Đặng"), "Đặng", nil},
		"lines":                   {bios("a\r\nb"), "a b", nil},
		"too long":                {bios(strings.Repeat("ắ", 2000)), strings.Repeat("ắ", LongestValue), []Repair{Cut}},
		"gzip":                    {gzipped(t, bios("z")), "z", nil},
		"a charset unheard of":    {append([]byte("<?xml version='1.0' encoding='klingon'?>"), bios("x")...), "x", nil},
	} {
		m, err := try(NewDecoder(0), one.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if m.Report.BIOS.Model != one.want || !slices.Equal(m.Repairs, one.done) {
			t.Errorf("%s: %q %v, want %q %v", name, m.Report.BIOS.Model, m.Repairs, one.want, one.done)
		}
		if name == "undeclared Latin-1" && m.Report.Hardware.Name != "Đặng Xá" {
			t.Errorf("one bad value spoiled its neighbour: %q", m.Report.Hardware.Name)
		}
	}
}

func gzipped(t *testing.T, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheOtherMessagesOfAnAgent(t *testing.T) {
	say := func(query, content string) *Message {
		return read(t, []byte("<REQUEST><CONTENT>"+content+"</CONTENT><DEVICEID>prober</DEVICEID><QUERY>"+query+"</QUERY></REQUEST>"))
	}
	if m := read(t, specimen.Desk(1).Prolog()); m.Kind != Prolog || m.Report != nil {
		t.Errorf("%+v", m)
	}
	for content, want := range map[string]Phase{"<AGENT><START>1</START></AGENT><PROCESSNUMBER>3</PROCESSNUMBER>": Started, "<AGENT><END>1</END></AGENT>": Ended,
		"<AGENT><NBIP>254</NBIP></AGENT>": Counted, "<AGENT><EXIT>1</EXIT></AGENT>": Ended} {
		for query, kind := range map[string]Kind{"NETDISCOVERY": Discovery, "SNMPQUERY": SNMP, "SNMP": SNMP} {
			if m := say(query, content); m.Kind != kind || m.Probe.Phase != want || len(m.Probe.Devices) != 0 {
				t.Errorf("%s %s: %+v %+v", query, content, m, m.Probe)
			}
		}
	}
	m := say("SNMPQUERY", `<DEVICE><INFO><TYPE>printer</TYPE><SERIAL>CNB1</SERIAL><MAC>00-1E-4F-AA-BB-CC</MAC><MODEL>LaserJet</MODEL><IPS><IP>10.0.0.9</IP></IPS></INFO><PAGECOUNTERS><TOTAL>1203</TOTAL></PAGECOUNTERS></DEVICE>
		<DEVICE><ERROR><ID>4</ID><MESSAGE>no response</MESSAGE><TYPE>PRINTER</TYPE></ERROR></DEVICE><MODULEVERSION>2.6</MODULEVERSION><PROCESSNUMBER>7</PROCESSNUMBER>`)
	want := []Device{{Type: "PRINTER", Serial: "CNB1", MAC: "00:1e:4f:aa:bb:cc", Model: "LaserJet", IP: "10.0.0.9", Pages: Known(1203)}, {Error: "no response"}}
	if m.Probe.Phase != Found || !slices.Equal(m.Probe.Devices, want) || m.Probe.Process != "7" || m.Agent != "2.6" {
		t.Errorf("%+v", m.Probe)
	}
}

func TestAJSONInventorySaysTheSameAsTheXML(t *testing.T) {
	m := read(t, []byte(`{"action":"inventory","deviceid":"may-1","itemtype":"Computer","tag":"00556","partial":true,"content":{"versionclient":"GLPI-Agent_v1.12",
		"bios":{"ssn":"S1","smodel":"M"},"hardware":{"name":"m","memory":3887,"uuid":"U","winprodkey":"secret"},"networks":[{"description":"eth0","mac":"00:1E:4F:00:00:01","virtualdev":true}],
		"users":[{"login":"secret"}],"softwares":[{"name":"Office\u0000","version":null}],"printers":[],"accesslog":{"logdate":"2016-11-08 09:00:00"},"operatingsystem":{"timezone":{"name":"ICT","offset":"+0700"}}}}`))
	r := m.Report
	if m.Format != JSON || !r.Partial || r.Tag != "00556" || m.Agent != "GLPI-Agent_v1.12" || r.BIOS.Serial != "S1" || r.Hardware.MemoryMB != Known(3887) ||
		r.Networks[0].MAC != "00:1e:4f:00:00:01" || !r.Networks[0].Virtual || r.Software[0].Name != "Office" || !slices.Equal(r.Dropped, []string{"USERS"}) {
		t.Fatalf("%+v", r)
	}
	if r.Printers == nil || r.Drives != nil {
		t.Error("a list that was sent empty is not a list that was not sent")
	}
	before := read(t, inventory("<DRIVES><LETTER>C:</LETTER><FREE>10</FREE></DRIVES><PRINTERS><NAME>old</NAME></PRINTERS><HARDWARE><MEMORY>1</MEMORY></HARDWARE>")).Report
	full := r.Completed(before.Sections)
	if full.Drives[0].Letter != "C:" || len(full.Printers) != 0 || full.Hardware.MemoryMB != Known(3887) || full.DeviceID != "may-1" || !full.Partial {
		t.Errorf("%+v", full)
	}
}

// TestABombCostsNoMemory sends bodies that grow a thousandfold, many times, and looks at
// what the heap was asked for: what lies above the bound is counted, never kept.
func TestABombCostsNoMemory(t *testing.T) {
	bomb := specimen.Packed(bytes.Repeat([]byte(" "), 48<<20))
	d := NewDecoder(32 << 20)
	if _, err := try(d, bomb); !fault.HasKey(err, "intake.refused.too_large") {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const times = 8
	for range times {
		if _, err := try(d, bomb); err == nil {
			t.Fatal("taken")
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 5*smallBytes {
		t.Errorf("%d bytes of body asked for %d bytes of memory", len(bomb), each)
	}
}

func TestALargeBodyWaitsForTheOnePlace(t *testing.T) {
	d := NewDecoder(0)
	body := specimen.Packed(append(specimen.Desk(1).XML(), bytes.Repeat([]byte(" "), smallBytes)...))
	inside := make(chan struct{})
	leave := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- d.Read(context.Background(), body, func(*Message) error { close(inside); <-leave; return nil })
	}()
	<-inside
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err := d.Read(ctx, body, func(*Message) error { return errors.New("came in") })
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("two large bodies at once: %v", err)
	}
	if _, err := try(d, specimen.Packed(specimen.Desk(2).XML())); err != nil {
		t.Errorf("a small one need not wait: %v", err)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// BenchmarkAFullInventory reads 390 KB that came in 29 KB; the aim is 100 a second on two
// cores with everything that follows, so at most 5 ms here.
func BenchmarkAFullInventory(b *testing.B) {
	plain := specimen.Full(1).XML()
	wire := specimen.Packed(plain)
	for name, how := range map[string]func() error{
		"plain subset": func() error { _, err := try(NewDecoder(0), wire); return err },
		"general":      func() error { return walk(string(plain), newBuilder()) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				if err := how(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
