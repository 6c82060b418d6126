package server

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wavetank/wavetank/internal/simulator/kinesis"
)

// early is the refusal of a request by what Kinesis looks at before the signature, nil where that is in order: a body that is no
// request, then an operation that is not there, then no body. The order is kinesalite's, in JSON (test/connection.js, which can run
// against AWS); in CBOR it is taken to be the same. Only a request that is refused is read here: any other is read by its
// operation.
func early(w http.ResponseWriter, r *http.Request, c *call, service string) *wireError {
	b := buffers.Get().(*buffer)
	defer b.release()
	body, err := b.read(w, r)
	switch {
	case err != nil:
		return asWire(err)
	case len(body) > 0 && (service != noService || saysJSON(r)) && !isRequest(c.format, body):
		return badBody("")
	case service == noService:
		return &wireError{
			http.StatusBadRequest, "UnknownOperationException",
			"The request names no operation: an X-Amz-Target header is missing.",
		}
	case service != "kinesis":
		return &wireError{
			http.StatusBadRequest, "UnknownOperationException",
			"wavetank offers Kinesis, Firehose, Lambda and S3; it does not know the target " + service + ".",
		}
	case kinesisOperations[c.operation] == nil:
		return unknownOperation("kinesis", c.operation)
	case len(body) == 0:
		return badBody("")
	}
	return nil
}

// noService is the service of a request without a target.
const noService = ""

// saysJSON tells whether a request without a target is one of AWS JSON, and not a form or a page that went astray.
func saysJSON(r *http.Request) bool { return strings.Contains(r.Header.Get("Content-Type"), "json") }

// isRequest tells whether a body is one whole map or list in its format. What is in it is for the operation to say.
func isRequest(f *format, body []byte) bool {
	if f == cborFormat {
		r := &cborReader{body: body}
		h := r.head()
		r.pass(h)
		return r.err == nil && r.pos == len(body) && (h.major == kinesis.CBORMap || h.major == kinesis.CBORList)
	}
	c := firstByte(body)
	return (c == '{' || c == '[') && jsontext.Value(body).IsValid(jsontext.AllowDuplicateNames(true))
}
