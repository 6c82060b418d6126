package lambda

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Timestamp is an instant as Lambda's JSON writes it: seconds since 1970 with a fraction of milliseconds.
type Timestamp struct{ time.Time }

// MarshalJSON writes the seconds.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return appendSeconds(nil, t.UnixMilli()), nil
}

// UnmarshalJSON reads the seconds. They must be a number from 0 to 9,999,999,999.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	s, err := strconv.ParseFloat(string(b), 64)
	if err != nil || !(s >= 0 && s < 1e10) {
		return fmt.Errorf("read timestamp %.40q: not a number of seconds", b)
	}
	whole, part := math.Modf(s)
	t.Time = time.Unix(int64(whole), int64(math.Round(part*1e3))*1e6).UTC()
	return nil
}
