// Package aws is a target at any endpoint that speaks the AWS APIs, loaded through the real SDK clients.
//
// The SDK's retries are off: an attempt is an attempt, and the runner counts every one. The pipeline is made with the
// same clients: streams and buckets first, then what reads them. In an account that others use too it is made through an
// Owner, which names it, has it on record and takes it down. Deliveries are seen by reading the bucket; a plain
// consumer reads its stream with GetRecords. Config.Inside is what an endpoint in this process tells besides: without
// it, the time of a delivery is known only to the polling interval, and arrivals and functions not at all.
package aws

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
	"github.com/wavetank/wavetank/scenarios"
)

// Config is where the endpoint is and how records are known again. The zero values of optional fields are the defaults
// named beside them.
type Config struct {
	Endpoint string      // http://127.0.0.1:4566, loaded with credentials that nobody checks
	Region   string      // default us-east-1
	SDK      *aws.Config // instead of both: endpoints, region and credentials of the user's own; retries are off all the same
	Owner    Owner       // in whose name the pipeline is made; nil at a stand-in, where it is nobody's
	// Honours is the scenario whose "existing" names what is there already: that is checked, used under its own name and
	// left as it is. Nil where the target begins empty: the whole pipeline is made as it is described.
	Honours  *scenarios.Scenario
	Metrics  Metrics // CloudWatch, asked after a run; nil or without an owner: nobody is
	Clock    clock.Clock
	Identify record.Identify       // finds a record's identity in its body; needed
	Next     func(data []byte) int // where the next record of ours begins in concatenated bodies, -1 nowhere; needed
	Skip     func(data []byte) int // how much of data, which begins with a record of ours, holds no other; nil: a byte
	Open     record.Open           // opens aggregates for consumers; nil: nothing is one
	Marker   []byte                // the body of a marker record, which Identify knows as lane target.MarkerLane
	Inside   Inside                // nil for an endpoint elsewhere
	Receive  *Receive              // nil where the service cannot reach this process: a delivery stream with an HTTP endpoint is refused
	Poll     time.Duration         // between two looks at a bucket; default 200 ms
	Keep     bool                  // leave delivered objects where they are; else they are deleted once read
	Phase    func(text string)     // is told what Deploy is at; may be nil
	Note     func(text string)     // is told sentences for the report; may be nil
	// Package makes the package of the probe for an architecture of Go's: the scenario's functions are then deployed as
	// probes, which leave receipts. Nil: no function is deployed here, and the traits say so.
	Package func(ctx context.Context, arch string) (zip []byte, err error)
	Name    string          // of the target in reports; default the endpoint
	Suffix  string          // of every name at the endpoint, where what earlier runs left might be taken for this one's
	StandIn bool            // what it takes is measured before the load: it is no matter of the pipeline
	Untold  []target.Untold // what this kind of endpoint cannot tell, beside what none can
}

// Inside is what an endpoint in this process tells besides the APIs.
type Inside interface {
	// Traits replaces the endpoint's own.
	Traits() target.Traits
	// Function makes a modelled function; AWS's API cannot describe one.
	Function(name string, f scenarios.Function) error
	// Visible tells when an object became visible.
	Visible(bucket, key string) (at time.Time, ok bool)
	// Object tells when an object became visible and which records it holds.
	Object(bucket, key string) (at time.Time, records []target.Record, ok bool)
	// Freshness is the age of the oldest undelivered record.
	Freshness(deliveryStream string, now time.Time) (time.Duration, bool)
	// Reader makes a consumer's progress in a stream count, so that what it has not passed is kept for it.
	Reader(stream, name string) (passed func(shard int32, next uint64))
	// Held visits what the pipeline still holds for its sinks.
	Held(visit target.Visit) bool
}

// Target is an endpoint. It is safe for concurrent use once it is deployed.
type Target struct {
	config   Config
	http     *http.Transport
	sdk      aws.Config
	kinesis  *kinesis.Client
	firehose *firehose.Client
	lambda   *lambda.Client
	s3       *s3.Client
	calls    sync.Pool // *call: the buffers of a put

	opened, reused atomic.Int64 // connections

	reading context.Context // of subscriptions; ended by Stop
	stop    context.CancelFunc

	made     made
	names    names
	roles    roles
	packed   []byte // the probe, where functions are deployed
	account  string // that the pipeline is in; "" before a stream was made
	observer target.Observer
	reshards []scenarios.Reshard
	markers  *markers
	watches  []*bucketWatch
	receiver *receiving                     // nil where no delivery stream has an HTTP endpoint
	delivers map[target.Destination][]*acks // of the delivery streams that read it, where nothing inside tells when records arrive
	shared   map[string]bool                // streams that others may write to
	acks     map[string]*acks               // by delivery stream
	drains   atomic.Pointer[draining]       // nil while no function's ceiling is measured
}

// New makes a target; nothing is sent before Deploy.
func New(c Config) *Target {
	if c.SDK != nil {
		c.Region = c.SDK.Region
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Poll == 0 {
		c.Poll = 200 * time.Millisecond
	}
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 1024,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		WriteBufferSize:     64 << 10,
		ReadBufferSize:      64 << 10,
	}
	config := aws.Config{
		Region:       c.Region,
		BaseEndpoint: aws.String(c.Endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("wavetank", "wavetank", ""),
	}
	if c.SDK != nil {
		config = c.SDK.Copy()
		transport.Proxy = http.ProxyFromEnvironment
		if client, ok := config.HTTPClient.(*awshttp.BuildableClient); ok { // AWS_CA_BUNDLE is in it
			transport.TLSClientConfig = client.GetTransport().TLSClientConfig
		}
	}
	config.HTTPClient = httpclient.New(transport)
	config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	reading, stop := context.WithCancel(context.Background())
	return &Target{
		config:   c,
		http:     transport,
		sdk:      config,
		reading:  reading,
		stop:     stop,
		kinesis:  kinesis.NewFromConfig(config),
		firehose: firehose.NewFromConfig(config),
		lambda:   lambda.NewFromConfig(config),
		s3:       s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = o.UsePathStyle || o.BaseEndpoint != nil }),
		calls:    sync.Pool{New: func() any { return new(call) }},
	}
}

// Traits tells what the endpoint can promise.
func (t *Target) Traits() target.Traits {
	if t.config.Inside != nil {
		return t.config.Inside.Traits()
	}
	traits := target.Traits{
		Name: cmp.Or(t.config.Name, t.config.Endpoint), Bodies: true, MaxBytes: 4 << 20,
		Untold: slices.Concat(t.config.Untold, t.untoldOfExisting(), t.untoldOfBackups(), []target.Untold{
			{Prefix: "put.arrival", Reason: "only the inside of a service knows when a record arrived"},
			{
				Prefix: "firehose.lag", Measured: true,
				Reason: "a record arrived between its put and its acknowledgement: the lag shown counts from the latter",
			},
			{Prefix: "firehose.freshness", Reason: "only the inside of a delivery stream knows what it holds"},
			{Prefix: "integrity.lost", Reason: "what did not come out may still be on its way"},
			{Prefix: "stream.throttled", Reason: "other readers' refusals are not told"},
		}),
	}
	if t.config.Owner != nil {
		traits.Limits = shardLimits
	}
	if t.config.Package == nil {
		traits.Untold = append(traits.Untold, target.Untold{Prefix: "lambda.", Reason: "no function is deployed to this endpoint"})
	}
	return traits
}

// Begin tells when the load starts: the scenario's reshards count from it.
func (t *Target) Begin(start time.Time) {
	target.StartReshards(t.config.Clock, start, t.reshards, t.reshard, t.config.Note)
}

// Freshness is the age of the oldest undelivered record, where the inside tells it.
func (t *Target) Freshness(deliveryStream string, now time.Time) (time.Duration, bool) {
	if t.config.Inside == nil {
		return 0, false
	}
	return t.config.Inside.Freshness(deliveryStream, now)
}

// Held visits what the pipeline still holds, where the inside tells it.
func (t *Target) Held(visit target.Visit) bool {
	return t.config.Inside != nil && t.config.Inside.Held(visit)
}

// Connections is how many puts opened a connection and how many went over one that was there.
func (t *Target) Connections() (opened, reused int64) { return t.opened.Load(), t.reused.Load() }

// connected counts the connection that a put got.
func (t *Target) connected(info httptrace.GotConnInfo) {
	if info.Reused {
		t.reused.Add(1)
	} else {
		t.opened.Add(1)
	}
}

// Close deletes what Deploy made, in the opposite order, and closes idle connections. An owner's pipeline takes as long as
// AWS takes, whatever the deadline of ctx.
func (t *Target) Close(ctx context.Context) error {
	t.Stop()
	defer t.Disconnect()
	if t.config.Owner != nil {
		return t.ownerTakesDown(ctx)
	}
	return t.takeDown(ctx)
}

// Disconnect closes the connections that no request is on.
func (t *Target) Disconnect() { t.http.CloseIdleConnections() }
