package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/spf13/cobra"
	"go.uber.org/goleak"

	simulated "github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/scenarios"
)

// What --data keeps is there at the next start, beside what a scenario makes; it says so, and that nothing else is kept.
func TestServeKeeps(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	s := start(t, nil, "clickstream", "--data", dir)
	if !strings.Contains(s.banner, "Kinesis is kept in "+dir) {
		t.Errorf("the banner does not say what is kept:\n%s", s.banner)
	}
	client := kinesis.NewFromConfig(s.config("us-east-1", "any"))
	if _, err := client.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("mine"), ShardCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	put, err := client.PutRecord(t.Context(), &kinesis.PutRecordInput{StreamName: aws.String("mine"), Data: []byte("data"), PartitionKey: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	c := newServe(env{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }})
	c.SetArgs([]string{"--data", dir, "--port", "0"})
	if err := c.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), dir+" is in use by another process") {
		t.Errorf("a second server ends with %v", err)
	}
	s.stop()

	s = start(t, nil, "clickstream", "--data", dir)
	streams, functions := s.holds("us-east-1", "any")
	if !slices.Equal(streams, []string{"click-stream", "mine"}) || !slices.Equal(functions, []string{"process-clicks"}) {
		t.Errorf("the streams %v and functions %v are there", streams, functions)
	}
	client = kinesis.NewFromConfig(s.config("us-east-1", "any"))
	it, err := client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{
		StreamName: aws.String("mine"), ShardId: put.ShardId, ShardIteratorType: "AT_SEQUENCE_NUMBER", StartingSequenceNumber: put.SequenceNumber,
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: it.ShardIterator})
	if err != nil || len(out.Records) != 1 || string(out.Records[0].Data) != "data" {
		t.Errorf("the record is %+v, %v", out, err)
	}
	s.stop()
}

// With --full fail a server whose disk is full refuses and ends with the reason.
func TestServeEndsWhenTheDiskIsFull(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := start(t, nil, "--data", t.TempDir(), "--disk", "1MiB", "--full", "fail", "--limits", "off")
	client := kinesis.NewFromConfig(s.config("us-east-1", "any"))
	if _, err := client.CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	put := func() error {
		_, err := client.PutRecord(t.Context(), &kinesis.PutRecordInput{
			StreamName: aws.String("s"), Data: make([]byte, 600_000), PartitionKey: aws.String("k"),
		})
		return err
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	if err := put(); err == nil {
		t.Error("a put that does not fit was acknowledged")
	}
	if err := <-s.done; !errors.Is(err, simulated.ErrDiskFull) {
		t.Errorf("serve ended with %v", err)
	}
	if said := s.stderr.String(); !strings.Contains(said, "the cap on disk space is reached") {
		t.Errorf("serve said %q", said)
	}
}

// A scenario says what no flag does.
func TestDiskOfAScenario(t *testing.T) {
	s := scenarios.Storage{Memory: scenarios.MiB, Disk: 2 * scenarios.MiB, Full: scenarios.FullRefuse}
	tests := []struct {
		name    string
		storage scenarios.Storage
		args    []string
		want    scenarios.Storage
	}{
		{"neither", scenarios.Storage{}, nil, scenarios.Storage{Memory: scenarios.GiB, Disk: 10 * scenarios.GiB, Full: scenarios.FullTrim}},
		{"the scenario", s, nil, s},
		{"flags", scenarios.Storage{}, []string{"--disk", "3MiB"}, scenarios.Storage{Memory: scenarios.GiB, Disk: 3 * scenarios.MiB, Full: scenarios.FullTrim}},
		{"both", s, []string{"--disk", "3MiB", "--full", "trim"}, scenarios.Storage{Memory: scenarios.MiB, Disk: 3 * scenarios.MiB, Full: scenarios.FullTrim}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var f diskFlags
			c := &cobra.Command{}
			f.add(c)
			if err := c.ParseFlags(test.args); err != nil {
				t.Fatal(err)
			}
			if err := f.check(); err != nil {
				t.Fatal(err)
			}
			f.fill(test.storage)
			if got := (scenarios.Storage{Memory: f.memoryBytes, Disk: f.diskBytes, Full: f.full}); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestDiskFlagsAreChecked(t *testing.T) {
	tests := []struct {
		flags diskFlags
		want  string
	}{
		{diskFlags{memory: "1GiB", disk: "10GiB", full: "trim"}, ""},
		{diskFlags{memory: "much", disk: "10GiB", full: "trim"}, "--memory much: "},
		{diskFlags{memory: "1GiB", disk: "100KiB", full: "trim"}, "--disk 100KiB: want 1MiB at least"},
		{diskFlags{memory: "1GiB", disk: "10GiB", full: "stop"}, "--full stop: want trim, refuse or fail"},
	}
	for _, tt := range tests {
		err := tt.flags.check()
		if got := ""; err != nil {
			got = err.Error()
			if tt.want == "" || !strings.HasPrefix(got, tt.want) {
				t.Errorf("%+v: %s, want %q", tt.flags, got, tt.want)
			}
		} else if tt.want != "" {
			t.Errorf("%+v is taken, want %q", tt.flags, tt.want)
		}
	}
}
