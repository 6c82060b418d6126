package server

import (
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdks3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// The same requests by the same client get the same answers from an S3 that others wrote.
func TestS3AgreesWithAnotherS3(t *testing.T) {
	ours, _ := s3Server(t, false, objectstore.Config{}, nil)
	theirs := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(theirs.Close)
	if diff := cmp.Diff(s3Story(t, theirs), s3Story(t, ours)); diff != "" {
		t.Errorf("theirs (-) and ours (+):\n%s", diff)
	}
}

// s3Story makes a bucket, does things to it and writes down what came of them.
func s3Story(t *testing.T, s *httptest.Server) []string {
	c, ctx := s3Client(s, "us-east-1"), t.Context()
	bucket := aws.String("story")
	var story []string
	tell := func(what string, err error, format string, args ...any) {
		line := what + ": " + fmt.Sprintf(format, args...)
		if e := smithy.APIError(nil); errors.As(err, &e) {
			line = what + ": error " + e.ErrorCode()
		} else if err != nil {
			line = what + ": no answer"
		}
		story = append(story, line)
	}
	list := func(in sdks3.ListObjectsV2Input) {
		in.Bucket = bucket
		var entries []string
		pages := sdks3.NewListObjectsV2Paginator(c, &in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				tell("list", err, "")
				return
			}
			for _, o := range page.Contents {
				entries = append(entries, fmt.Sprint(*o.Key, " ", *o.Size, " ", *o.ETag))
			}
			for _, p := range page.CommonPrefixes {
				entries = append(entries, *p.Prefix)
			}
		}
		tell(fmt.Sprintf("list %q %q", aws.ToString(in.Prefix), aws.ToString(in.Delimiter)), nil, "%v", entries)
	}
	get := func(key, what string) {
		in := &sdks3.GetObjectInput{Bucket: bucket, Key: aws.String(key)}
		if what != "" {
			in.Range = aws.String(what)
		}
		out, err := c.GetObject(ctx, in)
		if err != nil {
			tell("get "+key+" "+what, err, "")
			return
		}
		body, err := io.ReadAll(out.Body)
		tell("get "+key+" "+what, err, "%s, %s, %s", body, *out.ETag, aws.ToString(out.ContentRange))
	}

	list(sdks3.ListObjectsV2Input{})
	_, err := c.CreateBucket(ctx, &sdks3.CreateBucketInput{Bucket: bucket})
	tell("create", err, "made")
	for _, key := range strings.Fields("a b/1 b/2 b/c/3 d/é+ü e") {
		_, err := c.PutObject(ctx, &sdks3.PutObjectInput{Bucket: bucket, Key: aws.String(key), Body: strings.NewReader("body of " + key), Metadata: map[string]string{"k": key[:1]}})
		tell("put "+key, err, "put")
	}
	list(sdks3.ListObjectsV2Input{})
	list(sdks3.ListObjectsV2Input{Delimiter: aws.String("/")})
	list(sdks3.ListObjectsV2Input{Prefix: aws.String("b/"), Delimiter: aws.String("/")})
	list(sdks3.ListObjectsV2Input{Prefix: aws.String("b"), MaxKeys: aws.Int32(1)})
	list(sdks3.ListObjectsV2Input{StartAfter: aws.String("b/2")})
	for _, what := range []string{"", "bytes=0-3", "bytes=5-", "bytes=-2", "bytes=100-"} {
		get("b/1", what)
	}
	get("nowhere", "")
	head, err := c.HeadObject(ctx, &sdks3.HeadObjectInput{Bucket: bucket, Key: aws.String("e")})
	if err == nil {
		tell("head", nil, "%d %s %v", *head.ContentLength, *head.ETag, head.Metadata)
	}
	_, err = c.DeleteBucket(ctx, &sdks3.DeleteBucketInput{Bucket: bucket})
	tell("delete the bucket", err, "deleted")
	del, err := c.DeleteObjects(ctx, &sdks3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("b/1")}}}})
	tell("delete two", err, "%d deleted", len(del.Deleted))
	_, err = c.DeleteObject(ctx, &sdks3.DeleteObjectInput{Bucket: bucket, Key: aws.String("nowhere")})
	tell("delete what is not there", err, "deleted")
	list(sdks3.ListObjectsV2Input{})
	_, err = c.HeadBucket(ctx, &sdks3.HeadBucketInput{Bucket: aws.String("nowhere")})
	tell("head of no bucket", err, "there")
	return story
}
