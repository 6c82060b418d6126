package lambda_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// printer prints each invocation.
type printer struct{ observer }

func (*printer) Invoked(i lambda.Invocation) {
	fmt.Printf("%v: %d records, cold start %v, took %v\n",
		i.Sent.Sub(clock.Epoch), len(i.Records), i.Begin.Sub(i.Sent), i.End.Sub(i.Begin))
}

// A function with code, of which one record fails for good: a report and one retry later it is given up.
func ExampleCode() {
	c := clock.NewVirtual()
	defer c.Stop()
	clicks := newStreams(c, 1)
	for i := range 5 {
		clicks.put(0, clock.Epoch, fmt.Sprint("user-", i), 500)
	}
	told := &observer{}
	service := lambda.New(lambda.Config{
		Account: "123456789012", Region: "ap-northeast-1", Clock: c, Streams: clicks, Observer: told,
		Functions: []lambda.Function{{Name: "process-clicks", Code: code(func(_ context.Context, e *lambda.Event) lambda.Result {
			r := lambda.Result{Took: time.Duration(len(e.Records)) * 10 * time.Millisecond}
			for i := range e.Records {
				if e.Records[i].Key == "user-4" {
					r.Payload = fmt.Appendf(nil, `{"batchItemFailures":[{"itemIdentifier":%q}]}`, e.SequenceNumber(i))
				}
			}
			return r
		})}},
	})
	_, err := service.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "process-clicks", EventSourceArn: service.StreamARN("clicks"), StartingPosition: "TRIM_HORIZON",
		FunctionResponseTypes: []string{"ReportBatchItemFailures"}, MaximumRetryAttempts: new(1),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	c.RunUntil(clock.Epoch.Add(5 * time.Second))
	for _, i := range told.invocations {
		fmt.Printf("%v: %d records, %d succeeded, took %v\n", i.Sent.Sub(clock.Epoch), len(i.Records), len(i.Succeeded()), i.End.Sub(i.Begin))
	}
	for _, d := range told.drops {
		fmt.Printf("%v: %d records given up after %d attempts: %s\n", d.At.Sub(clock.Epoch), len(d.Records), d.Attempts, d.Condition)
	}
	// Output:
	// 0s: 5 records, 4 succeeded, took 50ms
	// 550ms: 1 records, 0 succeeded, took 10ms
	// 1.06s: 1 records, 0 succeeded, took 10ms
	// 1.07s: 1 records given up after 2 attempts: RetryAttemptsExhausted
}

func ExampleNew() {
	c := clock.NewVirtual()
	defer c.Stop()
	clicks := newStreams(c, 1)
	for i := range 250 {
		clicks.put(0, clock.Epoch.Add(time.Duration(i)*10*time.Millisecond), fmt.Sprint("user-", i), 500)
	}
	service := lambda.New(lambda.Config{
		Account: "123456789012", Region: "ap-northeast-1", Clock: c, Streams: clicks, Observer: &printer{},
		Functions: []lambda.Function{{Name: "process-clicks", Model: lambda.FunctionModel{
			Duration: lambda.Distribution{P50: 20 * time.Millisecond}, ColdStart: 250 * time.Millisecond,
		}}},
	})
	_, err := service.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "process-clicks", EventSourceArn: service.StreamARN("clicks"), StartingPosition: "TRIM_HORIZON", BatchSize: new(100),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	c.RunUntil(clock.Epoch.Add(5 * time.Second))
	// Output:
	// 0s: 1 records, cold start 250ms, took 20ms
	// 1s: 100 records, cold start 0s, took 20ms
	// 2s: 100 records, cold start 0s, took 20ms
	// 3s: 49 records, cold start 0s, took 20ms
}
