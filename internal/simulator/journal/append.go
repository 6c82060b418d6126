package journal

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
)

// append appends a block to the newest file, or to the next. The caller holds the lock.
func (j *Journal) append(h Head, payload func(dst []byte) []byte) (entry, *file, error) {
	if j.failure != nil {
		return entry{}, nil, j.failure
	}
	f := j.newest()
	if f.size >= j.cfg.FileBytes {
		j.seal(f)
		f = j.newest()
	}
	p := j.piece(f)
	from, at := len(p.data), len(p.data)
	if j.durable && p.off+int64(at) == f.size && at == 0 {
		p.data = f.appendMark(p.data, f.size)
		at = len(p.data)
	}
	p.data = payload(h.append(appendFrame(p.data)))
	closeFrame(p.data, at)
	e := entry{h, p.off + int64(at), len(p.data) - at}
	j.grow(f, int64(len(p.data)-from))
	if !j.durable {
		return e, f, j.writeNow(p)
	}
	f.entries = append(f.entries, e)
	return e, f, nil
}

// newest is the file that takes what is appended.
func (j *Journal) newest() *file {
	if n := len(j.order); n > 0 && !j.order[n-1].sealed {
		return j.order[n-1]
	}
	f := &file{id: j.next, nonce: rand.Uint64(), path: filepath.Join(j.dir, fileName(j.next))}
	j.next++
	j.files[f.id] = f
	j.order = append(j.order, f)
	p := j.piece(f)
	p.data = append(p.data, f.header()...)
	j.grow(f, headerBytes)
	return f
}

// piece is what of a file is to be written next: where it can be appended to.
func (j *Journal) piece(f *file) *piece {
	if n := len(j.pending); n > 0 && j.pending[n-1].file == f {
		return &j.pending[n-1]
	}
	p := piece{file: f, off: f.size}
	if n := len(j.spare); n > 0 {
		p.data, j.spare = j.spare[n-1][:0], j.spare[:n-1]
	}
	j.pending = append(j.pending, p)
	return &j.pending[len(j.pending)-1]
}

// grow counts bytes that were appended to a file.
func (j *Journal) grow(f *file, n int64) {
	f.size += n
	j.bytes += n
	j.appended += uint64(n)
}

// seal ends a file.
func (j *Journal) seal(f *file) {
	f.sealed = true
	if j.durable {
		p := j.piece(f)
		from := len(p.data)
		p.data = f.appendIndex(p.data, f.size)
		j.grow(f, int64(len(p.data)-from))
		f.entries = nil
	}
	if j.carrying {
		return
	}
	for _, o := range slices.Clone(j.order) {
		if o.sealed && o.live == 0 {
			j.die(o)
		}
	}
}
