package lambda_test

import (
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
