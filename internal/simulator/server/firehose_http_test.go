package server

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/receiver"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// outcomes is an observer that hands over what became of requests to an HTTP endpoint.
type outcomes struct {
	delivered chan firehose.Delivery
	attempted chan firehose.Attempt
	backedUp  chan firehose.Backup
}

func (outcomes) Put(time.Time, string, []record.Record, []bool) {}
func (o outcomes) Delivered(d firehose.Delivery) {
	d.Records = slices.Clone(d.Records)
	o.delivered <- d
}

func (o outcomes) Attempted(a firehose.Attempt) { a.Records = nil; o.attempted <- a }

func (o outcomes) BackedUp(b firehose.Backup) { b.Records = slices.Clone(b.Records); o.backedUp <- b }

// pipe is an embedded AWS whose delivery streams send to a receiver.
type pipe struct {
	client   *sdkfirehose.Client
	world    *simulator.World
	seen     outcomes
	endpoint *httptest.Server
}

// newPipe makes one. Retries begin after a millisecond, and a buffer with an interval of 0 is cut after ten.
func newPipe(t *testing.T, receive func(*receiver.Request) receiver.Reply, limits firehose.Limits) *pipe {
	t.Helper()
	p := &pipe{seen: outcomes{make(chan firehose.Delivery, 16), make(chan firehose.Attempt, 64), make(chan firehose.Backup, 16)}}
	p.endpoint = httptest.NewServer(receiver.New(receiver.Config{
		AccessKey: "secret", Receive: receive,
		Identify: func(data []byte) (uint32, uint64, bool) { return 1, uint64(len(data)), true },
	}))
	t.Cleanup(p.endpoint.Close)
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	sender := NewSender(t.Context(), SenderConfig{})
	t.Cleanup(sender.Close)
	limits.EndpointRetryBase = time.Millisecond
	worlds := simulator.New(simulator.Config{Clock: wall, Firehose: firehose.Config{
		Observer: p.seen, Endpoints: sender, Limits: limits, Model: firehose.Model{ZeroInterval: 10 * time.Millisecond},
	}})
	p.world = worlds.World("123456789012", place)
	if err := p.world.Objects.CreateBucket(wall.Now(), "clicks"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(Config{AWS: worlds}))
	t.Cleanup(server.Close)
	p.client = firehoseClient(server)
	return p
}

// create makes the delivery stream d to the receiver.
func (p *pipe) create(t *testing.T, retrySeconds int32) {
	t.Helper()
	_, err := p.client.CreateDeliveryStream(t.Context(), &sdkfirehose.CreateDeliveryStreamInput{
		DeliveryStreamName: aws.String("d"),
		HttpEndpointDestinationConfiguration: &types.HttpEndpointDestinationConfiguration{
			EndpointConfiguration: &types.HttpEndpointConfiguration{Url: aws.String(p.endpoint.URL + "/in"), Name: aws.String("receiver"), AccessKey: aws.String("secret")},
			BufferingHints:        &types.HttpEndpointBufferingHints{SizeInMBs: aws.Int32(1), IntervalInSeconds: aws.Int32(0)},
			RequestConfiguration: &types.HttpEndpointRequestConfiguration{
				ContentEncoding:  types.ContentEncodingGzip,
				CommonAttributes: []types.HttpEndpointCommonAttribute{{AttributeName: aws.String("stage"), AttributeValue: aws.String("test")}},
			},
			RetryOptions: &types.HttpEndpointRetryOptions{DurationInSeconds: aws.Int32(retrySeconds)},
			S3BackupMode: types.HttpEndpointS3BackupModeFailedDataOnly,
			S3Configuration: &types.S3DestinationConfiguration{
				RoleARN: aws.String("arn:aws:iam::123456789012:role/r"), BucketARN: aws.String("arn:aws:s3:::clicks"), ErrorOutputPrefix: aws.String("errors/"),
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *pipe) put(t *testing.T, records ...string) {
	t.Helper()
	in := &sdkfirehose.PutRecordBatchInput{DeliveryStreamName: aws.String("d")}
	for _, r := range records {
		in.Records = append(in.Records, types.Record{Data: []byte(r)})
	}
	out, err := p.client.PutRecordBatch(t.Context(), in)
	if err != nil || *out.FailedPutCount != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
}

// The real client makes the delivery stream and puts; a real endpoint refuses once, and then takes the same request.
func TestFirehoseToAnHTTPEndpoint(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("deliver", func(t *testing.T) {
		received := make(chan *receiver.Request, 16)
		p := newPipe(t, func(q *receiver.Request) receiver.Reply {
			received <- q
			if !q.Again() {
				return receiver.Reply{Status: http.StatusServiceUnavailable, Message: "not now"}
			}
			return receiver.Reply{}
		}, firehose.Limits{})
		p.create(t, 60)
		described, err := p.client.DescribeDeliveryStream(t.Context(), &sdkfirehose.DescribeDeliveryStreamInput{DeliveryStreamName: aws.String("d")})
		if err != nil {
			t.Fatal(err)
		}
		to := described.DeliveryStreamDescription.Destinations[0]
		if h := to.HttpEndpointDestinationDescription; h == nil || *h.EndpointConfiguration.Url != p.endpoint.URL+"/in" || *h.RetryOptions.DurationInSeconds != 60 ||
			h.RequestConfiguration.ContentEncoding != types.ContentEncodingGzip || *h.S3DestinationDescription.ErrorOutputPrefix != "errors/" || to.S3DestinationDescription != nil {
			t.Errorf("%+v", to)
		}
		p.put(t, "one", "", "three")
		first, second := <-received, <-received
		if first.ID != second.ID || second.Attempt != 2 || !first.Timestamp.Equal(second.Timestamp) || second.CommonAttributes["stage"] != "test" ||
			second.SourceARN != "arn:aws:firehose:ap-northeast-1:123456789012:deliverystream/d" {
			t.Errorf("%+v\n%+v", first, second)
		}
		var bodies []string
		for _, r := range second.Records {
			bodies = append(bodies, string(r.Data))
			if !r.Ours || r.Number != uint64(r.Size) {
				t.Errorf("%+v", r)
			}
		}
		if !slices.Equal(bodies, []string{"one", "", "three"}) {
			t.Errorf("received %q", bodies)
		}
		d := <-p.seen.delivered
		if d.RequestID != second.ID || d.Attempts != 2 || len(d.Records) != 3 || d.Bytes != 8 || d.URL != p.endpoint.URL+"/in" {
			t.Errorf("%+v", d)
		}
		a, b := <-p.seen.attempted, <-p.seen.attempted
		if a.Status != 503 || a.ErrorCode != "HttpEndpoint.DestinationException" || !strings.Contains(a.ErrorMessage, "not now") || b.Status != 200 || b.ErrorCode != "" {
			t.Errorf("%+v\n%+v", a, b)
		}
	})
}

// What a real endpoint does not take is an object that a person can read.
func TestFirehoseHTTPFailuresOnTheWire(t *testing.T) {
	tests := []struct {
		name  string
		reply receiver.Reply
		code  string
		says  string
	}{
		{"refused", receiver.Reply{Status: http.StatusInternalServerError, Message: "out"}, "HttpEndpoint.DestinationException", `500: {`},
		{"no answer in time", receiver.Reply{Never: true}, "HttpEndpoint.RequestTimeout", "timed out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPipe(t, func(*receiver.Request) receiver.Reply { return tt.reply }, firehose.Limits{EndpointTimeout: 100 * time.Millisecond})
			p.create(t, 0)
			p.put(t, "one", "two")
			b := <-p.seen.backedUp
			if !b.Failed || b.ErrorCode != tt.code || b.Attempts != 1 || len(b.Records) != 2 || !strings.HasPrefix(b.Key, "errors/http-endpoint-failed/") {
				t.Errorf("%+v", b)
			}
			o, err := p.world.Objects.Get("clicks", b.Key)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.SplitAfter(string(o.Body), "\n")
			if len(lines) != 3 || !strings.Contains(lines[1], `"rawData":"dHdv"`) || !strings.Contains(lines[1], `"errorCode":"`+tt.code+`"`) || !strings.Contains(lines[1], tt.says) {
				t.Errorf("%s", o.Body)
			}
		})
	}
}
