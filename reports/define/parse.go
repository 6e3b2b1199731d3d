package define

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/fault"
	"lotrinh/reports/metric"
)

// The caps of a definition.
const (
	MostBytes    = 64 << 10
	mostSections = 20
	mostBlocks   = 40
	mostColumns  = 14
	mostMetrics  = 24
	mostRunes    = 4000
	// Most is the most rows, bars or entries that a block may ask for.
	Most = 600
)

// Parse reads and checks a definition. An Invalid error names each place that is wrong:
// "sections.1.blocks.0.columns.2.metric".
func Parse(raw []byte) (Definition, error) {
	d, err := Read(raw)
	if err != nil {
		return d, err
	}
	return d, d.Check()
}

// Read reads a definition without checking what it says.
func Read(raw []byte) (Definition, error) {
	var d Definition
	if len(raw) > MostBytes {
		return d, fault.New(fault.Invalid, "reports.define.too_large", "most", MostBytes>>10)
	}
	if !utf8.Valid(raw) {
		return d, fault.New(fault.Invalid, "reports.define.not_json")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return Definition{}, fault.Because(fault.Invalid, "reports.define.not_json", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Definition{}, fault.New(fault.Invalid, "reports.define.not_json")
	}
	return d, nil
}

// Canonical is the one way to write a definition; its SHA-256 names its content.
func (d Definition) Canonical() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Hash is the SHA-256 of a canonical definition, in hexadecimal.
func Hash(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

var keyChars = func() (is [128]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyz0123456789-" {
		is[c] = true
	}
	return is
}()

// GoodKey tells whether a key is small letters, digits and dashes, at most 40.
func GoodKey(k string) bool {
	for _, r := range k {
		if r >= 128 || !keyChars[r] {
			return false
		}
	}
	return k != "" && len(k) <= 40 && k[0] != '-'
}

// Check tells everything that is wrong with a definition.
func (d Definition) Check() error {
	var k fault.Check
	k.Need(GoodKey(d.Key), "key", "reports.define.bad_key")
	k.Need(d.Title.VI != "", "title.vi", "reports.define.needed")
	k.Need(d.About.VI != "", "about.vi", "reports.define.needed")
	k.Need(slices.Contains([]Form{"", Report, Submission, Sheet}, d.Form), "form", "reports.define.unknown")
	k.Need(d.Period.Known(), "period", "reports.define.unknown")
	_, err := cronspec.Parse(d.Spec)
	k.Need(err == nil, "spec", "reports.define.bad_spec")
	k.Need(d.CatchUp >= 0 && d.CatchUp <= 26, "catch_up", "reports.define.range", "least", 0, "most", 26)
	k.Need(slices.Contains([]Cut{City, Districts, Either}, d.Cut), "cut", "reports.define.unknown")
	k.Need(d.Pages >= 0 && d.Pages <= 20, "pages", "reports.define.unknown")
	k.Need(slices.Contains([]string{"portrait", "landscape"}, d.Orientation), "orientation", "reports.define.unknown")
	k.Need(len(d.Audience) > 0 && len(d.Audience) <= 20, "audience", "reports.define.needed")
	for i, role := range d.Audience {
		k.Need(word(role), "audience."+strconv.Itoa(i), "reports.define.unknown")
	}
	k.Need(len(d.Sections) > 0 && len(d.Sections) <= mostSections, "sections", "reports.define.range", "least", 1, "most", mostSections)
	for i, s := range d.Sections[:min(len(d.Sections), mostSections)] {
		s.check(&k, "sections."+strconv.Itoa(i))
	}
	if k.OK() {
		d.each(func(at, text string) { checkText(&k, at, text, fieldsOf(at)) }, func(at, expr string) {
			_, wrong := readCond(expr)
			k.Need(wrong == "", at, wrong)
		})
	}
	return k.Err()
}

// word tells whether s is small letters, digits and low lines, as roles are.
func word(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// fieldsOf tells whether a text stands for an entry of a list.
func fieldsOf(at string) bool {
	return strings.HasSuffix(at, ".item.vi") || strings.HasSuffix(at, ".item.en")
}

func checkText(k *fault.Check, at, text string, entry bool) {
	k.Need(utf8.RuneCountInString(text) <= mostRunes, at, "reports.define.text_long", "most", mostRunes)
	all, wrong := split(text)
	k.Need(wrong == "", at, wrong)
	for _, p := range all {
		switch {
		case p.name == "" && p.words != "":
		case entry:
			k.Need(slices.Contains(fields, p.name) && p.form == "", at, "reports.define.unknown_field", "name", p.name)
		default:
			k.Need(p.wrong() == "", at, p.wrong(), "name", p.name, "form", p.form)
		}
	}
}

func (s Section) check(k *fault.Check, at string) {
	k.Need(s.Heading.VI != "", at+".heading.vi", "reports.define.needed")
	k.Need(slices.Contains([]string{"", "portrait", "landscape"}, s.Orientation), at+".orientation", "reports.define.unknown")
	k.Need(len(s.Blocks) <= mostBlocks, at+".blocks", "reports.define.range", "least", 0, "most", mostBlocks)
	for i, b := range s.Blocks[:min(len(s.Blocks), mostBlocks)] {
		b.check(k, at+".blocks."+strconv.Itoa(i))
	}
}

func (b Block) check(k *fault.Check, at string) {
	k.Need(b.Most >= 0 && b.Most <= Most, at+".most", "reports.define.range", "least", 0, "most", Most)
	switch b.Kind {
	case Text:
		k.Need(b.Text.VI != "", at+".text.vi", "reports.define.needed")
	case Table:
		b.checkTable(k, at)
	case Chart:
		b.checkChart(k, at)
	case List:
		k.Need(slices.Contains(Lists, b.List), at+".list", "reports.define.unknown_list")
		k.Need(b.Item.VI != "" || b.Name.VI != "", at+".name.vi", "reports.define.needed")
	case Ready:
		k.Need(slices.Contains(Parts, b.Ready), at+".ready", "reports.define.unknown")
	default:
		k.Need(false, at+".kind", "reports.define.unknown")
	}
}

func (b Block) checkTable(k *fault.Check, at string) {
	k.Need(b.Name.VI != "", at+".name.vi", "reports.define.needed")
	k.Need(slices.Contains([]Rows{ByDistrict, ByCommune, ByMetric}, b.Rows), at+".rows", "reports.define.unknown")
	k.Need(b.Foot == "" || b.Foot == "sum" && b.Rows != ByMetric, at+".foot", "reports.define.unknown")
	k.Need(len(b.Columns) > 0 && len(b.Columns) <= mostColumns, at+".columns", "reports.define.range", "least", 1, "most", mostColumns)
	for i, c := range b.Columns[:min(len(b.Columns), mostColumns)] {
		c.check(k, at+".columns."+strconv.Itoa(i), b.Rows == ByMetric)
	}
	if b.Rows == ByMetric {
		checkMetrics(k, at+".metrics", b.Metrics, 1, mostMetrics)
	}
	if b.Spark != "" {
		_, known := metric.Find(b.Spark)
		k.Need(known && b.Rows == ByDistrict, at+".spark", "reports.define.unknown_metric")
	}
	if b.Sort != nil {
		k.Need(b.Sort.Column >= 0 && b.Sort.Column <= len(b.Columns) && b.Rows != ByMetric, at+".sort", "reports.define.bad_sort")
	}
}

func (c Column) check(k *fault.Check, at string, ofMetrics bool) {
	k.Need(slices.Contains([]Show{"", Now, Before, Change, Share}, c.Show), at+".show", "reports.define.unknown")
	m, known := metric.Find(c.Metric)
	k.Need(known != ofMetrics || ofMetrics && c.Metric == "", at+".metric", "reports.define.unknown_metric")
	if c.Show == Share {
		of, ok := metric.Find(c.Of)
		k.Need(ok && addable(of) && (ofMetrics || addable(m)), at+".of", "reports.define.of_needed")
	}
	k.Need(len(c.Head.VI) <= 200 && len(c.Head.EN) <= 200, at+".head", "reports.define.text_long", "most", 200)
}

func checkMetrics(k *fault.Check, at string, all []metric.Key, least, most int) {
	k.Need(len(all) >= least && len(all) <= most, at, "reports.define.range", "least", least, "most", most)
	for i, key := range all[:min(len(all), most)] {
		_, known := metric.Find(key)
		k.Need(known, at+"."+strconv.Itoa(i), "reports.define.unknown_metric")
	}
}

func (b Block) checkChart(k *fault.Check, at string) {
	takes, known := Charts[b.Chart]
	k.Need(b.Name.VI != "", at+".name.vi", "reports.define.needed")
	k.Need(known, at+".chart", "reports.define.unknown")
	if !known {
		return
	}
	least := takes[0]
	if (b.Chart == "pareto" || b.Chart == "lollipop") && b.List == "" {
		least = 1
	}
	checkMetrics(k, at+".metrics", b.Metrics, least, takes[1])
	if b.Chart == "lollipop" && b.List == "" || b.Of != "" {
		of, ok := metric.Find(b.Of)
		k.Need(ok && addable(of), at+".of", "reports.define.of_needed")
	}
	if b.Chart == "ages" || b.List != "" {
		k.Need(slices.Contains(Lists, b.List), at+".list", "reports.define.unknown_list")
	}
	k.Need(b.Target >= 0 && b.Target <= 1e9 && !math.IsNaN(b.Target), at+".target", "reports.define.range", "least", 0, "most", 1e9)
}

// each visits every text with places and every condition, with its place.
func (d Definition) each(text, condition func(at, s string)) {
	both := func(at string, b Both) {
		if b.VI != "" {
			text(at+".vi", b.VI)
		}
		if b.EN != "" {
			text(at+".en", b.EN)
		}
	}
	expr := func(at, s string) {
		if s != "" {
			condition(at, s)
		}
	}
	both("about", d.About)
	for i, s := range d.Sections {
		at := "sections." + strconv.Itoa(i)
		both(at+".heading", s.Heading)
		expr(at+".if", s.If)
		for j, b := range s.Blocks {
			at := at + ".blocks." + strconv.Itoa(j)
			expr(at+".if", b.If)
			both(at+".text", b.Text)
			both(at+".name", b.Name)
			both(at+".item", b.Item)
			both(at+".none", b.None)
		}
	}
}
