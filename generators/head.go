package generators

import (
	"bytes"
	"compress/gzip"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// What compressed bodies begin with (RFC 1952 with deflate, RFC 8878).
const (
	gzipMagic = "\x1f\x8b\x08"
	zstdMagic = "\x28\xb5\x2f\xfd"
)

// isCompressed tells whether bytes may be a compressed body.
func isCompressed(b []byte) bool {
	return bytes.HasPrefix(b, []byte(gzipMagic)) || bytes.HasPrefix(b, []byte(zstdMagic))
}

// heads decompress the beginnings of bodies.
var heads = sync.Pool{New: func() any { return new(head) }}

// head decompresses as much of a body as an identity takes, whatever follows.
type head struct {
	from bytes.Reader
	gzip gzip.Reader
	zstd *zstd.Decoder // made when it is needed
	text [identityLen]byte
}

// read is the beginning of what a body was before it was compressed; nil where that is shorter, or the body is none.
func (h *head) read(body []byte) []byte {
	h.from.Reset(body)
	defer h.from.Reset(nil)
	var plain io.Reader
	if bytes.HasPrefix(body, []byte(gzipMagic)) {
		if h.gzip.Reset(&h.from) != nil {
			return nil
		}
		plain = &h.gzip
	} else {
		if h.zstd == nil {
			h.zstd, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(16<<20)) // it starts no goroutine
		}
		if h.zstd.Reset(&h.from) != nil {
			return nil
		}
		plain = h.zstd
	}
	if _, err := io.ReadFull(plain, h.text[:]); err != nil {
		return nil
	}
	return h.text[:]
}

// Skip is how much of b, which begins with a body of ours, is sure to hold no other: all of one that is compressed, in which its
// identity may be seen again, and else a byte.
func Skip(b []byte) int {
	n := 0
	switch {
	case bytes.HasPrefix(b, []byte(gzipMagic)):
		n = gzipLength(b)
	case bytes.HasPrefix(b, []byte(zstdMagic)):
		n = zstdLength(b)
	}
	return max(n, min(1, len(b)))
}

// gzipLength is the length of the member that b begins with; 0 where there is no whole one.
func gzipLength(b []byte) int {
	from := bytes.NewReader(b) // nothing is read ahead of a reader of bytes
	z, err := gzip.NewReader(from)
	if err != nil {
		return 0
	}
	z.Multistream(false)
	if _, err := io.Copy(io.Discard, z); err != nil {
		return 0
	}
	return len(b) - from.Len()
}

// zstdLength is the length of the frame that b begins with; 0 where there is no whole one. A frame is a header, blocks with headers
// of three bytes, and maybe a checksum (RFC 8878, 3.1.1).
func zstdLength(b []byte) int {
	var h zstd.Header
	if h.Decode(b) != nil || h.Skippable {
		return 0
	}
	at := h.HeaderSize
	for last := false; !last; {
		if at+3 > len(b) {
			return 0
		}
		block := int(b[at]) | int(b[at+1])<<8 | int(b[at+2])<<16
		last = block&1 != 0
		size := block >> 3
		if block>>1&3 == 1 { // one byte, repeated
			size = 1
		}
		at += 3 + size
	}
	if h.HasCheckSum {
		at += 4
	}
	if at > len(b) {
		return 0
	}
	return at
}
