package server

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/smithy-go/middleware"

	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// newClient is the real client, without retries, with an access key id of the caller's choice.
func newClient(url, key string) *sdk.Client {
	return sdk.New(sdk.Options{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider(key, "secret", ""),
		Retryer:      aws.NopRetryer{},
		HTTPClient:   httpclient.New(&http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}),
	})
}

// mustMetadata is the metadata of some answer.
func mustMetadata(t *testing.T, client *sdk.Client) middleware.Metadata {
	t.Helper()
	out, err := client.ListStreams(t.Context(), &sdk.ListStreamsInput{})
	if err != nil {
		t.Fatal(err)
	}
	return out.ResultMetadata
}
