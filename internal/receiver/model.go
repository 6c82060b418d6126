package receiver

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"time"
)

// Model is how an endpoint behaves that is modelled: what it draws for an attempt follows from the seed, the request's id
// and the attempt's number alone, so that the order in which requests come changes nothing. The zero value takes everything
// at once.
type Model struct {
	P50, P99 time.Duration // of an answer, log-normal; equal ones, or one alone, make it constant
	Errors   float64       // the share of attempts that are refused, 0 to 1
	Seed     uint64
}

// Reply is the answer to an attempt: what is drawn, a refusal as a 503.
func (m Model) Reply(q *Request) Reply {
	took, refused := m.Draw(q.ID, q.Attempt)
	if refused {
		return Reply{Status: http.StatusServiceUnavailable, Message: Unavailable, After: took}
	}
	return Reply{After: took}
}

// Unavailable is the message of a refusal.
const Unavailable = "the receiver refuses"

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

// Draw is how long the answer to an attempt takes, and whether it is a refusal. attempt counts from 1.
func (m Model) Draw(id string, attempt int) (took time.Duration, refused bool) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	r := rand.New(rand.NewPCG(m.Seed^h.Sum64(), uint64(attempt)))
	z, chance := r.NormFloat64(), r.Float64()
	took = max(m.P50, m.P99)
	if m.P50 > 0 && m.P99 > m.P50 {
		sigma := math.Log(float64(m.P99)/float64(m.P50)) / z99
		took = time.Duration(min(float64(m.P50)*math.Exp(sigma*z), math.MaxInt64/2))
	}
	return took, chance < m.Errors
}
