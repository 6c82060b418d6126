package receiver_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wavetank/wavetank/internal/receiver"
)

// Then is called when After is over or the sender has given up, and ahead of what becomes of the answer.
func TestThen(t *testing.T) {
	tests := []struct {
		name     string
		reply    receiver.Reply
		patience time.Duration // of the sender
		after    time.Duration // when Then is called
		answered bool
	}{
		{"at once", receiver.Reply{}, time.Minute, 0, true},
		{"late", receiver.Reply{After: 30 * time.Second}, time.Minute, 30 * time.Second, true},
		{"too late", receiver.Reply{After: time.Hour}, time.Minute, time.Minute, false},
		{"never", receiver.Reply{Never: true}, time.Minute, time.Minute, false},
		{"cut off", receiver.Reply{Cut: true}, time.Minute, 0, false},
		{"cut off late", receiver.Reply{Cut: true, After: 30 * time.Second}, time.Minute, 30 * time.Second, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, called := time.Now(), 0
				w := httptest.NewRecorder()
				tt.reply.Then = func() {
					called++
					if at := time.Since(start); at != tt.after || w.Body.Len() > 0 {
						t.Errorf("called after %v with the answer %q, want %v ahead of it", at, w.Body, tt.after)
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
				defer cancel()
				r := receiver.New(receiver.Config{Receive: func(*receiver.Request) receiver.Reply { return tt.reply }})
				cut := aborted(func() { r.ServeHTTP(w, request(nil).WithContext(ctx)) })
				if called != 1 || cut == tt.answered || tt.answered != (w.Body.Len() > 0) {
					t.Errorf("called %d times, cut %v, answer %q", called, cut, w.Body)
				}
			})
		})
	}
}

// aborted tells whether a handler left its request without an answer.
func aborted(handle func()) (cut bool) {
	defer func() {
		err, _ := recover().(error)
		cut = errors.Is(err, http.ErrAbortHandler)
	}()
	handle()
	return false
}

func TestPaths(t *testing.T) {
	var came []string
	of := func(name string) *receiver.Receiver {
		return receiver.New(receiver.Config{Receive: func(*receiver.Request) receiver.Reply {
			came = append(came, name)
			return receiver.Reply{}
		}})
	}
	paths := receiver.Paths{"a": of("a"), "b.c": of("b.c")}
	for path, want := range map[string]int{"/a": 200, "/b.c": 200, "/": 404, "/c": 404, "/a/b": 404} {
		w := httptest.NewRecorder()
		paths.ServeHTTP(w, request(func(r *http.Request) { r.URL.Path = path }))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if len(came) != 2 {
		t.Errorf("%v came", came)
	}
}

// A model answers as it draws.
func TestModelReplies(t *testing.T) {
	q := &receiver.Request{ID: "a request", Attempt: 1}
	if r := (receiver.Model{P50: time.Second}).Reply(q); r.Status != 0 || r.After != time.Second {
		t.Errorf("%+v", r)
	}
	if r := (receiver.Model{P50: time.Second, Errors: 1}).Reply(q); r.Status != 503 || r.After != time.Second || r.Message == "" {
		t.Errorf("%+v", r)
	}
}
