package firehose_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/wavetank/wavetank/internal/simulator/firehose"
)

const processorArn = "arn:aws:lambda:us-east-1:123456789012:function:f"

// processing is a CreateDeliveryStream with processors.
func processing(processors string) string {
	return `{"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `,
		"ProcessingConfiguration": {"Enabled": true, "Processors": [` + processors + `]}}}`
}

// lambdaProcessor is a processor with parameters, each a name and a value.
func lambdaProcessor(parameters ...string) string {
	var all []string
	for i := 0; i < len(parameters); i += 2 {
		all = append(all, fmt.Sprintf(`{"ParameterName": %q, "ParameterValue": %q}`, parameters[i], parameters[i+1]))
	}
	return `{"Type": "Lambda", "Parameters": [` + strings.Join(all, ", ") + `]}`
}

// A processor is shown with all five of its parameters.
func TestProcessorsAreDescribed(t *testing.T) {
	const others = "arn:aws:iam::123456789012:role/other"
	tests := []struct {
		name       string
		parameters []string
		want       []string
	}{
		{"defaults", []string{"LambdaArn", processorArn}, []string{processorArn, "3", "arn:aws:iam::123456789012:role/firehose", "1", "60"}},
		{"all", []string{
			"LambdaArn", processorArn + ":$LATEST", "NumberOfRetries", "0", "RoleArn", others, "BufferSizeInMBs", "0.2", "BufferIntervalInSeconds", "0",
		}, []string{processorArn + ":$LATEST", "0", others, "0.2", "0"}},
		{"most", []string{
			"LambdaArn", processorArn, "NumberOfRetries", "300", "BufferSizeInMBs", "3", "BufferIntervalInSeconds", "900",
		}, []string{processorArn, "300", "arn:aws:iam::123456789012:role/firehose", "3", "900"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, func(c *firehose.Config) { c.Functions = &functions{} })
			w.must(w.create(processing(lambdaProcessor(tt.parameters...))))
			out, err := w.firehose.DescribeDeliveryStream(firehose.DescribeDeliveryStreamInput{DeliveryStreamName: "d"})
			w.must(err)
			got, err := json.Marshal(out.DeliveryStreamDescription.Destinations[0].ExtendedS3DestinationDescription.ProcessingConfiguration)
			w.must(err)
			want := `{"Enabled":true,"Processors":[{"Type":"Lambda","Parameters":[`
			for i, name := range []string{"LambdaArn", "NumberOfRetries", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds"} {
				want += fmt.Sprintf(`{"ParameterName":%q,"ParameterValue":%q},`, name, tt.want[i])
			}
			if want = strings.TrimSuffix(want, ",") + `]}]}`; string(got) != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

func TestProcessorsAreRefused(t *testing.T) {
	const invalid, validation = "InvalidArgumentException", "ValidationException"
	with := func(name, value string) string {
		return processing(lambdaProcessor("LambdaArn", processorArn, name, value))
	}
	tests := []struct{ name, input, code, says string }{
		{"none", processing(``), invalid, "has no processors"},
		{"two", processing(lambdaProcessor("LambdaArn", processorArn) + "," + lambdaProcessor("LambdaArn", processorArn)), invalid, "more than one"},
		{"another type", processing(`{"Type": "AppendDelimiterToRecord"}`), invalid, "does not emulate a processor of type AppendDelimiterToRecord"},
		{"another beside it", processing(lambdaProcessor("LambdaArn", processorArn) + `, {"Type": "RecordDeAggregation"}`), invalid, "type RecordDeAggregation"},
		{"no type", processing(`{"Type": "X"}`), validation, "at 'extendedS3DestinationConfiguration.processingConfiguration.processors.member.type'"},
		{"no function", processing(lambdaProcessor()), invalid, "LambdaArn"},
		{"a name", processing(lambdaProcessor("LambdaArn", "f")), invalid, "not the ARN of a function"},
		{"another region's", processing(lambdaProcessor("LambdaArn", "arn:aws:lambda:eu-west-1:123456789012:function:f")), invalid, "not a function of this account and region"},
		{"a version", processing(lambdaProcessor("LambdaArn", processorArn+":7")), invalid, "version or alias"},
		{"no name", processing(lambdaProcessor("LambdaArn", strings.TrimSuffix(processorArn, "f"))), invalid, "names no function"},
		{"retries below 0", with("NumberOfRetries", "-1"), invalid, "NumberOfRetries"},
		{"retries that are no number", with("NumberOfRetries", "x"), invalid, "NumberOfRetries"},
		{"a small buffer", with("BufferSizeInMBs", "0.19"), invalid, "BufferSizeInMBs"},
		{"a large buffer", with("BufferSizeInMBs", "3.01"), invalid, "BufferSizeInMBs"},
		{"a buffer of NaN", with("BufferSizeInMBs", "NaN"), invalid, "BufferSizeInMBs"},
		{"a long interval", with("BufferIntervalInSeconds", "901"), invalid, "BufferIntervalInSeconds"},
		{"another type's parameter", with("Delimiter", "x"), invalid, "Delimiter is no parameter"},
		{"an unknown parameter", with("X", "x"), validation, "parameters.member.parameterName"},
		{"of the older destination", strings.Replace(with("RoleArn", "r"), "ExtendedS3", "S3", 1), invalid, "S3DestinationConfiguration.ProcessingConfiguration"},
		{"expressions without the type", `{"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": {` + role + `, ` + bucket + `, "ErrorOutputPrefix": "!{timestamp:yyyy}/",
			"ProcessingConfiguration": {"Enabled": true, "Processors": [` + lambdaProcessor("LambdaArn", processorArn) + `]}}}`, invalid, "error-output-type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, func(c *firehose.Config) { c.Functions = &functions{} })
			var e *firehose.Error
			if err := w.create(tt.input); !errors.As(err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Errorf("%v, want %s with %q", err, tt.code, tt.says)
			}
		})
	}
	w := newWorld(t, nil)
	if err := w.create(with("RoleArn", "r")); err == nil || !strings.Contains(err.Error(), "where nothing invokes functions") {
		t.Errorf("without functions: %v", err)
	}
	// Without Enabled it is off.
	if err := w.create(strings.Replace(with("RoleArn", "r"), `"Enabled": true, `, "", 1)); err != nil {
		t.Error(err)
	}
}
