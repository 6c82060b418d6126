package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/lambda"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// defaultModel is the function that NAME=model makes: every invocation takes 20 ms and succeeds.
var defaultModel = scenarios.FunctionModel{
	Duration: scenarios.Distribution{P50: scenarios.Duration(20 * time.Millisecond), P99: scenarios.Duration(20 * time.Millisecond)},
}

// parseFunctions reads --function flags. The last of a name wins.
func parseFunctions(flags []string) (map[string]scenarios.FunctionModel, error) {
	functions := map[string]scenarios.FunctionModel{}
	for _, flag := range flags {
		name, text, _ := strings.Cut(flag, "=")
		model, err := parseModel(text)
		if err == nil {
			err = simulated.Function(name, scenarios.Function{Model: model}).Validate(lambda.Limits{})
		}
		if err != nil {
			return nil, fmt.Errorf("--function %s: %w", flag, err)
		}
		functions[name] = model
	}
	return functions, nil
}

// parseModel reads model, or parts of one that are told by name:
//
//	p50:20ms,p99:80ms,errors:1%,coldStart:250ms,memorySize:256MiB
//
// A part that is left out has the scenario's default; one percentile alone makes the duration constant.
func parseModel(text string) (scenarios.FunctionModel, error) {
	m := defaultModel
	if text == "model" {
		return m, nil
	}
	if text == "" {
		return m, fmt.Errorf("want NAME=model, or a model as in NAME=p50:20ms,p99:80ms,errors:1%%")
	}
	given := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(part, ":")
		var err error
		switch key {
		case "p50":
			m.Duration.P50, err = scenarios.ParseDuration(value)
		case "p99":
			m.Duration.P99, err = scenarios.ParseDuration(value)
		case "errors":
			m.Errors, err = scenarios.ParseShare(value)
		case "coldStart":
			m.ColdStart, err = scenarios.ParseDuration(value)
		case "memorySize":
			m.MemorySize, err = scenarios.ParseBytes(value)
		default:
			return m, fmt.Errorf("found %q, want model, p50, p99, errors, coldStart or memorySize", key)
		}
		if err != nil {
			return m, fmt.Errorf("%s: %w", key, err)
		}
		given[key] = true
	}
	switch {
	case given["p50"] && !given["p99"]:
		m.Duration.P99 = m.Duration.P50
	case given["p99"] && !given["p50"]:
		m.Duration.P50 = m.Duration.P99
	}
	return m, nil
}
