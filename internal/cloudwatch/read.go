package cloudwatch

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// DefaultWait is how long a run waits for CloudWatch: points come some minutes late, and AWS says of no metric how late.
const DefaultWait = 3 * time.Minute

// Config is how to reach CloudWatch and how patient to be.
type Config struct {
	SDK   aws.Config    // region, endpoints and credentials; retries are off all the same
	Wait  time.Duration // for the load's last minute, at most; 0 reads once
	Every time.Duration // between two reads; default 15 s
}

// Reader reads metrics and logs of one account and region.
type Reader struct {
	wait, every time.Duration

	metrics func(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
	events  func(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// New makes a reader; nothing is asked before Read. A configuration without an HTTP client gets one of httpclient.
func New(c Config) *Reader {
	sdk := c.SDK.Copy()
	sdk.Retryer = func() aws.Retryer { return aws.NopRetryer{} } // the next read is the retry
	if sdk.HTTPClient == nil {
		sdk.HTTPClient = httpclient.New(http.DefaultTransport.(*http.Transport).Clone())
	}
	return &Reader{
		wait: c.Wait, every: cmp.Or(c.Every, 15*time.Second),
		metrics: cloudwatch.NewFromConfig(sdk).GetMetricData,
		events:  cloudwatchlogs.NewFromConfig(sdk).FilterLogEvents,
	}
}

// patience is how long one call to AWS may take.
const patience = 20 * time.Second

// Read reads what AWS tells of a run. phase is told what it is at, note sentences for the report; either may be nil. It
// returns nil where neither metrics nor logs could be read; a note then says why. When ctx is cancelled it waits no longer,
// and reads once what there is.
func (r *Reader) Read(ctx context.Context, asked measure.CloudWatchAsked, phase, note func(text string)) *measure.CloudWatch {
	told := told{phase, note}
	out := &measure.CloudWatch{CloudWatchAsked: asked, Metrics: []measure.CloudWatchMetric{}}
	known := r.readMetrics(ctx, out, told)
	for i := range asked.Resources {
		if asked.Resources[i].LogGroup != "" {
			out.Logs = append(out.Logs, r.readLog(ctx, asked, &asked.Resources[i], told))
		}
	}
	for i := range out.Logs {
		l := &out.Logs[i]
		known = known || l.Error == "" || l.Invocations > 0
	}
	if !known {
		return nil
	}
	return out
}

// call makes one call to AWS within its time. It is made although the run was cancelled: what CloudWatch knows by then is
// still worth reading.
func call[In, Out, Option any](
	ctx context.Context, do func(context.Context, In, ...func(Option)) (Out, error), in In,
) (Out, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return do(ctx, in)
}

// pause waits; it is false where ctx was cancelled first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// told is where a reader tells what it is at, and what the report should say.
type told struct{ phases, notes func(text string) }

func (t told) phase(text string) {
	if t.phases != nil {
		t.phases(text)
	}
}

func (t told) note(text string) {
	if t.notes != nil {
		t.notes(text)
	}
}
