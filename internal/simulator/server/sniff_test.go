package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// newAuthority makes an authority in a folder of the test's own; the pool is what its clients trust.
func newAuthority(t testing.TB, hosts ...string) (a *Authority, file string, pool *x509.CertPool) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "ca.pem")
	a, err := OpenAuthority(file, hosts, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a, file, poolOf(t, file)
}

func poolOf(t testing.TB, file string) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", text)
	}
	return pool
}

// listenTLS serves h with a certificate of an authority of the test's own.
func listenTLS(t testing.TB, h http.Handler) (*Listener, *x509.CertPool) {
	t.Helper()
	a, _, pool := newAuthority(t)
	certificate, err := a.Certificate(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	l, err := ListenTLS(context.Background(), ":0", h, nil, certificate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l, pool
}

// TestTLSAndPlainOnOnePort: each way in which clients of Kinesis connect, with the real client.
func TestTLSAndPlainOnOnePort(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	l, pool := listenTLS(t, newServer(t, kinesis.Limits{}))
	_, port, _ := net.SplitHostPort(l.Addr())
	trusted := &tls.Config{RootCAs: pool}
	unnegotiated := func(ctx context.Context, network, addr string) (net.Conn, error) {
		return (&tls.Dialer{Config: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}}).DialContext(ctx, network, addr)
	}
	http1, http2, clear2 := new(http.Protocols), new(http.Protocols), new(http.Protocols)
	http1.SetHTTP1(true)
	http2.SetHTTP2(true)
	clear2.SetUnencryptedHTTP2(true)
	tests := []struct {
		name, url string
		transport *http.Transport
		major     int
	}{
		{"HTTP/1.1", "http://127.0.0.1:" + port, &http.Transport{Protocols: http1}, 1},
		{"HTTP/2 by prior knowledge", "http://127.0.0.1:" + port, &http.Transport{Protocols: clear2}, 2},
		{"TLS, HTTP/1.1", "https://127.0.0.1:" + port, &http.Transport{Protocols: http1, TLSClientConfig: trusted.Clone()}, 1},
		{"TLS, HTTP/2 negotiated", "https://localhost:" + port, &http.Transport{Protocols: http2, TLSClientConfig: trusted.Clone()}, 2},
		{"TLS, HTTP/2 without negotiation, as Java's", "http://127.0.0.1:" + port, &http.Transport{Protocols: clear2, DialContext: unnegotiated}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer tt.transport.CloseIdleConnections()
			mended := httpclient.New(tt.transport)
			var got *http.Response
			client := newClient(tt.url, "AKID")
			for range 2 {
				_, err := client.ListShards(t.Context(), &sdk.ListShardsInput{StreamName: aws.String("s")}, func(o *sdk.Options) {
					o.HTTPClient = doer(func(r *http.Request) (resp *http.Response, err error) {
						got, err = mended.Do(r)
						return got, err
					})
				})
				if err != nil || got.ProtoMajor != tt.major {
					t.Fatalf("HTTP/%d: %v", tt.major, err)
				}
			}
		})
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestLargeBodies: a request and an answer of several TLS records.
func TestLargeBodies(t *testing.T) {
	t.Parallel()
	l, pool := listenTLS(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	sent := strings.Repeat("0123456789abcdef", 1<<17)
	for _, url := range []string{"http://" + l.Addr(), "https://" + l.Addr()} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		w, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(w.Body)
		w.Body.Close()
		if err != nil || string(got) != sent {
			t.Errorf("%s: %d bytes of %d came back, %v", url, len(got), len(sent), err)
		}
	}
}

// TestRefusedBodyIsAnsweredFirst: a client that is still sending too long a body reads its answer before the connection, or with HTTP/2
// the stream, ends.
func TestRefusedBodyIsAnsweredFirst(t *testing.T) {
	t.Parallel()
	l, pool := listenTLS(t, newServer(t, kinesis.Limits{}))
	one, two := new(http.Protocols), new(http.Protocols)
	one.SetHTTP1(true)
	two.SetHTTP2(true)
	two.SetUnencryptedHTTP2(true)
	for i, url := range []string{"http://" + l.Addr(), "https://" + l.Addr(), "http://" + l.Addr(), "https://" + l.Addr()} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, Protocols: []*http.Protocols{one, two}[i/2]}
		defer transport.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), "POST", url, io.LimitReader(zeros{}, 17<<20))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{
			"Content-Type": jsonType, "X-Amz-Target": kinesisTarget + "PutRecords", "Authorization": authorization, "X-Amz-Date": "20261124T000000Z",
		} {
			r.Header.Set(name, value)
		}
		w, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(url, err)
		}
		w.Body.Close()
		if w.StatusCode != http.StatusRequestEntityTooLarge || w.ProtoMajor != 1+i/2 {
			t.Errorf("%s: status %d by HTTP/%d", url, w.StatusCode, w.ProtoMajor)
		}
	}
}

// TestSilentClientsHoldUpNobody: clients that begin a handshake and say no more, or say nothing, keep nobody from being
// served, nor the listener from closing.
func TestSilentClientsHoldUpNobody(t *testing.T) {
	t.Parallel()
	l, pool := listenTLS(t, http.NotFoundHandler())
	var silent []net.Conn
	for _, first := range []string{"", "\x16", "\x16\x03\x01\x02\x00\x01", "G"} {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		silent = append(silent, c)
		if _, err := io.WriteString(c, first); err != nil {
			t.Fatal(err)
		}
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+l.Addr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	w.Body.Close()
	transport.CloseIdleConnections()
	began := time.Now()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 2*closeTimeout {
		t.Errorf("closing took %v", took)
	}
	for i, c := range silent {
		_ = c.SetReadDeadline(time.Now().Add(closeTimeout))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("silent client %d is still connected", i)
		}
	}
}

// TestSlowHandshake: a client that dawdles over the handshake is cut off as one that dawdles over a header is.
func TestSlowHandshake(t *testing.T) {
	a, _, _ := newAuthority(t)
	certificate, err := a.Certificate(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, sent := range map[string]string{"one byte": "\x16", "half a hello": "\x16\x03\x01\x02\x00\x01\x00"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				quiet := slog.New(slog.DiscardHandler)
				client, srv := net.Pipe()
				pipes := &pipeListener{conns: make(chan net.Conn, 1)}
				pipes.conns <- srv
				hs := newHTTP(t.Context(), http.NotFoundHandler(), quiet)
				go func() {
					_ = hs.Serve(&sniffer{Listener: pipes, config: &tls.Config{Certificates: []tls.Certificate{certificate}}, logger: quiet})
				}()
				defer hs.Close()
				began := time.Now()
				if _, err := io.WriteString(client, sent); err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, client)
				if took := time.Since(began); took < headerTimeout || took > headerTimeout+6*time.Second {
					t.Errorf("cut off after %v, want %v", took, headerTimeout)
				}
			})
		})
	}
}

// TestDistrustIsLogged: a client that does not trust the certificate is no mystery.
func TestDistrustIsLogged(t *testing.T) {
	a, _, _ := newAuthority(t)
	certificate, err := a.Certificate(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var log lockedText
	l, err := ListenTLS(t.Context(), ":0", http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil)), certificate)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&tls.Dialer{Config: &tls.Config{RootCAs: x509.NewCertPool()}}).DialContext(t.Context(), "tcp", l.Addr()); err == nil {
		t.Fatal("the client trusts it")
	}
	if err := l.Close(); err != nil { // waits for the connection
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "tls handshake failed") {
		t.Errorf("logged %q", got)
	}
}

type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestCloseSaysGoodbye: an idle client under TLS is told of the end, and not cut off.
func TestCloseSaysGoodbye(t *testing.T) {
	t.Parallel()
	l, pool := listenTLS(t, http.NotFoundHandler())
	c, err := (&tls.Dialer{Config: &tls.Config{RootCAs: pool}}).DialContext(t.Context(), "tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("the connection ended with %v", err)
	}
}

// TestPlainConnectionsKeepTheSocketsOwnWays: without TLS an answer from a file is left to the socket.
func TestPlainConnectionsKeepTheSocketsOwnWays(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	socket := &readFromConn{Conn: a}
	c := &sniffedConn{Conn: socket}
	if n, err := c.ReadFrom(strings.NewReader("abc")); n != 3 || err != nil || !socket.used {
		t.Errorf("%d, %v, used: %v", n, err, socket.used)
	}
	if err := c.CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a pipe cannot be half closed: %v", err)
	}
}

type readFromConn struct {
	net.Conn
	used bool
}

func (c *readFromConn) ReadFrom(r io.Reader) (int64, error) {
	c.used = true
	return io.Copy(io.Discard, r)
}
