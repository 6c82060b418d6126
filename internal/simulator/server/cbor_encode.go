package server

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// cborAppender is an answer that writes its own CBOR.
type cborAppender interface{ AppendCBOR(dst []byte) []byte }

// encodeCBOR appends an answer with the members that its JSON has; nil is an empty body.
func encodeCBOR(dst []byte, out any) ([]byte, error) {
	if out == nil {
		return dst, nil
	}
	return appendCBOR(dst, reflect.ValueOf(out))
}

func appendCBOR(dst []byte, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		return appendCBORPointer(dst, v)
	}
	switch of := v.Interface().(type) {
	case kinesis.Timestamp:
		return kinesis.AppendCBORTime(dst, of.UnixMilli()), nil
	case []byte:
		return append(kinesis.AppendCBORHead(dst, kinesis.CBORBytes, uint64(len(of))), of...), nil
	case encoding.TextMarshaler:
		text, err := of.MarshalText()
		return kinesis.AppendCBORText(dst, string(text)), err
	}
	switch v.Kind() {
	case reflect.String:
		return kinesis.AppendCBORText(dst, v.String()), nil
	case reflect.Bool:
		if v.Bool() {
			return append(dst, cborSimple|cborTrue), nil
		}
		return append(dst, cborSimple|cborFalse), nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		return kinesis.AppendCBORInt(dst, v.Int()), nil
	case reflect.Float64:
		return binary.BigEndian.AppendUint64(append(dst, cborSimple|cborDouble), math.Float64bits(v.Float())), nil
	case reflect.Slice:
		return appendCBORList(dst, v)
	case reflect.Map:
		return appendCBORTable(dst, v)
	case reflect.Struct:
		return appendCBORStructure(dst, v)
	}
	return dst, fmt.Errorf("encode CBOR: no member of Kinesis is a %v", v.Type())
}

func appendCBORPointer(dst []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(dst, cborSimple|cborNull), nil
	}
	if of, ok := v.Interface().(cborAppender); ok {
		return of.AppendCBOR(dst), nil
	}
	return appendCBOR(dst, v.Elem())
}

func appendCBORList(dst []byte, v reflect.Value) (_ []byte, err error) {
	dst = kinesis.AppendCBORHead(dst, kinesis.CBORList, uint64(v.Len()))
	for i := range v.Len() {
		if dst, err = appendCBOR(dst, v.Index(i)); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func appendCBORTable(dst []byte, v reflect.Value) (_ []byte, err error) {
	values := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		values[key.String()] = v.MapIndex(key)
	}
	dst = append(dst, kinesis.CBORMapBegin)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if dst, err = appendCBOR(kinesis.AppendCBORText(dst, key), values[key]); err != nil {
			return dst, err
		}
	}
	return append(dst, kinesis.CBORBreak), nil
}

func appendCBORStructure(dst []byte, v reflect.Value) (_ []byte, err error) {
	dst = append(dst, kinesis.CBORMapBegin)
	for _, m := range cborMembersOf(v.Type()) {
		member := v.FieldByIndex(m.index)
		if m.omitzero && isZero(member) || m.omitempty && isEmpty(member) {
			continue
		}
		if dst, err = appendCBOR(kinesis.AppendCBORText(dst, m.name), member); err != nil {
			return dst, err
		}
	}
	return append(dst, kinesis.CBORBreak), nil
}

// isZero tells whether omitzero leaves a member out.
func isZero(v reflect.Value) bool {
	if of, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return of.IsZero()
	}
	return v.IsZero()
}

// isEmpty tells whether omitempty leaves a member out: what JSON would show as null, "", [] or {}.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	}
	return false
}
