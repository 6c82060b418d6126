package account_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// allNames lists everything in the account, without the code under test.
func allNames(t *testing.T, m *maker) (list []string) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	streams, err := m.kinesis.ListStreams(ctx, &kinesis.ListStreamsInput{})
	check(err)
	for _, n := range streams.StreamNames {
		list = append(list, "stream "+n)
	}
	deliveries, err := m.firehose.ListDeliveryStreams(ctx, &firehose.ListDeliveryStreamsInput{Limit: aws.Int32(100)})
	check(err)
	for _, n := range deliveries.DeliveryStreamNames {
		list = append(list, "delivery stream "+n)
	}
	functions, err := m.lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{})
	check(err)
	for i := range functions.Functions {
		list = append(list, "function "+*functions.Functions[i].FunctionName)
	}
	mappings, err := m.lambda.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{})
	check(err)
	for i := range mappings.EventSourceMappings {
		list = append(list, "mapping "+*mappings.EventSourceMappings[i].UUID)
	}
	buckets, err := m.s3.ListBuckets(ctx, &s3.ListBucketsInput{})
	check(err)
	for _, b := range buckets.Buckets {
		list = append(list, "bucket "+*b.Name)
		objects, err := m.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: b.Name})
		check(err)
		for i := range objects.Versions {
			list = append(list, "object "+*b.Name+"/"+*objects.Versions[i].Key)
		}
	}
	roles, err := m.iam.ListRoles(ctx, &iam.ListRolesInput{})
	check(err)
	for i := range roles.Roles {
		list = append(list, "role "+*roles.Roles[i].RoleName)
	}
	groups, err := m.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	check(err)
	for i := range groups.LogGroups {
		list = append(list, "log group "+*groups.LogGroups[i].LogGroupName)
	}
	slices.Sort(list)
	return list
}
