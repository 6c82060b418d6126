package account

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
)

// deliveryStreamService is Firehose.
type deliveryStreamService struct{ *scope }

func (s deliveryStreamService) named(ctx context.Context, prefix string) (list []Resource, err error) {
	err = s.each(ctx, func(name string) {
		if strings.HasPrefix(name, prefix) {
			list = append(list, s.resource(DeliveryStream, name))
		}
	})
	return list, err
}

// each visits the names of all delivery streams.
func (s deliveryStreamService) each(ctx context.Context, visit func(name string)) error {
	in := &firehose.ListDeliveryStreamsInput{Limit: aws.Int32(100)}
	return pages("delivery streams", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.firehose.ListDeliveryStreams, in)
		if err != nil {
			return false, err
		}
		for _, name := range out.DeliveryStreamNames {
			visit(name)
			in.ExclusiveStartDeliveryStreamName = aws.String(name)
		}
		return aws.ToBool(out.HasMoreDeliveryStreams) && len(out.DeliveryStreamNames) > 0, nil
	})
}

func (s deliveryStreamService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	tags := map[string]string{}
	in := &firehose.ListTagsForDeliveryStreamInput{DeliveryStreamName: aws.String(r.Name)}
	err := pages("tags of "+r.String(), func() (bool, error) {
		out, err := ask(ctx, s.patience, s.firehose.ListTagsForDeliveryStream, in)
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

// remove forces: a delivery stream whose key is gone cannot be deleted otherwise.
func (s deliveryStreamService) remove(ctx context.Context, r Resource, _ bool) error {
	_, err := ask(ctx, s.patience, s.firehose.DeleteDeliveryStream, &firehose.DeleteDeliveryStreamInput{
		DeliveryStreamName: aws.String(r.Name), AllowForceDelete: aws.Bool(true),
	})
	return goneOr(err)
}
