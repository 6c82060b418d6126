package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The most bytes of a chunk's first line (a size and a signature) and of all trailers.
const (
	maxChunkLine = 1 << 10
	maxTrailers  = 8 << 10
)

// chunkedReader decodes an aws-chunked body: what SDKs send when they sign or check a body chunk by chunk. It is not the
// chunked coding of HTTP, which net/http has undone before:
//
//	4000;chunk-signature=…\r\n <16,384 bytes> \r\n … 0;chunk-signature=…\r\n x-amz-checksum-crc32:…\r\n \r\n
//
// Signatures are not checked, as no signature is. After io.EOF the trailers are there. (S3 API reference, "Signature
// calculations for the Authorization header: transferring payload in multiple chunks", and "… including trailing headers".)
type chunkedReader struct {
	r       *bufio.Reader
	left    int64 // of the chunk
	begun   bool
	err     error
	trailer http.Header
}

var errChunk = errors.New("the body is not aws-chunked as its header says")

func newChunkedReader(r io.Reader) *chunkedReader {
	return &chunkedReader{r: bufio.NewReaderSize(r, 32<<10), trailer: http.Header{}}
}

func (c *chunkedReader) Read(p []byte) (int, error) {
	if c.err == nil && c.left == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	c.err = err
	return n, nil // an error comes with the next read
}

// next reads up to the next chunk's data; io.EOF is behind the last chunk and its trailers.
func (c *chunkedReader) next() error {
	if c.begun {
		if line, err := c.line(2); err != nil || line != "" {
			return errors.Join(errChunk, err)
		}
	}
	c.begun = true
	line, err := c.line(maxChunkLine)
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 62)
	if err != nil {
		return fmt.Errorf("%w: %q is not a chunk's size", errChunk, size)
	}
	if c.left = int64(n); n > 0 {
		return nil
	}
	return c.trailers()
}

// trailers reads what is behind the last chunk: headers and an empty line, or nothing at all where a client sends none.
func (c *chunkedReader) trailers() error {
	for room := maxTrailers; ; {
		line, err := c.line(room)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF) && line == "", err == nil && line == "":
			return io.EOF
		case err != nil:
			return err
		}
		room -= len(line)
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return fmt.Errorf("%w: %q is not a trailer", errChunk, line)
		}
		c.trailer.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
}

// line reads a line of at most room bytes, without its end.
func (c *chunkedReader) line(room int) (string, error) {
	var line []byte
	for len(line) < room {
		b, err := c.r.ReadByte()
		switch {
		case err == io.EOF:
			return string(line), io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		case b == '\n':
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b)
	}
	return "", fmt.Errorf("%w: a line is longer than %d bytes", errChunk, room)
}
