//go:build moto

package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/account/iamtest"
	"github.com/wavetank/wavetank/scenarios"
)

// standing is a scenario of what is there already: a stream by a name that looks like one of ours, and a delivery stream.
const standing = `version: 1
seed: 1
duration: 3s
drain: 20s
pipeline:
  streams:
    wavetank-20261124t101500-k3f9xq-clicks: {shardCount: 2}
  consumers:
    reader: {stream: wavetank-20261124t101500-k3f9xq-clicks, every: 500ms}
  deliveryStreams:
    standing:
      s3: {bucket: standing-bucket, prefix: "clicks/", bufferingHints: {size: 1MiB, interval: 60s}}
existing:
  streams: {wavetank-20261124t101500-k3f9xq-clicks: {allowWrites: true}}
  deliveryStreams: {standing: {allowWrites: true}}
load:
  - {stream: wavetank-20261124t101500-k3f9xq-clicks, generator: {clickstream: {users: 100}}, rate: 100/s}
  - {deliveryStream: standing, generator: {clickstream: {users: 100}}, rate: 50/s}
objectives:
  - integrity.missing == 0
`

const standingStream = "wavetank-20261124t101500-k3f9xq-clicks"

// makeStanding makes by hand what the scenario names, and writes that.
func (r *motoRun) makeStanding() {
	r.t.Helper()
	c, ctx := r.sdk(), r.t.Context()
	must := func(_ any, err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	must(kinesis.NewFromConfig(c).CreateStream(ctx, &kinesis.CreateStreamInput{
		StreamName: sdk.String(standingStream), ShardCount: sdk.Int32(2),
	}))
	must(kinesis.NewFromConfig(c).AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{
		StreamName: sdk.String(standingStream), Tags: map[string]string{"team": "data"},
	}))
	objects := r.objects()
	must(objects.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: sdk.String("standing-bucket")}))
	must(objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: sdk.String("standing-bucket"), Key: sdk.String("clicks/somebody.txt"), Body: strings.NewReader("keep"),
	}))
	must(firehose.NewFromConfig(c).CreateDeliveryStream(ctx, &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: sdk.String("standing"), DeliveryStreamType: firehosetypes.DeliveryStreamTypeDirectPut,
		ExtendedS3DestinationConfiguration: &firehosetypes.ExtendedS3DestinationConfiguration{
			BucketARN: sdk.String("arn:aws:s3:::standing-bucket"), RoleARN: sdk.String("arn:aws:iam::123456789012:role/owner"),
			Prefix: sdk.String("clicks/"), CompressionFormat: firehosetypes.CompressionFormatUncompressed,
			BufferingHints: &firehosetypes.BufferingHints{SizeInMBs: sdk.Int32(1), IntervalInSeconds: sdk.Int32(60)},
		},
	}))
	if err := os.WriteFile(filepath.Join(r.dir, "standing.yaml"), []byte(standing), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *motoRun) objects() *s3.Client {
	return s3.NewFromConfig(r.sdk(), func(o *s3.Options) { o.UsePathStyle = true })
}

// runStanding is the command line of a run of it, with some of it changed.
func (r *motoRun) runStanding(set ...string) []string {
	args := []string{"run", "--target", "aws", "--yes", "--out", filepath.Join(r.dir, "run")}
	for _, s := range set {
		args = append(args, "--set", s)
	}
	return append(args, filepath.Join(r.dir, "standing.yaml"))
}

// stands holds that all of it is there and nothing else, with the tags that its owner gave it.
func (r *motoRun) stands() {
	r.t.Helper()
	if got := r.names(); !slices.Equal(got, []string{"stream " + standingStream, "bucket standing-bucket"}) {
		r.t.Errorf("there is %q", got)
	}
	ctx := r.t.Context()
	out, err := kinesis.NewFromConfig(r.sdk()).ListTagsForStream(ctx, &kinesis.ListTagsForStreamInput{StreamName: sdk.String(standingStream)})
	if err != nil {
		r.t.Fatal(err)
	}
	tags := map[string]string{}
	for _, t := range out.Tags {
		tags[*t.Key] = *t.Value
	}
	if !maps.Equal(tags, map[string]string{"team": "data"}) {
		r.t.Errorf("the stream's tags are %v", tags)
	}
	deliveries := firehose.NewFromConfig(r.sdk())
	of, err := deliveries.ListTagsForDeliveryStream(ctx, &firehose.ListTagsForDeliveryStreamInput{DeliveryStreamName: sdk.String("standing")})
	if err != nil || len(of.Tags) > 0 {
		r.t.Errorf("the delivery stream's tags are %v, %v", of, err)
	}
	if _, err := r.objects().HeadObject(ctx, &s3.HeadObjectInput{Bucket: sdk.String("standing-bucket"), Key: sdk.String("clicks/somebody.txt")}); err != nil {
		r.t.Errorf("somebody's object: %v", err)
	}
}

// TestMotoExisting loads what was made by hand, interrupts that with SIGKILL, cleans up and loads it again: it is there
// after each, as it was. Without the owner's word nothing is called at all.
func TestMotoExisting(t *testing.T) {
	r := newMotoRun(t)
	r.makeStanding()

	out := r.run([]int{exitUsage}, r.runStanding("existing.streams."+standingStream+".allowWrites=false")...)
	if !strings.Contains(out, "load.0.stream: found \""+standingStream+"\", which is there already and is only read") {
		t.Errorf("without allowWrites:\n%s", out)
	}
	out = r.run([]int{exitFailed}, r.runStanding("pipeline.streams."+standingStream+".shardCount=3")...)
	if !strings.Contains(out, "shardCount is 2 there and 3 in the scenario") {
		t.Errorf("with another number of shards:\n%s", out)
	}
	r.deny(standingStream)
	out = r.run([]int{exitFailed}, r.runStanding()...)
	if !strings.Contains(out, standingStream+": on the deny list") {
		t.Errorf("on the deny list:\n%s", out)
	}
	r.deny("#")
	for _, action := range r.actions() {
		if strings.Contains(action, ":Put") || strings.Contains(action, ":Create") {
			t.Errorf("%s was called for a run that was refused", action)
		}
	}
	r.stands()

	reached := r.stopAt("kinesis:PutRecords", 20, passOn)
	r.end(r.until(reached, r.runStanding()...), os.Kill)
	r.stands()
	if out := r.run([]int{exitOK}, "cleanup", "--yes"); strings.Contains(out, standingStream) || strings.Contains(out, "deleted") {
		t.Errorf("a cleanup after a run that was killed:\n%s", out)
	}
	r.stands()

	if err := os.RemoveAll(filepath.Join(r.dir, "run")); err != nil {
		t.Fatal(err)
	}
	out = r.run([]int{exitOK, exitInvalid}, r.runStanding()...)
	for _, want := range []string{
		"nothing will be made", "is there already, and is neither made nor deleted:",
		"  stream                " + standingStream + ": the load WILL BE PUT THERE",
		"  bucket                standing-bucket: what is delivered there is read, and stays",
		"450 offered = 450 acked", "standing 150 delivered, 0 missing, 0 duplicated", "reader 300 delivered, 0 missing, 0 duplicated",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	r.stands()
	for _, action := range r.actions() {
		if strings.Contains(action, ":Create") || strings.Contains(action, ":Delete") || strings.Contains(action, ":Tag") {
			t.Errorf("%s was called", action)
		}
	}
	r.allowed()
}

// allowed holds that the policies of a run of it and of a cleanup allow what was called.
func (r *motoRun) allowed() {
	r.t.Helper()
	s, err := scenarios.Open(filepath.Join(r.dir, "standing.yaml"), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	run, err := account.Policy("run", account.PolicyScope{Scenario: s})
	if err != nil {
		r.t.Fatal(err)
	}
	cleanup, err := account.Policy("cleanup", account.PolicyScope{})
	if err != nil {
		r.t.Fatal(err)
	}
	missing, _ := iamtest.Compare(slices.Concat(run.Actions(), cleanup.Actions()), r.actions())
	if len(missing) > 0 {
		r.t.Errorf("called and not allowed: %v", missing)
	}
	only := map[string]bool{"lambda:GetFunctionConfiguration": true, "logs:FilterLogEvents": true} // no function is in it
	for _, st := range run.Statement {
		if !strings.Contains(st.Sid, "Existing") {
			continue
		}
		for _, action := range st.Action {
			if !only[action] && !slices.Contains(r.actions(), action) {
				r.t.Errorf("%s allows %s, which is not called", st.Sid, action)
			}
		}
	}
}

// deny writes a deny list of one line.
func (r *motoRun) deny(line string) {
	r.t.Helper()
	dir := filepath.Join(r.dir, "wavetank")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "deny"), []byte(line+"\n"), 0o600); err != nil {
		r.t.Fatal(err)
	}
}
