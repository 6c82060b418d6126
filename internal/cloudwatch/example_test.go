package cloudwatch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/wavetank/wavetank/internal/cloudwatch"
	"github.com/wavetank/wavetank/internal/measure"
)

// Nothing that CloudWatch does fails a run: where there is none, a note says so.
func ExampleNew() {
	endpoint := httptest.NewServer(http.NotFoundHandler())
	defer endpoint.Close()
	r := cloudwatch.New(cloudwatch.Config{Wait: cloudwatch.DefaultWait, SDK: aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint.URL, Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	}})
	start := time.Date(2026, 11, 24, 10, 15, 20, 0, time.UTC)
	told := r.Read(context.Background(), measure.CloudWatchAsked{
		Start: start, End: start.Add(time.Minute), Drained: start.Add(90 * time.Second),
		Resources: []measure.CloudWatchResource{{Kind: measure.StreamResource, Name: "wavetank-x-clicks", As: "clicks"}},
	}, nil, func(note string) { fmt.Println(note) })
	fmt.Println(told == nil)
	// Output:
	// CloudWatch was not read: this endpoint has none
	// true
}
