package incident

import (
	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// How the grid of communes is laid: tiles side by side in a district, districts side by side.
const (
	across  = 6
	abreast = 5
)

// chart is the grid of communes that shows who is hit: every commune of a district
// with a ticket or in reach, each with a sign of its own, so that it reads without colour.
func (p pages) chart(c *httpx.Ctx, tree *org.Tree, d Detail) (*ui.ChartData, *ui.Action, error) {
	t := c.T
	in := map[string]bool{}
	for _, u := range d.Reach {
		in[u] = true
	}
	all := c.Query("map") == "all"
	spec := plot.TilesSpec{Frame: plot.Frame{Title: t.Say("incident.map.title", "units", d.Count.Units, "open", d.Count.OpenUnits), Lang: t.Lang,
		Empty: t.Say("incident.map.empty")}, Stages: legend(t, d.Everywhere), Head: t.Say("incident.district"), TotalHead: t.Say("incident.total")}
	hidden, top, high := 0, 0, 0
	for _, district := range tree.Districts() {
		communes := tree.Communes(district.Code)
		touched := all
		for _, u := range communes {
			_, hit := d.Hit[u.Code]
			touched = touched || hit || in[u.Code]
		}
		if !touched {
			hidden++
			continue
		}
		n := len(spec.Blocks)
		if n > 0 && n%abreast == 0 {
			top, high = top+high+2, 0
		}
		b := plot.Block{Label: district.Name}
		for i, u := range communes {
			b.Tiles = append(b.Tiles, plot.Tile{X: n%abreast*(across+1) + i%across, Y: top + i/across, Tone: toneOf(d, in, u.Code), Title: u.Name})
		}
		high = max(high, (len(communes)+across-1)/across)
		spec.Blocks = append(spec.Blocks, b)
	}
	var charts []plot.Chart
	for _, size := range []struct {
		width int
		class string
	}{{960, "plot-wide"}, {360, "plot-narrow"}} {
		spec.Width, spec.Class = size.width, size.class
		drawn, err := plot.Tiles(spec)
		if err != nil {
			return nil, nil, err
		}
		charts = append(charts, drawn)
	}
	data := ui.Plotted(spec.Title, charts...)
	if hidden == 0 {
		return &data, nil, nil
	}
	return &data, &ui.Action{Label: t.Say("incident.map.all"), Href: d.Path() + "?map=all"}, nil
}

// legend names the signs; where the whole city is in reach, none is out of it.
func legend(t i18n.T, everywhere bool) []plot.Segment {
	all := []plot.Segment{{Tone: plot.Held, Name: t.Say("incident.tile.open")}, {Tone: plot.Official, Name: t.Say("incident.tile.done")}}
	if everywhere {
		return append(all, plot.Segment{Tone: plot.Preparing, Name: t.Say("incident.tile.reach")})
	}
	return append(all, plot.Segment{Tone: plot.Trial, Name: t.Say("incident.tile.reach")}, plot.Segment{Tone: plot.Preparing, Name: t.Say("incident.tile.none")})
}

func toneOf(d Detail, in map[string]bool, unit string) plot.Tone {
	h, hit := d.Hit[unit]
	switch {
	case hit && h.Open > 0:
		return plot.Held
	case hit:
		return plot.Official
	case in[unit]:
		return plot.Trial
	}
	return plot.Preparing
}

// mostRows is how many tickets an incident's page lists.
const mostRows = 100

var ticketTones = map[helpdesk.State]ui.Tone{helpdesk.StateNew: ui.Info, helpdesk.Open: ui.Neutral, helpdesk.OnHold: ui.Paused, helpdesk.Resolved: ui.Good,
	helpdesk.Reopened: ui.Late, helpdesk.Closed: ui.Neutral}

// tables are the tickets of an incident, and those that may belong to it.
func (p pages) tables(c *httpx.Ctx, tree *org.Tree, d Detail, v *views.IncidentView) {
	t := c.T
	works := c.Who.May(helpdesk.Work)
	v.Tickets = ticketTable(t, tree, d.Tickets, t.Say("incident.tickets"), works && d.State != Closed)
	if works && d.State != Closed && len(d.Tickets) > 0 {
		v.Unlink = &views.Act{Action: d.Path() + "/unlink", Submit: t.Say("incident.unlink")}
	}
	if len(d.Maybe) > 0 {
		maybe := ticketTable(t, tree, d.Maybe, t.Say("incident.maybe", "n", len(d.Maybe)), true)
		v.Maybe = &maybe
		v.Link = views.Act{Title: t.Say("incident.maybe", "n", len(d.Maybe)), Note: t.Say("incident.maybe_note"), Action: d.Path() + "/link", Submit: t.Say("incident.link")}
	}
}

func ticketTable(t i18n.T, tree *org.Tree, all []helpdesk.Ticket, caption string, pick bool) ui.TableData {
	d := ui.TableData{Caption: caption, HideCap: true, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("incident.ticket")}, {Label: t.Say("incident.unit")}, {Label: t.Say("incident.ticket_state")}},
		Empty: ui.EmptyData{Icon: "inbox", Title: t.Say("incident.no_tickets")}}
	if pick {
		d.Pick = "ticket"
	}
	for _, x := range all[:min(len(all), mostRows)] {
		href := "/tickets/" + string(x.ID)
		r := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, x.Title, x.Number()), ui.Text(tree.Place(x.Unit)),
			ui.Badge(ui.State{Tone: ticketTones[x.State], Word: t.Say("helpdesk.state." + string(x.State))})}}
		if x.State == helpdesk.Reopened {
			r.Tone = ui.Late
		}
		if pick {
			r.Pick = string(x.ID)
		}
		d.Rows = append(d.Rows, r)
	}
	return d
}
