package receiver

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// Config is what a Receiver is made of. Receive must be set.
type Config struct {
	// Receive is told each request that keeps to the form, and says how it is answered. It is called concurrently. The
	// request and its records are the callee's.
	Receive func(q *Request) Reply
	// AccessKey is what requests must carry in X-Amz-Firehose-Access-Key; "": whatever they carry is right.
	AccessKey string
	// BodyAlone takes requests without AWS's headers, too, whose id is in the body alone and whose timestamp is in seconds:
	// LocalStack 4.14 sends such.
	BodyAlone bool
	// Identify finds the identity in a record's body; nil: none is known.
	Identify record.Identify
	// Now is the clock of arrivals; nil: time.Now.
	Now func() time.Time
	// Remember is how many request ids are known again; 0: 65,536. The one that came longest ago is forgotten first.
	Remember int
}

// Request is one attempt of a sender to deliver records.
type Request struct {
	ID               string
	SourceARN        string            // of the delivery stream
	CommonAttributes map[string]string // nil where there are none
	Attempt          int               // how often a request of this id and source has come, this one included
	Arrived          time.Time         // when all of it was there
	Timestamp        time.Time         // when the sender says that it made it; the zero time where it does not
	Records          []record.Record   // in their order: Data, Size, Arrival, and the identity where Ours
}

// Again tells whether the request has come before.
func (q *Request) Again() bool { return q.Attempt > 1 }

// Reply is how a request is answered. The zero value takes it.
type Reply struct {
	Status  int           // 0 is 200; every other status is a failure, and 413 one for good
	Message string        // errorMessage, at most 8,192 characters; "" is none
	After   time.Duration // the answer is held back that long
	Never   bool          // there is no answer: the connection is held until the sender gives up, or the server ends
	Cut     bool          // there is no answer: the connection ends when After is over
	// Then is called when After is over, or the sender has given up before, and ahead of the answer; nil: nothing is.
	Then func()
}

// Receiver is an HTTP endpoint. It is safe for concurrent use.
type Receiver struct {
	config Config

	mu   sync.Mutex
	seen attempts
}

// New makes a receiver.
func New(c Config) *Receiver {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Remember <= 0 {
		c.Remember = 1 << 16
	}
	return &Receiver{config: c, seen: attempts{most: c.Remember}}
}

// ServeHTTP takes a request at any path.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	id := req.Header.Get(headerID)
	bare := r.config.BodyAlone && id == "" && req.Header.Get(headerVersion) == ""
	if err := r.check(req, bare); err != nil {
		r.refuse(w, id, err)
		return
	}
	body, err := read(req)
	if err != nil {
		r.refuse(w, id, err)
		return
	}
	now := r.config.Now()
	q, err := decode(body, id, bare)
	if err != nil {
		r.refuse(w, id, err)
		return
	}
	id = q.ID
	if q.CommonAttributes, err = attributes(req.Header.Get(headerAttributes)); err != nil {
		r.refuse(w, id, err)
		return
	}
	q.SourceARN, q.Arrived = req.Header.Get(headerSource), now
	for i := range q.Records {
		one := &q.Records[i]
		one.Arrival = now.UnixNano()
		if r.config.Identify != nil {
			one.Lane, one.Number, one.Ours = r.config.Identify(one.Data)
		}
	}
	r.mu.Lock()
	q.Attempt = r.seen.see(request{q.SourceARN, id})
	r.mu.Unlock()
	reply := r.config.Receive(q)
	if reply.Never || reply.After > 0 {
		// A server's deadline for reading the request would end the wait, though all of it is here. Where there is no
		// deadline to lift this fails, and nothing is lost.
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
	waited := wait(req, reply)
	if reply.Then != nil {
		reply.Then()
	}
	if !waited || reply.Cut {
		panic(http.ErrAbortHandler) // net/http's way to leave a request without an answer
	}
	r.answer(w, id, reply)
}

// wait holds an answer back. It returns false where there shall be none.
func wait(req *http.Request, reply Reply) bool {
	if reply.Never {
		<-req.Context().Done()
		return false
	}
	if reply.After <= 0 {
		return true
	}
	timer := time.NewTimer(reply.After)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-req.Context().Done():
		return false
	}
}

// check looks at what stands before the body. A bare request says there neither its version nor its id.
func (r *Receiver) check(req *http.Request, bare bool) error {
	h := req.Header
	switch {
	case req.Method != http.MethodPost:
		return refusal{http.StatusMethodNotAllowed, "the method is " + req.Method + ", want POST"}
	case h.Get(headerVersion) != "1.0" && !bare:
		return refusal{http.StatusBadRequest, headerVersion + " is " + quote(h.Get(headerVersion)) + ", want 1.0"}
	case h.Get(headerID) == "" && !bare:
		return refusal{http.StatusBadRequest, "there is no " + headerID}
	case h.Get("Content-Type") != "application/json":
		return refusal{http.StatusBadRequest, "Content-Type is " + quote(h.Get("Content-Type")) + ", want application/json"}
	}
	if key := r.config.AccessKey; key != "" && subtle.ConstantTimeCompare([]byte(h.Get(headerKey)), []byte(key)) != 1 {
		return refusal{http.StatusUnauthorized, "the access key is not the right one"} // neither key is said
	}
	return nil
}

// refusal is a request that does not keep to the form.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return r.message }

func (r *Receiver) refuse(w http.ResponseWriter, id string, err error) {
	status := http.StatusBadRequest
	if no := (refusal{}); errors.As(err, &no) {
		status = no.status
	}
	r.answer(w, id, Reply{Status: status, Message: err.Error()})
}
