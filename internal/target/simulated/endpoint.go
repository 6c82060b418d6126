package simulated

import (
	"net/http"
	"time"

	"github.com/wavetank/wavetank/internal/receiver"
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/firehose"
	"github.com/wavetank/wavetank/internal/target"
	"github.com/wavetank/wavetank/scenarios"
)

// endpoint is the run's receiver in virtual time: a call in the process, whose answer says how long it would have taken. A
// request is taken when that is over, or when its sender has given up waiting: its records are told then, in the order in
// which the service goes on.
type endpoint struct {
	firehoseTap
	hook   fault.Hook
	models map[string]receiver.Model // by delivery stream
	taken  map[string]bool           // the ids of requests that will be taken when their attempt is over
}

// Receivers are the models of the receivers of a scenario's delivery streams, by their names.
func Receivers(s *scenarios.Scenario, seed uint64) map[string]receiver.Model {
	models := map[string]receiver.Model{}
	for _, name := range s.Pipeline.DeliversToHTTP() {
		m := s.Pipeline.DeliveryStreams[name].HTTP.Model
		models[name] = receiver.Model{
			P50: m.Duration.P50.Std(), P99: m.Duration.P99.Std(), Errors: float64(m.Errors), Seed: seed,
		}
	}
	return models
}

// ReceiverRequest is what a hook sees of an attempt to deliver to the run's receiver.
func ReceiverRequest(deliveryStream string, records int) fault.Request {
	return fault.Request{
		Service: "http", Operation: http.MethodPost, Account: Account, Region: Region, Resource: deliveryStream, Records: records,
	}
}

// Answering is how long an answer takes that its model would give after took, where a hook acts on it.
func Answering(now time.Time, a fault.Action, took time.Duration) time.Duration {
	took += a.Delay
	return max(took, a.Until.Sub(now))
}

// Post answers one attempt.
func (e *endpoint) Post(now time.Time, r *firehose.Request) firehose.Answer {
	a := e.hook(now, ReceiverRequest(r.DeliveryStream, len(r.Records)))
	took, refused := e.models[r.DeliveryStream].Draw(r.ID, r.Attempt)
	took = Answering(now, a, took)
	answer := r.Accept(now.Add(took))
	switch {
	case refused || a.Err != nil:
		answer = r.Refuse(now.Add(took), http.StatusServiceUnavailable, receiver.Unavailable)
	case !a.Cut || a.After:
		e.taken[r.ID] = true
	}
	if a.Cut || a.Lost {
		answer = firehose.Answer{Failure: firehose.ConnectionReset}
	}
	answer.Took = took
	return answer
}

// Attempted tells the records of a request that is taken, whether or not its answer came home.
func (e *endpoint) Attempted(a firehose.Attempt) {
	if e.taken[a.RequestID] {
		delete(e.taken, a.RequestID)
		d := target.Delivery{DeliveryStream: a.DeliveryStream, RequestID: a.RequestID, Attempt: a.Number, At: a.Ended, Records: a.Records}
		for i := range a.Records {
			d.Bytes += int64(a.Records[i].Size)
		}
		e.observer.Delivered(d)
	}
	e.firehoseTap.Attempted(a)
}
