package generators

import (
	"crypto/md5"
	"encoding/binary"
)

// entity is one holder of a partition key, with all that a record needs of it made beforehand.
type entity struct {
	key  string
	hash [2]uint64 // MD5 of key, big-endian halves
	id   [8]byte   // the hex digits the key ends with
}

// newEntities makes n keys: the prefix and eight hex digits that are distinct and depend on the seed.
func newEntities(prefix string, n int, seed uint64) []entity {
	width := len(prefix) + 8
	text := make([]byte, 0, n*width)
	for i := range n {
		text = append(text, prefix...)
		text = append(text, "00000000"...)
		putHex8(text[len(text)-8:], permute32(uint32(i), seed))
	}
	keys := string(text) // one string for all: the keys are parts of it
	es := make([]entity, n)
	for i := range es {
		e := &es[i]
		e.key = keys[i*width : (i+1)*width]
		e.hash = hashKey(text[i*width : (i+1)*width])
		copy(e.id[:], e.key[len(prefix):])
	}
	return es
}

// hashKey is the hash key of a partition key: its MD5 as a 128-bit number, big-endian (Kinesis API reference, PutRecord).
func hashKey(key []byte) [2]uint64 {
	sum := md5.Sum(key)
	return [2]uint64{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// population deals entities to lanes: entity e lives in lane e mod lanes, as number e / lanes of it. Entity 0 is the one
// of the highest rank.
type population struct {
	count  int
	shares []float64 // of the load, by lane
	weight []float64 // of the load, by entity
	picks  []picker  // by lane; they pick numbers within the lane
}

func newPopulation(count, lanes int, skew Skew) (*population, error) {
	w, err := skew.weights(count)
	if err != nil {
		return nil, err
	}
	p := &population{count: count, weight: w, shares: make([]float64, lanes), picks: make([]picker, lanes)}
	for lane := range lanes {
		own := make([]float64, 0, count/lanes+1)
		for e := lane; e < count; e += lanes {
			own = append(own, w[e])
			p.shares[lane] += w[e]
		}
		p.picks[lane] = newPicker(own, skew == Uniform())
	}
	return p, nil
}

// of is the number of entities in a lane.
func (p *population) of(lane int) int { return (p.count - lane + len(p.shares) - 1) / len(p.shares) }

// picker draws numbers by weight in constant time (Walker's alias method).
type picker struct {
	count uint32
	cells []cell // nil where all weigh the same
}

// cell i is drawn as often as the others; it stands for i with probability keep/2^32 and for alias otherwise.
type cell struct{ keep, alias uint32 }

// newPicker builds the table as Vose (1991) does. Weights that sum to 0 count as even.
func newPicker(weights []float64, even bool) picker {
	n := len(weights)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	p := picker{count: uint32(n)}
	if even || sum == 0 {
		return p
	}
	p.cells = make([]cell, n)
	scaled := make([]float64, n)
	var small, large []int
	for i, w := range weights {
		scaled[i] = w / sum * float64(n)
		if scaled[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		p.cells[s] = cell{keep: uint32(min(scaled[s]*(1<<32), 1<<32-1)), alias: uint32(l)}
		scaled[l] -= 1 - scaled[s]
		if scaled[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) { // what is left is 1 but for rounding
		p.cells[i] = cell{keep: 1<<32 - 1, alias: uint32(i)}
	}
	return p
}

// pick draws with one random number: the upper half chooses the cell, the lower half decides within it.
func (p *picker) pick(r uint64) uint32 {
	i := below(r, p.count)
	if p.cells == nil {
		return i
	}
	if c := p.cells[i]; uint32(r) >= c.keep {
		return c.alias
	}
	return i
}
