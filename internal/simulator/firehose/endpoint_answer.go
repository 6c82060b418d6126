package firehose

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// verdict is what an answer means for the records of its request.
type verdict struct {
	delivered bool
	permanent bool   // not to be tried again, and not for the error prefix either
	code      string // HttpEndpoint.…; "" where delivered
	message   string
}

// The codes of failed attempts (developer guide, "Troubleshooting HTTP Endpoints").
const (
	codeTimeout         = "HttpEndpoint.RequestTimeout"
	codeResponseLarge   = "HttpEndpoint.ResponseTooLarge"
	codeResponseInvalid = "HttpEndpoint.InvalidResponseFromDestination"
	codeDestination     = "HttpEndpoint.DestinationException"
	codeConnection      = "HttpEndpoint.ConnectionFailed"
	codeReset           = "HttpEndpoint.ConnectionReset"
	codeHandshake       = "HttpEndpoint.SSLHandshakeFailure"
)

// maxQuoted is how much of an answer an error message quotes, in bytes. AWS shortens it to a length it does not document; ours
// is the longest errorMessage that an endpoint may send.
const maxQuoted = 8192

// judge says what an answer to a request means (developer guide, "Understand HTTP endpoint delivery request and response
// specifications" and "Troubleshooting HTTP Endpoints"): only a 200 that keeps to the form is a delivery, a 413 that does is
// a failure for good, and everything else is tried again. most is the longest body in bytes.
func judge(id string, a Answer, most int64) verdict {
	if a.Failure != Answered {
		return failed(a)
	}
	if int64(len(a.Body)) > most || a.ContentLength > most {
		return verdict{code: codeResponseLarge, message: fmt.Sprintf("The response received from the endpoint is too large. The response must be at most %d bytes.", most)}
	}
	body := a.Body[:min(len(a.Body), maxQuoted)]
	flaw := flawOf(id, a)
	switch {
	case a.Status == 200 && flaw == "":
		return verdict{delivered: true}
	case a.Status == 200:
		return verdict{code: codeResponseInvalid, message: fmt.Sprintf("The response received from the specified endpoint is invalid. Contact the owner of the endpoint to resolve the issue. "+
			"Response for request %s %s. Raw response received: %d %s", id, flaw, a.Status, body)}
	default:
		// An answer that does not keep to the form counts as a 500 without a body, so that it is never for good.
		return verdict{
			permanent: a.Status == 413 && (len(a.Body) == 0 || flaw == ""),
			code:      codeDestination,
			message:   fmt.Sprintf("The following response was received from the endpoint destination. %d: %s", a.Status, body),
		}
	}
}

// failed is the verdict on a request without an answer.
func failed(a Answer) verdict {
	code, says := "", ""
	switch a.Failure {
	case TimedOut:
		code, says = codeTimeout, "The request to the endpoint timed out."
	case ConnectionReset:
		code, says = codeReset, "The connection to the endpoint was reset or prematurely closed."
	case HandshakeFailed:
		code, says = codeHandshake, "The SSL handshake with the endpoint could not be completed."
	default:
		code, says = codeConnection, "A connection to the endpoint could not be established."
	}
	return verdict{code: code, message: strings.TrimSpace(says + " " + a.Detail)}
}

// flawOf is what is wrong with the form of an answer; "" is nothing. Words of AWS's where they are known.
func flawOf(id string, a Answer) string {
	media, _, _ := strings.Cut(a.ContentType, ";")
	switch {
	case a.ContentEncoding != "":
		return "is content-encoded"
	case !strings.EqualFold(strings.TrimSpace(media), "application/json"):
		return "does not contain a content-type: application/json header"
	case a.ContentLength < 0:
		return "does not contain a content-length header"
	}
	var says struct {
		RequestID    *string `json:"requestId"`
		Timestamp    *int64  `json:"timestamp"`
		ErrorMessage *string `json:"errorMessage"`
	}
	switch err := json.Unmarshal(a.Body, &says, json.RejectUnknownMembers(true)); {
	case err != nil:
		return "is not recognized as valid JSON or has unexpected fields"
	case says.RequestID == nil:
		return "does not contain a requestId"
	case *says.RequestID != id:
		return "contains a requestId that does not match"
	case says.Timestamp == nil:
		return "does not contain a timestamp"
	case says.ErrorMessage != nil && len(*says.ErrorMessage) > 8192:
		return "contains an errorMessage of more than 8192 characters"
	}
	return ""
}
