package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucketService is S3. Each call names the account that has to own the bucket: names of buckets are shared by everybody.
type bucketService struct{ *scope }

func (s bucketService) named(ctx context.Context, prefix string) (list []Resource, err error) {
	in := &s3.ListBucketsInput{Prefix: aws.String(prefix)}
	err = pages("buckets", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.s3.ListBuckets, in)
		if err != nil {
			return false, err
		}
		for _, b := range out.Buckets {
			elsewhere := b.BucketRegion != nil && *b.BucketRegion != s.region
			if name := aws.ToString(b.Name); strings.HasPrefix(name, prefix) && !elsewhere {
				list = append(list, s.resource(Bucket, name))
			}
		}
		in.ContinuationToken = out.ContinuationToken
		return aws.ToString(out.ContinuationToken) != "", nil
	})
	return list, err
}

func (s bucketService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	out, err := ask(ctx, s.patience, s.s3.GetBucketTagging, &s3.GetBucketTaggingInput{
		Bucket: aws.String(r.Name), ExpectedBucketOwner: aws.String(s.account),
	})
	if code(err) == "NoSuchTagSet" {
		return nil, nil
	}
	if err != nil {
		return nil, goneOr(err)
	}
	tags := map[string]string{}
	for _, t := range out.TagSet {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

// remove empties the bucket of all versions and deletes it, and again where something was delivered meanwhile. A bare
// bucket is only deleted, which S3 refuses where anything is in it.
func (s bucketService) remove(ctx context.Context, r Resource, bare bool) error {
	in := &s3.DeleteBucketInput{Bucket: aws.String(r.Name), ExpectedBucketOwner: aws.String(s.account)}
	if bare {
		_, err := s.s3.DeleteBucket(ctx, in)
		if code(err) == "BucketNotEmpty" {
			return fmt.Errorf("it bears no tag and something is in it: look at it, and delete it by hand where it is yours: %w", plain(err))
		}
		return goneOr(plain(err))
	}
	return s.do(ctx, func() error {
		if err := s.empty(ctx, r.Name); err != nil {
			return goneOr(err)
		}
		_, err := s.s3.DeleteBucket(ctx, in)
		return goneOr(plain(err))
	})
}

// empty deletes all versions of all objects, page by page.
func (s bucketService) empty(ctx context.Context, bucket string) error {
	owner := aws.String(s.account)
	in := &s3.ListObjectVersionsInput{Bucket: aws.String(bucket), ExpectedBucketOwner: owner}
	return pages("versions in "+bucket, func() (bool, error) {
		out, err := ask(ctx, s.patience, s.s3.ListObjectVersions, in)
		if err != nil {
			return false, err
		}
		var list []types.ObjectIdentifier
		for i := range out.Versions {
			list = append(list, types.ObjectIdentifier{Key: out.Versions[i].Key, VersionId: out.Versions[i].VersionId})
		}
		for _, m := range out.DeleteMarkers {
			list = append(list, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if len(list) == 0 {
			return false, nil
		}
		deleted, err := ask(ctx, s.patience, s.s3.DeleteObjects, &s3.DeleteObjectsInput{
			Bucket: aws.String(bucket), ExpectedBucketOwner: owner,
			Delete: &types.Delete{Objects: list, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return false, err
		}
		if len(deleted.Errors) > 0 {
			e := deleted.Errors[0]
			return false, fmt.Errorf("delete %d of %d objects in %s: %s: %s %s",
				len(deleted.Errors), len(list), bucket, aws.ToString(e.Key), aws.ToString(e.Code), aws.ToString(e.Message))
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
		return aws.ToBool(out.IsTruncated), nil
	})
}
