package fields

import (
	"strconv"
	"strings"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/httpx"
)

// Values are what a form posted under a name, in order.
type Values func(name string) []string

// Posted are the values of a request's form.
func Posted(c *httpx.Ctx) Values {
	return func(name string) []string {
		var out []string
		if form, err := c.MultipartForm(); err == nil {
			return form.Value[name]
		}
		for _, raw := range c.Request().PostArgs().PeekMulti(name) {
			out = append(out, string(raw))
		}
		return out
	}
}

func (v Values) one(name string) string {
	if all := v(name); len(all) > 0 {
		return strings.TrimSpace(all[0])
	}
	return ""
}

// AddName is the button that asks for one more row of the repeated group that its value
// names. Who finds it in a posted form keeps what was typed and draws the form again,
// with one more row (Look.More), before anything is judged.
const AddName = "_row"

// Read takes the answers of one group, or of all on one page with "" (Look.Groups), out of
// a posted form. Answers to other groups stay as they were. What is longer than fits is
// TooLarge.
func Read(f form.Form, group string, posted Values, was form.Answers, ctx form.Context, p *Places) (form.Answers, error) {
	out := map[string]string{}
	for k, s := range was {
		out[k] = s
	}
	for _, g := range f.Groups {
		if group != "" && g.Key != group || g.Staff && !ctx.Staff {
			continue
		}
		for _, one := range offered(f, g, was, ctx, group == "") {
			for k := range was {
				if k == one.Key || strings.HasPrefix(k, one.Key+".") && ownedBy(g, one, k) {
					delete(out, k)
				}
			}
			if one.Kind == form.Repeat {
				readRows(one, posted, out, p)
			} else {
				read(one, posted, out, p)
			}
		}
	}
	return form.Door(out)
}

// ownedBy tells that no longer key of the group owns the answer: "stays" does not own
// what belongs to a field "stays.note".
func ownedBy(g form.Group, f form.Field, key string) bool {
	for _, one := range g.Fields {
		if len(one.Key) > len(f.Key) && (key == one.Key || strings.HasPrefix(key, one.Key+".")) {
			return false
		}
	}
	return true
}

// read takes the answer to one field.
func read(f form.Field, posted Values, out map[string]string, p *Places) {
	put := func(key, value string) {
		if value != "" {
			out[key] = value
		}
	}
	put(f.Key, posted.one(f.Key))
	if f.Unknown {
		put(f.Key+".unknown", posted.one(f.Key+".unknown"))
	}
	switch f.Kind {
	case form.Date:
		put(f.Key, typedDate(posted, f.Key))
	case form.Choices:
		put(f.Key, chosen(f, posted(f.Key)))
	case form.PID:
		put(f.Key, strings.ReplaceAll(posted.one(f.Key), " ", ""))
	case form.Ethnicity, form.Nationality:
		if posted.one(f.Key) == form.Other {
			put(f.Key+".other", posted.one(f.Key+".other"))
		}
	case form.Paper:
		for _, part := range []string{"kind", "by"} {
			put(f.Key+"."+part, posted.one(f.Key+"."+part))
		}
		put(f.Key+".no", strings.ReplaceAll(posted.one(f.Key+".no"), " ", ""))
		put(f.Key+".on", typedDate(posted, f.Key+".on"))
	case form.Unit:
		if code := p.Find(out[f.Key], dayFor(f, out)); code != "" {
			out[f.Key] = code
		}
	case form.Address:
		place := posted.one(f.Key + ".place")
		put(f.Key+".place", place)
		put(f.Key+".line", posted.one(f.Key+".line"))
		put(f.Key+".unit", p.Find(place, dayFor(f, out)))
	}
}

// dayFor is the day on which a place is looked up.
func dayFor(f form.Field, out map[string]string) string {
	if day := out[f.AsAt]; len(day) == 10 {
		return day
	}
	return ""
}

// typedDate puts a date together: one text, or day, month and year apart. What is no
// date stays as typed.
func typedDate(posted Values, key string) string {
	s := posted.one(key)
	if s == "" {
		d, m, y := posted.one(key+".d"), posted.one(key+".m"), posted.one(key+".y")
		switch {
		case d == "" && m == "" && y == "":
			return ""
		case d == "" && m == "":
			s = y
		case d == "":
			s = m + "/" + y
		default:
			s = d + "/" + m + "/" + y
		}
	}
	if iso, ok := form.ReadDate(s); ok {
		return iso
	}
	return s
}

// chosen are the ticked answers in the order of the field.
func chosen(f form.Field, ticked []string) string {
	var out []string
	for _, o := range f.Options {
		for _, v := range ticked {
			if v == o.Value {
				out = append(out, v)
				break
			}
		}
	}
	return strings.Join(out, ",")
}

// readRows takes the rows of a repeated group; blank ones are left out.
func readRows(f form.Field, posted Values, out map[string]string, p *Places) {
	row := 0
	for i := range form.MostRows + 1 {
		one := map[string]string{}
		for _, sub := range f.Fields {
			sub.Key = form.RowKey(f.Key, i, sub.Key)
			read(sub, posted, one, p)
		}
		if len(one) == 0 {
			continue
		}
		from := f.Key + "." + strconv.Itoa(i) + "."
		for k, v := range one {
			out[f.Key+"."+strconv.Itoa(row)+"."+strings.TrimPrefix(k, from)] = v
		}
		row++
	}
}

// offered are the fields of a group that are asked, or may be once others of the same
// group are answered; on a page with the whole form, once any are.
func offered(f form.Form, g form.Group, a form.Answers, ctx form.Context, whole bool) []form.Field {
	shown := map[string]bool{}
	for _, group := range form.Shown(f, a, ctx) {
		for _, one := range group.Fields {
			shown[one.Key] = true
		}
	}
	var out []form.Field
	for _, one := range g.Fields {
		if one.Staff && !ctx.Staff {
			continue
		}
		if whole || shown[one.Key] || dependsOn(one.When, f, g.Key) {
			out = append(out, one)
		}
	}
	return out
}

// dependsOn tells whether a condition looks at the group itself.
func dependsOn(when *form.Cond, f form.Form, group string) bool {
	for _, key := range when.Fields() {
		if f.GroupOf(key) == group {
			return true
		}
	}
	return false
}

// Added is how many rows of which repeated group a posted form asks for.
func Added(posted Values) map[string]int {
	if key := posted.one(AddName); key != "" && len(key) < 90 {
		return map[string]int{key: 1}
	}
	return nil
}
