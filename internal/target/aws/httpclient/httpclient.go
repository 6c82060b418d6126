// Package httpclient is the HTTP client of the AWS SDK's clients, with one mend.
//
// smithy-go closes a request's body as soon as the answer's header is there; net/http may then still be asking the body
// whether it has ended, and where the body offers WriteTo it takes the closed body's io.EOF for a failed write and closes
// the connection under the answer. A server as near as ours answers quickly enough to meet this: a put that was stored came
// back as an error, and its retry was stored again. A body that only reads answers the question with its end.
package httpclient

import (
	"io"
	"net/http"
)

// Client sends requests for an SDK client: set it as aws.Config.HTTPClient. It is safe for concurrent use.
type Client struct{ http http.Client }

// New makes a client over a transport; nil is http.DefaultTransport.
func New(transport http.RoundTripper) *Client {
	return &Client{http.Client{Transport: transport}}
}

// Do sends the request.
func (c *Client) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = onlyReads{r.Body}
	}
	return c.http.Do(r)
}

// onlyReads hides what else a body can do.
type onlyReads struct{ io.ReadCloser }
