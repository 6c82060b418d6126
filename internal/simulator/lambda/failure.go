package lambda

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// failure is what a mapping does with batches that fail.
type failure struct {
	retries     int           // MaximumRetryAttempts; -1: without end
	age         time.Duration // MaximumRecordAgeInSeconds; 0: any
	bisect      bool          // BisectBatchOnFunctionError
	report      bool          // FunctionResponseTypes: ReportBatchItemFailures
	destination string        // DestinationConfig.OnFailure.Destination: an ARN
}

// reportBatchItemFailures is the one FunctionResponseType there is.
const reportBatchItemFailures = "ReportBatchItemFailures"

func newFailure(in *CreateEventSourceMappingInput) failure {
	f := failure{
		retries: or(in.MaximumRetryAttempts, -1),
		age:     time.Duration(max(or(in.MaximumRecordAgeInSeconds, -1), 0)) * time.Second,
		bisect:  or(in.BisectBatchOnFunctionError, false),
		report:  slices.Contains(in.FunctionResponseTypes, reportBatchItemFailures),
	}
	if in.DestinationConfig != nil {
		f.destination = in.DestinationConfig.OnFailure.Destination
	}
	return f
}

// leastRetention is the shortest that a stream can have (API reference DecreaseStreamRetentionPeriod): nothing younger has
// expired, and nobody need be asked.
const leastRetention = 24 * time.Hour

// tooOld tells how many of some records must not be sent any more, and why: those that the stream no longer keeps, else
// those beyond the mapping's age. Age is a record's own (recorded on AWS), and they are in the order of their arrival.
func (m *mapping) tooOld(now time.Time, recs []record.Record) (n int, condition string) {
	oldest := time.Duration(now.UnixNano() - recs[0].Arrival)
	if oldest > leastRetention {
		// A stream that is gone has no horizon. What was read of it is sent.
		if horizon, err := m.service.streams.Horizon(now, m.stream); err == nil {
			n = before(recs, horizon)
		}
		if n > 0 {
			return n, RecordExpired
		}
	}
	if m.failure.age > 0 && oldest > m.failure.age {
		return before(recs, now.Add(-m.failure.age)), RecordAgeExceeded
	}
	return 0, ""
}

// before is how many of some records arrived before an instant.
func before(recs []record.Record, at time.Time) int {
	nano := at.UnixNano()
	return sort.Search(len(recs), func(i int) bool { return recs[i].Arrival >= nano })
}

// giveUp tells the mapping's destination, if it has one, and the observer of records that are not tried any more. What the
// destination does not take is lost all the same. last is the invocation it follows from; nil where they have become too old.
func (l *lane) giveUp(now time.Time, recs []record.Record, condition string, attempts int, last *invocation) {
	m := l.shard.mapping
	d := Drop{
		Mapping: m.uuid, Function: m.function, Stream: m.stream, Shard: l.shard.number, Lane: l.index,
		Records: recs, At: now, Condition: condition, Attempts: attempts, Request: l.request,
	}
	if attempts == 0 { // the last request was with other records; an invoke count of 1 was recorded on AWS
		d.Attempts, d.Request = 1, newRequestID(l.ids)
	}
	if m.failure.destination != "" && condition != RecordExpired {
		d.Destination = m.failure.destination
		d.Err = l.tell(&d, last)
	}
	m.service.observer.Dropped(d)
}

// tell sends the document of a drop to its destination.
func (l *lane) tell(d *Drop, last *invocation) error {
	m, s := l.shard.mapping, l.shard.mapping.service
	doc := m.document(l.shard, d, last)
	bucket, isBucket := strings.CutPrefix(d.Destination, bucketARN)
	if !isBucket {
		return s.destinations.Send(d.At, d.Destination, marshal(doc))
	}
	e := l.shard.event(d.Records)
	if f := s.function(m.function); f != nil {
		e.Role = f.Role
	}
	doc.Payload = string(e.AppendJSON(nil))
	return s.store.Put(d.At, bucket, objectKey(m.uuid, l.shard.id, d.At, newUUID(l.ids)), marshal(doc))
}
