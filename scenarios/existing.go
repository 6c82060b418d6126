package scenarios

import (
	"fmt"
	"maps"
)

// Existing names what of a pipeline is there already: a run neither makes nor deletes it, and calls it by the name that
// the scenario has for it. The zero value names nothing.
//
// A target in an account, and at an endpoint that was there before the run, honours it. A target that begins empty (the
// embedded one, virtual time, a LocalStack that the run started) has nothing there: it makes the whole pipeline as it is
// described, so that the same file can be rehearsed.
type Existing struct {
	Streams         map[string]ExistingStream
	DeliveryStreams map[string]ExistingDeliveryStream
	Functions       map[string]ExistingFunction
}

// ExistingStream is a stream that is there already. What the pipeline says of it (streamMode, shardCount) must be so; its
// retention period may be any.
type ExistingStream struct {
	AllowWrites bool // a load, and marker records, may be put there; default false: it is only read
}

// ExistingDeliveryStream is a delivery stream that is there already, with its bucket. What the pipeline says of it
// (source, bucket, prefix, bufferingHints, compressionFormat) must be so. Its objects are read and stay.
type ExistingDeliveryStream struct {
	AllowWrites bool // a load, and marker records, may be put there by Direct PUT; default false
}

// ExistingFunction is a user's own function with the event source mappings that it has. What the pipeline says of the
// mappings (batchSize, parallelizationFactor, maximumBatchingWindow) must be so; the model is for rehearsals.
type ExistingFunction struct{}

// Empty tells whether nothing is named.
func (e *Existing) Empty() bool {
	return len(e.Streams) == 0 && len(e.DeliveryStreams) == 0 && len(e.Functions) == 0
}

// ToMake is the pipeline without what is there already. Consumers are all in it: they are made of nothing.
func (s *Scenario) ToMake() Pipeline {
	return Pipeline{
		Streams:         without(s.Pipeline.Streams, s.Existing.Streams),
		Functions:       without(s.Pipeline.Functions, s.Existing.Functions),
		DeliveryStreams: without(s.Pipeline.DeliveryStreams, s.Existing.DeliveryStreams),
		Consumers:       s.Pipeline.Consumers,
	}
}

func without[T, E any](all map[string]T, there map[string]E) map[string]T {
	rest := maps.Clone(all)
	maps.DeleteFunc(rest, func(name string, _ T) bool {
		_, is := there[name]
		return is
	})
	return rest
}

// existing wants what is there already to be of the pipeline, to be whole (what was there before the run can read nothing
// that the run makes), and to be written to only where that is allowed.
func (c *checker) existing() {
	e, p := &c.s.Existing, &c.s.Pipeline
	for _, name := range sortedKeys(e.Streams) {
		c.stream(name, "existing", "streams", name)
	}
	for _, name := range sortedKeys(e.Functions) {
		c.reference(c.root.at("existing", "functions", name), "function", name, sortedKeys(p.Functions))
		for i, source := range p.Functions[name].EventSources {
			c.existingSource(source.Stream, "a function", "pipeline", "functions", name, "eventSources", fmt.Sprint(i), "stream")
		}
	}
	for _, name := range sortedKeys(e.DeliveryStreams) {
		c.deliveryStream(name, "existing", "deliveryStreams", name)
		source := p.DeliveryStreams[name].Source
		if p.DeliveryStreams[name].HTTP != nil {
			c.d.errorf(c.root.at("existing", "deliveryStreams", name),
				"found one with http, whose endpoint is the run's own receiver; what is there already delivers elsewhere, want it made by the run")
		}
		c.existingSource(source, "a delivery stream", "pipeline", "deliveryStreams", name, "source")
		if source != "" && e.DeliveryStreams[name].AllowWrites {
			c.d.errorf(c.root.at("existing", "deliveryStreams", name, "allowWrites"),
				"found true, but it reads the stream %q and AWS takes no puts there; want allowWrites at existing.streams.%s", source, source)
		}
	}
	c.existingBuckets()
	for i := range c.s.Load {
		c.mayWrite(&c.s.Load[i], fmt.Sprint(i))
	}
}

// existingSource wants the source of what is there already to be there too. A stream that is not in the pipeline at all is
// told elsewhere.
func (c *checker) existingSource(stream, reader string, path ...string) {
	_, known := c.s.Pipeline.Streams[stream]
	if _, there := c.s.Existing.Streams[stream]; there || !known {
		return
	}
	c.d.errorf(c.root.at(path...), "found %q, which is made for the run, and %s that is there already cannot read it; want it under existing.streams too",
		stream, reader)
}

// existingBuckets wants a bucket that is there already to be delivered to by what is there already alone: the other
// delivery streams deliver to buckets that are made, and deleted at the end.
func (c *checker) existingBuckets() {
	owner := map[string]string{}
	for _, name := range sortedKeys(c.s.Existing.DeliveryStreams) {
		owner[c.s.Pipeline.DeliveryStreams[name].S3.Bucket] = name
	}
	for _, name := range sortedKeys(c.s.Pipeline.DeliveryStreams) {
		bucket := c.s.Pipeline.DeliveryStreams[name].S3.Bucket
		_, there := c.s.Existing.DeliveryStreams[name]
		if other := owner[bucket]; other != "" && !there && bucket != "" {
			c.d.errorf(c.root.at("pipeline", "deliveryStreams", name, "s3", "bucket"),
				"found %q, which is there already with %s; want a bucket of its own", bucket, other)
		}
	}
}

// mayWrite wants a load into what is there already to be allowed.
func (c *checker) mayWrite(l *Load, at string) {
	if stream, there := c.s.Existing.Streams[l.Stream]; there && !stream.AllowWrites {
		c.d.errorf(c.root.at("load", at, "stream"),
			"found %q, which is there already and is only read; want allowWrites: true at existing.streams.%s, or another stream", l.Stream, l.Stream)
	}
	if stream, there := c.s.Existing.DeliveryStreams[l.DeliveryStream]; there && !stream.AllowWrites {
		c.d.errorf(c.root.at("load", at, "deliveryStream"),
			"found %q, which is there already and is only read; want allowWrites: true at existing.deliveryStreams.%s, or another delivery stream",
			l.DeliveryStream, l.DeliveryStream)
	}
}
