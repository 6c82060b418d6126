package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/reports"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// TestBudgetEndsARun runs a minute of load with a budget of a tenth of a shard's hour: it is drained and reported as one
// that was interrupted, and says why.
func TestBudgetEndsARun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "minute.yaml")
	err := os.WriteFile(path, []byte(`version: 1
duration: 1m
pipeline:
  streams:
    clicks: {shardCount: 1}
load:
  - stream: clicks
    generator: {clickstream: {users: 100}}
    partitionKey: userId
    rate: 100/s
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewWall()
	defer c.Stop()
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: c})}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out bytes.Buffer
	load := loadFlags{out: filepath.Join(t.TempDir(), "run")}
	err = load.carry(ctx, env{stdout: &out, stderr: &out, getenv: func(string) string { return "" }}, s, func(e runner.Env) target.Target {
		c := clients(e)
		c.Endpoint = l.URL()
		return newMetered(aws.New(c), e, account.NewMeter(s, 0.0015), stop)
	}, false)
	var x *exit
	if !errors.As(err, &x) || x.code != exitInterrupted {
		t.Errorf("%v, want exit code %d", err, exitInterrupted)
	}
	for _, want := range []string{"the budget of ", "is reached"} { // whether the run is valid depends on the machine
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q", want)
		}
	}
	result, err := os.ReadFile(filepath.Join(load.out, reports.ResultFile))
	if err != nil || !strings.Contains(string(result), `"complete": false`) {
		t.Errorf("its result, %v, is not of a run that was cut short: %s", err, result)
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
