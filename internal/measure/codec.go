package measure

import (
	"encoding/binary"
	"errors"
)

// The coding of a window's touched buckets. They are written from the lowest to the highest as pairs (step, count): step
// is how far a bucket is from the one before it (from -1 at the beginning), count how many values it holds; both are 1 at
// least. A busy second has neighbouring buckets with small counts, so one byte holds two such pairs, or one larger pair;
// what does not fit takes a uvarint or two. Every value of the first byte:
//
//	  0– 63  two pairs, each of step 1–2 and count 1–4
//	 64–159  step 1–4,  count 1–24
//	160–203  step 5–48, count 1
//	204–235  step 5–20, count 2–3
//	236–251  step 1–16, then uvarint(count-1)
//	252      uvarint(step-1), count 1
//	253      uvarint(step-1), uvarint(count-1)
const (
	codeMedium = 64
	codeLone   = 160
	codeFew    = 204
	codeCount  = 236
	codeStep   = 252
	codeBoth   = 253
)

var (
	errBucket = errors.New("histogram: a bucket above the top")
	errCode   = errors.New("histogram: unknown code")
	errShort  = errors.New("histogram: cut short")
	errCount  = errors.New("histogram: a count too large")
)

// packer writes pairs. The zero value is ready; finish is called after the last pair.
type packer struct {
	dst  []byte
	last int  // the bucket before, plus 1
	held byte // a small pair waiting for another, plus 1; 0 is none
}

// add writes one bucket. Buckets come in rising order, count is 1 at least.
func (p *packer) add(bucket int, count int64) {
	step := int64(bucket + 1 - p.last)
	p.last = bucket + 1
	if step > 2 || count > 4 {
		p.large(step, count)
		return
	}
	pair := byte((step-1)<<2 | (count - 1))
	if p.held == 0 {
		p.held = pair + 1
		return
	}
	p.dst = append(p.dst, (p.held-1)<<3|pair)
	p.held = 0
}

// large writes a pair that is no small one.
func (p *packer) large(step, count int64) {
	p.finish()
	switch {
	case step <= 4 && count <= 24:
		p.dst = append(p.dst, codeMedium+byte((step-1)*24+count-1))
	case step >= 5 && step <= 48 && count == 1:
		p.dst = append(p.dst, codeLone+byte(step-5))
	case step >= 5 && step <= 20 && count <= 3:
		p.dst = append(p.dst, codeFew+byte((step-5)*2+count-2))
	case step <= 16:
		p.dst = append(p.dst, codeCount+byte(step-1))
		p.dst = binary.AppendUvarint(p.dst, uint64(count-1))
	case count == 1:
		p.dst = append(p.dst, codeStep)
		p.dst = binary.AppendUvarint(p.dst, uint64(step-1))
	default:
		p.dst = append(p.dst, codeBoth)
		p.dst = binary.AppendUvarint(p.dst, uint64(step-1))
		p.dst = binary.AppendUvarint(p.dst, uint64(count-1))
	}
}

// finish writes a pair that is still waiting for another.
func (p *packer) finish() {
	if p.held != 0 {
		step, count := int(p.held-1)>>2, int(p.held-1)&3
		p.dst = append(p.dst, codeMedium+byte(step*24+count))
		p.held = 0
	}
}
