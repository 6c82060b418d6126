package httpclient

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// TestBodiesOnlyRead sends a body as the SDK's are, closed and asked again after the answer began, and expects the end of
// the body where WriteTo would give an error that net/http takes for a failed write.
func TestBodiesOnlyRead(t *testing.T) {
	var sent io.Reader
	c := New(roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = r.Body
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
	}))
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/", &closable{Reader: bytes.NewReader([]byte("records"))})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, sent); n != int64(len("records")) || err != nil {
		t.Errorf("copied %d bytes, %v; want 7 and no error", n, err)
	}
	if _, ok := sent.(io.WriterTo); ok {
		t.Error("the body offers WriteTo")
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// closable is a body whose WriteTo answers as smithy-go's does once it is closed.
type closable struct{ *bytes.Reader }

func (closable) WriteTo(io.Writer) (int64, error) { return 0, io.EOF }
func (closable) Close() error                     { return nil }
