package account

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Kind is what a resource is.
type Kind string

// The kinds of resources that wavetank makes.
const (
	Mapping        Kind = "event source mapping"
	Function       Kind = "function"
	DeliveryStream Kind = "delivery stream"
	Stream         Kind = "stream"
	Bucket         Kind = "bucket"
	Role           Kind = "role"
	LogGroup       Kind = "log group"
)

// Kinds are all kinds in the order in which they are deleted: what reads before what is read, roles after what assumes
// them. It is a copy.
func Kinds() []Kind { return slices.Clone(kinds) }

var kinds = []Kind{Mapping, Function, DeliveryStream, Stream, Bucket, Role, LogGroup}

// Resource is one thing in an account. It is told from others by kind, name, account and region; the ARN may be empty.
type Resource struct {
	Kind    Kind   `json:"kind"`
	Name    string `json:"name"`          // of a mapping: see MappingName
	ARN     string `json:"arn,omitempty"` // where it is known
	Region  string `json:"region"`        // where it was made from: a role is global
	Account string `json:"account"`       // 12 digits
}

// String is the resource as a person reads it: stream wavetank-…-clicks.
func (r Resource) String() string { return string(r.Kind) + " " + r.Name }

// MappingName is the name of an event source mapping, which AWS gives none: function/stream. A function has at most one
// mapping of a stream.
func MappingName(function, stream string) string { return function + "/" + stream }

// mapped are the two ends of a mapping.
func (r Resource) mapped() (function, stream string) {
	function, stream, _ = strings.Cut(r.Name, "/")
	return function, stream
}

// id tells resources of one account and region apart.
type id struct {
	kind Kind
	name string
}

func (r Resource) id() id { return id{r.Kind, r.Name} }

// parseARN knows the kinds that bear tags of their own.
func parseARN(text string) (Resource, bool) {
	a, err := arn.Parse(text)
	if err != nil {
		return Resource{}, false
	}
	r := Resource{ARN: text, Region: a.Region, Account: a.AccountID}
	for _, form := range []struct {
		service, prefix string
		kind            Kind
	}{
		{"kinesis", "stream/", Stream},
		{"lambda", "function:", Function},
		{"firehose", "deliverystream/", DeliveryStream},
		{"s3", "", Bucket},
		{"iam", "role/", Role},
		{"logs", "log-group:", LogGroup},
	} {
		name, ok := strings.CutPrefix(a.Resource, form.prefix)
		if a.Service != form.service || !ok {
			continue
		}
		switch form.kind {
		case LogGroup:
			name = strings.TrimSuffix(name, ":*")
		case Role:
			name = name[strings.LastIndex(name, "/")+1:] // a path stands before it
		}
		whole := name != "" && (form.kind == LogGroup || !strings.ContainsAny(name, "/:"))
		r.Kind, r.Name = form.kind, name
		return r, whole // what is below one, a consumer or a version, is not it
	}
	return Resource{}, false
}
