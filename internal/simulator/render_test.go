package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// reading is an HTTP endpoint that reads the requests' bodies.
type reading struct{ bodies []string }

func (e *reading) Post(now time.Time, r *firehose.Request) firehose.Answer {
	body, err := r.AppendBody(nil)
	if err != nil {
		return firehose.Answer{Failure: firehose.ConnectionFailed, Detail: err.Error()}
	}
	e.bodies = append(e.bodies, string(body))
	return r.Accept(now)
}

// Requests to an HTTP endpoint hold what objects would: a world's Firehose renders as its object store does.
func TestRequestsAreRendered(t *testing.T) {
	virtual := clock.NewVirtual()
	defer virtual.Stop()
	endpoint := &reading{}
	w := simulator.New(simulator.Config{
		Clock:    virtual,
		Objects:  objectstore.Config{Render: func(dst []byte, r *record.Record) []byte { return fmt.Append(dst, r.Number) }},
		Firehose: firehose.Config{Endpoints: endpoint},
	}).World("123456789012", "us-east-1")
	err := w.Firehose.Create(firehose.DeliveryStream{
		Name: "d", Bucket: "bucket", HTTP: &firehose.HTTPEndpoint{URL: "https://localhost/"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Firehose.Put(virtual.Now(), "d", []record.Record{{Number: 7, Size: 1, Ours: true}}, make([]bool, 1)); err != nil {
		t.Fatal(err)
	}
	virtual.RunUntil(virtual.Now().Add(10 * time.Minute))
	if len(endpoint.bodies) != 1 || !strings.Contains(endpoint.bodies[0], `{"data":"Nw=="}`) {
		t.Errorf("%q", endpoint.bodies)
	}
}

// code is a function of a test.
type code func(e *lambda.Event) lambda.Result

func (c code) Invoke(_ context.Context, e *lambda.Event) lambda.Result { return c(e) }

// What a function is invoked with has the bodies of the world's objects and the sequence numbers of its streams, and what it
// fails with comes into the world's buckets.
func TestFunctionsAreOfTheirWorld(t *testing.T) {
	virtual := clock.NewVirtual()
	defer virtual.Stop()
	w := simulator.New(simulator.Config{
		Clock:   virtual,
		Objects: objectstore.Config{Render: func(dst []byte, r *record.Record) []byte { return fmt.Append(dst, r.Number) }},
	}).World("123456789012", "us-east-1")
	if err := w.Kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: new("s"), ShardCount: new(int32(1))}); err != nil {
		t.Fatal(err)
	}
	if err := w.Objects.CreateBucket(virtual.Now(), "failed"); err != nil {
		t.Fatal(err)
	}
	var event string
	_, err := w.Lambda.CreateFunction(lambda.Function{Name: "f", Code: code(func(e *lambda.Event) lambda.Result {
		event = string(e.AppendJSON(nil))
		return lambda.Result{Err: &lambda.FunctionError{Type: "errorString", Message: "oops"}}
	})})
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Lambda.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "f", EventSourceArn: w.Kinesis.StreamARN("s"), StartingPosition: "LATEST", MaximumRetryAttempts: new(0),
		DestinationConfig: &lambda.DestinationConfig{OnFailure: lambda.OnFailure{Destination: "arn:aws:s3:::failed"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	put, err := w.Kinesis.PutRecord(kinesis.PutRecordInput{StreamName: new("s"), PartitionKey: new("k"), Data: []byte("bytes")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Kinesis.Put(virtual.Now(), "s", []record.Record{{Number: 7, Size: 1, Ours: true, Key: "k"}}, make([]kinesis.Result, 1)); err != nil {
		t.Fatal(err)
	}
	virtual.RunUntil(virtual.Now().Add(time.Minute))
	for _, want := range []string{`"sequenceNumber":"` + put.SequenceNumber.String() + `","data":"Ynl0ZXM="`, `"data":"Nw=="`} {
		if !strings.Contains(event, want) {
			t.Errorf("the event is %s, without %s", event, want)
		}
	}
	list, err := w.Objects.List("failed", objectstore.ListQuery{})
	if err != nil || len(list.Objects) != 1 || !strings.HasPrefix(list.Objects[0].Key, "aws/lambda/"+m.UUID+"/shardId-000000000000/2026/01/01/2026-01-01T00.00.0") {
		t.Fatalf("%+v, %v", list, err)
	}
	o, err := w.Objects.Get("failed", list.Objects[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Payload          string
		KinesisBatchInfo struct{ StartSequenceNumber string }
	}
	if err := json.Unmarshal(o.Body, &doc); err != nil || doc.Payload != event || doc.KinesisBatchInfo.StartSequenceNumber != put.SequenceNumber.String() {
		t.Errorf("the object is %s, %v", o.Body, err)
	}
}
