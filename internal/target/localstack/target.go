package localstack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/internal/target/aws"
	"github.com/wavetank/wavetank/scenarios"
)

// TargetConfig is what a target in a LocalStack of its own is made of.
type TargetConfig struct {
	Container Config // Logs is left out: they go to Log
	Log       string // the file that the container's log is written to
	AWS       aws.Config
}

// Target is a LocalStack that is started for a run, loaded through the SDK.
type Target struct {
	*aws.Target
	config    TargetConfig
	container *Container
	log       *os.File
}

// New makes a target; nothing is started before Deploy.
func New(c TargetConfig) *Target {
	c.AWS.Name, c.AWS.StandIn = "localstack", true
	return &Target{Target: aws.New(c.AWS), config: c}
}

// Deploy starts LocalStack and makes the pipeline in it.
func (t *Target) Deploy(ctx context.Context, s *scenarios.Scenario, o target.Observer) error {
	if err := mappable(s); err != nil {
		return err
	}
	var err error
	if t.log, err = os.Create(t.config.Log); err != nil {
		return fmt.Errorf("keep LocalStack's log: %w", err)
	}
	t.config.Container.Logs = t.log
	t.config.AWS.Phase("starting LocalStack")
	began := time.Now()
	if t.container, err = Start(ctx, t.config.Container); err != nil {
		return err
	}
	t.config.AWS.Phase(fmt.Sprintf("LocalStack answers at %s after %.1f s", t.container.Endpoint(), time.Since(began).Seconds()))
	if t.config.Container.leave() {
		t.config.AWS.Note("LocalStack stays at " + t.container.Endpoint() + " when the run is over: docker ps --filter label=" + ownLabel + " finds it")
	}
	c := t.config.AWS
	c.Endpoint = t.container.Endpoint()
	if c.Receive, err = t.receive(ctx); err != nil {
		return err
	}
	t.Target = aws.New(c)
	return t.Target.Deploy(ctx, s, o)
}

// mappable refuses event source mappings of stream consumers, by name and before anything is started: LocalStack takes a consumer's
// ARN for a stream's (localstack issue 10605).
func mappable(s *scenarios.Scenario) error {
	for _, name := range slices.Sorted(maps.Keys(s.Pipeline.Functions)) {
		for i, e := range s.Pipeline.Functions[name].EventSources {
			if e.EnhancedFanOut {
				return fmt.Errorf("pipeline.functions.%s.eventSources.%d.enhancedFanOut: LocalStack maps no stream consumer to a function; "+
					"leave it out here (--set pipeline.functions.%s.eventSources.%d.enhancedFanOut=false)", name, i, name, i)
			}
		}
	}
	return nil
}

// Close removes LocalStack, and all that is in it, or takes the pipeline down where LocalStack is left running.
func (t *Target) Close(ctx context.Context) error {
	t.Stop()
	t.Disconnect()
	var errs []error
	if t.container != nil {
		if t.container.config.leave() {
			errs = append(errs, t.Target.Close(ctx))
		}
		errs = append(errs, t.container.Close(ctx))
	}
	return errors.Join(append(errs, t.closeLog())...)
}

// receive is the run's receiver as LocalStack reaches it and delivers to it; nil where the run has none.
func (t *Target) receive(ctx context.Context) (*aws.Receive, error) {
	if t.config.AWS.Receive == nil {
		return nil, nil
	}
	r := *t.config.AWS.Receive
	gateway, err := t.container.gateway(ctx)
	if err != nil {
		return nil, err
	}
	r.Listen, r.Host = reachable(gateway, net.InterfaceAddrs)
	r.BodyAlone = true
	return &r, nil
}

// reachable is where a container's deliveries can be received: at the gateway of its network, which is this machine where
// Docker runs on it. Where Docker has a virtual machine of its own (Docker Desktop) its containers reach loopback here by a
// name.
func reachable(gateway string, addresses func() ([]net.Addr, error)) (listen, host string) {
	own, err := addresses()
	if err == nil && gateway != "" {
		for _, a := range own {
			if prefix, ok := a.(*net.IPNet); ok && prefix.IP.String() == gateway {
				return gateway, gateway
			}
		}
	}
	return "127.0.0.1", "host.docker.internal"
}

// closeLog closes the log, and removes it where nothing was said.
func (t *Target) closeLog() error {
	if t.log == nil {
		return nil
	}
	info, err := t.log.Stat()
	err = errors.Join(err, t.log.Close())
	if err == nil && info.Size() == 0 {
		err = os.Remove(t.config.Log)
	}
	return err
}
