package scenarios

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
)

// JSONSchema is the JSON Schema (draft 2020-12) of a scenario file, for editors: every key with its description, default,
// range and unit. It is made from the key tables; what takes more than one place to tell, such as a stream's name used by
// a load, is left to the loader.
func JSONSchema() []byte {
	s := &schemaWriter{defs: map[string]any{}}
	scenarioShape.schema(s)
	root := s.defs[scenarioShape.name].(map[string]any)
	delete(s.defs, scenarioShape.name)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "wavetank scenario"
	root["$defs"] = s.defs
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(root); err != nil {
		panic("scenarios: the schema is no JSON: " + err.Error()) // the tables are constant
	}
	return b.Bytes()
}

// schemaWriter collects the definitions that a schema refers to.
type schemaWriter struct{ defs map[string]any }

// schema defines the shape, once, and refers to it.
func (s shape[S]) schema(w *schemaWriter) map[string]any {
	ref := map[string]any{"$ref": "#/$defs/" + s.name}
	if _, done := w.defs[s.name]; done {
		return ref
	}
	properties := map[string]any{}
	definition := map[string]any{
		"type":                 "object",
		"description":          s.doc,
		"properties":           properties,
		"additionalProperties": false,
	}
	w.defs[s.name] = definition
	optional := true
	var must []string
	for _, k := range s.keys {
		properties[k.name] = k.describe(w)
		if k.required {
			must = append(must, k.name)
			optional = false
		}
	}
	if must != nil {
		definition["required"] = must
	}
	var rules []any
	for _, g := range s.groups {
		rules = append(rules, g.schema())
		optional = optional && !g.needed()
	}
	if rules != nil {
		definition["allOf"] = rules
	}
	if optional { // all of it may be left to the defaults: "orders:" is a stream
		definition["type"] = []string{"object", "null"}
	}
	return ref
}

// describe is the schema of one key.
func (k key[S]) describe(w *schemaWriter) map[string]any {
	property := maps.Clone(k.schema(w))
	property["description"] = k.doc
	switch {
	case k.derived != "":
		property["description"] = k.doc + " Default: " + k.derived + "."
	case k.fallback == "" || k.fallback == "{}":
	default:
		property["default"] = k.fallback
		if n, err := strconv.ParseInt(k.fallback, 10, 64); err == nil {
			property["default"] = n
		}
	}
	return property
}
