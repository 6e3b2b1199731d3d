package rollout

import (
	"bytes"
	"iter"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

func (p pages) beyond(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	district := c.Query("district")
	b, err := p.Beyond(c.Std(), c.Who, pg.Code, district)
	if err != nil {
		return err
	}
	t := c.T
	n := Counts{Total: b.Total.Total, Declared: b.Total.Declared, Verified: b.Total.Verified}
	v := views.Listing{
		Header: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.beyond")}), Title: t.Say("rollout.beyond"), Lead: t.Say("rollout.beyond.lead"),
			Action: &ui.Action{Label: t.Say("rollout.beyond.xlsx"), Href: at(c, "/rollout/beyond.xlsx", "district", district), Icon: "download"},
			More:   []ui.Action{{Label: t.Say("rollout.beyond.csv"), Href: at(c, "/rollout/beyond.csv", "district", district), Icon: "download"}}},
		Figures: beyondFigures(t, b.Total),
		Tables:  []ui.TableData{beyondCommunes(c, b), beyondDistricts(c, b)},
	}
	if district != "" {
		v.Header.Lead = capital(b.Total.nameOf(b)) + " · " + v.Header.Lead
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("rollout.beyond.all"), Href: at(c, "/rollout/beyond"), Icon: "map"})
		v.Tables = v.Tables[:1]
	}
	if n.Total > 0 && district == "" {
		if v.Chart, err = p.beyondChart(c, pg, b, n); err != nil {
			return err
		}
	} else if n.Total > 0 {
		if v.Chart, err = p.districtChart(c, pg, b.Board, district, n); err != nil {
			return err
		}
	}
	return p.show(c, v.Header.Title, views.ListingPage(t, v))
}

// nameOf is the name of the one district that was asked for.
func (BeyondDistrict) nameOf(b Beyond) string {
	if len(b.Districts) == 0 {
		return ""
	}
	return b.Districts[0].Name
}

func (p pages) beyondChart(c *httpx.Ctx, pg Programme, b Beyond, n Counts) (ui.ChartData, error) {
	o := Overview{Programme: pg, Rollout: n, At: b.At}
	for _, ph := range b.Phases {
		o.Phases = append(o.Phases, PhaseCounts{Phase: ph})
	}
	from, until := span(o)
	points, err := p.Curve(c.Std(), c.Who, pg.Code, Any, from, until)
	if err != nil {
		return ui.ChartData{}, err
	}
	return p.curveChart(c.T, o, points, nil)
}

func beyondFigures(t i18n.T, d BeyondDistrict) []ui.FigureData {
	of := t.Say("rollout.of", "n", d.Total)
	more := ui.FigureData{Label: t.Say("rollout.col.beyond"), Value: t.Int(int64(d.Beyond)), Of: of, SoWhat: t.Say("rollout.beyond.none"), Tone: ui.Good}
	if d.Beyond > 0 {
		more.SoWhat, more.Tone = t.Say("rollout.beyond.so"), ui.Warn
	}
	return []ui.FigureData{
		{Label: t.Say("rollout.fig.declared"), Value: t.Int(int64(d.Declared)), Of: of},
		{Label: t.Say("rollout.fig.verified"), Value: t.Int(int64(d.Verified)), Of: of},
		more,
	}
}

func beyondCommunes(c *httpx.Ctx, b Beyond) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("rollout.beyond.communes"), Count: int64(len(b.Communes)),
		Columns: []ui.Column{{Label: t.Say("rollout.col.unit")}, {Label: t.Say("rollout.col.stage")}, {Label: t.Say("rollout.beyond.what")}},
		Empty:   ui.EmptyData{Icon: "circle-check", Title: t.Say("rollout.beyond.empty"), Text: t.Say("rollout.beyond.empty.text")}}
	for _, r := range b.Communes {
		href := at(c, "/rollout/units/"+r.Unit)
		var why []string
		for _, i := range r.Items {
			why = append(why, beyondWhy(t, i))
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, capital(r.Name), r.DistrictName), ui.Badge(stageState(t, r.Stage)), views.Lines(why)}})
	}
	return d
}

// beyondWhy is a criterion with what was measured instead of what was declared.
func beyondWhy(t i18n.T, i Item) string {
	if len(i.Reasons) == 0 {
		return inLang(t, i.Criterion.Title, i.Criterion.TitleEN)
	}
	return shortly(t, i.Reasons)
}

func beyondDistricts(c *httpx.Ctx, b Beyond) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("rollout.districts"), Count: int64(len(b.Districts)),
		Columns: []ui.Column{{Label: t.Say("rollout.col.district")}, {Label: t.Say("rollout.col.total"), Num: true}, {Label: t.Say("rollout.fig.declared"), Num: true},
			{Label: t.Say("rollout.fig.verified"), Num: true}, {Label: t.Say("rollout.col.beyond"), Num: true}},
		Empty: ui.EmptyData{Icon: "map", Title: t.Say("rollout.districts.none"), Text: t.Say("rollout.districts.none.text")}}
	for _, one := range b.Districts {
		href := at(c, "/rollout/beyond", "district", one.Code)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, capital(one.Name), ""), ui.Number(t, int64(one.Total)), ui.Number(t, int64(one.Declared)),
			ui.Number(t, int64(one.Verified)), ui.Number(t, int64(one.Beyond))}})
	}
	return d
}

func (p pages) beyondRows(c *httpx.Ctx) (iter.Seq2[[]any, error], []string, error) {
	pg, _, err := p.chosen(c)
	if err != nil {
		return nil, nil, err
	}
	b, err := p.Beyond(c.Std(), c.Who, pg.Code, c.Query("district"))
	if err != nil {
		return nil, nil, err
	}
	t := c.T
	head := []string{t.Say("rollout.beyond.code"), t.Say("rollout.col.unit"), t.Say("rollout.col.district"), t.Say("rollout.col.stage"), t.Say("rollout.col.criterion"),
		t.Say("rollout.beyond.said_at"), t.Say("rollout.col.verdict"), t.Say("rollout.col.why"), t.Say("rollout.beyond.seen_at")}
	return func(yield func([]any, error) bool) {
		for _, r := range b.Communes {
			for _, i := range r.Items {
				seen := ""
				if i.Verified != nil {
					seen = t.Moment(i.Verified.ObservedAt)
				}
				row := []any{r.Unit, capital(r.Name), capital(r.DistrictName), t.Say("rollout.stage." + string(r.Stage)), inLang(t, i.Criterion.Title, i.Criterion.TitleEN),
					t.Moment(i.Declared.ObservedAt), t.Say("rollout.answer." + string(i.Answer)), beyondWhy(t, i), seen}
				if !yield(row, nil) {
					return
				}
			}
		}
	}, head, nil
}

// handOver answers with a file to keep.
func handOver(c *httpx.Ctx, name, kind string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(body)
}

func (p pages) beyondXLSX(c *httpx.Ctx) error {
	rows, head, err := p.beyondRows(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteXLSX(&b, c.T.Say("rollout.beyond.sheet"), head, rows); err != nil {
		return err
	}
	return handOver(c, "khai-nhieu-hon-do-duoc.xlsx", files.XLSX, b.Bytes())
}

func (p pages) beyondCSV(c *httpx.Ctx) error {
	rows, head, err := p.beyondRows(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteCSV(&b, head, rows); err != nil {
		return err
	}
	return handOver(c, "khai-nhieu-hon-do-duoc.csv", "text/csv; charset=utf-8", b.Bytes())
}
