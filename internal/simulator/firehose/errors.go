package firehose

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Error is an error as AWS answers it.
type Error struct {
	Code    string // InvalidArgumentException
	Message string
	Status  int // of HTTP; 0 is the code's
}

// The codes of the errors this package makes.
const (
	codeInvalidArgument = "InvalidArgumentException"
	codeValidation      = "ValidationException"
	codeNotFound        = "ResourceNotFoundException"
	codeInUse           = "ResourceInUseException"
	codeLimitExceeded   = "LimitExceededException"
	codeUnavailable     = "ServiceUnavailableException"
	codeThrottling      = "ThrottlingException"
)

// slowDown is the message of a throttled put, as captured from AWS.
const slowDown = "Slow down."

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Is makes the error match record.ErrThroughputExceeded and record.ErrNotFound by its code.
func (e *Error) Is(target error) bool {
	switch target {
	case record.ErrThroughputExceeded:
		return e.Code == codeUnavailable
	case record.ErrNotFound:
		return e.Code == codeNotFound
	}
	return false
}

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// notEmulated refuses what a later version brings: a setting that is not obeyed is never accepted in silence.
func notEmulated(what string) *Error {
	return errorf(codeInvalidArgument, "wavetank does not emulate %s yet", what)
}

// constraint is how AWS words a value outside the API's own bounds.
func constraint(value any, member, want string) *Error {
	return errorf(codeValidation, "1 validation error detected: Value '%v' at '%s' failed to satisfy constraint: %s", value, member, want)
}

// missing is how AWS words a required member that is not there.
func missing(member string) *Error {
	return errorf(codeValidation, "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", member)
}
