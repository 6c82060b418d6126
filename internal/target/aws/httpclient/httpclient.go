// Package httpclient is the HTTP client of the AWS SDK's clients, with a gate and one mend.
//
// The gate stands behind all that the SDK does with a request: it is encoded and signed, and no byte of it has been sent.
//
// smithy-go closes a request's body as soon as the answer's header is there; net/http may then still be asking the body
// whether it has ended, and where the body offers WriteTo it takes the closed body's io.EOF for a failed write and closes
// the connection under the answer. A server as near as ours answers quickly enough to meet this: a put that was stored came
// back as an error, and its retry was stored again. A body that only reads answers the question with its end.
package httpclient

import (
	"context"
	"io"
	"net/http"
)

// Client sends requests for an SDK client: set it as aws.Config.HTTPClient. It is safe for concurrent use.
type Client struct{ http http.Client }

// New makes a client over a transport; nil is http.DefaultTransport.
func New(transport http.RoundTripper) *Client {
	return &Client{http.Client{Transport: transport}}
}

type gateKey struct{}

// WithGate makes a request of the context wait before it is sent until gate returns, on the goroutine that sends it. An
// error of the gate is the request's.
func WithGate(ctx context.Context, gate func() error) context.Context {
	return context.WithValue(ctx, gateKey{}, gate)
}

// Do sends the request.
func (c *Client) Do(r *http.Request) (*http.Response, error) {
	if gate, ok := r.Context().Value(gateKey{}).(func() error); ok {
		if err := gate(); err != nil {
			return nil, err
		}
	}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = onlyReads{r.Body}
	}
	return c.http.Do(r)
}

// onlyReads hides what else a body can do.
type onlyReads struct{ io.ReadCloser }
