package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

const (
	headerTimeout = 10 * time.Second // to send a request's header
	readTimeout   = 60 * time.Second // to send all of a request
	idleTimeout   = 5 * time.Minute  // between two requests
	closeTimeout  = 3 * time.Second  // for running requests to end when the listener closes
	maxHeader     = 64 << 10         // bytes
)

// Listener is a handler on a socket. Close ends it; it is safe for concurrent use.
type Listener struct {
	net    net.Listener
	front  *front // nil where the handler is not a Server
	server *http.Server
	cancel context.CancelFunc
	done   sync.WaitGroup
	once   sync.Once
	err    error
}

// Listen serves h on addr, HTTP/1.1 and HTTP/2 without TLS alike. An address without a host is on loopback only; port 0
// is any free one. ctx is the base of all requests' contexts: when it ends, held requests end, too. logger hears what the
// HTTP server complains about; nil: nobody.
func Listen(ctx context.Context, addr string, h http.Handler, logger *slog.Logger) (*Listener, error) {
	return listen(ctx, addr, h, logger, nil)
}

// ListenTLS is Listen for clients with TLS and without, on the same port, as they like. Those with TLS are shown the
// certificate.
func ListenTLS(
	ctx context.Context, addr string, h http.Handler, logger *slog.Logger, certificate tls.Certificate,
) (*Listener, error) {
	return listen(ctx, addr, h, logger, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		NextProtos:   []string{"h2", "http/1.1"},
		MinVersion:   tls.VersionTLS12,
	})
}

func listen(ctx context.Context, addr string, h http.Handler, logger *slog.Logger, config *tls.Config) (*Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: not an address of the form host:port", addr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	addr = net.JoinHostPort(host, port)
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listen on %s: port %s is in use: stop what holds it, or choose another port", addr, port)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("listen on %s: port %s needs privileges: choose one above 1023", addr, port)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return serve(ctx, l, h, logger, config), nil
}

// Serve is Listen on what accepts connections already; Close closes that, too.
func Serve(ctx context.Context, l net.Listener, h http.Handler, logger *slog.Logger) *Listener {
	return serve(ctx, l, h, logger, nil)
}

func serve(ctx context.Context, l net.Listener, h http.Handler, logger *slog.Logger, config *tls.Config) *Listener {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	base, cancel := context.WithCancel(ctx)
	out := &Listener{cancel: cancel, server: newHTTP(base, h, logger)}
	if s, ok := h.(*Server); ok {
		out.front = newFront(base, l, s, logger)
		l = out.front
	}
	if config != nil {
		l = &sniffer{Listener: l, config: config, logger: logger}
	}
	out.net = l
	out.done.Go(func() { _ = out.server.Serve(l) }) // returns when Close does its work
	return out
}

// newHTTP sets up net/http: both protocols on one port (Java's and JavaScript's Kinesis clients speak HTTP/2 without TLS
// and without asking), and a limit on everything that a client may take its time with.
func newHTTP(base context.Context, h http.Handler, logger *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           h,
		Protocols:         protocols,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
}

// Addr is where it listens: 127.0.0.1:4566.
func (l *Listener) Addr() string { return l.net.Addr().String() }

// URL is the endpoint to give to a client.
func (l *Listener) URL() string { return "http://" + l.Addr() }

// Close stops listening, lets running requests end for a while, then ends them, and returns when all is closed. It may be
// called more than once.
func (l *Listener) Close() error {
	l.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if err := l.server.Shutdown(ctx); err != nil {
			l.cancel()
			l.err = l.server.Close()
		}
		if l.front != nil {
			l.front.end(ctx, l.cancel)
		}
		l.cancel()
		l.done.Wait()
	})
	return l.err
}
