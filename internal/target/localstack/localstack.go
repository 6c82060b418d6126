// Package localstack starts LocalStack in a container, through testcontainers-go, and tells what an endpoint that is
// LocalStack can be believed about.
//
// [Start] asks the Docker daemon itself first, so that what is missing is told at once and in one line ([*Unavailable]),
// and then hands over to testcontainers. The container publishes one port, on 127.0.0.1 where the daemon is this machine's.
// It is given Docker's socket, because LocalStack starts a container for each function: whoever reaches the endpoint can
// start containers. All of them carry a label by which [Container.Close] removes them, and the session's labels, by which
// the reaper of testcontainers does after a kill.
//
// [Target] is a LocalStack of a run's own under load; [Describe] and [Untold] are about any endpoint, however LocalStack was started there.
//
// This is the only package that imports testcontainers; only commands and tests import this one.
package localstack

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// DefaultImage is the newest LocalStack that asks for no token.
const DefaultImage = "localstack/localstack:4.14.0"

// DefaultServices are the AWS services that a pipeline of ours needs, and those that LocalStack's own need.
func DefaultServices() []string {
	return []string{"kinesis", "firehose", "s3", "lambda", "cloudwatch", "logs", "iam", "sts", "dynamodb", "sqs"}
}

// Config is what is started. The zero values are the defaults named beside the fields.
type Config struct {
	Image string // default DefaultImage; it is pulled where it is not there
	// Reuse takes the container that an earlier run left, and starts and leaves one where there is none. There is one for
	// each image, by name.
	Reuse bool
	Keep  bool      // leave the container, under the name by which Reuse finds it
	Logs  io.Writer // the container's log and what testcontainers says; nil: nowhere. Writes come one at a time
	// Getenv reads the environment, of which what configures LocalStack is passed on (its token, its LAMBDA_ settings);
	// default os.Getenv. What configures testcontainers it reads itself, from the process's environment.
	Getenv         func(string) string
	Services       []string      // which LocalStack loads; default DefaultServices
	StartupTimeout time.Duration // from started to ready; default 2 minutes
}

func (c Config) withDefaults() Config {
	if c.Image == "" {
		c.Image = DefaultImage
	}
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	if len(c.Services) == 0 {
		c.Services = DefaultServices()
	}
	c.Services = slices.Sorted(slices.Values(c.Services))
	if c.StartupTimeout == 0 {
		c.StartupTimeout = 2 * time.Minute
	}
	if c.Logs != nil {
		c.Logs = &oneAtATime{w: c.Logs}
	}
	return c
}

// leave tells whether the container outlives this process.
func (c *Config) leave() bool { return c.Keep || c.Reuse }

// Start starts LocalStack and returns when it answers. What the user can mend is an [*Unavailable]. When ctx ends first,
// what was started so far is removed before Start returns, and the error is ctx's. Start and Close may be called
// concurrently; what testcontainers says then goes to the Logs of the call that began last.
func Start(ctx context.Context, c Config) (*Container, error) {
	c = c.withDefaults()
	d, err := findDaemon(c.Getenv, sockets(c.Getenv))
	if err != nil {
		return nil, err
	}
	defer d.close()
	if err := d.ping(ctx, pingTimeout); err != nil {
		return nil, err
	}
	defer chatter.to(c.Logs)()
	s := &start{Config: c, daemon: d, credentials: registryCredentials}
	if s.leave() {
		left, err := s.left(ctx)
		if left != nil || err != nil {
			return left, err
		}
	}
	if err := s.images(ctx); err != nil {
		return nil, err
	}
	started, err := s.run(ctx)
	if s.Reuse && errors.Is(err, errTaken) { // by another process, a moment ago
		return s.left(ctx)
	}
	return started, err
}

// Container is a LocalStack that answers.
type Container struct {
	config   Config
	daemon   *daemon
	endpoint string
	id       string
	label    string                   // the value of ownLabel
	inner    testcontainers.Container // nil: an earlier run started it
	logs     *follower                // nil: nobody reads them
}

// Endpoint is its URL: http://127.0.0.1:PORT.
func (c *Container) Endpoint() string { return c.endpoint }

// gateway is the address by which it reaches Docker's host; "" where it cannot.
func (c *Container) gateway(ctx context.Context) (string, error) {
	found, err := c.daemon.inspect(ctx, c.id)
	if err != nil || found == nil {
		return "", err
	}
	return found.gateway(), nil
}

// Close removes the container and those that LocalStack started for functions, or leaves them all where Config says so. It
// is called once. It goes on when ctx is cancelled, so that an interrupt leaves nothing behind, and gives up after half a
// minute.
func (c *Container) Close(ctx context.Context) error {
	defer c.daemon.close()
	if c.config.leave() {
		c.logs.stop(0)
		return nil
	}
	defer chatter.to(c.config.Logs)()
	err := remove(ctx, c.daemon, c.inner, c.label)
	c.logs.stop(lastWords)
	return err
}
