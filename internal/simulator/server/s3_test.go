package server

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdks3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// s3Server serves worlds over HTTP, or over TLS, where SDKs send aws-chunked bodies. The bucket clicks is there in
// us-east-1.
func s3Server(t *testing.T, secure bool, objects objectstore.Config, hook fault.Hook) (*httptest.Server, *simulator.World) {
	t.Helper()
	wall := clock.NewWall()
	t.Cleanup(wall.Stop)
	worlds := simulator.New(simulator.Config{Clock: wall, Objects: objects})
	world := worlds.World("123456789012", "us-east-1")
	if err := world.Objects.CreateBucket(wall.Now(), "clicks"); err != nil {
		t.Fatal(err)
	}
	h := New(Config{AWS: worlds, Faults: hook})
	server := httptest.NewUnstartedServer(h)
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, world
}

// s3Client is the real client.
func s3Client(s *httptest.Server, region string) *sdks3.Client {
	return sdks3.New(sdks3.Options{
		Region:       region,
		BaseEndpoint: aws.String(s.URL),
		UsePathStyle: true,
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "token"),
		Retryer:      aws.NopRetryer{},
		HTTPClient:   httpclient.New(s.Client().Transport),
	})
}

func TestS3RoundTripWithTheSDK(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for _, secure := range []bool{false, true} {
		server, _ := s3Server(t, secure, objectstore.Config{}, nil)
		c := s3Client(server, "us-east-1")
		for _, algorithm := range append(types.ChecksumAlgorithm("").Values(), "") {
			for _, size := range []int{0, 1, 300_000, 65_536, 131_073} {
				body := make([]byte, size)
				_, _ = random.Read(body) // never fails
				in := &sdks3.PutObjectInput{Bucket: aws.String("clicks"), Key: aws.String("a/b c+ü"), Body: bytes.NewReader(body), ChecksumAlgorithm: algorithm}
				if _, err := c.PutObject(t.Context(), in); err != nil {
					if strings.Contains(err.Error(), "unsupported checksum") || strings.Contains(err.Error(), "unknown checksum") {
						break // by this client, before it sends anything
					}
					t.Fatalf("put with %q, TLS %v: %v", algorithm, secure, err)
				}
				out, err := c.GetObject(t.Context(), &sdks3.GetObjectInput{Bucket: in.Bucket, Key: in.Key, ChecksumMode: types.ChecksumModeEnabled})
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(out.Body) // checks the checksum
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("%q, TLS %v: %d bytes put, %d fetched, equal %v, %v", algorithm, secure, size, len(got), bytes.Equal(got, body), err)
				}
			}
		}
	}
}

func TestS3StreamedUploadWithTheSDK(t *testing.T) {
	server, world := s3Server(t, true, objectstore.Config{}, nil)
	c := s3Client(server, "us-east-1")
	body := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	_, err := c.PutObject(t.Context(), &sdks3.PutObjectInput{ // a reader that cannot seek
		Bucket: aws.String("clicks"), Key: aws.String("k"), Body: io.MultiReader(bytes.NewReader(body)), ContentLength: aws.Int64(int64(len(body))),
		Metadata: map[string]string{"Origin": "test"}, ContentType: aws.String("text/plain"), ContentEncoding: aws.String("identity"),
	})
	if err != nil {
		t.Fatal(err)
	}
	o, err := world.Objects.Get("clicks", "k")
	if err != nil || !bytes.Equal(o.Body, body) {
		t.Errorf("%d of %d bytes are stored, %v", len(o.Body), len(body), err)
	}
	if m := o.Meta; m.ContentType != "text/plain" || m.ContentEncoding != "identity" || m.User["origin"] != "test" || len(m.User) != 1 {
		t.Errorf("%+v", m)
	}
}

func TestS3BucketsWithTheSDK(t *testing.T) {
	server, _ := s3Server(t, false, objectstore.Config{}, nil)
	tokyo, ctx := s3Client(server, "ap-northeast-1"), t.Context()
	create := func(region string) error {
		in := &sdks3.CreateBucketInput{Bucket: aws.String("orders")}
		if region != "" {
			in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
		}
		_, err := tokyo.CreateBucket(ctx, in)
		return err
	}
	wantCode(t, "no location", create(""), "IllegalLocationConstraintException")
	wantCode(t, "another location", create("eu-west-1"), "IllegalLocationConstraintException")
	if err := create("ap-northeast-1"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "twice", create("ap-northeast-1"), "BucketAlreadyOwnedByYou")
	if _, err := s3Client(server, "us-east-1").CreateBucket(ctx, &sdks3.CreateBucketInput{Bucket: aws.String("clicks")}); err != nil {
		t.Errorf("twice in us-east-1: %v", err)
	}
	list, err := tokyo.ListBuckets(ctx, &sdks3.ListBucketsInput{})
	if err != nil || len(list.Buckets) != 1 || *list.Buckets[0].Name != "orders" || list.Buckets[0].CreationDate == nil {
		t.Errorf("buckets of the region: %+v, %v", list, err)
	}
	if out, err := tokyo.GetBucketLocation(ctx, &sdks3.GetBucketLocationInput{Bucket: aws.String("orders")}); err != nil || out.LocationConstraint != "ap-northeast-1" {
		t.Errorf("location: %+v, %v", out, err)
	}
	_, err = tokyo.HeadBucket(ctx, &sdks3.HeadBucketInput{Bucket: aws.String("clicks")})
	wantCode(t, "a bucket of another region", err, "NotFound")
	_, err = tokyo.HeadBucket(ctx, &sdks3.HeadBucketInput{Bucket: aws.String("orders"), ExpectedBucketOwner: aws.String("210987654321")})
	wantCode(t, "another owner", err, "Forbidden")
	_, err = tokyo.PutObject(ctx, &sdks3.PutObjectInput{Bucket: aws.String("orders"), Key: aws.String("k"), Body: strings.NewReader("x")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tokyo.DeleteBucket(ctx, &sdks3.DeleteBucketInput{Bucket: aws.String("orders")})
	wantCode(t, "delete with an object", err, "BucketNotEmpty")
	del, err := tokyo.DeleteObjects(ctx, &sdks3.DeleteObjectsInput{Bucket: aws.String("orders"), Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("k")}, {Key: aws.String("none")}}}})
	if err != nil || len(del.Deleted) != 2 || len(del.Errors) != 0 {
		t.Errorf("%+v, %v", del, err)
	}
	if _, err := tokyo.DeleteBucket(ctx, &sdks3.DeleteBucketInput{Bucket: aws.String("orders")}); err != nil {
		t.Error(err)
	}
}

func TestS3ListWithTheSDK(t *testing.T) {
	server, world := s3Server(t, false, objectstore.Config{}, nil)
	c, ctx := s3Client(server, "us-east-1"), t.Context()
	keys := []string{"a/1", "a/2", "b c/ü+&<\x01>", "d"}
	for _, k := range keys {
		if _, err := world.Objects.Put(world.Objects.Buckets()[0].Created, "clicks", k, []byte("body"), objectstore.Meta{}); err != nil {
			t.Fatal(err)
		}
	}
	pages := sdks3.NewListObjectsV2Paginator(c, &sdks3.ListObjectsV2Input{Bucket: aws.String("clicks"), MaxKeys: aws.Int32(3), FetchOwner: aws.Bool(true), EncodingType: types.EncodingTypeUrl})
	var got []types.Object
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, page.Contents...)
	}
	if len(got) != 4 || *got[0].Size != 4 || *got[0].ETag != `"841a2d689ad86bd1611447453c22c6fc"` || *got[3].Owner.ID != "123456789012" || got[1].LastModified == nil {
		t.Errorf("%+v", got)
	}
	if *got[2].Key != "b%20c/%C3%BC%2B%26%3C%01%3E" {
		t.Errorf("key is encoded as %q", *got[2].Key)
	}
	top, err := c.ListObjectsV2(ctx, &sdks3.ListObjectsV2Input{Bucket: aws.String("clicks"), Delimiter: aws.String("/"), StartAfter: aws.String("a/1")})
	if err != nil || len(top.CommonPrefixes) != 2 || len(top.Contents) != 1 || *top.KeyCount != 3 || *top.IsTruncated {
		t.Errorf("%+v, %v", top, err)
	}
	none, err := c.ListObjectsV2(ctx, &sdks3.ListObjectsV2Input{Bucket: aws.String("clicks"), MaxKeys: aws.Int32(0)})
	if err != nil || len(none.Contents) != 0 || *none.IsTruncated {
		t.Errorf("%+v, %v", none, err)
	}
	_, err = c.ListObjectsV2(ctx, &sdks3.ListObjectsV2Input{Bucket: aws.String("nobodys")})
	wantCode(t, "no bucket", err, "NoSuchBucket")
	_, err = c.ListObjectsV2(ctx, &sdks3.ListObjectsV2Input{Bucket: aws.String("clicks"), ContinuationToken: aws.String("%")})
	wantCode(t, "a token nobody gave", err, "InvalidArgument")
}

func TestS3RefusesByName(t *testing.T) {
	server, world := s3Server(t, false, objectstore.Config{}, nil)
	c, ctx := s3Client(server, "us-east-1"), t.Context()
	put := func(in *sdks3.PutObjectInput) error {
		in.Bucket, in.Key, in.Body = aws.String("clicks"), aws.String("k"), strings.NewReader("body")
		_, err := c.PutObject(ctx, in)
		return err
	}
	if err := put(&sdks3.PutObjectInput{StorageClass: types.StorageClassStandard, ACL: types.ObjectCannedACLPrivate}); err != nil {
		t.Fatal(err)
	}
	_, tagging := c.PutObjectTagging(ctx, &sdks3.PutObjectTaggingInput{Bucket: aws.String("clicks"), Key: aws.String("k"), Tagging: &types.Tagging{TagSet: []types.Tag{}}})
	_, policy := c.PutBucketPolicy(ctx, &sdks3.PutBucketPolicyInput{Bucket: aws.String("fresh"), Policy: aws.String("{}")})
	_, acl := c.GetBucketAcl(ctx, &sdks3.GetBucketAclInput{Bucket: aws.String("clicks")})
	_, copied := c.CopyObject(ctx, &sdks3.CopyObjectInput{Bucket: aws.String("clicks"), Key: aws.String("c"), CopySource: aws.String("clicks/k")})
	_, v1 := c.ListObjects(ctx, &sdks3.ListObjectsInput{Bucket: aws.String("clicks")})
	_, version := c.GetObject(ctx, &sdks3.GetObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k"), VersionId: aws.String("1")})
	tests := []struct {
		name string
		err  error
		says string
	}{
		{"a sub-resource known by name", tagging, "wavetank does not offer s3 PutObjectTagging yet"},
		{"a sub-resource of a bucket", policy, "PutBucketPolicy"},
		{"a sub-resource not known by name", acl, "GET on a bucket with ?acl"},
		{"copy", copied, "PutObject with the header x-amz-copy-source"},
		{"the older listing", v1, "ListObjects"},
		{"a version", version, "GET on an object with ?versionId"},
		{"storage class", put(&sdks3.PutObjectInput{StorageClass: types.StorageClassGlacier}), "x-amz-storage-class"},
		{"public", put(&sdks3.PutObjectInput{ACL: types.ObjectCannedACLPublicRead}), "x-amz-acl"},
		{"tags", put(&sdks3.PutObjectInput{Tagging: aws.String("a=b")}), "x-amz-tagging"},
		{"only if it is new", put(&sdks3.PutObjectInput{IfNoneMatch: aws.String("*")}), "if-none-match"},
	}
	for _, tt := range tests {
		wantCode(t, tt.name, tt.err, "NotImplemented")
		if tt.err != nil && !strings.Contains(tt.err.Error(), tt.says) {
			t.Errorf("%s: %v does not say %q", tt.name, tt.err, tt.says)
		}
	}
	if o, err := world.Objects.Get("clicks", "k"); err != nil || string(o.Body) != "body" {
		t.Errorf("what was refused changed the object to %q, %v", o.Body, err)
	}
	if b := world.Objects.Buckets(); len(b) != 1 {
		t.Errorf("what was refused made a bucket: %v", b)
	}
}

func TestS3KeepsNoCredential(t *testing.T) {
	server, _ := s3Server(t, false, objectstore.Config{}, nil)
	c := s3Client(server, "us-east-1")
	if _, err := c.PutObject(t.Context(), &sdks3.PutObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k"), Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	_, header, _ := plainGet(t, server.URL+"/clicks/k", nil)
	for name := range header {
		if strings.Contains(name, "Token") || strings.Contains(name, "Sha256") || strings.Contains(name, "Access-Control") {
			t.Errorf("the answer has a header %s", name)
		}
	}
}

func TestS3DeliveredAndDropped(t *testing.T) {
	server, world := s3Server(t, false, objectstore.Config{DropRead: true}, nil)
	c := s3Client(server, "us-east-1")
	if _, err := world.Objects.Put(world.Objects.Buckets()[0].Created, "clicks", "k", []byte("0123456789"), objectstore.Meta{}); err != nil {
		t.Fatal(err)
	}
	get := func(what string) (string, error) {
		in := &sdks3.GetObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k")}
		if what != "" {
			in.Range = aws.String(what)
		}
		out, err := c.GetObject(t.Context(), in)
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(out.Body)
		return string(b), err
	}
	for _, want := range []string{"012", "012"} {
		if got, err := get("bytes=0-2"); err != nil || got != want {
			t.Errorf("a range drops nothing: %q, %v", got, err)
		}
	}
	if got, err := get(""); err != nil || got != "0123456789" {
		t.Errorf("%q, %v", got, err)
	}
	_, err := get("")
	wantCode(t, "dropped", err, "ObjectBodyDropped")
	head, err := c.HeadObject(t.Context(), &sdks3.HeadObjectInput{Bucket: aws.String("clicks"), Key: aws.String("k")})
	if err != nil || *head.ContentLength != 10 {
		t.Errorf("head of a dropped object: %+v, %v", head, err)
	}
}

// wantCode checks the code of an error of the SDK.
func wantCode(t *testing.T, name string, err error, code string) {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != code {
		t.Errorf("%s: %v, want %s", name, err, code)
	}
}

// plainGet fetches a URL without a client's help: neither signed nor decompressed. The body is read and closed.
func plainGet(t *testing.T, url string, header http.Header) (status int, got http.Header, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, body
}
