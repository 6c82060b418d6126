package server

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	sdkfirehose "github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/simulator/objectstore"
)

// loud is a function as a user writes it: what is quiet it makes loud, and of what is loud it wants nothing.
type loud struct{}

func (loud) Invoke(_ context.Context, e *lambda.Event) lambda.Result {
	var event lambdaevents.KinesisFirehoseEvent
	if err := json.Unmarshal(e.AppendJSON(nil), &event); err != nil {
		return lambda.Result{Err: &lambda.FunctionError{Message: err.Error()}}
	}
	var response lambdaevents.KinesisFirehoseResponse
	for _, r := range event.Records {
		one := lambdaevents.KinesisFirehoseResponseRecord{RecordID: r.RecordID, Result: lambdaevents.KinesisFirehoseTransformedStateOk, Data: []byte(strings.ToUpper(string(r.Data)))}
		if string(one.Data) == string(r.Data) {
			one.Result = lambdaevents.KinesisFirehoseTransformedStateProcessingFailed
		}
		response.Records = append(response.Records, one)
	}
	payload, _ := json.Marshal(response)
	return lambda.Result{Payload: payload}
}

// A client makes a delivery stream with a processor, sees it, and finds what the function made of its records.
func TestTransformationWithTheSDK(t *testing.T) {
	server, world, seen := firehoseServer(t, nil)
	if _, err := world.Lambda.CreateFunction(lambda.Function{Name: "loud", Code: loud{}}); err != nil {
		t.Fatal(err)
	}
	c, ctx := firehoseClient(server), t.Context()
	name := aws.String("loud-clicks")
	arn := "arn:aws:lambda:" + place + ":123456789012:function:loud"
	to := destination(0, types.CompressionFormatUncompressed)
	parameter := func(name types.ProcessorParameterName, value string) types.ProcessorParameter {
		return types.ProcessorParameter{ParameterName: name, ParameterValue: &value}
	}
	to.ProcessingConfiguration = &types.ProcessingConfiguration{Enabled: aws.Bool(true), Processors: []types.Processor{{
		Type: types.ProcessorTypeLambda, Parameters: []types.ProcessorParameter{
			parameter(types.ProcessorParameterNameLambdaArn, arn), parameter(types.ProcessorParameterNameBufferIntervalInSeconds, "0"),
		},
	}}}
	if _, err := c.CreateDeliveryStream(ctx, &sdkfirehose.CreateDeliveryStreamInput{DeliveryStreamName: name, ExtendedS3DestinationConfiguration: to}); err != nil {
		t.Fatal(err)
	}
	desc, err := c.DescribeDeliveryStream(ctx, &sdkfirehose.DescribeDeliveryStreamInput{DeliveryStreamName: name})
	if err != nil {
		t.Fatal(err)
	}
	got := desc.DeliveryStreamDescription.Destinations[0].ExtendedS3DestinationDescription.ProcessingConfiguration
	if got == nil || !aws.ToBool(got.Enabled) || len(got.Processors) != 1 || len(got.Processors[0].Parameters) != 5 || aws.ToString(got.Processors[0].Parameters[0].ParameterValue) != arn {
		t.Errorf("%+v", got)
	}
	records := []types.Record{{Data: []byte("one,")}, {Data: []byte("TWO,")}, {Data: []byte("three,")}}
	if _, err := c.PutRecordBatch(ctx, &sdkfirehose.PutRecordBatchInput{DeliveryStreamName: name, Records: records}); err != nil {
		t.Fatal(err)
	}
	o, err := world.Objects.Get("clicks", (<-seen).Key)
	if err != nil || string(o.Body) != "ONE,THREE," {
		t.Errorf("%+v, %v", o, err)
	}
	failed, err := world.Objects.List("clicks", objectstore.ListQuery{Prefix: "p/processing-failed/"})
	if err != nil || len(failed.Objects) != 1 {
		t.Fatalf("%+v, %v", failed, err)
	}
	if o, err = world.Objects.Get("clicks", failed.Objects[0].Key); err != nil || !strings.Contains(string(o.Body), `"rawData":"VFdPLA=="`) || !strings.Contains(string(o.Body), `"lambdaARN":"`+arn+`"`) {
		t.Errorf("%s, %v", o.Body, err)
	}
}
