package server

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func TestClientTags(t *testing.T) {
	client, ctx, name := start(t, Config{}), t.Context(), aws.String("s")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.AddTagsToStream(ctx, &sdk.AddTagsToStreamInput{StreamName: name, Tags: map[string]string{"team": "orders", "stage": ""}})
	must(err)
	_, err = client.TagResource(ctx, &sdk.TagResourceInput{ResourceARN: aws.String(arnOfS), Tags: map[string]string{"cost": "7"}})
	must(err)
	page, err := client.ListTagsForStream(ctx, &sdk.ListTagsForStreamInput{StreamName: name, Limit: aws.Int32(2)})
	must(err)
	if len(page.Tags) != 2 || *page.Tags[0].Key != "cost" || *page.Tags[0].Value != "7" || *page.Tags[1].Value != "" || !*page.HasMoreTags {
		t.Errorf("the first page is %+v", page)
	}
	page, err = client.ListTagsForStream(ctx, &sdk.ListTagsForStreamInput{StreamName: name, ExclusiveStartTagKey: page.Tags[1].Key})
	must(err)
	if len(page.Tags) != 1 || *page.Tags[0].Key != "team" || *page.HasMoreTags {
		t.Errorf("the second page is %+v", page)
	}
	_, err = client.RemoveTagsFromStream(ctx, &sdk.RemoveTagsFromStreamInput{StreamName: name, TagKeys: []string{"team"}})
	must(err)
	_, err = client.UntagResource(ctx, &sdk.UntagResourceInput{ResourceARN: aws.String(arnOfS), TagKeys: []string{"stage"}})
	must(err)
	all, err := client.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceARN: aws.String(arnOfS)})
	must(err)
	if len(all.Tags) != 1 || *all.Tags[0].Key != "cost" {
		t.Errorf("what is left: %+v", all.Tags)
	}
	_, err = client.TagResource(ctx, &sdk.TagResourceInput{ResourceARN: aws.String(arnOfS), Tags: map[string]string{"aws:x": "1"}})
	var invalid *types.InvalidArgumentException
	if !errors.As(err, &invalid) {
		t.Errorf("a reserved key: %v", err)
	}
	_, err = client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: aws.String("t"), ShardCount: aws.Int32(1), Tags: map[string]string{"a": "b"}})
	must(err)
	page, err = client.ListTagsForStream(ctx, &sdk.ListTagsForStreamInput{StreamName: aws.String("t")})
	must(err)
	if len(page.Tags) != 1 || *page.Tags[0].Value != "b" {
		t.Errorf("the tags of CreateStream: %+v", page.Tags)
	}
}

func TestClientPutsPolicies(t *testing.T) {
	client, ctx, arn := start(t, Config{}), t.Context(), aws.String(arnOfS)
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kinesis:PutRecord","Resource":"` + arnOfS + `"}]}`
	if _, err := client.PutResourcePolicy(ctx, &sdk.PutResourcePolicyInput{ResourceARN: arn, Policy: aws.String(policy)}); err != nil {
		t.Fatal(err)
	}
	if out, err := client.GetResourcePolicy(ctx, &sdk.GetResourcePolicyInput{ResourceARN: arn}); err != nil || *out.Policy != policy {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := client.DeleteResourcePolicy(ctx, &sdk.DeleteResourcePolicyInput{ResourceARN: arn}); err != nil {
		t.Fatal(err)
	}
	if out, err := client.GetResourcePolicy(ctx, &sdk.GetResourcePolicyInput{ResourceARN: arn}); err != nil || *out.Policy != "{}" {
		t.Errorf("after its deletion: %+v, %v", out, err)
	}
	_, err := client.GetResourcePolicy(ctx, &sdk.GetResourcePolicyInput{ResourceARN: aws.String(arnOfS + "x")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("of another stream: %v", err)
	}
}
