package measure

import (
	"bytes"
	"math"
	"testing"
)

// A value that is recorded n times at once is in the file as if it were recorded n times.
func TestAddTimes(t *testing.T) {
	values := []int64{0, 1, 5e6, -1, -7e15, Top, Top + 1, math.MaxInt64, math.MinInt64}
	run := func(add func(u *Unit, due, value, n int64)) []byte {
		return write(t, Header{Clock: ClockVirtual}, &End{}, func(r *Recorder) {
			s := r.Series("put.latency", nil, SeriesOptions{})
			for i := range int64(40) {
				u := s.Unit()
				for k, v := range values {
					add(u, (i+int64(k)%3)*second+int64(k), v, i*i%700)
					u.Add(i*second, v)
				}
				u.End()
				if i%7 == 0 {
					tick(t, r, (i+1)*second)
				}
			}
			u := s.Unit()
			add(u, 50*second, 1e6, 3*maxTail)
			u.End()
		})
	}
	once := run(func(u *Unit, due, value, n int64) {
		for range n {
			u.Add(due, value)
		}
	})
	times := run(func(u *Unit, due, value, n int64) {
		if n > 0 {
			u.AddTimes(due, value, n)
		}
	})
	if !bytes.Equal(once, times) {
		t.Errorf("one by one:\n%s\nat once:\n%s", once, times)
	}
}
