package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/internal/nearest"
)

// Sinks are the names of everything that records end up at: functions, delivery streams and consumers, in order.
func (p *Pipeline) Sinks() []string {
	sinks := slices.Concat(sortedKeys(p.Functions), sortedKeys(p.DeliveryStreams), sortedKeys(p.Consumers))
	slices.Sort(sinks)
	return sinks
}

// check reports what no key can tell by itself: names that are not there, names that are there twice, objectives that
// nothing in the pipeline could ever meet.
func check(d *decoder, root *node, s *Scenario) {
	c := checker{d: d, root: root, s: s}
	c.sinks()
	c.readers()
	c.loads()
	c.existing()
	c.fanOut()
	c.reshards()
	c.faults()
	for i := range s.Objectives {
		c.objective(&s.Objectives[i], root.at("objectives", fmt.Sprint(i)))
	}
}

type checker struct {
	d    *decoder
	root *node
	s    *Scenario
}

// reference wants name to be one of those known. A name that is missing was reported where it was decoded, and with no
// names at all the mapping of them may have been what was wrong.
func (c *checker) reference(n *node, what, name string, names []string) {
	if name == "" || slices.Contains(names, name) || len(names) == 0 && len(c.d.errs) > 0 {
		return
	}
	c.d.errorf(n, "unknown %s %q%s", what, clip(name), nearest.Suggest(name, names))
}

func (c *checker) stream(name string, path ...string) {
	c.reference(c.root.at(path...), "stream", name, sortedKeys(c.s.Pipeline.Streams))
}

func (c *checker) deliveryStream(name string, path ...string) {
	c.reference(c.root.at(path...), "delivery stream", name, sortedKeys(c.s.Pipeline.DeliveryStreams))
}

// sinks wants their names to be different: measurements and the ledger tell them apart by name.
func (c *checker) sinks() {
	first := map[string]string{}
	take := func(kind string, names []string) {
		for _, name := range names {
			if other, ok := first[name]; ok {
				c.d.errorf(c.root.at("pipeline", kind, name), "found the name %q in %s too, want a name of its own", name, other)
				continue
			}
			first[name] = kind
		}
	}
	take("functions", sortedKeys(c.s.Pipeline.Functions))
	take("deliveryStreams", sortedKeys(c.s.Pipeline.DeliveryStreams))
	take("consumers", sortedKeys(c.s.Pipeline.Consumers))
}

func (c *checker) readers() {
	for _, name := range sortedKeys(c.s.Pipeline.Functions) {
		for i, e := range c.s.Pipeline.Functions[name].EventSources {
			c.stream(e.Stream, "pipeline", "functions", name, "eventSources", fmt.Sprint(i), "stream")
		}
	}
	for _, name := range sortedKeys(c.s.Pipeline.DeliveryStreams) {
		c.stream(c.s.Pipeline.DeliveryStreams[name].Source, "pipeline", "deliveryStreams", name, "source")
	}
	for _, name := range sortedKeys(c.s.Pipeline.Consumers) {
		c.stream(c.s.Pipeline.Consumers[name].Stream, "pipeline", "consumers", name, "stream")
	}
}

func (c *checker) loads() {
	for i, l := range c.s.Load {
		at := fmt.Sprint(i)
		c.stream(l.Stream, "load", at, "stream")
		c.deliveryStream(l.DeliveryStream, "load", at, "deliveryStream")
		if source := c.s.Pipeline.DeliveryStreams[l.DeliveryStream].Source; source != "" {
			c.d.errorf(c.root.at("load", at, "deliveryStream"),
				"found %q, which reads the stream %q; AWS takes no puts there, want a load into the stream", l.DeliveryStream, source)
		}
		c.recordSize(&c.s.Load[i], at)
	}
}

func (c *checker) faults() {
	for i, f := range c.s.Faults {
		at := fmt.Sprint(i)
		if f.Throttle != nil {
			c.stream(f.Throttle.Stream, "faults", at, "throttle", "stream")
			c.directPut(f.Throttle.DeliveryStream, "faults", at, "throttle", "deliveryStream")
		}
		if f.Stall != nil {
			c.stream(f.Stall.Stream, "faults", at, "stall", "stream")
			c.directPut(f.Stall.DeliveryStream, "faults", at, "stall", "deliveryStream")
			c.shard(f.Stall, "faults", at, "stall", "shardId")
		}
	}
}

// directPut wants the delivery stream of a fault to be one that requests are made to.
func (c *checker) directPut(name string, path ...string) {
	c.deliveryStream(name, path...)
	if source := c.s.Pipeline.DeliveryStreams[name].Source; source != "" {
		c.d.errorf(c.root.at(path...), "found %q, to which nobody puts: it reads the stream %q; want that stream, or a delivery stream without a source",
			name, source)
	}
}

// shard wants the shard of a fault to be one that the stream has, where the scenario alone says how many there are: which shards
// come of a reshard, and when an on-demand stream grows, is AWS's affair.
func (c *checker) shard(f *StallFault, path ...string) {
	number, one := f.Shard()
	s, known := c.s.Pipeline.Streams[f.Stream]
	if !one || !known || s.StreamMode == OnDemand || s.ShardCount == 0 || len(c.s.ReshardsOf(f.Stream)) > 0 || int(number) < s.ShardCount {
		return
	}
	c.d.errorf(c.root.at(path...), "found %s, but the stream %q has %d: the last is %s%012d", f.ShardID, f.Stream, s.ShardCount, shardPrefix, s.ShardCount-1)
}

// objective wants what it speaks of to be in the pipeline.
func (c *checker) objective(o *Objective, n *node) {
	p := &c.s.Pipeline
	if sink, ok := strings.CutSuffix(o.Name, EndToEnd); ok {
		c.reference(n, "sink", sink, p.Sinks())
	}
	c.reference(n, "stream", o.Tags["stream"], sortedKeys(p.Streams))
	c.reference(n, "function", o.Tags["function"], sortedKeys(p.Functions))
	c.reference(n, "delivery stream", o.Tags["deliveryStream"], sortedKeys(p.DeliveryStreams))
	c.reference(n, "consumer", o.Tags["consumer"], sortedKeys(p.Consumers))
	c.reference(n, "sink", o.Tags["sink"], p.Sinks())
	service, _, _ := strings.Cut(o.Name, ".")
	switch {
	case len(c.d.errs) > 0:
	case service == "lambda" && len(p.Functions) == 0:
		c.d.errorf(n, "found %s, but the pipeline has no function", o.Name)
	case service == "firehose" && len(p.DeliveryStreams) == 0:
		c.d.errorf(n, "found %s, but the pipeline has no delivery stream", o.Name)
	case service == "integrity" && len(p.Sinks()) == 0:
		c.d.errorf(n, "found %s, but the pipeline has no sink: no function, delivery stream or consumer", o.Name)
	}
}
