package objectstore

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Compression formats of [Service.PutRecords]; "" is Uncompressed.
const (
	Uncompressed = "UNCOMPRESSED"
	Gzip         = "GZIP"
)

// PutRecords stores an object that is the concatenation of records, without a separator, compressed as asked. The
// records are read during the call only. Where all of them have their bytes the object is made at once; else it is made
// when it is first looked at, and size is -1 until then unless it follows from the records (it is the sum of their sizes
// where nothing is compressed).
//
// It fails with [ErrNoSuchBucket], [ErrKeyTooLong] and [ErrFull].
func (s *Service) PutRecords(now time.Time, bucket, key string, records []record.Record, compression string) (size int64, err error) {
	if compression != "" && compression != Uncompressed && compression != Gzip {
		return 0, fmt.Errorf("put object %q: compression %q is not one of %s, %s", key, compression, Uncompressed, Gzip)
	}
	o := &object{
		info: Info{Key: key, Size: -1, Modified: now, Records: len(records), Meta: Meta{ContentType: "application/octet-stream"}},
		gzip: compression == Gzip,
	}
	if o.gzip {
		o.info.Meta.ContentEncoding = "gzip" // as measured on AWS
	}
	have := s.fill(o, records)
	if have {
		s.make(o, records)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.insert(bucket, o); err != nil {
		return 0, fmt.Errorf("put object %q: %w", key, err)
	}
	return o.info.Size, nil
}

// fill keeps what a lazy object needs of records, and tells whether all of them have their bytes instead.
func (s *Service) fill(o *object, records []record.Record) (have bool) {
	switch {
	case !slices.ContainsFunc(records, func(r record.Record) bool { return lazy(&r) }):
		return true
	case s.config.DropRecords:
		o.dropped = true
	default:
		o.records = slices.Clone(records)
		o.held = int64(len(records))*recordCost + dataBytes(records)
	}
	if o.gzip {
		return false // its size is not known yet
	}
	o.info.Size = 0
	for i := range records {
		o.info.Size += int64(records[i].Size)
	}
	return false
}

// lazy tells whether a record's bytes must be rendered.
func lazy(r *record.Record) bool { return r.Data == nil && r.Size > 0 }

func dataBytes(records []record.Record) (n int64) {
	for i := range records {
		n += int64(len(records[i].Data))
	}
	return n
}

// render makes the body of an object of records. The caller holds the lock.
func (s *Service) render(o *object) error {
	if o.rendered {
		return nil
	}
	if s.config.Render == nil && slices.ContainsFunc(o.records, func(r record.Record) bool { return lazy(&r) }) {
		return fail(ErrNotRendered, "%q holds records of ours and this store has no way to render them", o.info.Key)
	}
	made := &object{info: o.info, gzip: o.gzip}
	s.make(made, o.records)
	if err := s.reserve(made.held - o.held); err != nil {
		return err
	}
	if o.dropped { // making room for itself it was the one to go
		s.used -= made.held
		return fail(ErrDropped, "of %q: it does not fit under the cap", o.info.Key)
	}
	o.info, o.body, o.held, o.rendered, o.records = made.info, made.body, made.held, true, nil
	return nil
}

// make writes records into an object's body.
func (s *Service) make(o *object, records []record.Record) {
	c, _ := s.writers.Get().(*compressor)
	if c == nil {
		c = newCompressor(s.config.Level)
	}
	if o.gzip {
		o.body = c.compress(records, s.config.Render)
	} else {
		o.body = c.concatenate(records, s.config.Render)
	}
	if c.out.Cap() <= maxPooled {
		s.writers.Put(c)
	}
	sum := md5.Sum(o.body)
	o.info.ETag = hex.EncodeToString(sum[:])
	o.info.Size = int64(len(o.body))
	o.held = int64(cap(o.body))
	o.rendered = true
}

// maxPooled is the largest output buffer worth keeping for the next object.
const maxPooled = 16 << 20

// compressor is what one body is made with; they are pooled.
type compressor struct {
	out  bytes.Buffer
	gzip *gzip.Writer
	one  []byte // a rendered record
}

func newCompressor(level int) *compressor {
	c := &compressor{}
	w, err := gzip.NewWriterLevel(&c.out, level)
	if err != nil { // no such level: the fastest
		w, _ = gzip.NewWriterLevel(&c.out, gzip.BestSpeed)
	}
	c.gzip = w
	return c
}

// politeness is how many bytes are compressed before others get the processor: a few objects at once would hold all of
// them for ten milliseconds and more, and on the wall the load that is due then would leave late.
const politeness = 32 << 10

// compress makes a gzip body.
func (c *compressor) compress(records []record.Record, render record.Render) []byte {
	c.out.Reset()
	c.gzip.Reset(&c.out)
	written := 0
	for i := range records {
		data := records[i].Data
		if lazy(&records[i]) {
			c.one = render(c.one[:0], &records[i])
			data = c.one
		}
		_, _ = c.gzip.Write(data) // writing to a buffer does not fail
		if written += len(data); written >= politeness {
			written = 0
			runtime.Gosched()
		}
	}
	_ = c.gzip.Close()
	return append(make([]byte, 0, c.out.Len()), c.out.Bytes()...)
}

func (c *compressor) concatenate(records []record.Record, render record.Render) []byte {
	size := 0
	for i := range records {
		size += int(records[i].Size)
	}
	body := make([]byte, 0, size)
	for i := range records {
		if lazy(&records[i]) {
			body = render(body, &records[i])
		} else {
			body = append(body, records[i].Data...)
		}
	}
	return body
}
