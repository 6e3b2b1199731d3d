package inventory

import (
	"bytes"
	"iter"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/inventory/readiness"
)

// exported are the assets of the list that the address asks for, page by page and by
// code, as rows of the import's own table.
func (p pages) exported(c *httpx.Ctx) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		tree, err := p.units.Tree(c.Std(), p.clock.Now())
		if err != nil {
			yield(nil, err)
			return
		}
		f := readFilter(c.Query)
		f.Sort, f.Down = "code", false
		for after := ""; ; {
			all, err := p.AssetList(c.Std(), c.Who, f, page.Read(after, "200"))
			if err != nil {
				yield(nil, err)
				return
			}
			for _, a := range all.Items {
				if !yield(p.exportRow(c.T, tree, a), nil) {
					return
				}
			}
			if after = all.Next; after == "" {
				return
			}
		}
	}
}

// exportRow is an asset in the columns of the import, in words that it reads.
func (p pages) exportRow(t i18n.T, tree *org.Tree, a AssetView) []any {
	var row []any
	for _, col := range p.assetImport().Columns {
		row = append(row, a.cell(t, tree, col.Key))
	}
	return row
}

func (a AssetView) cell(t i18n.T, tree *org.Tree, column string) string {
	switch column {
	case "code":
		return a.Code
	case "district":
		return tree.Name(tree.District(a.Unit))
	case "unit":
		return a.Unit
	case "kind":
		return t.Say("inventory.kind." + string(a.Kind))
	case "state":
		return t.Say("inventory.state." + string(a.State))
	}
	for _, d := range details {
		if d.name != column {
			continue
		}
		if v := *d.of(&a.Asset); d.most > 0 || v == "" {
			return v
		}
		return sayDay(*d.of(&a.Asset))
	}
	for _, f := range a.Facts {
		if f.Name != column || f.Source != readiness.Declared {
			continue
		}
		if column == "os" {
			return SayFact(t, column, f.Value)
		}
		return f.Value
	}
	return ""
}

func (p pages) heads(t i18n.T) []string {
	var head []string
	for _, col := range p.assetImport().Columns {
		head = append(head, t.Say(col.Name))
	}
	return head
}

func (p pages) exportXLSX(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteXLSX(&b, c.T.Say("inventory.export.sheet"), p.heads(c.T), p.exported(c)); err != nil {
		return err
	}
	return handOver(c, "thiet-bi.xlsx", files.XLSX, b.Bytes())
}

func (p pages) exportCSV(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteCSV(&b, p.heads(c.T), p.exported(c)); err != nil {
		return err
	}
	return handOver(c, "thiet-bi.csv", "text/csv; charset=utf-8", b.Bytes())
}
