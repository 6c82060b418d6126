package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// errGone is the answer to what is not there.
var errGone = errors.New("it is not there")

// callError is the error of a call in one line that a person can act on.
type callError struct {
	operation string // kinesis ListStreams
	err       error
}

func (e *callError) Unwrap() error { return e.err }

func (e *callError) Error() string {
	line := e.operation + ": "
	status := status(e.err)
	var api smithy.APIError
	switch {
	case errors.As(e.err, &api):
		line += api.ErrorCode()
		if m := strings.Join(strings.Fields(api.ErrorMessage()), " "); m != "" {
			line += ": " + m
		}
	case status != 0: // of something that does not speak the service's protocol
		line += fmt.Sprintf("HTTP status %d: %v", status, innermost(e.err))
	default:
		line += innermost(e.err).Error()
	}
	switch {
	case expired(code(e.err)):
		line += "; sign in again, then run wavetank cleanup"
	case denied(code(e.err)) || api == nil && status == http.StatusForbidden:
		line += "; wavetank iam-policy prints what has to be allowed"
	}
	return line
}

// status is that of an answer which is no success; 0 where there was no answer.
func status(err error) int {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() < 300 {
		return 0
	}
	return response.HTTPStatusCode()
}

// plain takes the SDK's layers off an error: the operation, the code and the message stay.
func plain(err error) error {
	var op *smithy.OperationError
	if errors.Is(err, context.Canceled) || !errors.As(err, &op) {
		return err
	}
	return &callError{operation: strings.ToLower(op.Service()) + " " + op.Operation(), err: err}
}

// Explain writes an error of a call that somebody else made as this package writes its own: in one line that a person can
// act on, what was attempted before it. It wraps err.
func Explain(err error) error {
	var op *smithy.OperationError
	var told *callError
	if !errors.As(err, &op) || errors.As(err, &told) || errors.Is(err, context.Canceled) {
		return err
	}
	return &explained{err, strings.Replace(err.Error(), op.Error(), plain(op).Error(), 1)}
}

// explained is an error in other words.
type explained struct {
	error
	text string
}

func (e *explained) Error() string { return e.text }
func (e *explained) Unwrap() error { return e.error }

// code is the error code that a service answered with; "" is none.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// missing tells whether a service answered that a resource is not there.
func missing(err error) bool {
	switch code(err) {
	case "ResourceNotFoundException", "NoSuchBucket", "NoSuchEntity", "NotFound":
		return true
	}
	return false
}

// goneOr is errGone for what is not there, and else the error.
func goneOr(err error) error {
	if missing(err) {
		return errGone
	}
	return err
}

func denied(code string) bool {
	return strings.HasPrefix(code, "AccessDenied") || strings.HasPrefix(code, "UnauthorizedOperation")
}

func expired(code string) bool {
	switch code {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return true
	}
	return false
}

// innermost is the cause that a person wants to read.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// errPages is what a list without an end is given up with.
func errPages(what string) error {
	return fmt.Errorf("list %s: more than %d pages", what, maxPages)
}

// maxPages is how many pages of a list are read at most: the largest quota there is, in the smallest pages.
const maxPages = 10_000
