package aws

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/wavetank/wavetank/internal/probe"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// keeper is an owner that calls everything own-… and refuses to make anything.
type keeper struct {
	made     []string
	deadline time.Time // of taking down
	err      error
}

var errRefused = errors.New("nothing is made in a test")

func (*keeper) Name(kind, base string) string { return "own-" + kind[:1] + "-" + base }
func (*keeper) Tags() map[string]string       { return map[string]string{"a": "1"} }

func (k *keeper) Make(_ context.Context, kind, name string, _ func(context.Context) (string, error)) error {
	k.made = append(k.made, kind+" "+name)
	return errRefused
}

func (k *keeper) Role(_ context.Context, base string) (string, error) {
	k.made = append(k.made, "role "+base)
	return "arn:" + base, nil
}

func (k *keeper) LogGroup(context.Context, string) error { return errRefused }

func (k *keeper) TakeDown(ctx context.Context, _ func(string)) error {
	k.deadline, _ = ctx.Deadline()
	return errors.Join(k.err, ctx.Err())
}

var ownedPipeline = scenarios.Pipeline{
	Streams:         map[string]scenarios.Stream{"clicks": {ShardCount: 1}},
	Functions:       map[string]scenarios.Function{"process": {}},
	DeliveryStreams: map[string]scenarios.DeliveryStream{"to-s3": {}, "to-s3-too": {}},
}

func owned(o Owner) *Target {
	t := New(Config{SDK: &aws.Config{Region: "cn-north-1"}, Owner: o, Name: "aws"})
	t.names = newNames(o, "", ownedPipeline)
	return t
}

// TestNames holds that the endpoint is called with the owner's names, and that reports keep the scenario's.
func TestNames(t *testing.T) {
	tests := []struct {
		name  string
		owner Owner
		want  [4]string // stream, function, delivery stream, receipts
		begin string    // of the object of a delivery stream
	}{
		{"nobody's", nil, [4]string{"clicks", "process", "to-s3", "wavetank-receipts"}, "to-s3-too"},
		{"somebody's", &keeper{}, [4]string{"own-s-clicks", "own-f-process", "own-d-to-s3", "own-s-wavetank-receipts"}, "own-d-to-s3-too"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tgt := owned(test.owner)
			got := [4]string{*tgt.stream("clicks"), *tgt.function("process"), *tgt.deliveryStream("to-s3"), *tgt.stream(receipts)}
			if got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
			if back := tgt.names.stream(got[0]); back != "clicks" {
				t.Errorf("%s is %s in the scenario", got[0], back)
			}
			w := &bucketWatch{target: tgt, names: []string{"to-s3", "to-s3-too"}}
			if of := w.deliveryStream("clicks/2026/11/24/10/" + test.begin + "-1-2026-11-24-10-15-00-x"); of != "to-s3-too" {
				t.Errorf("the object is of %q", of)
			}
			if of := w.deliveryStream("clicks/somebody-1-2026"); of != "" {
				t.Errorf("somebody's object is of %q", of)
			}
		})
	}
}

// TestOwnedReceipt holds that a receipt of the owner's stream is told under the scenario's name.
func TestOwnedReceipt(t *testing.T) {
	o := &told{}
	tgt := owned(&keeper{})
	tgt.observer, tgt.markers = o, &markers{missing: map[string]target.Destination{}}
	at := time.Unix(1_800_000_000, 0)
	in := probe.Receipt{
		Function: "process", Stream: "own-s-clicks", Shard: "shardId-000000000000", FirstSequenceNumber: "1", LastSequenceNumber: "1",
		Attempt: 1, ItemFailure: -1, Parts: 1, Begin: at, End: at, FirstArrival: at, LastArrival: at,
	}
	(&receiptReader{target: tgt, from: map[uint64]*environment{}}).receipt(in.Append(nil), at)
	if len(o.invocations) != 1 || o.invocations[0].Stream != "clicks" || o.invocations[0].Function != "process" {
		t.Errorf("%+v", o.invocations)
	}
}

// TestOwnedDeploy holds that nothing is made but by the owner, and that no call is made before.
func TestOwnedDeploy(t *testing.T) {
	k := &keeper{}
	tgt := owned(k)
	s := &scenarios.Scenario{Pipeline: ownedPipeline}
	if err := tgt.Deploy(t.Context(), s, nil); !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	if len(k.made) != 2 || k.made[0] != "role delivery-streams" || k.made[1] != "stream own-s-clicks" {
		t.Errorf("made %q", k.made)
	}
	if tgt.deliveryStreamRole() != "arn:delivery-streams" || tgt.partition() != "aws-cn" {
		t.Errorf("role %s, partition %s", tgt.deliveryStreamRole(), tgt.partition())
	}
}

// TestOwnedClose holds that taking down has AWS's time and not the closer's, and that its failure is told.
func TestOwnedClose(t *testing.T) {
	k := &keeper{err: errRefused}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := time.Now()
	err := owned(k).Close(ctx)
	if !errors.Is(err, errRefused) || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if k.deadline.Before(before.Add(takeDownTime)) {
		t.Errorf("until %v", k.deadline)
	}
}

// TestOwnedTraits holds what an account promises and a stand-in does not.
func TestOwnedTraits(t *testing.T) {
	traits := owned(&keeper{}).Traits()
	if traits.Name != "aws" || traits.Limits["shard.write.records"] != 1000 || traits.Inside {
		t.Errorf("%+v", traits)
	}
	for name, cannot := range map[string]bool{"put.latency": false, "put.throttled": false, "put.arrival": true, "integrity.lost": true} {
		if _, got := traits.Cannot(name); got != cannot {
			t.Errorf("%s: cannot tell %v, want %v", name, got, cannot)
		}
	}
	if nobody := New(Config{Endpoint: "http://127.0.0.1:1"}).Traits(); nobody.Limits != nil {
		t.Errorf("a stand-in promises %v", nobody.Limits)
	}
	var _ target.Connector = owned(nil)
}
