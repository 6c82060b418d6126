package conformance

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// roundTrip is a whole endpoint: every request gets this answer.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return f(r)
}

func answers(status int, kind, body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}, nil
	}
}

// hostile are endpoints that are not ones.
var hostile = map[string]roundTrip{
	"empty object":      answers(200, jsonKind, `{}`),
	"null":              answers(200, jsonKind, `null`),
	"list":              answers(200, jsonKind, `[]`),
	"nothing":           answers(200, jsonKind, ``),
	"empty document":    answers(200, "application/xml", `<a/>`),
	"page":              answers(200, "text/html", `<html>it works</html>`),
	"not found":         answers(404, "text/plain", `404 page not found`),
	"redirection":       answers(302, "text/plain", ``),
	"broken":            answers(500, "text/plain", `oops`),
	"error of nothing":  answers(400, jsonKind, `{"__type":"SomeException"}`),
	"unknown operation": answers(400, jsonKind, `{"__type":"UnknownOperationException","message":""}`),
	"access denied":     answers(403, jsonKind, `{"__type":"AccessDeniedException","message":"no"}`),
	"refused":           func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
	"cut":               func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
	"hangs": func(*http.Request) (*http.Response, error) {
		return nil, timeout{}
	},
}

// timeout is what a transport gives up with when no header comes.
type timeout struct{}

func (timeout) Error() string   { return "timeout awaiting response headers" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

func somePackage(context.Context, string) ([]byte, error) { return []byte("zip"), nil }

// TestHostileEndpoints expects a finding for each case from endpoints that are not ones, and none that something is there.
func TestHostileEndpoints(t *testing.T) {
	for name, endpoint := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := Run(t.Context(), Endpoint{URL: "http://127.0.0.1:1", Transport: endpoint}, Options{Package: somePackage})
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != len(Cases()) {
				t.Errorf("%d findings, want %d", len(found), len(Cases()))
			}
			for _, f := range found {
				if f.Verdict == Unknown != f.Unasked {
					t.Errorf("%s %s: unasked %v", f.Case, f.Verdict, f.Unasked)
				}
				if f.Verdict != Refuses && f.Verdict != Unknown || f.Detail == "" {
					t.Errorf("%s %s: %s", f.Case, f.Verdict, f.Detail)
				}
			}
		})
	}
}

// TestCasesCanFail runs each case against the same endpoints without asking first whether a service is there: none may
// panic, none may go on past the end of its context, and none may find what it claims in such answers.
func TestCasesCanFail(t *testing.T) {
	plausible := map[string]string{ // what a case claims can be what a hostile endpoint does
		"unknown-operation": "unknown operation",
	}
	for name, endpoint := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Endpoint{URL: "http://127.0.0.1:1", Transport: endpoint}.clients()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			var all sync.WaitGroup
			for _, k := range Cases() {
				all.Go(func() {
					f := k.run(ctx, (&lab{clients: c, prefix: "p-", role: "arn:aws:iam::123456789012:role/r", zip: []byte("zip")}).bench(k.Name))
					if f.Verdict == "" || f.Verdict == Does && plausible[k.Name] != name {
						t.Errorf("%s %s: %s", k.Name, f.Verdict, f.Detail)
					}
				})
			}
			all.Wait()
		})
	}
}

// TestRealHang waits for an endpoint that takes connections and says nothing: the run's context ends it.
func TestRealHang(t *testing.T) {
	held := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	endpoint := roundTrip(func(r *http.Request) (*http.Response, error) {
		close(held) // the first request; there is no second
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	var all sync.WaitGroup
	var err error
	all.Go(func() {
		_, err = Run(ctx, Endpoint{URL: "http://127.0.0.1:1", Transport: endpoint}, Options{Only: []string{"put-500-records"}})
	})
	<-held
	cancel()
	all.Wait()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}
