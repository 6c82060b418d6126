package main

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// can refuses a scenario of which the target cannot do a part that the run does not measure itself: it would show the
// pipeline without it.
func (f *targetFlags) can(s *scenarios.Scenario) error {
	if part := target.Beyond(s); f.name != "embedded" && part != nil {
		without := part.Without
		if strings.ContainsAny(without, "[]") { // which a shell would look for files by
			without = "'" + without + "'"
		}
		return usage(fmt.Errorf("%s: %s, and not --target %s; leave them out with --set %s", s.Name, part.Why, f.name, without))
	}
	return f.delivers(s)
}

// delivers refuses a scenario with an HTTP endpoint where the target's Firehose would not come to the run's receiver.
func (f *targetFlags) delivers(s *scenarios.Scenario) error {
	names := s.Pipeline.DeliversToHTTP()
	if len(names) == 0 || f.reaches {
		return nil
	}
	why := "cannot reach it from where it runs; run it with --target embedded, or simulate it"
	switch {
	case f.name == accountTarget:
		why = "delivers to public https endpoints only; run it with --target embedded, or simulate it"
	case f.isLocalStack:
		why = "runs where its way to this machine is not known; --target localstack starts one that has a way"
	}
	return usage(fmt.Errorf("%s: pipeline.deliveryStreams.%s.http: the endpoint is the run's own receiver on this machine, and the Firehose of --target %s %s",
		s.Name, names[0], f.name, why))
}

// receive is the run's receiver for a service on this machine.
func receive(s *scenarios.Scenario) *aws.Receive {
	return &aws.Receive{Models: simulated.Receivers(s, s.Seed)}
}

// onLoopback tells whether an endpoint is on this machine by its host alone; nothing is looked up.
func onLoopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return strings.EqualFold(u.Hostname(), "localhost") || err == nil && addr.IsLoopback()
}
