package server

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
)

// lambdaRoutes are the operations of the API version 2015-03-31 (botocore, lambda/2015-03-31/service-2.json). Those without
// a function are not offered and say so by name.
var lambdaRoutes = []lambdaRoute{
	{"CreateFunction", "POST", "functions", http.StatusCreated, createFunction},
	{"ListFunctions", "GET", "functions", http.StatusOK, listFunctions},
	{"GetFunction", "GET", "functions/*", http.StatusOK, func(s *lambda.Service, in *lambdaRequest) (any, error) { return s.GetFunction(in.name) }},
	{"GetFunctionConfiguration", "GET", "functions/*/configuration", http.StatusOK, func(s *lambda.Service, in *lambdaRequest) (any, error) { return s.GetFunctionConfiguration(in.name) }},
	{"DeleteFunction", "DELETE", "functions/*", http.StatusNoContent, func(s *lambda.Service, in *lambdaRequest) (any, error) { return nil, s.DeleteFunction(in.name) }},
	{"CreateEventSourceMapping", "POST", "event-source-mappings", http.StatusAccepted, createEventSourceMapping},
	{"ListEventSourceMappings", "GET", "event-source-mappings", http.StatusOK, listEventSourceMappings},
	{"GetEventSourceMapping", "GET", "event-source-mappings/*", http.StatusOK, func(s *lambda.Service, in *lambdaRequest) (any, error) { return s.GetEventSourceMapping(in.name) }},
	{"UpdateEventSourceMapping", "PUT", "event-source-mappings/*", http.StatusAccepted, func(s *lambda.Service, in *lambdaRequest) (any, error) { return s.UpdateEventSourceMapping(in.name) }},
	{"DeleteEventSourceMapping", "DELETE", "event-source-mappings/*", http.StatusAccepted, func(s *lambda.Service, in *lambdaRequest) (any, error) { return s.DeleteEventSourceMapping(in.name) }},

	{name: "Invoke", method: "POST", path: "functions/*/invocations"},
	{name: "UpdateFunctionCode", method: "PUT", path: "functions/*/code"},
	{name: "UpdateFunctionConfiguration", method: "PUT", path: "functions/*/configuration"},
	{name: "PublishVersion", method: "POST", path: "functions/*/versions"},
	{name: "ListVersionsByFunction", method: "GET", path: "functions/*/versions"},
	{name: "CreateAlias", method: "POST", path: "functions/*/aliases"},
	{name: "ListAliases", method: "GET", path: "functions/*/aliases"},
	{name: "AddPermission", method: "POST", path: "functions/*/policy"},
	{name: "GetPolicy", method: "GET", path: "functions/*/policy"},
}

// createFunctionInput is as much of the request as a modelled function keeps.
type createFunctionInput struct {
	FunctionName  string
	Role          string
	Code          any
	Runtime       string
	Handler       string
	Description   string
	PackageType   string
	Architectures []string
	Timeout       *int64 // seconds; AWS's default is 3
	MemorySize    *int64 // MB
	Environment   lambda.Environment
	Tags          map[string]string
}

// createFunction makes a function that takes no time and never fails: the code is not looked at.
func createFunction(s *lambda.Service, r *lambdaRequest) (any, error) {
	var in createFunctionInput
	if err := decode(r.body, &in); err != nil {
		return nil, err
	}
	for _, m := range []struct {
		name    string
		missing bool
	}{{"functionName", in.FunctionName == ""}, {"role", in.Role == ""}, {"code", in.Code == nil}} {
		if m.missing {
			return nil, &lambda.Error{
				Code:    lambda.CodeValidation,
				Message: "1 validation error detected: Value null at '" + m.name + "' failed to satisfy constraint: Member must not be null",
			}
		}
	}
	timeout, err := bounded("timeout", in.Timeout, 3, 1, 900)
	if err != nil {
		return nil, err
	}
	memory, err := bounded("memorySize", in.MemorySize, 128, 128, 10_240)
	if err != nil {
		return nil, err
	}
	return s.CreateFunction(lambda.Function{
		Name:          in.FunctionName,
		Model:         lambda.FunctionModel{Timeout: time.Duration(timeout) * time.Second, MemorySize: memory << 20},
		Description:   in.Description,
		Runtime:       in.Runtime,
		Handler:       in.Handler,
		Role:          in.Role,
		PackageType:   in.PackageType,
		Architectures: in.Architectures,
		Environment:   in.Environment.Variables,
		Tags:          in.Tags,
	})
}

// bounded is an optional number within the API's bounds.
func bounded(member string, value *int64, otherwise, least, most int64) (int64, error) {
	v := *cmp.Or(value, &otherwise)
	want := ""
	switch {
	case v < least:
		want = "greater than or equal to " + strconv.FormatInt(least, 10)
	case v > most:
		want = "less than or equal to " + strconv.FormatInt(most, 10)
	default:
		return v, nil
	}
	return 0, &lambda.Error{Code: lambda.CodeValidation, Message: "1 validation error detected: Value '" + strconv.FormatInt(v, 10) +
		"' at '" + member + "' failed to satisfy constraint: Member must have value " + want}
}

func listFunctions(s *lambda.Service, r *lambdaRequest) (any, error) {
	most, err := r.maxItems()
	if err != nil {
		return nil, err
	}
	return s.ListFunctions(lambda.ListFunctionsInput{Marker: r.query.Get("Marker"), MaxItems: most})
}

func createEventSourceMapping(s *lambda.Service, r *lambdaRequest) (any, error) {
	var in lambda.CreateEventSourceMappingInput
	if err := decode(r.body, &in); err != nil {
		return nil, err
	}
	return s.CreateEventSourceMapping(in)
}

func listEventSourceMappings(s *lambda.Service, r *lambdaRequest) (any, error) {
	most, err := r.maxItems()
	if err != nil {
		return nil, err
	}
	return s.ListEventSourceMappings(lambda.ListEventSourceMappingsInput{
		EventSourceArn: r.query.Get("EventSourceArn"),
		FunctionName:   r.query.Get("FunctionName"),
		Marker:         r.query.Get("Marker"),
		MaxItems:       most,
	})
}

// maxItems is the query's MaxItems; nil where it has none.
func (r *lambdaRequest) maxItems() (*int, error) {
	text := r.query.Get("MaxItems")
	if text == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, badBody("MaxItems " + strconv.Quote(text) + " is not a number")
	}
	return &n, nil
}
