package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/embedded"
	"github.com/wavetank/wavetank/internal/target/localstack"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// targetFlags say where the pipeline is made.
type targetFlags struct {
	name  string
	image string
	reuse bool
	keep  bool

	isLocalStack bool // at a URL; open finds out
	reaches      bool // the target's Firehose comes to the run's receiver; open finds out

	account accountFlags
}

func (f *targetFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.name, "target", "embedded",
		"embedded, localstack (started in Docker), aws (your account), or the `URL` of an endpoint that speaks the AWS APIs")
	c.Flags().StringVar(&f.image, "localstack-image", localstack.DefaultImage, "the `image` of --target localstack")
	c.Flags().BoolVar(&f.reuse, "localstack-reuse", false, "use the LocalStack that an earlier run left, and leave it running")
	c.Flags().BoolVar(&f.keep, "localstack-keep", false, "leave LocalStack running at the end, to look into it")
	f.account.add(c)
}

// open tells how to make the target.
func (f *targetFlags) open(ctx context.Context) (func(runner.Env) target.Target, error) {
	switch f.name {
	case "embedded":
		f.reaches = true
		return func(e runner.Env) target.Target {
			return embedded.New(embedded.Config{
				Clock: e.Clock, Seed: e.Seed, Limits: e.Scenario.Limits, Identify: e.Identify, Next: e.Next, Skip: e.Skip, Open: e.Open, Note: e.Note, End: e.End,
			})
		}, nil
	case "localstack":
		f.reaches = true
		return f.localstack, nil
	}
	endpoint, err := endpointOf(f.name, "embedded, localstack, "+accountTarget)
	if err != nil {
		return nil, err
	}
	_, f.isLocalStack = localstack.Describe(ctx, endpoint)
	f.reaches = onLoopback(endpoint) && !f.isLocalStack
	return func(e runner.Env) target.Target {
		c := clients(e)
		c.Endpoint, c.Honours = endpoint, e.Scenario
		if f.isLocalStack {
			c.Package, c.Untold = packProbe, localstack.Untold(e.Scenario)
			c.StandIn, c.Suffix = true, suffix()
		}
		if f.reaches {
			c.Receive = receive(e.Scenario)
		}
		return aws.New(c)
	}, nil
}

// memory is how a run uses its memory with that target. A scenario may give records more than they have by default.
func (f *targetFlags) memory(s *scenarios.Scenario) memory {
	if f.name == "embedded" {
		m := embeddedMemory
		m.limit += max(0, int64(s.Storage.Memory)-kinesis.DefaultMemory)
		return m
	}
	return elsewhereMemory
}

// endpointOf checks the URL of an endpoint, which must not be one of AWS's own. Known are the names of other targets.
func endpointOf(name, known string) (string, error) {
	u, err := url.Parse(name)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", usage(fmt.Errorf("--target %s: want %s or a URL, as in http://127.0.0.1:4566", name, known))
	}
	if target.OfAWS(u.Hostname()) {
		return "", usage(fmt.Errorf("--target %s: an endpoint of real AWS costs money, and is loaded with run --target aws only, which says how much and asks", name))
	}
	return strings.TrimSuffix(name, "/"), nil
}

// localstack makes a target in a LocalStack of the run's own, whose log is a file of the run.
func (f *targetFlags) localstack(e runner.Env) target.Target {
	c := clients(e)
	c.Package, c.Untold = packProbe, localstack.Untold(e.Scenario)
	c.Receive = receive(e.Scenario)
	if f.reuse {
		c.Suffix = suffix()
	}
	return localstack.New(localstack.TargetConfig{
		Container: localstack.Config{Image: f.image, Reuse: f.reuse, Keep: f.keep},
		Log:       filepath.Join(e.Dir, "localstack.log"),
		AWS:       c,
	})
}

// clients is what every target that is loaded through the SDK takes from its run.
func clients(e runner.Env) aws.Config {
	return aws.Config{
		Clock: e.Clock, Identify: e.Identify, Next: e.Next, Skip: e.Skip, Open: e.Open, Marker: e.Marker, Phase: e.Phase, Note: e.Note,
	}
}

// suffix tells the names of one run at an endpoint from those of another: LocalStack remembers how far a delivery stream had
// read a stream, also when both are gone, and would skip that much of a new one of the same name.
func suffix() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// packProbe makes the package of the probe, which is this program.
func packProbe(ctx context.Context, arch string) ([]byte, error) {
	zip, _, err := probe.Package(ctx, arch, probe.PackageOptions{})
	return zip, err
}
