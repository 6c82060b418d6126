package aws

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/wavetank/wavetank/internal/measure"
	"github.com/wavetank/wavetank/scenarios"
)

// gauge keeps what it was asked.
type gauge struct{ asked []measure.CloudWatchAsked }

func (g *gauge) Read(_ context.Context, a measure.CloudWatchAsked, phase, note func(string)) *measure.CloudWatch {
	g.asked = append(g.asked, a)
	phase("reading")
	note("read")
	return &measure.CloudWatch{CloudWatchAsked: a}
}

// TestCloudWatch holds what is asked of a pipeline, under which names, and that a stand-in is not asked.
func TestCloudWatch(t *testing.T) {
	s := &scenarios.Scenario{Pipeline: scenarios.Pipeline{
		Streams:         map[string]scenarios.Stream{"clicks": {ShardCount: 1}},
		Functions:       map[string]scenarios.Function{"process": {}},
		DeliveryStreams: map[string]scenarios.DeliveryStream{"to-s3": {Source: "clicks"}, "to-s3-too": {}},
	}}
	at := time.Date(2026, 11, 24, 10, 15, 20, 0, time.UTC)
	pack := func(context.Context, string) ([]byte, error) { return nil, nil }
	owner := func(o Owner) *Target {
		tgt := New(Config{SDK: &aws.Config{Region: "cn-north-1"}, Owner: o, Name: "aws", Package: pack})
		tgt.names = newNames(o, "", ownedPipeline)
		return tgt
	}
	for _, test := range []struct {
		name  string
		of    *Target
		asked bool
	}{{"an account", owner(&keeper{}), true}, {"a stand-in", owner(nil), false}} {
		t.Run(test.name, func(t *testing.T) {
			var g gauge
			var told []string
			tell := func(text string) { told = append(told, text) }
			test.of.config.Metrics, test.of.config.Phase, test.of.config.Note = &g, tell, tell
			got := test.of.CloudWatch(t.Context(), s, at, at.Add(time.Minute), at.Add(2*time.Minute))
			if (got != nil) != test.asked || (len(g.asked) == 1) != test.asked {
				t.Fatalf("told %+v, asked %+v", got, g.asked)
			}
			if !test.asked {
				return
			}
			want := []measure.CloudWatchResource{
				{Kind: measure.StreamResource, Name: "own-s-clicks", As: "clicks"},
				{Kind: measure.FunctionResource, Name: "own-f-process", As: "process", LogGroup: "/aws/lambda/own-f-process"},
				{Kind: measure.DeliveryStreamResource, Name: "own-d-to-s3", As: "to-s3", Source: "clicks"},
				{Kind: measure.DeliveryStreamResource, Name: "own-d-to-s3-too", As: "to-s3-too"},
			}
			if a := g.asked[0]; !slices.Equal(a.Resources, want) || !a.Start.Equal(at) || a.Drained.Sub(a.End) != time.Minute {
				t.Errorf("asked %+v", a)
			}
			if !slices.Equal(told, []string{"reading", "read"}) {
				t.Errorf("told %q", told)
			}
		})
	}
	none := New(Config{SDK: &aws.Config{Region: "cn-north-1"}, Owner: &keeper{}, Name: "aws"})
	if got := none.CloudWatch(t.Context(), s, at, at, at); got != nil {
		t.Errorf("without anybody to ask: %+v", got)
	}
	if got := none.published(s.Pipeline); len(got) != 3 {
		t.Errorf("without a probe no function is deployed, and %+v is asked", got)
	}
}
