package generators

import (
	"bytes"
	"fmt"
	"time"

	"github.com/klauspost/compress/gzip" // half the cost of the standard library's, most of which is to begin
	"github.com/klauspost/compress/zstd"
)

// How bodies are compressed, by the names that HTTP's Content-Encoding has (RFC 9110 and RFC 8878).
const (
	Gzip = "gzip"
	Zstd = "zstd"
)

// Compressions are all of them.
var Compressions = []string{Gzip, Zstd}

// Compress makes a generator whose bodies are those of another, each compressed by itself at the format's default level; "" leaves
// them as they are. Its keys and identities are the other's.
//
// The size of a compressed body is known when it is rendered and compressed. So Next does both, also where nobody asks for
// the body: a record costs many times what it does uncompressed.
func Compress(g Generator, compression string) (Generator, error) {
	switch compression {
	case "":
		return g, nil
	case Gzip, Zstd:
		return &compressed{g, compression}, nil
	}
	return nil, fmt.Errorf("compression: %w", unknown(compression, Compressions))
}

type compressed struct {
	Generator
	compression string
}

// Lane makes a fresh lane of compressed bodies.
func (g *compressed) Lane(lane int) Lane {
	l := &compressedLane{Lane: g.Generator.Lane(lane)}
	if g.compression == Gzip {
		l.gzip = gzip.NewWriter(nil)
		return l
	}
	var err error
	if l.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
		panic(err) // its options are constant
	}
	return l
}

// At is the same generator with another Start.
func (g *compressed) At(start time.Time) Generator {
	return &compressed{g.Generator.At(start), g.compression}
}

// compressedLane compresses each body as it is drawn. One of gzip and zstd is set.
type compressedLane struct {
	Lane
	gzip  *gzip.Writer
	zstd  *zstd.Encoder
	plain []byte
	body  bytes.Buffer // of the last record
}

// Next draws, renders and compresses the next record.
func (l *compressedLane) Next(due time.Duration, r *Record) {
	l.Lane.Next(due, r)
	l.plain = l.Lane.Append(l.plain[:0])
	l.body.Reset()
	if l.zstd != nil {
		l.body.Write(l.zstd.EncodeAll(l.plain, l.body.AvailableBuffer()))
	} else {
		l.gzip.Reset(&l.body)
		_, _ = l.gzip.Write(l.plain) // a bytes.Buffer takes everything
		_ = l.gzip.Close()
	}
	r.Size = int32(l.body.Len())
}

// Append appends the compressed body of the last record.
func (l *compressedLane) Append(dst []byte) []byte { return append(dst, l.body.Bytes()...) }
