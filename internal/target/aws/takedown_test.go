package aws

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/server"
)

// A delivery that comes while its bucket is deleted costs another round and leaves nothing behind.
func TestDeleteBucketOfLateDeliveries(t *testing.T) {
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	l, err := server.Listen(t.Context(), "127.0.0.1:0", server.New(server.Config{AWS: simulator.New(simulator.Config{Clock: wall})}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := func(h aws.HTTPClient) *s3.Client {
		return s3.New(s3.Options{
			Region: "us-east-1", BaseEndpoint: aws.String(l.URL()), UsePathStyle: true, HTTPClient: h, Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("123456789012", "secret", ""),
		})
	}
	ctx, bucket, outside, late := t.Context(), aws.String("lake"), client(&http.Client{Transport: transport}), 2
	if _, err := outside.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	deliver := doer(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodDelete && strings.Trim(r.URL.Path, "/") == *bucket && late > 0 {
			late--
			if _, err := outside.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("late"), Body: strings.NewReader("x")}); err != nil {
				return nil, err
			}
		}
		return transport.RoundTrip(r)
	})
	if err := (&Target{s3: client(deliver)}).deleteBucket(ctx, *bucket); err != nil || late != 0 {
		t.Errorf("%v, with %d of 2 late objects to come", err, late)
	}
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }
