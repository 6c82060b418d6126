//go:build localstack

package localstack

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// What needs Docker and the image: `go test -tags localstack`.

// written is a log that can be read while it is written.
type written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// bounded is a test's context, which ends before the test binary's own limit would.
func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// local is the daemon that testcontainers uses.
func local(t *testing.T) *daemon {
	t.Helper()
	d, err := findDaemon(os.Getenv, sockets(os.Getenv))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return d
}

// none checks that no container with a label is left.
func none(t *testing.T, d *daemon, label string) {
	t.Helper()
	left, err := d.labelled(context.WithoutCancel(t.Context()), label)
	if err != nil || len(left) > 0 || label == "" {
		t.Errorf("containers of %q: %v, %v", label, left, err)
	}
}

// TestStartLocalStack starts one, uses it, and sees that nothing of it is left, the function's container included.
func TestStartLocalStack(t *testing.T) {
	ctx, d := bounded(t), local(t)
	var logs written
	c, err := Start(ctx, Config{Logs: &logs})
	if err != nil {
		t.Fatal(err)
	}
	end := sync.OnceValue(func() error { return c.Close(ctx) })
	defer end()
	if info, is := Describe(ctx, c.Endpoint()); !is || info.Version == "" {
		t.Errorf("%s is %v (%v)", c.Endpoint(), info, is)
	}
	if !strings.HasPrefix(c.Endpoint(), "http://127.0.0.1:") {
		t.Errorf("endpoint %s", c.Endpoint())
	}
	found, err := d.inspect(ctx, c.inner.GetContainerID())
	if err != nil || found == nil {
		t.Fatal(err)
	}
	if ports := found.NetworkSettings.Ports[port]; len(ports) != 1 || ports[0].HostIP != "127.0.0.1" {
		t.Errorf("published at %+v", ports)
	}
	if _, err := kinesis.NewFromConfig(sdk(c.Endpoint())).ListStreams(ctx, &kinesis.ListStreamsInput{}); err != nil {
		t.Error(err)
	}
	invoke(ctx, t, c.Endpoint())
	if all, err := d.labelled(ctx, c.label); err != nil || len(all) != 2 {
		t.Errorf("%d containers are labelled (%v), want LocalStack's and the function's", len(all), err)
	}
	if err := end(); err != nil {
		t.Error(err)
	}
	none(t, d, c.label)
	for _, want := range []string{"Ready.", "testcontainers: ", "lambda.CreateFunction"} {
		if !strings.Contains(logs.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, logs.String())
		}
	}
}

// TestReuseLocalStack leaves one and takes it again. The image goes by another name, so that nobody else's is touched.
func TestReuseLocalStack(t *testing.T) {
	ctx, d := bounded(t), local(t)
	const image = "docker.io/" + DefaultImage
	defer func() {
		found, err := d.inspect(context.WithoutCancel(ctx), containerName(image))
		if err == nil && found != nil {
			err = (&start{daemon: d}).discard(context.WithoutCancel(ctx), found)
		}
		if err != nil {
			t.Error(err)
		}
	}()
	var endpoint string
	for i, c := range []Config{{Keep: true}, {Reuse: true}, {Reuse: true}} {
		c.Image = image
		got, err := Start(ctx, c)
		if err != nil {
			t.Fatalf("start %d: %v", i, err)
		}
		if i > 0 && (got.Endpoint() != endpoint || got.inner != nil) {
			t.Errorf("start %d is at %s, want the one at %s", i, got.Endpoint(), endpoint)
		}
		endpoint = got.Endpoint()
		if err := got.Close(ctx); err != nil {
			t.Error(err)
		}
		if _, is := Describe(ctx, endpoint); !is {
			t.Errorf("start %d: nothing was left at %s", i, endpoint)
		}
	}
	_, err := Start(ctx, Config{Image: image, Keep: true})
	unavailable(t, err, "was left running", "docker rm -f")
	found, err := d.inspect(ctx, containerName(image))
	if err != nil || found == nil {
		t.Fatal(err)
	}
	for name := range found.Config.Labels {
		if strings.HasPrefix(name, "org.testcontainers") {
			t.Errorf("what is to stay carries the label %s, by which the reaper removes", name)
		}
	}
}

// cancelling ends a context when the container writes its first line.
type cancelling struct {
	written
	cancel context.CancelFunc
}

func (c *cancelling) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "LocalStack version") {
		c.cancel()
	}
	return c.written.Write(p)
}

// TestInterruptedLocalStack interrupts a start: before it begins, and when the container has begun.
func TestInterruptedLocalStack(t *testing.T) {
	d := local(t)
	ctx, cancel := context.WithCancel(bounded(t))
	s := &start{Config: Config{Logs: &cancelling{cancel: cancel}}.withDefaults(), daemon: d}
	c, err := s.run(ctx)
	if c != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", c, err)
	}
	if s.id == "" {
		t.Error("the container had not begun")
	}
	none(t, d, s.label)
	if _, err := Start(ctx, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted before: %v", err)
	}
}

// TestNeverReadyLocalStack starts what is no LocalStack.
func TestNeverReadyLocalStack(t *testing.T) {
	d := local(t)
	s := &start{Config: Config{Image: "testcontainers/ryuk:0.14.0", StartupTimeout: 2 * time.Second}.withDefaults(), daemon: d}
	_, err := s.run(bounded(t))
	unavailable(t, err, "testcontainers/ryuk:0.14.0", "was not ready within 2s", "--localstack-image")
	if !strings.Contains(err.Error(), "\n    ") {
		t.Errorf("%v: want the end of the log", err)
	}
	none(t, d, s.label)
}

// killedHelper makes the test binary the process that TestKilledLocalStack kills.
const killedHelper = "WAVETANK_TEST_KILLED"

// TestKilledLocalStack kills a process that has started LocalStack and a function. The reaper removes both.
func TestKilledLocalStack(t *testing.T) {
	ctx := bounded(t)
	if os.Getenv(killedHelper) != "" {
		c, err := Start(ctx, Config{})
		if err != nil {
			t.Fatal(err)
		}
		invoke(ctx, t, c.Endpoint())
		fmt.Println("label", c.label)
		<-ctx.Done()
		return
	}
	d := local(t)
	helper := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestKilledLocalStack$")
	helper.Env = append(os.Environ(), killedHelper+"=1")
	helper.Stderr = os.Stderr
	out, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	label := ""
	for lines := bufio.NewScanner(out); label == "" && lines.Scan(); {
		label, _ = strings.CutPrefix(lines.Text(), "label ")
		if label == lines.Text() {
			t.Log(label)
			label = ""
		}
	}
	all, err := d.labelled(ctx, label)
	if err != nil || len(all) != 2 {
		t.Errorf("%d containers are labelled %q (%v), want LocalStack's and the function's", len(all), label, err)
	}
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := helper.Wait(); err == nil {
		t.Error("the helper ended before it was killed")
	}
	for len(all) > 0 {
		if err := pause(ctx, between); err != nil {
			t.Fatalf("left after the kill: %v", all)
		}
		if all, err = d.labelled(ctx, label); err != nil {
			t.Fatal(err)
		}
	}
}
