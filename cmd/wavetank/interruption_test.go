package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/wavetank/wavetank/runner"
)

// A run that is interrupted while its pipeline is being made says in one line at what it was, and leaves nothing.
func TestInterruptedWhileMakingThePipeline(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	stalled := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil { // until it is read nobody sees that the client has gone
			return
		}
		if r.Method == http.MethodPost && ctx.Err() == nil { // the SDK's, and not who asks whether this is a LocalStack
			interrupt()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(stalled.Close)
	dir := filepath.Join(t.TempDir(), "run")
	var stdout, stderr bytes.Buffer
	root := newRoot(env{stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }})
	root.SetArgs([]string{"run", "--target", stalled.URL, "--out", dir, "--quiet"})
	code, text := outcome(ctx, root.ExecuteContext(ctx))
	if want := "interrupted while making the pipeline: what was made is taken down"; code != exitInterrupted || text != want {
		t.Errorf("exit code %d, said %q; want %d, %q", code, text, exitInterrupted, want)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the run's directory: %v", err)
	}
}

func TestPhasesEnd(t *testing.T) {
	deploy := fmt.Errorf("deploy to the aws target: make stream orders: operation error Kinesis: CreateStream, %w", context.Canceled)
	failed := errors.New("deploy to the aws target: make stream orders: LimitExceededException")
	left := errors.New("delete stream orders: access denied\nwavetank cleanup --run r1 deletes what is left")
	tests := []struct {
		name        string
		interrupted bool
		begun       bool
		err         error
		code        int
		want        string
	}{
		{"taken down", true, false, deploy, exitInterrupted, "interrupted while making stream orders: what was made is taken down"},
		{
			"not all taken down", true, false, errors.Join(errors.Join(deploy, errors.Join(left))), exitInterrupted,
			"interrupted while making stream orders: not all of what was made could be taken down\n" + left.Error(),
		},
		{
			"left behind by what was interrupted", true, false, fmt.Errorf("deploy: %w", errors.Join(context.Canceled, left)), exitInterrupted,
			"interrupted while making stream orders: not all of what was made could be taken down\n" + left.Error(),
		},
		{"a library that does not wrap", true, false, errors.New("start container: context canceled"), exitInterrupted, "interrupted while making stream orders: what was made is taken down"},
		{"it had failed already", true, false, failed, exitInterrupted, failed.Error()},
		{"not interrupted", false, false, failed, exitFailed, failed.Error()},
		{"the load had begun", false, true, errors.New("write the run file: disk full"), exitFailed, "write the run file: disk full (wavetank report DIR renders what was measured until then)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := &phases{ctx: ctx, next: func(runner.Status) {}}
			p.tell(runner.Status{Phase: "making stream orders"})
			p.tell(runner.Status{Phase: "LocalStack answers at http://127.0.0.1:1 after 3.1 s"})
			if tt.interrupted {
				cancel()
			}
			if tt.begun {
				p.tell(runner.Status{Phase: loadPhase})
			}
			p.tell(runner.Status{Phase: "deleting what was made"})
			code, text := outcome(ctx, p.end(tt.err, "DIR"))
			if code != tt.code || text != tt.want {
				t.Errorf("exit code %d, said\n%s\nwant %d\n%s", code, text, tt.code, tt.want)
			}
		})
	}
}

func TestOutcome(t *testing.T) {
	live, stopped := t.Context(), func() context.Context {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return ctx
	}()
	failed := errors.New("it failed")
	tests := []struct {
		name string
		ctx  context.Context
		err  error
		code int
		text string
	}{
		{"nothing", live, nil, exitOK, ""},
		{"a failure", live, failed, exitFailed, "it failed"},
		{"a usage", live, usage(failed), exitUsage, "it failed"},
		{"a code that has been told", live, &exit{code: 3}, 3, ""},
		{"with what came behind it", live, errors.Join(&exit{code: 3}, failed), 3, "it failed"},
		{"interrupted somewhere", stopped, fmt.Errorf("ask who: %w", context.Canceled), exitInterrupted, "interrupted"},
		{"failed though interrupted", stopped, failed, exitFailed, "it failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, text := outcome(tt.ctx, tt.err); code != tt.code || text != tt.text {
				t.Errorf("%d, %q; want %d, %q", code, text, tt.code, tt.text)
			}
		})
	}
}
