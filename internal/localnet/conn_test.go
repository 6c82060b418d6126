package localnet

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
)

// Both ends behave as a socket's do: deadlines, concurrent calls, closing.
func TestConn(t *testing.T) {
	nettest.TestConn(t, func() (a, b net.Conn, stop func(), err error) {
		a, b = Pipe()
		return a, b, func() { _, _ = a.Close(), b.Close() }, nil
	})
}

func TestHalfClosed(t *testing.T) {
	a, b := Pipe()
	if _, err := a.Write([]byte("all")); err != nil {
		t.Fatal(err)
	}
	if err := a.(*conn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(b); string(got) != "all" || err != nil {
		t.Errorf("read %q and %v before the end", got, err)
	}
	if _, err := a.Write([]byte("more")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("a write after CloseWrite: %v", err)
	}
	if _, err := b.Write([]byte("answer")); err != nil {
		t.Errorf("the other direction: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(a); string(got) != "answer" || err != nil {
		t.Errorf("read %q and %v after the other end closed", got, err)
	}
}

// Whoever writes waits for room, and no longer than until the reader goes.
func TestRoomIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Pipe()
		wrote := make(chan error, 1)
		go func() {
			_, err := a.Write(make([]byte, 2*room))
			wrote <- err
		}()
		synctest.Wait()
		if held := len(a.(*conn).out.data); held != room {
			t.Errorf("%d bytes are held where there is room for %d", held, room)
		}
		_ = b.Close()
		if err := <-wrote; !errors.Is(err, syscall.EPIPE) {
			t.Errorf("the writer: %v", err)
		}
	})
}

// In a bubble who waits is blocked, so that time goes on; with a socket it would not.
func TestTimePassesInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := Listen()
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			time.Sleep(time.Hour)
			_, _ = c.Write([]byte("late"))
		}()
		c, err := l.Dial(t.Context(), "tcp", "anywhere:80")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		began := time.Now()
		_ = c.SetReadDeadline(began.Add(time.Minute))
		var late net.Error
		if _, err := c.Read(make([]byte, 4)); !errors.As(err, &late) || !late.Timeout() {
			t.Errorf("a read with a deadline: %v", err)
		}
		_ = c.SetReadDeadline(time.Time{})
		if got, err := io.ReadAll(c); string(got) != "late" || err != nil || time.Since(began) != time.Hour {
			t.Errorf("read %q and %v after %v", got, err, time.Since(began))
		}
		_ = l.Close()
		if _, err := l.Dial(t.Context(), "tcp", "anywhere:80"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("a connection to a listener that is closed: %v", err)
		}
	})
}
