package cloudwatch

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// The actions that IAM has to allow.
const (
	metricsAction = "cloudwatch:GetMetricData"
	logsAction    = "logs:FilterLogEvents"
)

// errForbidden is a result that AWS leaves out because the credentials may not see it.
var errForbidden = &smithy.GenericAPIError{Code: "AccessDenied", Message: "the answer is Forbidden"}

// denied tells whether AWS refuses the credentials.
func denied(err error) bool {
	var api smithy.APIError
	if errors.As(err, &api) {
		code := api.ErrorCode()
		return strings.HasPrefix(code, "AccessDenied") || code == "UnauthorizedOperation" || code == "NotAuthorized"
	}
	return false
}

// lasting tells whether asking again would be answered alike: AWS refused, or the endpoint has no CloudWatch.
func lasting(err error) bool {
	if denied(err) {
		return true
	}
	var answered *awshttp.ResponseError
	if !errors.As(err, &answered) {
		return false
	}
	status := answered.HTTPStatusCode()
	return status >= 400 && status < 500 && status != http.StatusTooManyRequests && !throttled(err) || status == http.StatusNotImplemented
}

// throttled tells whether AWS asks for patience. It says so with status 400.
func throttled(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && (strings.Contains(api.ErrorCode(), "Throttl") || strings.HasPrefix(api.ErrorCode(), "LimitExceeded"))
}

// refused is the note of what could not be read: why, and what to do about it.
func refused(err error, what, action string) string {
	var answered *awshttp.ResponseError
	switch {
	case denied(err):
		return fmt.Sprintf("%s was not read: the credentials may not call %s; allow it (wavetank iam-policy run prints what a run needs)", what, action)
	case errors.As(err, &answered) && answered.HTTPStatusCode() == http.StatusNotFound && !hasCode(err):
		return what + " was not read: this endpoint has none"
	}
	return fmt.Sprintf("%s was not read: %v", what, rootCause(err))
}

// hasCode tells whether an answer names an error of AWS's, as opposed to a page that says nothing is there.
func hasCode(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() != "" && api.ErrorCode() != "UnknownError"
}

// rootCause is what a person wants to read of an SDK error: the service's own words, else the innermost cause.
func rootCause(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() != "" {
		if api.ErrorMessage() == "" {
			return errors.New(api.ErrorCode())
		}
		return fmt.Errorf("%s: %s", api.ErrorCode(), api.ErrorMessage())
	}
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err
}
