package helpdesk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Answer is what was put into one of the fields of a service.
type Answer struct {
	bun.BaseModel `bun:"table:ticket_field,alias:tf"`
	Ticket        ident.ID `bun:"ticket,pk"`
	Code          string   `bun:"code,pk"`
	Value         string   `bun:"value"` // a date as 2006-01-02, a number with a point
}

// dayForm is how a date is kept and sent by forms.
const dayForm = "2006-01-02"

// read makes what was typed into what is kept; the key of the fault is empty when it
// fits.
func (f FieldDef) read(typed string) (value, wrong string) {
	typed = tidy(typed)
	if typed == "" {
		if f.Required {
			return "", "helpdesk.field.needed"
		}
		return "", ""
	}
	switch f.Kind {
	case FieldNumber:
		n, err := strconv.ParseFloat(strings.ReplaceAll(strings.ReplaceAll(typed, ".", ""), ",", "."), 64)
		if plain, perr := strconv.ParseFloat(typed, 64); perr == nil && !grouped(typed) {
			n, err = plain, nil
		}
		if err != nil || n > 1e15 || n < -1e15 || n != n {
			return "", "helpdesk.field.number"
		}
		return strconv.FormatFloat(n, 'f', -1, 64), ""
	case FieldDate:
		for _, form := range []string{dayForm, "2/1/2006", "02/01/2006"} {
			if day, err := time.ParseInLocation(form, typed, clock.City); err == nil {
				return day.Format(dayForm), ""
			}
		}
		return "", "helpdesk.field.date"
	case FieldChoice:
		if !slices.Contains(f.Options, typed) {
			return "", "helpdesk.field.choice"
		}
	}
	if utf8.RuneCountInString(typed) > longestField {
		return "", "helpdesk.field.long"
	}
	return typed, ""
}

// grouped tells whether points group thousands, as Vietnamese numbers are written:
// 1.250 is a thousand and a quarter, 1.25 is not.
func grouped(s string) bool {
	parts := strings.Split(strings.TrimPrefix(s, "-"), ".")
	if len(parts) < 2 || len(parts[0]) == 0 || len(parts[0]) > 3 {
		return false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

// fieldName is what a field is called in a form, so that its fault leads to it.
func fieldName(code string) string { return "field_" + code }

// answers checks what was put into the fields of a service. What is not asked is
// left out; a field that is required is only when the asking must be whole.
func (o Offer) answers(typed map[string]string, whole bool) ([]Answer, error) {
	var all []Answer
	var k fault.Check
	for _, f := range o.Fields {
		f.Required = f.Required && whole
		value, wrong := f.read(typed[f.Code])
		k.Need(wrong == "", fieldName(f.Code), wrong, "field", f.Label, "max", longestField)
		if value != "" {
			all = append(all, Answer{Code: f.Code, Value: value})
		}
	}
	return all, k.Err()
}

// SetFields changes what was put into the fields of the ticket's service.
func (s *Service) SetFields(ctx context.Context, who access.Actor, id ident.ID, version int64, typed map[string]string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
			if err := a.working(); err != nil {
				return err
			}
			offer, _ := r.cat.Offer(a.t.Service)
			all, err := offer.answers(typed, true)
			if err != nil {
				return err
			}
			var codes []string
			for _, f := range offer.Fields {
				codes = append(codes, f.Code)
			}
			if len(codes) == 0 {
				return nil
			}
			_, err = a.tx.NewDelete().Model((*Answer)(nil)).Where("ticket = ?", id).Where("code IN (?)", bun.List(codes)).Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			a.trail("helpdesk.ticket.fields", map[string][2]any{"fields": {nil, len(all)}})
			return a.keepAnswers(ctx, all)
		})
	})
}

// keepAnswers keeps the answers of the ticket.
func (a *action) keepAnswers(ctx context.Context, all []Answer) error {
	if len(all) == 0 {
		return nil
	}
	for i := range all {
		all[i].Ticket = a.t.ID
	}
	_, err := a.tx.NewInsert().Model(&all).Exec(ctx)
	return db.Sorted(err)
}

func answersOf(ctx context.Context, from bun.IDB, id ident.ID) (map[string]string, error) {
	var rows []Answer
	err := from.NewSelect().Model(&rows).Where("tf.ticket = ?", id).Scan(ctx)
	all := map[string]string{}
	for _, r := range rows {
		all[r.Code] = r.Value
	}
	return all, db.Sorted(err)
}
