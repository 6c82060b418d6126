package measure

import (
	"math/rand/v2"
	"testing"
)

// A range of seconds holds the same whether it is summed up from blocks or second by second.
func TestBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	const seconds = 5*blockDeltas + 17
	file := write(t, Header{Clock: ClockVirtual}, &End{}, func(r *Recorder) {
		s := r.Series("put.latency", nil, SeriesOptions{})
		for at := range int64(seconds) {
			for _, v := range randomValues(rng, 1+rng.IntN(20)) {
				s.Record(at*second, v)
			}
			tick(t, r, (at+1)*second)
		}
	})
	d := read(t, file).Series[0]
	for range 200 {
		from := rng.IntN(seconds+10) - 5
		to := from + rng.IntN(seconds+10)
		want := new(Histogram)
		deltas := d.within(from, to)
		for i := range deltas {
			want.addDelta(&deltas[i], 1)
		}
		checkSame(t, d.Histogram(from, to), want)
	}
	made := 0
	for i := range d.blocks {
		if d.blocks[i].count() > 0 {
			made++
		}
	}
	if made != 5 {
		t.Errorf("%d blocks were used", made)
	}
}

// Counts that a packed histogram cannot hold are not packed.
func TestBlocksDoNotOverflow(t *testing.T) {
	d := new(SeriesData)
	for at := range blockDeltas {
		e := delta{due: at, units: 1, min: 1, max: 1, span: span{low: 0, high: 0, count: maxCount}}
		var p packer
		p.add(0, maxCount)
		p.finish()
		e.packed = p.dst
		d.deltas = append(d.deltas, e)
	}
	if n := d.Histogram(0, blockDeltas).Count(); n != blockDeltas*maxCount {
		t.Errorf("%d values, want %d", n, int64(blockDeltas*maxCount))
	}
}
