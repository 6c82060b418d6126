package main

import (
	"context"
	"fmt"

	"github.com/wavetank/wavetank/internal/receiver"
	"github.com/wavetank/wavetank/internal/simulator/server"
	"github.com/wavetank/wavetank/internal/target/simulated"
	"github.com/wavetank/wavetank/scenarios"
)

// openReceiver starts the receiver of a scenario's delivery streams with an HTTP endpoint, on loopback: it takes and refuses as
// the scenario models it, and keeps nothing. It is nil where no delivery stream needs one.
func openReceiver(ctx context.Context, s *scenarios.Scenario) (*server.Listener, error) {
	if s == nil || len(s.Pipeline.DeliversToHTTP()) == 0 {
		return nil, nil
	}
	paths := receiver.Paths{}
	for name, model := range simulated.Receivers(s, s.Seed) {
		paths[name] = receiver.New(receiver.Config{Receive: model.Reply})
	}
	l, err := server.Listen(ctx, "127.0.0.1:0", paths, nil)
	if err != nil {
		return nil, fmt.Errorf("receive deliveries: %w", err)
	}
	return l, nil
}
