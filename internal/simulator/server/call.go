package server

import (
	"net/http"

	"github.com/wavetank/wavetank/internal/simulator"
	"github.com/wavetank/wavetank/internal/simulator/fault"
)

// call is one request: where it belongs and what becomes of it.
type call struct {
	world     *simulator.World
	account   string
	region    string
	service   string // of the signature's scope: kinesis, firehose, lambda, s3; "" where unsigned
	requestID string
	operation string       // AWS's name, once known
	format    *format      // of the request and its answer
	action    fault.Action // what the fault hook said, once asked
	limits    string       // of LimitsHeader; "" sends none

	subscription *subscription // the answer, where it is a stream of events
}

// newCall reads the request's identity and gives it an id, which every answer carries.
func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	id := identify(r).orDefaults(s.cfg.Account)
	c := &call{account: id.account, region: id.region, service: id.service, requestID: newRequestID(), format: jsonFormat}
	w.Header()["X-Amzn-Requestid"] = []string{c.requestID}
	w.Header()["Server"] = serverName
	return c
}

// serverName is the header Server of all answers but those of S3, where AWS has one of its own. By it wavetank doctor
// knows that functions are modelled here. It is shared, and nobody writes to it.
var serverName = []string{"wavetank"}
