package localstack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"time"
)

// Unavailable is why LocalStack cannot be had here, in words for the person who wanted it.
type Unavailable struct {
	Reason string
	Next   string   // what to do about it
	Log    []string // the last lines of the container's log, where there is one
	Err    error    // the cause; nil: there is none but the reason
}

// Error is one line, and below it the end of the log.
func (u *Unavailable) Error() string {
	text := u.Reason + ": " + u.Next
	if len(u.Log) > 0 {
		text += "\n  its log ends:\n    " + strings.Join(u.Log, "\n    ")
	}
	return text
}

// Unwrap is the cause.
func (u *Unavailable) Unwrap() error { return u.Err }

// unreachable tells what is wrong with a daemon that could not be asked.
func unreachable(host string, err error, within time.Duration) *Unavailable {
	u := &Unavailable{Err: err}
	switch {
	case errors.Is(err, fs.ErrPermission):
		u.Reason = "no permission to use Docker's socket " + strings.TrimPrefix(host, "unix://")
		u.Next = "add yourself to the group that owns it (usermod -aG docker USER, then log in again), or run as a user who may"
	case errors.Is(err, fs.ErrNotExist):
		u.Reason = "no Docker: there is no socket at " + strings.TrimPrefix(host, "unix://")
		u.Next = "start Docker, or let DOCKER_HOST say where it listens"
	case errors.Is(err, syscall.ECONNREFUSED):
		u.Reason = "Docker is not running: nothing listens at " + host
		u.Next = "start it (systemctl start docker, or Docker Desktop), or let DOCKER_HOST say where it listens"
	case errors.Is(err, context.DeadlineExceeded):
		u.Reason = fmt.Sprintf("Docker at %s did not answer a ping within %v", host, within)
		u.Next = "see whether docker info answers, and restart Docker where it does not"
	default:
		u.Reason = fmt.Sprintf("Docker at %s cannot be asked (%v)", host, err)
		u.Next = "see whether docker info answers, and let DOCKER_HOST say where Docker listens"
	}
	return u
}

// wantsToken tells whether a log says that LocalStack ended for want of a licence: images of 2026.3 and later do.
func wantsToken(log []string) bool {
	text := strings.ToLower(strings.Join(log, "\n"))
	for _, sign := range []string{"license activation failed", "key activation failed", "localstack requires an account"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// tokenWanted is the answer to it.
func tokenWanted(image, token string) *Unavailable {
	u := &Unavailable{
		Reason: image + " runs only with a LocalStack account",
		Next:   "set LOCALSTACK_AUTH_TOKEN, or take the last image that asks for none: --localstack-image " + DefaultImage,
	}
	if token != "" {
		u.Reason = image + " refused the token in LOCALSTACK_AUTH_TOKEN"
		u.Next = "set LOCALSTACK_AUTH_TOKEN to a valid one, or take the last image that asks for none: --localstack-image " + DefaultImage
	}
	return u
}
