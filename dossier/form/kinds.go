package form

import (
	"strings"
	"unicode"

	"lotrinh/dossier/form/pid"
	"lotrinh/internal/kit/phone"
)

func (c *checker) chosen(f Field) {
	got := c.answers[f.Key]
	if _, ok := option(OptionsOf(f), got); !ok {
		c.refuse(f.Key, f, "answer.choose")
		return
	}
	if f.Kind == Choice || got != Other {
		return
	}
	at := f.Key + "." + Other
	if c.answers[at] == "" {
		c.refuse(at, f, "answer.other")
	} else {
		c.letters(at, f, fewLetters)
	}
}

// date judges a date: of the calendar, whole unless the field takes less, and within
// the times of people who are alive or whose papers are.
func (c *checker) date(at string, f Field) {
	got := c.answers[at]
	switch {
	case !isISO(got):
		c.refuse(at, f, "answer.date")
	case len(got) < 10 && !f.Partial:
		c.refuse(at, f, "answer.date_whole")
	}
}

func (c *checker) number(f Field) {
	n, err := whole(c.answers[f.Key])
	switch {
	case err != nil:
		c.refuse(f.Key, f, "answer.number")
	case n < f.Min || f.Max > 0 && n > f.Max:
		c.refuse(f.Key, f, "answer.number_range", "min", f.Min, "max", f.Max)
	}
}

// name judges a person's name: two words at least, letters with apostrophe and hyphen.
func (c *checker) name(f Field) {
	got := c.answers[f.Key]
	if !c.letters(f.Key, f, 120) {
		return
	}
	for _, r := range got {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" '’-", r) {
			c.refuse(f.Key, f, "answer.name_letters")
			return
		}
	}
	if len(strings.Fields(got)) < 2 {
		c.refuse(f.Key, f, "answer.name_words")
	}
}

// pid judges a personal number beside what the same form says of its bearer.
func (c *checker) pid(f Field) {
	if f.Sex != string(pid.Male) && f.Sex != string(pid.Female) {
		f.Sex = c.get(f.Sex)
	}
	sex := pid.Sex(f.Sex)
	if sex != pid.Male && sex != pid.Female {
		sex = ""
	}
	born := ""
	if d := c.get(f.Born); isISO(d) {
		born = d
	}
	for _, t := range pid.Check(c.answers[f.Key], pid.Known{Sex: sex, Born: born, Place: c.province(), Today: c.on}) {
		if t.Warning {
			c.add(f.Key, Warning, t.Key, t.Args...)
		} else {
			c.refuse(f.Key, f, t.Key, t.Args...)
		}
	}
}

// Hanoi is the code of the city in personal numbers.
const Hanoi = "001"

func (c *checker) province() string {
	if c.ctx.Province != "" {
		return c.ctx.Province
	}
	return Hanoi
}

// paper judges an identity paper; its number by its kind.
func (c *checker) paper(f Field) {
	kind, no, on := c.answers[f.Key+".kind"], c.answers[f.Key+".no"], c.answers[f.Key+".on"]
	if _, ok := option(Papers, kind); !ok {
		c.refuse(f.Key+".kind", f, "answer.paper_kind")
		return
	}
	switch {
	case no == "":
		c.refuse(f.Key+".no", f, "answer.paper_no")
	case kind == "cmnd" && !pid.OldCard(no):
		c.refuse(f.Key+".no", f, "answer.paper_cmnd")
	case kind == "cccd":
		if _, ok := pid.Parse(no); !ok {
			c.refuse(f.Key+".no", f, "answer.paper_cccd")
		}
	default:
		c.letters(f.Key+".no", f, 40)
	}
	c.letters(f.Key+".by", f, fewLetters)
	if on == "" {
		return
	}
	if day, ok := dayOf(on); !ok || len(on) < 10 {
		c.refuse(f.Key+".on", f, "answer.date")
	} else if day > c.on {
		c.refuse(f.Key+".on", f, "answer.future")
	}
}

func (c *checker) phone(f Field) {
	if n, ok := phone.Normal(c.answers[f.Key]); !ok || phone.KindOf(n) == phone.Short || phone.KindOf(n) == phone.Service {
		c.refuse(f.Key, f, "answer.phone")
	}
}

// unit judges the code of a unit, which must have been one on its day.
func (c *checker) unit(at string, f Field) {
	code, day := c.answers[at], c.on
	if d, ok := c.day(f.AsAt); ok {
		day = d
	}
	if len(code) > 20 {
		c.refuse(at, f, "answer.unit")
		return
	}
	if c.ctx.Place == nil {
		return
	}
	if _, ok := c.ctx.Place(code, day); !ok {
		c.refuse(at, f, "answer.unit")
	}
}

// address judges where somebody lives: the commune, then the house.
func (c *checker) address(f Field) {
	if c.answers[f.Key+".unit"] == "" && c.answers[f.Key+".place"] == "" {
		c.refuse(f.Key+".place", f, "answer.place")
	}
	if c.answers[f.Key+".unit"] != "" {
		c.unit(f.Key+".unit", f)
	}
	c.letters(f.Key+".place", f, fewLetters)
	c.letters(f.Key+".line", f, fewLetters)
}
