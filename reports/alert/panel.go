package alert

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/alert/views"
	"lotrinh/reports/metric"
)

// mostShown is how many episodes a panel on another page names; it leads to all of them.
const mostShown = 5

// Panel is a card with the newest open episodes within the reader's reach, for a page that
// is about more than alerts; nil when none is open, and for who may not see them.
func (s *Service) Panel(c *httpx.Ctx) (templ.Component, error) {
	if !c.Who.May(Look) {
		return nil, nil
	}
	rows, err := s.List(c.Std(), c.Who, false, page.Request{Limit: mostShown})
	if err != nil || len(rows.Items) == 0 {
		return nil, err
	}
	tree, err := s.tree(c.Std())
	if err != nil {
		return nil, err
	}
	t := c.T
	card := ui.CardData{Title: t.Say("alert.panel"), Flush: true, Action: &ui.Action{Label: t.Say("alert.panel.all"), Href: Home}}
	return views.Panel(t, card, ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: columns(t), Rows: rowsOf(t, tree, rows.Items)}), nil
}

// columns are those of every table of episodes.
func columns(t i18n.T) []ui.Column {
	return []ui.Column{{Label: t.Say("alert.what")}, {Label: t.Say("alert.unit")}, {Label: t.Say("alert.peak"), Num: true}, {Label: t.Say("alert.opened"), Quiet: true}, {Label: t.Say("alert.state")}}
}

// rowsOf are episodes as rows under these columns.
func rowsOf(t i18n.T, tree *org.Tree, all []Episode) []ui.Row {
	var rows []ui.Row
	for _, e := range all {
		m, _ := metric.Find(e.Metric)
		rows = append(rows, ui.Row{Href: e.Path(), Cells: []templ.Component{ui.Main(e.Path(), e.Title(t), t.Say("alert.bound", "bound", written(t, m, e.Past, e.Threshold))),
			ui.Text(tree.Place(e.Unit)), ui.Text(written(t, m, e.Past, e.Peak)), ui.Text(t.Moment(e.OpenedAt)), ui.Badge(e.state(t))}})
	}
	return rows
}
