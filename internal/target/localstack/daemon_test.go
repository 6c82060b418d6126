package localstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// testcontainers keeps its tie to the reaper until the container is removed; one that is left to stay never is.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/testcontainers/testcontainers-go.(*Reaper).connect.func1"))
}

// environ is a Getenv of these variables alone.
func environ(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// socket is a path for a unix socket: the test's own folder may have too long a name for one.
func socket(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "docker")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "s")
}

// docker serves a daemon on a unix socket and returns its DOCKER_HOST. It answers a ping by itself.
func docker(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	path := socket(t)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_ping" {
			fmt.Fprint(w, "OK")
			return
		}
		handle(w, r)
	}))
	if err := server.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return "unix://" + path
}

// client is a client of a daemon served by docker.
func client(t *testing.T, host string) *daemon {
	t.Helper()
	d, err := newDaemon(host, environ())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return d
}

// unavailable checks that an error is an *Unavailable whose one line holds these parts.
func unavailable(t *testing.T, err error, parts ...string) {
	t.Helper()
	var u *Unavailable
	if !errors.As(err, &u) {
		t.Fatalf("error %v, want an *Unavailable", err)
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	for _, part := range parts {
		if !strings.Contains(line, part) {
			t.Errorf("%q lacks %q", line, part)
		}
	}
	if u.Reason == "" || u.Next == "" || strings.Contains(u.Reason+u.Next, "\n") {
		t.Errorf("%+v: want a reason and a next step, in a line each", u)
	}
}

// deserted is a socket that somebody has stopped listening on.
func deserted(t *testing.T) string {
	t.Helper()
	path := socket(t)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// freePort is an address of 127.0.0.1 on which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func TestStartWithoutDocker(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"message":"out of order"}`, http.StatusServiceUnavailable)
	}))
	defer broken.Close()
	tests := []struct {
		name, host string
		parts      []string
	}{
		{"no socket where DOCKER_HOST says", "unix:///nowhere/docker.sock", []string{"no socket at /nowhere/docker.sock", "start Docker"}},
		{"nobody listens on the socket", "unix://" + deserted(t), []string{"not running", "nothing listens", "start it"}},
		{"nobody listens on the port", "tcp://" + freePort(t), []string{"nothing listens at tcp://127.0.0.1:", "DOCKER_HOST"}},
		{"what listens is out of order", "tcp" + strings.TrimPrefix(broken.URL, "http"), []string{"503", "out of order", "docker info"}},
		{"a scheme that is not spoken", "ssh://somewhere", []string{"ssh://somewhere", "unix:///PATH"}},
		{"no scheme", "somewhere:2375", []string{"somewhere:2375", "tcp://HOST:PORT"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Start(t.Context(), Config{Getenv: environ("DOCKER_HOST", test.host)})
			if c != nil {
				t.Error("a container")
			}
			unavailable(t, err, test.parts...)
		})
	}
}

func TestFindDaemon(t *testing.T) {
	none := []string{"/nowhere/docker.sock", "/nowhere/else/docker.sock"}
	_, err := findDaemon(environ(), none)
	unavailable(t, err, "DOCKER_HOST is not set", none[0], none[1], "start Docker")

	path := deserted(t)
	d, err := findDaemon(environ(), append(none, path))
	if err != nil || d.host != "unix://"+path {
		t.Errorf("%+v, %v: want the socket that is there", d, err)
	}
	d, err = findDaemon(environ("DOCKER_HOST", "tcp://127.0.0.1:1"), []string{path})
	if err != nil || d.host != "tcp://127.0.0.1:1" {
		t.Errorf("%+v, %v: want DOCKER_HOST before any socket", d, err)
	}
	_, err = findDaemon(environ("DOCKER_HOST", "tcp://127.0.0.1:1", "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", "/nowhere"), nil)
	unavailable(t, err, "/nowhere", "ca.pem", "DOCKER_CERT_PATH")
	if got := sockets(environ("XDG_RUNTIME_DIR", "/run/me", "HOME", "/home/me")); got[0] != defaultSocket ||
		got[1] != "/run/me/docker.sock" || got[2] != "/home/me/.docker/run/docker.sock" {
		t.Errorf("sockets %v", got)
	}
}

func TestPing(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(hang)
	d := client(t, "tcp"+strings.TrimPrefix(server.URL, "http"))
	unavailable(t, d.ping(t.Context(), 10*time.Millisecond), "did not answer a ping within 10ms", "restart Docker")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.ping(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	denied := &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)}
	unavailable(t, unreachable("unix:///var/run/docker.sock", fmt.Errorf("Get: %w", denied), time.Second),
		"no permission", "/var/run/docker.sock", "usermod -aG docker")
}

func TestReached(t *testing.T) {
	if err := reached(t.Context(), freePort(t), time.Minute); err != nil {
		t.Errorf("a port that is closed: %v", err)
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if err := reached(t.Context(), server.Listener.Addr().String(), time.Minute); err != nil {
		t.Errorf("a port that is open: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // in place of an address that leads nowhere, which a test cannot have
	unavailable(t, reached(ctx, "127.0.0.1:1", time.Minute), "127.0.0.1", "TESTCONTAINERS_HOST_OVERRIDE")
}

func TestImages(t *testing.T) {
	tests := []struct {
		name   string
		pull   func(w http.ResponseWriter)
		reason string // "" where it succeeds
	}{
		{"the registry is not reached", func(w http.ResponseWriter) {
			http.Error(w, `{"message":"Get \"https://registry-1.docker.io/v2/\": dial tcp: no such host"}`, http.StatusInternalServerError)
		}, "no such host"},
		{"the pull breaks off", func(w http.ResponseWriter) {
			fmt.Fprintln(w, `{"status":"Pulling from localstack/localstack"}`)
			fmt.Fprintln(w, `{"errorDetail":{"message":"no space left"},"error":"no space left"}`)
		}, "no space left"},
		{"it is pulled", func(w http.ResponseWriter) { fmt.Fprintln(w, `{"status":"Pull complete"}`) }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var pulled string
			host := docker(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/images/localstack/localstack:0.0.0/json":
					http.Error(w, `{"message":"No such image"}`, http.StatusNotFound)
				case "/images/create":
					pulled = r.URL.Query().Get("fromImage") + " " + r.URL.Query().Get("tag")
					test.pull(w)
				default:
					t.Errorf("%s %s", r.Method, r.URL)
				}
			})
			s := &start{Config: Config{}.withDefaults(), daemon: client(t, host)}
			err := s.image(t.Context(), "localstack/localstack:0.0.0", "see docker pull")
			if pulled != "localstack/localstack 0.0.0" {
				t.Errorf("pulled %q", pulled)
			}
			if test.reason != "" {
				unavailable(t, err, "localstack/localstack:0.0.0 is not there and cannot be pulled", test.reason, "see docker pull")
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStartWithoutImage goes the whole way: nothing is handed over to testcontainers when the image cannot be had.
func TestStartWithoutImage(t *testing.T) {
	host := docker(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, `{"message":"no such host"}`, http.StatusNotFound)
	})
	for _, keep := range []bool{false, true} {
		_, err := Start(t.Context(), Config{Getenv: environ("DOCKER_HOST", host), Image: "example.org/localstack:4", Keep: keep})
		unavailable(t, err, "example.org/localstack:4", "docker pull", "--localstack-image")
	}
}

func TestSplitImage(t *testing.T) {
	tests := map[string][2]string{
		"localstack/localstack:4.14.0":   {"localstack/localstack", "4.14.0"},
		"localstack/localstack":          {"localstack/localstack", "latest"},
		"127.0.0.1:5000/localstack":      {"127.0.0.1:5000/localstack", "latest"},
		"127.0.0.1:5000/localstack:4":    {"127.0.0.1:5000/localstack", "4"},
		"localstack/localstack@sha256:1": {"localstack/localstack", "sha256:1"},
	}
	for image, want := range tests {
		if name, tag := splitImage(image); name != want[0] || tag != want[1] {
			t.Errorf("%s: %q %q", image, name, tag)
		}
	}
}
