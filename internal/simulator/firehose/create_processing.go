package firehose

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// ProcessingConfiguration
//
// Emulated: one processor of type Lambda of an extended S3 destination, with LambdaArn, NumberOfRetries, RoleArn,
// BufferSizeInMBs and BufferIntervalInSeconds. Every other type is refused by name.
// Source: API reference ProcessingConfiguration, Processor, ProcessorParameter; developer guide "Transform source data".

// ProcessingConfiguration is how records are changed on their way. Without Enabled it is off (measured on AWS by others).
type ProcessingConfiguration struct {
	Enabled    bool
	Processors []Processor
	Other      map[string]jsontext.Value `json:",embed"`
}

// Processor is one change.
type Processor struct {
	Type       string
	Parameters []ProcessorParameter
	Other      map[string]jsontext.Value `json:",embed"`
}

// ProcessorParameter is one setting of a processor.
type ProcessorParameter struct {
	ParameterName  string
	ParameterValue string
}

const typeLambda = "Lambda"

// processorTypes are those of the service model.
var processorTypes = []string{"RecordDeAggregation", "Decompression", "CloudWatchLogProcessing", typeLambda, "MetadataExtraction", "AppendDelimiterToRecord"}

// parameterNames are those of the service model.
var parameterNames = []string{
	"LambdaArn", "NumberOfRetries", "MetadataExtractionQuery", "JsonParsingEngine", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds",
	"SubRecordType", "Delimiter", "CompressionFormat", "DataMessageExtraction",
}

// processorOf reads a ProcessingConfiguration; nil is none. member is its place in the request.
func processorOf(in *ProcessingConfiguration, member string) (*LambdaProcessor, error) {
	if in == nil || !in.Enabled {
		return nil, nil
	}
	if err := refuseOthers(inCapitals(member), in.Other); err != nil {
		return nil, err
	}
	if len(in.Processors) == 0 {
		return nil, errorf(codeInvalidArgument, "ProcessingConfiguration is enabled and has no processors")
	}
	var found *LambdaProcessor
	for i := range in.Processors {
		p := &in.Processors[i]
		switch {
		case !slices.Contains(processorTypes, p.Type):
			return nil, constraint(p.Type, member+".processors.member.type", "Member must satisfy enum value set: ["+strings.Join(processorTypes, ", ")+"]")
		case p.Type != typeLambda:
			return nil, notEmulated("a processor of type " + p.Type)
		case found != nil: // that AWS refuses it was measured by others, its words were not
			return nil, errorf(codeInvalidArgument, "ProcessingConfiguration has more than one processor of type Lambda")
		}
		if err := refuseOthers(inCapitals(member)+".Processors", p.Other); err != nil {
			return nil, err
		}
		var err error
		if found, err = lambdaOf(p.Parameters, member+".processors.member.parameters.member"); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// lambdaOf reads the parameters of a Lambda processor. Of one that is given twice the last counts (ours).
func lambdaOf(parameters []ProcessorParameter, member string) (*LambdaProcessor, error) {
	c := &LambdaProcessor{}
	hints := DefaultProcessorHints
	for _, p := range parameters {
		ok := true
		switch p.ParameterName {
		case "LambdaArn":
			c.Function, ok = p.ParameterValue, strings.HasPrefix(p.ParameterValue, "arn:")
		case "RoleArn":
			c.RoleARN = p.ParameterValue
		case "NumberOfRetries":
			var n uint64
			n, ok = whole(p.ParameterValue, math.MaxInt32)
			c.Retries = new(int(n))
		case "BufferIntervalInSeconds":
			var n uint64
			n, ok = whole(p.ParameterValue, 900)
			hints.Interval = time.Duration(n) * time.Second
		case "BufferSizeInMBs":
			size, err := strconv.ParseFloat(strings.TrimSpace(p.ParameterValue), 64)
			ok = err == nil && size >= 0.2 && size <= 3
			hints.Size = max(leastProcessorSize, int64(size*mib))
		default:
			if !slices.Contains(parameterNames, p.ParameterName) {
				return nil, constraint(p.ParameterName, member+".parameterName", "Member must satisfy enum value set: ["+strings.Join(parameterNames, ", ")+"]")
			}
			return nil, errorf(codeInvalidArgument, "%s is no parameter of a processor of type Lambda", p.ParameterName)
		}
		if !ok {
			return nil, errorf(codeInvalidArgument, "%s %q is not %s", p.ParameterName, p.ParameterValue, wanted[p.ParameterName])
		}
	}
	if c.Function == "" {
		return nil, errorf(codeInvalidArgument, "A processor of type Lambda needs the parameter LambdaArn")
	}
	c.Buffering = &hints
	return c, nil
}

// wanted says what a parameter must be.
var wanted = map[string]string{
	"LambdaArn":               "the ARN of a function",
	"NumberOfRetries":         "a whole number, 0 or more",
	"BufferIntervalInSeconds": "a whole number from 0 to 900",
	"BufferSizeInMBs":         "a number from 0.2 to 3",
}

// whole reads a number that is 0 or more and at most most.
func whole(text string, most uint64) (n uint64, ok bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil || n > most {
		return 0, false
	}
	return n, true
}

// describe shows a processor with all five of its parameters, as AWS does (measured by others).
func (p *processing) describe() *ProcessingConfiguration {
	return &ProcessingConfiguration{Enabled: true, Processors: []Processor{{Type: typeLambda, Parameters: []ProcessorParameter{
		{"LambdaArn", p.arn},
		{"NumberOfRetries", strconv.Itoa(*p.Retries)},
		{"RoleArn", p.RoleARN},
		{"BufferSizeInMBs", strconv.FormatFloat(math.Round(float64(p.Buffering.Size)/mib*1000)/1000, 'f', -1, 64)},
		{"BufferIntervalInSeconds", strconv.Itoa(int(p.Buffering.Interval / time.Second))},
	}}}}
}
