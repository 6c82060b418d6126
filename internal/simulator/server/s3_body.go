package server

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// The most bytes of an object's or part's body, and of an XML document. AWS takes 5 GiB in one request.
const (
	maxObject   = 512 << 20
	maxDocument = 2 << 20
)

// body reads a request's body whole, undoes aws-chunked, and checks it against what the client says of it.
func (req *s3Request) body() ([]byte, objectstore.Checksum, error) {
	var none objectstore.Checksum
	if req.ContentLength > maxObject+maxObject/8 {
		return nil, none, tooLargeObject()
	}
	limited := http.MaxBytesReader(req.w, req.Body, maxObject+maxObject/8) // chunks have heads
	var in io.Reader = limited
	var trailer http.Header
	if req.isChunked() {
		chunked := newChunkedReader(limited)
		in, trailer = chunked, chunked.trailer
	}
	body, err := io.ReadAll(io.LimitReader(in, maxObject+1))
	if err != nil {
		return nil, none, badS3Body(err)
	}
	if len(body) > maxObject {
		return nil, none, tooLargeObject()
	}
	if want := req.Header.Get("X-Amz-Decoded-Content-Length"); want != "" && want != strconv.Itoa(len(body)) {
		return nil, none, incompleteBody()
	}
	checksum, err := verify(body, req.Header, trailer)
	if err != nil {
		return nil, none, err
	}
	if cap(body)-len(body) > len(body)/4 {
		body = bytes.Clone(body) // the store is charged for what a body takes
	}
	return body, checksum, nil
}

// isChunked tells whether the body is aws-chunked: the hash that was signed says so, and some clients only the encoding.
func (req *s3Request) isChunked() bool {
	return strings.HasPrefix(req.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") || hasChunked(req.Header.Get("Content-Encoding"))
}

func hasChunked(encoding string) bool {
	for e := range strings.SplitSeq(encoding, ",") {
		if strings.TrimSpace(e) == "aws-chunked" {
			return true
		}
	}
	return false
}

func badS3Body(err error) error {
	tooLarge := (*http.MaxBytesError)(nil)
	switch {
	case errors.As(err, &tooLarge):
		return tooLargeObject()
	case errors.Is(err, errChunk):
		return &s3Error{http.StatusBadRequest, "InvalidRequest", err.Error()}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return incompleteBody()
	}
	panic(http.ErrAbortHandler) // the client is gone: there is nobody to answer
}

func incompleteBody() *s3Error {
	return &s3Error{http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header"}
}

func tooLargeObject() *s3Error {
	return &s3Error{http.StatusBadRequest, "EntityTooLarge", "wavetank takes bodies of at most 512 MiB; larger objects are uploaded in parts"}
}

// document reads the request's XML document into v; a request without one leaves v as it is.
func (req *s3Request) document(v any) error {
	body, _, err := req.body()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if len(body) > maxDocument || xml.Unmarshal(body, v) != nil {
		return &s3Error{http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"}
	}
	return nil
}
