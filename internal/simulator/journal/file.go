package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// A file begins with its header, holds blocks, and ends, once it is sealed, with the index of its blocks and a trailer that
// says where that begins.
const (
	magic        = "wavetank"
	version      = 2
	headerBytes  = 24
	trailer      = "wt-index"
	trailerBytes = 16
	extension    = ".journal"
)

// file is one file of a journal. It is guarded by the journal's lock, but for what the one who writes does to os.
type file struct {
	id      uint32
	path    string
	os      *os.File // nil: not made yet
	nonce   uint64   // of its marks
	size    int64    // with what is not written yet
	live    int      // blocks of records that somebody still needs
	sealed  bool     // nothing is appended any more
	entries []entry  // of its index, while it is not sealed
}

// entry is a block in a file.
type entry struct {
	head   Head
	off    int64
	length int // with its frame
}

func fileName(id uint32) string { return fmt.Sprintf("%08d%s", id, extension) }

func (f *file) header() []byte {
	b := append(make([]byte, 0, headerBytes), magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, f.id)
	return binary.LittleEndian.AppendUint64(b, f.nonce)
}

// checkHeader reads the header that a file begins with.
func (f *file) checkHeader(b []byte) error {
	if len(b) < headerBytes || string(b[:8]) != magic {
		return fmt.Errorf("%s is no file of a journal: move it elsewhere", f.path)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return fmt.Errorf("%s has the format version %d; this program reads version %d: open it with the program that wrote it, or "+
			"start with an empty directory", f.path, v, version)
	}
	if id := binary.LittleEndian.Uint32(b[12:]); id != f.id {
		return fmt.Errorf("%s was file %d of its journal: give it its name back", f.path, id)
	}
	f.nonce = binary.LittleEndian.Uint64(b[16:])
	return nil
}

// markBytes is a mark's length: a block whose body is its kind alone. What says that it is this file's, and of this place, is its
// sum, which is over them as well: data is taken for one by chance alone, once in four billion places that look like it.
const markBytes = frameBytes + 1

// appendMark appends the mark that lies at an offset of the file.
func (f *file) appendMark(dst []byte, off int64) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, 1)
	dst = binary.LittleEndian.AppendUint32(dst, f.markSum(off))
	return append(dst, byte(mark))
}

func (f *file) markSum(off int64) uint32 {
	b := binary.LittleEndian.AppendUint64([]byte{byte(mark)}, f.nonce)
	return crc32.Checksum(binary.LittleEndian.AppendUint64(b, uint64(off)), castagnoli)
}

// markAt tells whether the mark of an offset of the file begins b.
func (f *file) markAt(b []byte, off int64) bool {
	return len(b) >= markBytes && Kind(b[frameBytes]) == mark && binary.LittleEndian.Uint32(b) == 1 &&
		binary.LittleEndian.Uint32(b[4:]) == f.markSum(off)
}

// marked tells whether one of the file's marks lies at or after an offset of its content b.
func (f *file) marked(b []byte, off int64) bool {
	for ; off+markBytes <= int64(len(b)); off++ {
		if f.markAt(b[off:], off) {
			return true
		}
	}
	return false
}

// appendIndex appends the file's index, which lies at an offset, and its trailer. An entry is what its block's head says, where it is
// and how long it is; its arrival and its place are told by how much they are behind the latest arrival and the end before.
func (f *file) appendIndex(dst []byte, off int64) []byte {
	at := len(dst)
	dst = append(appendFrame(dst), byte(index), 0)
	end, arrival := int64(headerBytes), int64(0)
	for i := range f.entries {
		e := &f.entries[i]
		h := e.head
		h.Arrival, arrival = h.Arrival-arrival, max(h.Arrival, arrival)
		dst = h.append(dst)
		dst = binary.AppendUvarint(dst, uint64(e.off-end))
		dst = binary.AppendUvarint(dst, uint64(e.length))
		end = e.off + int64(e.length)
	}
	closeFrame(dst, at)
	last := len(dst)
	dst = append(dst, trailer...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(off))
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[last:], castagnoli))
}

// readIndex reads the entries of a sealed file of so many bytes; ok is false where it is not sealed.
func (f *file) readIndex(size int64) (entries []entry, ok bool, err error) {
	end := size - trailerBytes
	if end < headerBytes {
		return nil, false, nil
	}
	t := make([]byte, trailerBytes)
	if _, err := f.os.ReadAt(t, end); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", f.path, err)
	}
	if string(t[:8]) != trailer || crc32.Checksum(t[:12], castagnoli) != binary.LittleEndian.Uint32(t[12:]) {
		return nil, false, nil
	}
	off := int64(binary.LittleEndian.Uint32(t[8:]))
	if off < headerBytes || off > end {
		return nil, false, nil
	}
	b := make([]byte, end-off)
	if _, err := f.os.ReadAt(b, off); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", f.path, err)
	}
	body, n, err := frame(b)
	if err != nil || n != len(b) || Kind(body[0]) != index {
		return nil, false, nil
	}
	entries, err = parseIndex(body[2:], off)
	return entries, err == nil, nil
}

func parseIndex(b []byte, most int64) (entries []entry, err error) {
	end, arrival := int64(headerBytes), int64(0)
	for len(b) > 0 {
		h, rest, err := parseHead(b)
		r := reader{b: rest}
		if h.Kind == Records {
			h.Arrival += arrival
		}
		e := entry{h, end + int64(r.upTo(uint64(most))), int(r.upTo(maxBody + frameBytes))}
		if err != nil || r.bad || h.Kind > Document || e.off+int64(e.length) > most {
			return nil, errBlock
		}
		entries, b = append(entries, e), r.b
		end, arrival = e.off+int64(e.length), max(h.Arrival, arrival)
	}
	return entries, nil
}

// scan reads the blocks of a file of so many bytes that is not sealed. What follows end is the torn end of what was being written when the
// process ended: nobody was told that it is kept.
func (f *file) scan(size int64) (entries []entry, end int64, err error) {
	b := make([]byte, size)
	if _, err := f.os.ReadAt(b, 0); err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", f.path, err)
	}
	off := int64(headerBytes)
	for off < int64(len(b)) {
		if f.markAt(b[off:], off) {
			off += markBytes
			continue
		}
		body, n, err := frame(b[off:])
		var h Head
		if err == nil {
			h, _, err = parseHead(body)
		}
		if err != nil {
			if f.marked(b, off+1) {
				return nil, 0, f.damaged(off)
			}
			return entries, off, nil
		}
		if h.Kind == index {
			return entries, off, nil // its trailer was not written
		}
		entries = append(entries, entry{h, off, n})
		off += int64(n)
	}
	return entries, off, nil
}

// damaged is the error of a block that was synced and is not what was written.
func (f *file) damaged(off int64) error {
	return fmt.Errorf("%s is damaged at offset %d, and what follows was kept after it: bring the file back from a copy, or move it "+
		"elsewhere to go on without its records and those before them", f.path, off)
}

// open opens a file that is there.
func openFile(dir string, id uint32) (*file, int64, error) {
	f := &file{id: id, path: filepath.Join(dir, fileName(id))}
	o, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return nil, 0, err
	}
	f.os = o
	head := make([]byte, headerBytes)
	n, err := o.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, errors.Join(fmt.Errorf("read %s: %w", f.path, err), o.Close())
	}
	st, err := o.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, o.Close())
	}
	if st.Size() < headerBytes {
		return f, st.Size(), nil
	}
	if err := f.checkHeader(head[:n]); err != nil {
		return nil, 0, errors.Join(err, o.Close())
	}
	return f, st.Size(), nil
}
