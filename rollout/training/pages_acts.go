package training

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func (p *pages) register(c *httpx.Ctx) error {
	return p.onClass(c, "register", func(id ident.ID) (ui.Tone, string, []string, error) {
		out, err := p.Register(c.Std(), c.Who, id, many(c, "person"))
		return saidOf(c.T, out, err)
	})
}

// saidOf tells what became of registering people.
func saidOf(t i18n.T, out Enrolled, err error) (ui.Tone, string, []string, error) {
	if err != nil {
		return "", "", nil, err
	}
	waiting := 0
	for _, x := range out.Seats {
		if x.State == Waiting {
			waiting++
		}
	}
	var more []string
	for _, l := range out.Refused {
		more = append(more, t.Say("training.register.left", "name", l.Person.Name, "why", t.Line(l.Why)))
	}
	tone := ui.Good
	if waiting > 0 || len(more) > 0 {
		tone = ui.Warn
	}
	said := t.Say("training.register.done", "n", len(out.Seats)-waiting, "code", out.Class.Code)
	if waiting > 0 {
		said = t.Say("training.register.done_waiting", "n", len(out.Seats)-waiting, "waiting", waiting, "code", out.Class.Code)
	}
	return tone, said, more, nil
}

func (p *pages) roll(c *httpx.Ctx) error {
	return p.onClass(c, "roll", func(id ident.ID) (ui.Tone, string, []string, error) {
		seats := many(c, "seat")
		_, err := p.Roll(c.Std(), c.Who, id, seats, c.FormValue("reason"))
		return ui.Good, c.T.Say("training.roll.done", "n", len(seats)), nil, err
	})
}

func (p *pages) guest(c *httpx.Ctx) error {
	return p.onClass(c, "guest", func(id ident.ID) (ui.Tone, string, []string, error) {
		if err := p.mayTeach(c, id); err != nil {
			return "", "", nil, err
		}
		known, f, err := p.guestForm(c)
		if err != nil {
			return "", "", nil, err
		}
		_, err = p.Guest(c.Std(), c.Who, id, known, f, c.FormValue("reason"))
		return ui.Good, c.T.Say("training.guest.done"), nil, err
	})
}

// mayTeach checks that the reader takes the attendance of a class, before anything is said
// about what was typed.
func (p *pages) mayTeach(c *httpx.Ctx, id ident.ID) error {
	v, err := one[Class](c.Std(), p.DB.Read(), "cl.id = ?", id)
	switch {
	case err != nil:
		return err
	case v == nil:
		return fault.New(fault.Missing, "fault.missing")
	}
	return teaches(c.Who, *v)
}

// guestForm is who came: somebody of the roster by code or telephone, or a new person.
func (p *pages) guestForm(c *httpx.Ctx) (ident.ID, PersonForm, error) {
	if typed := strings.TrimSpace(c.FormValue("known")); typed != "" {
		number, ok := phone.Normal(typed)
		if !ok {
			number = "-"
		}
		var rows []Person
		err := p.DB.Read().NewSelect().Model(&rows).Where("tp.left_on = ''").Where("tp.code = ? OR tp.phone = ?", strings.ToUpper(typed), number).Limit(2).Scan(c.Std())
		if err != nil {
			return "", PersonForm{}, db.Sorted(err)
		}
		var k fault.Check
		k.Need(len(rows) == 1, "known", "training.guest.unknown")
		if err := k.Err(); err != nil {
			return "", PersonForm{}, err
		}
		return rows[0].ID, PersonForm{}, nil
	}
	f, err := p.personForm(c)
	return "", f, err
}

func (p *pages) unrecord(c *httpx.Ctx) error {
	return p.onClass(c, "unrecord", func(ident.ID) (ui.Tone, string, []string, error) {
		raw, rest, _ := strings.Cut(c.FormValue("seat"), ".")
		seat, err := ident.Parse(raw)
		var k fault.Check
		k.Need(err == nil, "seat", "training.take_back.who")
		if err := k.Err(); err != nil {
			return "", "", nil, err
		}
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			n = -1
		}
		_, err = p.TakeBack(c.Std(), c.Who, seat, n, c.FormValue("reason"))
		return ui.Good, c.T.Say("training.take_back.done"), nil, err
	})
}

func (p *pages) closeClass(c *httpx.Ctx) error {
	return p.onClass(c, "close", func(id ident.ID) (ui.Tone, string, []string, error) {
		v, err := p.CloseClass(c.Std(), c.Who, id, c.Version())
		return ui.Good, c.T.Say("training.class.closed_now", "n", v.Attended, "absent", v.Taken-v.Attended), nil, err
	})
}

func (p *pages) callOff(c *httpx.Ctx) error {
	return p.onClass(c, "cancel", func(id ident.ID) (ui.Tone, string, []string, error) {
		_, err := p.CallOff(c.Std(), c.Who, id, c.Version(), strings.TrimSpace(c.FormValue("reason")))
		return ui.Good, c.T.Say("training.class.called_off"), nil, err
	})
}

func (p *pages) withdraw(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	v, err := p.Withdraw(c.Std(), c.Who, id, c.Version())
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.withdraw.done", "code", v.Code))
	return c.See(v.Path())
}
