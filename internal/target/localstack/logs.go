package localstack

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/testcontainers/testcontainers-go/log"
)

// lastWords is how long the log of a container that is gone may take to end.
const lastWords = time.Second

// follower copies a container's log until the container is gone or stop is called. A nil one follows nothing.
type follower struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// follow begins to copy; past tells whether to begin with what was written already.
func (d *daemon) follow(id string, past bool, w io.Writer) *follower {
	ctx, cancel := context.WithCancel(context.Background())
	f := &follower{cancel: cancel, done: make(chan struct{})}
	query := "&follow=1&tail=all"
	if !past {
		query = "&follow=1&tail=0"
	}
	go func() {
		defer close(f.done)
		if err := d.log(ctx, id, query, w); err != nil && ctx.Err() == nil {
			fmt.Fprintf(w, "the log of container %s ends here: %v\n", id, err)
		}
	}()
	return f
}

// stop ends the copying, at the latest after patience, and returns when it has ended.
func (f *follower) stop(patience time.Duration) {
	if f == nil {
		return
	}
	defer f.cancel()
	timer := time.AfterFunc(patience, f.cancel)
	defer timer.Stop()
	<-f.done
}

// tail are the last lines of a container's log, without empty ones.
func (d *daemon) tail(ctx context.Context, id string, lines int) []string {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	var b bytes.Buffer
	if err := d.log(ctx, id, "&tail="+strconv.Itoa(lines), &b); err != nil {
		return []string{"(the log cannot be read: " + oneLine(err.Error()) + ")"}
	}
	var kept []string
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimRight(line, " \r\n"); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// log copies a container's log.
func (d *daemon) log(ctx context.Context, id, query string, w io.Writer) error {
	response, err := d.open(ctx, http.MethodGet, "/containers/"+id+"/logs?stdout=1&stderr=1"+query, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return unframe(response.Body, w)
}

// unframe copies the content of Docker's frames: eight bytes, of which the last four are the length of what follows.
func unframe(r io.Reader, w io.Writer) error {
	for {
		var head [8]byte
		switch _, err := io.ReadFull(r, head[:]); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read log: %w", err)
		}
		if _, err := io.CopyN(w, r, int64(binary.BigEndian.Uint32(head[4:]))); err != nil {
			return fmt.Errorf("read log: %w", err)
		}
	}
}

// oneAtATime lets the log and testcontainers write to the same place.
type oneAtATime struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *oneAtATime) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(p)
}

// say writes a line of our own.
func (s *start) say(text string) {
	if s.Logs != nil {
		fmt.Fprintln(s.Logs, "wavetank: "+text)
	}
}

// chatter is where testcontainers' messages go. It has one logger for a process, which is stderr unless told otherwise.
var chatter speech

type speech struct {
	install sync.Once
	mu      sync.Mutex
	w       io.Writer // nil: nowhere
}

// to sends the messages to w until the function it returns is called.
func (s *speech) to(w io.Writer) (end func()) {
	s.install.Do(func() { log.SetDefault(s) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w = w
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.w == w {
			s.w = nil
		}
	}
}

// Printf writes one message as one line or more of its own.
func (s *speech) Printf(format string, args ...any) {
	if strings.HasPrefix(format, "container logs (") {
		return // after a failure; they were followed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w != nil {
		fmt.Fprintln(s.w, "testcontainers: "+strings.TrimSpace(fmt.Sprintf(format, args...)))
	}
}
