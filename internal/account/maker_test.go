package account_test

import (
	"archive/zip"
	"bytes"
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	firehosetypes "github.com/aws/aws-sdk-go-v2/service/firehose/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/wavetank/wavetank/internal/account"
)

const (
	testAccount = "123456789012"
	testRegion  = "us-east-1"
)

// maker makes resources of each kind, tagged or not, call by call.
type maker struct {
	kinesis  *kinesis.Client
	firehose *firehose.Client
	lambda   *lambda.Client
	s3       *s3.Client
	iam      *iam.Client
	logs     *cloudwatchlogs.Client
}

func newMaker(c aws.Config) *maker {
	return &maker{
		kinesis:  kinesis.NewFromConfig(c),
		firehose: firehose.NewFromConfig(c),
		lambda:   lambda.NewFromConfig(c),
		s3:       s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true }),
		iam:      iam.NewFromConfig(c),
		logs:     cloudwatchlogs.NewFromConfig(c),
	}
}

// step is one thing that happens, after which a process may be killed.
type step struct {
	name string
	do   func(context.Context) error
}

// steps are all that makes a pipeline of one of each kind, journal lines included. Streams and buckets are tagged by a
// call of their own, as where a service does not tag what it makes.
func (m *maker) steps(j *account.Journal) []step {
	run := j.Run()
	var list []step
	add := func(r account.Resource, calls ...func(context.Context) error) {
		list = append(list, step{"will " + r.String(), func(context.Context) error { return j.Will(r) }})
		for _, call := range calls {
			list = append(list, step{"call for " + r.String(), call})
		}
		list = append(list, step{"made " + r.String(), func(context.Context) error { return j.Made(r) }})
	}
	name := func(kind account.Kind, base string) account.Resource { return ours(kind, run.Name(kind, base)) }

	role := name(account.Role, "functions")
	add(role, m.makeRole(role.Name, run.Tags()), m.attachPolicy(role.Name), m.putPolicy(role.Name))
	stream := name(account.Stream, "clicks")
	add(stream, m.makeStream(stream.Name), m.tagStream(stream.Name, run.Tags()))
	bucket := name(account.Bucket, "Clicks")
	add(bucket, m.makeBucket(bucket.Name), m.tagBucket(bucket.Name, run.Tags()), m.fillBucket(bucket.Name))
	group := name(account.LogGroup, "process")
	add(group, m.makeLogGroup(group.Name, run.Tags()))
	function := name(account.Function, "process")
	add(function, m.makeFunction(function.Name, role.Name, run.Tags()))
	add(ours(account.Mapping, account.MappingName(function.Name, stream.Name)), m.makeMapping(function.Name, stream.Name))
	delivery := name(account.DeliveryStream, "clicks-to-s3")
	add(delivery, m.makeDeliveryStream(delivery.Name, bucket.Name, role.Name, run.Tags()))
	return list
}

func ours(kind account.Kind, name string) account.Resource {
	return account.Resource{Kind: kind, Name: name, Region: testRegion, Account: testAccount}
}

type call = func(context.Context) error

func (m *maker) makeStream(name string) call {
	return func(ctx context.Context) error {
		_, err := m.kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: aws.Int32(1)})
		return err
	}
}

func (m *maker) makeTaggedStream(name string, tags map[string]string) call {
	return func(ctx context.Context) error {
		_, err := m.kinesis.CreateStream(ctx, &kinesis.CreateStreamInput{
			StreamName: &name, StreamModeDetails: &kinesistypes.StreamModeDetails{StreamMode: kinesistypes.StreamModeOnDemand}, Tags: tags,
		})
		return err
	}
}

func (m *maker) tagStream(name string, tags map[string]string) call {
	return func(ctx context.Context) error {
		_, err := m.kinesis.AddTagsToStream(ctx, &kinesis.AddTagsToStreamInput{StreamName: &name, Tags: tags})
		return err
	}
}

func (m *maker) makeBucket(name string) call {
	return func(ctx context.Context) error {
		_, err := m.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
		return err
	}
}

func (m *maker) tagBucket(name string, tags map[string]string) call {
	return func(ctx context.Context) error {
		var set []s3types.Tag
		for k, v := range tags {
			set = append(set, s3types.Tag{Key: aws.String(k), Value: aws.String(v)})
		}
		_, err := m.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &name, Tagging: &s3types.Tagging{TagSet: set}})
		return err
	}
}

// fillBucket leaves two versions and a delete marker.
func (m *maker) fillBucket(name string) call {
	return func(ctx context.Context) error {
		_, err := m.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: &name, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
		})
		for _, body := range []string{"one", "two"} {
			if err == nil {
				_, err = m.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &name, Key: aws.String("a/b"), Body: bytes.NewReader([]byte(body))})
			}
		}
		if err == nil {
			_, err = m.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &name, Key: aws.String("a/b")})
		}
		return err
	}
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (m *maker) makeRole(name string, tags map[string]string) call {
	return func(ctx context.Context) error {
		in := &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trust)}
		for k, v := range tags {
			in.Tags = append(in.Tags, iamtypes.Tag{Key: aws.String(k), Value: aws.String(v)})
		}
		_, err := m.iam.CreateRole(ctx, in)
		return err
	}
}

// attachPolicy attaches a policy of AWS's; where the endpoint does not have it, it makes one of that name first.
func (m *maker) attachPolicy(role string) call {
	return func(ctx context.Context) error {
		arn := "arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole"
		in := &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn}
		if _, err := m.iam.AttachRolePolicy(ctx, in); err == nil {
			return nil
		}
		out, err := m.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName:     aws.String("policy-of-" + role),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:PutLogEvents","Resource":"*"}]}`),
		})
		if err != nil {
			return err
		}
		in.PolicyArn = out.Policy.Arn
		_, err = m.iam.AttachRolePolicy(ctx, in)
		return err
	}
}

func (m *maker) putPolicy(role string) call {
	return func(ctx context.Context) error {
		_, err := m.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
			RoleName: &role, PolicyName: aws.String("read"),
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kinesis:GetRecords","Resource":"*"}]}`),
		})
		return err
	}
}

func (m *maker) makeLogGroup(name string, tags map[string]string) call {
	return func(ctx context.Context) error {
		_, err := m.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, Tags: tags})
		return err
	}
}

func (m *maker) makeFunction(name, role string, tags map[string]string) call {
	return func(ctx context.Context) error {
		_, err := m.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
			FunctionName: &name, Role: aws.String("arn:aws:iam::" + testAccount + ":role/" + role), Tags: tags,
			Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
			Code: &lambdatypes.FunctionCode{ZipFile: zipped()},
		})
		return err
	}
}

func (m *maker) makeMapping(function, stream string) call {
	return func(ctx context.Context) error {
		_, err := m.lambda.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{
			FunctionName: &function, StartingPosition: lambdatypes.EventSourcePositionLatest,
			EventSourceArn: aws.String("arn:aws:kinesis:" + testRegion + ":" + testAccount + ":stream/" + stream),
		})
		return err
	}
}

func (m *maker) makeDeliveryStream(name, bucket, role string, tags map[string]string) call {
	return func(ctx context.Context) error {
		in := &firehose.CreateDeliveryStreamInput{
			DeliveryStreamName: &name, DeliveryStreamType: firehosetypes.DeliveryStreamTypeDirectPut,
			ExtendedS3DestinationConfiguration: &firehosetypes.ExtendedS3DestinationConfiguration{
				BucketARN: aws.String("arn:aws:s3:::" + bucket), RoleARN: aws.String("arn:aws:iam::" + testAccount + ":role/" + role),
			},
		}
		for k, v := range tags {
			in.Tags = append(in.Tags, firehosetypes.Tag{Key: aws.String(k), Value: aws.String(v)})
		}
		_, err := m.firehose.CreateDeliveryStream(ctx, in)
		return err
	}
}

// zipped is a deployment package with next to nothing in it.
func zipped() []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("bootstrap")
	if err == nil {
		_, err = w.Write([]byte("#!/bin/sh\n"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err) // nothing of it leaves memory
	}
	return out.Bytes()
}

// must does a list of calls.
func must(t *testing.T, calls ...call) {
	t.Helper()
	for _, c := range calls {
		if err := c(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
