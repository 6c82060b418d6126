package kinesis

import (
	"bytes"
	"encoding/binary"
	"fmt"
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

// UnmarshalJSON reads epoch seconds, to the nanosecond and without the loss of a float.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	if bytes.ContainsAny(b, "eE") {
		f, err := strconv.ParseFloat(string(b), 64)
		if err != nil || f < -1e11 || f > 1e11 {
			return fmt.Errorf("read timestamp %s: not epoch seconds", b)
		}
		t.Time = time.UnixMilli(int64(f * 1000)).UTC()
		return nil
	}
	whole, frac, _ := strings.Cut(string(b), ".")
	s, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || s < -1e11 || s > 1e11 {
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
	t.Time = time.Unix(s, ns).UTC()
	return nil
}
