package oversight

import (
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
)

// print is the table on paper: the same figures, with the moment at which they held.
func (p *pages) print(c *httpx.Ctx) error {
	g, err := p.given(c)
	if err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	title := t.Say("oversight.title")
	if g.of.Code != "" {
		title = t.Say("oversight.title_of", "name", g.of.Full())
	}
	sheet, err := paper.New(paper.About{Title: title, Author: t.Say("site.name"), Lang: string(t.Lang), Made: now})
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	sheet.NumberPages()
	sheet.NewPage()
	sheet.Title(t.Say("oversight.paper.kind"), title)
	sheet.Paragraph(paper.Font{Size: paper.BodySize}, t.Say("oversight.paper.at", "at", now, "n", lookBack))
	sheet.Table(paperTable(t, g))
	raw, err := sheet.Bytes()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+g.file(now)+`.pdf"`)
	return c.Send(raw)
}

// paperTable is what the page shows, each figure with what it is out of.
func paperTable(t i18n.T, g given) paper.Table {
	out := paper.Table{Columns: []paper.Column{{Head: t.Say(g.first())}, {Head: t.Say("oversight.open"), Align: "R"}, {Head: t.Say("oversight.late"), Align: "R"},
		{Head: t.Say("oversight.paused")}, {Head: t.Say("oversight.reopened"), Align: "R"}, {Head: t.Say("oversight.answered"), Align: "R"}, {Head: t.Say("oversight.rated"), Align: "R"}}}
	line := func(s Stand) []string {
		paused := t.Int(s.Waiting())
		if why := why(t, s); why != "" {
			paused = why
		}
		again := t.Say("oversight.none")
		if s.Opened > 0 {
			again = t.Say("oversight.paper.of", "n", s.Reopened, "of", s.Opened)
		}
		return []string{s.Name, t.Int(s.Open), t.Int(s.Late), paused, again, share(t, s.Answered, s.Answered+s.AnsweredLate), mean(t, s)}
	}
	for _, s := range g.all {
		out.Rows = append(out.Rows, line(s))
	}
	g.total.Name = t.Say("oversight.total")
	out.Foot = line(g.total)
	return out
}
