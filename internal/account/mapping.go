package account

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// mappingService is Lambda's event source mappings of streams. A mapping outlives its function and its stream, so that
// mappings are found by the ARNs they hold.
type mappingService struct {
	*scope

	functions functionService
	streams   streamService
}

func (s mappingService) named(ctx context.Context, prefix string) (list []Resource, err error) {
	err = s.each(ctx, &lambda.ListEventSourceMappingsInput{}, func(m *types.EventSourceMappingConfiguration) error {
		if name, ok := nameOf(m); ok && strings.HasPrefix(name, prefix) {
			list = append(list, s.resource(Mapping, name))
		}
		return nil
	})
	return list, err
}

// tags are the function's where it is one of ours, else the stream's where that is, else none.
func (s mappingService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	there := false
	err := s.find(ctx, r, func(*types.EventSourceMappingConfiguration) error {
		there = true
		return nil
	})
	if err == nil && !there {
		err = errGone
	}
	if err != nil {
		return nil, err
	}
	function, stream := r.mapped()
	tags, err := s.functions.tags(ctx, s.resource(Function, function))
	if err == nil && tags[TagRun] != "" || err != nil && !errors.Is(err, errGone) {
		return tags, err
	}
	ofStream, err := s.streams.tags(ctx, s.resource(Stream, stream))
	if err == nil && ofStream[TagRun] != "" || err != nil && !errors.Is(err, errGone) {
		return ofStream, err
	}
	return tags, nil
}

func (s mappingService) remove(ctx context.Context, r Resource, _ bool) error {
	return s.find(ctx, r, func(m *types.EventSourceMappingConfiguration) error {
		if aws.ToString(m.State) == "Deleting" {
			return nil
		}
		_, err := ask(ctx, s.patience, s.lambda.DeleteEventSourceMapping, &lambda.DeleteEventSourceMappingInput{UUID: m.UUID})
		if missing(err) {
			return nil
		}
		return err
	})
}

// find visits the mapping of a function and a stream. That of a consumer of the stream has the consumer's ARN, which ends with
// the second of its registration: where the stream's own names none, all mappings are looked at.
func (s mappingService) find(ctx context.Context, r Resource, visit func(*types.EventSourceMappingConfiguration) error) error {
	_, stream := r.mapped()
	found := false
	for _, in := range []*lambda.ListEventSourceMappingsInput{{EventSourceArn: buildARN("kinesis", r, "stream/"+stream)}, {}} {
		err := s.each(ctx, in, func(m *types.EventSourceMappingConfiguration) error {
			if name, ok := nameOf(m); !ok || name != r.Name {
				return nil
			}
			found = true
			return visit(m)
		})
		if err != nil || found {
			return err
		}
	}
	return nil
}

func (s mappingService) each(
	ctx context.Context, in *lambda.ListEventSourceMappingsInput, visit func(*types.EventSourceMappingConfiguration) error,
) error {
	return pages("event source mappings", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.lambda.ListEventSourceMappings, in)
		if err != nil {
			return false, err
		}
		for i := range out.EventSourceMappings {
			if err := visit(&out.EventSourceMappings[i]); err != nil {
				return false, err
			}
		}
		in.Marker = out.NextMarker
		return aws.ToString(out.NextMarker) != "", nil
	})
}

// nameOf is a mapping's name. It is false for a mapping of something other than a stream or a consumer of one.
func nameOf(m *types.EventSourceMappingConfiguration) (string, bool) {
	source, _, _ := strings.Cut(aws.ToString(m.EventSourceArn), "/consumer/")
	stream, ok := parseARN(source)
	if !ok || stream.Kind != Stream {
		return "", false
	}
	_, function, ok := strings.Cut(aws.ToString(m.FunctionArn), ":function:")
	function, _, _ = strings.Cut(function, ":") // a version or an alias follows
	return MappingName(function, stream.Name), ok
}
