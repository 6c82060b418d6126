package main

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// delivers refuses a scenario with an HTTP endpoint where the target's Firehose would not come to the run's receiver,
// which listens on loopback.
func (f *targetFlags) delivers(s *scenarios.Scenario) error {
	names := s.Pipeline.DeliversToHTTP()
	if len(names) == 0 || f.reaches {
		return nil
	}
	why := "cannot reach it from where it runs"
	switch f.name {
	case accountTarget:
		why = "delivers to public https endpoints only"
	case "localstack":
		why = "runs in a container of its own, from which this machine's loopback is not reached"
	}
	return usage(fmt.Errorf("%s: pipeline.deliveryStreams.%s.http: the endpoint is the run's own receiver on 127.0.0.1, and the Firehose of --target %s %s; run it with --target embedded, or simulate it",
		s.Name, names[0], f.name, why))
}

// receive is the run's receiver for an endpoint on this machine, which comes to it over loopback.
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
