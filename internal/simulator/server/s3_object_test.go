package server

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdks3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

func TestS3Reads(t *testing.T) {
	server, world := s3Server(t, false, objectstore.Config{}, nil)
	modified := time.Date(2026, time.January, 2, 3, 4, 5, 600, time.UTC)
	info, err := world.Objects.Put(modified, "clicks", "k", []byte("0123456789"), objectstore.Meta{ContentType: "text/plain"})
	if err != nil {
		t.Fatal(err)
	}
	at := func(d time.Duration) string { return modified.Add(d).Format(http.TimeFormat) }
	tests := []struct {
		name          string
		query         string
		header, value string
		status        int
		body          string
		contentRange  string
	}{
		{"whole", "", "", "", 200, "0123456789", ""},
		{"first bytes", "", "Range", "bytes=0-3", 206, "0123", "bytes 0-3/10"},
		{"one byte", "", "Range", "bytes=9-9", 206, "9", "bytes 9-9/10"},
		{"to the end", "", "Range", "bytes=7-", 206, "789", "bytes 7-9/10"},
		{"over the end", "", "Range", "bytes=7-100", 206, "789", "bytes 7-9/10"},
		{"last bytes", "", "Range", "bytes=-3", 206, "789", "bytes 7-9/10"},
		{"more last bytes than there are", "", "Range", "bytes=-30", 206, "0123456789", "bytes 0-9/10"},
		{"behind the end", "", "Range", "bytes=10-", 416, "InvalidRange", ""},
		{"no last bytes", "", "Range", "bytes=-0", 416, "InvalidRange", ""},
		{"backwards", "", "Range", "bytes=5-2", 200, "0123456789", ""},
		{"two ranges", "", "Range", "bytes=0-1,3-4", 200, "0123456789", ""},
		{"no range", "", "Range", "lines=1-2", 200, "0123456789", ""},
		{"overflow", "", "Range", "bytes=99999999999999999999-", 200, "0123456789", ""},
		{"known already", "", "If-None-Match", `"` + info.ETag + `"`, 304, "", ""},
		{"known another", "", "If-None-Match", `"abc"`, 200, "0123456789", ""},
		{"must be this", "", "If-Match", `"x", W/"` + info.ETag + `"`, 200, "0123456789", ""},
		{"must be another", "", "If-Match", `"abc"`, 412, "PreconditionFailed", ""},
		{"not modified since", "", "If-Modified-Since", at(0), 304, "", ""},
		{"modified since", "", "If-Modified-Since", at(-time.Minute), 200, "0123456789", ""},
		{"must not be modified since", "", "If-Unmodified-Since", at(-time.Minute), 412, "PreconditionFailed", ""},
		{"another type", "?response-content-type=image/png", "", "", 200, "0123456789", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			if tt.header != "" {
				h.Set(tt.header, tt.value)
			}
			status, header, body := plainGet(t, server.URL+"/clicks/k"+tt.query, h)
			if status != tt.status || !strings.Contains(string(body), tt.body) || tt.status < 300 && string(body) != tt.body {
				t.Errorf("%d %q, want %d %q", status, body, tt.status, tt.body)
			}
			if got := header.Get("Content-Range"); got != tt.contentRange {
				t.Errorf("Content-Range %q, want %q", got, tt.contentRange)
			}
			want := "text/plain"
			if tt.query != "" {
				want = "image/png"
			}
			if got := header.Get("Content-Type"); tt.status < 300 && got != want {
				t.Errorf("Content-Type %q, want %q", got, want)
			}
		})
	}
}

func TestS3ErrorDocument(t *testing.T) {
	server, _ := s3Server(t, false, objectstore.Config{}, nil)
	for path, code := range map[string]string{"/clicks/none": "NoSuchKey", "/none/k": "NoSuchBucket", "/clicks/k?acl": "NotImplemented"} {
		_, header, body := plainGet(t, server.URL+path, nil)
		var doc struct{ Code, Message, Resource, RequestId, HostId string }
		if err := xml.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Code != code || doc.Message == "" || doc.RequestId != header.Get("X-Amz-Request-Id") || doc.HostId == "" || header.Get("Content-Type") != "application/xml" {
			t.Errorf("%s: %+v", path, doc)
		}
	}
}

func TestS3MultipartWithTheSDK(t *testing.T) {
	server, world := s3Server(t, true, objectstore.Config{}, nil)
	c, ctx := s3Client(server, "us-east-1"), t.Context()
	bucket, key := aws.String("clicks"), aws.String("large")
	up, err := c.CreateMultipartUpload(ctx, &sdks3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ContentType: aws.String("text/plain")})
	if err != nil {
		t.Fatal(err)
	}
	parts := [][]byte{bytes.Repeat([]byte("a"), 5<<20), []byte("the end")}
	var done types.CompletedMultipartUpload
	for i, body := range parts {
		n := aws.Int32(int32(i + 1))
		part, err := c.UploadPart(ctx, &sdks3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: n, Body: bytes.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		done.Parts = append(done.Parts, types.CompletedPart{PartNumber: n, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32})
	}
	if _, err := c.CompleteMultipartUpload(ctx, &sdks3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId, MultipartUpload: &done}); err != nil {
		t.Fatal(err)
	}
	o, err := world.Objects.Get("clicks", "large")
	if err != nil || !bytes.Equal(o.Body, bytes.Join(parts, nil)) || o.Meta.ContentType != "text/plain" {
		t.Errorf("%d bytes, %+v, %v", len(o.Body), o.Meta, err)
	}
	_, err = c.AbortMultipartUpload(ctx, &sdks3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId})
	wantCode(t, "abort of what is complete", err, "NoSuchUpload")
}

// An object of records is made when it is first listed or fetched, and is the same in both.
func TestS3RendersRecords(t *testing.T) {
	render := func(dst []byte, r *record.Record) []byte { return append(dst, "click\n"...) }
	server, world := s3Server(t, false, objectstore.Config{Render: render}, nil)
	recs := make([]record.Record, 1000)
	for i := range recs {
		recs[i] = record.Record{Size: 6, Ours: true}
	}
	if size, err := world.Objects.PutRecords(time.Unix(0, 0), "clicks", "k.gz", recs, objectstore.Gzip); err != nil || size != -1 {
		t.Fatal(size, err)
	}
	c, ctx := s3Client(server, "us-east-1"), t.Context()
	list, err := c.ListObjectsV2(ctx, &sdks3.ListObjectsV2Input{Bucket: aws.String("clicks")})
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.GetObject(ctx, &sdks3.GetObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k.gz")})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(out.Body)
	if err != nil || int64(len(body)) != *list.Contents[0].Size || *out.ETag != *list.Contents[0].ETag {
		t.Errorf("%d bytes fetched, %d listed, %v", len(body), *list.Contents[0].Size, err)
	}
	if aws.ToString(out.ContentEncoding) != "gzip" || !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		t.Errorf("Content-Encoding %q, body %x…: it is sent as it is stored", aws.ToString(out.ContentEncoding), body[:2])
	}
}

func TestS3Faults(t *testing.T) {
	var seen []fault.Request
	server, world := s3Server(t, false, objectstore.Config{}, func(_ time.Time, r fault.Request) fault.Action {
		seen = append(seen, r)
		switch r.Operation {
		case "GetObject":
			return fault.Action{Err: &fault.Error{Code: "SlowDown", Message: "Please reduce your request rate."}}
		case "PutObject":
			return fault.Action{Cut: true, After: true}
		}
		return fault.Action{}
	})
	c := s3Client(server, "us-east-1")
	_, err := c.GetObject(t.Context(), &sdks3.GetObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k")})
	wantCode(t, "injected", err, "SlowDown")
	if _, err := c.PutObject(t.Context(), &sdks3.PutObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k"), Body: strings.NewReader("x")}); err == nil {
		t.Error("an answer that was cut off came")
	}
	if _, err := world.Objects.Head("clicks", "k"); err != nil {
		t.Errorf("only the answer was to be lost: %v", err)
	}
	if len(seen) != 2 || seen[0].Service != "s3" || seen[0].Resource != "clicks" || seen[0].Region != "us-east-1" {
		t.Errorf("the hook saw %+v", seen)
	}
}

func TestBucketAndKey(t *testing.T) {
	tests := []struct{ host, path, bucket, key string }{
		{"127.0.0.1:4566", "/", "", ""},
		{"127.0.0.1:4566", "/clicks", "clicks", ""},
		{"127.0.0.1:4566", "/clicks/", "clicks", ""},
		{"127.0.0.1:4566", "/clicks/a/b//c", "clicks", "a/b//c"},
		{"localhost:4566", "/clicks/a", "clicks", "a"},
		{"clicks.localhost:4566", "/a/b", "clicks", "a/b"},
		{"clicks.localhost", "/", "clicks", ""},
		{"[::1]:4566", "/clicks/a", "clicks", "a"},
	}
	for _, tt := range tests {
		r, err := http.NewRequest(http.MethodGet, "http://"+tt.host+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bucket, key := bucketAndKey(r); bucket != tt.bucket || key != tt.key {
			t.Errorf("%s%s is %q, %q; want %q, %q", tt.host, tt.path, bucket, key, tt.bucket, tt.key)
		}
	}
}
