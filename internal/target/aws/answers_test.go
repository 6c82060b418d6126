package aws

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// client is an HTTP client that a test makes up.
type client func(*http.Request) (*http.Response, error)

func (c client) Do(r *http.Request) (*http.Response, error) { return c(r) }

// An endpoint that takes a request and says nothing is told with how long was waited, and what to look at. The time is a
// bubble's.
func TestAnswers(t *testing.T) {
	silent := client(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	refused := client(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") })
	website := client(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusNotImplemented, Body: io.NopCloser(strings.NewReader("<html>"))}, nil
	})
	tests := []struct {
		name    string
		client  client
		standIn bool
		want    string
	}{
		{"it says nothing", silent, false, "nothing came within 5s: is it an AWS endpoint, and is it up?"},
		{"a stand-in says nothing", silent, true, "nothing came within 1m0s: is it an AWS endpoint, and is it up?"},
		{"it refuses", refused, false, "connection refused"},
		{"it is no AWS endpoint", website, false, "answers ListStreams with HTTP 501 and not as Kinesis does: is it an AWS endpoint?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				target := Target{config: Config{Endpoint: "http://127.0.0.1:1", StandIn: tt.standIn}}
				target.kinesis = kinesis.New(kinesis.Options{
					Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), HTTPClient: tt.client, Retryer: aws.NopRetryer{},
					Credentials: aws.AnonymousCredentials{},
				})
				err := target.answers(context.Background())
				if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
					t.Errorf("%v, want %s", err, tt.want)
				}
			})
		})
	}
}
