// Package generators says what is offered to a pipeline, and when: records of four kinds and the schedule they are due by.
//
// A [Generator] makes one kind of record: [NewClickstream] (users walking through sessions), [NewSensor] (devices that
// drift, drop out and spike), [NewTransaction] (transfers between accounts whose balances add up) or [NewTemplate] (the
// user's own lines or template, payload untouched). It has lanes. A [Lane] is a pure sequence: the seed, the lane and the
// number of a record decide its content, whichever machine draws it and in whatever order. Every user, sensor or account
// belongs to one lane, so a partition key has one writer and its order can be checked.
//
// A lane draws first and renders later: Next gives the key, its hash and the exact size of the body, and costs some tens
// of nanoseconds; Append renders the body only where somebody reads it.
//
// A [Schedule] says when records are due: phases of load (constant, ramp, step, sine, spike, trace) under an arrival
// process (constant, poisson, bursty, aligned). A [Stream] brings both together: the records of all lanes in the order
// they are due.
//
//	g, err := generators.NewClickstream(generators.Config{Seed: 42, Lanes: 4}, generators.ClickstreamConfig{})
//	s, err := generators.NewSchedule([]generators.Phase{generators.Constant(2000, time.Minute)}, generators.Arrivals{}, 42)
//	stream := generators.NewStream(g, s)
//	var r generators.Record
//	for stream.Next(&r) && r.Due < s.Duration() {
//		body = stream.Append(body[:0])
//	}
//
// Generators and schedules are immutable and safe for concurrent use. Lanes, sequences and streams are not: one goroutine
// each. The package does no I/O, reads no clock and starts no goroutine.
//
// A seed gives the same bytes at the same instants on every machine of one GOARCH: content is drawn with integers, but from
// tables that are computed with floating point when a generator is made, and so are due instants.
package generators
