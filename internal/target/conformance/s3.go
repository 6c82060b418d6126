package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func s3Cases() []Case {
	needs := []string{NeedsS3}
	return []Case{
		{
			Name: "s3-round-trip", Area: "S3", Needs: needs, Makes: Makes{Buckets: 1}, run: s3RoundTrip,
			Claim:  "what is put is listed and got back byte for byte",
			Source: "API reference PutObject, GetObject",
		},
		{
			Name: "s3-list-pages", Area: "S3", Needs: needs, Makes: Makes{Buckets: 1}, run: s3ListPages,
			Claim:  "ListObjectsV2 goes page by page, in the order of the keys, below a prefix",
			Source: "API reference ListObjectsV2",
		},
		{
			Name: "s3-no-such-key", Area: "S3", Needs: needs, Makes: Makes{Buckets: 1}, run: s3NoSuchKey,
			Claim:  "a key that is not there: NoSuchKey, status 404",
			Source: "API reference \"Error responses\"",
		},
	}
}

// bucket makes a bucket. What is in it is deleted with it.
func (b *bench) bucket(ctx context.Context) (string, error) {
	name := b.name("bucket")
	in := &s3.CreateBucketInput{Bucket: &name}
	if b.config.Region != "us-east-1" { // which alone may not be named
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(b.config.Region)}
	}
	err := b.make(ctx, Bucket, name, func(ctx context.Context) (string, error) {
		_, err := b.s3.CreateBucket(ctx, in)
		return "", err
	})
	if err != nil {
		return "", at("CreateBucket", err)
	}
	b.made("bucket "+name, func(ctx context.Context) error { return b.deleteBucket(ctx, name) })
	return name, b.tagBucket(ctx, name)
}

// deleteBucket empties a bucket and deletes it, again where an object came between the two: a delivery on its way outlives
// its delivery stream.
func (b *bench) deleteBucket(ctx context.Context, name string) error {
	filled := func(err error) bool { return early(err) || codeOf(err) == "BucketNotEmpty" }
	return repeat(ctx, filled, func() error {
		list, err := b.objects(ctx, name)
		if err != nil {
			return err
		}
		for _, o := range list {
			if _, err := b.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &name, Key: o.Key}); err != nil {
				return err
			}
		}
		_, err = b.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
		return err
	})
}

// tagBucket tags a bucket as the owner wants it. A call that makes and tags at once needs a permission of its own.
func (b *bench) tagBucket(ctx context.Context, name string) error {
	tags := &types.Tagging{}
	for key, value := range b.tags() {
		tags.TagSet = append(tags.TagSet, types.Tag{Key: &key, Value: &value})
	}
	if tags.TagSet == nil {
		return nil
	}
	_, err := b.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &name, Tagging: tags})
	return at("PutBucketTagging", err)
}

// objects lists a bucket, in the order of the keys.
func (b *bench) objects(ctx context.Context, bucket string) ([]types.Object, error) {
	var list []types.Object
	pages := s3.NewListObjectsV2Paginator(b.s3, &s3.ListObjectsV2Input{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, at("ListObjectsV2", err)
		}
		for _, o := range page.Contents {
			if o.Key != nil {
				list = append(list, o)
			}
		}
	}
	return list, nil
}

// fetch gets an object's bytes as they are stored, and their Content-Encoding.
func (b *bench) fetch(ctx context.Context, bucket string, key *string) (data []byte, encoding string, err error) {
	out, err := b.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: key})
	if err != nil {
		return nil, "", at("GetObject", err)
	}
	defer out.Body.Close()
	data, err = io.ReadAll(out.Body)
	return data, aws.ToString(out.ContentEncoding), at("GetObject", err)
}

func (b *bench) store(ctx context.Context, bucket, key string, data []byte) error {
	_, err := b.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(data)})
	return at("PutObject", err)
}

func s3RoundTrip(ctx context.Context, b *bench) Finding {
	bucket, err := b.bucket(ctx)
	if err != nil {
		return refused(err)
	}
	data := bytes.Repeat([]byte{0, 1, 2, 255, '\r', '\n'}, 10_000)
	const key = "folder/a key with spaces+signs"
	if err := b.store(ctx, bucket, key, data); err != nil {
		return refused(err)
	}
	list, err := b.objects(ctx, bucket)
	if err != nil {
		return refused(err)
	}
	if len(list) != 1 || *list[0].Key != key || aws.ToInt64(list[0].Size) != int64(len(data)) {
		return doesNot("listed otherwise than it was put")
	}
	got, _, err := b.fetch(ctx, bucket, list[0].Key)
	switch {
	case err != nil:
		return refused(err)
	case !bytes.Equal(got, data):
		return doesNot("%d bytes came back of %d, or others", len(got), len(data))
	}
	return does("%d bytes", len(got))
}

func s3ListPages(ctx context.Context, b *bench) Finding {
	bucket, err := b.bucket(ctx)
	if err != nil {
		return refused(err)
	}
	for i := range 7 {
		if err := b.store(ctx, bucket, fmt.Sprintf("in/%d", 6-i), nil); err != nil {
			return refused(err)
		}
	}
	if err := b.store(ctx, bucket, "out/0", nil); err != nil {
		return refused(err)
	}
	got, n := "", 0
	pages := s3.NewListObjectsV2Paginator(b.s3, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: aws.String("in/"), MaxKeys: aws.Int32(3)})
	for pages.HasMorePages() && n < 10 {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return refused(err)
		}
		n++
		for _, o := range page.Contents {
			got += aws.ToString(o.Key) + " "
		}
	}
	if got != "in/0 in/1 in/2 in/3 in/4 in/5 in/6 " || n != 3 {
		return differs("%d pages of three: %s", n, got)
	}
	return does("7 keys on %d pages", n)
}

func s3NoSuchKey(ctx context.Context, b *bench) Finding {
	bucket, err := b.bucket(ctx)
	if err != nil {
		return refused(err)
	}
	_, _, err = b.fetch(ctx, bucket, aws.String("none"))
	return wants(err, "NoSuchKey", "")
}
