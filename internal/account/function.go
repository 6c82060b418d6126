package account

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// functionService is Lambda's functions.
type functionService struct{ *scope }

func (s functionService) named(ctx context.Context, prefix string) (list []Resource, err error) {
	in := &lambda.ListFunctionsInput{}
	err = pages("functions", func() (bool, error) {
		out, err := ask(ctx, s.patience, s.lambda.ListFunctions, in)
		if err != nil {
			return false, err
		}
		for i := range out.Functions {
			if name := aws.ToString(out.Functions[i].FunctionName); strings.HasPrefix(name, prefix) {
				list = append(list, s.resource(Function, name))
			}
		}
		in.Marker = out.NextMarker
		return aws.ToString(out.NextMarker) != "", nil
	})
	return list, err
}

func (s functionService) tags(ctx context.Context, r Resource) (map[string]string, error) {
	out, err := ask(ctx, s.patience, s.lambda.ListTags, &lambda.ListTagsInput{
		Resource: buildARN("lambda", r, "function:"+r.Name),
	})
	if err != nil {
		return nil, goneOr(err)
	}
	return out.Tags, nil
}

func (s functionService) remove(ctx context.Context, r Resource, _ bool) error {
	_, err := ask(ctx, s.patience, s.lambda.DeleteFunction, &lambda.DeleteFunctionInput{FunctionName: aws.String(r.Name)})
	return goneOr(err)
}
