package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
)

// connectTimeout is how long a connection to an HTTP endpoint may take. AWS does not say.
const connectTimeout = 30 * time.Second

// agent is the User-Agent of Firehose's requests, as seen on AWS.
const agent = "Amazon Kinesis Data Firehose Agent/1.0"

// SenderConfig is how a Sender behaves. The zero value sends to this machine and to nobody else.
type SenderConfig struct {
	// Anywhere lets requests leave this machine. Without it a URL that leads to an address that is not on loopback is a
	// connection that failed: a load test must not hit somebody else's endpoint because a file names it.
	Anywhere bool
	// TLS is of connections with https; nil: the system's certificates are trusted.
	TLS *tls.Config
}

// Sender sends the requests of delivery streams to HTTP endpoints, on the wall. It is a [firehose.Endpoints], safe for
// concurrent use, and starts no request by itself: each is its caller's. Whoever makes it closes it, before the clock of
// the callers is stopped.
type Sender struct {
	client http.Client
	base   context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

var _ firehose.Endpoints = (*Sender)(nil)

// NewSender makes a sender. When ctx ends, requests that wait for their answer end too.
func NewSender(ctx context.Context, c SenderConfig) *Sender {
	dialer := &net.Dialer{Timeout: connectTimeout}
	if !c.Anywhere {
		dialer.Control = onlyLoopback
	}
	s := &Sender{}
	s.base, s.cancel = context.WithCancel(ctx)
	s.client = http.Client{
		Transport: &http.Transport{
			DialContext:         dialer.DialContext,
			TLSClientConfig:     c.TLS,
			TLSHandshakeTimeout: connectTimeout,
			DisableCompression:  true, // an endpoint must not encode its answer, and is not asked to
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

// errNotHere is a connection that would leave this machine.
var errNotHere = errors.New("it is not on this machine, and requests are kept to loopback")

// onlyLoopback refuses a connection by the address that is dialled: a name says nothing.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return errNotHere
	}
	return nil
}

// Post sends one request and waits for its answer.
func (s *Sender) Post(_ time.Time, r *firehose.Request) firehose.Answer {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return firehose.Answer{Failure: firehose.Closed}
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()

	ctx, cancel := context.WithTimeout(s.base, r.Timeout)
	defer cancel()
	req, err := s.request(ctx, r)
	if err != nil {
		return firehose.Answer{Failure: firehose.ConnectionFailed, Detail: err.Error()}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return s.noAnswer(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return s.noAnswer(ctx, err)
	}
	return firehose.Answer{
		Status:          resp.StatusCode,
		ContentType:     resp.Header.Get("Content-Type"),
		ContentEncoding: resp.Header.Get("Content-Encoding"),
		ContentLength:   resp.ContentLength,
		Body:            body,
	}
}

// maxAnswer is the longest answer that Firehose takes, in bytes.
const maxAnswer = 1 << 20

// request makes the request as Firehose sends it.
func (s *Sender) request(ctx context.Context, r *firehose.Request) (*http.Request, error) {
	body, err := r.AppendBody(nil)
	if err != nil {
		return nil, err
	}
	if r.Gzip {
		if body, err = zip(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the URL is not one") // its text may hold a secret
	}
	h := req.Header
	h.Set("User-Agent", agent)
	h.Set("Content-Type", "application/json")
	h.Set("X-Amz-Firehose-Protocol-Version", "1.0")
	h.Set("X-Amz-Firehose-Request-Id", r.ID)
	h.Set("X-Amz-Firehose-Source-Arn", r.SourceARN)
	if r.AccessKey != "" {
		h.Set("X-Amz-Firehose-Access-Key", r.AccessKey)
	}
	if r.CommonAttributes != "" {
		h.Set("X-Amz-Firehose-Common-Attributes", r.CommonAttributes)
	}
	if r.Gzip {
		h.Set("Content-Encoding", "gzip")
	}
	return req, nil
}

func zip(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// noAnswer says why there is none. The URL, which the client's error begins with, may hold a secret and is left out.
func (s *Sender) noAnswer(ctx context.Context, err error) firehose.Answer {
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		err = outer.Err
	}
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	var alert tls.AlertError
	a := firehose.Answer{Failure: firehose.ConnectionReset, Detail: err.Error()}
	switch {
	case s.base.Err() != nil:
		a = firehose.Answer{Failure: firehose.Closed}
	case errors.As(err, &dial) && dial.Op == "dial":
		a.Failure = firehose.ConnectionFailed
	case errors.As(err, &certificate), errors.As(err, &notTLS), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch),
		strings.HasPrefix(a.Detail, "tls: "), strings.Contains(a.Detail, "TLS handshake"):
		a.Failure = firehose.HandshakeFailed
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		a = firehose.Answer{Failure: firehose.TimedOut}
	}
	return a
}

// Close ends the requests that wait, lets no more begin, and returns when all have ended. It may be called more than once.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.running.Wait()
	s.client.CloseIdleConnections()
}
