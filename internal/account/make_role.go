package account

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// rolePolicy is the name of the one policy in a role.
const rolePolicy = "wavetank"

// Role makes the role that the run's functions (FunctionRole) or delivery streams (DeliveryStreamRole) assume, with the
// least policy, and returns its ARN. It may take seconds until it can be assumed: Make waits for that.
func (c *Custody) Role(ctx context.Context, base string) (string, error) {
	service, ok := map[string]string{FunctionRole: "lambda", DeliveryStreamRole: "firehose"}[base]
	if !ok {
		return "", fmt.Errorf("make role %s: want %s or %s", base, FunctionRole, DeliveryStreamRole)
	}
	name := c.Name(string(Role), base)
	in := &iam.CreateRoleInput{
		RoleName: &name, Description: aws.String("made by wavetank for run " + c.config.Run.ID),
		AssumeRolePolicyDocument: aws.String(fmt.Sprintf(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, service)),
	}
	tags := c.Tags()
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	arn := "arn:" + partition(c.scope.region) + ":iam::" + c.config.Account + ":role/" + name
	err := c.Make(ctx, string(Role), name, func(ctx context.Context) (string, error) {
		_, err := c.scope.iam.CreateRole(ctx, in)
		return arn, err
	})
	if err != nil {
		return "", fmt.Errorf("make role %s: %w", name, err)
	}
	if err := c.allow(ctx, name, c.assumed(base)); err != nil {
		return "", fmt.Errorf("make role %s: %w", name, err)
	}
	return arn, nil
}

// allow puts a policy into a role. IAM may not find the role for a moment after it was made.
func (c *Custody) allow(ctx context.Context, role string, d Document) error {
	text, err := d.JSON()
	if err != nil {
		return err
	}
	in := &iam.PutRolePolicyInput{RoleName: &role, PolicyName: aws.String(rolePolicy), PolicyDocument: aws.String(string(text))}
	return c.patience.do(ctx, func() error {
		_, err := c.scope.iam.PutRolePolicy(ctx, in)
		if missing(err) {
			return fmt.Errorf("%w: %w", errUnready, plain(err))
		}
		return plain(err)
	})
}

// assumed is the least that what assumes a role has to be allowed: on the run's own resources, and of others on the streams
// that are there already and that it reads. A stream that is encrypted with a key of the user's own needs kms:Decrypt
// besides, which only the key's owner can tell.
//
// Functions: AWS, "Using Lambda with Kinesis", execution role permissions; besides, a probe leaves its receipts. Delivery
// streams: AWS, "Grant Firehose access to an Amazon S3 destination" and "… to a Kinesis stream source".
func (c *Custody) assumed(base string) Document {
	arns := arnsOf(PolicyScope{Account: c.config.Account, Region: c.scope.region, Prefix: c.config.Run.stem()})
	allow := func(sid string, actions []string, on ...string) Statement {
		return Statement{Sid: sid, Effect: "Allow", Action: actions, Resource: on}
	}
	d := Document{Version: "2012-10-17", Statement: []Statement{
		allow("ReadStreams", []string{
			"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards",
		}, append([]string{arns[string(Stream)]}, c.readsExisting(base)...)...),
	}}
	if base == DeliveryStreamRole {
		d.Statement = append(
			d.Statement,
			allow("Deliver", []string{
				"s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
				"s3:ListBucketMultipartUploads", "s3:PutObject",
			}, arns[string(Bucket)], arns[object]),
		)
		return d
	}
	if c.config.Scenario != nil && fansOut(c.config.Scenario) {
		d.Statement = append(d.Statement, allow("Subscribe", []string{"kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"}, arns[string(Stream)]))
	}
	d.Statement = append(
		d.Statement,
		allow("ListStreams", []string{"kinesis:ListStreams"}, "*"), // a list knows no name
		allow("LeaveReceipts", []string{"kinesis:PutRecord"}, arns[string(Stream)]),
		allow("Log", []string{"logs:CreateLogStream", "logs:PutLogEvents"}, arns[string(LogGroup)], arns[string(LogGroup)]+":*"),
	)
	return d
}

// LogGroup makes the log group of a function, by the function's name in the scenario: Lambda makes one without tags.
func (c *Custody) LogGroup(ctx context.Context, function string) error {
	name := c.Name(string(LogGroup), function)
	err := c.Make(ctx, string(LogGroup), name, func(ctx context.Context) (string, error) {
		_, err := c.scope.logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, Tags: c.Tags()})
		return "", err
	})
	if err != nil {
		return fmt.Errorf("make log group %s: %w", name, err)
	}
	return nil
}
