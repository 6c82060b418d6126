package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// post takes what destinations are told.
type post struct {
	refuses error
	to      []string // ARNs, or bucket/key
	bodies  []string
	at      []time.Time
}

func (p *post) Send(now time.Time, arn string, body []byte) error {
	p.to, p.bodies, p.at = append(p.to, arn), append(p.bodies, string(body)), append(p.at, now)
	return p.refuses
}

// bucket takes what buckets are told.
type bucket struct{ post }

func (b *bucket) Put(now time.Time, bucket, key string, body []byte) error {
	return b.Send(now, bucket+"/"+key, body)
}

const (
	queueARN = "arn:aws:sqs:ap-northeast-1:123456789012:failed"
	topicARN = "arn:aws:sns:ap-northeast-1:123456789012:failed"
)

func onFailure(arn string) *lambda.DestinationConfig {
	return &lambda.DestinationConfig{OnFailure: lambda.OnFailure{Destination: arn}}
}

// The document as it was recorded on AWS, member by member, for each way to give up.
func TestDestinationsAreToldOfADrop(t *testing.T) {
	const info = `"version":"1.0","timestamp":"2026-01-01T00:00:01.100Z","KinesisBatchInfo":{"shardId":"shardId-000000000000",` +
		`"startSequenceNumber":"9","endSequenceNumber":"10","approximateArrivalOfFirstRecord":"2026-01-01T00:00:00.002Z",` +
		`"approximateArrivalOfLastRecord":"2026-01-01T00:00:00.003Z","batchSize":2,` +
		`"streamArn":"arn:aws:kinesis:ap-northeast-1:123456789012:stream/clicks"}}`
	const exhausted = `{"requestContext":{"requestId":"…","functionArn":"arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks",` +
		`"condition":"RetryAttemptsExhausted","approximateInvokeCount":1},`
	for _, tt := range []struct {
		name string
		in   lambda.CreateEventSourceMappingInput
		code code
		want string
	}{
		{
			"an error, to a queue",
			lambda.CreateEventSourceMappingInput{BatchSize: new(3), MaximumRetryAttempts: new(0), DestinationConfig: onFailure(queueARN)},
			failing(0), strings.NewReplacer(
				`Number":"9"`, `Number":"8"`, ".002Z", ".001Z", `"batchSize":2`, `"batchSize":3`,
			).Replace(exhausted + `"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},` + info),
		},
		{
			"a report, to a topic",
			lambda.CreateEventSourceMappingInput{BatchSize: new(3), MaximumRetryAttempts: new(0), FunctionResponseTypes: report, DestinationConfig: onFailure(topicARN)},
			reporting(1), strings.NewReplacer(
				"01.100Z", "01.700Z",
			).Replace(exhausted + `"responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":null},` + info),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := &post{}
			k := newTank(t, 1, lambda.Config{Destinations: to})
			k.run(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 100 * ms}}, tt.code)
			for i := range 3 {
				k.streams.put(0, at(time.Duration(i+1)*ms), "a", 10)
			}
			k.mapping(t, tt.in)
			k.clock.RunUntil(at(time.Minute))
			if len(to.bodies) != 1 || len(k.observer.drops) != 1 {
				t.Fatalf("told %q, %d drops", to.bodies, len(k.observer.drops))
			}
			d := k.observer.drops[0]
			last := k.observer.invocations[len(k.observer.invocations)-1]
			if got := strings.ReplaceAll(to.bodies[0], last.Request.String(), "…"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if d.Destination != tt.in.DestinationConfig.OnFailure.Destination || to.to[0] != d.Destination || d.Err != nil || d.Request != last.Request || !d.At.Equal(to.at[0]) {
				t.Errorf("dropped %+v, told %s", d, to.to[0])
			}
		})
	}
}

// Where age is the reason there is no responseContext, and of what was never sent the invoke count is 1 all the same.
func TestADestinationIsToldOfOldRecords(t *testing.T) {
	to := &post{}
	k := newTank(t, 1, lambda.Config{Destinations: to})
	k.run(t, lambda.FunctionModel{}, failing())
	k.streams.put(0, at(0), "a", 10)
	k.clock.RunUntil(at(2 * time.Minute))
	k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON", MaximumRecordAgeInSeconds: new(60), DestinationConfig: onFailure(queueARN)})
	k.clock.RunUntil(at(time.Hour))
	var doc map[string]map[string]any
	if len(to.bodies) != 1 {
		t.Fatalf("told %q", to.bodies)
	}
	_ = json.Unmarshal([]byte(to.bodies[0]), &doc) // version and timestamp are no objects
	if _, there := doc["responseContext"]; there || doc["requestContext"]["condition"] != "RecordAgeExceeded" || doc["requestContext"]["approximateInvokeCount"] != 1.0 {
		t.Errorf("got %s", to.bodies[0])
	}
	if d := k.observer.drops[0]; d.Request == (lambda.RequestID{}) || doc["requestContext"]["requestId"] != d.Request.String() || len(k.observer.invocations) != 0 {
		t.Errorf("dropped %+v", d)
	}
}

// Nobody is told of records that the stream keeps no longer: AWS documents no document for them.
func TestNoDestinationIsToldOfExpiredRecords(t *testing.T) {
	to := &post{}
	k := newTank(t, 1, lambda.Config{Destinations: to})
	k.streams.retention = 24 * time.Hour
	k.run(t, lambda.FunctionModel{}, failing(0))
	k.streams.put(0, at(0), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{StartingPosition: "TRIM_HORIZON", DestinationConfig: onFailure(queueARN)})
	k.clock.RunUntil(at(25 * time.Hour))
	if d := k.observer.drops; len(d) != 1 || d[0].Condition != lambda.RecordExpired || d[0].Destination != "" || len(to.bodies) != 0 {
		t.Errorf("dropped %+v, told %q", d, to.bodies)
	}
}

// A bucket gets the document with the event, as text, under a key that names mapping, shard and time.
func TestABucketIsToldOfADrop(t *testing.T) {
	to := &bucket{}
	k := newTank(t, 1, lambda.Config{Store: to, Render: func(dst []byte, r *record.Record) []byte { return append(append(dst, "<body of>"...), r.Key...) }})
	k.run(t, lambda.FunctionModel{}, failing(0))
	k.streams.put(0, at(ms), "a", 10)
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{MaximumRetryAttempts: new(0), DestinationConfig: onFailure("arn:aws:s3:::failed-clicks")})
	k.clock.RunUntil(at(time.Minute))
	if len(to.bodies) != 1 {
		t.Fatalf("told %q", to.to)
	}
	key, found := strings.CutPrefix(to.to[0], "failed-clicks/aws/lambda/"+id+"/shardId-000000000000/2026/01/01/2026-01-01T00.00.01-")
	if !found || len(key) != 36 {
		t.Errorf("the key is %s", to.to[0])
	}
	var doc struct {
		RequestContext struct{ RequestID string }
		Payload        string
	}
	if err := json.Unmarshal([]byte(to.bodies[0]), &doc); err != nil {
		t.Fatal(err)
	}
	const event = `{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"a","sequenceNumber":"8","data":"PGJvZHkgb2Y+YQ==",` +
		`"approximateArrivalTimestamp":1767225600.001},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000000:8",` +
		`"eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::123456789012:role/r","awsRegion":"ap-northeast-1",` +
		`"eventSourceARN":"arn:aws:kinesis:ap-northeast-1:123456789012:stream/clicks"}]}`
	if doc.Payload != event || doc.RequestContext.RequestID != k.observer.invocations[0].Request.String() {
		t.Errorf("got  %s\nwant %s", doc.Payload, event)
	}
}

// What a destination does not take is lost, and told with the reason; the lane goes on.
func TestADestinationThatRefuses(t *testing.T) {
	to := &post{refuses: errors.New("no such queue")}
	k := newTank(t, 1, lambda.Config{Destinations: to})
	k.run(t, lambda.FunctionModel{}, failing(0))
	k.streams.put(0, at(ms), "a", 10)
	k.streams.put(0, at(2*ms), "a", 10)
	k.mapping(t, lambda.CreateEventSourceMappingInput{BatchSize: new(1), MaximumRetryAttempts: new(0), DestinationConfig: onFailure(queueARN)})
	k.clock.RunUntil(at(time.Minute))
	k.checkStory(t, `
		1s 0 #1 Unhandled
		1s 0 ! RetryAttemptsExhausted after 1
		1s 1 #1`)
	if d := k.observer.drops[0]; d.Err == nil || d.Destination != queueARN || len(to.bodies) != 1 {
		t.Errorf("dropped %+v", d)
	}
}

// A mapping of a stream consumer names the consumer in its events, and the stream in its documents.
func TestFailuresOfAConsumersMapping(t *testing.T) {
	to, source := &post{}, ""
	p := newPair(t, kinesis.Limits{}, func(c *lambda.Config) {
		c.Destinations = to
		c.Functions[0].Code = code(func(_ context.Context, e *lambda.Event) lambda.Result {
			source = e.EventSourceArn
			return lambda.Result{Err: &lambda.FunctionError{Type: "errorString", Message: "oops"}}
		})
	})
	arn := p.register(t, "c")
	p.mapConsumer(t, lambda.CreateEventSourceMappingInput{EventSourceArn: arn, MaximumRetryAttempts: new(0), DestinationConfig: onFailure(queueARN)})
	p.put(p.clock.Now(), 1, 100)
	p.clock.RunUntil(at(time.Minute))
	if source != arn || len(to.bodies) != 1 || !strings.Contains(to.bodies[0], `"streamArn":"`+p.StreamARN("clicks")+`"`) {
		t.Errorf("the event's source is %s, told %q", source, to.bodies)
	}
}

func TestDestinationConfig(t *testing.T) {
	const invalid, validation = lambda.CodeInvalidParameter, lambda.CodeValidation
	all := lambda.Config{Destinations: &post{}, Store: &bucket{}}
	for _, tt := range []struct {
		name          string
		config        lambda.Config
		in            *lambda.DestinationConfig
		code, message string // "": it is taken
	}{
		{"none", lambda.Config{}, onFailure(""), "", ""},
		{"queue", all, onFailure(queueARN), "", ""},
		{"topic", all, onFailure(topicARN), "", ""},
		{"bucket", all, onFailure("arn:aws:s3:::failed"), "", ""},
		{"nobody takes queues", lambda.Config{Store: &bucket{}}, onFailure(queueARN), invalid, "wavetank does not emulate DestinationConfig with a destination of sqs yet"},
		{"nobody takes topics", lambda.Config{}, onFailure(topicARN), invalid, "wavetank does not emulate DestinationConfig with a destination of sns yet"},
		{"nobody takes objects", lambda.Config{Destinations: &post{}}, onFailure("arn:aws:s3:::failed"), invalid, "wavetank does not emulate DestinationConfig with a destination of s3 yet"},
		{"a function", all, onFailure("arn:aws:lambda:ap-northeast-1:123456789012:function:f"), invalid, "wavetank does not emulate DestinationConfig with a destination of lambda yet"},
		{"a Kafka topic", all, onFailure("kafka://failed"), invalid, "wavetank does not emulate DestinationConfig with a Kafka topic yet"},
		{"a FIFO queue", all, onFailure(queueARN + ".fifo"), invalid, "FIFO"},
		{"no ARN", all, onFailure("failed"), validation, "1 validation error detected: Value 'failed' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: "},
		{"too long", all, onFailure(queueARN + strings.Repeat("d", 350)), validation, "Member must have length less than or equal to 350"},
		{
			"on success", all, &lambda.DestinationConfig{OnSuccess: &lambda.OnFailure{Destination: queueARN}}, invalid,
			"Unsupported DestinationConfig parameter for given event source mapping type.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newTank(t, 1, tt.config)
			k.function(t, lambda.FunctionModel{})
			m, err := k.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
				FunctionName: "process-clicks", EventSourceArn: streamARN, StartingPosition: "LATEST", DestinationConfig: tt.in,
			})
			if tt.code != "" {
				checkError(t, err, tt.code, tt.message)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.DestinationConfig != *tt.in {
				t.Errorf("it shows %+v", m.DestinationConfig)
			}
		})
	}
}
