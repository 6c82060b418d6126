package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func attempt(url string) *firehose.Request {
	return &firehose.Request{
		URL: url, ID: "id", SourceARN: "arn", Timestamp: time.UnixMilli(1), Attempt: 1, Timeout: time.Minute,
		Records: []record.Record{{Data: []byte("hello"), Size: 5}},
	}
}

func TestSenderSends(t *testing.T) {
	var got *http.Request
	var body string
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, body = r, string(b)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte("{}"))
	}))
	defer endpoint.Close()
	s := NewSender(t.Context(), SenderConfig{})
	defer s.Close()
	r := attempt(endpoint.URL + "/path?key=value")
	r.AccessKey, r.CommonAttributes = `{"user": "u"}`, `{"commonAttributes":{"a":"ü"}}`
	a := s.Post(time.Time{}, r)
	if a.Failure != firehose.Answered || a.Status != 202 || string(a.Body) != "{}" || a.ContentType != "application/json" || a.ContentLength != 2 || a.ContentEncoding != "" {
		t.Errorf("%+v", a)
	}
	want := map[string]string{
		"Content-Type": "application/json", "X-Amz-Firehose-Protocol-Version": "1.0", "X-Amz-Firehose-Request-Id": "id",
		"X-Amz-Firehose-Source-Arn": "arn", "X-Amz-Firehose-Access-Key": `{"user": "u"}`, "X-Amz-Firehose-Common-Attributes": `{"commonAttributes":{"a":"ü"}}`,
		"User-Agent": "Amazon Kinesis Data Firehose Agent/1.0", "Content-Length": "64",
	}
	for name, value := range want {
		if got.Header.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), value)
		}
	}
	if len(got.Header) != len(want) || got.Method != http.MethodPost || got.RequestURI != "/path?key=value" || body != `{"requestId":"id","timestamp":1,"records":[{"data":"aGVsbG8="}]}` {
		t.Errorf("%s %s %s %v", got.Method, got.RequestURI, body, got.Header)
	}
}

func TestSenderFailures(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	redirected := false
	mux := http.NewServeMux()
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { redirected = true })
	mux.HandleFunc("/reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/half", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("half"))
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/chunked", func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write([]byte("{}"))
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) })
	mux.HandleFunc("/never", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	endpoint := httptest.NewServer(mux)
	defer endpoint.Close()
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	gone := httptest.NewServer(mux)
	gone.Close()

	tests := []struct {
		name, url string
		failure   firehose.Failure
		status    int
	}{
		{"a redirect is not followed", endpoint.URL + "/redirect", firehose.Answered, 307},
		{"reset", endpoint.URL + "/reset", firehose.ConnectionReset, 0},
		{"reset in the answer", endpoint.URL + "/half", firehose.ConnectionReset, 0},
		{"nobody listens", gone.URL, firehose.ConnectionFailed, 0},
		{"another machine", "http://192.0.2.1:9/", firehose.ConnectionFailed, 0},
		{"a certificate that is not trusted", secure.URL, firehose.HandshakeFailed, 0},
		{"no TLS", strings.Replace(endpoint.URL, "http:", "https:", 1), firehose.HandshakeFailed, 0},
		{"no answer", endpoint.URL + "/never", firehose.TimedOut, 0},
		{"chunked", endpoint.URL + "/chunked", firehose.Answered, 200},
		{"large", endpoint.URL + "/large", firehose.Answered, 200},
	}
	s := NewSender(t.Context(), SenderConfig{})
	defer s.Close()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := attempt(tt.url)
			if tt.failure == firehose.TimedOut {
				r.Timeout = 50 * time.Millisecond
			}
			a := s.Post(time.Time{}, r)
			if a.Failure != tt.failure || a.Status != tt.status || strings.Contains(a.Detail, tt.url) {
				t.Errorf("failure %d, status %d, %q; want %d, %d", a.Failure, a.Status, a.Detail, tt.failure, tt.status)
			}
			switch tt.name {
			case "chunked":
				if a.ContentLength != -1 {
					t.Errorf("content length %d", a.ContentLength)
				}
			case "large":
				if len(a.Body) != 1<<20+1 {
					t.Errorf("%d bytes are read", len(a.Body))
				}
			}
		})
	}
	if redirected {
		t.Error("a redirect was followed")
	}
}

// TLS works with a certificate that is trusted, over HTTP/2 as well.
func TestSenderOverTLS(t *testing.T) {
	endpoint := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 || r.Header.Get("X-Amz-Firehose-Request-Id") != "id" {
			t.Errorf("%s, %v", r.Proto, r.Header)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	endpoint.EnableHTTP2 = true
	endpoint.StartTLS()
	defer endpoint.Close()
	roots := x509.NewCertPool()
	roots.AddCert(endpoint.Certificate())
	s := NewSender(t.Context(), SenderConfig{TLS: &tls.Config{RootCAs: roots}})
	defer s.Close()
	if a := s.Post(time.Time{}, attempt(endpoint.URL)); a.Failure != firehose.Answered || a.Status != http.StatusNoContent {
		t.Errorf("%+v", a)
	}
}

// Close ends a request that waits, and lets no other begin. Neither is an attempt.
func TestSenderCloses(t *testing.T) {
	arrived := make(chan struct{})
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
	}))
	defer endpoint.Close()
	s := NewSender(context.Background(), SenderConfig{})
	answered := make(chan firehose.Answer)
	go func() { answered <- s.Post(time.Time{}, attempt(endpoint.URL)) }()
	<-arrived
	closed := make(chan struct{})
	go func() { s.Close(); close(closed) }()
	if a := <-answered; a.Failure != firehose.Closed {
		t.Errorf("the one that waited: %+v", a)
	}
	<-closed
	s.Close()
	if a := s.Post(time.Time{}, attempt(endpoint.URL)); a.Failure != firehose.Closed {
		t.Errorf("the one after: %+v", a)
	}
}
