package conformance

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Owner is in whose name the cases make things in an account that others use too: it gives names and tags, and has each
// thing on record before it is made. The cases delete what they made all the same; what they could not, and what the
// owner made itself, is the owner's to delete when Run has returned. Its methods are called one after another.
type Owner interface {
	// Name is what something of a kind is called in the account: Resource says of what base.
	Name(kind, base string) string
	// Tags are those of everything that is made.
	Tags() map[string]string
	// Make calls create, again where the service is not ready for it, and keeps on record what was made.
	Make(ctx context.Context, kind, name string, create func(context.Context) (arn string, err error)) error
	// Role makes a role and returns its ARN: FunctionRole or DeliveryStreamRole says who assumes it.
	Role(ctx context.Context, base string) (arn string, err error)
	// LogGroup makes the log group of the function with that base.
	LogGroup(ctx context.Context, function string) error
}

// The kinds of what cases make, and the bases of the roles that are assumed, as an Owner knows them.
const (
	Stream         = "stream"
	Function       = "function"
	Mapping        = "event source mapping"
	DeliveryStream = "delivery stream"
	Bucket         = "bucket"

	FunctionRole       = "functions"
	DeliveryStreamRole = "delivery-streams"
)

// kinds are what the names of a bench are of. What is not there is named as strictly as a function.
var kinds = map[string]string{
	"stream": Stream, "seen": Stream, "reader": Stream, "code": Function, "none": Function, "flow": DeliveryStream, "bucket": Bucket,
}

// name is a name of the case's own that every service takes. what is one of kinds.
func (b *bench) name(what string) string {
	base := b.base + "-" + what
	if b.owner != nil {
		return b.owner.Name(kinds[what], base)
	}
	return b.prefix + base
}

// plain is a text in which the bench's names are as the case gave them.
func (b *bench) plain(text string) string {
	for what := range kinds {
		text = strings.ReplaceAll(text, b.name(what), what)
	}
	return text
}

// make makes something by create, on the owner's record where there is one. What is on it already is made past the owner:
// a case asks whether the service refuses that, and the owner would take it off the record for it.
func (b *bench) make(ctx context.Context, kind, name string, create func(context.Context) (arn string, err error)) error {
	if b.owner == nil || b.recorded[kind+" "+name] {
		_, err := create(ctx)
		return err
	}
	if err := b.owner.Make(ctx, kind, name, create); err != nil {
		return err
	}
	b.record(kind, name)
	return nil
}

func (b *bench) record(kind, name string) {
	if b.recorded == nil {
		b.recorded = map[string]bool{}
	}
	b.recorded[kind+" "+name] = true
}

// tags are the owner's; without one there are none.
func (b *bench) tags() map[string]string {
	if b.owner == nil {
		return nil
	}
	return b.owner.Tags()
}

// roleARN is the role that a service gets: the owner's, which is made for the first who needs it. Where nobody named one
// it is of the streams' own account: LocalStack looks for a function's stream in the account of its role.
func (b *bench) roleARN(ctx context.Context, base string) (*string, error) {
	switch {
	case b.owner == nil:
		return aws.String(cmp.Or(b.role, "arn:aws:iam::"+cmp.Or(b.account, "123456789012")+":role/wavetank")), nil
	case b.roles[base] == "":
		arn, err := b.owner.Role(ctx, base)
		if err != nil {
			return nil, err
		}
		b.roles[base] = arn
	}
	return aws.String(b.roles[base]), nil
}

// partition is the part of AWS that the region is of, as ARNs write it.
func (l *lab) partition() string {
	switch {
	case strings.HasPrefix(l.config.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(l.config.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
