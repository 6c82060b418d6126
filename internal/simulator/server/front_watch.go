package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// frontWatch finds out that the client of a held request has gone. net/http watches during each request; the front only where
// somebody asks: a fault or a model that holds requests. The zero value watches nobody.
type frontWatch struct {
	context.Context // nil: nobody asked
	cancel          context.CancelFunc
	reading         sync.WaitGroup
	read            [1]byte // of the next request
	n               int

	ask *http.Request // what the operations are given
}

// frontContext is the context of the requests of a connection. Its Done begins to watch.
type frontContext struct {
	context.Context
	conn *frontConn
}

// Done is closed when the client goes or the server ends its requests.
func (x frontContext) Done() <-chan struct{} {
	x.conn.watch.begin(x.conn)
	return x.conn.watch.Context.Done()
}

// request is what the operations know of HTTP: the context.
func (w *frontWatch) request(c *frontConn) *http.Request {
	if w.ask == nil {
		w.ask = new(http.Request).WithContext(frontContext{c.front.base, c})
	}
	return w.ask
}

// begin reads the first byte of what comes next, as nothing is to come before the answer but the end of the connection.
func (w *frontWatch) begin(c *frontConn) {
	if w.Context != nil {
		return
	}
	w.Context, w.cancel = context.WithCancel(c.front.base)
	_ = c.SetReadDeadline(time.Time{}) // a request may be held for long; a connection without deadlines is closed
	w.reading.Go(func() {
		n, err := c.Read(w.read[:])
		w.n = n
		if err != nil {
			w.cancel()
		}
	})
}

// end ends the watch. What was read belongs to the next request.
func (w *frontWatch) end(c *frontConn) {
	if w.Context == nil {
		return
	}
	_ = c.SetReadDeadline(time.Unix(1, 0)) // the read ends; that of a closed connection has ended
	w.reading.Wait()
	w.cancel()
	c.in = append(c.in, w.read[:w.n]...)
	w.Context, w.n = nil, 0
}
