package gallery

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/define"
	"lotrinh/reports/metric"
)

// spare is how many empty rows for columns and metrics a form offers.
const spare = 3

// metrics are the catalogue as options of a select.
func metrics(t i18n.T) []ui.Option {
	all := []ui.Option{{Label: "–"}}
	for _, m := range metric.All {
		all = append(all, ui.Option{Value: string(m.Key), Label: m.Name(t) + " (" + string(m.Key) + ")"})
	}
	return all
}

// block is the block of the address.
func block(c *httpx.Ctx, d *define.Definition) (*define.Block, error) {
	_, s, err := section(c, d)
	if err != nil {
		return nil, err
	}
	j, err := number(c.Params("block"))
	if err != nil || int(j) >= len(s.Blocks) {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	return &s.Blocks[j], nil
}

func (p *pages) blockForm(c *httpx.Ctx) error {
	v, d, err := p.Draft(c.Std(), c.Who, c.Params("key"))
	if err != nil {
		return err
	}
	b, err := block(c, &d)
	if err != nil {
		return err
	}
	t := c.T
	fields := []ui.Field{{Name: "if", Label: t.Say("gallery.if"), Hint: t.Say("gallery.if.hint"), Value: b.If, Max: 400}}
	switch b.Kind {
	case define.Table:
		fields = append(fields, tableFields(t, *b)...)
	case define.Chart:
		fields = append(fields, chartFields(t, *b)...)
	case define.List:
		fields = append(bothFields(t, "name", "gallery.caption", b.Name, 1, ""), fields...)
		fields = append(fields, ui.Field{Kind: ui.Select, Name: "list", Label: t.Say("gallery.kind.list"), Value: b.List, Options: options(t, "gallery.list.", false, define.Lists...)})
		fields = append(fields, bothFields(t, "item", "gallery.item", b.Item, 2, t.Say("gallery.item.hint"))...)
		fields = append(fields, bothFields(t, "none", "gallery.none", b.None, 2, "")...)
		fields = append(fields, most(t, *b))
	case define.Ready:
		fields = append(fields, ui.Field{Kind: ui.Select, Name: "ready", Label: t.Say("gallery.kind.ready"), Value: b.Ready, Options: options(t, "gallery.ready.", false, define.Parts...)})
	default:
		fields = append(bothFields(t, "text", "gallery.kind.text", b.Text, 6, t.Say("gallery.text.hint")), fields...)
	}
	i, j := c.Params("section"), c.Params("block")
	kind := t.Say("gallery.kind.unknown")
	if slices.Contains(define.Kinds, b.Kind) {
		kind = t.Say("gallery.kind." + string(b.Kind))
	}
	return p.asked(c, kind, at(c.Params("key"))+"/draft/"+i+"/"+j, "sections."+i+".blocks."+j+".", d, v.Version, fields)
}

func most(t i18n.T, b define.Block) ui.Field {
	n := ""
	if b.Most != 0 {
		n = strconv.Itoa(b.Most)
	}
	return ui.Field{Kind: ui.Whole, Name: "most", Label: t.Say("gallery.most"), Hint: t.Say("gallery.most.hint"), Value: n, Narrow: true}
}

func tableFields(t i18n.T, b define.Block) []ui.Field {
	fields := append(bothFields(t, "name", "gallery.caption", b.Name, 1, ""), ui.Field{Kind: ui.Select, Name: "rows", Label: t.Say("gallery.rows"), Value: string(b.Rows),
		Options: options(t, "gallery.rows.", false, string(define.ByDistrict), string(define.ByCommune), string(define.ByMetric))})
	list := metrics(t)
	for i := range len(b.Columns) + spare {
		col, at := define.Column{}, "columns."+strconv.Itoa(i)
		if i < len(b.Columns) {
			col = b.Columns[i]
		}
		name := t.Say("gallery.column", "n", i+1)
		fields = append(fields, ui.Field{Kind: ui.Select, Name: at + ".metric", Label: name, Value: string(col.Metric), Options: list},
			ui.Field{Kind: ui.Select, Name: at + ".show", Label: t.Say("gallery.column.show", "name", name), Value: string(col.Show),
				Options: options(t, "gallery.show.", true, string(define.Now), string(define.Before), string(define.Change), string(define.Share))},
			ui.Field{Kind: ui.Select, Name: at + ".of", Label: t.Say("gallery.column.of", "name", name), Value: string(col.Of), Options: list},
			ui.Field{Name: at + ".head.vi", Label: t.Say("gallery.column.head", "name", name), Value: col.Head.VI, Max: 100})
	}
	if b.Rows == define.ByMetric {
		return append(fields, metricFields(t, b.Metrics, list)...)
	}
	sum, desc, sort := "", "", ""
	if b.Foot != "" {
		sum = "1"
	}
	if b.Sort != nil {
		sort = strconv.Itoa(b.Sort.Column)
		if b.Sort.Desc {
			desc = "1"
		}
	}
	return append(fields, ui.Field{Kind: ui.Check, Name: "foot", Label: t.Say("gallery.foot"), Value: sum},
		ui.Field{Kind: ui.Whole, Name: "sort", Label: t.Say("gallery.sort"), Hint: t.Say("gallery.sort.hint"), Value: sort, Narrow: true},
		ui.Field{Kind: ui.Check, Name: "desc", Label: t.Say("gallery.desc"), Value: desc},
		ui.Field{Kind: ui.Select, Name: "spark", Label: t.Say("gallery.spark"), Value: string(b.Spark), Options: list}, most(t, b))
}

func metricFields(t i18n.T, all []metric.Key, list []ui.Option) []ui.Field {
	var fields []ui.Field
	for i := range len(all) + spare {
		k := metric.Key("")
		if i < len(all) {
			k = all[i]
		}
		fields = append(fields, ui.Field{Kind: ui.Select, Name: "metrics." + strconv.Itoa(i), Label: t.Say("gallery.metric", "n", i+1), Value: string(k), Options: list})
	}
	return fields
}

func chartFields(t i18n.T, b define.Block) []ui.Field {
	list := metrics(t)
	fields := append(bothFields(t, "name", "gallery.finding", b.Name, 2, t.Say("gallery.finding.hint")),
		ui.Field{Kind: ui.Select, Name: "chart", Label: t.Say("gallery.kind.chart"), Value: b.Chart, Options: options(t, "gallery.chart.", false, slices.Sorted(maps.Keys(define.Charts))...)})
	fields = append(fields, metricFields(t, b.Metrics, list)...)
	target := ""
	if b.Target != 0 {
		target = t.Decimal(b.Target, 3)
	}
	return append(fields, ui.Field{Kind: ui.Select, Name: "of", Label: t.Say("gallery.of"), Value: string(b.Of), Options: list},
		ui.Field{Name: "target", Label: t.Say("gallery.target"), Hint: t.Say("gallery.target.hint"), Value: target, Narrow: true},
		ui.Field{Kind: ui.Select, Name: "list", Label: t.Say("gallery.kind.list"), Value: b.List, Options: options(t, "gallery.list.", true, define.Lists...)}, most(t, b))
}

// saveBlock keeps what was typed, also when it is wrong: the form comes back with it.
func (p *pages) saveBlock(c *httpx.Ctx) error {
	place := c.Params("section") + ".blocks." + c.Params("block") + "."
	return p.save(c, func(d *define.Definition) error {
		b, err := block(c, d)
		if err != nil {
			return err
		}
		kind := b.Kind
		*b = define.Block{Kind: kind, If: tidy(c.FormValue("if")), Name: both(c, "name"), Most: whole(c.FormValue("most"))}
		switch kind {
		case define.Table:
			readTable(c, b)
		case define.Chart:
			b.Chart, b.Of, b.List, b.Metrics = c.FormValue("chart"), metric.Key(c.FormValue("of")), c.FormValue("list"), readMetrics(c)
			b.Target = decimal(c.FormValue("target"))
		case define.List:
			b.List, b.Item, b.None = c.FormValue("list"), both(c, "item"), both(c, "none")
		case define.Ready:
			b.Ready = c.FormValue("ready")
		default:
			b.Kind, b.Text = define.Text, both(c, "text")
		}
		return nil
	}, "/"+c.Params("section")+"/"+c.Params("block"), "sections."+place)
}

// decimal is a number as Vietnamese write it; nonsense is a target that Check refuses.
func decimal(s string) float64 {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	x, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || x != x || x > 1e9 {
		return -1
	}
	return x
}

// mostRows is how many rows of columns or metrics a form is read for.
const mostRows = 24

func readMetrics(c *httpx.Ctx) []metric.Key {
	var all []metric.Key
	for i := range mostRows {
		if k := c.FormValue("metrics." + strconv.Itoa(i)); k != "" {
			all = append(all, metric.Key(k))
		}
	}
	return all
}

func readTable(c *httpx.Ctx, b *define.Block) {
	b.Rows, b.Spark = define.Rows(c.FormValue("rows")), metric.Key(c.FormValue("spark"))
	if c.FormValue("foot") != "" {
		b.Foot = "sum"
	}
	if s := strings.TrimSpace(c.FormValue("sort")); s != "" {
		b.Sort = &define.Sort{Column: whole(s), Desc: c.FormValue("desc") != ""}
	}
	for i := range mostRows {
		at := "columns." + strconv.Itoa(i)
		col := define.Column{Metric: metric.Key(c.FormValue(at + ".metric")), Show: define.Show(c.FormValue(at + ".show")), Of: metric.Key(c.FormValue(at + ".of")), Head: define.Both{VI: tidy(c.FormValue(at + ".head.vi"))}}
		if col != (define.Column{}) {
			b.Columns = append(b.Columns, col)
		}
	}
	b.Metrics = readMetrics(c)
	if b.Rows == define.ByMetric {
		b.Foot, b.Sort, b.Spark = "", nil, ""
	}
}
