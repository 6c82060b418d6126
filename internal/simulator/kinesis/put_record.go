package kinesis

import (
	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// PutRecord
//
// Emulated: all members but StreamId; the shard's two write limits, each record rounded up to 1 KB; DryRun.
// SequenceNumberForOrdering is checked; numbers of a shard always rise, so it has no other effect; where the service
// distributes records it is refused. EncryptionType is left out where nothing is encrypted.
// Source: API reference PutRecord; developer guide "Troubleshoot producers"; error texts as observed by kinesalite.

// PutRecordInput is PutRecord's request. Data and PartitionKey are kept, not copied.
type PutRecordInput struct {
	StreamName, StreamARN     *string
	Data                      []byte // nil is absent
	PartitionKey              *string
	ExplicitHashKey           *string
	SequenceNumberForOrdering *string
	DryRun                    *bool

	Refuse     Limit        `json:"-"` // a fault: LimitInjected or LimitInternal refuses the record; LimitNone does not
	RefuseWith *fault.Error `json:"-"` // what the record is refused with then; nil: what its limit says
}

// PutRecordOutput is PutRecord's answer.
type PutRecordOutput struct {
	ShardId        string
	SequenceNumber SequenceNumber
	EncryptionType string `json:",omitzero"`
}

// PutRecord stores one record.
func (s *Service) PutRecord(in PutRecordInput) (*PutRecordOutput, error) {
	now := s.cfg.Clock.Now()
	entry := PutRecordsRequestEntry{Data: in.Data, PartitionKey: in.PartitionKey, ExplicitHashKey: in.ExplicitHashKey}
	to := target{service: s, name: StreamOf(in.StreamName, in.StreamARN), now: now}
	var c checks
	entry.check(&c, "", &to)
	c.text("sequenceNumberForOrdering", in.SequenceNumberForOrdering, sequenceRule)
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return nil, err
	}
	name, err := s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	recs, res := make([]record.Record, 1), make([]Result, 1)
	if err := entry.fill(&recs[0], &to); err != nil {
		return nil, err
	}
	hashAll([]PutRecordsRequestEntry{entry}, recs)
	if err := s.checkOrdering(in.SequenceNumberForOrdering, &to); err != nil {
		return nil, err
	}
	if isTrue(in.DryRun) {
		return nil, s.dryPut(name, now)
	}
	if res[0].Limit = in.Refuse; in.Refuse != LimitNone {
		res[0].Err = in.RefuseWith
	}
	st, err := s.put(now, name, recs, res)
	if err != nil {
		return nil, err
	}
	switch res[0].Limit {
	case LimitNone:
		return st.putRecordOutput(&recs[0]), nil
	case LimitInternal:
		return nil, refusedWith(res[0].Err, errInternal())
	}
	return nil, refusedWith(res[0].Err, s.throttled(name, res[0].Shard))
}

// putRecordOutput is the answer for a record that was stored.
func (st *stream) putRecordOutput(r *record.Record) *PutRecordOutput {
	st.mu.Lock()
	defer st.mu.Unlock() // of the list of shards
	return &PutRecordOutput{
		ShardId: st.shards[r.Shard].id, SequenceNumber: st.shards[r.Shard].sequence(r.Seq, r.Arrival),
		EncryptionType: st.settings.Load().answered(),
	}
}

// AppendJSON appends the answer as it goes over the wire.
func (o *PutRecordOutput) AppendJSON(dst []byte) []byte {
	dst = append(append(append(dst, `{"ShardId":"`...), o.ShardId...), `","SequenceNumber":"`...)
	dst = o.SequenceNumber.Append(dst)
	if o.EncryptionType != "" {
		dst = append(append(dst, `","EncryptionType":"`...), o.EncryptionType...)
	}
	return append(dst, `"}`...)
}

// checkOrdering refuses a SequenceNumberForOrdering that is none, or of a time to come, or of a stream that keeps no order
// (developer guide, "Service-managed record distribution"; the text of that is ours).
func (s *Service) checkOrdering(given *string, to *target) error {
	if given == nil {
		return nil
	}
	set, err := to.settings()
	if err != nil {
		return err
	}
	if set.auto() {
		return errorf(codeInvalidArgument, "SequenceNumberForOrdering cannot be used with the record distribution strategy AUTO "+
			"of stream %s under account %s.", to.name, s.cfg.Account)
	}
	switch raw, _ := parseSequenceDigits(*given); {
	case raw.version() == 3:
		return errInternal() // as AWS answers (kinesalite's tests)
	case !ordersBefore(*given, to.now.Unix()):
		return errorf(codeInvalidArgument, "ExclusiveMinimumSequenceNumber %s used in PutRecord on stream %s under account %s "+
			"is invalid.", *given, to.name, s.cfg.Account)
	}
	return nil
}

// ordersBefore tells whether a text is a sequence number, of any version, of no later second than this.
func ordersBefore(given string, second int64) bool {
	if n, ok := ParseSequenceNumber(given); ok {
		return n.Arrived() <= second
	}
	older, ok := parseOlderSequence(given)
	return ok && older.arrived <= second
}
