package lambda_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

const streamARN = "arn:aws:kinesis:ap-northeast-1:123456789012:stream/clicks"

// The answer recorded on AWS for a mapping with nothing but the required settings, members in the order of the alphabet.
const recorded = `{"UUID":"…","BatchSize":100,"BisectBatchOnFunctionError":false,"DestinationConfig":{"OnFailure":{}},` +
	`"EventSourceArn":"arn:aws:kinesis:ap-northeast-1:123456789012:stream/clicks",` +
	`"EventSourceMappingArn":"arn:aws:lambda:ap-northeast-1:123456789012:event-source-mapping:…",` +
	`"FunctionArn":"arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks","FunctionResponseTypes":[],` +
	`"LastModified":1767225600.123,"LastProcessingResult":"No records processed","MaximumBatchingWindowInSeconds":0,` +
	`"MaximumRecordAgeInSeconds":-1,"MaximumRetryAttempts":-1,"ParallelizationFactor":1,"StartingPosition":"LATEST",` +
	`"State":"Creating","StateTransitionReason":"User action","TumblingWindowInSeconds":0}`

func TestCreateEventSourceMappingAnswersAsAWSDoes(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	k.clock.RunUntil(at(123 * ms))
	m, err := k.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "process-clicks", EventSourceArn: streamARN, StartingPosition: "LATEST",
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(string(text), m.UUID, "…"); got != recorded {
		t.Errorf("got  %s\nwant %s", got, recorded)
	}
	if len(m.UUID) != 36 || m.UUID[14] != '4' {
		t.Errorf("UUID %s", m.UUID)
	}
}

func TestCreateEventSourceMappingRefuses(t *testing.T) {
	const invalid, validation = lambda.CodeInvalidParameter, lambda.CodeValidation
	for _, tt := range []struct {
		name    string
		change  func(*lambda.CreateEventSourceMappingInput)
		code    string
		message string
	}{
		{"missing stream", func(in *lambda.CreateEventSourceMappingInput) { in.EventSourceArn = streamARN + "2" }, invalid, "Stream not found: " + streamARN + "2"},
		{"stream of another region", func(in *lambda.CreateEventSourceMappingInput) {
			in.EventSourceArn = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
		}, invalid, "Stream not found: arn:aws:kinesis:us-east-1:123456789012:stream/clicks"},
		{"missing function", func(in *lambda.CreateEventSourceMappingInput) { in.FunctionName = "process-click" }, invalid, "Function does not exist"},
		{"function of another account", func(in *lambda.CreateEventSourceMappingInput) {
			in.FunctionName = "999999999999:function:process-clicks"
		}, invalid, "Function does not exist"},
		{"no source", func(in *lambda.CreateEventSourceMappingInput) { in.EventSourceArn = "" }, invalid, "Unrecognized event source."},
		{"no ARN", func(in *lambda.CreateEventSourceMappingInput) { in.EventSourceArn = "clicks" }, invalid, "Unrecognized event source."},
		{
			"no starting position", func(in *lambda.CreateEventSourceMappingInput) { in.StartingPosition = "" }, invalid,
			"1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
		},
		{
			"unknown starting position", func(in *lambda.CreateEventSourceMappingInput) { in.StartingPosition = "invalid" }, validation,
			"1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
		},
		{"timestamp missing", func(in *lambda.CreateEventSourceMappingInput) { in.StartingPosition = "AT_TIMESTAMP" }, invalid, "StartingPosition AT_TIMESTAMP needs a StartingPositionTimestamp."},
		{"timestamp with LATEST", func(in *lambda.CreateEventSourceMappingInput) {
			in.StartingPositionTimestamp = &lambda.Timestamp{Time: at(0)}
		}, invalid, "StartingPositionTimestamp is valid only with StartingPosition AT_TIMESTAMP."},
		{"timestamp in the future", func(in *lambda.CreateEventSourceMappingInput) {
			in.StartingPosition, in.StartingPositionTimestamp = "AT_TIMESTAMP", &lambda.Timestamp{Time: at(time.Hour)}
		}, invalid, "StartingPositionTimestamp must not be in the future."},
		{
			"batch of none", func(in *lambda.CreateEventSourceMappingInput) { in.BatchSize = new(0) }, validation,
			"1 validation error detected: Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
		},
		{
			"batch too large", func(in *lambda.CreateEventSourceMappingInput) { in.BatchSize = new(10_001) }, validation,
			"1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
		},
		{
			"window too long", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumBatchingWindowInSeconds = new(301) }, validation,
			"1 validation error detected: Value '301' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: Member must have value less than or equal to 300",
		},
		{
			"factor too large", func(in *lambda.CreateEventSourceMappingInput) { in.ParallelizationFactor = new(11) }, validation,
			"1 validation error detected: Value '11' at 'parallelizationFactor' failed to satisfy constraint: Member must have value less than or equal to 10",
		},
		{"name too long", func(in *lambda.CreateEventSourceMappingInput) { in.FunctionName = strings.Repeat("f", 65) }, validation, "functionName"},
		{"alias", func(in *lambda.CreateEventSourceMappingInput) { in.FunctionName = "process-clicks:PROD" }, invalid, "wavetank does not emulate version or alias PROD"},

		{"consumer", func(in *lambda.CreateEventSourceMappingInput) { in.EventSourceArn = streamARN + "/consumer/c:1" }, invalid, "Consumer not found: "},
		{"queue", func(in *lambda.CreateEventSourceMappingInput) {
			in.EventSourceArn = "arn:aws:sqs:ap-northeast-1:123456789012:q"
		}, invalid, "wavetank does not emulate event sources of sqs yet"},
		{"disabled", func(in *lambda.CreateEventSourceMappingInput) { in.Enabled = new(false) }, invalid, "wavetank does not emulate Enabled=false yet"},
		{
			"too many retries", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumRetryAttempts = new(10_001) }, validation,
			"1 validation error detected: Value '10001' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 10000",
		},
		{
			"retries of less than without end", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumRetryAttempts = new(-2) }, validation,
			"1 validation error detected: Value '-2' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value greater than or equal to -1",
		},
		{
			"age too long", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumRecordAgeInSeconds = new(604_801) }, validation,
			"1 validation error detected: Value '604801' at 'maximumRecordAgeInSeconds' failed to satisfy constraint: Member must have value less than or equal to 604800",
		},
		{
			"age below any", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumRecordAgeInSeconds = new(-2) }, validation,
			"1 validation error detected: Value '-2' at 'maximumRecordAgeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to -1",
		},
		{"age of none", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumRecordAgeInSeconds = new(0) }, invalid, "MaximumRecordAgeInSeconds must be -1 or between 60 and 604800, and is 0."},
		{"age too short", func(in *lambda.CreateEventSourceMappingInput) { in.MaximumRecordAgeInSeconds = new(59) }, invalid, "MaximumRecordAgeInSeconds must be -1 or between 60 and 604800, and is 59."},
		{"another response type", func(in *lambda.CreateEventSourceMappingInput) { in.FunctionResponseTypes = []string{"All"} }, validation, "Value '[All]' at 'functionResponseTypes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]"},
		{"two response types", func(in *lambda.CreateEventSourceMappingInput) {
			in.FunctionResponseTypes = []string{"ReportBatchItemFailures", "ReportBatchItemFailures"}
		}, validation, "at 'functionResponseTypes' failed to satisfy constraint: Member must have length less than or equal to 1"},
		{"tumbling", func(in *lambda.CreateEventSourceMappingInput) { in.TumblingWindowInSeconds = new(30) }, invalid, "wavetank does not emulate TumblingWindowInSeconds yet"},
		{"filter", func(in *lambda.CreateEventSourceMappingInput) {
			in.FilterCriteria = map[string]any{"Filters": []any{map[string]any{"Pattern": "{}"}}}
		}, invalid, "wavetank does not emulate FilterCriteria yet"},
		{"metrics", func(in *lambda.CreateEventSourceMappingInput) {
			in.MetricsConfig = map[string]any{"Metrics": []any{"EventCount"}}
		}, invalid, "wavetank does not emulate MetricsConfig yet"},
		{"tags", func(in *lambda.CreateEventSourceMappingInput) { in.Tags = map[string]string{"team": "clicks"} }, invalid, "wavetank does not emulate Tags of an event source mapping yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newTank(t, 1, lambda.Config{})
			k.function(t, lambda.FunctionModel{})
			in := lambda.CreateEventSourceMappingInput{FunctionName: "process-clicks", EventSourceArn: streamARN, StartingPosition: "LATEST"}
			tt.change(&in)
			_, err := k.CreateEventSourceMapping(in)
			checkError(t, err, tt.code, tt.message)
			if list, _ := k.ListEventSourceMappings(lambda.ListEventSourceMappingsInput{}); len(list.EventSourceMappings) != 0 {
				t.Error("there is a mapping")
			}
		})
	}
}

func checkError(t *testing.T, err error, code, message string) {
	t.Helper()
	var e *lambda.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, message) {
		t.Errorf("got  %v\nwant %s: %s", err, code, message)
	}
}

func TestDefaultsOfLaterSettingsAreAccepted(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	k.mapping(t, lambda.CreateEventSourceMappingInput{
		Enabled: new(true), BisectBatchOnFunctionError: new(false), MaximumRetryAttempts: new(-1), MaximumRecordAgeInSeconds: new(-1),
		TumblingWindowInSeconds: new(0), FunctionResponseTypes: []string{}, FilterCriteria: map[string]any{},
		DestinationConfig: &lambda.DestinationConfig{},
	})
}

// What a mapping does with failures is shown as it was asked for, at each end of what is allowed.
func TestSettingsOfFailuresAreShown(t *testing.T) {
	for _, tt := range []struct{ retries, age int }{{0, 60}, {10_000, 604_800}} {
		k := newTank(t, 1, lambda.Config{Destinations: &post{}})
		k.function(t, lambda.FunctionModel{})
		id := k.mapping(t, lambda.CreateEventSourceMappingInput{
			BisectBatchOnFunctionError: new(true), MaximumRetryAttempts: &tt.retries, MaximumRecordAgeInSeconds: &tt.age,
			FunctionResponseTypes: report, DestinationConfig: onFailure(queueARN),
		})
		m, err := k.GetEventSourceMapping(id)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`"BisectBatchOnFunctionError":true,"DestinationConfig":{"OnFailure":{"Destination":"` + queueARN + `"}},`,
			`"FunctionResponseTypes":["ReportBatchItemFailures"],`,
			fmt.Sprintf(`"MaximumRecordAgeInSeconds":%d,"MaximumRetryAttempts":%d,`, tt.age, tt.retries),
		} {
			if !strings.Contains(string(text), want) {
				t.Errorf("got %s, without %s", text, want)
			}
		}
	}
}

func TestSameSourceAndFunctionTwice(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	k.function(t, lambda.FunctionModel{})
	id := k.mapping(t, lambda.CreateEventSourceMappingInput{})
	_, err := k.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{
		FunctionName: "arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks", EventSourceArn: streamARN, StartingPosition: "TRIM_HORIZON",
	})
	checkError(t, err, lambda.CodeConflict, `The event source arn (" `+streamARN+` ") and function (" process-clicks ") provided mapping already exists. Please update or delete the existing mapping with UUID `+id)
}

func TestUnknownMapping(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	for name, call := range map[string]func(string) (*lambda.EventSourceMappingConfiguration, error){
		"get": k.GetEventSourceMapping, "delete": k.DeleteEventSourceMapping, "update": k.UpdateEventSourceMapping,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := call("00000000-0000-4000-8000-000000000000")
			checkError(t, err, lambda.CodeNotFound, "The resource you requested does not exist.")
		})
	}
	k.function(t, lambda.FunctionModel{})
	_, err := k.UpdateEventSourceMapping(k.mapping(t, lambda.CreateEventSourceMappingInput{}))
	checkError(t, err, lambda.CodeInvalidParameter, "wavetank does not emulate UpdateEventSourceMapping yet")
}

func TestListEventSourceMappings(t *testing.T) {
	k := newTank(t, 1, lambda.Config{})
	var ids []string
	for _, name := range []string{"c", "a", "b"} {
		if _, err := k.CreateFunction(lambda.Function{Name: name}); err != nil {
			t.Fatal(err)
		}
		m, err := k.CreateEventSourceMapping(lambda.CreateEventSourceMappingInput{FunctionName: name, EventSourceArn: streamARN, StartingPosition: "LATEST"})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.UUID)
	}
	for _, tt := range []struct {
		name string
		in   lambda.ListEventSourceMappingsInput
		want []string
		next string
	}{
		{"all, in the order of creation", lambda.ListEventSourceMappingsInput{}, ids, ""},
		{"of a function", lambda.ListEventSourceMappingsInput{FunctionName: "123456789012:function:a"}, ids[1:2], ""},
		{"of a stream", lambda.ListEventSourceMappingsInput{EventSourceArn: streamARN}, ids, ""},
		{"of another stream", lambda.ListEventSourceMappingsInput{EventSourceArn: streamARN + "2"}, nil, ""},
		{"first page", lambda.ListEventSourceMappingsInput{MaxItems: new(2)}, ids[:2], ids[1]},
		{"second page", lambda.ListEventSourceMappingsInput{MaxItems: new(2), Marker: ids[1]}, ids[2:], ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := k.ListEventSourceMappings(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range out.EventSourceMappings {
				got = append(got, m.UUID)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) || out.NextMarker != tt.next {
				t.Errorf("got %v, next %q; want %v, %q", got, out.NextMarker, tt.want, tt.next)
			}
		})
	}
	_, err := k.ListEventSourceMappings(lambda.ListEventSourceMappingsInput{MaxItems: new(10_001)})
	checkError(t, err, lambda.CodeValidation, "'maxItems'")
}

func TestFunctions(t *testing.T) {
	k := newTank(t, 1, lambda.Config{Functions: []lambda.Function{{Name: "from-the-start"}}})
	k.function(t, lambda.FunctionModel{Duration: lambda.Distribution{P50: 20 * ms}, MemorySize: 256 << 20, Timeout: 2500 * ms})
	for _, name := range []string{"process-clicks", "process-clicks:$LATEST", "123456789012:function:process-clicks", "arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks"} {
		f, err := k.GetFunctionConfiguration(name)
		if err != nil {
			t.Fatal(err)
		}
		if f.FunctionArn != "arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks" || f.State != "Active" || f.MemorySize != 256 || f.Timeout != 3 {
			t.Errorf("%s is %+v", name, f)
		}
	}
	first, err := k.ListFunctions(lambda.ListFunctionsInput{MaxItems: new(1)})
	if err != nil || len(first.Functions) != 1 || first.Functions[0].FunctionName != "from-the-start" || first.Functions[0].MemorySize != 128 || first.Functions[0].Timeout != 900 {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := k.ListFunctions(lambda.ListFunctionsInput{Marker: first.NextMarker})
	if err != nil || len(second.Functions) != 1 || second.Functions[0].FunctionName != "process-clicks" || second.NextMarker != "" {
		t.Fatalf("%+v, %v", second, err)
	}
	_, err = k.CreateFunction(lambda.Function{Name: "process-clicks"})
	checkError(t, err, lambda.CodeConflict, "Function already exist: process-clicks")
	if err := k.DeleteFunction("process-clicks"); err != nil {
		t.Error(err)
	}
	checkError(t, k.DeleteFunction("process-clicks"), lambda.CodeNotFound, "Function not found: arn:aws:lambda:ap-northeast-1:123456789012:function:process-clicks")
	_, err = k.GetFunction("arn:aws:lambda:eu-west-1:123456789012:function:from-the-start")
	checkError(t, err, lambda.CodeNotFound, "Function not found")
}

func TestCreateFunctionRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		f       lambda.Function
		code    string
		message string
	}{
		{"no name", lambda.Function{}, lambda.CodeValidation, "'functionName'"},
		{"a name with a blank", lambda.Function{Name: "process clicks"}, lambda.CodeValidation, "'functionName'"},
		{"percentiles in the wrong order", lambda.Function{Name: "f", Model: lambda.FunctionModel{Duration: lambda.Distribution{P50: 2, P99: 1}}}, lambda.CodeInvalidParameter, "below its p50"},
		{"negative duration", lambda.Function{Name: "f", Model: lambda.FunctionModel{Duration: lambda.Distribution{P50: -1}}}, lambda.CodeInvalidParameter, "negative"},
		{"more than all fail", lambda.Function{Name: "f", Model: lambda.FunctionModel{Errors: 1.1}}, lambda.CodeInvalidParameter, "between 0 and 1"},
		{"timeout too long", lambda.Function{Name: "f", Model: lambda.FunctionModel{Timeout: time.Hour}}, lambda.CodeInvalidParameter, "timeout"},
		{"too little memory", lambda.Function{Name: "f", Model: lambda.FunctionModel{MemorySize: 64 << 20}}, lambda.CodeValidation, "'memorySize'"},
		{"half a mebibyte", lambda.Function{Name: "f", Model: lambda.FunctionModel{MemorySize: 128<<20 + 1}}, lambda.CodeInvalidParameter, "multiple of 1 MiB"},
		{"negative cold start", lambda.Function{Name: "f", Model: lambda.FunctionModel{ColdStart: -1}}, lambda.CodeInvalidParameter, "negative"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newTank(t, 1, lambda.Config{}).CreateFunction(tt.f)
			checkError(t, err, tt.code, tt.message)
		})
	}
}
