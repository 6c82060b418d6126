package kinesis

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Error is an error as AWS answers it.
type Error struct {
	Code    string // ResourceNotFoundException
	Message string
}

// The codes of the errors this package makes.
const (
	codeNotFound         = "ResourceNotFoundException"
	codeInUse            = "ResourceInUseException"
	codeInvalidArgument  = "InvalidArgumentException"
	codeLimitExceeded    = "LimitExceededException"
	codeThroughput       = "ProvisionedThroughputExceededException"
	codeExpiredIterator  = "ExpiredIteratorException"
	codeExpiredNextToken = "ExpiredNextTokenException"
	codeValidation       = "ValidationException"
)

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Is makes the error match record.ErrThroughputExceeded and record.ErrNotFound by its code.
func (e *Error) Is(target error) bool {
	switch target {
	case record.ErrThroughputExceeded:
		return e.Code == codeThroughput
	case record.ErrNotFound:
		return e.Code == codeNotFound
	}
	return false
}

// errInternal is the service's own failure.
func errInternal() *Error { return errorf("InternalFailureException", "Internal Service Failure") }

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
