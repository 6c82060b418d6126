package localnet

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// Listener accepts the connections that its Dial makes.
type Listener struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Listen makes a listener. It has no address but its own: whoever wants to connect has it.
func Listen() *Listener {
	return &Listener{dialed: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.dialed:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Dial connects, whatever the address is. It is the DialContext of an [net/http.Transport].
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := Pipe()
	select {
	case l.dialed <- server:
		return client, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close lets no more connections be made; those that are stay.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is what every connection says of both its ends.
func (l *Listener) Addr() net.Addr { return addr{} }

const network = "memory"

type addr struct{}

func (addr) Network() string { return network }
func (addr) String() string  { return "localhost:80" }
