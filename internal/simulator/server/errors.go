package server

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// wireError is an error on its way to a client.
type wireError struct {
	status  int
	code    string
	message string
}

func (e *wireError) Error() string { return e.code + ": " + e.message }

// badBody is the answer to a body that is not what the operation takes (kinesalite: SerializationException).
func badBody(message string) *wireError {
	return &wireError{http.StatusBadRequest, "SerializationException", message}
}

// unknownOperation is the answer to an operation that wavetank does not offer.
func unknownOperation(service, operation string) *wireError {
	return &wireError{
		http.StatusBadRequest, "UnknownOperationException",
		"wavetank does not offer " + service + " " + operation + " yet; what is not emulated is listed in NOT_EMULATED.md.",
	}
}

// injected is a fault as an error of the wire.
func injected(e *fault.Error) *wireError {
	return &wireError{cmp.Or(e.Status, statusOf(e.Code)), e.Code, e.Message}
}

// statusOf is the HTTP status of an error code: what the service is to blame for is 500 or 503, the rest is 400.
func statusOf(code string) int {
	switch {
	case strings.HasPrefix(code, "InternalFailure"), strings.HasPrefix(code, "InternalServer"), code == "InternalError",
		strings.HasPrefix(code, "ServiceException"):
		return http.StatusInternalServerError
	case strings.HasPrefix(code, "ServiceUnavailable"), code == "SlowDown":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// asWire makes any error of a service one of the wire.
func asWire(err error) *wireError {
	if e := (*wireError)(nil); errors.As(err, &e) {
		return e
	}
	if e := (*kinesis.Error)(nil); errors.As(err, &e) {
		return &wireError{cmp.Or(e.Status, statusOf(e.Code)), e.Code, e.Message}
	}
	return &wireError{http.StatusInternalServerError, "InternalFailure", err.Error()}
}

// writeError answers in the error shape of AWS JSON 1.1: a body with __type and message, the code in a header, too.
func writeError(w http.ResponseWriter, e *wireError) { jsonFormat.writeError(w, e) }

// writeJSON sends a whole answer.
func writeJSON(w http.ResponseWriter, status int, body []byte) { jsonFormat.write(w, status, body) }
