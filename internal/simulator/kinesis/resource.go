package kinesis

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// resources holds what is attached to streams and consumers by their ARNs: tags and policies. It is safe for concurrent
// use; the zero value is empty.
type resources struct {
	mu sync.Mutex
	of map[string]*resource // by ARN

	touched atomic.Bool // the account's and region's document no longer says what is there (keep.go)
}

type resource struct {
	tags   map[string]string
	policy string // as it was put; "" is none
}

// change changes what is attached to an ARN.
func (r *resources) change(arn string, do func(*resource) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil {
		r.of = make(map[string]*resource)
	}
	r.touched.Store(true)
	a := r.of[arn]
	if a == nil {
		a = &resource{tags: make(map[string]string)}
		r.of[arn] = a
	}
	return do(a)
}

// tags are a copy of the tags of an ARN.
func (r *resources) tags(arn string) map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.of[arn]; a != nil {
		return maps.Clone(a.tags)
	}
	return nil
}

// policy is the policy of an ARN, or "".
func (r *resources) policy(arn string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.of[arn]; a != nil {
		return a.policy
	}
	return ""
}

// forget drops what is attached to an ARN and to what belongs to it: a stream's consumers.
func (r *resources) forget(arn string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.touched.Store(true)
	maps.DeleteFunc(r.of, func(of string, _ *resource) bool { return of == arn || strings.HasPrefix(of, arn+"/") })
}

var resourceRule = rule{required: true, min: 1, max: 2048, pattern: whole(`arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+`)}

// resourceThere tells whether tags and policies can be attached to an ARN, of a stream, of a stream's consumer or of a channel.
// Where changed, a stream must be ACTIVE. A queue never is there.
func (s *Service) resourceThere(arn string, now time.Time, changed bool) error {
	if !strings.Contains(arn, "stream/") {
		return s.channelThere(arn, now)
	}
	name, err := s.streamOf(nil, &arn)
	if err != nil {
		return err
	}
	if strings.Contains(name, "/consumer/") {
		st, _, err := s.lockConsumer(&arn, nil, nil, now)
		if err == nil {
			st.mu.Unlock()
		}
		return err
	}
	lock := s.lock
	if changed {
		lock = s.lockActive
	}
	st, err := lock(name, now)
	if err != nil {
		return err
	}
	st.mu.Unlock()
	return nil
}

// StreamOfResource is the stream that a ResourceARN names, or to which its consumer belongs, unchecked; "" where there is
// none.
func StreamOfResource(arn *string) string {
	of, _, _ := strings.Cut(StreamOf(nil, arn), "/consumer/")
	return of
}
