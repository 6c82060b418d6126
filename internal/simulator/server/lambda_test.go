package server

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdkkinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	sdklambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

const clickStream = "arn:aws:kinesis:ap-northeast-1:123456789012:stream/click-stream"

// lambdaServer serves a world with the stream click-stream and, in every world, the function process-clicks.
func lambdaServer(t *testing.T, hook fault.Hook) (url string, client *sdklambda.Client) {
	t.Helper()
	w := clock.NewWall()
	t.Cleanup(w.Stop)
	worlds := simulator.New(simulator.Config{Clock: w, Lambda: lambda.Config{Functions: []lambda.Function{{Name: "process-clicks"}}}})
	err := worlds.World("123456789012", "ap-northeast-1").Kinesis.CreateStream(kinesis.CreateStreamInput{StreamName: new("click-stream"), ShardCount: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(t.Context(), ":0", New(Config{AWS: worlds, Faults: hook}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return l.URL(), sdklambda.New(sdklambda.Options{
		Region:       "ap-northeast-1",
		BaseEndpoint: aws.String(l.URL()),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		Retryer:      aws.NopRetryer{},
		HTTPClient:   httpclient.New(transport),
	})
}

func TestLambdaFunctionsWithTheSDK(t *testing.T) {
	_, c := lambdaServer(t, nil)
	ctx := t.Context()
	made, err := c.CreateFunction(ctx, &sdklambda.CreateFunctionInput{
		FunctionName: aws.String("orders"), Role: aws.String("arn:aws:iam::123456789012:role/r"), Handler: aws.String("bootstrap"),
		Runtime: types.RuntimeProvidedal2023, Code: &types.FunctionCode{ZipFile: []byte("PK")}, Timeout: aws.Int32(7), MemorySize: aws.Int32(512),
		Environment: &types.Environment{Variables: map[string]string{"STAGE": "test"}}, Tags: map[string]string{"team": "orders"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if made.State != types.StateActive || *made.Timeout != 7 || *made.MemorySize != 512 || *made.FunctionArn != "arn:aws:lambda:ap-northeast-1:123456789012:function:orders" {
		t.Errorf("created %+v", made)
	}
	got, err := c.GetFunction(ctx, &sdklambda.GetFunctionInput{FunctionName: made.FunctionArn})
	if err != nil || *got.Configuration.Handler != "bootstrap" || got.Configuration.Environment.Variables["STAGE"] != "test" || got.Tags["team"] != "orders" {
		t.Errorf("got %+v, %v", got, err)
	}
	if conf, err := c.GetFunctionConfiguration(ctx, &sdklambda.GetFunctionConfigurationInput{FunctionName: aws.String("orders")}); err != nil || conf.Runtime != types.RuntimeProvidedal2023 {
		t.Errorf("got %+v, %v", conf, err)
	}
	var names []string
	pages := sdklambda.NewListFunctionsPaginator(c, &sdklambda.ListFunctionsInput{MaxItems: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Functions {
			names = append(names, *f.FunctionName)
		}
	}
	if strings.Join(names, " ") != "orders process-clicks" {
		t.Errorf("listed %v", names)
	}
	if _, err := c.DeleteFunction(ctx, &sdklambda.DeleteFunctionInput{FunctionName: aws.String("orders")}); err != nil {
		t.Error(err)
	}
	_, err = c.GetFunction(ctx, &sdklambda.GetFunctionInput{FunctionName: aws.String("orders")})
	if missing := (*types.ResourceNotFoundException)(nil); !errors.As(err, &missing) || !strings.HasPrefix(*missing.Message, "Function not found: arn:aws:lambda") {
		t.Errorf("got %v", err)
	}
}

func TestLambdaMappingsWithTheSDK(t *testing.T) {
	_, c := lambdaServer(t, nil)
	ctx := t.Context()
	in := &sdklambda.CreateEventSourceMappingInput{
		FunctionName: aws.String("process-clicks"), EventSourceArn: aws.String(clickStream), StartingPosition: types.EventSourcePositionAtTimestamp,
		StartingPositionTimestamp: aws.Time(time.Unix(1_700_000_000, 500e6)), BatchSize: aws.Int32(500), MaximumBatchingWindowInSeconds: aws.Int32(3),
	}
	made, err := c.CreateEventSourceMapping(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if *made.State != "Creating" || *made.BatchSize != 500 || !made.StartingPositionTimestamp.Equal(*in.StartingPositionTimestamp) {
		t.Errorf("created %+v", made)
	}
	got, err := c.GetEventSourceMapping(ctx, &sdklambda.GetEventSourceMappingInput{UUID: made.UUID})
	if err != nil || *got.State != "Enabled" || *got.MaximumBatchingWindowInSeconds != 3 || *got.MaximumRetryAttempts != -1 {
		t.Errorf("got %+v, %v", got, err)
	}
	list, err := c.ListEventSourceMappings(ctx, &sdklambda.ListEventSourceMappingsInput{FunctionName: aws.String("process-clicks"), MaxItems: aws.Int32(10)})
	if err != nil || len(list.EventSourceMappings) != 1 || *list.EventSourceMappings[0].UUID != *made.UUID {
		t.Errorf("listed %+v, %v", list, err)
	}
	_, err = c.CreateEventSourceMapping(ctx, in)
	if twice := (*types.ResourceConflictException)(nil); !errors.As(err, &twice) || !strings.Contains(*twice.Message, *made.UUID) || *twice.Type != "User" {
		t.Errorf("got %v", err)
	}
	_, err = c.UpdateEventSourceMapping(ctx, &sdklambda.UpdateEventSourceMappingInput{UUID: made.UUID, BatchSize: aws.Int32(1)})
	if refused := (*types.InvalidParameterValueException)(nil); !errors.As(err, &refused) || !strings.Contains(*refused.Message, "wavetank does not emulate UpdateEventSourceMapping yet") {
		t.Errorf("got %v", err)
	}
	if gone, err := c.DeleteEventSourceMapping(ctx, &sdklambda.DeleteEventSourceMappingInput{UUID: made.UUID}); err != nil || *gone.State != "Deleting" {
		t.Errorf("deleted %+v, %v", gone, err)
	}
}

// TestAMappingOfAConsumerWithTheSDK: the ARN of a stream consumer is an event source; records are pushed to it.
func TestAMappingOfAConsumerWithTheSDK(t *testing.T) {
	url, c := lambdaServer(t, nil)
	streams := sdkkinesis.New(sdkkinesis.Options{
		Region: "ap-northeast-1", BaseEndpoint: aws.String(url), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), HTTPClient: httpclient.New(&http.Transport{DisableKeepAlives: true}),
	})
	registered, err := streams.RegisterStreamConsumer(t.Context(), &sdkkinesis.RegisterStreamConsumerInput{
		StreamARN: aws.String(clickStream), ConsumerName: aws.String("score"),
	})
	if err != nil {
		t.Fatal(err)
	}
	in := &sdklambda.CreateEventSourceMappingInput{
		FunctionName: aws.String("process-clicks"), EventSourceArn: registered.Consumer.ConsumerARN, StartingPosition: types.EventSourcePositionTrimHorizon,
	}
	made, err := c.CreateEventSourceMapping(t.Context(), in)
	if err != nil || *made.EventSourceArn != *registered.Consumer.ConsumerARN {
		t.Fatalf("created %+v, %v", made, err)
	}
	list, err := c.ListEventSourceMappings(t.Context(), &sdklambda.ListEventSourceMappingsInput{EventSourceArn: in.EventSourceArn})
	if err != nil || len(list.EventSourceMappings) != 1 {
		t.Errorf("listed %+v, %v", list, err)
	}
	// The mapping holds the consumer's one subscription: another is refused for five seconds.
	var inUse *kinesistypes.ResourceInUseException
	_, err = streams.SubscribeToShard(t.Context(), &sdkkinesis.SubscribeToShardInput{
		ConsumerARN: in.EventSourceArn, ShardId: aws.String("shardId-000000000000"),
		StartingPosition: &kinesistypes.StartingPosition{Type: kinesistypes.ShardIteratorTypeLatest},
	})
	if !errors.As(err, &inUse) {
		t.Errorf("a second subscription: %v", err)
	}
	in.EventSourceArn = aws.String(clickStream + "/consumer/nobody:1")
	_, err = c.CreateEventSourceMapping(t.Context(), in)
	if refused := (*types.InvalidParameterValueException)(nil); !errors.As(err, &refused) || *refused.Message != "Consumer not found: "+*in.EventSourceArn {
		t.Errorf("got %v", err)
	}
}

// TestLambdaFailureSettingsWithTheSDK: what a mapping does with batches that fail is taken, and shown by create, get and list.
func TestLambdaFailureSettingsWithTheSDK(t *testing.T) {
	_, c := lambdaServer(t, nil)
	ctx := t.Context()
	failed := aws.String("arn:aws:s3:::failed-clicks")
	made, err := c.CreateEventSourceMapping(ctx, &sdklambda.CreateEventSourceMappingInput{
		FunctionName: aws.String("process-clicks"), EventSourceArn: aws.String(clickStream), StartingPosition: types.EventSourcePositionLatest,
		BisectBatchOnFunctionError: aws.Bool(true), MaximumRetryAttempts: aws.Int32(0), MaximumRecordAgeInSeconds: aws.Int32(60),
		FunctionResponseTypes: []types.FunctionResponseType{types.FunctionResponseTypeReportBatchItemFailures},
		DestinationConfig:     &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: failed}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !*made.BisectBatchOnFunctionError || *made.MaximumRetryAttempts != 0 || *made.MaximumRecordAgeInSeconds != 60 ||
		len(made.FunctionResponseTypes) != 1 || *made.DestinationConfig.OnFailure.Destination != *failed || made.DestinationConfig.OnSuccess != nil {
		t.Errorf("created %+v", made)
	}
	got, err := c.GetEventSourceMapping(ctx, &sdklambda.GetEventSourceMappingInput{UUID: made.UUID})
	if err != nil || *got.MaximumRetryAttempts != 0 || *got.DestinationConfig.OnFailure.Destination != *failed {
		t.Errorf("got %+v, %v", got, err)
	}
	list, err := c.ListEventSourceMappings(ctx, &sdklambda.ListEventSourceMappingsInput{})
	if err != nil || len(list.EventSourceMappings) != 1 || *list.EventSourceMappings[0].MaximumRecordAgeInSeconds != 60 {
		t.Errorf("listed %+v, %v", list, err)
	}
}

// What is refused of these is refused in AWS's words, and by name where nobody takes it.
func TestLambdaFailureSettingsAreRefusedOnTheWire(t *testing.T) {
	_, c := lambdaServer(t, nil)
	for _, tt := range []struct {
		name    string
		change  func(*sdklambda.CreateEventSourceMappingInput)
		code    string
		message string
	}{
		{"retries", func(in *sdklambda.CreateEventSourceMappingInput) { in.MaximumRetryAttempts = aws.Int32(10_001) }, "ValidationException", "'maximumRetryAttempts' failed to satisfy constraint"},
		{"age", func(in *sdklambda.CreateEventSourceMappingInput) { in.MaximumRecordAgeInSeconds = aws.Int32(59) }, "InvalidParameterValueException", "and is 59"},
		{"response type", func(in *sdklambda.CreateEventSourceMappingInput) {
			in.FunctionResponseTypes = []types.FunctionResponseType{"All"}
		}, "ValidationException", "[ReportBatchItemFailures]"},
		{"on success", func(in *sdklambda.CreateEventSourceMappingInput) {
			in.DestinationConfig = &types.DestinationConfig{OnSuccess: &types.OnSuccess{Destination: aws.String("arn:aws:s3:::b")}}
		}, "InvalidParameterValueException", "Unsupported DestinationConfig parameter for given event source mapping type."},
		{"queue", func(in *sdklambda.CreateEventSourceMappingInput) {
			in.DestinationConfig = &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: aws.String("arn:aws:sqs:ap-northeast-1:123456789012:q")}}
		}, "InvalidParameterValueException", "wavetank does not emulate DestinationConfig with a destination of sqs yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := &sdklambda.CreateEventSourceMappingInput{
				FunctionName: aws.String("process-clicks"), EventSourceArn: aws.String(clickStream), StartingPosition: types.EventSourcePositionLatest,
			}
			tt.change(in)
			_, err := c.CreateEventSourceMapping(t.Context(), in)
			if e := smithy.APIError(nil); !errors.As(err, &e) || e.ErrorCode() != tt.code || !strings.Contains(e.ErrorMessage(), tt.message) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLambdaRefusesLaterSettingsOnTheWire(t *testing.T) {
	_, c := lambdaServer(t, nil)
	_, err := c.CreateEventSourceMapping(t.Context(), &sdklambda.CreateEventSourceMappingInput{
		FunctionName: aws.String("process-clicks"), EventSourceArn: aws.String(clickStream), StartingPosition: types.EventSourcePositionLatest,
		FilterCriteria: &types.FilterCriteria{Filters: []types.Filter{{Pattern: aws.String(`{"data":{"a":[1]}}`)}}},
	})
	if refused := (*types.InvalidParameterValueException)(nil); !errors.As(err, &refused) || *refused.Message != "wavetank does not emulate FilterCriteria yet" {
		t.Errorf("got %v", err)
	}
	_, err = c.Invoke(t.Context(), &sdklambda.InvokeInput{FunctionName: aws.String("process-clicks")})
	if unknown := smithy.APIError(nil); !errors.As(err, &unknown) || unknown.ErrorCode() != "UnknownOperationException" || !strings.Contains(unknown.ErrorMessage(), "wavetank does not offer lambda Invoke yet") {
		t.Errorf("got %v", err)
	}
}

func TestLambdaErrorsOnTheWire(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	url, _ := lambdaServer(t, func(_ time.Time, r fault.Request) fault.Action {
		if r.Operation == "GetFunction" && r.Resource == "broken" {
			return fault.Action{Err: &fault.Error{Code: "ServiceException", Message: "injected"}}
		}
		return fault.Action{}
	})
	for _, tt := range []struct {
		name, method, path, body string
		unsigned                 bool
		status                   int
		code, answer             string
	}{
		{
			name: "missing mapping", method: "GET", path: "/2015-03-31/event-source-mappings/x", status: 404, code: "ResourceNotFoundException",
			answer: `{"Type":"User","Message":"The resource you requested does not exist."}`,
		},
		{
			name: "missing stream", method: "POST", path: "/2015-03-31/event-source-mappings/", status: 400, code: "InvalidParameterValueException",
			body:   `{"FunctionName":"process-clicks","EventSourceArn":"` + clickStream + `2","StartingPosition":"LATEST"}`,
			answer: `{"Type":"User","message":"Stream not found: ` + clickStream + `2"}`,
		},
		{name: "not JSON", method: "POST", path: "/2015-03-31/event-source-mappings", body: "{", status: 400, code: "SerializationException"},
		{name: "destination is text", method: "POST", path: "/2015-03-31/event-source-mappings", body: `{"DestinationConfig":"q"}`, status: 400, code: "SerializationException"},
		{name: "batch size is text", method: "POST", path: "/2015-03-31/event-source-mappings", body: `{"BatchSize":"many"}`, status: 400, code: "SerializationException"},
		{
			name: "function without a role", method: "POST", path: "/2015-03-31/functions", body: `{"FunctionName":"f","Code":{}}`, status: 400, code: "ValidationException",
			answer: `{"Type":"User","Message":"1 validation error detected: Value null at 'role' failed to satisfy constraint: Member must not be null"}`,
		},
		{name: "timeout of an hour", method: "POST", path: "/2015-03-31/functions", body: `{"FunctionName":"f","Code":{},"Role":"r","Timeout":3600}`, status: 400, code: "ValidationException"},
		{name: "page size in words", method: "GET", path: "/2015-03-31/functions?MaxItems=ten", status: 400, code: "SerializationException"},
		{name: "page of none", method: "GET", path: "/2015-03-31/functions?MaxItems=0", status: 400, code: "ValidationException"},
		{name: "another version of the API", method: "GET", path: "/2020-06-30/functions/f/code-signing-config", status: 400, code: "UnknownOperationException"},
		{name: "nothing below the version", method: "GET", path: "/2015-03-31/", status: 400, code: "UnknownOperationException"},
		{name: "fault", method: "GET", path: "/2015-03-31/functions/broken", status: 500, code: "ServiceException", answer: `{"Type":"Service","Message":"injected"}`},
		{name: "no signature", method: "GET", path: "/2015-03-31/functions", unsigned: true, status: 403, code: "MissingAuthenticationTokenException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, url+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.unsigned {
				req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/ap-northeast-1/lambda/aws4_request, SignedHeaders=host, Signature=0")
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || resp.Header.Get("X-Amzn-Errortype") != tt.code || tt.answer != "" && string(body) != tt.answer {
				t.Errorf("got %d %s %s", resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"), body)
			}
		})
	}
}
