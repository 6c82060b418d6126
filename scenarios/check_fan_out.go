package scenarios

import "fmt"

// mostConsumers is how many consumers with enhanced fan-out a stream has at most: Kinesis, "Quotas and limits" (50 with
// On-demand Advantage, which a run does not switch on).
const mostConsumers = 20

// fanOut wants what reads by enhanced fan-out to be registered with a stream that is made for the run, and not to be more
// than AWS takes.
func (c *checker) fanOut() {
	left := map[string]int{}
	for name := range c.s.Pipeline.Streams {
		left[name] = mostConsumers
	}
	one := func(stream string, path ...string) {
		n := c.root.at(path...)
		if _, there := c.s.Existing.Streams[stream]; there {
			c.d.errorf(n, "found true, but the stream %q is there already and is left as it is: no consumer is registered with it; want a stream that is made for the run, or false", stream)
		}
		if _, known := left[stream]; !known {
			return
		}
		if left[stream]--; left[stream] == -1 {
			c.d.errorf(n, "found one consumer more of the stream %q than AWS registers, %d; want false here", stream, mostConsumers)
		}
	}
	for _, name := range sortedKeys(c.s.Pipeline.Functions) {
		for i, e := range c.s.Pipeline.Functions[name].EventSources {
			if e.EnhancedFanOut {
				one(e.Stream, "pipeline", "functions", name, "eventSources", fmt.Sprint(i), "enhancedFanOut")
			}
		}
	}
	for _, name := range sortedKeys(c.s.Pipeline.Consumers) {
		if r := c.s.Pipeline.Consumers[name]; r.EnhancedFanOut {
			one(r.Stream, "pipeline", "consumers", name, "enhancedFanOut")
		}
	}
}
