package kinesis

import (
	"cmp"
	"fmt"
	"strconv"
	"sync"

	"github.com/wavetank/wavetank/internal/simulator/fault"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// PutRecords
//
// Emulated: all members but StreamId; 500 records and 10 MiB a call, the shard's two write limits decided record by record in
// the order of the request, bytes rounded up by the sum of the call; DryRun. EncryptionType is left out where nothing is
// encrypted. A record without PartitionKey is taken where the service distributes records.
// Source: API reference PutRecords; developer guide "Troubleshoot producers"; error texts as observed by kinesalite.

// PutRecordsInput is PutRecords's request. The records' Data and PartitionKey are kept, not copied.
type PutRecordsInput struct {
	StreamName, StreamARN *string
	Records               []PutRecordsRequestEntry // nil is absent
	DryRun                *bool

	Refuse     func(i int) Limit `json:"-"` // a fault: what record i is refused for, or LimitNone; nil refuses nothing
	RefuseWith *fault.Error      `json:"-"` // what such a record is answered with; nil: what its limit says
}

// PutRecordsRequestEntry is one record of a request.
type PutRecordsRequestEntry struct {
	Data            []byte // nil is absent
	PartitionKey    *string
	ExplicitHashKey *string
}

// PutRecordsOutput is PutRecords's answer. Its JSON is appended.
type PutRecordsOutput struct {
	FailedRecordCount int
	Records           []PutRecordsResultEntry

	service    *Service
	stream     string
	encryption string // EncryptionType; empty: left out
}

// PutRecordsResultEntry is what became of one record. SequenceNumber is set where Limit is LimitNone.
type PutRecordsResultEntry struct {
	SequenceNumber SequenceNumber
	Shard          int32
	Limit          Limit
	Err            *fault.Error // what a fault has it answered with; nil: what Limit says
}

const maxData = 10_485_760 // bytes of one record's data (service model)

// batch is the scratch space of one call.
type batch struct {
	recs []record.Record
	res  []Result
}

var batches = sync.Pool{New: func() any { return new(batch) }}

// size makes room for n records, all zero.
func (b *batch) size(n int) {
	if cap(b.recs) < n {
		b.recs, b.res = make([]record.Record, n), make([]Result, n)
	}
	b.recs, b.res = b.recs[:n], b.res[:n]
	clear(b.res)
}

// release gives the space back; it must not keep a record's data alive.
func (b *batch) release() {
	clear(b.recs)
	batches.Put(b)
}

// PutRecords stores records, each on its own merits.
func (s *Service) PutRecords(in PutRecordsInput) (*PutRecordsOutput, error) {
	now := s.cfg.Clock.Now()
	to := target{service: s, name: StreamOf(in.StreamName, in.StreamARN), now: now}
	if err := in.check(s.cfg.Limits.RequestRecords, &to); err != nil {
		return nil, err
	}
	name, err := s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	b := batches.Get().(*batch)
	defer b.release()
	b.size(len(in.Records))
	var sum int64
	for i := range in.Records {
		if err := in.Records[i].fill(&b.recs[i], &to); err != nil {
			return nil, err
		}
		sum += int64(b.recs[i].Size) + int64(len(b.recs[i].Key))
		if in.Refuse != nil {
			if b.res[i].Limit = in.Refuse(i); b.res[i].Limit != LimitNone {
				b.res[i].Err = in.RefuseWith
			}
		}
	}
	hashAll(in.Records, b.recs)
	if most := s.cfg.Limits.RequestBytes; sum > most {
		return nil, errorf(codeInvalidArgument, "Records size exceeds %d MB limit", most/mib)
	}
	if isTrue(in.DryRun) {
		return nil, s.dryPut(name, now)
	}
	st, err := s.put(now, name, b.recs, b.res)
	if err != nil {
		return nil, err
	}
	return s.putOutput(st, b), nil
}

func (s *Service) putOutput(st *stream, b *batch) *PutRecordsOutput {
	out := &PutRecordsOutput{Records: make([]PutRecordsResultEntry, len(b.res)), service: s, stream: st.name}
	out.encryption = st.settings.Load().answered()
	st.mu.Lock()
	defer st.mu.Unlock() // of the list of shards
	for i := range b.res {
		r, e := &b.res[i], &out.Records[i]
		e.Shard, e.Limit, e.Err = r.Shard, r.Limit, r.Err
		if r.Limit != LimitNone {
			out.FailedRecordCount++
			continue
		}
		e.SequenceNumber = st.shards[r.Shard].sequence(r.Seq, b.recs[i].Arrival)
	}
	return out
}

func (in *PutRecordsInput) check(most int, to *target) error {
	var c checks
	switch n := len(in.Records); {
	case in.Records == nil:
		c.notNull("records")
	case n == 0:
		c.add("records", "'[]'", "have length greater than or equal to 1")
	case n > most:
		// AWS prints every member; one stands for all here.
		c.add("records", "'[com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@c965e310, ...]'",
			fmt.Sprintf("have length less than or equal to %d", most))
	}
	for i := range in.Records {
		if in.Records[i].plain() {
			continue
		}
		in.Records[i].check(&c, "records."+strconv.Itoa(i+1)+".member.", to)
	}
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	return c.err()
}

// plain tells quickly that nothing can be wrong with an entry.
func (e *PutRecordsRequestEntry) plain() bool {
	return e.Data != nil && len(e.Data) <= maxData && e.ExplicitHashKey == nil &&
		e.PartitionKey != nil && len(*e.PartitionKey) >= 1 && len(*e.PartitionKey) <= 256
}

func (e *PutRecordsRequestEntry) check(c *checks, prefix string, to *target) {
	if e.Data == nil {
		c.notNull(prefix + "data")
	} else if n := len(e.Data); n > maxData {
		c.add(prefix+"data", fmt.Sprintf("'java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]'", n, n),
			fmt.Sprintf("have length less than or equal to %d", maxData))
	}
	c.text(prefix+"explicitHashKey", e.ExplicitHashKey, hashRule)
	if e.PartitionKey != nil || !to.auto() {
		c.text(prefix+"partitionKey", e.PartitionKey, keyRule.needed())
	}
}

// fill makes the stored form of an entry that has passed its checks, but for the hash of its partition key. A record without
// a partition key has the empty one, which no record with a key has.
func (e *PutRecordsRequestEntry) fill(r *record.Record, to *target) error {
	*r = record.Record{Data: e.Data, Size: int32(len(e.Data))}
	if e.PartitionKey != nil {
		r.Key = *e.PartitionKey
	}
	if err := to.fits(int64(len(e.Data)) + int64(len(r.Key))); err != nil {
		return err
	}
	if e.ExplicitHashKey == nil {
		return nil // hashAll hashes its partition key
	}
	h, ok := ParseHash(*e.ExplicitHashKey)
	if ok {
		r.Hash, r.Explicit = h, true
		return nil
	}
	set, err := to.settings()
	switch {
	case err != nil:
		return err
	case set.auto():
		return nil // it is ignored
	}
	return errorf(codeInvalidArgument, "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "+
		"Specified value was %s", *e.ExplicitHashKey)
}

// hashAll hashes the partition keys of records that are placed by them, two at a time.
func hashAll(entries []PutRecordsRequestEntry, recs []record.Record) {
	var first *record.Record
	for i := range recs {
		r := &recs[i]
		switch {
		case entries[i].ExplicitHashKey != nil || r.Key == "":
		case first == nil:
			first = r
		default:
			first.Hash, r.Hash = hashKeys(first.Key, r.Key)
			first = nil
		}
	}
	if first != nil {
		first.Hash = HashKey(first.Key)
	}
}

// refusal is what a refused record is answered with.
func (o *PutRecordsOutput) refusal(e *PutRecordsResultEntry) *Error {
	own := o.service.throttled(o.stream, e.Shard)
	if e.Limit == LimitInternal {
		own = &Error{Code: codeInternal, Message: internalMessage}
	}
	return refusedWith(e.Err, own)
}

// refusedWith is what a fault has a record refused with, or where that says nothing what the service would. Without a message it has the
// service's own for its code, where there is one.
func refusedWith(given *fault.Error, own *Error) *Error {
	if given == nil {
		return own
	}
	e := &Error{Code: cmp.Or(given.Code, own.Code), Message: given.Message, Status: given.Status}
	if e.Message == "" && (e.Code == own.Code || e.Code == codeInternal || e.Code == errInternal().Code) {
		e.Message = own.Message
	}
	return e
}

// AppendJSON appends the answer as it goes over the wire.
func (o *PutRecordsOutput) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if o.encryption != "" {
		dst = append(append(append(dst, `"EncryptionType":"`...), o.encryption...), `",`...)
	}
	dst = append(dst, `"FailedRecordCount":`...)
	dst = strconv.AppendInt(dst, int64(o.FailedRecordCount), 10)
	dst = append(dst, `,"Records":[`...)
	for i := range o.Records {
		e := &o.Records[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case e.Limit == LimitNone:
			dst = append(dst, `{"SequenceNumber":"`...)
			dst = e.SequenceNumber.Append(dst)
			dst = append(dst, `","ShardId":"`...)
			dst = appendShardID(dst, e.Shard)
		case e.Err != nil:
			refused := o.refusal(e)
			dst = AppendString(append(dst, `{"ErrorCode":`...), refused.Code)
			dst = append(AppendString(append(dst, `,"ErrorMessage":`...), refused.Message), '}')
			continue
		case e.Limit == LimitInternal:
			dst = append(dst, `{"ErrorCode":"InternalFailure","ErrorMessage":"Internal Service Failure`...)
		default:
			dst = append(dst, `{"ErrorCode":"`+codeThroughput+`","ErrorMessage":"`...)
			dst = o.service.appendThrottled(dst, o.stream, e.Shard)
		}
		dst = append(dst, `"}`...)
	}
	return append(dst, `]}`...)
}
