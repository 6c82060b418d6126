package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// The test binary is the function too.
func TestMain(m *testing.M) {
	if api := os.Getenv("AWS_LAMBDA_RUNTIME_API"); api != "" {
		function("http://" + api + "/2018-06-01/runtime/")
	}
	os.Exit(m.Run())
}

// function does what its payload says.
func function(api string) {
	if os.Getenv("INIT") == "exit" {
		os.Exit(3)
	}
	for {
		resp, err := http.Get(api + "invocation/next")
		if err != nil {
			os.Exit(1)
		}
		payload, _ := io.ReadAll(resp.Body)
		answer := func(kind, body string) {
			id := resp.Header.Get("Lambda-Runtime-Aws-Request-Id")
			resp, err := http.Post(api+"invocation/"+id+"/"+kind, "", strings.NewReader(body))
			if err != nil || resp.StatusCode != http.StatusAccepted {
				os.Exit(2)
			}
			resp.Body.Close()
		}
		fmt.Printf("got %s\n", payload)
		switch string(payload) {
		case "fail":
			answer("error", "failed")
		case "exit":
			os.Exit(7)
		case "hang":
			select {}
		case "answer and exit":
			answer("error", "panic")
			os.Exit(1)
		default:
			answer("response", "done "+string(payload))
		}
	}
}

// newTest starts an environment around function, and a LocalStack that tells on posts what it is sent.
func newTest(t *testing.T, timeout time.Duration) (invoke func(payload string), posts chan string) {
	posts = make(chan string, 10)
	ls := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posts <- r.URL.Path + " " + string(body)
	}))
	t.Cleanup(ls.Close)
	out, err := newOutput()
	if err != nil {
		t.Fatal(err)
	}
	go out.copy()
	var api *httptest.Server
	e := newEnvironment(&localstack{endpoint: ls.URL, id: "env"}, func() *process {
		return start(out.write, strings.TrimPrefix(api.URL, "http://"), "/nonexistent", os.Args[0])
	}, timeout, out)
	api = httptest.NewServer(e.runtimeAPI())
	in := httptest.NewServer(e.invoke())
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan struct{})
	go func() { e.run(ctx); close(gone) }()
	t.Cleanup(func() { cancel(); <-gone; in.Close(); api.Close() })
	n := 0
	return func(payload string) {
		t.Helper()
		n++
		body, _ := json.Marshal(map[string]string{"invoke-id": fmt.Sprint("id", n), "payload": payload})
		resp, err := http.Post(in.URL+"/invoke", "application/json", strings.NewReader(string(body)))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp, err)
		}
		resp.Body.Close()
	}, posts
}

func wantPost(t *testing.T, posts chan string, path, part string) {
	t.Helper()
	if got := <-posts; !strings.HasPrefix(got, path+" ") || !strings.Contains(got, part) {
		t.Fatalf("posted %s, want %s with %q", got, path, part)
	}
}

func TestInvocations(t *testing.T) {
	invoke, posts := newTest(t, time.Minute)
	wantPost(t, posts, "/status/env/ready", "")
	for i, tt := range []struct{ payload, kind, body string }{
		{"one", "response", "done one"},
		{"fail", "error", "failed"},
		{"two", "response", "done two"},
		{"exit", "error", "Runtime exited with error: exit status 7"},
		{"after the exit", "response", "done after the exit"},
		{"answer and exit", "error", "panic"},
		{"three", "response", "done three"},
	} {
		invoke(tt.payload)
		path := fmt.Sprintf("/invocations/id%d/", i+1)
		wantPost(t, posts, path+"logs", fmt.Sprintf(`Version: \ngot %s\nEND`, tt.payload))
		wantPost(t, posts, path+tt.kind, tt.body)
	}
}

func TestTimeout(t *testing.T) {
	invoke, posts := newTest(t, 500*time.Millisecond)
	wantPost(t, posts, "/status/env/ready", "")
	invoke("hang")
	wantPost(t, posts, "/invocations/id1/logs", "got hang")
	wantPost(t, posts, "/invocations/id1/error", "Task timed out after 0.50 seconds")
}

func TestProgramThatDoesNotStart(t *testing.T) {
	t.Setenv("INIT", "exit")
	_, posts := newTest(t, time.Minute)
	wantPost(t, posts, "/status/env/error", "exit status 3")
}
