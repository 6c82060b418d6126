package journal

import (
	"errors"
	"fmt"
	"os"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Read appends the records of a block. An error that is ErrGone means that the block was released meanwhile. Data of the
// records is theirs alone.
func (j *Journal) Read(ref Ref, dst []record.Record) ([]record.Record, error) {
	j.mu.Lock()
	f := j.files[ref.file]
	var o *os.File
	if f != nil {
		o = f.os
	}
	j.mu.Unlock()
	if o == nil {
		return dst, ErrGone
	}
	b := make([]byte, ref.length)
	if _, err := o.ReadAt(b, int64(ref.off)); err != nil {
		if errors.Is(err, os.ErrClosed) {
			return dst, ErrGone
		}
		return dst, fmt.Errorf("read the block at offset %d of %s: %w", ref.off, f.path, err)
	}
	body, _, err := frame(b)
	if err == nil {
		var h Head
		if h, body, err = parseHead(body); err == nil && (h.Kind != Records || h.First != ref.First || h.Count != int(ref.count)) {
			err = errBlock
		}
		if err == nil {
			dst, err = decodeRecords(h, body, dst)
		}
	}
	if err != nil {
		return dst, fmt.Errorf("read the block at offset %d of %s: %w", ref.off, f.path, err)
	}
	return dst, nil
}
