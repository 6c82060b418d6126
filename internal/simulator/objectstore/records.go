package objectstore

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Compression formats of [Service.PutRecords]; "" is Uncompressed.
const (
	Uncompressed = "UNCOMPRESSED"
	Gzip         = "GZIP"
	Zstd         = "ZSTD"
)

// encodings are the Content-Encoding of compressed objects: of GZIP as measured on AWS, of ZSTD the name that HTTP has (RFC 8878).
var encodings = map[string]string{"": "", Uncompressed: "", Gzip: "gzip", Zstd: "zstd"}

// PutRecords stores an object that is the concatenation of records, without a separator, compressed as asked. The
// records are read during the call only. Where all of them have their bytes the object is made at once; else it is made
// when it is first looked at, and size is -1 until then unless it follows from the records (it is the sum of their sizes
// where nothing is compressed).
//
// It fails with [ErrNoSuchBucket], [ErrKeyTooLong] and [ErrFull].
func (s *Service) PutRecords(now time.Time, bucket, key string, records []record.Record, compression string) (size int64, err error) {
	return s.PutRecordsAs(now, bucket, key, records, compression, "")
}

// PutRecordsAs is PutRecords with the storage class that the object is to show; "" is STANDARD.
func (s *Service) PutRecordsAs(
	now time.Time, bucket, key string, records []record.Record, compression, storageClass string,
) (size int64, err error) {
	encoding, known := encodings[compression]
	if !known {
		return 0, fmt.Errorf("put object %q: compression %q is not one of %s, %s, %s", key, compression, Uncompressed, Gzip, Zstd)
	}
	meta := Meta{ContentType: "application/octet-stream", ContentEncoding: encoding, StorageClass: storageClass}
	o := &object{info: Info{Key: key, Size: -1, Modified: now, Records: len(records), Meta: meta}}
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
	if o.compressed() {
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
	made := &object{info: o.info}
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
	switch o.info.Meta.ContentEncoding {
	case encodings[Gzip]:
		c.gzip.Reset(&c.out)
		o.body = c.compress(c.gzip, records, s.config.Render)
	case encodings[Zstd]:
		o.body = c.compress(c.zstandard(), records, s.config.Render)
	default:
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

// compressed tells whether what is rendered from records is compressed.
func (o *object) compressed() bool { return o.info.Meta.ContentEncoding != "" }

// compressor is what one body is made with; they are pooled.
type compressor struct {
	out  bytes.Buffer
	gzip *gzip.Writer
	zstd *zstd.Encoder // nil until it is needed, which is seldom: it is large
	one  []byte        // a rendered record
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

// zstandard is a writer of the fastest level, as that of gzip is. It starts no goroutine.
func (c *compressor) zstandard() *zstd.Encoder {
	if c.zstd == nil {
		var err error
		c.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // its options are constant
		}
	}
	c.zstd.Reset(&c.out)
	return c.zstd
}

// compress makes a body by a writer that writes to out.
func (c *compressor) compress(to io.WriteCloser, records []record.Record, render record.Render) []byte {
	c.out.Reset()
	written := 0
	for i := range records {
		data := records[i].Data
		if lazy(&records[i]) {
			c.one = render(c.one[:0], &records[i])
			data = c.one
		}
		_, _ = to.Write(data) // writing to a buffer does not fail
		if written += len(data); written >= politeness {
			written = 0
			runtime.Gosched()
		}
	}
	_ = to.Close()
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
