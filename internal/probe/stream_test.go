package probe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestStreamErrors(t *testing.T) {
	rows := []struct {
		name   string
		status int
		code   string // "" cuts the connection
		again  bool
	}{
		{"stored", 200, "", false},
		{"throttled", 400, "ProvisionedThroughputExceededException", true},
		{"throttled by KMS", 400, "KMSThrottlingException", true},
		{"the service's fault", 500, "InternalFailure", true},
		{"busy", 503, "ServiceUnavailable", true},
		{"no answer", 0, "", true},
		{"no such stream", 400, "ResourceNotFoundException", false},
		{"not allowed", 400, "AccessDeniedException", false},
		{"too long", 400, "ValidationException", false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests.Add(1)
				if row.status == 0 {
					panic(http.ErrAbortHandler)
				}
				w.Header().Set("Content-Type", "application/x-amz-json-1.1")
				w.WriteHeader(row.status)
				_, _ = io.WriteString(w, `{"__type":"`+row.code+`","message":"no"}`)
			}))
			defer server.Close()
			s, err := newStream(Settings{Receipts: "receipts", Endpoint: server.URL}, lambdaHas(nil), nil)
			if err != nil {
				t.Fatal(err)
			}
			err = s.Put(t.Context(), "key", []byte("receipt"))
			if (err == nil) != (row.status == 200) || errors.Is(err, ErrTryAgain) != row.again || requests.Load() != 1 {
				t.Errorf("%d requests: %v; want one, to be made again: %t", requests.Load(), err, row.again)
			}
		})
	}
	t.Run("the invocation ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s, err := newStream(Settings{Receipts: "receipts", Endpoint: "http://127.0.0.1:1"}, lambdaHas(nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Put(ctx, "key", nil); err == nil || errors.Is(err, ErrTryAgain) {
			t.Errorf("got %v", err)
		}
	})
}

// lambdaHas is a function's environment with some more variables.
func lambdaHas(more map[string]string) func(string) string {
	return func(name string) string {
		if v, ok := more[name]; ok {
			return v
		}
		return map[string]string{"AWS_REGION": "us-east-2", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"}[name]
	}
}

// TestStreamEndpoint asks for each way to tell the endpoint, by an HTTP client that only looks.
func TestStreamEndpoint(t *testing.T) {
	both := map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_KINESIS": "http://127.0.0.1:2"}
	rows := []struct {
		name, setting string
		more          map[string]string
		want          string
	}{
		{"AWS", "", nil, "https://kinesis.us-east-2.amazonaws.com"},
		{"LocalStack's", "", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "http://127.0.0.1:1"},
		{"of Kinesis", "", both, "http://127.0.0.1:2"},
		{"the setting", "http://127.0.0.1:3", both, "http://127.0.0.1:3"},
		{"another region", "", map[string]string{"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"}, "https://kinesis.eu-west-1.amazonaws.com"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var asked, token string
			s, err := newStream(Settings{Receipts: "receipts", Endpoint: row.setting}, lambdaHas(row.more), looks(func(r *http.Request) {
				asked, token = r.URL.Scheme+"://"+r.URL.Host, r.Header.Get("X-Amz-Security-Token")
			}))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Put(t.Context(), "key", []byte("receipt")); err != nil {
				t.Fatal(err)
			}
			if asked != row.want || token != "c" {
				t.Errorf("asked %s with the token %q, want %s", asked, token, row.want)
			}
		})
	}
}

type looks func(*http.Request)

func (l looks) Do(r *http.Request) (*http.Response, error) {
	l(r)
	return &http.Response{
		StatusCode: 200, Request: r, Body: io.NopCloser(strings.NewReader(`{}`)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
	}, nil
}
