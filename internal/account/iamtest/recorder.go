// Package iamtest records which IAM actions the requests of AWS clients need, so that a test can hold a policy against
// what is really called.
//
// A [Recorder] stands between an SDK client and the network and reads each request as AWS would: by the service it is
// signed for, its target header, its form or its route. It knows the services and routes that wavetank calls; what it
// does not know is recorded as unknown, with the route, which no policy allows.
//
//	rec := iamtest.New(nil)
//	config.HTTPClient = httpclient.New(rec)
//	…
//	missing, idle := iamtest.Compare(policy.Actions(), rec.Actions())
package iamtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
)

// Recorder is an http.RoundTripper that records actions. It is safe for concurrent use.
type Recorder struct {
	next http.RoundTripper

	mu      sync.Mutex
	actions map[string]int
}

// New makes a recorder in front of a transport; nil is http.DefaultTransport.
func New(next http.RoundTripper) *Recorder {
	if next == nil {
		next = http.DefaultTransport
	}
	return &Recorder{next: next, actions: map[string]int{}}
}

// RoundTrip records what the request needs and sends it.
func (r *Recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := peek(request)
	if err != nil {
		return nil, fmt.Errorf("record request: %w", err)
	}
	r.mu.Lock()
	for _, action := range Actions(request, body) {
		r.actions[action]++
	}
	r.mu.Unlock()
	return r.next.RoundTrip(request)
}

// peek reads a request's body and puts it back.
func peek(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// Actions are those recorded until now, sorted, each once.
func (r *Recorder) Actions() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]string, 0, len(r.actions))
	for a := range r.actions {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}

// Reset forgets what was recorded.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.actions)
}

// Compare tells which called actions a policy does not allow, and which it allows and nobody called.
func Compare(allowed, called []string) (missing, idle []string) {
	for _, a := range called {
		if !slices.Contains(allowed, a) {
			missing = append(missing, a)
		}
	}
	for _, a := range allowed {
		if !slices.Contains(called, a) {
			idle = append(idle, a)
		}
	}
	return missing, idle
}
