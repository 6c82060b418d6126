package measure

import (
	"bytes"
	"testing"
)

// A tick that is cut and written later holds what one that is written at once does, whatever is recorded in between.
func TestCut(t *testing.T) {
	run := func(tick func(r *Recorder, at int64) (write func() error)) []byte {
		return write(t, Header{Clock: ClockVirtual}, &End{}, func(r *Recorder) {
			var late []func() error
			for at := range int64(10) {
				s, c := r.Series("put.latency", nil, SeriesOptions{}), r.Counter("put.acked", nil)
				for i := range at * 50 {
					s.Record(at*second-i, i*1e6)
					c.Add(at*second-i*1e8, 1)
				}
				r.Counter("put.due", Tags{"second": string(rune('a' + at))}).Add(at*second, at)
				late = append(late, tick(r, (at+1)*second))
				if at%3 == 0 {
					checkWritten(t, late)
					late = nil
				}
			}
			checkWritten(t, late)
		})
	}
	now := run(func(r *Recorder, at int64) func() error {
		err := r.Tick(at)
		return func() error { return err }
	})
	if later := run(func(r *Recorder, at int64) func() error { return r.Cut(at) }); !bytes.Equal(now, later) {
		t.Errorf("at once:\n%s\nlater:\n%s", now, later)
	}
}

func checkWritten(t *testing.T, late []func() error) {
	t.Helper()
	for _, write := range late {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
}
