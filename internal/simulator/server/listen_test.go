package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

func contextGone() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx, cancel
}

func TestListenIsOnLoopback(t *testing.T) {
	for _, addr := range []string{":0", "127.0.0.1:0", "localhost:0"} {
		l, err := Listen(t.Context(), addr, http.NotFoundHandler(), nil)
		if err != nil {
			t.Fatal(err)
		}
		host, _, _ := net.SplitHostPort(l.Addr())
		if ip := net.ParseIP(host); !ip.IsLoopback() {
			t.Errorf("%s listens on %s", addr, l.Addr())
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Error("a second time:", err)
		}
	}
}

func TestListenRefusals(t *testing.T) {
	taken, err := Listen(t.Context(), ":0", http.NotFoundHandler(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr())
	tests := []struct{ name, addr, want string }{
		{"a port in use", taken.Addr(), "listen on " + taken.Addr() + ": port " + port + " is in use: stop what holds it, or choose another port"},
		{"no port", "127.0.0.1", "listen on 127.0.0.1: not an address of the form host:port"},
		{"a port that is none", "127.0.0.1:99999", "invalid port"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Listen(t.Context(), tt.addr, http.NotFoundHandler(), nil)
			if err == nil {
				t.Fatal("no error", l.Close())
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q", err, tt.want)
			}
		})
	}
}

// TestBothProtocolsOnOnePort: HTTP/1.1 and HTTP/2 by prior knowledge, without TLS.
func TestBothProtocolsOnOnePort(t *testing.T) {
	l, err := Listen(t.Context(), ":0", newServer(t, kinesis.Limits{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, major := range []int{1, 2} {
		p := new(http.Protocols)
		p.SetHTTP1(major == 1)
		p.SetUnencryptedHTTP2(major == 2)
		transport := &http.Transport{Protocols: p}
		mended := httpclient.New(transport)
		var got *http.Response
		client := newClient(l.URL(), "AKID")
		_, err := client.ListStreams(t.Context(), &sdk.ListStreamsInput{}, func(o *sdk.Options) {
			o.HTTPClient = doer(func(r *http.Request) (resp *http.Response, err error) {
				got, err = mended.Do(r)
				return got, err
			})
		})
		if err != nil || got.ProtoMajor != major {
			t.Errorf("HTTP/%d: %v", major, err)
		}
		transport.CloseIdleConnections()
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// TestCloseEndsHeldRequests: a request that a fault holds does not keep the listener from closing.
func TestCloseEndsHeldRequests(t *testing.T) {
	h, held := newServer(t, kinesis.Limits{}), make(chan struct{})
	h.cfg.Faults = func(time.Time, fault.Request) fault.Action {
		close(held)
		return fault.Action{Release: make(chan struct{})}
	}
	ctx, cancel := context.WithCancel(t.Context())
	l, err := Listen(ctx, ":0", h, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() { _, err := putSome(t, newClient(l.URL(), "AKID"), 1); answer <- err }()
	<-held
	cancel()
	if err := <-answer; !errors.Is(err, io.EOF) {
		t.Errorf("the held request ended with %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestSlowClients: a client that dawdles over a header or a body is cut off, and the server goes on serving.
func TestSlowClients(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\nContent-Type: " + jsonType +
		"\r\nAuthorization: " + authorization + "\r\nX-Amz-Date: 20261124T000000Z\r\nContent-Length: 2\r\n"
	tests := []struct {
		name, sent string
		want       time.Duration
	}{
		{"nothing", "", headerTimeout},
		{"half a header", head[:40], headerTimeout},
		{"no body", head + "\r\n", readTimeout},
		{"half a body", head + "\r\n{", readTimeout},
		{"nothing more after an answer", head + "\r\n{}", idleTimeout},
	}
	for _, tt := range tests {
		for name, serve := range map[string]func(*testing.T, *Server) net.Conn{"net/http": servePipe, "front": serveFront} {
			t.Run(tt.name+" to "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client, begin := serve(t, newServer(t, kinesis.Limits{})), time.Now()
					if _, err := io.WriteString(client, tt.sent); err != nil {
						t.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, client)
					if took := time.Since(begin); took < tt.want || took > tt.want+time.Second {
						t.Errorf("cut off after %v, want %v", took, tt.want)
					}
				})
			})
		}
	}
}

// servePipe serves one connection by net/http until the test is over.
func servePipe(t *testing.T, s *Server) (client net.Conn) {
	client, srv := net.Pipe()
	l := &pipeListener{conns: make(chan net.Conn, 1)}
	l.conns <- srv
	hs := newHTTP(t.Context(), s, slog.New(slog.DiscardHandler))
	go func() { _ = hs.Serve(l) }()
	t.Cleanup(func() { _ = hs.Close() })
	return client
}

// serveFront serves one connection by the front until the test is over.
func serveFront(t *testing.T, s *Server) (client net.Conn) {
	client, _ = frontOverPipe(t, s)
	return client
}

// pipeListener hands out connections that are made already.
type pipeListener struct {
	conns chan net.Conn
	net.Listener
}

func (l *pipeListener) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l *pipeListener) Close() error   { close(l.conns); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }
