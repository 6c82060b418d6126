package localstack

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errTaken is the cause where another process has just started the container that both want to leave.
var errTaken = errors.New("container name in use")

// explain turns the error of a start into what the user can do about it. It is called before the container is removed.
func (s *start) explain(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTimeout)
	defer cancel()
	text := err.Error()
	var u *Unavailable
	switch {
	case errors.As(err, &u):
		return err
	case s.id != "":
		return s.neverReady(ctx, err)
	case strings.Contains(text, "is already in use by"):
		return &Unavailable{
			Reason: "the name " + containerName(s.Image) + " was taken by another container meanwhile", Next: "run again", Err: errTaken,
		}
	case strings.Contains(text, "legacy mode"): // testcontainers reads the version from the tag
		return &Unavailable{
			Reason: "the tag of the image " + s.Image + " names no version of LocalStack, or one before 0.11",
			Next:   "tag it with its version, as in " + DefaultImage + ", and name it with --localstack-image", Err: err,
		}
	case strings.Contains(text, "reaper"):
		return &Unavailable{
			Reason: "the reaper of testcontainers, which removes containers after a kill, does not start (" + oneLine(text) + ")",
			Next:   "mend that, or do without it: TESTCONTAINERS_RYUK_DISABLED=true", Err: err,
		}
	}
	return fmt.Errorf("start LocalStack: %s", oneLine(text))
}

// neverReady tells why a container that started never answered, with the end of its log.
func (s *start) neverReady(ctx context.Context, err error) error {
	log := s.daemon.tail(ctx, s.id, 10*logLines)
	u := &Unavailable{Log: log[max(0, len(log)-logLines):], Err: err}
	c, inspectErr := s.daemon.inspect(ctx, s.id)
	switch {
	case wantsToken(log):
		return tokenWanted(s.Image, s.Getenv("LOCALSTACK_AUTH_TOKEN"))
	case inspectErr != nil || c == nil:
		u.Reason = "the container of " + s.Image + " was removed before it was ready"
		u.Next = "run again"
	case c.State.OOMKilled:
		u.Reason = "the container of " + s.Image + " ran out of memory before it was ready"
		u.Next = "give Docker more: LocalStack wants about 1 GiB"
	case !c.State.Running:
		u.Reason = fmt.Sprintf("the container of %s ended with code %d before it was ready", s.Image, c.State.ExitCode)
		u.Next = "see its log, or name another image with --localstack-image"
	case saysReady(log):
		u.Reason = fmt.Sprintf("LocalStack is ready and is not reached from here (%s)", oneLine(err.Error()))
		u.Next = "let TESTCONTAINERS_HOST_OVERRIDE name the address at which Docker publishes ports: 127.0.0.1 where the daemon is this machine's"
	default:
		u.Reason = fmt.Sprintf("the container of %s started and was not ready within %v", s.Image, s.StartupTimeout)
		u.Next = "see its log, or name another image with --localstack-image"
	}
	return u
}

// saysReady tells whether LocalStack's log says that it is ready.
func saysReady(log []string) bool {
	for _, line := range log {
		if line == "Ready." {
			return true
		}
	}
	return false
}
