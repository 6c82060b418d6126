package localnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// room is how many bytes one direction of a connection holds that nobody has read: as many as a socket's buffer has at first.
const room = 64 << 10

// Pipe makes the two ends of a connection.
func Pipe() (a, b net.Conn) {
	to, from := newHalf(), newHalf()
	return &conn{in: from, out: to}, &conn{in: to, out: from}
}

// conn is one end of a connection.
type conn struct{ in, out *half }

func (c *conn) Read(b []byte) (int, error)  { return c.in.read(b) }
func (c *conn) Write(b []byte) (int, error) { return c.out.write(b) }

// CloseWrite ends what is sent; the other end reads what is there and then io.EOF.
func (c *conn) CloseWrite() error {
	c.out.change(func(h *half) { h.ended = true })
	return nil
}

// Close ends both directions. The other end reads what was sent; what it sends from now on is refused.
func (c *conn) Close() error {
	c.out.change(func(h *half) { h.ended, h.writer.closed = true, true })
	c.in.change(func(h *half) { h.reader.closed, h.data = true, nil })
	return nil
}

func (c *conn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error {
	return c.in.deadline(func(h *half) *side { return &h.reader }, t)
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.out.deadline(func(h *half) *side { return &h.writer }, t)
}

func (c *conn) LocalAddr() net.Addr  { return addr{} }
func (c *conn) RemoteAddr() net.Addr { return addr{} }

// half is one direction of a connection: bytes that were written and not read.
type half struct {
	mu     sync.Mutex
	data   []byte // from head on
	head   int
	ended  bool // nothing more will be written
	reader side
	writer side
}

// side is one end's hold on a half.
type side struct {
	wake     chan struct{} // something has changed; sticky
	deadline time.Time     // zero: none
	closed   bool          // by its own Close
	timer    *time.Timer   // of who waited last, to be used again
}

func newHalf() *half {
	return &half{reader: side{wake: make(chan struct{}, 1)}, writer: side{wake: make(chan struct{}, 1)}}
}

// notify wakes who waits at a side, or the next one to wait.
func (s *side) notify() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// change changes the half and wakes both sides, which look again.
func (h *half) change(fn func(*half)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fn(h)
	h.reader.notify()
	h.writer.notify()
}

func (h *half) deadline(of func(*half) *side, t time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := of(h)
	if s.closed {
		return net.ErrClosed
	}
	s.deadline = t
	s.notify()
	return nil
}

// failed is why a side can do nothing: it is closed, or its deadline has passed.
func (s *side) failed(now time.Time) error {
	switch {
	case s.closed:
		return net.ErrClosed
	case !s.deadline.IsZero() && !now.Before(s.deadline):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// await waits until something has changed or the side's deadline has come. The lock is let go meanwhile.
func (h *half) await(s *side) {
	until, t := s.deadline, s.timer
	s.timer = nil // who waits beside this one makes one of its own
	h.mu.Unlock()
	if until.IsZero() {
		<-s.wake
	} else {
		if t == nil {
			t = time.NewTimer(time.Until(until))
		} else {
			t.Reset(time.Until(until))
		}
		select {
		case <-s.wake:
		case <-t.C:
		}
		t.Stop()
	}
	h.mu.Lock()
	s.timer = t
}

func (h *half) read(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		if err := h.reader.failed(time.Now()); err != nil {
			h.reader.notify() // who else waits here fails as well
			return 0, opError("read", err)
		}
		if h.head < len(h.data) || len(b) == 0 {
			n := copy(b, h.data[h.head:])
			if h.head += n; h.head == len(h.data) {
				h.data, h.head = h.data[:0], 0
			} else {
				h.reader.notify() // there is more for who else waits here
			}
			h.writer.notify()
			return n, nil
		}
		if h.ended {
			h.reader.notify()
			return 0, io.EOF
		}
		h.await(&h.reader)
	}
}

func (h *half) write(b []byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		err := h.writer.failed(time.Now())
		if err == nil && (h.reader.closed || h.ended) {
			err = syscall.EPIPE
		}
		if err != nil {
			h.writer.notify()
			return n, opError("write", err)
		}
		if k := min(len(b), room-(len(h.data)-h.head)); k > 0 {
			h.compact(k)
			h.data = append(h.data, b[:k]...)
			n, b = n+k, b[k:]
			h.reader.notify()
		}
		if len(b) == 0 {
			return n, nil
		}
		h.await(&h.writer)
	}
}

// compact makes room for k bytes without growing, where what was read has left enough.
func (h *half) compact(k int) {
	if h.head > 0 && len(h.data)+k > cap(h.data) {
		h.data, h.head = h.data[:copy(h.data, h.data[h.head:])], 0
	}
}

// opError is an error as a socket's is.
func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: network, Addr: addr{}, Err: err}
}
