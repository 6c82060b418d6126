package localstack

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// left finds the container that an earlier run left and returns it when it answers; nil: there is none to use. One that
// does not run any more makes room for a new one.
func (s *start) left(ctx context.Context) (*Container, error) {
	name := containerName(s.Image)
	found, err := s.daemon.inspect(ctx, name)
	if found == nil || err != nil {
		return nil, err
	}
	if !found.State.Running {
		s.say("removing container " + name + ", which runs no more")
		return nil, s.discard(ctx, found)
	}
	if !s.Reuse {
		return nil, &Unavailable{
			Reason: "a LocalStack was left running as container " + name,
			Next:   "reuse it, or remove it: docker rm -f " + name,
		}
	}
	if services := found.Config.Labels[servicesLabel]; services != strings.Join(s.Services, ",") {
		return nil, &Unavailable{
			Reason: fmt.Sprintf("container %s, which was left running, loads the services %q and not %q", name, services, strings.Join(s.Services, ",")),
			Next:   "remove it: docker rm -f " + name,
		}
	}
	host, err := publishedHost(ctx)
	if err != nil {
		return nil, err
	}
	s.id = found.ID
	endpoint, err := s.answering(ctx, name, host)
	if err != nil {
		return nil, err
	}
	c := &Container{config: s.Config, daemon: s.daemon, endpoint: endpoint, id: found.ID, label: found.Config.Labels[ownLabel]}
	if s.Logs != nil {
		c.logs = s.daemon.follow(found.ID, false, s.Logs)
	}
	s.say("using container " + name + " at " + endpoint)
	return c, nil
}

// discard removes a container and what it started.
func (s *start) discard(ctx context.Context, c *inspected) error {
	if err := s.daemon.remove(ctx, c.ID); err != nil {
		return err
	}
	if label := c.Config.Labels[ownLabel]; label != "" {
		return s.daemon.removeLabelled(ctx, label)
	}
	return nil
}

// answering waits until a container that runs answers: another process may have started it a moment ago.
func (s *start) answering(ctx context.Context, name, host string) (endpoint string, err error) {
	bounded, cancel := context.WithTimeout(ctx, s.StartupTimeout)
	defer cancel()
	for {
		found, err := s.daemon.inspect(bounded, name)
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case bounded.Err() != nil:
			return "", s.unanswered(ctx, name)
		case err != nil:
			return "", err
		case found == nil || !found.State.Running:
			return "", &Unavailable{
				Reason: "container " + name + ", which was left running, has ended",
				Next:   "run again", Log: s.daemon.tail(ctx, s.id, logLines),
			}
		}
		if ports := found.NetworkSettings.Ports[port]; len(ports) > 0 {
			endpoint = "http://" + net.JoinHostPort(host, ports[0].HostPort)
			if _, is := Describe(bounded, endpoint); is {
				return endpoint, nil
			}
		}
		if pause(bounded, between) != nil && ctx.Err() == nil {
			return "", s.unanswered(ctx, name)
		}
	}
}

// unanswered is the answer to a container that was left and answers no more.
func (s *start) unanswered(ctx context.Context, name string) *Unavailable {
	return &Unavailable{
		Reason: fmt.Sprintf("container %s, which was left running, does not answer within %v", name, s.StartupTimeout),
		Next:   "remove it: docker rm -f " + name, Log: s.daemon.tail(ctx, s.id, logLines),
	}
}
