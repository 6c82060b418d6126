package kinesis

import (
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// GetRecords
//
// Emulated: all members; 5 calls and 2 MiB a second and shard, 10,000 records and 10 MiB a call, iterators that expire,
// the end of a closed shard with its children, DryRun. EncryptionType is left out of records that were stored
// unencrypted, PartitionKey of those that have none.
// Source: API reference GetRecords; error texts as observed by kinesalite.

// GetRecordsInput is GetRecords's request.
type GetRecordsInput struct {
	ShardIterator *string
	StreamARN     *string
	Limit         *int32
	DryRun        *bool
}

// GetRecordsOutput is GetRecords's answer. Its JSON is appended.
type GetRecordsOutput struct {
	Records            []record.Record // until Release
	ChildShards        []ChildShard
	MillisBehindLatest int64
	NextShardIterator  string // empty at the end of a closed shard

	shard     *shard // for the sequence numbers: what is read of it never changes
	encrypted []bool // by record; nil: none
	render    record.Render
}

// ChildShard is a shard that follows one that was read to its end.
type ChildShard struct {
	ShardId      string
	ParentShards []string
	HashKeyRange HashKeyRange
}

// pages are the records of answers that were released.
var pages = sync.Pool{New: func() any { return new([]record.Record) }}

// Release gives back the space of the answer's records, for the next one's: who has encoded an answer and keeps nothing of
// it may call it, once.
func (o *GetRecordsOutput) Release() {
	clear(o.Records) // they keep their data alive
	pages.Put(new(o.Records[:0]))
	o.Records = nil
}

// GetRecords reads a shard from where an iterator stands.
func (s *Service) GetRecords(in GetRecordsInput) (*GetRecordsOutput, error) {
	var c checks
	c.number("limit", in.Limit, 1, 10000)
	c.text("shardIterator", in.ShardIterator, iteratorRule)
	c.text("streamARN", in.StreamARN, arnRule)
	if err := c.err(); err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	it, err := s.checkIterator(&in, now)
	if err != nil {
		return nil, err
	}
	st, err := s.find(it.stream)
	if err != nil || st.created.UnixNano() != it.created {
		return nil, s.noShardThere(it.stream, it.shard)
	}
	if isTrue(in.DryRun) {
		return nil, s.dryRead(it, now)
	}
	most := 0
	if in.Limit != nil {
		most = int(*in.Limit)
	}
	space := pages.Get().(*[]record.Record)
	page, err := s.Read(now, "", it.stream, it.shard, it.pos, most, *space)
	if err != nil {
		pages.Put(space)
		if errors.Is(err, record.ErrNotFound) { // it was there: its deletion is over, and nobody has looked since
			err = s.noShardThere(it.stream, it.shard)
		}
		return nil, err
	}
	out := &GetRecordsOutput{
		Records: page.Records, MillisBehindLatest: int64((page.Behind + time.Millisecond - 1) / time.Millisecond),
		render: s.cfg.Render,
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	out.shard, out.encrypted = st.shard(it.shard), st.encrypted(out.Records)
	if page.End {
		out.ChildShards = st.childShards(page.Children)
		return out, nil
	}
	it.issued, it.pos = now.UnixMilli(), page.Next
	out.NextShardIterator = it.String()
	return out, nil
}

func (s *Service) checkIterator(in *GetRecordsInput, now time.Time) (iterator, error) {
	it, ok := parseIterator(*in.ShardIterator)
	if !ok || it.issued > now.UnixMilli() {
		return it, errorf(codeInvalidArgument, "Invalid ShardIterator.")
	}
	if in.StreamARN != nil {
		if _, err := s.streamOf(&it.stream, in.StreamARN); err != nil {
			return it, err
		}
	}
	age := s.cfg.Limits.IteratorAge.Milliseconds()
	if now.UnixMilli()-it.issued > age {
		return it, errorf(codeExpiredIterator, "Iterator expired. The iterator was created at time %s while right now it is %s "+
			"which is further in the future than the tolerated delay of %d milliseconds.",
			amazonTime(it.issued), amazonTime(now.UnixMilli()), age)
	}
	return it, nil
}

func (st *stream) childShards(numbers []int32) []ChildShard {
	var out []ChildShard
	for _, n := range numbers {
		d := describe([]*shard{st.shard(n)})[0]
		parents := []string{}
		for _, p := range st.shard(n).parents {
			parents = append(parents, ShardID(p))
		}
		out = append(out, ChildShard{d.ShardId, parents, d.HashKeyRange})
	}
	return out
}

// AppendJSON appends the answer as it goes over the wire.
func (o *GetRecordsOutput) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"Records":[`...)
	var body []byte
	for i := range o.Records {
		r := &o.Records[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		data := r.Data
		if data == nil && o.render != nil {
			body = o.render(body[:0], r)
			data = body
		}
		dst = append(dst, `{"SequenceNumber":"`...)
		dst = o.shard.sequence(r.Seq, r.Arrival).Append(dst)
		dst = append(dst, `","ApproximateArrivalTimestamp":`...)
		dst = AppendEpoch(dst, r.Arrival/1e6)
		dst = append(dst, `,"Data":"`...)
		dst = AppendBase64(dst, data)
		dst = append(dst, '"')
		if r.Key != "" {
			dst = AppendString(append(dst, `,"PartitionKey":`...), r.Key)
		}
		if o.encrypted != nil && o.encrypted[i] {
			dst = append(dst, `,"EncryptionType":"KMS"`...)
		}
		dst = append(dst, '}')
	}
	dst = append(dst, `],"MillisBehindLatest":`...)
	dst = strconv.AppendInt(dst, o.MillisBehindLatest, 10)
	if o.NextShardIterator != "" {
		dst = append(dst, `,"NextShardIterator":"`...)
		dst = append(dst, o.NextShardIterator...)
		dst = append(dst, '"')
	}
	if len(o.ChildShards) > 0 {
		dst = append(dst, `,"ChildShards":[`...)
		for i, c := range o.ChildShards {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = c.append(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// append appends a child as JSON: ids and hash keys need no escapes.
func (c *ChildShard) append(dst []byte) []byte {
	dst = append(append(append(dst, `{"ShardId":"`...), c.ShardId...), `","ParentShards":[`...)
	for i, p := range c.ParentShards {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), p...), '"')
	}
	dst = append(append(dst, `],"HashKeyRange":{"StartingHashKey":"`...), c.HashKeyRange.StartingHashKey...)
	dst = append(append(dst, `","EndingHashKey":"`...), c.HashKeyRange.EndingHashKey...)
	return append(dst, `"}}`...)
}
