package httpclient

import (
	"bytes"
	"errors"
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

// TestGate holds a request back until its gate returns, and does not send it where the gate fails.
func TestGate(t *testing.T) {
	for _, fail := range []error{nil, errors.New("it stays")} {
		asked, sent := 0, 0
		c := New(roundTrip(func(r *http.Request) (*http.Response, error) {
			if sent++; asked != 1 {
				t.Error("sent before the gate was asked")
			}
			return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
		}))
		ctx := WithGate(t.Context(), func() error { asked++; return fail })
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(r)
		if !errors.Is(err, fail) || asked != 1 || (sent == 1) != (fail == nil) {
			t.Errorf("gate %v: error %v, asked %d times, sent %d times", fail, err, asked, sent)
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// closable is a body whose WriteTo answers as smithy-go's does once it is closed.
type closable struct{ *bytes.Reader }

func (closable) WriteTo(io.Writer) (int64, error) { return 0, io.EOF }
func (closable) Close() error                     { return nil }
