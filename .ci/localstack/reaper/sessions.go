package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"strings"
	"time"
)

// sessions is who is connected and what they asked to remove. Its state belongs to wait; connections send it events.
type sessions struct {
	first, again time.Duration // how long to wait for a first client, and for another one after the last has gone
	events       chan event
}

// event is a client that came (+1) or went (-1), or a line of filters.
type event struct {
	clients int
	line    string
	filters url.Values
}

func newSessions(first, again time.Duration) *sessions {
	return &sessions{first: first, again: again, events: make(chan event)}
}

// accept serves connections until the listener is closed.
func (s *sessions) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			log.Print(err)
			return
		}
		go s.serve(c)
	}
}

// serve reads the lines of one client until it hangs up, which is how a killed test says that it is gone.
func (s *sessions) serve(c io.ReadWriteCloser) {
	defer func() { _ = c.Close() }() // it has hung up already
	s.events <- event{clients: 1}
	defer func() { s.events <- event{clients: -1} }()
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		filters, err := url.ParseQuery(line)
		if err != nil || len(filters) == 0 {
			log.Printf("not a line of filters: %q", line) // no filter at all would match everything there is
			continue
		}
		s.events <- event{line: line, filters: filters}
		fmt.Fprintln(c, "ACK")
	}
}

// wait returns the lines of filters, each once, when nobody is connected any more.
func (s *sessions) wait() map[string]url.Values {
	asked := map[string]url.Values{}
	clients := 0
	alone := time.NewTimer(s.first)
	for {
		select {
		case <-alone.C:
			return asked
		case e := <-s.events:
			clients += e.clients
			if e.filters != nil {
				asked[e.line] = e.filters
			}
			switch {
			case clients > 0:
				alone.Stop()
			case len(asked) == 0: // somebody tried whether the port answers
				alone.Reset(s.first)
			default:
				alone.Reset(s.again)
			}
		}
	}
}
