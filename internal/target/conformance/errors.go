package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// codeOf is an error's code; "" where it is not an answer of the service.
func codeOf(err error) string {
	if e := smithy.APIError(nil); errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func messageOf(err error) string {
	if e := smithy.APIError(nil); errors.As(err, &e) {
		return e.ErrorMessage()
	}
	return ""
}

func statusOf(err error) int {
	if e := (*smithyhttp.ResponseError)(nil); errors.As(err, &e) {
		return e.HTTPStatusCode()
	}
	return 0
}

// absent are the codes that say that an operation or a setting is not there.
var absent = []string{
	"UnknownOperationException", "UnknownOperation", "NotImplemented", "NotImplementedException", "NotImplementedError", "InvalidAction",
	"UnsupportedOperationException", "UnsupportedOperation",
}

// lacks is how emulators word the same under other codes.
var lacks = regexp.MustCompile(`(?i)not (yet )?(been )?(implemented|supported|emulated|available)|does not (offer|emulate)|unknown operation|` +
	`unable to determine service|not known|no such operation|not included in your current license`)

// missing tells whether an answer says that the API, or a setting, is not there.
func missing(err error) bool {
	code, message := codeOf(err), messageOf(err)
	switch {
	case err == nil:
		return false
	case slices.Contains(absent, code), code != "" && lacks.MatchString(message):
		return true
	case code == "" || code == "UnknownError":
		return slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented}, statusOf(err))
	}
	return false
}

// denied tells whether IAM refused a call. What the service would have answered is not known then.
func denied(err error) bool {
	code := codeOf(err)
	return !missing(err) && (strings.HasPrefix(code, "AccessDenied") || strings.HasPrefix(code, "UnauthorizedOperation"))
}

// tooOften tells whether an answer is about a rate.
func tooOften(err error) bool {
	switch codeOf(err) {
	case "LimitExceededException", "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling",
		"TooManyRequestsException", "SlowDown":
		return !missing(err)
	}
	return false
}

// early tells whether an answer may be another one a moment later: a rate, or a state that is passing.
func early(err error) bool { return tooOften(err) || codeOf(err) == "ResourceInUseException" }

// gone tells whether what was to be deleted is not there anyway.
func gone(err error) bool {
	return slices.Contains([]string{"ResourceNotFoundException", "NoSuchBucket", "NoSuchKey", "NotFound"}, codeOf(err))
}

// explain is an error in one line, without the SDK's layers.
func explain(err error) string {
	var netErr net.Error
	switch {
	case codeOf(err) != "" && codeOf(err) != "UnknownError":
		return oneLine(codeOf(err) + ": " + messageOf(err))
	case errors.As(err, &netErr) && netErr.Timeout() && netErr.Error() != context.DeadlineExceeded.Error():
		return fmt.Sprintf("no answer within %v", answerTimeout)
	case errors.Is(err, context.DeadlineExceeded): // after the transport's timeouts, which say that they are this, too
		return "the time of this case was up"
	case statusOf(err) >= 300:
		return fmt.Sprintf("status %d without an error code", statusOf(err))
	case statusOf(err) != 0:
		return "an answer that is not one of this API"
	}
	return oneLine(innermost(err).Error())
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// oneLine keeps a text to one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// short keeps a text to the width of a table.
func short(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
