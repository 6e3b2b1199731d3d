package agent

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"lotrinh/internal/kit/fault"
)

// jsonHead is what the root of a JSON inventory says beside its content.
type jsonHead struct {
	partial bool
	item    string
}

// sectionsOfJSON are GLPI's names for sections that XML calls otherwise.
var sectionsOfJSON = map[string]string{"firewalls": "FIREWALL"}

// fieldsOfJSON are GLPI's names for fields that XML calls otherwise.
var fieldsOfJSON = map[string]string{"mac": "MACADDR", "serial": "SERIAL", "install_date": "INSTALLDATE", "installdate": "INSTALLDATE"}

// jsonReader walks over a JSON inventory and tells a builder what it holds, by the names
// of the XML.
type jsonReader struct {
	d     *json.Decoder
	to    *builder
	depth int
}

// readJSON reads the inventory that a glpi-agent writes.
func (b *builder) readJSON(s string) (jsonHead, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	r := &jsonReader{d: d, to: b}
	head, err := r.root()
	if err != nil {
		return head, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return head, fault.Because(fault.Invalid, "intake.refused.json", err)
	}
	return head, nil
}

func (r *jsonReader) next() (json.Token, error) {
	tok, err := r.d.Token()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fault.Because(fault.Invalid, "intake.refused.truncated", err)
	case err != nil:
		return nil, fault.Because(fault.Invalid, "intake.refused.json", err)
	}
	return tok, nil
}

func (r *jsonReader) root() (jsonHead, error) {
	var head jsonHead
	if err := r.to.start("REQUEST"); err != nil {
		return head, err
	}
	r.to.query = "INVENTORY"
	tag := ""
	_, err := r.object(func(name string) error {
		if name == "content" {
			return r.element("CONTENT", 0)
		}
		tok, err := r.next()
		if err != nil {
			return err
		}
		switch v := tok.(type) {
		case json.Delim:
			return r.skip(1)
		case bool:
			head.partial = head.partial || name == "partial" && v
		case string:
			v = r.to.tidy(v)
			switch name {
			case "deviceid":
				r.to.deviceID = v
			case "itemtype":
				head.item = v
			case "tag":
				tag = v
			case "action":
				if v != "inventory" {
					return fault.New(fault.Invalid, "intake.refused.query", "query", v)
				}
			}
		}
		return nil
	})
	if err == nil && tag != "" {
		r.to.sections["ACCOUNTINFO"] = &rows{list: []entry{{{"KEYNAME", "TAG"}, {"KEYVALUE", tag}}}}
	}
	return head, err
}

// object reads an object, its brace included unless it was read, and hands each member on.
func (r *jsonReader) object(member func(name string) error) (json.Token, error) {
	tok, err := r.next()
	if err != nil || tok != json.Delim('{') {
		return tok, err
	}
	return tok, r.members(member)
}

func (r *jsonReader) members(member func(name string) error) error {
	for {
		tok, err := r.next()
		if err != nil {
			return err
		}
		name, is := tok.(string)
		if !is {
			return nil // the closing brace
		}
		if err := member(name); err != nil {
			return err
		}
	}
}

// skip leaves out the rest of a value that was entered by n brackets.
func (r *jsonReader) skip(n int) error {
	for n > 0 {
		tok, err := r.next()
		if err != nil {
			return err
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			if n++; n > LongestPath {
				return tooDeep()
			}
		case json.Delim('}'), json.Delim(']'):
			n--
		}
	}
	return nil
}

// element reads one value as the element of this name. A list is the element repeated.
func (r *jsonReader) element(name string, level int) error {
	tok, err := r.next()
	if err != nil {
		return err
	}
	return r.valued(name, level, tok)
}

func (r *jsonReader) valued(name string, level int, tok json.Token) error {
	if r.depth++; r.depth > LongestPath {
		return tooDeep()
	}
	defer func() { r.depth-- }()
	switch v := tok.(type) {
	case json.Delim:
		if v == '[' {
			return r.list(name, level)
		}
		if err := r.to.start(name); err != nil {
			return err
		}
		err := r.members(func(inner string) error { return r.element(nameOf(inner, level), level+1) })
		if err != nil {
			return err
		}
		return r.to.end()
	case nil:
		return nil
	}
	if err := r.to.start(name); err != nil {
		return err
	}
	if err := r.to.text(textOf(tok)); err != nil {
		return err
	}
	return r.to.end()
}

func (r *jsonReader) list(name string, level int) error {
	if known, is := kept[name]; is && level == 1 && r.to.sections[name] == nil {
		r.to.sections[name] = &rows{fields: known} // a list that is empty was still sent
	}
	for {
		tok, err := r.next()
		if err != nil {
			return err
		}
		if tok == json.Delim(']') {
			return nil
		}
		if err := r.valued(name, level, tok); err != nil {
			return err
		}
	}
}

// nameOf is the XML's name of a member: of a section on level 0, of a field below.
func nameOf(name string, level int) string {
	if level == 0 {
		if known, is := sectionsOfJSON[name]; is {
			return known
		}
	} else if known, is := fieldsOfJSON[name]; is {
		return known
	}
	return strings.ToUpper(name)
}

func textOf(tok json.Token) string {
	switch v := tok.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "1"
		}
		return "0"
	}
	return ""
}
