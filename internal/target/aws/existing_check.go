package aws

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/wavetank/wavetank/scenarios"
)

// checkExisting wants what the scenario names under existing to be there, to be ready, and to be what the pipeline says
// of it: plan, verdict and rehearsal rest on that. Nothing is written, and nothing has been made yet.
func (t *Target) checkExisting(ctx context.Context, s *scenarios.Scenario) error {
	e, p := t.existing(), &s.Pipeline
	if e.Empty() {
		return nil
	}
	t.phase("looking at what is there already")
	arns := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(e.Streams)) {
		arn, err := t.checkStream(ctx, name, p.Streams[name])
		if err != nil {
			return existingError("stream", name, err)
		}
		arns[name] = arn
	}
	for _, name := range slices.Sorted(maps.Keys(e.DeliveryStreams)) {
		if err := t.checkDeliveryStream(ctx, name, p.DeliveryStreams[name]); err != nil {
			return existingError("delivery stream", name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Functions)) {
		if err := t.checkFunction(ctx, name, p.Functions[name], arns); err != nil {
			return existingError("function", name, err)
		}
	}
	return nil
}

// checkStream wants a stream to be there as the scenario describes it, and returns its ARN. How long it keeps its records
// is its own affair.
func (t *Target) checkStream(ctx context.Context, name string, want scenarios.Stream) (arn string, err error) {
	out, err := ask(ctx, t.kinesis.DescribeStreamSummary, &kinesis.DescribeStreamSummaryInput{StreamName: &name})
	if err != nil {
		return "", err
	}
	d := out.StreamDescriptionSummary
	if d.StreamStatus != types.StreamStatusActive {
		return "", notReady(string(d.StreamStatus))
	}
	arn = aws.ToString(d.StreamARN)
	t.account = accountOf(arn)
	found := differences{path: "pipeline.streams." + name}
	mode := scenarios.Provisioned
	if d.StreamModeDetails != nil {
		mode = string(d.StreamModeDetails.StreamMode)
	}
	found.compare("streamMode", mode, want.StreamMode)
	if d.MaxRecordSizeInKiB != nil {
		found.compare("maxRecordSize", (scenarios.Bytes(*d.MaxRecordSizeInKiB) * scenarios.KiB).String(), want.MaxRecordSize.String())
	}
	switch {
	case mode == scenarios.Provisioned:
		found.compare("shardCount", fmt.Sprint(aws.ToInt32(d.OpenShardCount)), fmt.Sprint(want.ShardCount))
	case mode != want.StreamMode:
		found.set = append(found.set, "--set "+found.path+".shardCount=") // an ON_DEMAND stream takes no count
	}
	return arn, found.err()
}

// differences are what the scenario says otherwise than it is.
type differences struct {
	path string // of the thing in the scenario
	list []string
	set  []string // what to change
}

// compare notes a member of the thing that is not what the scenario says.
func (d *differences) compare(member, there, says string) {
	if there != says {
		d.list = append(d.list, fmt.Sprintf("%s is %s there and %s in the scenario", member, quoted(there), quoted(says)))
		d.set = append(d.set, fmt.Sprintf("--set %s.%s=%s", d.path, member, there))
	}
}

// err is nil where there are none.
func (d *differences) err() error {
	if len(d.list) == 0 {
		return nil
	}
	return fmt.Errorf("it is not what the scenario says: %s; change the scenario, as with %s",
		strings.Join(d.list, ", "), strings.Join(d.set, " "))
}

// quoted shows that nothing is there.
func quoted(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

// notReady is the answer to what is there and in a state in which it cannot be used.
func notReady(status string) error {
	return fmt.Errorf("it is %s: run again when it is ACTIVE", status)
}

// existingError is what keeps something from being used that the scenario names under existing, in one line.
func existingError(kind, name string, err error) error {
	var api smithy.APIError
	switch {
	case !errors.As(err, &api):
	case api.ErrorCode() == "ResourceNotFoundException":
		err = errors.New("it is not there: make it, or take it out of existing: in the scenario, and it is made for the run")
	case strings.HasPrefix(api.ErrorCode(), "AccessDenied"):
		err = fmt.Errorf("%s: %s; the credentials must be allowed to look at it", api.ErrorCode(), strings.Join(strings.Fields(api.ErrorMessage()), " "))
	default:
		err = fmt.Errorf("%s: %s", api.ErrorCode(), strings.Join(strings.Fields(api.ErrorMessage()), " "))
	}
	return fmt.Errorf("existing %s %s: %w", kind, name, err)
}
