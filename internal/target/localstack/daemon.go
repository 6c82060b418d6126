package localstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

const (
	pingTimeout   = 5 * time.Second  // a daemon that lives answers in milliseconds
	answerTimeout = 20 * time.Second // of any other short request
	defaultSocket = "/var/run/docker.sock"
)

// daemon is the Docker daemon that testcontainers is going to use, asked directly: the few requests by which what is
// missing can be told before testcontainers waits for it. It is safe for concurrent use.
type daemon struct {
	host   string // unix:///var/run/docker.sock
	base   string // the URL that paths are put behind
	client *http.Client
}

// findDaemon looks where testcontainers does, in its order; sockets are those of this machine. Nothing is sent.
func findDaemon(getenv func(string) string, sockets []string) (*daemon, error) {
	properties := testcontainers.ReadConfig().Config
	for _, host := range []string{properties.TestcontainersHost, getenv("DOCKER_HOST")} {
		if host != "" {
			return newDaemon(host, getenv)
		}
	}
	for _, path := range sockets {
		if _, err := os.Stat(path); err == nil || errors.Is(err, os.ErrPermission) {
			return newDaemon("unix://"+path, getenv)
		}
	}
	if properties.Host != "" {
		return newDaemon(properties.Host, getenv)
	}
	return nil, &Unavailable{
		Reason: "no Docker: DOCKER_HOST is not set and there is no socket at " + strings.Join(sockets, ", "),
		Next:   "install or start Docker, or run against the embedded target, which needs none",
	}
}

// sockets are where a daemon of this machine, or of this user alone, listens.
func sockets(getenv func(string) string) []string {
	paths := []string{defaultSocket}
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
		paths = append(paths, filepath.Join(dir, "docker.sock"))
	}
	if home := getenv("HOME"); home != "" {
		paths = append(paths, filepath.Join(home, ".docker/run/docker.sock"), filepath.Join(home, ".docker/desktop/docker.sock"))
	}
	return append(paths, fmt.Sprintf("/run/user/%d/docker.sock", os.Getuid()))
}

// newDaemon makes a client of the daemon at a DOCKER_HOST.
func newDaemon(host string, getenv func(string) string) (*daemon, error) {
	u, err := url.Parse(host)
	if err != nil {
		u = &url.URL{}
	}
	d := &daemon{host: host, base: "http://docker"}
	transport := &http.Transport{}
	switch u.Scheme {
	case "unix":
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", u.Path)
		}
	case "tcp", "http", "https":
		d.base = "http://" + u.Host
		if u.Scheme == "https" || getenv("DOCKER_TLS_VERIFY") != "" {
			d.base = "https://" + u.Host
			if transport.TLSClientConfig, err = tlsConfig(getenv); err != nil {
				return nil, err
			}
		}
	default:
		return nil, &Unavailable{
			Reason: "DOCKER_HOST is " + host + ", which is spoken neither here nor by testcontainers",
			Next:   "set it to unix:///PATH or tcp://HOST:PORT",
		}
	}
	d.client = &http.Client{Transport: transport}
	return d, nil
}

// close drops the connections that no request is on.
func (d *daemon) close() { d.client.CloseIdleConnections() }

// ping tells, as an *Unavailable, what is wrong with the daemon.
func (d *daemon) ping(ctx context.Context, within time.Duration) error {
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err := d.call(bounded, http.MethodGet, "/_ping", nil)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return unreachable(d.host, err, within)
}

// call sends a short request and decodes its answer; out may be nil. A status over 299 is a *refused.
func (d *daemon) call(ctx context.Context, method, path string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	response, err := d.open(ctx, method, path, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) // to its end: the connection is used again
		return err
	}
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("read Docker's answer to %s: %w", path, err)
	}
	return nil
}

// open sends a request whose answer may be long: the caller reads and closes it.
func (d *daemon) open(ctx context.Context, method, path string, header http.Header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, d.base+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode > 299 {
		defer response.Body.Close()
		var answer struct{ Message string }
		text, _ := io.ReadAll(io.LimitReader(response.Body, 4<<10)) // what is left of a broken answer will do
		if json.Unmarshal(text, &answer) != nil || answer.Message == "" {
			answer.Message = strings.TrimSpace(string(text))
		}
		return nil, &refused{status: response.StatusCode, message: answer.Message}
	}
	return response, nil
}

// refused is an answer of the daemon that is an error.
type refused struct {
	status  int
	message string
}

func (r *refused) Error() string { return fmt.Sprintf("Docker answered %d: %s", r.status, r.message) }

// refusedWith tells whether an error is an answer of a status.
func refusedWith(err error, status int) bool {
	var r *refused
	return errors.As(err, &r) && r.status == status
}
