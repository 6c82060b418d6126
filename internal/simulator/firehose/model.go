package firehose

import (
	"cmp"
	"time"
)

// Model holds what is ours because AWS documents nothing. The zero value of each field is the default given behind it,
// and the whole zero value is the profile `local`: no service time is added.
type Model struct {
	// Creating is how long a new delivery stream is CREATING; none. Its source stream is positioned at creation all the same.
	Creating time.Duration
	// ZeroInterval is how long records are buffered where the interval hint is 0; 1 s. AWS says "within a few seconds".
	ZeroInterval time.Duration
	// PutObjectLatency is how long an object takes from its cut until it is visible at the destination; none. A buffer's
	// objects are delivered one after another.
	PutObjectLatency time.Duration
	// RetryBase is the wait after a delivery, or an invocation of a processor's function, failed for the first time; 1 s. It doubles with each further failure.
	RetryBase time.Duration
	// RetryCap is the longest of these waits; 60 s.
	RetryCap time.Duration
	// EndpointRetryDuration is how long requests to an HTTP endpoint are retried where RetryOptions are not given; 300 s, as
	// infrastructure tools set it. AWS documents no default.
	EndpointRetryDuration time.Duration
	// OnlyHTTPS refuses URLs of HTTP endpoints as AWS does: http://, and ports other than 443. By default both are taken for a
	// host on loopback, and for no other.
	OnlyHTTPS bool
	// ReadRecords is how many records a read of the source stream asks for; 10,000, the most GetRecords gives.
	ReadRecords int
	// ReadRetry is how long after a refused read the shard is asked again; 100 ms: half the distance between two of the five
	// reads that a shard answers a second, so that no steady reader shuts this one out.
	ReadRetry time.Duration
	// MaxPending is how many bytes of cut objects may wait for delivery behind each buffer, each record counted with
	// 128 bytes beside its data; 64 MiB, but at least two objects. Beyond it Direct PUT refuses records, and a source stream
	// is not read on.
	MaxPending int64
}

// ModelAWS is the profile `aws`: typical times of the real service. The latency is the middle of the "roughly 100–200
// milliseconds" of the S3 user guide ("Performance guidelines"); that a new delivery stream takes some tens of seconds is
// what users see, no source gives a distribution.
func ModelAWS() Model {
	return Model{Creating: 30 * time.Second, PutObjectLatency: 150 * time.Millisecond, ZeroInterval: 3 * time.Second}
}

func (m Model) withDefaults() Model {
	m.ZeroInterval = cmp.Or(m.ZeroInterval, time.Second)
	m.RetryBase = cmp.Or(m.RetryBase, time.Second)
	m.RetryCap = cmp.Or(m.RetryCap, 60*time.Second)
	m.EndpointRetryDuration = cmp.Or(m.EndpointRetryDuration, 300*time.Second)
	m.ReadRecords = cmp.Or(m.ReadRecords, 10_000)
	m.ReadRetry = cmp.Or(m.ReadRetry, 100*time.Millisecond)
	m.MaxPending = cmp.Or(m.MaxPending, 64*mib)
	return m
}
