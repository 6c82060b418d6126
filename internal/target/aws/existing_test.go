package aws

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// mixed is a pipeline of which half is there already.
func mixed() *scenarios.Scenario {
	return &scenarios.Scenario{
		Pipeline: scenarios.Pipeline{
			Streams: map[string]scenarios.Stream{"written": {ShardCount: 1}, "read": {ShardCount: 1}, "made": {ShardCount: 1}},
			Functions: map[string]scenarios.Function{
				"mine": {EventSources: []scenarios.EventSource{{Stream: "written"}}}, "modelled": {},
			},
			DeliveryStreams: map[string]scenarios.DeliveryStream{
				"theirs": {Source: "read", S3: scenarios.S3Destination{Bucket: "lake"}},
				"direct": {S3: scenarios.S3Destination{Bucket: "lake", Prefix: "d/!{timestamp:yyyy}/"}},
				"ours":   {Source: "written", S3: scenarios.S3Destination{Bucket: "pond"}},
			},
			Consumers: map[string]scenarios.Consumer{"onlooker": {Stream: "read"}, "dashboard": {Stream: "written"}, "new": {Stream: "made"}},
		},
		Existing: scenarios.Existing{
			Streams:         map[string]scenarios.ExistingStream{"written": {AllowWrites: true}, "read": {}},
			Functions:       map[string]scenarios.ExistingFunction{"mine": {}},
			DeliveryStreams: map[string]scenarios.ExistingDeliveryStream{"theirs": {}, "direct": {AllowWrites: true}},
		},
		Load: []scenarios.Load{{Stream: "written", Generator: scenarios.Generator{Sensor: &scenarios.Sensor{}}}},
	}
}

// What is there already has its own name, whatever the others are called.
func TestExistingNames(t *testing.T) {
	tests := []struct {
		name, suffix string
		owner        Owner
		want         []string // written, made, mine, theirs, ours, lake, pond
	}{
		{"with an owner", "", &keeper{}, []string{"written", "own-s-made", "mine", "theirs", "own-d-ours", "lake", "own-b-pond"}},
		{"with a suffix", "0a1b", nil, []string{"written", "made-0a1b", "mine", "theirs", "ours-0a1b", "lake", "pond-0a1b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tgt := New(Config{Endpoint: "http://127.0.0.1:1", Honours: mixed(), Owner: test.owner, Suffix: test.suffix})
			tgt.names = newNames(test.owner, test.suffix, tgt.toMake(mixed()))
			got := []string{
				*tgt.stream("written"), *tgt.stream("made"), *tgt.function("mine"), *tgt.deliveryStream("theirs"),
				*tgt.deliveryStream("ours"), *tgt.bucket("lake"), *tgt.bucket("pond"),
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
			if back := tgt.names.stream("written"); back != "written" {
				t.Errorf("read back as %s", back)
			}
		})
	}
}

// Markers are put, and waited for, only where records may be put. A target that begins empty makes all, and puts
// everywhere.
func TestExistingMarkers(t *testing.T) {
	tests := []struct {
		name    string
		honours *scenarios.Scenario
		sinks   []string
		from    int
	}{
		{"half of it is there", mixed(), []string{"dashboard", "direct", "new", "ours"}, 3},
		{"nothing is there", nil, []string{"dashboard", "direct", "new", "onlooker", "ours", "theirs"}, 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tgt := New(Config{Endpoint: "http://127.0.0.1:1", Honours: test.honours})
			m, err := tgt.newMarkers(t.Context(), mixed())
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(m.missing)); !slices.Equal(got, test.sinks) {
				t.Errorf("waits at %v, want %v", got, test.sinks)
			}
			from := m.from()
			if len(from) != test.from || from[target.Destination{Stream: "read"}] != (test.honours == nil) {
				t.Errorf("puts into %v", from)
			}
		})
	}
}

// Nobody claims to know what a user's own function does with a record.
func TestExistingFunctionsAreUntold(t *testing.T) {
	some, all := mixed(), mixed()
	delete(all.Pipeline.Functions, "modelled")
	tests := []struct {
		name       string
		honours    *scenarios.Scenario
		mine, rest bool // untold: what mine does, and lambda.* in all
	}{
		{"all are the user's own", all, true, true},
		{"some are", some, true, false},
		{"none is", nil, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pack := func(context.Context, string) ([]byte, error) { return nil, nil }
			traits := New(Config{Endpoint: "http://127.0.0.1:1", Honours: test.honours, Package: pack}).Traits()
			_, mine := traits.Cannot("mine.end_to_end")
			_, rest := traits.Cannot("lambda.latency")
			_, modelled := traits.Cannot("modelled.end_to_end")
			if mine != test.mine || rest != test.rest || modelled {
				t.Errorf("cannot tell: mine %v, lambda.* %v, modelled %v", mine, rest, modelled)
			}
		})
	}
}

// Where there is nothing but the user's own functions no probe is packed, no role is made and no receipts are awaited.
func TestExistingNeedsNoProbe(t *testing.T) {
	s := mixed()
	delete(s.Pipeline.Functions, "modelled")
	k := &keeper{}
	tgt := New(Config{Endpoint: "http://127.0.0.1:1", Honours: s, Owner: k, Package: func(context.Context, string) ([]byte, error) {
		return nil, errors.New("it was packed")
	}})
	p := tgt.toMake(s)
	packed, stop := tgt.pack(t.Context(), p)
	defer stop()
	if err := errors.Join(packed(), tgt.makeFunctions(t.Context(), p, 1), tgt.makeRoles(t.Context(), p)); err != nil {
		t.Error(err)
	}
	if !slices.Equal(k.made, []string{"role delivery-streams"}) {
		t.Errorf("made %q", k.made)
	}
}

// What others put into a stream is not of the run, unless it cannot be told from a template's records.
func TestOurs(t *testing.T) {
	records := func() []target.Record {
		return []target.Record{{Ours: true, Number: 1}, {Number: 2}, {Ours: true, Number: 3}}
	}
	template := mixed()
	template.Load[0].Generator = scenarios.Generator{Template: &scenarios.Template{}}
	tests := []struct {
		name, stream string
		scenario     *scenarios.Scenario
		want         int
	}{
		{"a stream that others write to", "written", mixed(), 2},
		{"a stream of the run's own", "made", mixed(), 3},
		{"a load without identities", "written", template, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tgt := New(Config{Endpoint: "http://127.0.0.1:1", Honours: test.scenario})
			tgt.shared = tgt.sharedStreams(test.scenario)
			if got := tgt.ours(test.stream, records()); len(got) != test.want {
				t.Errorf("%+v", got)
			}
		})
	}
}

// A bucket that is there already is listed from where the run's objects may be, and keeps what is in it.
func TestTheirs(t *testing.T) {
	now := time.Date(2026, time.March, 1, 3, 0, 0, 0, time.UTC)
	tests := []struct{ name, prefix, list, after string }{
		{"no prefix", "", "", "2026/02/28/"},
		{"a prefix", "orders/", "orders/", "orders/2026/02/28/"},
		{"an expression", "orders/!{timestamp:yyyy}/x/", "orders/", ""},
		{"an expression alone", "!{timestamp:yyyy}/", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := &s3.ListObjectsV2Input{}
			b := newTheirs(scenarios.S3Destination{Prefix: test.prefix}, now)
			b.narrow(in)
			if aws.ToString(in.Prefix) != test.list || aws.ToString(in.StartAfter) != test.after {
				t.Errorf("lists %q after %q, want %q after %q", aws.ToString(in.Prefix), aws.ToString(in.StartAfter), test.list, test.after)
			}
			for ago, old := range map[time.Duration]bool{time.Hour: true, time.Second: false, -time.Second: false} {
				if got := b.old(&types.Object{LastModified: aws.Time(now.Add(-ago))}); got != old {
					t.Errorf("an object of %v ago is old: %v", ago, got)
				}
			}
		})
	}
	if (theirs{}).old(&types.Object{LastModified: aws.Time(now)}) {
		t.Error("an object in a bucket of the run's own is old")
	}
}

// A bucket of the run's own has one watch, one that is there already has one for each prefix.
func TestBucketWatches(t *testing.T) {
	c := clock.NewWall()
	defer c.Stop()
	tgt := New(Config{Endpoint: "http://127.0.0.1:1", Honours: mixed(), Clock: c})
	var got []string
	for _, w := range tgt.bucketWatches(mixed()) {
		for _, name := range w.names {
			got = append(got, w.bucket+"/"+w.theirs.prefix+" "+name)
		}
		if w.theirs.there != (w.bucket == "lake") {
			t.Errorf("%s is there: %v", w.bucket, w.theirs.there)
		}
	}
	if want := []string{"lake/d/ direct", "pond/ ours", "lake/ theirs"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A limit that refuses a look is waited for, and nothing else is.
func TestAsk(t *testing.T) {
	limit := &smithy.GenericAPIError{Code: "ThrottlingException"}
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException"}
	tests := []struct {
		name    string
		answers []error
		calls   int
		want    error
	}{
		{"at once", []error{nil}, 1, nil},
		{"after a limit", []error{limit, nil}, 2, nil},
		{"not allowed", []error{denied}, 1, denied},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			calls := 0
			_, err := ask(t.Context(), func(context.Context, *int, ...string) (*int, error) {
				calls++
				return nil, test.answers[calls-1]
			}, nil)
			if calls != test.calls || !errors.Is(err, test.want) {
				t.Errorf("%d calls, %v; want %d, %v", calls, err, test.calls, test.want)
			}
		})
	}
}
