package server

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// Kinesis makes more of some values than JSON does, and says in its own words what it cannot make one of. The rules and the words
// are kinesalite's (validations/index.js; test/helpers.js, whose rows can run against AWS).

// kinesisDecoding is how requests of Kinesis are read: as others, and with its conversions.
var kinesisDecoding = json.JoinOptions(decoding, json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(takeBlob), json.UnmarshalFromFunc(takeTruth), json.UnmarshalFromFunc(takeInteger),
)))

func takeBlob(d *jsontext.Decoder, to *[]byte) error {
	if d.PeekKind() != '"' {
		return errors.ErrUnsupported
	}
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	src := []byte(t.String())
	out := make([]byte, len(src)/4*3)
	n, err := decodeBase64(out, src)
	*to = out[:n:n]
	return err
}

func takeTruth(d *jsontext.Decoder, to *bool) error {
	if d.PeekKind() != '"' {
		return errors.ErrUnsupported
	}
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	*to, err = truth(t.String())
	return err
}

func takeInteger(d *jsontext.Decoder, to *int32) error {
	if d.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	f, _ := strconv.ParseFloat(string(v), 64) // infinite beyond its range
	*to = int32(floor(f, math.MinInt32, math.MaxInt32))
	return nil
}

// floor is the whole number that AWS makes of any, within its type's range.
func floor(f, least, most float64) float64 { return max(least, min(math.Floor(f), most)) }

// truth is what a text says of a flag. By a remark in kinesalite these words convert, in any case;
// others are shown in capitals.
func truth(word string) (bool, error) {
	switch word = strings.ToUpper(word); word {
	case "TRUE", "YES", "1":
		return true, nil
	case "FALSE", "NO", "0":
		return false, nil
	}
	return false, badBody("'" + shown(word) + "' can not be converted to an Boolean")
}

// decodeBase64 decodes a blob as AWS does: padded, without line breaks, and with nothing behind the last byte.
func decodeBase64(dst, src []byte) (n int, err error) {
	n, ok := kinesis.DecodeBase64(dst, src)
	if !ok || !endsInZeros(src) {
		return 0, notBase64(src)
	}
	return n, nil
}

// endsInZeros tells whether the last character before the padding holds nothing but the end of the last byte.
func endsInZeros(src []byte) bool {
	const halves, quarters = "AQgw", "AEIMQUYcgkosw048" // whose low four and two bits are zero
	n := len(src)
	switch {
	case n < 4 || src[n-1] != '=':
		return true
	case src[n-2] == '=':
		return strings.IndexByte(halves, src[n-3]) >= 0
	}
	return strings.IndexByte(quarters, src[n-2]) >= 0
}

// notBase64 says what is wrong with a blob.
func notBase64(src []byte) error {
	if !utf8.Valid(src) {
		return badBody("") // is no JSON either
	}
	why := "Invalid last non-pad Base64 character dectected"
	if n := len(utf16.Encode([]rune(string(src)))); n%4 != 0 {
		why = fmt.Sprintf("Base64 encoded length is expected a multiple of 4 bytes but found: %d", n)
	} else if c := strayIn(src); c != "" {
		why = "Invalid Base64 character: '" + c + "'"
	}
	return badBody("'" + shown(string(src)) + "' can not be converted to a Blob: " + why)
}

// strayIn is the first character that is none of base64, or a padding that is followed by something else.
func strayIn(src []byte) string {
	for i, c := range src {
		switch {
		case c == '=' && i+1 < len(src) && src[i+1] != '=':
			return "="
		case c != '=' && !bytes.ContainsRune(base64Characters, rune(c)) || c >= utf8.RuneSelf:
			r, _ := utf8.DecodeRune(src[i:])
			return string(r)
		}
	}
	return ""
}

var base64Characters = []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

// mostShown are the bytes of a value that an error shows at most. AWS's own limit was not seen.
const mostShown = 1024

func shown(value string) string {
	if len(value) <= mostShown {
		return value
	}
	return strings.ToValidUTF8(value[:mostShown], "") + "…"
}
