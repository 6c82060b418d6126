package server

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// decodeCBOR reads a CBOR request by the rules by which decode reads JSON. Blobs are byte strings; an instant is
// milliseconds since the epoch, with or without the tag 1 that the AWS SDK for Java puts in front of it. What it cannot
// read is a SerializationException.
func decodeCBOR(body []byte, in any) error {
	r := &cborReader{body: body}
	h := r.head()
	if h.null() {
		return badBody("") // null is no request
	}
	r.value(h, reflect.ValueOf(in).Elem())
	if r.err == nil && r.pos != len(body) {
		r.fail("")
	}
	return r.err
}

var (
	cborTimestamp = reflect.TypeFor[kinesis.Timestamp]()
	cborBlob      = reflect.TypeFor[[]byte]()
)

// value takes the rest of an item into v. Null is absent.
func (r *cborReader) value(h cborHead, v reflect.Value) {
	if h.null() {
		v.SetZero()
		return
	}
	switch v.Type() {
	case cborTimestamp:
		r.timestamp(h, v)
	case cborBlob:
		if b, ok := r.text(h, kinesis.CBORBytes, "Blob"); ok {
			v.SetBytes(append([]byte{}, b...))
		}
	default:
		r.kind(h, v)
	}
}

// kind takes the rest of an item into v by the kind of its type.
func (r *cborReader) kind(h cborHead, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		r.value(h, p.Elem())
		v.Set(p)
	case reflect.String:
		if b, ok := r.text(h, kinesis.CBORText, "String"); ok {
			v.SetString(string(b))
		}
	case reflect.Bool:
		r.flag(h, v)
	case reflect.Int, reflect.Int32, reflect.Int64:
		r.whole(h, v)
	case reflect.Float64:
		f, ok := h.float()
		if !ok {
			r.wrong(h, "Double")
			return
		}
		v.SetFloat(f)
	case reflect.Slice:
		r.list(h, v)
	case reflect.Map:
		r.table(h, v)
	case reflect.Struct:
		r.structure(h, v)
	default:
		r.err = fmt.Errorf("decode CBOR: no member of Kinesis is a %v", v.Type())
	}
}

// flag takes the rest of a flag, or of a text that says one.
func (r *cborReader) flag(h cborHead, v reflect.Value) {
	switch {
	case h.major == cborSimple && (h.info == cborTrue || h.info == cborFalse):
		v.SetBool(h.info == cborTrue)
	case h.major == kinesis.CBORText:
		b := r.string(h)
		said, err := truth(string(b))
		if r.err == nil {
			r.err = err
		}
		v.SetBool(said)
	default:
		r.wrong(h, "Boolean")
	}
}

// whole takes the rest of a number as the whole number that JSON would make of it.
func (r *cborReader) whole(h cborHead, v reflect.Value) {
	if n, ok := h.integer(); ok && !v.OverflowInt(n) {
		v.SetInt(n)
		return
	}
	f, ok := h.float()
	if !ok || math.IsNaN(f) {
		r.wrong(h, "Integer")
		return
	}
	bits := v.Type().Bits()
	least, most := int64(-1)<<(bits-1), int64(1)<<(bits-1)-1
	switch {
	case f >= float64(most):
		v.SetInt(most)
	case f <= float64(least):
		v.SetInt(least)
	default:
		v.SetInt(int64(math.Floor(f)))
	}
}

// text takes the rest of a text or byte string.
func (r *cborReader) text(h cborHead, major byte, want string) ([]byte, bool) {
	if h.major != major {
		r.wrong(h, want)
		return nil, false
	}
	b := r.string(h)
	return b, r.err == nil
}

func (r *cborReader) timestamp(h cborHead, v reflect.Value) {
	ms, whole := h.integer()
	if !whole {
		f, ok := h.float()
		if !ok || math.IsNaN(f) {
			r.wrong(h, "Timestamp")
			return
		}
		ms = int64(max(-kinesis.FarthestMillis, min(f, kinesis.FarthestMillis)))
	}
	ms = max(-kinesis.FarthestMillis, min(ms, kinesis.FarthestMillis))
	v.Set(reflect.ValueOf(kinesis.Timestamp{Time: time.UnixMilli(ms).UTC()}))
}

func (r *cborReader) list(h cborHead, v reflect.Value) {
	if h.major != kinesis.CBORList {
		r.wrong(h, "List")
		return
	}
	list := reflect.MakeSlice(v.Type(), 0, 0)
	r.each(h, func() {
		element := reflect.New(v.Type().Elem()).Elem()
		r.value(r.head(), element)
		list = reflect.Append(list, element)
	})
	v.Set(list)
}

func (r *cborReader) table(h cborHead, v reflect.Value) {
	if h.major != kinesis.CBORMap {
		r.wrong(h, "Map")
		return
	}
	table := reflect.MakeMap(v.Type())
	r.members(h, func(name []byte) {
		element := reflect.New(v.Type().Elem()).Elem()
		key := reflect.ValueOf(string(name)).Convert(v.Type().Key())
		r.value(r.head(), element)
		table.SetMapIndex(key, element)
	})
	v.Set(table)
}

func (r *cborReader) structure(h cborHead, v reflect.Value) {
	if h.major != kinesis.CBORMap {
		r.wrong(h, "Structure")
		return
	}
	v.SetZero()
	members := cborMembersOf(v.Type())
	r.members(h, func(name []byte) {
		for i := range members {
			if members[i].name == string(name) {
				r.value(r.head(), v.FieldByIndex(members[i].index))
				return
			}
		}
		r.skip()
	})
}
