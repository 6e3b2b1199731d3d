package supply

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/supply/views"
)

// minutes is the hand-over record in words, for the screen and for paper.
type minutes struct {
	head            paper.Head
	kind, title     string
	before, after   []string
	columns         []paper.Column
	rows            [][]string
	foot            []string
	giver, receiver paper.Party
	made            time.Time
	drawn           bool
}

// dots is where a pen fills in what is not known yet.
const dots = "……………………………"

func orDots(s string) string {
	if s == "" {
		return dots
	}
	return s
}

// minutesOf writes the record of a delivery in Vietnamese, signed or still to be signed.
func (s *Service) minutesOf(v DeliveryView, tree *org.Tree) minutes {
	t := s.Words.In(i18n.VI)
	at := v.SignedAt
	if at.IsZero() {
		at = v.SentAt
	}
	district := tree.District(v.Unit)
	if u, ok := tree.Unit(v.Unit); ok && u.Level == org.District {
		district = v.Unit
	}
	day := officialDate(t, at)
	where := tree.Place(v.Unit)
	basis := t.Say("supply.paper.basis", "request", v.Asked.Code, "district", tree.Name(v.Asked.Unit), "n", len(v.Items))
	if v.Contract != "" {
		basis = t.Say("supply.paper.basis_contract", "request", v.Asked.Code, "district", tree.Name(v.Asked.Unit), "contract", v.Contract, "supplier", orDots(v.Supplier), "n", len(v.Items))
	}
	m := minutes{head: paper.Head{Parent: t.Say("supply.paper.parent"), Issuer: strings.ToUpper(tree.Name(district)), Nation: t.Say("supply.paper.nation"), Motto: t.Say("supply.paper.motto"),
		Number: t.Say("supply.paper.number", "code", v.Code), PlaceDate: t.Say("supply.paper.place_date", "place", placeName(tree, district), "day", day)},
		kind: t.Say("supply.paper.kind"), title: t.Say("supply.paper.title"), made: at, drawn: v.Way == Drawn,
		before: []string{t.Say("supply.paper.today", "day", day, "place", where), t.Say("supply.paper.giver", "name", orDots(v.Giver), "post", orDots(v.GiverPost), "unit", giverPlace(t, tree, v.Delivery)),
			t.Say("supply.paper.receiver", "name", orDots(v.Signer), "post", orDots(v.SignerPost), "unit", where), basis},
		after: []string{t.Say("supply.paper.end"), t.Say("supply.paper.copies")},
		columns: []paper.Column{{Head: t.Say("supply.paper.no"), Align: "C"}, {Head: t.Say("supply.paper.thing")}, {Head: t.Say("supply.kind")}, {Head: t.Say("supply.serial")}, {Head: t.Say("supply.paper.code")},
			{Head: t.Say("supply.paper.place")}},
		giver:    paper.Party{Role: t.Say("supply.paper.giver_role"), Hint: t.Say("supply.paper.sign_hint"), Name: v.Giver},
		receiver: paper.Party{Role: t.Say("supply.paper.receiver_role"), Hint: t.Say("supply.paper.sign_hint"), Name: v.Signer}}
	switch v.Way {
	case Code:
		m.receiver.Said = t.Say("supply.paper.by_code", "at", v.SignedAt)
	case Paper:
		m.receiver.Said = t.Say("supply.paper.by_paper", "at", v.SignedAt)
	}
	for i, it := range v.Items {
		m.rows = append(m.rows, []string{t.Int(int64(i + 1)), it.Name, kindWord(t, it.Kind), it.Serial, it.Code, tree.Name(it.Unit)})
	}
	m.foot = []string{"", t.Say("supply.paper.total", "n", len(v.Items)), "", "", "", ""}
	return m
}

// officialDate writes a day as the decree wants it: 05 tháng 01 năm 2017.
func officialDate(t i18n.T, at time.Time) string {
	y, m, d := at.In(clock.City).Date()
	month := t.Int(int64(m))
	if m <= time.February {
		month = "0" + month
	}
	day := t.Int(int64(d))
	if d < 10 {
		day = "0" + day
	}
	return t.Say("supply.paper.day", "day", day, "month", month, "year", at.In(clock.City).Format("2006"), "y", y)
}

func placeName(tree *org.Tree, code string) string {
	if u, ok := tree.Unit(code); ok {
		return u.Name
	}
	return dots
}

// PDF is the record of a delivery that was sent: the same record gives the same bytes.
func (s *Service) PDF(ctx context.Context, v DeliveryView, tree *org.Tree) ([]byte, error) {
	m := s.minutesOf(v, tree)
	t := s.Words.In(i18n.VI)
	sheet, err := paper.New(paper.About{Title: m.kind + " " + v.Code, Author: m.head.Issuer, Lang: string(i18n.VI), Made: m.made})
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	sheet.NumberPages()
	sheet.NewPage()
	sheet.Head(m.head)
	sheet.Title(m.kind, m.title)
	body := paper.Font{Size: paper.BodySize}
	for _, p := range m.before {
		sheet.Paragraph(body, p)
	}
	sheet.Table(paper.Table{Columns: m.columns, Rows: m.rows, Foot: m.foot})
	for _, p := range m.after {
		sheet.Paragraph(body, p)
	}
	if m.drawn {
		if m.receiver.Drawn, err = s.picture(ctx, v); err != nil {
			return nil, err
		}
	}
	if err := sheet.Signatures(m.giver, m.receiver); err != nil {
		return nil, err
	}
	if v.Hash != "" {
		sheet.Y += 4
		sheet.Paragraph(paper.Font{Size: 9, Style: "I"}, t.Say("supply.paper.hash")+" "+v.Hash)
	}
	return sheet.Bytes()
}

// picture is what was drawn as a signature.
func (s *Service) picture(ctx context.Context, v DeliveryView) ([]byte, error) {
	all, err := s.Files.Of(ctx, area, string(v.ID))
	if err != nil || len(all[string(v.ID)]) == 0 {
		return nil, err
	}
	f, err := s.Files.Open(all[string(v.ID)][0])
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return raw, nil
}

// sent is a delivery that has a record: what was not sent has none.
func (p *pages) sent(c *httpx.Ctx) (DeliveryView, *org.Tree, error) {
	key, err := id(c)
	if err != nil {
		return DeliveryView{}, nil, err
	}
	v, err := p.Delivery(c.Std(), c.Who, key)
	if err != nil {
		return v, nil, err
	}
	if v.SentAt.IsZero() {
		return v, nil, fault.New(fault.Missing, "fault.missing")
	}
	tree, err := p.tree(c.Std())
	return v, tree, err
}

func (p *pages) paperPDF(c *httpx.Ctx) error {
	v, tree, err := p.sent(c)
	if err != nil {
		return err
	}
	raw, err := p.PDF(c.Std(), v, tree)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bien-ban-`+v.Code+`.pdf"`)
	return c.Send(raw)
}

func (p *pages) paper(c *httpx.Ctx) error {
	v, tree, err := p.sent(c)
	if err != nil {
		return err
	}
	t, m := c.T, p.minutesOf(v, tree)
	out := views.Record{Head: ui.HeaderData{Title: t.Say("supply.paper.open"), Crumbs: []ui.Crumb{{Label: t.Say("supply.delivery.title", "code", v.Code), Href: v.Path()}, {Label: t.Say("supply.paper.open")}},
		Action: &ui.Action{Label: t.Say("supply.paper.pdf"), Href: v.Path() + "/record.pdf", Icon: "download"}},
		Nation: m.head.Nation, Motto: m.head.Motto, Parent: m.head.Parent, Issuer: m.head.Issuer, Number: m.head.Number, PlaceDate: m.head.PlaceDate, Kind: m.kind, Title: m.title,
		Texts: m.before, After: m.after, GiverRole: m.giver.Role, GiverName: m.giver.Name, ReceiverRole: m.receiver.Role, ReceiverName: m.receiver.Name, Said: m.receiver.Said, Hash: v.Hash}
	if m.drawn {
		out.Picture = v.Path() + "/signature"
	}
	out.Table = ui.TableData{Caption: m.title, HideCap: true, Count: -1}
	for _, col := range m.columns {
		out.Table.Columns = append(out.Table.Columns, ui.Column{Label: col.Head})
	}
	for _, r := range m.rows {
		row := ui.Row{}
		for _, cell := range r {
			row.Cells = append(row.Cells, ui.Text(cell))
		}
		out.Table.Rows = append(out.Table.Rows, row)
	}
	return p.show(c, t.Say("supply.paper.open"), views.RecordPage(t, out))
}
