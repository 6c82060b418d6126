package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// answerWithin is how long one put of a receipt waits for its answer. A connection that was left over from before Lambda
// froze the environment may never answer.
const answerWithin = 3 * time.Second

// stream is Receipts in Kinesis.
type stream struct {
	client *kinesis.Client
	name   string
}

// newStream makes the client of the receipts. In a function, region and credentials come by environment variables and last as
// long as the environment, so the SDK's config package, which looks in many places more, would only make the start slower.
func newStream(s Settings, getenv func(string) string, client aws.HTTPClient) (*stream, error) {
	region := firstOf(getenv, "AWS_REGION", "AWS_DEFAULT_REGION")
	if region == "" {
		return nil, errors.New("make client of receipts: AWS_REGION is not set, as Lambda does")
	}
	o := kinesis.Options{
		Region: region,
		Credentials: credentials.NewStaticCredentialsProvider(
			getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")),
		Retryer:    aws.NopRetryer{}, // the handler retries, and knows when it must end
		HTTPClient: client,
	}
	endpoint := s.Endpoint
	if endpoint == "" {
		endpoint = firstOf(getenv, "AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL")
	}
	if endpoint != "" {
		o.BaseEndpoint = &endpoint
	}
	return &stream{kinesis.New(o), s.Receipts}, nil
}

// firstOf is the first of some variables that is set.
func firstOf(getenv func(string) string, names ...string) string {
	for _, name := range names {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}

// Put stores a receipt with PutRecord.
func (s *stream) Put(ctx context.Context, partitionKey string, data []byte) error {
	answered, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	_, err := s.client.PutRecord(answered, &kinesis.PutRecordInput{StreamName: &s.name, PartitionKey: &partitionKey, Data: data})
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && mayRetry(err):
		return fmt.Errorf("put record: %w: %w", ErrTryAgain, err)
	}
	return fmt.Errorf("put record: %w", err)
}

// throttles are the codes of PutRecord that pass by themselves (API_PutRecord).
var throttles = []string{
	"ProvisionedThroughputExceededException", "KMSThrottlingException", "ThrottlingException", "LimitExceededException",
}

// mayRetry tells errors that pass by themselves from those that stay: throttles, the service's own faults, and puts
// that had no answer.
func mayRetry(err error) bool {
	var status *smithyhttp.ResponseError
	var answer smithy.APIError
	if !errors.As(err, &answer) || errors.As(err, &status) && status.HTTPStatusCode() >= http.StatusInternalServerError {
		return true
	}
	return slices.Contains(throttles, answer.ErrorCode())
}
