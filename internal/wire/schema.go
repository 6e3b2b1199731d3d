package wire

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas are the contracts, a file for each type and major.
//
//go:embed schemas/*.json
var schemas embed.FS

// The types that we send.
const (
	BirthRegistered    = "vn.hanoi.hotich.birth.registered.v1"
	BirthCorrected     = "vn.hanoi.hotich.birth.corrected.v1"
	BirthAnnulled      = "vn.hanoi.hotich.birth.annulled.v1"
	DeathRegistered    = "vn.hanoi.hotich.death.registered.v1"
	PIDRequested       = "vn.hanoi.hotich.pid.requested.v1"
	ResidenceRequested = "vn.hanoi.lienthong.residence.requested.v1"
	InsuranceRequested = "vn.hanoi.lienthong.insurance.requested.v1"
	CompletionAnswered = "vn.hanoi.lienthong.completion.answered.v1"
	StatusChanged      = "vn.hanoi.hoso.status.changed.v1"
)

// The types that we take.
const (
	CaseReceived        = "vn.lienthong.case.received.v1"
	CaseCompletion      = "vn.lienthong.case.completion.v1"
	CaseRejected        = "vn.lienthong.case.rejected.v1"
	CaseDone            = "vn.lienthong.case.done.v1"
	PIDIssued           = "vn.dancu.pid.issued.v1"
	SubmissionForwarded = "vn.dichvucong.dossier.submitted.v1"
)

// The faults of contents.
var (
	ErrUnknownType = errors.New("wire: no schema for this type and version")
	ErrSchema      = errors.New("wire: data does not follow its schema")
)

var compiled = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	files, err := fs.Glob(schemas, "schemas/*.json")
	if err != nil {
		return nil, err
	}
	out := map[string]*jsonschema.Schema{}
	for _, file := range files {
		raw, err := schemas.ReadFile(file)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(file, doc); err != nil {
			return nil, err
		}
		one, err := c.Compile(file)
		if err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(strings.TrimPrefix(file, "schemas/"), ".json")] = one
	}
	return out, nil
})

// Types are all types that have a schema, in order.
func Types() []string {
	all, err := compiled()
	if err != nil {
		return nil // a test compiles them
	}
	var out []string
	for kind := range all {
		out = append(out, kind)
	}
	slices.Sort(out)
	return out
}

// Schema is the contract of a type, as it is published.
func Schema(kind string) ([]byte, error) {
	raw, err := schemas.ReadFile("schemas/" + kind + ".json")
	if err != nil {
		return nil, ErrUnknownType
	}
	return raw, nil
}

// Check tells whether the contents of an envelope follow the schema of its type.
// ErrUnknownType is another version than we know, which is no fault of the sender.
func Check(e Event) error {
	all, err := compiled()
	if err != nil {
		return err
	}
	schema, ok := all[e.Type]
	if !ok {
		return ErrUnknownType
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.Data))
	if err != nil {
		return errors.Join(ErrData, err)
	}
	if err := schema.Validate(doc); err != nil {
		return errors.Join(ErrSchema, errors.New(where(err)))
	}
	return nil
}

// where names the places that break the schema, and never what stands there.
func where(err error) string {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return "data"
	}
	var places []string
	var walk func(*jsonschema.ValidationError)
	walk = func(one *jsonschema.ValidationError) {
		if len(one.Causes) == 0 {
			places = append(places, "/"+strings.Join(one.InstanceLocation, "/"))
		}
		for _, c := range one.Causes {
			walk(c)
		}
	}
	walk(v)
	slices.Sort(places)
	return strings.Join(slices.Compact(places), " ")
}

// FieldsOf are the names that the contents of a type may hold, in order: what an office
// has a use for, and so all that it is told. Types without fields have none.
func FieldsOf(kind string) []string {
	raw, err := Schema(kind)
	if err != nil {
		return nil
	}
	var doc struct {
		Properties struct {
			Fields struct {
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"fields"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(doc.Properties.Fields.Properties))
}
