package server

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// frontOverPipe is one connection to a server behind the front, until the test is over.
func frontOverPipe(t *testing.T, s *Server) (client net.Conn, f *front) {
	client, srv := net.Pipe()
	l := &pipeListener{conns: make(chan net.Conn, 1)}
	l.conns <- srv
	base, cancel := context.WithCancel(context.Background())
	f = newFront(base, l, s, s.logger)
	hs := newHTTP(base, s, s.logger)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = hs.Serve(f)
	}()
	t.Cleanup(func() {
		cancel()
		_ = hs.Close()
		_ = f.Close()
		f.end(base, cancel)
		<-served
	})
	return client, f
}

// answer is the next answer's status and body.
func answer(t *testing.T, from *bufio.Reader) (status int, body string) {
	t.Helper()
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func hooked(t *testing.T, hook fault.Hook) *Server {
	s := newServer(t, kinesis.Limits{})
	s.cfg.Faults = hook
	return s
}

// TestFrontFaults: the hook sees the requests of the front and acts on them as on all others.
func TestFrontFaults(t *testing.T) {
	put := frontRequest("PutRecord", onePut)
	t.Run("a delay", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, _ := frontOverPipe(t, hooked(t, func(time.Time, fault.Request) fault.Action {
				return fault.Action{Delay: 20 * time.Minute} // longer than any deadline
			}))
			begin, from := time.Now(), bufio.NewReader(client)
			for i := range 2 {
				_, _ = io.WriteString(client, put)
				if status, body := answer(t, from); status != 200 {
					t.Error(status, body)
				}
				if took, want := time.Since(begin), time.Duration(i+1)*20*time.Minute; took != want {
					t.Errorf("answered after %v, want %v", took, want)
				}
			}
		})
	})
	t.Run("an error", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var seen fault.Request
			touched := 0
			client, _ := frontOverPipe(t, hooked(t, func(_ time.Time, r fault.Request) fault.Action {
				for shard := range int32(16) {
					if r.Touches(shard) {
						touched++
					}
				}
				seen, seen.Touches = r, nil
				return fault.Action{Err: &fault.Error{Code: "Internal\r\nFailure", Status: 503, Message: "no"}}
			}))
			_, _ = io.WriteString(client, put)
			resp, err := http.ReadResponse(bufio.NewReader(client), nil)
			if err != nil || resp.StatusCode != 503 || resp.Header.Get("X-Amzn-Errortype") != "Internal  Failure" {
				t.Errorf("%v %v", resp, err)
			}
			_ = resp.Body.Close()
			want := fault.Request{
				Service: "kinesis", Operation: "PutRecord", Account: "123456789012", Region: "eu-west-1", Resource: "s", Records: 1,
			}
			if touched != 1 {
				t.Errorf("the hook was told %d shards of one record", touched)
			}
			if !reflect.DeepEqual(seen, want) {
				t.Errorf("the hook saw %+v, want %+v", seen, want)
			}
		})
	})
	t.Run("a cut", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, f := frontOverPipe(t, hooked(t, func(time.Time, fault.Request) fault.Action { return fault.Action{Cut: true} }))
			_, _ = io.WriteString(client, put)
			if got, err := io.ReadAll(client); len(got) > 0 || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			synctest.Wait()
			gone(t, f)
		})
	})
	t.Run("held, and its client goes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client, f := frontOverPipe(t, hooked(t, func(time.Time, fault.Request) fault.Action {
				return fault.Action{Release: make(chan struct{})}
			}))
			_, _ = io.WriteString(client, put)
			synctest.Wait()
			_ = client.Close()
			synctest.Wait()
			gone(t, f)
		})
	})
	t.Run("held, and the next one comes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			release, first := make(chan struct{}), true
			client, _ := frontOverPipe(t, hooked(t, func(time.Time, fault.Request) fault.Action {
				if !first {
					return fault.Action{}
				}
				first = false
				return fault.Action{Release: release}
			}))
			_, _ = io.WriteString(client, put)
			synctest.Wait()
			go func() {
				_, _ = io.WriteString(client, strings.Replace(put, "YWJj", "ZGVm", 1))
			}()
			synctest.Wait()
			close(release)
			from := bufio.NewReader(client)
			for range 2 {
				if status, body := answer(t, from); status != 200 {
					t.Error(status, body)
				}
			}
		})
	})
	t.Run("a panic", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s, log := hooked(t, func(time.Time, fault.Request) fault.Action { panic("oh") }), new(bytes.Buffer)
			s.logger = slog.New(slog.NewTextHandler(log, nil))
			client, f := frontOverPipe(t, s)
			_, _ = io.WriteString(client, put)
			if got, err := io.ReadAll(client); len(got) > 0 || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			synctest.Wait()
			gone(t, f)
			if !strings.Contains(log.String(), "panic=oh") {
				t.Errorf("log %q", log)
			}
		})
	})
}

// gone demands that the front has no connections.
func gone(t *testing.T, f *front) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.conns) > 0 {
		t.Errorf("the front has %d connections", len(f.conns))
	}
}

// TestFrontCloses: connections that wait are closed, what is being answered is answered, and nothing is held up by either.
func TestFrontCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		client, f := frontOverPipe(t, hooked(t, func(time.Time, fault.Request) fault.Action { return fault.Action{Release: release} }))
		_, _ = io.WriteString(client, frontRequest("PutRecord", onePut))
		synctest.Wait()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		close(release)
		from := bufio.NewReader(client)
		if status, body := answer(t, from); status != 200 {
			t.Error(status, body)
		}
		if rest, err := io.ReadAll(from); len(rest) > 0 || err != nil {
			t.Errorf("%q, %v", rest, err)
		}
		synctest.Wait()
		gone(t, f)
	})
	synctest.Test(t, func(t *testing.T) {
		client, f := frontOverPipe(t, newServer(t, kinesis.Limits{}))
		synctest.Wait()
		begin := time.Now()
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if got, err := io.ReadAll(client); len(got) > 0 || err != nil || time.Since(begin) > 0 {
			t.Errorf("%q, %v after %v", got, err, time.Since(begin))
		}
		synctest.Wait()
		gone(t, f)
	})
}

// TestFrontServesTheSDK: the requests of the real client are such as the front answers.
func TestFrontServesTheSDK(t *testing.T) {
	l, err := Listen(t.Context(), ":0", newServer(t, kinesis.Limits{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client := newClient(l.URL(), "AKID")
	for range 3 {
		if out, err := putSome(t, client, 5); err != nil || *out.FailedRecordCount != 0 {
			t.Fatal(out, err)
		}
	}
	l.front.mu.Lock()
	n := len(l.front.conns)
	l.front.mu.Unlock()
	if n != 1 {
		t.Errorf("the front has %d connections, want the one of the client", n)
	}
}
