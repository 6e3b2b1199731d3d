package training

import (
	"bytes"
	"iter"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/org"
)

// listed is the class of the address with its people, for who takes its attendance.
func (p *pages) listed(c *httpx.Ctx) (ClassView, *org.Tree, error) {
	id, err := key(c)
	if err != nil {
		return ClassView{}, nil, err
	}
	v, err := p.ClassOf(c.Std(), c.Who, id)
	if err != nil {
		return v, nil, err
	}
	if err := teaches(c.Who, v.Class); err != nil {
		return v, nil, err
	}
	tree, err := p.tree(c.Std())
	return v, tree, err
}

// listPDF is the list that people sign in the hall, for when no phone works.
func (p *pages) listPDF(c *httpx.Ctx) error {
	v, tree, err := p.listed(c)
	if err != nil {
		return err
	}
	t := p.Words.In(i18n.VI)
	sheet, err := paper.New(paper.About{Title: t.Say("training.list.title") + " " + v.Code, Author: v.TrainerName, Lang: string(i18n.VI), Made: p.now()})
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	sheet.NumberPages()
	sheet.NewPage()
	sheet.Title(t.Say("training.list.title"), t.Say("training.class.title", "code", v.Code))
	body := paper.Font{Size: paper.BodySize}
	sheet.Paragraph(body, t.Say("training.list.course", "title", v.Course.Title))
	sheet.Paragraph(body, t.Say("training.list.when", "day", dayText(v.Day), "from", hourText(v.StartsAt), "until", hourText(v.EndsAt), "room", v.Room))
	table := paper.Table{Columns: []paper.Column{{Head: t.Say("training.list.no"), Align: "C"}, {Head: t.Say("training.person.name"), Align: "L"}, {Head: t.Say("training.unit"), Align: "L"}, {Head: t.Say("training.audience"), Align: "L"}, {Head: t.Say("training.list.sign"), Align: "C"}}}
	for i, x := range v.Seats {
		table.Rows = append(table.Rows, []string{t.Int(int64(i + 1)), x.Name, tree.Name(x.Unit), t.Say(string(audienceKey(x.Audience))), "                    "})
	}
	sheet.Table(table)
	if err := sheet.Signatures(paper.Party{Role: t.Say("training.list.host"), Hint: t.Say("training.list.hint")}, paper.Party{Role: t.Say("training.trainer"), Hint: t.Say("training.list.hint"), Name: v.TrainerName}); err != nil {
		return err
	}
	raw, err := sheet.Bytes()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="danh-sach-`+v.Code+`.pdf"`)
	return c.Send(raw)
}

// listXLSX is the class with who came, when and how that is known.
func (p *pages) listXLSX(c *httpx.Ctx) error {
	v, tree, err := p.listed(c)
	if err != nil {
		return err
	}
	t := c.T
	head := []string{t.Say("training.list.no"), t.Say("training.person.name"), t.Say("training.person.code"), t.Say("training.district"), t.Say("training.unit"), t.Say("training.audience"), t.Say("training.state"),
		t.Say("training.list.arrived"), t.Say("training.list.how"), t.Say("training.list.ends"), t.Say("training.test"), t.Say("training.reason")}
	var b bytes.Buffer
	if err := importer.WriteXLSX(&b, v.Code, head, p.listRows(t, v, tree)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, files.XLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+v.Code+`.xlsx"`)
	return c.Send(b.Bytes())
}

func (p *pages) listRows(t i18n.T, v ClassView, tree *org.Tree) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i, x := range v.Seats {
			arrived, how, result := "", "", ""
			if !x.ArrivedAt.IsZero() {
				arrived, how = x.ArrivedAt.In(clock.City).Format("02/01/2006 15:04"), t.Say("training.how."+x.How, "at", hourText(x.ArrivedAt))
			}
			if x.Tries > 0 {
				result = t.Say("training.n_of", "n", x.Score, "of", len(v.Course.Test()))
			}
			row := []any{i + 1, x.Name, x.Code, tree.Name(tree.District(x.Unit)), tree.Name(x.Unit), t.Say(string(audienceKey(x.Audience))), t.Say("training.seat.state." + string(x.State)), arrived, how,
				v.EndsAt.In(clock.City).Format("02/01/2006 15:04"), result, x.Reason}
			if !yield(row, nil) {
				return
			}
		}
	}
}
