package catalogue

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
)

// Built is a version of a procedure of the house, as the files say it.
type Built struct {
	Procedure, From string
	State           string // published, or draft for what is only planned
	Note            string
	Definition      procedure.Definition

	raw  json.RawMessage // the definition as it is kept
	hash string
}

// builtFile is one file of a procedure. A version says what differs from the one before.
type builtFile struct {
	Key      string `json:"key"`
	Versions []struct {
		From       string                     `json:"from"`
		State      string                     `json:"state"`
		Note       form.Words                 `json:"note"`
		Definition map[string]json.RawMessage `json:"definition"`
	} `json:"versions"`
}

// sharedParts are groups, rules and derived values that several forms use by name.
type sharedParts struct {
	Groups  map[string]form.Group     `json:"groups"`
	Rules   map[string][]form.Rule    `json:"rules"`
	Derived map[string][]form.Derived `json:"derived"`
}

// builtForm is a form of the files: a string stands for a shared part.
type builtForm struct {
	Groups  []json.RawMessage `json:"groups"`
	Rules   []json.RawMessage `json:"rules"`
	Derived []json.RawMessage `json:"derived"`
	Keys    map[string]string `json:"keys"`
}

// BuiltIn are all versions of the house, in the order in which procedures are offered.
var BuiltIn = sync.OnceValues(func() ([]Built, error) {
	var parts sharedParts
	var order []string
	if err := readData("parts", &parts); err != nil {
		return nil, err
	}
	if err := readData("order", &order); err != nil {
		return nil, err
	}
	var out []Built
	for _, key := range order {
		var f builtFile
		if err := readData(key, &f); err != nil {
			return nil, err
		}
		all, err := f.versions(parts)
		if err != nil {
			return nil, fmt.Errorf("catalogue: %s: %w", key, err)
		}
		out = append(out, all...)
	}
	return out, nil
})

func readData(name string, into any) error {
	raw, err := data.ReadFile("data/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return fmt.Errorf("catalogue: %s: %w", name, err)
	}
	return nil
}

func (f builtFile) versions(parts sharedParts) ([]Built, error) {
	said := map[string]json.RawMessage{}
	var out []Built
	for _, v := range f.Versions {
		maps.Copy(said, v.Definition)
		raw, err := json.Marshal(said)
		if err != nil {
			return nil, err
		}
		d, err := procedure.Read(string(raw))
		if err != nil {
			return nil, err
		}
		if d.Form, err = parts.form(d.Form); err != nil {
			return nil, fmt.Errorf("%s: %w", v.From, err)
		}
		b := Built{Procedure: f.Key, From: v.From, State: v.State, Note: v.Note.VI, Definition: d}
		if b.raw, b.hash, err = written(d); err != nil {
			return nil, err
		}
		if b.State == "" {
			b.State = dossier.Published
		}
		out = append(out, b)
	}
	return out, nil
}

// form puts the shared parts into a form.
func (p sharedParts) form(raw json.RawMessage) (json.RawMessage, error) {
	var b builtForm
	if err := json.Unmarshal(raw, &b); err != nil {
		return nil, err
	}
	f := form.Form{Keys: b.Keys}
	var err error
	if f.Groups, err = joined(b.Groups, func(name string) ([]form.Group, bool) { g, ok := p.Groups[name]; return []form.Group{g}, ok }); err != nil {
		return nil, err
	}
	if f.Rules, err = joined(b.Rules, func(name string) ([]form.Rule, bool) { r, ok := p.Rules[name]; return r, ok }); err != nil {
		return nil, err
	}
	if f.Derived, err = joined(b.Derived, func(name string) ([]form.Derived, bool) { d, ok := p.Derived[name]; return d, ok }); err != nil {
		return nil, err
	}
	return f.JSON(), nil
}

// joined reads a list in which a string names what is shared.
func joined[T any](list []json.RawMessage, shared func(string) ([]T, bool)) ([]T, error) {
	var out []T
	for _, raw := range list {
		var name string
		if json.Unmarshal(raw, &name) == nil {
			some, ok := shared(name)
			if !ok {
				return nil, fmt.Errorf("no shared part %q", name)
			}
			out = append(out, some...)
			continue
		}
		var one T
		if err := json.Unmarshal(raw, &one); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}
