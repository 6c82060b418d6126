package server

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// maxBody is the most bytes of a JSON request. 10 MiB of records are 13.4 MiB in base64 (PutRecords); the rest is
	// keys and syntax. What is longer is answered with 413, as AWS does (seen in boto3 issue 1147).
	maxBody = 16 << 20

	// writeTimeout is how long a client may take to read an answer.
	writeTimeout = 60 * time.Second

	keptBuffer = 4 << 20 // larger buffers are not kept for the next request
)

// buffer is scratch space for one request's body and answer.
type buffer struct{ in, out []byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func (b *buffer) release() {
	if cap(b.in) <= keptBuffer && cap(b.out) <= keptBuffer {
		buffers.Put(b)
	}
}

// read reads the whole body of a JSON request into the buffer.
func (b *buffer) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxBody {
		return nil, errTooLarge
	}
	if n := int(r.ContentLength) + 512; cap(b.in) < n {
		b.in = make([]byte, 0, n)
	}
	b.in = b.in[:0]
	body := http.MaxBytesReader(w, r.Body, maxBody)
	for {
		if len(b.in) == cap(b.in) {
			b.in = append(b.in, 0)[:len(b.in)]
		}
		n, err := body.Read(b.in[len(b.in):cap(b.in)])
		b.in = b.in[:len(b.in)+n]
		if err == io.EOF {
			return b.in, nil
		}
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, errTooLarge
		}
		if err != nil {
			// The body did not come as announced: there is nobody to answer.
			panic(http.ErrAbortHandler)
		}
	}
}

var errTooLarge = &wireError{
	http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
	"The request body is longer than wavetank reads (16 MiB).",
}

// write sends status and body; a client that does not read is cut off.
func write(w http.ResponseWriter, status int, body []byte) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // not every writer has one
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}
