//go:build moto

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/account/iamtest"
)

// consumed is a scenario of what moto does: a stream with a consumer, and a delivery stream that is put to.
const consumed = `version: 1
seed: 1
duration: 3s
warmup: 0s
drain: 20s
pipeline:
  streams:
    clicks: {shardCount: 2}
  consumers:
    reader: {stream: clicks, every: 500ms, startingPosition: LATEST}
  deliveryStreams:
    clicks-to-s3:
      s3: {bucket: clicks, prefix: "clicks/", bufferingHints: {size: 1MiB, interval: 1s}, compressionFormat: UNCOMPRESSED}
load:
  - stream: clicks
    generator: {clickstream: {users: 100}}
    partitionKey: userId
    rate: 100/s
  - deliveryStream: clicks-to-s3
    generator: {clickstream: {users: 100}}
    partitionKey: userId
    rate: 50/s
objectives:
  - integrity.missing == 0
`

const (
	exitBroken  = 3 // an objective
	exitInvalid = 4 // the machine is too busy to offer the load in time, as one that compiles is
)

// motoRun is a folder of a user who has an account at moto.
type motoRun struct {
	*gateway
	t   *testing.T
	dir string
}

// newMotoRun empties moto and stands in front of it.
func newMotoRun(t *testing.T) *motoRun {
	t.Helper()
	r := &motoRun{gateway: newGateway(t), t: t, dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(r.dir, "consumed.yaml"), []byte(consumed), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

// command is wavetank as that user types it.
func (r *motoRun) command(args ...string) (c *exec.Cmd, out *bytes.Buffer) {
	c = exec.Command("wavetank", args...)
	c.Env = append(os.Environ(),
		"AWS_ENDPOINT_URL="+r.URL, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_ACCESS_KEY_ID=AKIAWAVETANK", "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_SESSION_TOKEN=", "AWS_PROFILE=", "AWS_REGION=us-east-1",
		"XDG_STATE_HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir, "GORACE=atexit_sleep_ms=0",
	)
	out = new(bytes.Buffer)
	c.Stdout, c.Stderr = out, out
	return c, out
}

// run runs a command that ends with one of the exit codes.
func (r *motoRun) run(want []int, args ...string) string {
	r.t.Helper()
	c, out := r.command(args...)
	err := c.Run()
	if exited := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exited) {
		r.t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); !slices.Contains(want, got) {
		r.t.Fatalf("wavetank %s: exit code %d, want one of %d\n%s", strings.Join(args, " "), got, want, out)
	}
	return out.String()
}

// validRun makes a run, which prepare readies and gives the command line of, and makes it again where it says of itself that it is
// invalid: on a machine that is too busy those servers answer late, and lose a record at times. The fourth counts whatever it says.
func validRun(t *testing.T, exit int, prepare func(*motoRun) []string) (r *motoRun, out string) {
	t.Helper()
	for range 4 {
		r = newMotoRun(t)
		out = r.run([]int{exit, exitInvalid}, prepare(r)...)
		if !strings.Contains(out, "INVALID") {
			break
		}
	}
	return r, out
}

// runConsumed is the command line of a run of the scenario.
func (r *motoRun) runConsumed() []string {
	return []string{
		"run", "--target", "aws", "--yes", "--budget", "5USD", "--owner", "anna", "--out", filepath.Join(r.dir, "run"),
		filepath.Join(r.dir, "consumed.yaml"),
	}
}

// names are those of everything at moto.
func (r *motoRun) names() (list []string) {
	r.t.Helper()
	c := r.sdk()
	clients := account.NewClients(c)
	who, err := clients.Caller(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	streams, err := kinesis.NewFromConfig(c).ListStreams(r.t.Context(), &kinesis.ListStreamsInput{})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, name := range streams.StreamNames {
		list = append(list, "stream "+name)
	}
	roles, err := iam.NewFromConfig(c).ListRoles(r.t.Context(), &iam.ListRolesInput{})
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range roles.Roles {
		list = append(list, "role "+*roles.Roles[i].RoleName)
	}
	buckets, err := s3.NewFromConfig(c).ListBuckets(r.t.Context(), &s3.ListBucketsInput{})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, b := range buckets.Buckets {
		list = append(list, "bucket "+*b.Name)
	}
	// The other kinds are those that a cleanup sees; whether it sees them is tested where it is made.
	found, err := account.NewCleaner(account.CleanerConfig{
		Clients: clients, Account: who.Account, Journals: filepath.Join(r.dir, "wavetank", "journal"),
	}).Find(r.t.Context(), account.Options{Run: "none"})
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range found.Kept {
		if k := found.Kept[i].Kind; k != account.Stream && k != account.Role && k != account.Bucket {
			list = append(list, found.Kept[i].String())
		}
	}
	return list
}

// TestMotoRunsAndInterrupts runs the scenario to its end, then interrupts one with a function, for which moto has no
// Docker, before its load. Everything is gone after each, and the two together call what the policy of a run allows.
func TestMotoRunsAndInterrupts(t *testing.T) {
	r, out := validRun(t, exitOK, (*motoRun).runConsumed)
	for _, want := range []string{
		"(target aws)", "450 offered = 450 acked", "clicks-to-s3 150 delivered, 0 missing, 0 duplicated",
		"reader 300 delivered, 0 missing, 0 duplicated", "=anna, ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if got := r.names(); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
	called := r.actions()

	r = newMotoRun(t)
	reached := r.stopAt("lambda:GetEventSourceMapping", 1, passOn)
	s := r.until(reached, "run", "--target", "aws", "--yes", "--quiet", "--out", filepath.Join(r.dir, "run"), "clickstream")
	if code := r.end(s, os.Interrupt); code != exitInterrupted {
		t.Errorf("exit code %d:\n%s", code, s.out)
	}
	if got := r.names(); len(got) > 0 {
		t.Errorf("left: %v\n%s", got, s.out)
	}
	called = append(called, r.actions()...)
	slices.Sort(called)

	policy, err := account.Policy("run", account.PolicyScope{})
	if err != nil {
		t.Fatal(err)
	}
	missing, idle := iamtest.Compare(policy.Actions(), slices.Compact(called))
	if len(missing) > 0 {
		t.Errorf("called and not allowed: %v", missing)
	}
	// What a role had attached by others, and the log of a function that ran.
	if want := []string{"iam:DetachRolePolicy", "logs:FilterLogEvents"}; !slices.Equal(idle, want) {
		t.Errorf("allowed and not called: %v, want %v", idle, want)
	}
}

// TestMotoKilled kills runs with SIGKILL and cleans up after them. What only looks like ours stays.
func TestMotoKilled(t *testing.T) {
	tests := []struct {
		name, at string
		nth      int
		how      how
		function bool // in the pipeline
	}{
		{"before the role", "iam:CreateRole", 1, drop, false},
		{"after the role, which the run does not know of", "iam:CreateRole", 1, passOn, false},
		{"before the role's policy", "iam:PutRolePolicy", 1, drop, false},
		{"after the stream", "kinesis:CreateStream", 1, passOn, false},
		{"between a bucket and its tags", "s3:PutBucketTagging", 1, drop, false},
		{"after the delivery stream", "firehose:CreateDeliveryStream", 1, passOn, false},
		{"after the function", "lambda:CreateFunction", 1, passOn, true},
		{"after the event source mapping", "lambda:CreateEventSourceMapping", 1, passOn, true},
		{"in the middle of the load", "kinesis:PutRecords", 20, passOn, false},
		{"in the middle of taking down", "kinesis:DeleteStream", 1, drop, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newMotoRun(t)
			alike := r.lookAlikes()
			reached := r.stopAt(test.at, test.nth, test.how)
			line := r.runConsumed()
			if test.function {
				line[len(line)-1] = "clickstream"
			}
			r.end(r.until(reached, line...), os.Kill)
			if dry := r.run([]int{exitOK}, "cleanup", "--dry-run"); !strings.Contains(dry, "run 2") {
				t.Errorf("nothing is listed:\n%s", dry)
			}
			out := r.run([]int{exitOK}, "cleanup", "--yes")
			if got := r.names(); !slices.Equal(got, alike) {
				t.Errorf("left: %v, want %v\n%s", got, alike, out)
			}
			if again := r.run([]int{exitOK}, "cleanup", "--yes"); !strings.Contains(again, "nothing is left to delete") {
				t.Errorf("a second cleanup: %s", again)
			}
		})
	}
}

// lookAlikes makes what has names like ours and is not.
func (r *motoRun) lookAlikes() []string {
	r.t.Helper()
	c, ctx := r.sdk(), r.t.Context()
	for name, tags := range map[string]map[string]string{
		"wavetank-20261124t101500-k3f9xq-clicks": nil,                                        // of the form, without a tag
		"wavetank-mine":                          {account.TagOwner: "anna"},                 // without a run
		"orders":                                 {account.TagRun: "20261124t101500-k3f9xq"}, // of a run, by no name and no journal
	} {
		in := &kinesis.CreateStreamInput{StreamName: &name, ShardCount: sdk.Int32(1), Tags: tags}
		if _, err := kinesis.NewFromConfig(c).CreateStream(ctx, in); err != nil {
			r.t.Fatal(err)
		}
	}
	role := &iam.CreateRoleInput{RoleName: sdk.String("wavetank-mine"), AssumeRolePolicyDocument: sdk.String(`{"Version":"2012-10-17","Statement":[]}`)}
	if _, err := iam.NewFromConfig(c).CreateRole(ctx, role); err != nil {
		r.t.Fatal(err)
	}
	if _, err := s3.NewFromConfig(c).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: sdk.String("wavetank-mine")}); err != nil {
		r.t.Fatal(err)
	}
	return r.names()
}

// started is a command that is going on.
type started struct {
	*exec.Cmd
	out   *bytes.Buffer // to be read when it has ended
	ended chan struct{}
}

// until starts a command and waits until one of its requests is stopped.
func (r *motoRun) until(reached <-chan struct{}, args ...string) *started {
	r.t.Helper()
	s := &started{ended: make(chan struct{})}
	s.Cmd, s.out = r.command(args...)
	if err := s.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		defer close(s.ended)
		_ = s.Wait() // how it ended, its state tells
	}()
	select {
	case <-reached:
	case <-s.ended:
		r.t.Fatalf("it ended before it was stopped:\n%s", s.out)
	}
	return s
}

// end sends a signal, and waits until the command has ended.
func (r *motoRun) end(s *started, signal os.Signal) (code int) {
	r.t.Helper()
	if err := s.Process.Signal(signal); err != nil {
		r.t.Fatal(err)
	}
	r.release()
	<-s.ended
	return s.ProcessState.ExitCode()
}
