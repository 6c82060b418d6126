package aws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
	"github.com/wavetank/wavetank/runner"
	"github.com/wavetank/wavetank/scenarios"
)

// inUseAccount is our server, taken for somebody else's account, with what its owner made there. It notes each call of a
// run that is more than a look.
type inUseAccount struct {
	t        *testing.T
	listener *server.Listener
	server   http.Handler

	// The owner's clients.
	streams         *kinesis.Client
	functions       *lambda.Client
	deliveryStreams *firehose.Client
	objects         *s3.Client

	mu    sync.Mutex
	calls []string // "PutRecords orders"
}

// otherKey is the access key id of all but the run.
const otherKey = "other"

func newInUse(t *testing.T) *inUseAccount {
	t.Helper()
	c := clock.NewWall()
	t.Cleanup(c.Stop)
	a := &inUseAccount{t: t, server: server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: c})})}
	l, err := server.Listen(t.Context(), "127.0.0.1:0", a, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	a.listener = l
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	config := sdk.Config{
		Region: "us-east-1", BaseEndpoint: sdk.String(l.URL()), HTTPClient: httpclient.New(transport),
		Credentials: credentials.NewStaticCredentialsProvider(otherKey, "secret", ""),
		Retryer:     func() sdk.Retryer { return sdk.NopRetryer{} },
	}
	a.streams, a.functions, a.deliveryStreams = kinesis.NewFromConfig(config), lambda.NewFromConfig(config), firehose.NewFromConfig(config)
	a.objects = s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true })
	a.make()
	return a
}

// make makes what the scenario inUse names.
func (a *inUseAccount) make() {
	a.t.Helper()
	ctx := a.t.Context()
	must := func(_ any, err error) {
		a.t.Helper()
		if err != nil {
			a.t.Fatal(err)
		}
	}
	for name, shards := range map[string]int32{"orders": 2, "quiet": 1} {
		must(a.streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards}))
		in := &kinesis.DescribeStreamInput{StreamName: &name}
		if err := kinesis.NewStreamExistsWaiter(a.streams).Wait(ctx, in, patience); err != nil {
			a.t.Fatal(err)
		}
	}
	arn := sdk.String("arn:aws:kinesis:us-east-1:123456789012:stream/orders")
	role := sdk.String("arn:aws:iam::123456789012:role/owner")
	must(a.functions.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: sdk.String("process-orders"), Role: role, Code: &lambdatypes.FunctionCode{ZipFile: []byte("zip")},
		Runtime: lambdatypes.RuntimeProvidedal2023, Handler: sdk.String("bootstrap"),
	}))
	mapping, err := a.functions.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{
		FunctionName: sdk.String("process-orders"), EventSourceArn: arn, BatchSize: sdk.Int32(50), StartingPosition: lambdatypes.EventSourcePositionLatest,
	})
	must(mapping, err)
	must(a.objects.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: sdk.String("lake")}))
	must(a.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: sdk.String("lake"), Key: sdk.String("orders/somebody.txt"), Body: strings.NewReader("keep")}))
	to := func(prefix string, format firehosetypes.CompressionFormat) *firehosetypes.ExtendedS3DestinationConfiguration {
		return &firehosetypes.ExtendedS3DestinationConfiguration{
			BucketARN: sdk.String("arn:aws:s3:::lake"), RoleARN: role, Prefix: &prefix, ErrorOutputPrefix: sdk.String("failed/"), CompressionFormat: format,
			BufferingHints: &firehosetypes.BufferingHints{SizeInMBs: sdk.Int32(1), IntervalInSeconds: sdk.Int32(1)},
		}
	}
	must(a.deliveryStreams.CreateDeliveryStream(ctx, &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: sdk.String("archive"), DeliveryStreamType: firehosetypes.DeliveryStreamTypeKinesisStreamAsSource,
		KinesisStreamSourceConfiguration:   &firehosetypes.KinesisStreamSourceConfiguration{KinesisStreamARN: arn, RoleARN: role},
		ExtendedS3DestinationConfiguration: to("orders/", firehosetypes.CompressionFormatUncompressed),
	}))
	must(a.deliveryStreams.CreateDeliveryStream(ctx, &firehose.CreateDeliveryStreamInput{
		DeliveryStreamName: sdk.String("direct"), DeliveryStreamType: firehosetypes.DeliveryStreamTypeDirectPut,
		ExtendedS3DestinationConfiguration: to("direct/!{timestamp:yyyy}/", firehosetypes.CompressionFormatGzip),
	}))
	a.until(func() bool {
		m, err := a.functions.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: mapping.UUID})
		must(m, err)
		ready := sdk.ToString(m.State) == "Enabled"
		for _, name := range []string{"archive", "direct"} {
			d, err := a.deliveryStreams.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: &name})
			must(d, err)
			ready = ready && d.DeliveryStreamDescription.DeliveryStreamStatus == firehosetypes.DeliveryStreamStatusActive
		}
		return ready
	})
}

// patience is how long the account may take to make what its owner wants.
const patience = 30 * time.Second

// until looks until something is so.
func (a *inUseAccount) until(so func() bool) {
	a.t.Helper()
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for range int(patience / (50 * time.Millisecond)) {
		if so() {
			return
		}
		<-ticks.C
	}
	a.t.Fatal("the account was not ready")
}

// left is all that is in the account, with the objects last.
func (a *inUseAccount) left() (list []string) {
	a.t.Helper()
	ctx := a.t.Context()
	streams, err1 := a.streams.ListStreams(ctx, &kinesis.ListStreamsInput{})
	functions, err2 := a.functions.ListFunctions(ctx, &lambda.ListFunctionsInput{})
	mappings, err3 := a.functions.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{})
	deliveries, err4 := a.deliveryStreams.ListDeliveryStreams(ctx, &firehose.ListDeliveryStreamsInput{})
	buckets, err5 := a.objects.ListBuckets(ctx, &s3.ListBucketsInput{})
	objects, err6 := a.objects.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: sdk.String("lake")})
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		a.t.Fatal(err)
	}
	for _, name := range streams.StreamNames {
		list = append(list, "stream "+name)
	}
	for i := range functions.Functions {
		list = append(list, "function "+*functions.Functions[i].FunctionName)
	}
	for i := range mappings.EventSourceMappings {
		list = append(list, "mapping "+*mappings.EventSourceMappings[i].UUID+" "+*mappings.EventSourceMappings[i].State)
	}
	for _, name := range deliveries.DeliveryStreamNames {
		list = append(list, "delivery stream "+name)
	}
	for i := range buckets.Buckets {
		list = append(list, "bucket "+*buckets.Buckets[i].Name)
	}
	for i := range objects.Contents {
		list = append(list, "object "+*objects.Contents[i].Key)
	}
	return list
}

// wrote holds that the run called nothing that is more than a look but puts into these.
func (a *inUseAccount) wrote(into ...string) {
	a.t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[string]bool{}
	for _, call := range a.calls {
		operation, resource, _ := strings.Cut(call, " ")
		if operation != "PutRecords" && operation != "PutRecordBatch" {
			a.t.Errorf("the run called %s", call)
		}
		found[resource] = true
	}
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, into) {
		a.t.Errorf("written to %v, want %v", got, into)
	}
}

// parse reads a scenario with some of it changed.
func (a *inUseAccount) parse(text string, set []string) *scenarios.Scenario {
	a.t.Helper()
	s, err := scenarios.Parse("orders.yaml", []byte(text), set)
	if err != nil {
		a.t.Fatal(err)
	}
	return s
}

// target is the account as a run with the URL of its endpoint has it.
func (a *inUseAccount) target(e runner.Env) target.Target {
	return aws.New(aws.Config{
		Endpoint: a.listener.URL(), Clock: e.Clock, Identify: e.Identify, Next: e.Next, Marker: e.Marker, Note: e.Note, Phase: e.Phase,
		Package: func(context.Context, string) ([]byte, error) { return nil, errors.New("no probe is needed") },
		Honours: e.Scenario, Suffix: "0a1b",
	})
}

// ServeHTTP notes what the run is calling that is more than a look, and has the server answer.
func (a *inUseAccount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	call := r.Method + " " + r.URL.Path
	if operation != "" {
		var in struct{ StreamName, DeliveryStreamName string }
		body, err := io.ReadAll(r.Body)
		if err = errors.Join(err, json.Unmarshal(body, &in)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		call = operation + " " + in.StreamName + in.DeliveryStreamName
	}
	looks := slices.ContainsFunc([]string{"Get", "List", "Describe", "GET ", "HEAD "}, func(begin string) bool {
		return strings.HasPrefix(call, begin)
	})
	if !looks && !strings.Contains(r.Header.Get("Authorization"), "Credential="+otherKey+"/") {
		a.mu.Lock()
		a.calls = append(a.calls, call)
		a.mu.Unlock()
	}
	a.server.ServeHTTP(w, r)
}
