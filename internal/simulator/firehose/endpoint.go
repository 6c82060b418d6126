package firehose

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Endpoints are the HTTP endpoints of the world outside. On the wall Post sends the request and waits for its answer, at most
// [Request].Timeout; in virtual time it answers at once and says in [Answer].Took how long that would have taken. It is
// called concurrently, once for each attempt. The request is valid during the call only.
//
// Whoever made it ends calls that wait before the clock is stopped: a process in a call does not see the clock.
type Endpoints interface {
	Post(now time.Time, r *Request) Answer
}

// Request is one attempt to deliver records to an HTTP endpoint (developer guide, "Understand HTTP endpoint delivery request
// and response specifications"). Its JSON body is made where somebody reads it, by AppendBody.
type Request struct {
	DeliveryStream   string
	URL              string
	ID               string    // X-Amz-Firehose-Request-Id: the same for all attempts
	SourceARN        string    // X-Amz-Firehose-Source-Arn: the delivery stream's
	AccessKey        string    // X-Amz-Firehose-Access-Key, as it was configured; "" is no header
	CommonAttributes string    // X-Amz-Firehose-Common-Attributes, a JSON object; "" is no header
	Gzip             bool      // the body is to be compressed
	Timestamp        time.Time // when the request was made: the instant of its first attempt
	Attempt          int       // from 1
	Timeout          time.Duration
	Records          []record.Record // in the order in which they were buffered
	Bytes            int64           // of the records' data

	render record.Render
}

// AppendBody appends the request's body, not compressed. It fails where a record of ours cannot be rendered.
func (r *Request) AppendBody(dst []byte) ([]byte, error) {
	dst = append(dst, `{"requestId":"`...)
	dst = append(dst, r.ID...)
	dst = append(dst, `","timestamp":`...)
	dst = strconv.AppendInt(dst, r.Timestamp.UnixMilli(), 10)
	dst = append(dst, `,"records":[`...)
	var one []byte
	for i := range r.Records {
		data, err := bodyOf(&r.Records[i], r.render, one)
		if err != nil {
			return dst, err
		}
		if r.Records[i].Data == nil {
			one = data[:0]
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"data":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, data)
		dst = append(dst, `"}`...)
	}
	return append(dst, `]}`...), nil
}

// bodyOf is a record's data: what came over a wire, or what is rendered into the room of scratch.
func bodyOf(r *record.Record, render record.Render, scratch []byte) ([]byte, error) {
	switch {
	case r.Data != nil || r.Size == 0:
		return r.Data, nil
	case render == nil:
		return nil, fmt.Errorf("render record %d of lane %d: there is no way to render records: set Render", r.Number, r.Lane)
	}
	return render(scratch[:0], r), nil
}

// Answer is what came of a request. The zero value is an answer without a status, which is a failure.
type Answer struct {
	Failure         Failure // why there is no answer; the other members but Detail and Took are unset then
	Detail          string  // of the failure, for a person
	Status          int
	ContentType     string
	ContentEncoding string
	ContentLength   int64  // as the header says; -1 where there is none
	Body            []byte // at most a byte more than the 1 MiB that AWS takes
	// Took is how long the endpoint took, in virtual time, where nothing has waited for it; Timeout or more is a request
	// that timed out. On the wall it is 0.
	Took time.Duration
}

// Failure is why a request has no answer.
type Failure int

// The failures, by the error codes of AWS's page "Troubleshooting HTTP Endpoints".
const (
	Answered         Failure = iota // there is one
	TimedOut                        // HttpEndpoint.RequestTimeout
	ConnectionFailed                // HttpEndpoint.ConnectionFailed
	ConnectionReset                 // HttpEndpoint.ConnectionReset
	HandshakeFailed                 // HttpEndpoint.SSLHandshakeFailure
	Closed                          // nothing sends any more: the run is at its end, and this is no attempt
)

// Accept is the answer with which an endpoint takes a request.
func (r *Request) Accept(now time.Time) Answer { return r.answer(now, 200, "") }

// Refuse is the answer with which an endpoint refuses a request, with AWS's errorMessage in its body.
func (r *Request) Refuse(now time.Time, status int, message string) Answer {
	return r.answer(now, status, message)
}

func (r *Request) answer(now time.Time, status int, message string) Answer {
	body := fmt.Appendf(nil, `{"requestId":"%s","timestamp":%d`, r.ID, now.UnixMilli())
	if message != "" {
		body = append(body, `,"errorMessage":`...)
		body, _ = jsontext.AppendQuote(body, message) // what is not UTF-8 is replaced
	}
	body = append(body, '}')
	return Answer{Status: status, ContentType: "application/json", ContentLength: int64(len(body)), Body: body}
}
