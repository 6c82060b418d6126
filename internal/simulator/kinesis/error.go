package kinesis

import (
	"fmt"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Error is an error as AWS answers it.
type Error struct {
	Code    string // ResourceNotFoundException
	Message string
	Status  int // of HTTP; 0 is the code's
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
	codeInternal         = "InternalFailure" // of a record; of a call it is InternalFailureException
)

const internalMessage = "Internal Service Failure"

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
func errInternal() *Error { return errorf("InternalFailureException", internalMessage) }

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
