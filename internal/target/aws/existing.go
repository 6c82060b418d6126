package aws

import (
	"maps"
	"slices"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// existing is what is there already, as far as this target honours it.
func (t *Target) existing() scenarios.Existing {
	if t.config.Honours == nil || t.config.Inside != nil {
		return scenarios.Existing{}
	}
	return t.config.Honours.Existing
}

// there tells whether a stream, a delivery stream or a function of the scenario is there already.
func (t *Target) there(kind, name string) (is bool) {
	e := t.existing()
	switch kind {
	case kindStream:
		_, is = e.Streams[name]
	case kindDeliveryStream:
		_, is = e.DeliveryStreams[name]
	case kindFunction:
		_, is = e.Functions[name]
	}
	return is
}

// mayWrite tells whether records may be put into a stream or a delivery stream: into all that is made, and into what is
// there already where the scenario says so.
func (t *Target) mayWrite(to target.Destination) bool {
	e := t.existing()
	if to.Stream != "" {
		return !t.there(kindStream, to.Stream) || e.Streams[to.Stream].AllowWrites
	}
	return !t.there(kindDeliveryStream, to.DeliveryStream) || e.DeliveryStreams[to.DeliveryStream].AllowWrites
}

// toMake is the pipeline without what is there already.
func (t *Target) toMake(s *scenarios.Scenario) scenarios.Pipeline {
	there := *s
	there.Existing = t.existing()
	return there.ToMake()
}

// untoldOfExisting is what the user's own functions do not tell: they leave no receipts. Where all functions are the
// user's own, nothing of lambda is told; else those functions' sinks are not observed.
func (t *Target) untoldOfExisting() (untold []target.Untold) {
	const reason = "a function of the user's own leaves no receipts: what it does with a record is not told"
	e := t.existing()
	if len(e.Functions) > 0 && len(t.toMake(t.config.Honours).Functions) == 0 {
		untold = append(untold, target.Untold{Prefix: "lambda.", Reason: reason})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Functions)) {
		untold = append(untold, target.Untold{Prefix: name + scenarios.EndToEnd, Reason: reason})
	}
	return untold
}

// sharedStreams are the streams in which others' records may stand beside ours, and can be told from them: those of a
// template carry no identity.
func (t *Target) sharedStreams(s *scenarios.Scenario) map[string]bool {
	shared := map[string]bool{}
	for name := range t.existing().Streams {
		shared[name] = !slices.ContainsFunc(s.Load, func(l scenarios.Load) bool {
			return l.Stream == name && l.Generator.Template != nil
		})
	}
	return shared
}

// ours drops, in place, what others put into a stream that is there already: the run neither counts nor measures it.
func (t *Target) ours(stream string, records []target.Record) []target.Record {
	if !t.shared[stream] {
		return records
	}
	return slices.DeleteFunc(records, func(r target.Record) bool { return !r.Ours })
}
