//go:build moto

package cloudwatch

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// TestMoto reads from the moto server that WAVETANK_MOTO_URL names what the test has put there: moto publishes nothing by
// itself of Kinesis, and takes points in AWS/Kinesis from anybody, which AWS does not. It speaks the JSON that CloudWatch
// spoke before CBOR, and no CBOR.
func TestMoto(t *testing.T) {
	url := os.Getenv("WAVETANK_MOTO_URL")
	if url == "" {
		t.Skip("WAVETANK_MOTO_URL is not set: start moto_server and set it to its address")
	}
	resp, err := http.Post(url+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	sdk := aws.Config{
		Region: "us-east-1", BaseEndpoint: &url, HTTPClient: httpclient.New(nil),
		Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
	metrics := cloudwatch.NewFromConfig(sdk, func(o *cloudwatch.Options) {
		o.Protocol, o.DisableRequestCompression = awsjson.New10(schemas.GraniteServiceVersion20100801), true
	})
	logs := cloudwatchlogs.NewFromConfig(sdk)

	asked := askedOf(clicks, process)
	recent := time.Since(asked.Start).Truncate(time.Minute) - 10*time.Minute // moto's logs take nothing of the future, or that is old
	asked.Start, asked.End, asked.Drained = asked.Start.Add(recent), asked.End.Add(recent), asked.Drained.Add(recent)
	for minute, records := range []float64{300, 500, 200} {
		at := asked.From().Add(time.Duration(minute)*time.Minute + 20*time.Second)
		_, err := metrics.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("AWS/Kinesis"), MetricData: []types.MetricDatum{
			motoDatum("IncomingRecords", clicks.Name, records, at), motoDatum("IncomingRecords", clicks.Name, 1, at),
			motoDatum("IncomingRecords", "another", 7, at),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	motoLog(t, logs, asked.Start.Add(time.Second), coldLine, "START RequestId: 3f", jsonLine)

	r := New(Config{SDK: sdk, Every: time.Microsecond, Wait: time.Second})
	r.metrics, r.events = metrics.GetMetricData, logs.FilterLogEvents
	got := r.Read(t.Context(), asked, nil, func(text string) { t.Error(text) })
	if got == nil {
		t.Fatal("nothing was told")
	}
	p := pointsOf(t, got, "IncomingRecords")
	if len(p) != 3 || p[1] != (measure.CloudWatchPoint{Minute: 1, SampleCount: 2, Sum: 501, Maximum: 500}) {
		t.Errorf("IncomingRecords %+v", p)
	}
	if p := pointsOf(t, got, "IncomingBytes"); len(p) != 0 {
		t.Errorf("IncomingBytes %+v, and nobody published any", p)
	}
	if l := got.Logs[0]; l.Invocations != 2 || l.Duration.Max != 12_340_000 {
		t.Errorf("log %+v", l)
	}
}

// TestMotoSpeaksNoCBOR holds what a run against moto is told: as of 5.2.1 the SDK's own protocol finds nothing there. When
// this fails, moto has learnt it, and TestMoto needs no other protocol.
func TestMotoSpeaksNoCBOR(t *testing.T) {
	url := os.Getenv("WAVETANK_MOTO_URL")
	if url == "" {
		t.Skip("WAVETANK_MOTO_URL is not set: start moto_server and set it to its address")
	}
	r := New(Config{Wait: time.Hour, SDK: aws.Config{
		Region: "us-east-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
	}})
	var l listener
	if got := r.Read(t.Context(), askedOf(clicks), l.phase, l.note); got != nil || len(l.notes) != 1 || l.notes[0] != "CloudWatch was not read: this endpoint has none" {
		t.Errorf("told %+v, notes %q", got, l.notes)
	}
}

func motoDatum(name, stream string, value float64, at time.Time) types.MetricDatum {
	return types.MetricDatum{
		MetricName: &name, Value: &value, Timestamp: &at, Unit: types.StandardUnitCount,
		Dimensions: []types.Dimension{{Name: aws.String("StreamName"), Value: &stream}},
	}
}

// motoLog writes lines to the function's log.
func motoLog(t *testing.T, c *cloudwatchlogs.Client, at time.Time, lines ...string) {
	t.Helper()
	group, stream := aws.String(process.LogGroup), aws.String("one")
	if _, err := c.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: group}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil {
		t.Fatal(err)
	}
	in := &cloudwatchlogs.PutLogEventsInput{LogGroupName: group, LogStreamName: stream}
	for i := range lines {
		in.LogEvents = append(in.LogEvents, logstypes.InputLogEvent{Message: &lines[i], Timestamp: aws.Int64(at.UnixMilli())})
	}
	if out, err := c.PutLogEvents(t.Context(), in); err != nil || out.RejectedLogEventsInfo != nil {
		t.Fatal(err, out)
	}
}
