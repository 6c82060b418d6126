package aws

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// Metrics is CloudWatch, asked after a run. It is an interface here so that a test that loads this target does not compile
// two more service clients.
type Metrics interface {
	// Read reads what AWS tells of a run, and waits for what comes late. phase is told what it is at, note sentences for
	// the report. It returns nil where nothing could be read.
	Read(ctx context.Context, asked measure.CloudWatchAsked, phase, note func(text string)) *measure.CloudWatch
}

// logGroupOf is where Lambda writes a function's logs unless its LoggingConfig names another group.
const logGroupOf = "/aws/lambda/"

// CloudWatch asks what AWS itself tells of the run that the pipeline has been through. It is nil where nobody is asked: a
// stand-in publishes nothing that could be laid beside what is measured.
func (t *Target) CloudWatch(ctx context.Context, s *scenarios.Scenario, start, end, drained time.Time) *measure.CloudWatch {
	if t.config.Metrics == nil || t.config.Owner == nil {
		return nil
	}
	return t.config.Metrics.Read(ctx, measure.CloudWatchAsked{
		Start: start, End: end, Drained: drained, Resources: t.published(s.Pipeline),
	}, t.phase, t.note)
}

// published is the resources of a pipeline that CloudWatch knows, as the account calls them. Of a function that is no probe
// CloudWatch and its log are all there is.
func (t *Target) published(p scenarios.Pipeline) []measure.CloudWatchResource {
	var all []measure.CloudWatchResource
	for _, name := range slices.Sorted(maps.Keys(p.Streams)) {
		all = append(all, measure.CloudWatchResource{Kind: measure.StreamResource, Name: *t.stream(name), As: name})
	}
	if t.config.Package != nil { // else none was deployed
		for _, name := range slices.Sorted(maps.Keys(p.Functions)) {
			at := *t.function(name)
			all = append(all, measure.CloudWatchResource{Kind: measure.FunctionResource, Name: at, As: name, LogGroup: logGroupOf + at})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.DeliveryStreams)) {
		all = append(all, measure.CloudWatchResource{
			Kind: measure.DeliveryStreamResource, Name: *t.deliveryStream(name), As: name, Source: p.DeliveryStreams[name].Source,
		})
	}
	return all
}
