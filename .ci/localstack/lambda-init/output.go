package main

import (
	"bytes"
	"errors"
	"log"
	"os"
	"sync"
	"syscall"
)

// maxLogs is how many bytes of a function's output are kept for one invocation.
const maxLogs = 256 << 10

// output is what the function prints: it goes to the container's log, and is kept for the invocation's.
type output struct {
	write *os.File // the function's standard output and error
	read  syscall.RawConn

	mu   sync.Mutex
	kept bytes.Buffer
}

// newOutput opens the pipe. Something must call copy.
func newOutput() (*output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	raw, err := r.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &output{write: w, read: raw}, nil
}

// copy reads what comes, for ever: the pipe must not fill up.
func (o *output) copy() {
	err := o.read.Read(func(fd uintptr) bool {
		o.drain(int(fd))
		return false // call again when there is more
	})
	log.Printf("read the function's output: %v", err)
}

// take returns what was kept and forgets it. It reads the pipe itself, so that what the function printed before it
// answered belongs to that invocation and not to the next one.
func (o *output) take() string {
	if err := o.read.Control(func(fd uintptr) { o.drain(int(fd)) }); err != nil {
		log.Printf("read the function's output: %v", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.kept.Reset()
	return o.kept.String()
}

// drain reads until the pipe is empty. It does not block: Go opens pipes so.
func (o *output) drain(fd int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var b [32 << 10]byte
	for {
		n, err := syscall.Read(fd, b[:])
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if n <= 0 {
			return
		}
		if room := maxLogs - o.kept.Len(); room > 0 {
			o.kept.Write(b[:min(room, n)])
		}
		_, _ = os.Stdout.Write(b[:n]) // where else to say that it cannot be written
	}
}
