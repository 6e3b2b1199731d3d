package httpx

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

type object = map[string]any

// OpenAPI is the description of every API route, as OpenAPI 3.1.
func (r *Router) OpenAPI(title, version, server string) map[string]any {
	b := &schemas{named: object{}}
	paths := object{}
	for _, route := range r.Routes() {
		if route.op == nil {
			continue
		}
		path := openPath(route.Path)
		item, _ := paths[path].(object)
		if item == nil {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(route.Method)] = b.operation(*route.op)
	}
	b.of(reflect.TypeFor[Problem]())
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": title, "version": version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []object{{"url": server}},
		"paths":   paths,
		"components": object{
			"schemas":         b.named,
			"securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer"}},
		},
	}
}

// openPath turns /tickets/:id into /tickets/{id}.
func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, is := strings.CutPrefix(p, ":"); is {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

type schemas struct{ named object }

func (b *schemas) operation(op Op) object {
	status := op.Status
	if status == 0 {
		status = 200
	}
	success := object{"description": "success"}
	if op.Out != nil {
		success["content"] = object{"application/json": object{"schema": b.of(reflect.TypeOf(op.Out))}}
	}
	o := object{
		"operationId": op.ID, "summary": op.Summary, "tags": []string{op.Tag}, "parameters": parameters(op),
		"responses": object{
			strconv.Itoa(status): success,
			"default": object{"description": "refused (RFC 9457)", "content": object{
				"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}},
		},
		"security": []object{{"bearer": []string{}}},
	}
	if op.Open {
		o["security"] = []object{}
	}
	if op.In != nil {
		o["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": b.of(reflect.TypeOf(op.In))}}}
	}
	return o
}

func parameters(op Op) []object {
	list := []object{}
	text := object{"type": "string"}
	for p := range strings.SplitSeq(op.Path, "/") {
		if name, is := strings.CutPrefix(p, ":"); is {
			list = append(list, object{"name": name, "in": "path", "required": true, "schema": text})
		}
	}
	for _, q := range op.Query {
		s := object{"type": "string"}
		if len(q.Enum) > 0 {
			s["enum"] = q.Enum
		}
		list = append(list, object{"name": q.Name, "in": "query", "description": q.Doc, "schema": s})
	}
	if op.Creates {
		list = append(list, object{"name": "Idempotency-Key", "in": "header", "description": "sent twice, done once", "schema": object{"type": "string", "maxLength": 255}})
	}
	if op.Changes {
		list = append(list, object{"name": "If-Match", "in": "header", "required": true, "description": "the ETag that was read", "schema": text})
	}
	return list
}

// of is the schema of a Go type; structs with a name become components.
func (b *schemas) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return object{"anyOf": []object{b.of(t.Elem()), {"type": "null"}}}
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": "array", "items": b.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": b.of(t.Elem())}
	case reflect.Struct:
		return b.structure(t)
	}
	return object{}
}

func (b *schemas) structure(t reflect.Type) object {
	name := schemaName(t)
	ref := object{"$ref": "#/components/schemas/" + name}
	if _, known := b.named[name]; known {
		return ref
	}
	s := object{"type": "object"}
	b.named[name] = s // before its fields, for types that hold themselves
	props, required := object{}, []string{}
	for f := range fields(t) {
		tag, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" || tag == "-" {
			continue
		}
		p := b.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		if enum := f.Tag.Get("enum"); enum != "" {
			p["enum"] = strings.Split(enum, ",")
		}
		props[tag] = p
		if !strings.Contains(opts, "omitempty") {
			required = append(required, tag)
		}
	}
	s["properties"] = props
	if len(required) > 0 {
		s["required"] = required
	}
	return ref
}

// schemaName is the package's last word and the type's name, List[rollout.Unit] as RolloutUnitList.
func schemaName(t reflect.Type) string {
	name, arg, generic := strings.Cut(strings.TrimSuffix(t.Name(), "]"), "[")
	if generic {
		arg = arg[strings.LastIndexByte(arg, '/')+1:]
		pkg, typ, _ := strings.Cut(arg, ".")
		return title(pkg) + title(typ) + name
	}
	pkg := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]
	if pkg == "httpx" {
		return title(name)
	}
	return title(pkg) + title(name)
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// fields yields the exported fields of a struct, those of embedded structs included.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(t) {
			if f.IsExported() && !f.Anonymous && !yield(f) {
				return
			}
		}
	}
}
