package account

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// logGroupService is CloudWatch Logs, as far as functions write there.
type logGroupService struct{ *scope }

func (s logGroupService) named(ctx context.Context, prefix string) ([]Resource, error) {
	return s.beginning(ctx, logPrefix+prefix)
}

// beginning lists the log groups whose names begin so.
func (s logGroupService) beginning(ctx context.Context, with string) (list []Resource, err error) {
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(with)}
	err = pages("log groups", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.logs.DescribeLogGroups, in)
		if err != nil {
			return false, err
		}
		for i := range out.LogGroups {
			list = append(list, s.resource(LogGroup, aws.ToString(out.LogGroups[i].LogGroupName)))
		}
		in.NextToken = out.NextToken
		return aws.ToString(out.NextToken) != "", nil
	})
	return list, err
}

// tags looks for the log group first: not every endpoint forgets the tags of one that was deleted.
func (s logGroupService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	same, err := s.beginning(ctx, r.Name)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(same, func(x Resource) bool { return x.Name == r.Name }) {
		return nil, errGone
	}
	out, err := ask(ctx, s.patience, s.logs.ListTagsForResource, &cloudwatchlogs.ListTagsForResourceInput{
		ResourceArn: buildARN("logs", r, "log-group:"+r.Name),
	})
	if err != nil {
		return nil, goneOr(err)
	}
	return out.Tags, nil
}

func (s logGroupService) remove(ctx context.Context, r Resource, _ bool) error {
	_, err := ask(ctx, s.patience, s.logs.DeleteLogGroup, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String(r.Name)})
	return goneOr(err)
}
