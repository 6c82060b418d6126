package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
)

// tlsHandshake is the first byte of a TLS connection: the content type of a handshake record (RFC 8446, section 5.1).
// No method of HTTP begins with it.
const tlsHandshake = 0x16

// sniffer is a listener whose connections speak TLS or not, as the client does.
type sniffer struct {
	net.Listener
	config *tls.Config
	logger *slog.Logger
}

// Accept waits for the next connection, and for nothing that its client sends: what the client speaks is found out by the
// first Read, in the goroutine and under the deadline that net/http gives each connection. So a silent client holds up
// nobody, and there is no goroutine to wait for.
func (l *sniffer) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &sniffedConn{Conn: c, listener: l}, nil
}

// sniffedConn is a connection of which net/http need not know whether it is under TLS. It hides that on purpose: net/http then
// looks for the preface of HTTP/2 itself. The Kinesis client of the AWS SDK for Java sends that straight after the
// handshake without having negotiated it, and net/http would not look for it in a connection that it knows to be TLS.
type sniffedConn struct {
	net.Conn // the socket, whose deadlines hold for TLS as well
	listener *sniffer
	begun    bool                     // the first byte was seen; belongs to whoever reads
	secure   atomic.Pointer[tls.Conn] // nil where the client does not speak TLS
}

// Read reads what the client sent, without TLS. The first call does the handshake where there is one to do.
func (c *sniffedConn) Read(b []byte) (int, error) {
	if t := c.secure.Load(); t != nil {
		return t.Read(b)
	}
	n, err := c.Conn.Read(b)
	if c.begun || n == 0 {
		return n, err
	}
	c.begun = true
	if b[0] != tlsHandshake {
		return n, err
	}
	return c.shake(b, bytes.Clone(b[:n]))
}

// shake does the handshake whose first bytes were read already, and goes on reading.
func (c *sniffedConn) shake(b, first []byte) (int, error) {
	t := tls.Server(&replayedConn{Conn: c.Conn, first: first}, c.listener.config)
	c.secure.Store(t)
	if err := t.Handshake(); err != nil {
		c.listener.logger.Info("tls handshake failed", "client", c.RemoteAddr(), "error", err)
		return 0, &net.OpError{Op: "read", Net: "tcp", Addr: c.RemoteAddr(), Err: err} // net/http does not answer such an error
	}
	return t.Read(b)
}

// Write sends to the client.
func (c *sniffedConn) Write(b []byte) (int, error) {
	if t := c.secure.Load(); t != nil {
		return t.Write(b)
	}
	return c.Conn.Write(b)
}

// ReadFrom sends what r holds. Without TLS it is the socket's own, which may leave the copying to the kernel.
func (c *sniffedConn) ReadFrom(r io.Reader) (int64, error) {
	if socket, ok := c.Conn.(io.ReaderFrom); ok && c.secure.Load() == nil {
		return socket.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{c}, r)
}

// CloseWrite ends what is sent, so that a client that still sends can read its answer before the connection is closed.
func (c *sniffedConn) CloseWrite() error {
	if t := c.secure.Load(); t != nil {
		return t.CloseWrite()
	}
	return closeWrite(c.Conn)
}

// closeWrite ends what is sent over a connection that can do that.
func closeWrite(c net.Conn) error {
	if socket, ok := c.(interface{ CloseWrite() error }); ok {
		return socket.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Close closes the connection, after a word of TLS's where it was under TLS.
func (c *sniffedConn) Close() error {
	if t := c.secure.Load(); t != nil {
		return t.Close()
	}
	return c.Conn.Close()
}

// replayedConn is a connection whose first bytes were read already.
type replayedConn struct {
	net.Conn
	first []byte
}

func (c *replayedConn) Read(b []byte) (int, error) {
	if len(c.first) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.first)
	c.first = c.first[n:]
	return n, nil
}

// CloseWrite ends what is sent.
func (c *replayedConn) CloseWrite() error { return closeWrite(c.Conn) }
