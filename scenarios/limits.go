package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wavetank/wavetank/internal/nearest"
)

// Limits say by how much the limits of the embedded services differ from AWS's. The zero value leaves them as AWS has
// them. Elsewhere nothing can be changed of them.
type Limits struct{ Kinesis, Firehose ServiceLimits }

// ServiceLimits are those of one service.
type ServiceLimits struct {
	All  Factor            // of each that is not named
	Each map[string]Factor // by name: writeRecords
}

// Factor is by how much a limit differs: 10 is ten times AWS's, Off is none. The zero value is AWS's own.
type Factor float64

// Off is no limit at all.
var Off = Factor(math.Inf(1))

// Of is the factor of a limit by name, 1 where it is AWS's own.
func (l *ServiceLimits) Of(name string) Factor {
	f, named := l.Each[name]
	if !named {
		f = l.All
	}
	if f == 0 {
		return 1
	}
	return f
}

// Changed tells whether any limit is not AWS's own.
func (l *Limits) Changed() bool { return len(l.Words()) > 0 }

// Words are the factors that are not AWS's own, as a person would write them: kinesis off, kinesis.readCalls 2x.
func (l *Limits) Words() (words []string) {
	for _, s := range []struct {
		name string
		of   *ServiceLimits
	}{{"kinesis", &l.Kinesis}, {"firehose", &l.Firehose}} {
		if s.of.All != 0 && s.of.All != 1 {
			words = append(words, s.name+" "+s.of.All.String())
		}
		for _, name := range sortedKeys(s.of.Each) {
			if s.of.Of(name) != max(s.of.All, 1) {
				words = append(words, s.name+"."+name+" "+s.of.Each[name].String())
			}
		}
	}
	return words
}

// String is off, aws or a multiple: 10x.
func (f Factor) String() string {
	switch f {
	case Off:
		return "off"
	case 0, 1:
		return "aws"
	}
	return strconv.FormatFloat(float64(f), 'f', -1, 64) + "x"
}

var factorText = regexp.MustCompile(`^(off|aws|(\d+|\d*\.\d+)x)$`)

// ParseFactor reads off, aws or a multiple from 0.001x to 1000000x.
func ParseFactor(text string) (Factor, error) {
	switch {
	case text == "off":
		return Off, nil
	case text == "aws":
		return 1, nil
	case factorText.MatchString(text):
		v, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
		if err == nil && 0.001 <= v && v <= 1_000_000 {
			return Factor(v), nil
		}
	}
	return 0, fmt.Errorf("found %q, want %s", clip(text), factorWant)
}

const factorWant = "off, aws or a multiple from 0.001x to 1000000x, such as 10x"

// Set changes limits as a flag says it: a factor for all, or kinesis=factor, or kinesis.writeRecords=factor.
func (l *Limits) Set(text string) error {
	of, value, named := strings.Cut(text, "=")
	if !named {
		of, value = "", text
	}
	f, err := ParseFactor(value)
	if err != nil {
		return err
	}
	service, limit, single := strings.Cut(of, ".")
	at, names := &l.Kinesis, KinesisLimits
	switch service {
	case "":
		*l = Limits{ServiceLimits{All: f}, ServiceLimits{All: f}}
		return nil
	case "kinesis":
	case "firehose":
		at, names = &l.Firehose, FirehoseLimits
	default:
		return fmt.Errorf("found service %q, want kinesis or firehose%s", clip(service), nearest.Hint(service, []string{"kinesis", "firehose"}))
	}
	switch {
	case !single:
		*at = ServiceLimits{All: f}
		return nil
	case !slices.Contains(names, limit):
		return fmt.Errorf("%s: unknown limit%s", of, nearest.Suggest(limit, names))
	case at.Each == nil:
		at.Each = map[string]Factor{}
	}
	at.Each[limit] = f
	return nil
}

// KinesisLimits and FirehoseLimits are the names of the limits that can be scaled. Bounds of a request's members and of its body are
// none of them: the lengths of texts, the pages of a listing, the retention period, the data freshness of a channel.
var (
	KinesisLimits = []string{
		"advantageConsumers", "calls", "commitment", "consumers", "creatingConsumers", "creatingStreams", "encryptions", "iteratorAge",
		"iteratorCalls", "modeSwitches", "onDemandShards", "onDemandStreams", "pushBytes", "readBytes", "readCalls", "recordBytes",
		"requestBytes", "requestRecords", "responseBytes", "responseRecords", "scaleBytes", "scaleUp", "scalings", "shards",
		"streamShards", "subscribeCalls", "subscriptionAge", "tags", "takeover", "warmMiBps", "writeBytes", "writeBytesBurst",
		"writeRecords", "writeRecordsBurst",
	}
	FirehoseLimits = []string{
		"batchBytes", "batchRecords", "controlCalls", "deliveryStreams", "putBytes", "putRecords", "putRequests", "recordBytes",
		"requestBytes", "requestRecords", "responseBytes", "transformPayload", "transformsInFlight",
	}
)

var limitsShape = shape[Limits]{
	name: "limits",
	doc: "By how much the limits of the embedded services differ from AWS's: off, aws or a multiple such as 10x, for all or by service. " +
		"Of a time that must pass (takeover, commitment, scaleUp) a multiple is as much shorter. " +
		"A run without AWS's limits plans no capacity, and its report says so.",
	keys: []key[Limits]{
		row("kinesis", serviceLimits(KinesisLimits), func(l *Limits) *ServiceLimits { return &l.Kinesis },
			"Of Kinesis: one factor, or a mapping by limit, in which all is the rest."),
		row("firehose", serviceLimits(FirehoseLimits), func(l *Limits) *ServiceLimits { return &l.Firehose },
			"Of Firehose: one factor, or a mapping by limit, in which all is the rest."),
	},
}

// allLimits takes a factor for all services in place of the mapping.
var allLimits = codec[Limits]{
	decode: func(d *decoder, n *node) Limits {
		if n.scalar() {
			f := factor.decode(d, n)
			return Limits{ServiceLimits{All: f}, ServiceLimits{All: f}}
		}
		return limitsShape.decode(d, n)
	},
	encode: func(l Limits, m mode) *node {
		if len(l.Kinesis.Each) == 0 && len(l.Firehose.Each) == 0 && l.Kinesis.All == l.Firehose.All {
			return factor.encode(l.Kinesis.All, m)
		}
		return limitsShape.encode(l, m)
	},
	schema: func(s *schemaWriter) map[string]any {
		return map[string]any{"anyOf": []any{factor.schema(s), limitsShape.schema(s)}}
	},
}

var factor = scalar[Factor]{
	want: factorWant,
	parse: func(text string) (Factor, bool) {
		f, err := ParseFactor(text)
		return f, err == nil
	},
	format: Factor.String,
	schema: map[string]any{"type": "string", "pattern": factorText.String()},
}.codec()

// serviceLimits is a factor, or a mapping of limits' names to factors.
func serviceLimits(names []string) codec[ServiceLimits] {
	known := append([]string{"all"}, names...)
	return codec[ServiceLimits]{
		decode: func(d *decoder, n *node) (l ServiceLimits) {
			if n.kind != mapping {
				l.All = factor.decode(d, n)
				return l
			}
			for _, m := range n.members {
				switch {
				case !slices.Contains(known, m.key):
					d.add(m.place, fmt.Sprintf("%s: unknown limit%s", join(n.path, m.key), nearest.Suggest(m.key, known)))
				case m.removed():
				case m.key == "all":
					l.All = factor.decode(d, m.value)
				default:
					if l.Each == nil {
						l.Each = map[string]Factor{}
					}
					l.Each[m.key] = factor.decode(d, m.value)
				}
			}
			return l
		},
		encode: func(l ServiceLimits, m mode) *node {
			if len(l.Each) == 0 {
				return factor.encode(l.All, m)
			}
			n := &node{kind: mapping}
			if l.All != 0 {
				n.members = append(n.members, member{key: "all", value: factor.encode(l.All, m)})
			}
			for _, name := range sortedKeys(l.Each) {
				n.members = append(n.members, member{key: name, value: factor.encode(l.Each[name], m)})
			}
			return n
		},
		schema: func(s *schemaWriter) map[string]any {
			properties := map[string]any{}
			for _, name := range known {
				properties[name] = factor.schema(s)
			}
			return map[string]any{"anyOf": []any{
				factor.schema(s), map[string]any{"type": "object", "properties": properties, "additionalProperties": false},
			}}
		},
	}
}
