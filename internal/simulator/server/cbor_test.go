package server

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// unhex is CBOR written in hexadecimal, with blanks, and texts in double quotes for themselves.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			out = kinesis.AppendCBORText(out, part)
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

// everything has a member of each type that Kinesis's requests have.
type everything struct {
	Text    *string
	Word    string
	Blob    []byte
	Number  *int32
	Long    int64
	Float   *float64
	Flag    *bool
	Time    *kinesis.Timestamp
	List    []string
	Inner   *everything
	Inners  []everything
	Table   map[string]string
	Hidden  string `json:"-"`
	Renamed string `json:"other,omitzero"`
}

func TestDecodeCBOR(t *testing.T) {
	at := &kinesis.Timestamp{Time: time.UnixMilli(1_764_000_000_123).UTC()}
	tests := []struct {
		name, body string
		want       everything
	}{
		{"an empty map", `a0`, everything{}},
		{"an empty map without length, as Java sends it", `bf ff`, everything{}},
		{"a text", `bf "Text" "x" ff`, everything{Text: new("x")}},
		{"a text in pieces", `bf "Word" 7f "ab" "cd" ff ff`, everything{Word: "abcd"}},
		{"a name in pieces", `bf 7f "Wo" "rd" ff "ab" ff`, everything{Word: "ab"}},
		{"bytes", `a1 "Blob" 43 000102`, everything{Blob: []byte{0, 1, 2}}},
		{"no bytes are not absent", `a1 "Blob" 40`, everything{Blob: []byte{}}},
		{"bytes in pieces", `a1 "Blob" 5f 4100 41ff ff`, everything{Blob: []byte{0, 255}}},
		{"numbers of all lengths", `a2 "Number" 1a 7fffffff "Long" 1b 00000001 00000000`, everything{Number: new(int32(1<<31 - 1)), Long: 1 << 32}},
		{"a number longer than it needs to be", `a1 "Long" 1b 00000000 00000001`, everything{Long: 1}},
		{"numbers below nought", `a2 "Number" 20 "Long" 39 ffff`, everything{Number: new(int32(-1)), Long: -65536}},
		{"a float", `a1 "Float" fb 3ff8000000000000`, everything{Float: new(1.5)}},
		{"a single float", `a1 "Float" fa 3fc00000`, everything{Float: new(1.5)}},
		{"a half float", `a1 "Float" f9 3e00`, everything{Float: new(1.5)}},
		{"a whole number for a float", `a1 "Float" 05`, everything{Float: new(5.0)}},
		{"flags", `a1 "Flag" f5`, everything{Flag: new(true)}},
		{"texts for flags", `a1 "Flag" "Yes"`, everything{Flag: new(true)}},
		{"half a number for a whole one", `a1 "Number" f9 3e00`, everything{Number: new(int32(1))}},
		{"half a number below nought", `a1 "Number" f9 be00`, everything{Number: new(int32(-2))}},
		{"a number that is too large", `a1 "Number" 1b 00000001 00000000`, everything{Number: new(int32(1<<31 - 1))}},
		{"a number that is too small", `a1 "Number" f9 fc00`, everything{Number: new(int32(-1 << 31))}},
		{"a number beyond 64 bits", `a2 "Long" 3b ffffffffffffffff "Number" 1b ffffffffffffffff`, everything{Long: -1 << 63, Number: new(int32(1<<31 - 1))}},
		{"an instant beyond all time", `a1 "Time" f9 7c00`, everything{Time: &kinesis.Timestamp{Time: time.UnixMilli(kinesis.FarthestMillis).UTC()}}},
		{"an instant with Java's tag", `a1 "Time" c1 1b 0000019ab697e87b`, everything{Time: at}},
		{"an instant without a tag", `a1 "Time" 1b 0000019ab697e87b`, everything{Time: at}},
		{"an instant as a float", `a1 "Time" c1 fb 4279ab697e87b000`, everything{Time: at}},
		{"a list", `a1 "List" 82 "a" "b"`, everything{List: []string{"a", "b"}}},
		{"a list without length", `a1 "List" 9f "a" "b" ff`, everything{List: []string{"a", "b"}}},
		{"an empty list is not absent", `a1 "List" 80`, everything{List: []string{}}},
		{"a list of structures with null", `a1 "Inners" 82 a1 "Word" "x" f6`, everything{Inners: []everything{{Word: "x"}, {}}}},
		{"a structure", `a1 "Inner" bf "Inner" a1 "Long" 07 ff`, everything{Inner: &everything{Inner: &everything{Long: 7}}}},
		{"a map", `a1 "Table" a2 "k" "v" "l" "w"`, everything{Table: map[string]string{"k": "v", "l": "w"}}},
		{"null and undefined are absent", `a4 "Text" f6 "Blob" f7 "Inner" f6 "List" f6`, everything{}},
		{"of two members the last counts", `a2 "Inner" a1 "Long" 01 "Inner" a1 "Word" "x"`, everything{Inner: &everything{Word: "x"}}},
		{"a tag that means nothing", `d9d9f7 a1 "Word" c0 "x"`, everything{Word: "x"}},
		{"members that are not known", `a3 "a" 9f 01 5f 4100 ff fb 3ff8000000000000 ff "b" a1 "c" f820 "Word" "x"`, everything{Word: "x"}},
		{"a member of ours", `a2 "Hidden" "x" "Renamed" "y"`, everything{}},
		{"a name of JSON's", `a1 "other" "y"`, everything{Renamed: "y"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got everything
			if err := decodeCBOR(unhex(t, tt.body), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestDecodeCBORRefuses(t *testing.T) {
	deep := strings.Repeat("81", 40) + "00"
	tests := []struct{ name, body, want string }{
		{"nothing", ``, ""},
		{"null", `f6`, ""},
		{"a list", `80`, "Start of list found where not expected"},
		{"a text", `"x"`, "Expected null"},
		{"half a map", `bf "Text"`, ""},
		{"half a text", `a1 "Text" 65 6161`, ""},
		{"a length beyond all memory", `a1 "Blob" 5b ffffffffffffffff 00`, ""},
		{"a list beyond all memory", `a1 "List" 9b ffffffffffffffff`, ""},
		{"half a number", `a1 "Long" 19 00`, ""},
		{"two bodies", `a0 a0`, ""},
		{"an end without a beginning", `ff`, ""},
		{"an end for a value", `a1 "Long" ff`, ""},
		{"an unknown head", `a1 "Long" 1c`, ""},
		{"a number without length", `a1 "Long" 1f`, ""},
		{"a tag without length", `a1 "Long" df 01`, ""},
		{"a name that is a number", `a1 01 01`, ""},
		{"a text that is not UTF-8", `a1 "Text" 61 ff`, ""},
		{"a piece of another kind", `a1 "Text" 7f 4161 ff`, ""},
		{"a piece in pieces", `a1 "Text" 7f 7f ff ff`, ""},
		{"depth", `a1 "deep" ` + deep, ""},
		{"a number for a name", `a1 "Text" 05`, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"},
		{"a float for a name", `a1 "Text" f9 3e00`, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"},
		{"bytes for a name", `a1 "Text" 4161`, "class java.nio.HeapByteBuffer can not be converted to an String"},
		{"a text for bytes", `a1 "Blob" "YQ=="`, "class java.lang.String can not be converted to a Blob"},
		{"a text for a number", `a1 "Number" "5"`, "class java.lang.String can not be converted to an Integer"},
		{"a whole number that is none", `a1 "Number" f9 7e00`, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an Integer"},
		{"a text for a flag", `a1 "Flag" "maybe"`, "'MAYBE' can not be converted to an Boolean"},
		{"a flag for a number", `a1 "Number" f4`, "class java.lang.Boolean can not be converted to an Integer"},
		{"a flag for a float", `a1 "Float" f4`, "class java.lang.Boolean can not be converted to an Double"},
		{"a number for a flag", `a1 "Flag" 01`, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an Boolean"},
		{"a text for an instant", `a1 "Time" "now"`, "class java.lang.String can not be converted to milliseconds since epoch"},
		{"an instant that is no number", `a1 "Time" f9 7e00`, "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to milliseconds since epoch"},
		{"a map for a list", `a1 "List" a0`, "Start of structure or map found where not expected."},
		{"a text for a list", `a1 "List" "x"`, "Expected list or null"},
		{"a text for a map", `a1 "Table" "x"`, "Expected map or null"},
		{"a list for a structure", `a1 "Inner" 80`, "Start of list found where not expected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var into everything
			err := decodeCBOR(unhex(t, tt.body), &into)
			if err == nil || err.Error() != "SerializationException: "+tt.want {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// A short body must not take much memory: each byte of CBOR can be an element.
func TestDecodeCBORLimitsElements(t *testing.T) {
	body := append(unhex(t, `a1 "Inners" 9f`), bytes.Repeat([]byte{0xf6}, 1<<20)...)
	var into everything
	if err := decodeCBOR(append(body, 0xff), &into); err == nil || len(into.Inners) > cborElements {
		t.Errorf("%d elements, %v", len(into.Inners), err)
	}
}

func TestEncodeCBOR(t *testing.T) {
	at := kinesis.Timestamp{Time: time.UnixMilli(1_764_000_000_123)}
	type part struct{ A string }
	tests := []struct {
		name string
		out  any
		want string
	}{
		{"nothing", nil, ``},
		{"an instant has tag 1 and milliseconds", struct{ At kinesis.Timestamp }{at}, `bf "At" c1 1b 0000019ab697e87b ff`},
		{"an instant by pointer", struct{ At *kinesis.Timestamp }{&at}, `bf "At" c1 1b 0000019ab697e87b ff`},
		{"a null", struct{ At *kinesis.Timestamp }{}, `bf "At" f6 ff`},
		{"an instant that is left out", struct {
			At kinesis.Timestamp `json:",omitzero"`
		}{}, `bf ff`},
		{"bytes", struct{ B []byte }{[]byte("a")}, `bf "B" 41 61 ff`},
		{"numbers", struct{ A, B, C, D, E int64 }{23, 24, 256, 65536, -1}, `bf "A" 17 "B" 18 18 "C" 19 0100 "D" 1a 00010000 "E" 20 ff`},
		{"a number of 64 bits", struct{ A int64 }{1 << 32}, `bf "A" 1b 0000000100000000 ff`},
		{"a float", struct{ F float64 }{1.5}, `bf "F" fb 3ff8000000000000 ff`},
		{"flags", struct{ A, B bool }{true, false}, `bf "A" f5 "B" f4 ff`},
		{"a list of structures", struct{ L []part }{[]part{{"x"}}}, `bf "L" 81 bf "A" "x" ff ff`},
		{"an empty list", struct{ L []part }{}, `bf "L" 80 ff`},
		{"a map in order", struct{ M map[string]string }{map[string]string{"b": "1", "a": "2"}}, `bf "M" bf "a" "2" "b" "1" ff ff`},
		{"a structure in a structure", struct{ part }{part{"x"}}, `bf "A" "x" ff`},
		{"what is left out where empty", struct {
			L []string `json:"l,omitempty"`
			S string   `json:",omitempty"`
			H string   `json:"-"`
		}{H: "h"}, `bf ff`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := encodeCBOR(nil, tt.out)
			if want := unhex(t, tt.want); err != nil || !bytes.Equal(got, want) {
				t.Errorf("% x, %v\nwant % x", got, err, want)
			}
		})
	}
	if _, err := encodeCBOR(nil, struct{ C chan int }{}); err == nil {
		t.Error("a channel was encoded")
	}
}

// readCBOR reads an answer without knowing what it holds.
func readCBOR(t *testing.T, body []byte) any {
	t.Helper()
	r := &cborReader{body: body}
	v := r.anything()
	if r.err != nil || r.pos != len(body) {
		t.Fatalf("%v at %d of % x", r.err, r.pos, body)
	}
	return v
}

// anything takes an item as encoding/json would show it.
func (r *cborReader) anything() any {
	h := r.anyHead()
	switch h.major {
	case kinesis.CBORTag:
		if ms, ok := r.head().integer(); ok && h.n == 1 {
			return float64(ms) / 1000
		}
		r.fail("a tag")
	case kinesis.CBORText:
		return string(r.string(h))
	case kinesis.CBORBytes:
		return base64.StdEncoding.EncodeToString(r.string(h))
	case kinesis.CBORList:
		list := []any{}
		r.each(h, func() { list = append(list, r.anything()) })
		return list
	case kinesis.CBORMap:
		table := map[string]any{}
		r.members(h, func(name []byte) { table[string(name)] = r.anything() })
		return table
	case cborSimple:
		if h.info == cborTrue || h.info == cborFalse {
			return h.info == cborTrue
		}
	}
	if f, ok := h.float(); ok {
		return f
	}
	return nil
}
