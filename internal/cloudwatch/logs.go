package cloudwatch

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/wavetank/wavetank/internal/measure"
)

// LogGroup is where a function's logs are unless its LoggingConfig names another group.
func LogGroup(function string) string { return "/aws/lambda/" + function }

const (
	// reportPattern lets through the lines of both formats. AWS, CloudWatch Logs, "Filter pattern syntax": ? is or.
	reportPattern = `?"REPORT RequestId" ?"platform.report"`

	mostLogPages = 400     // of one log; a page has up to 1 MB, and may be empty before the last
	mostReports  = 500_000 // of one log, so that reading it ends
	logRetries   = 5       // of one page that AWS was too busy for
)

// readLog reads the REPORT lines of a function that were written from the start of the load to the end of the drain.
func (r *Reader) readLog(ctx context.Context, a measure.CloudWatchAsked, of *measure.CloudWatchResource, told told) measure.LambdaReports {
	out := measure.LambdaReports{LogGroup: of.LogGroup, As: of.As}
	var t tally
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(of.LogGroup), FilterPattern: aws.String(reportPattern),
		StartTime: aws.Int64(a.Start.UnixMilli()), EndTime: aws.Int64(a.Drained.UnixMilli()),
	}
	for pages := 0; ; pages++ {
		told.phase(fmt.Sprintf("reading the log of %s: %d invocations", of.As, out.Invocations))
		page, err := r.logPage(ctx, in)
		if err != nil {
			out.Error = told.unread(err, of)
			break
		}
		for i := range page.Events {
			if line, ok := parseReport(aws.ToString(page.Events[i].Message)); ok {
				out.Invocations++
				t.add(&line)
			}
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
		if out.Cut = out.Invocations >= mostReports || pages+1 >= mostLogPages || ctx.Err() != nil; out.Cut {
			told.note(fmt.Sprintf("the log of %s has more than the %d REPORT lines that were read: its figures are of the earliest", of.As, out.Invocations))
			break
		}
	}
	t.into(&out)
	return out
}

// logPage reads one page, again where AWS is too busy: it takes few such calls a second.
func (r *Reader) logPage(ctx context.Context, in *cloudwatchlogs.FilterLogEventsInput) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	for try := 1; ; try++ {
		page, err := call(ctx, r.events, in)
		if err == nil || lasting(err) || try == logRetries || !pause(ctx, r.every/15) {
			return page, err
		}
	}
}

// unread notes why a log could not be read, and gives the reason in a few words.
func (t told) unread(err error, of *measure.CloudWatchResource) string {
	var none *types.ResourceNotFoundException
	if errors.As(err, &none) {
		reason := "there is no log group " + of.LogGroup
		t.note(fmt.Sprintf("the log of %s was not read: %s; its logs go elsewhere, or it has written none", of.As, reason))
		return reason
	}
	t.note(refused(err, "the log of "+of.As, logsAction))
	return rootCause(err).Error()
}

// tally adds up REPORT lines. The zero value is ready.
type tally struct {
	duration, billed, init measure.Histogram
	failed                 int64
	memorySize, maxMemory  int64
}

func (t *tally) add(r *report) {
	t.duration.Add(r.duration.Nanoseconds())
	t.billed.Add(r.billed.Nanoseconds())
	if r.init > 0 {
		t.init.Add(r.init.Nanoseconds())
	}
	if r.failed {
		t.failed++
	}
	t.memorySize, t.maxMemory = max(t.memorySize, r.memorySize), max(t.maxMemory, r.maxMemory)
}

func (t *tally) into(out *measure.LambdaReports) {
	out.Duration, out.Billed, out.Init = t.duration.Distribution(), t.billed.Distribution(), t.init.Distribution()
	out.Failed, out.MemorySize, out.MaxMemory = t.failed, t.memorySize, t.maxMemory
}
