package server

import (
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// decoding is how requests are read: members are matched by their exact names, unknown ones are passed over, null is
// absent and of several members of one name the last counts.
var decoding = json.JoinOptions(jsontext.AllowDuplicateNames(true), json.MatchCaseInsensitiveNames(false))

// decode reads a JSON request. What it cannot read is a SerializationException.
func decode(body []byte, in any) error { return decodeBy(decoding, body, in) }

// decodeKinesis is decode for Kinesis, with its conversions.
func decodeKinesis(body []byte, in any) error { return decodeBy(kinesisDecoding, body, in) }

func decodeBy(options json.Options, body []byte, in any) error {
	err := json.Unmarshal(body, in, options)
	if err == nil && firstByte(body) == 'n' {
		return badBody("") // null is no request
	}
	if err == nil {
		return nil
	}
	if said := (*wireError)(nil); errors.As(err, &said) {
		return said
	}
	if wrong := (*json.SemanticError)(nil); errors.As(err, &wrong) {
		return badBody(wrongType(wrong.JSONKind, wrong.GoType))
	}
	return badBody("")
}

func firstByte(b []byte) byte {
	for _, c := range b {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}

// wrongType says that a value of one kind stands where another belongs, in AWS's words (kinesalite, validations/index.js).
func wrongType(kind jsontext.Kind, want reflect.Type) string {
	name := "Structure"
	if want != nil {
		for want.Kind() == reflect.Pointer {
			want = want.Elem()
		}
		switch {
		case want == reflect.TypeFor[kinesis.Timestamp]():
			name = "Timestamp"
		case want.Kind() == reflect.String:
			name = "String"
		case want.Kind() == reflect.Bool:
			name = "Boolean"
		case want.Kind() == reflect.Int32, want.Kind() == reflect.Int, want.Kind() == reflect.Int64:
			name = "Integer"
		case want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Uint8:
			name = "Blob"
		case want.Kind() == reflect.Slice:
			name = "List"
		case want.Kind() == reflect.Map:
			name = "Map"
		}
	}
	return wrongKind(kind, name)
}

func wrongKind(kind jsontext.Kind, want string) string {
	switch {
	case kind == '[':
		return "Start of list found where not expected"
	case kind == '{':
		return "Start of structure or map found where not expected."
	case want == "List":
		return "Expected list or null"
	case want == "Map":
		return "Expected map or null"
	case want == "Structure":
		return "Expected null"
	}
	from := map[jsontext.Kind]string{
		'"': "class java.lang.String", '0': "class com.amazon.coral.value.json.numbers.TruncatingBigNumber", 't': "class java.lang.Boolean", 'f': "class java.lang.Boolean",
	}[kind]
	switch want {
	case "Timestamp":
		return from + " can not be converted to milliseconds since epoch"
	case "Blob":
		return from + " can not be converted to a Blob"
	}
	return from + " can not be converted to an " + want
}

// appender is an answer that writes its own JSON.
type appender interface{ AppendJSON(dst []byte) []byte }

// encode appends an answer; nil is an empty body.
func encode(dst []byte, out any) ([]byte, error) {
	switch out := out.(type) {
	case nil:
		return dst, nil
	case appender:
		return out.AppendJSON(dst), nil
	}
	b, err := json.Marshal(out)
	return append(dst, b...), err
}
