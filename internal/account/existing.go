package account

import (
	"maps"
	"slices"
	"strings"

	"github.com/wavetank/wavetank/scenarios"
)

// Existing is something that is there already, as the scenario names it under existing. It is checked before the load, has
// no tag and no line in a journal, and no cleanup finds it.
type Existing struct {
	Resource

	Written bool   // records are put there
	Does    string // what the run does with it, in words
}

// existingOf is all that a scenario finds in an account, with what becomes of it.
func existingOf(s *scenarios.Scenario, account, region string) (list []Existing) {
	add := func(kind Kind, name string, written bool, does string) {
		r := Resource{Kind: kind, Name: name, Region: region, Account: account}
		if !slices.ContainsFunc(list, func(x Existing) bool { return x.Resource == r }) { // delivery streams share buckets
			list = append(list, Existing{Resource: r, Written: written, Does: does})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Existing.Streams)) {
		written := s.Existing.Streams[name].AllowWrites
		add(Stream, name, written, putThere(written, loaded(s, name, "")))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Existing.DeliveryStreams)) {
		written, d := s.Existing.DeliveryStreams[name].AllowWrites, s.Pipeline.DeliveryStreams[name]
		does := putThere(written, loaded(s, "", name))
		if d.Source != "" {
			does = "delivers what comes into " + d.Source
		}
		add(DeliveryStream, name, written, does)
		add(Bucket, d.S3.Bucket, false, "what is delivered there is read, and stays")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Existing.Functions)) {
		var streams []string
		for _, e := range s.Pipeline.Functions[name].EventSources {
			streams = append(streams, e.Stream)
		}
		does := "is left alone"
		if len(streams) > 0 {
			does = "is invoked with what comes into " + strings.Join(streams, " and ")
		}
		add(Function, name, false, does)
	}
	return list
}

// Names are those of all that the run makes, writes to or reads: none of them may be on a deny list.
func (p *Plan) Names() []string {
	var names []string
	for i := range p.Creates {
		names = append(names, p.Creates[i].Name)
	}
	for i := range p.Existing {
		names = append(names, p.Existing[i].Name)
	}
	return names
}

// Question is what a person is asked before the plan is carried out.
func (p *Plan) Question() string {
	written := slices.ContainsFunc(p.Existing, func(x Existing) bool { return x.Written })
	switch {
	case written && len(p.Creates) == 0:
		return "Write to what is there already in account " + p.Caller.Account + "?"
	case written:
		return "Make this in account " + p.Caller.Account + ", and write to what is there already?"
	case len(p.Creates) == 0:
		return "Run this in account " + p.Caller.Account + "?"
	}
	return "Make this in account " + p.Caller.Account + ", and load it?"
}

// putThere says what is put into something that is there already.
func putThere(allowed, loaded bool) string {
	switch {
	case allowed && loaded:
		return "the load WILL BE PUT THERE, and marker records before it"
	case allowed:
		return "marker records will be put there"
	}
	return "is only read"
}

// loaded tells whether a load goes into a stream or a delivery stream.
func loaded(s *scenarios.Scenario, stream, deliveryStream string) bool {
	return slices.ContainsFunc(s.Load, func(l scenarios.Load) bool {
		return l.Stream == stream && l.DeliveryStream == deliveryStream
	})
}

// called is what something of a scenario is called in the account: as it is there already, or as the run calls it.
func called(s *scenarios.Scenario, run Run, kind Kind, base string) string {
	there := false
	if s != nil {
		switch kind {
		case Stream:
			_, there = s.Existing.Streams[base]
		case DeliveryStream:
			_, there = s.Existing.DeliveryStreams[base]
		case Function:
			_, there = s.Existing.Functions[base]
		}
	}
	if there {
		return base
	}
	return run.Name(kind, base)
}

// readsExisting are the ARNs of the streams that are there already and that the functions, or the delivery streams, of the
// run read.
func (c *Custody) readsExisting(base string) (arns []string) {
	if c.config.Scenario == nil {
		return nil
	}
	made := c.config.Scenario.ToMake()
	read := map[string]bool{}
	switch base {
	case FunctionRole:
		for _, f := range made.Functions {
			for _, e := range f.EventSources {
				read[e.Stream] = true
			}
		}
	case DeliveryStreamRole:
		for _, d := range made.DeliveryStreams {
			read[d.Source] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.config.Scenario.Existing.Streams)) {
		if read[name] {
			arns = append(arns, *buildARN("kinesis", c.scope.resource(Stream, name), "stream/"+name))
		}
	}
	return arns
}
