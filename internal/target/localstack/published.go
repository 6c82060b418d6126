package localstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// reachTimeout is more than a packet to this machine and back takes.
const reachTimeout = 2 * time.Second

// publishedHost is where the daemon publishes ports, as testcontainers sees it.
func publishedHost(ctx context.Context) (host string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	defer func() {
		if told := recover(); told != nil { // how testcontainers tells that it finds no Docker
			err = fmt.Errorf("find Docker: %v", told)
		}
	}()
	// It looks for the socket once in a process; a ctx that ended meanwhile would spoil it for all later calls.
	if testcontainers.MustExtractDockerSocket(ctx) == "" {
		return "", errors.New("find Docker: an earlier search in this process failed")
	}
	p, err := testcontainers.NewDockerProvider()
	if err != nil {
		return "", fmt.Errorf("find Docker: %w", err)
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if host, err = p.DaemonHost(ctx); err != nil {
		return "", fmt.Errorf("find where Docker publishes ports: %w", err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	return host, nil
}

// reached tells, as an *Unavailable, that a host does not answer at all. testcontainers takes a daemon behind a socket
// inside a container to be the host's, at the gateway's address; where it runs in this very container that leads nowhere,
// and testcontainers would dial it for a minute. A port that is closed is an answer.
func reached(ctx context.Context, address string, within time.Duration) error {
	dialer := net.Dialer{Timeout: within}
	connection, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		return connection.Close()
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	host, _, _ := net.SplitHostPort(address)
	return &Unavailable{
		Reason: fmt.Sprintf("the address %s, at which Docker is taken to publish ports, is not reached from here (%v)", host, err),
		Next:   "let TESTCONTAINERS_HOST_OVERRIDE name the right one: 127.0.0.1 where Docker runs on this machine", Err: err,
	}
}
