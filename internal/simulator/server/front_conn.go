package server

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// frontBuffer is how many bytes a header may have, with what of the body comes at once. The SDKs' headers have less than 1 KiB.
const frontBuffer = 8 << 10

// fewBytes is what net/http waits for behind an answer: less and then the end is no request, and not answered.
const fewBytes = 4

// errOver says that a connection goes over to net/http, with what was read and not answered.
var errOver = errors.New("the request is net/http's")

// The states of a connection of the front.
const (
	frontIdle   = iota // it waits for a request
	frontActive        // a request has begun
	frontClosed        // it was closed while it was idle
)

// frontConn is a connection of which the front answers the requests, one after another.
type frontConn struct {
	net.Conn
	front *front
	state atomic.Int32
	begun bool   // there was a request
	in    []byte // what was read and is not answered yet; at most one request, or the beginning of one, and what follows it

	place frontPlace
	call  call
	watch frontWatch
	date  frontDate
	head  [frontRoom]byte // scratch space
}

// aborted tells whether a handler ended its request on purpose, as net/http has it.
func aborted(recovered any) bool {
	err, ok := recovered.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// serve answers requests until the client goes, the listener closes or a request is net/http's.
func (c *frontConn) serve() {
	over := false
	defer func() {
		if e := recover(); e != nil && !aborted(e) {
			c.front.logger.LogAttrs(c.front.base, slog.LevelError, "panic while a request was answered",
				slog.Any("panic", e), slog.String("stack", string(debug.Stack())))
		}
		c.front.forget(c)
		if !over {
			_ = c.Close()
		}
		c.watch.end(c)
	}()
	if err := c.answerAll(); errors.Is(err, errOver) {
		over = c.front.hand(accepted{conn: &replayedConn{Conn: c.Conn, first: c.in}})
	}
}

// answerAll answers requests until one cannot be.
func (c *frontConn) answerAll() error {
	for {
		if len(c.in) == 0 {
			if err := c.await(); err != nil {
				return err
			}
		}
		end, err := c.readHead()
		if err != nil {
			return err
		}
		if err := c.answer(end); err != nil {
			return err
		}
		c.begun = true
	}
}

// await waits for the first bytes of a request.
func (c *frontConn) await() error {
	timeout := idleTimeout
	if !c.begun {
		timeout = headerTimeout
	}
	c.state.Store(frontIdle)
	select {
	case <-c.front.closing:
		return net.ErrClosed
	default:
	}
	if err := c.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	n, err := c.Read(c.in[:cap(c.in)])
	c.in = c.in[:n]
	if n == 0 && err != nil || !c.state.CompareAndSwap(frontIdle, frontActive) {
		return errors.Join(net.ErrClosed, err)
	}
	return nil
}

// closeIdle closes the connection where it waits for a request.
func (c *frontConn) closeIdle() {
	if c.state.CompareAndSwap(frontIdle, frontClosed) {
		_ = c.Close()
	}
}

// readHead reads on to the end of a header.
func (c *frontConn) readHead() (end int, err error) {
	for from, waited := 0, false; ; waited = true {
		if i := bytes.Index(c.in[from:], []byte("\r\n\r\n")); i >= 0 {
			return from + i + 4, nil
		}
		few := c.begun && len(c.in) < fewBytes
		if n := min(len(c.in), len(frontLine)); !few && (string(c.in[:n]) != frontLine[:n] || len(c.in) == cap(c.in)) {
			return 0, errOver
		}
		from = max(0, len(c.in)-3)
		if !waited {
			if err := c.SetReadDeadline(time.Now().Add(headerTimeout)); err != nil {
				return 0, err
			}
		}
		n, err := c.Read(c.in[len(c.in):cap(c.in)])
		c.in = c.in[:len(c.in)+n]
		switch {
		case n > 0:
		case errors.Is(err, io.EOF) && !few: // net/http has an answer to half a header
			return 0, errOver
		case err != nil:
			return 0, err
		}
	}
}

// body is the body of a request whose header ends at end. It may be a piece of in; what is longer is read into b.
func (c *frontConn) body(b *buffer, end, length int) ([]byte, error) {
	if len(c.in) >= end+length {
		return c.in[end : end+length], nil
	}
	if err := c.SetReadDeadline(time.Now().Add(readTimeout)); err != nil {
		return nil, err
	}
	if cap(b.in) < length {
		b.in = make([]byte, 0, length+512)
	}
	b.in = b.in[:length]
	n := copy(b.in, c.in[end:])
	c.in = c.in[:end]
	_, err := io.ReadFull(c, b.in[n:])
	return b.in, err
}
