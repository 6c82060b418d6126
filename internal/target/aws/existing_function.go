package aws

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/wavetank/wavetank/scenarios"
)

// checkFunction wants a function to be there with the event source mappings that the scenario describes. arns are those of
// the streams that are there already, by name. Where reading began is no matter any more.
func (t *Target) checkFunction(ctx context.Context, name string, want scenarios.Function, arns map[string]string) error {
	out, err := ask(ctx, t.lambda.GetFunctionConfiguration, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if err != nil {
		return err
	}
	switch out.State {
	case types.StatePending, types.StateFailed:
		return notReady(string(out.State))
	}
	found := differences{path: "pipeline.functions." + name}
	for i, e := range want.EventSources {
		m, err := t.mapping(ctx, name, arns[e.Stream])
		if err != nil {
			return err
		}
		if m == nil {
			return fmt.Errorf("it has no event source mapping of the stream %s: make one, or take pipeline.functions.%s.eventSources.%d out of the scenario", e.Stream, name, i)
		}
		if state := aws.ToString(m.State); state != "Enabled" {
			return fmt.Errorf("its event source mapping of the stream %s is %s: run again when it is Enabled", e.Stream, state)
		}
		at := fmt.Sprintf("eventSources.%d.", i)
		found.compare(at+"batchSize", fmt.Sprint(aws.ToInt32(m.BatchSize)), fmt.Sprint(e.BatchSize))
		found.compare(at+"parallelizationFactor", fmt.Sprint(max(1, aws.ToInt32(m.ParallelizationFactor))), fmt.Sprint(e.ParallelizationFactor))
		window := scenarios.Duration(time.Duration(aws.ToInt32(m.MaximumBatchingWindowInSeconds)) * time.Second)
		found.compare(at+"maximumBatchingWindow", window.String(), e.MaximumBatchingWindow.String())
		if m.FilterCriteria != nil && len(m.FilterCriteria.Filters) > 0 {
			t.note("the event source mapping of " + e.Stream + " to " + name + " has a filter: not every record comes to the function")
		}
	}
	return found.err()
}

// mapping is a function's event source mapping of a stream; nil where it has none. It may be that of a version or an alias
// of the function, which lists by the function's name leave out.
func (t *Target) mapping(ctx context.Context, function, stream string) (*types.EventSourceMappingConfiguration, error) {
	in := &lambda.ListEventSourceMappingsInput{EventSourceArn: &stream}
	for {
		page, err := ask(ctx, t.lambda.ListEventSourceMappings, in)
		if err != nil {
			return nil, err
		}
		for i := range page.EventSourceMappings {
			m := &page.EventSourceMappings[i]
			_, of, _ := strings.Cut(aws.ToString(m.FunctionArn), ":function:")
			if of, _, _ = strings.Cut(of, ":"); of == function {
				return m, nil
			}
		}
		if in.Marker = page.NextMarker; aws.ToString(in.Marker) == "" {
			return nil, nil
		}
	}
}
