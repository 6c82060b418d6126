package kinesis

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Timestamp is an instant that JSON shows as AWS does: epoch seconds, a number with a fraction of milliseconds
// (API reference, GetShardIterator). The zero value is absent.
type Timestamp struct{ time.Time }

// MarshalJSON writes epoch seconds with three decimals.
func (t Timestamp) MarshalJSON() ([]byte, error) { return t.append(nil), nil }

func (t Timestamp) append(dst []byte) []byte { return AppendEpoch(dst, t.UnixMilli()) }

// AppendEpoch appends milliseconds since the epoch as seconds with three decimals. ms is not negative.
func AppendEpoch(dst []byte, ms int64) []byte {
	s, f := uint64(ms)/1000, ms%1000
	if s >= 10*eightDigits && s < 100*eightDigits { // ten digits, until 2286
		dst = append(dst, byte('0'+s/(10*eightDigits)), byte('0'+s/eightDigits%10))
		dst = binary.LittleEndian.AppendUint64(dst, digitsOf(s%eightDigits))
	} else {
		dst = strconv.AppendUint(dst, s, 10)
	}
	return append(dst, '.', byte('0'+f/100), byte('0'+f/10%10), byte('0'+f%10))
}

// farthest is how many seconds from the epoch an instant may be, either way: its milliseconds still have a number.
const farthest = 9_000_000_000_000_000

// FarthestMillis is the same in milliseconds.
const FarthestMillis = farthest * 1000

// UnmarshalJSON reads epoch seconds, to the nanosecond and without the loss of a float. AWS takes any number (kinesalite,
// validations/index.js), of milliseconds too, which are an instant far away; what is beyond the farthest is the farthest.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	if bytes.ContainsAny(b, "eE") {
		f, err := strconv.ParseFloat(string(b), 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return fmt.Errorf("read timestamp %s: not epoch seconds", b)
		}
		t.Time = time.UnixMilli(int64(max(-FarthestMillis, min(f*1000, FarthestMillis)))).UTC()
		return nil
	}
	whole, frac, _ := strings.Cut(string(b), ".")
	s, err := strconv.ParseInt(whole, 10, 64) // at the end of its range for what is beyond
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("read timestamp %s: not epoch seconds", b)
	}
	frac = (frac + "000000000")[:9]
	ns, err := strconv.ParseInt(frac, 10, 64)
	if err != nil {
		return fmt.Errorf("read timestamp %s: not epoch seconds", b)
	}
	if strings.HasPrefix(whole, "-") {
		ns = -ns
	}
	if s <= -farthest || s >= farthest {
		s, ns = max(-farthest, min(s, farthest)), 0
	}
	t.Time = time.Unix(s, ns).UTC()
	return nil
}

// UnixNano is the instant in nanoseconds since the epoch, or the first or last that has such a number: 1677 or 2262.
func (t Timestamp) UnixNano() int64 {
	switch s := t.Unix(); {
	case s <= math.MinInt64/int64(time.Second):
		return math.MinInt64
	case s >= math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	}
	return t.Time.UnixNano()
}
