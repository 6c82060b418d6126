package main

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// dial connects a client to the sessions.
func dial(s *sessions) net.Conn {
	client, server := net.Pipe()
	go s.serve(server)
	return client
}

func ask(t *testing.T, c net.Conn, line string) {
	t.Helper()
	fmt.Fprintln(c, line)
	if answer, err := bufio.NewReader(c).ReadString('\n'); answer != "ACK\n" {
		t.Fatalf("answered %q, %v", answer, err)
	}
}

func hangUp(c net.Conn) { _ = c.Close() }

func TestSessions(t *testing.T) {
	const first, again = time.Minute, 10 * time.Second
	tests := []struct {
		name   string
		client func(*testing.T, *sessions)
		lines  int
		took   time.Duration
	}{
		{"nobody comes", func(*testing.T, *sessions) {}, 0, first},
		{"somebody tries the port", func(_ *testing.T, s *sessions) { hangUp(dial(s)) }, 0, first},
		{"a line that is no filter", func(_ *testing.T, s *sessions) {
			c := dial(s)
			fmt.Fprintln(c, "")
			hangUp(c)
		}, 0, first},
		{"a test of an hour", func(t *testing.T, s *sessions) {
			c := dial(s)
			ask(t, c, "label=a=b&label=c=d")
			time.Sleep(time.Hour)
			hangUp(c)
		}, 1, time.Hour + again},
		{"one comes back in time", func(t *testing.T, s *sessions) {
			for range 2 {
				c := dial(s)
				ask(t, c, "label=a=b")
				hangUp(c)
				time.Sleep(again / 2)
			}
		}, 1, again/2 + again},
		{"two at a time", func(t *testing.T, s *sessions) {
			one, two := dial(s), dial(s)
			ask(t, one, "label=a=1")
			ask(t, two, "label=a=2")
			hangUp(one)
			time.Sleep(time.Hour)
			hangUp(two)
		}, 2, time.Hour + again},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSessions(first, again)
				began := time.Now()
				done := make(chan map[string]url.Values)
				go func() { done <- s.wait() }()
				tt.client(t, s)
				if lines := <-done; len(lines) != tt.lines || time.Since(began) != tt.took {
					t.Errorf("%v after %v, want %d lines after %v", lines, time.Since(began), tt.lines, tt.took)
				}
			})
		})
	}
}

func TestFiltersOfALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSessions(time.Minute, time.Second)
		done := make(chan map[string]url.Values)
		go func() { done <- s.wait() }()
		c := dial(s)
		ask(t, c, "label=a=b&label=c=d")
		hangUp(c)
		for _, f := range <-done {
			if got := fmt.Sprint(f); got != "map[label:[a=b c=d]]" {
				t.Error(got)
			}
		}
	})
}
