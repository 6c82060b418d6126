package server

import (
	"context"
	"log/slog"
	"net"
	"sync"
)

// front is a listener that answers Kinesis itself and hands everything else to whoever accepts from it, which is net/http.
//
// net/http spends more on a request than a put of one record does: it makes a header map, a context and a goroutine that
// watches for the client to go. The front takes a request only where it is sure to see what net/http would: HTTP/1.1, POST,
// the path /, a length, a target of Kinesis, a signature with all its parts, and no header that changes what the request
// means. At the first byte that is otherwise, be it TLS, HTTP/2, a chunked body or a mistake, the connection is net/http's,
// from the beginning of that request and for good. So nothing is refused here, and a request has one meaning (FuzzFront).
type front struct {
	net.Listener // of the sockets
	server       *Server
	logger       *slog.Logger
	base         context.Context     // of requests that are held
	over         chan accepted       // to net/http
	closing      chan struct{}       // closed by Close
	once         sync.Once           // of Close
	running      sync.WaitGroup      // the goroutines that accept and serve
	mu           sync.Mutex          // of conns
	conns        map[*frontConn]bool // that are served here
	err          error               // of Close
}

// accepted is what Accept returns.
type accepted struct {
	conn net.Conn
	err  error
}

// newFront puts a front before the server; it accepts from then on. Who closes it calls end, too.
func newFront(base context.Context, l net.Listener, s *Server, logger *slog.Logger) *front {
	f := &front{
		Listener: l, server: s, logger: logger, base: base,
		over: make(chan accepted), closing: make(chan struct{}), conns: map[*frontConn]bool{},
	}
	f.running.Go(f.accept)
	return f
}

// accept serves each connection until the listener is closed. What goes wrong is told to who accepts from the front, who
// comes back for more where it passes.
func (f *front) accept() {
	for {
		socket, err := f.Listener.Accept()
		switch {
		case err != nil:
			if !f.hand(accepted{err: err}) {
				return
			}
		case !f.serve(socket):
			_ = socket.Close()
			return
		}
	}
}

// serve starts to serve a connection. It is false where the front is closed.
func (f *front) serve(socket net.Conn) bool {
	c := &frontConn{Conn: socket, front: f, in: make([]byte, 0, frontBuffer)}
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.closing:
		return false
	default:
	}
	f.conns[c] = true
	f.running.Go(c.serve)
	return true
}

// hand gives a connection or an error to who accepts. It is false where nobody will.
func (f *front) hand(a accepted) bool {
	select {
	case f.over <- a:
		return true
	case <-f.closing:
		return false
	}
}

// Accept waits for the next connection that is not served here.
func (f *front) Accept() (net.Conn, error) {
	select {
	case a := <-f.over:
		return a.conn, a.err
	case <-f.closing:
		return nil, net.ErrClosed
	}
}

// Close stops listening and closes the connections that wait for a request. Those that answer one end after it.
func (f *front) Close() error {
	f.once.Do(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		close(f.closing)
		f.err = f.Listener.Close()
		for c := range f.conns {
			c.closeIdle()
		}
	})
	return f.err
}

// end waits for the requests that are being answered, until ctx ends, and then ends those that are left by cancel, which
// ends base, and by closing their connections.
func (f *front) end(ctx context.Context, cancel context.CancelFunc) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.running.Wait()
	}()
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	cancel()
	f.mu.Lock()
	for c := range f.conns {
		_ = c.Close()
	}
	f.mu.Unlock()
	<-ended
}

// forget ends the front's part in a connection.
func (f *front) forget(c *frontConn) {
	f.mu.Lock()
	delete(f.conns, c)
	f.mu.Unlock()
}
