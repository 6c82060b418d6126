package account

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

// streamService is Kinesis Data Streams.
type streamService struct{ *scope }

func (s streamService) named(ctx context.Context, prefix string) (list []Resource, err error) {
	in := &kinesis.ListStreamsInput{}
	err = pages("streams", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.kinesis.ListStreams, in)
		if err != nil {
			return false, err
		}
		for _, name := range out.StreamNames {
			if strings.HasPrefix(name, prefix) {
				list = append(list, s.resource(Stream, name))
			}
			in.ExclusiveStartStreamName = aws.String(name)
		}
		return aws.ToBool(out.HasMoreStreams) && len(out.StreamNames) > 0, nil
	})
	return list, err
}

func (s streamService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	tags := map[string]string{}
	in := &kinesis.ListTagsForStreamInput{StreamName: aws.String(r.Name)}
	err := pages("tags of "+r.String(), func() (bool, error) {
		out, err := ask(ctx, s.patience, s.kinesis.ListTagsForStream, in)
		if err != nil {
			return false, err
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			in.ExclusiveStartTagKey = t.Key
		}
		return aws.ToBool(out.HasMoreTags) && len(out.Tags) > 0, nil
	})
	return tags, goneOr(err)
}

func (s streamService) remove(ctx context.Context, r Resource, _ bool) error {
	_, err := ask(ctx, s.patience, s.kinesis.DeleteStream, &kinesis.DeleteStreamInput{
		StreamName: aws.String(r.Name), EnforceConsumerDeletion: aws.Bool(true),
	})
	return goneOr(err)
}
