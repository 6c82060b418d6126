package aws

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/wavetank/wavetank/scenarios"
)

// Owner is in whose name a pipeline is made in an account that others use too: it gives names and tags, has everything on
// record before it is made, and takes it down. Kinds are "stream", "function", "event source mapping", "delivery stream"
// and "bucket". Its methods are called one after another.
type Owner interface {
	// Name is what something is called in the account; base is its name in the scenario, function/stream of a mapping.
	Name(kind, base string) string
	// Tags are those of everything that is made.
	Tags() map[string]string
	// Make calls create, again where the service is not ready for it, and keeps on record what was made.
	Make(ctx context.Context, kind, name string, create func(context.Context) (arn string, err error)) error
	// Role makes a role and returns its ARN: "functions" or "delivery-streams" says who assumes it.
	Role(ctx context.Context, base string) (arn string, err error)
	// LogGroup makes the log group of a function of the scenario.
	LogGroup(ctx context.Context, function string) error
	// TakeDown deletes all that was made, and tells what it is at.
	TakeDown(ctx context.Context, told func(text string)) error
}

// The kinds of what is made, and who assumes a role, as an Owner knows them.
const (
	kindStream         = "stream"
	kindFunction       = "function"
	kindMapping        = "event source mapping"
	kindDeliveryStream = "delivery stream"
	kindBucket         = "bucket"

	functionRole       = "functions"
	deliveryStreamRole = "delivery-streams"
)

// takeDownTime is how long an owner's pipeline may take to go: AWS deletes a delivery stream in minutes.
const takeDownTime = 10 * time.Minute

// named is something of the scenario.
type named struct{ kind, base string }

// names are what things are called at the endpoint. The zero value calls everything as the scenario does.
type names struct {
	owned   map[named]string
	streams map[string]string // by name at the endpoint
}

// newNames asks the owner for the names of all that is put to or read from. Reports keep the scenario's names.
// Without an owner a suffix tells them from those of other runs.
func newNames(o Owner, suffix string, p scenarios.Pipeline) names {
	call := func(_, base string) string { return base + "-" + suffix }
	switch {
	case o != nil:
		call = o.Name
	case suffix == "":
		return names{}
	}
	n := names{owned: map[named]string{}, streams: map[string]string{}}
	streams := append(slices.Collect(maps.Keys(p.Streams)), receipts)
	if o == nil {
		streams = append(streams, ceilingStream)
	}
	for _, name := range streams {
		at := call(kindStream, name)
		n.owned[named{kindStream, name}], n.streams[at] = at, name
	}
	for name, d := range p.DeliveryStreams {
		n.owned[named{kindDeliveryStream, name}] = call(kindDeliveryStream, name)
		n.owned[named{kindBucket, d.S3.Bucket}] = call(kindBucket, d.S3.Bucket)
	}
	for name := range p.Functions {
		n.owned[named{kindFunction, name}] = call(kindFunction, name)
	}
	return n
}

// at is what something is called at the endpoint.
func (n names) at(kind, base string) string {
	if name, ok := n.owned[named{kind, base}]; ok {
		return name
	}
	return base
}

// stream is the scenario's name of a stream.
func (n names) stream(at string) string {
	if name, ok := n.streams[at]; ok {
		return name
	}
	return at
}

// stream, function, deliveryStream and bucket are the names to call the endpoint with.
func (t *Target) stream(name string) *string   { return aws.String(t.names.at(kindStream, name)) }
func (t *Target) function(name string) *string { return aws.String(t.names.at(kindFunction, name)) }
func (t *Target) deliveryStream(name string) *string {
	return aws.String(t.names.at(kindDeliveryStream, name))
}
func (t *Target) bucket(name string) *string { return aws.String(t.names.at(kindBucket, name)) }

// make makes something by create, on the owner's record where there is one. The name is the scenario's.
func (t *Target) make(ctx context.Context, kind, name string, create func(context.Context) (arn string, err error)) error {
	if t.config.Owner != nil {
		return t.config.Owner.Make(ctx, kind, t.config.Owner.Name(kind, name), create)
	}
	_, err := create(ctx)
	return err
}

// tags are the owner's; without one there are none.
func (t *Target) tags() map[string]string {
	if t.config.Owner == nil {
		return nil
	}
	return t.config.Owner.Tags()
}

// roles are the ARNs of what is assumed; "" without an owner.
type roles struct{ function, deliveryStream string }

func (t *Target) functionRole() string       { return cmp.Or(t.roles.function, t.anyRole()) }
func (t *Target) deliveryStreamRole() string { return cmp.Or(t.roles.deliveryStream, t.anyRole()) }

// anyRole is one that every stand-in accepts. It must be of the account that the pipeline is in: LocalStack reads a
// function's stream with it.
func (t *Target) anyRole() string {
	return "arn:aws:iam::" + cmp.Or(t.account, "123456789012") + ":role/wavetank"
}

// makeRoles makes the roles that the pipeline needs, where it has an owner.
func (t *Target) makeRoles(ctx context.Context, p scenarios.Pipeline) (err error) {
	o := t.config.Owner
	if o == nil {
		return nil
	}
	if len(p.Functions) > 0 && t.config.Package != nil {
		t.phase("making the role of the functions")
		if t.roles.function, err = o.Role(ctx, functionRole); err != nil {
			return err
		}
	}
	if len(p.DeliveryStreams) > 0 {
		t.phase("making the role of the delivery streams")
		t.roles.deliveryStream, err = o.Role(ctx, deliveryStreamRole)
	}
	return err
}

// accountOf is the account in an ARN; "" where there is none.
func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4]
	}
	return ""
}

// partition is the part of AWS that an ARN is of.
func (t *Target) partition() string {
	switch {
	case strings.HasPrefix(t.config.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(t.config.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// ownerTakesDown has the owner delete what was made. That takes as long as AWS takes, and not as long as whoever closes
// has patience for: what is left would cost money.
func (t *Target) ownerTakesDown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeDownTime)
	defer cancel()
	t.phase("deleting what was made")
	if err := t.config.Owner.TakeDown(ctx, t.phase); err != nil {
		return fmt.Errorf("take the pipeline down: %w", err)
	}
	return nil
}

// shardLimits are what AWS enforces. AWS, Kinesis Data Streams, "Quotas and limits".
var shardLimits = map[string]float64{
	"shard.write.records": 1000, "shard.write.bytes": 1 << 20, "shard.read.calls": 5, "shard.read.bytes": 2 << 20,
}
