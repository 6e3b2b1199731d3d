package identity

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/i18n"
)

// dell is a whole, good report of machine n.
func dell(n int) Raw {
	return Raw{Maker: "Dell Inc.", Serial: fmt.Sprintf("4KX%dQ2", 1000+n), UUID: fmt.Sprintf("4c4c4544-004b-5810-8031-b4c04f%06x", 0x315132+n),
		Board: fmt.Sprintf("CN70163%d", 4000+n*7), Cards: []Card{{MAC: fmt.Sprintf("b8:ca:3a:%02x:%02x:7c", n/256, n%256)}},
		Disks: []string{fmt.Sprintf("WD-WCC3F%d", 90210+n*3)}, Agents: []string{fmt.Sprintf("MAY%d-2016-08-15-09-30-%02d", n, n%60)}, Name: fmt.Sprint("MAY", n), Unit: "00556"}
}

func marksOf(r Raw) []Mark { m, _ := Marks(r); return m }

func known(id string, r Raw) Candidate { return Candidate{ID: id, Marks: marksOf(r)} }

func TestTheRulesOfThePaper(t *testing.T) {
	base := dell(1)
	change := func(f func(r *Raw)) Raw { r := base; f(&r); return r }
	for _, c := range []struct {
		name    string
		report  Raw
		want    Verdict
		finding Finding
	}{
		{"the same report", base, Link, ""},
		{"a new agent id, as the stand-alone collector makes each run", change(func(r *Raw) { r.Agents = []string{"may1-2016-11-22-00-56-30"} }), Link, ""},
		{"only the serial number, of the same maker", Raw{Maker: "DELL", Serial: " 4kx1001q2 "}, Link, ""},
		{"only the serial number, of no maker", Raw{Serial: "4KX1001Q2"}, Review, ""},
		{"the serial number of another maker", Raw{Maker: "LENOVO", Serial: "4KX1001Q2"}, New, ""},
		{"only the firmware id", Raw{UUID: base.UUID}, Review, ""},
		{"the firmware id with its bytes swapped, and the card", Raw{UUID: "44454c4c-4b00-1058-8031-b4c04f315133", Cards: base.Cards}, Link, ""},
		{"only the wired card", Raw{Cards: base.Cards}, Review, ""},
		{"only the disk", Raw{Disks: base.Disks}, New, ""},
		{"only the name", Raw{Name: base.Name, Unit: base.Unit}, New, ""},
		{"name and agent id", Raw{Name: base.Name, Unit: base.Unit, Agents: base.Agents}, Review, ""},
		{"the firmware id changed, the serial number did not", change(func(r *Raw) { r.UUID = "564d9a21-0000-4a1b-9c3d-5566778899aa" }), Link, ""},
		{"all but the serial number differs", func() Raw { r := dell(99); r.Serial = base.Serial; return r }(), Review, ""},
		{"a clone: agent id and name of the image, another iron", func() Raw { r := dell(99); r.Agents, r.Name = base.Agents, base.Name; return r }(), New, Clone},
		{"another board under the same serial number", change(func(r *Raw) { r.Board, r.UUID, r.Cards = dell(50).Board, dell(50).UUID, dell(50).Cards }), Link, Swapped},
		{"another board that took the serial number along", change(func(r *Raw) {
			r.Serial, r.Board, r.UUID, r.Cards = "9ZZ9999", dell(50).Board, dell(50).UUID, dell(50).Cards
		}), Review, MovedOut},
		{"another machine", dell(2), New, ""},
	} {
		d := Decide(marksOf(c.report), []Candidate{known("a", base)}, nil)
		if d.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %+v", c.name, d.Verdict, c.want, d)
		}
		if c.finding != "" && !slices.Contains(d.Findings, c.finding) || c.finding == "" && len(d.Findings) > 0 {
			t.Errorf("%s: findings %v, want %q", c.name, d.Findings, c.finding)
		}
	}
}

func TestAnAgentContinuesUnlessIronSpeaksAgainstIt(t *testing.T) {
	old := Raw{Agents: []string{"may-cu-2012"}, Name: "MAY", Unit: "00556", Cards: []Card{{MAC: "00:1e:c9:10:20:30"}}}
	sender := Candidate{ID: "d", Marks: marksOf(old), Sender: true}
	if d := Decide(marksOf(Raw{Agents: old.Agents}), []Candidate{sender}, nil); d.Verdict != Link {
		t.Error("an agent that says nothing but its id is not known again:", d.Verdict)
	}
	other := old
	other.Cards = []Card{{MAC: "00:1e:c9:99:99:99"}}
	if d := Decide(marksOf(other), []Candidate{sender}, nil); d.Verdict != Review {
		t.Error("the same agent with another card is no doubt:", d.Verdict)
	}
}

func TestTwoThatFitAreADoubt(t *testing.T) {
	r := dell(1)
	two := []Candidate{known("a", r), known("b", Raw{Maker: r.Maker, Serial: r.Serial})}
	if d := Decide(marksOf(r), two, nil); d.Verdict != Review || len(d.Matches) != 2 || d.Best() != "a" {
		t.Errorf("%+v", d)
	}
	old := dell(7)
	old.Serial = r.Serial
	if d := Decide(marksOf(Raw{Maker: r.Maker, Serial: r.Serial, UUID: r.UUID}), []Candidate{known("a", r), known("b", old)}, nil); d.Verdict != Link || d.Best() != "a" {
		t.Errorf("one of two has something against it: %+v", d)
	}
}

func TestPlaceholdersAreNoEvidence(t *testing.T) {
	bad := Raw{}
	for _, s := range []string{"N/A", "none", "0000000", "111111111", "0123456789", "123456789", "To Be Filled By O.E.M.", "Default string", "System Serial Number",
		"Not Specified", "XXXXXXX", "O.E.M.", "  ", "...", "không có", "Base Board Serial Number", "01", "INVALID"} {
		bad.Serial, bad.Board, bad.Disks = s, s, []string{s}
		if m, _ := Marks(bad); len(m) != 0 {
			t.Errorf("%q is evidence: %v", s, m)
		}
	}
	for _, u := range []string{"FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "00000000-0000-0000-0000-000000000000", "03000200-0400-0500-0006-000700080009",
		"00020003-0004-0005-0006-000700080009", "01010101-0101-0101-0101-010101010101", "not settable", "12"} {
		if m, _ := Marks(Raw{UUID: u}); len(m) != 0 {
			t.Errorf("%q is evidence: %v", u, m)
		}
	}
	for _, c := range []Card{{MAC: "00:00:00:00:00:00"}, {MAC: "ff:ff:ff:ff:ff:ff"}, {MAC: "20:41:53:59:4e:ff"}, {MAC: "33:50:6f:45:30:30"}, {MAC: "50:50:54:50:30:30"},
		{MAC: "0a:00:27:00:00:00"}, {MAC: "00:50:56:C0:00:08"}, {MAC: "b8:ca:3a:01:02:03", Virtual: true}, {MAC: "b8:ca:3a:01:02:03", Description: "Intel(R) Centrino(R) Wireless-N 1030"},
		{MAC: "b8:ca:3a:01:02:03", Type: "wifi"}, {MAC: "02:42:ac:11:00:02", Description: "eth0"}, {MAC: "rubbish"}} {
		if m, dropped := Marks(Raw{Cards: []Card{c}}); len(m) != 0 || len(dropped) != 1 {
			t.Errorf("%+v is evidence: %v", c, m)
		}
	}
	if m := marksOf(Raw{Cards: []Card{{MAC: "B8-CA-3A-01-02-03", Description: "Realtek PCIe GBE Family Controller"}}}); len(m) != 1 || m[0].Value != "b8:ca:3a:01:02:03" {
		t.Error("a wired card is no evidence:", m)
	}
	for _, s := range []string{"System Product Name", "All Series"} {
		if CleanModel(s) != "" {
			t.Error(s, "is a model")
		}
	}
}

func TestWhatACrowdSharesIsNoEvidence(t *testing.T) {
	r := Raw{Maker: "FPT", Serial: "ELEAD-2012-A1"}
	crowd := func(m Mark) bool { return m.Kind == Serial }
	d := Decide(marksOf(r), []Candidate{known("a", r)}, crowd)
	if d.Verdict != New || len(d.Reasons) < 2 || d.Reasons[0].Text.Key != "identity.placeholder" {
		t.Errorf("%+v", d)
	}
}

// pick is a report with some of machine n's evidence.
func pick(rnd *rand.Rand, n int) Raw {
	r := dell(n)
	for _, drop := range []func(){func() { r.Serial = "" }, func() { r.UUID = "" }, func() { r.Board = "" }, func() { r.Cards = nil }, func() { r.Disks = nil },
		func() { r.Agents = nil }, func() { r.Name = "" }, func() { r.Maker = "" }} {
		if rnd.IntN(2) == 0 {
			drop()
		}
	}
	return r
}

func mixed(rnd *rand.Rand) Raw {
	r, o := pick(rnd, rnd.IntN(4)), pick(rnd, rnd.IntN(4))
	if rnd.IntN(2) == 0 {
		r.Cards, r.Disks = o.Cards, o.Disks
	}
	if rnd.IntN(2) == 0 {
		r.Agents, r.Board = o.Agents, o.Board
	}
	if rnd.IntN(3) == 0 {
		r.UUID = o.UUID
	}
	return r
}

func TestTheOrderOfCandidatesAndMarksChangesNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		marks := marksOf(mixed(rnd))
		var all []Candidate
		for i := range rnd.IntN(5) {
			all = append(all, Candidate{ID: fmt.Sprint(i), Marks: marksOf(mixed(rnd)), Sender: rnd.IntN(2) == 0})
		}
		want := Decide(marks, all, nil)
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, c := range all {
			rnd.Shuffle(len(c.Marks), func(i, j int) { c.Marks[i], c.Marks[j] = c.Marks[j], c.Marks[i] })
		}
		rnd.Shuffle(len(marks), func(i, j int) { marks[i], marks[j] = marks[j], marks[i] })
		if got := Decide(marks, all, nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\n%+v", got, want)
		}
	}
}

// TestTheOrderOfArrivalsChangesNothing lets whole reports of several machines arrive in
// any order: the machines found are the machines that there are.
func TestTheOrderOfArrivalsChangesNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var arrive []int
		for n := range 6 {
			for range 1 + rnd.IntN(3) {
				arrive = append(arrive, n)
			}
		}
		rnd.Shuffle(len(arrive), func(i, j int) { arrive[i], arrive[j] = arrive[j], arrive[i] })
		var store []Candidate
		is := map[string]int{}
		for i, n := range arrive {
			r := dell(n)
			r.Agents = []string{fmt.Sprint("run-", i)}
			d := Decide(marksOf(r), store, nil)
			switch d.Verdict {
			case New:
				id := fmt.Sprint("m", len(store))
				store = append(store, known(id, r))
				is[id] = n
			case Link:
				if is[d.Best()] != n {
					t.Fatalf("machine %d was taken for %d", n, is[d.Best()])
				}
			default:
				t.Fatalf("a whole report is a doubt: %+v", d)
			}
		}
		if len(store) != 6 {
			t.Fatalf("%d machines were found in %v", len(store), arrive)
		}
	}
}

func TestNeitherNameNorPlaceholderLinks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		a, b := mixed(rnd), mixed(rnd)
		a.Name, a.Unit = "MAY", "00556"
		b.Name, b.Unit = a.Name, a.Unit
		marks, theirs := marksOf(a), marksOf(b)
		shares := slices.ContainsFunc(marks, func(m Mark) bool {
			return m.Kind != Name && slices.ContainsFunc(theirs, func(o Mark) bool { return o.Kind == m.Kind && o.Value == m.Value })
		})
		if d := Decide(marks, []Candidate{{ID: "x", Marks: theirs, Sender: true}}, nil); !shares && d.Verdict != New {
			t.Fatalf("a name alone: %+v", d)
		}
		if d := Decide(marks, []Candidate{{ID: "x", Marks: theirs, Sender: true}}, func(Mark) bool { return true }); d.Verdict != New {
			t.Fatalf("placeholders alone: %+v", d)
		}
	}
}

func TestMoreContradictionNeverMakesALink(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	stranger := marksOf(dell(77))
	tried := 0
	for range 5000 {
		marks, c := marksOf(mixed(rnd)), Candidate{ID: "x", Marks: marksOf(mixed(rnd)), Sender: rnd.IntN(2) == 0}
		before := Decide(marks, []Candidate{c}, nil).Verdict
		k := hardware[rnd.IntN(len(hardware))]
		if len(of(marks, k)) > 0 || len(of(c.Marks, k)) == 0 {
			continue
		}
		tried++
		after := Decide(append(marks, of(stranger, k)...), []Candidate{c}, nil).Verdict
		if rank(after) > rank(before) {
			t.Fatalf("%s became %s by another %s", before, after, k)
		}
	}
	if tried < 300 {
		t.Fatal("only", tried, "cases")
	}
}

func TestEveryReasonIsASentence(t *testing.T) {
	words, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(9, 10))
	for range 1000 {
		d := Decide(marksOf(mixed(rnd)), []Candidate{known("a", mixed(rnd)), known("b", mixed(rnd))}, func(m Mark) bool { return m.Kind == Disk })
		all := d.Reasons
		for _, m := range d.Matches {
			all = append(all, m.Reasons...)
		}
		for _, lang := range i18n.Langs {
			for _, r := range all {
				if said := words.In(lang).Line(r.Text); strings.Contains(said, "⟦") || strings.Contains(said, "{") {
					t.Fatal(said)
				}
			}
		}
	}
}

func FuzzDecide(f *testing.F) {
	f.Add("Dell Inc.", "4KX1001Q2", "4c4c4544-004b-5810-8031-b4c04f315132", "b8:ca:3a:01:02:03", "WD-1", "a-2016", "May")
	f.Add("", "To be filled by O.E.M.", "03000200-0400-0500-0006-000700080009", "00:50:56:c0:00:01", "", "", "\xff\xfe")
	f.Fuzz(func(t *testing.T, maker, serial, uuid, mac, disk, agent, name string) {
		r := Raw{Maker: maker, Serial: serial, UUID: uuid, Board: disk, Cards: []Card{{MAC: mac}}, Disks: []string{disk}, Agents: []string{agent}, Name: name, Unit: "00556"}
		marks, _ := Marks(r)
		for _, m := range marks {
			if m.Value == "" || weights[m.Kind] == 0 {
				t.Fatalf("%+v is no mark", m)
			}
		}
		again, _ := Marks(Raw{Maker: maker, Serial: CleanSerial(serial)})
		if !slices.Equal(again, of(marks, Serial)) {
			t.Fatalf("a clean serial number is cleaned anew: %v %v", again, of(marks, Serial))
		}
		itself := Decide(marks, []Candidate{{ID: "x", Marks: marks}}, nil)
		score := 0
		if len(itself.Matches) > 0 {
			score = itself.Matches[0].Score
			if itself.Matches[0].Against != 0 {
				t.Fatalf("something speaks against itself: %+v", itself)
			}
		}
		if (itself.Verdict == Link) != (score >= LinkFrom) {
			t.Fatalf("%+v", itself)
		}
		if d := Decide(marks, []Candidate{{ID: "x", Marks: of(marks, Name), Sender: true}}, nil); d.Verdict != New {
			t.Fatalf("a name links: %+v", d)
		}
	})
}
