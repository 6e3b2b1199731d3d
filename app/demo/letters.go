package demo

import (
	"context"
	"path"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
)

// letters names the mailbox of the support team and lets the mail of the first morning
// come in, the first of it twice, as mail servers sometimes do.
func (h House) letters(ctx context.Context, who access.Actor) error {
	b, err := h.Mail.Save(ctx, who, mail.Mailbox{Name: "Tổ hỗ trợ kỹ thuật", Address: "hotro@lotrinh.example", Aliases: "duongdaynong@lotrinh.example",
		Host: "thu.lotrinh.example", Port: 993, Security: mail.TLS, Unit: "01", Category: helpdesk.Usage,
		Strangers: rules.StrangersOpen, Closed: rules.ClosedPolicy, Active: true})
	if err != nil {
		return err
	}
	files, err := data.ReadDir("data/mail")
	if err != nil {
		return err
	}
	for n, f := range append(files, files[0]) {
		raw, err := data.ReadFile(path.Join("data/mail", f.Name()))
		if err != nil {
			return err
		}
		if _, err := h.Mail.Take(ctx, b, mail.Arrived{UIDValidity: 1, UID: int64(n + 1), Raw: raw, Size: int64(len(raw))}); err != nil {
			return err
		}
	}
	return nil
}
