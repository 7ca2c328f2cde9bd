package records

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
)

// Dialect names the version of JSON Schema that [Schema] describes types in.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// Schema describes the JSON that encoding/json, or [Type], writes of a type. Structs
// become objects with no other properties than theirs; those without omitempty are
// required. A number of kind float64 may be null, and so may a [Place]. A type that
// writes itself like another says so by a method JSONType() reflect.Type. The result
// is made of maps and slices: encoding/json writes it in a fixed order.
func Schema(t reflect.Type) map[string]any {
	switch {
	case t.Implements(writtenAs):
		return Schema(reflect.Zero(t).Interface().(interface{ JSONType() reflect.Type }).JSONType())
	case t == placeType:
		return map[string]any{"type": []string{"integer", "null"}, "minimum": 1}
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		return map[string]any{"type": "integer"}
	case t.Kind() == reflect.Float64:
		return map[string]any{"type": []string{"number", "null"}}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": Schema(t.Elem())}
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return map[string]any{"type": "object", "additionalProperties": Schema(t.Elem())}
	case t.Kind() == reflect.Pointer:
		return map[string]any{"anyOf": []any{Schema(t.Elem()), map[string]any{"type": "null"}}}
	case t.Kind() == reflect.Struct:
		return object(t)
	}
	panic(fmt.Sprintf("records: no schema for %s", t))
}

var writtenAs = reflect.TypeFor[interface{ JSONType() reflect.Type }]()

func object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous { // its properties are those of the struct, as encoding/json has it
			part := object(f.Type)
			maps.Copy(properties, part["properties"].(map[string]any))
			if r, ok := part["required"].([]string); ok {
				required = append(required, r...)
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			panic(fmt.Sprintf("records: %s.%s has no name in JSON", t, f.Name))
		}
		p := Schema(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		if v := f.Tag.Get("enum"); v != "" {
			p["enum"] = strings.Split(v, ",")
		}
		properties[name] = p
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			required = append(required, name)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}
