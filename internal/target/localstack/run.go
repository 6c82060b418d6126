package localstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/modules/localstack"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	port = "4566/tcp" // where LocalStack listens inside
	// setupTimeout bounds what comes before LocalStack begins to start: the reaper, the container.
	setupTimeout = time.Minute
	removal      = 30 * time.Second
	logLines     = 12 // of a container that failed
)

// start is one call of Start whose daemon answers.
type start struct {
	Config
	daemon      *daemon
	credentials func(ctx context.Context, image string) string // for a registry; nil: none
	label       string                                         // the value of ownLabel
	id          string                                         // of the container, once it has begun
	logs        *follower
}

// run makes the container and waits until LocalStack answers.
//
// Creating and starting are not interrupted by ctx: a daemon finishes what it was asked whoever has stopped listening, and
// the container would be left. They take a few seconds; the long part, getting ready, does end with ctx.
func (s *start) run(ctx context.Context) (*Container, error) {
	s.label = nonce()
	setup, cancel := context.WithTimeout(context.WithoutCancel(ctx), setupTimeout+s.StartupTimeout)
	defer cancel()
	inner, err := s.hand(ctx, setup)
	if err == nil {
		var c *Container
		if c, err = s.container(setup, inner); err == nil {
			return c, nil
		}
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("start LocalStack: %w", context.Cause(ctx))
	} else {
		err = s.explain(setup, err)
	}
	err = errors.Join(err, remove(ctx, s.daemon, inner, s.label))
	s.logs.stop(lastWords)
	return nil, err
}

// hand hands over to testcontainers. On an error there may be a container all the same.
func (s *start) hand(ctx, setup context.Context) (inner testcontainers.Container, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	host, err := publishedHost(setup)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(s.daemon.host, "unix:") {
		if err := reached(setup, net.JoinHostPort(host, "1"), reachTimeout); err != nil {
			return nil, err
		}
	}
	c, err := localstack.Run(setup, s.Image, s.options(ctx, host)...)
	if c != nil && c.Container != nil {
		inner = c.Container
	}
	return inner, err
}

// options are what makes the container ours.
func (s *start) options(ctx context.Context, host string) []testcontainers.ContainerCustomizer {
	labels := map[string]string{ownLabel: s.label, servicesLabel: strings.Join(s.Services, ",")}
	functions := map[string]string{ownLabel: s.label} // of the containers that LocalStack starts
	if !s.leave() {
		testcontainers.AddGenericLabels(functions)
	}
	options := []testcontainers.ContainerCustomizer{
		testcontainers.WithEnv(s.environment(functions)),
		testcontainers.WithLabels(labels),
		testcontainers.WithWaitStrategyAndDeadline(s.StartupTimeout, &interruptible{
			ctx: ctx, Strategy: wait.ForHTTP("/_localstack/health").WithPort(port).WithStartupTimeout(s.StartupTimeout),
		}),
		testcontainers.WithAdditionalLifecycleHooks(testcontainers.ContainerLifecycleHooks{
			PostStarts: []testcontainers.ContainerHook{s.started},
		}),
	}
	if s.leave() {
		options = append(options, testcontainers.WithName(containerName(s.Image)), testcontainers.WithConfigModifier(unreaped))
	}
	if address, err := netip.ParseAddr(host); err == nil && address.IsLoopback() {
		options = append(options, testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
			c.PortBindings = network.PortMap{network.MustParsePort(port): {{HostIP: address}}}
		}))
	}
	return options
}

// unreaped takes away the labels by which the reaper would remove a container that is to stay.
func unreaped(c *container.Config) {
	for name := range testcontainers.GenericLabels() {
		delete(c.Labels, name)
	}
}

// started begins to follow the log before anybody waits for the container.
func (s *start) started(_ context.Context, c testcontainers.Container) error {
	s.id = c.GetContainerID()
	if s.Logs != nil {
		s.logs = s.daemon.follow(s.id, true, s.Logs)
	}
	return nil
}

// container is what Start returns.
func (s *start) container(ctx context.Context, inner testcontainers.Container) (*Container, error) {
	endpoint, err := inner.PortEndpoint(ctx, port, "http")
	if err != nil {
		return nil, fmt.Errorf("find LocalStack's port: %w", err)
	}
	endpoint = strings.Replace(endpoint, "//localhost:", "//127.0.0.1:", 1) // the port is published for IPv4
	return &Container{config: s.Config, daemon: s.daemon, endpoint: endpoint, id: s.id, label: s.label, inner: inner, logs: s.logs}, nil
}

// interruptible is a wait that ends with another ctx as well.
type interruptible struct {
	ctx context.Context
	wait.Strategy
}

// WaitUntilReady waits.
func (i *interruptible) WaitUntilReady(ctx context.Context, target wait.StrategyTarget) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(i.ctx, cancel)()
	return i.Strategy.WaitUntilReady(ctx, target)
}

// remove removes LocalStack, then everything that carries its label, which LocalStack is then no longer there to start.
func remove(ctx context.Context, d *daemon, inner testcontainers.Container, label string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removal)
	defer cancel()
	var ended error
	if inner != nil {
		ended = inner.Terminate(ctx, testcontainers.StopTimeout(0)) // the tie to the reaper too
	}
	if err := d.removeLabelled(ctx, label); err != nil {
		return fmt.Errorf("remove LocalStack: %w", errors.Join(ended, err))
	}
	return nil // whatever was said of its end, nothing is left
}
