package kinesis

import "sort"

// DescribeStream
//
// Emulated: all members, pages of at most 100 shards. A stream that is being created shows no shards (kinesalite).
// Source: API reference DescribeStream.

// DescribeStreamInput is DescribeStream's request.
type DescribeStreamInput struct {
	StreamName, StreamARN *string
	ExclusiveStartShardId *string
	Limit                 *int32
}

// DescribeStreamOutput is DescribeStream's answer.
type DescribeStreamOutput struct{ StreamDescription StreamDescription }

// StreamDescription is a stream with its shards.
type StreamDescription struct {
	StreamName              string
	StreamARN               string
	StreamStatus            string
	StreamModeDetails       StreamModeDetails
	Shards                  []Shard
	HasMoreShards           bool
	RetentionPeriodHours    int
	StreamCreationTimestamp Timestamp
	EnhancedMonitoring      []EnhancedMetrics
	EncryptionType          string
	KeyId                   string `json:",omitzero"`
}

// EnhancedMetrics are the shard-level metrics that are switched on.
type EnhancedMetrics struct{ ShardLevelMetrics []string }

// Shard is a shard as DescribeStream and ListShards show it.
type Shard struct {
	ShardId               string
	ParentShardId         string `json:",omitzero"`
	AdjacentParentShardId string `json:",omitzero"`
	HashKeyRange          HashKeyRange
	SequenceNumberRange   SequenceNumberRange
}

// HashKeyRange is a shard's range of hash keys, both ends inclusive, in decimal.
type HashKeyRange struct{ StartingHashKey, EndingHashKey string }

// SequenceNumberRange is a shard's range of sequence numbers. An open shard has no end.
type SequenceNumberRange struct {
	StartingSequenceNumber SequenceNumber
	EndingSequenceNumber   SequenceNumber `json:",omitzero"`
}

const describedShards = 100 // of one DescribeStream (API reference, Limit)

// DescribeStream describes a stream and its shards.
func (s *Service) DescribeStream(in DescribeStreamInput) (*DescribeStreamOutput, error) {
	var c checks
	c.number("limit", in.Limit, 1, 10000)
	c.text("exclusiveStartShardId", in.ExclusiveStartShardId, nameRule)
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return nil, err
	}
	name, err := s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	most := describedShards
	if in.Limit != nil {
		most = min(most, int(*in.Limit))
	}
	status, _ := st.status(now)
	set := st.settings.Load()
	d := StreamDescription{
		StreamName: name, StreamARN: s.StreamARN(name), StreamStatus: status, StreamModeDetails: st.modeDetails(),
		RetentionPeriodHours: set.hours(), StreamCreationTimestamp: Timestamp{st.created},
		EnhancedMonitoring: set.metrics(), EncryptionType: set.encryption, KeyId: set.keyID,
	}
	var listed []*shard
	if status != statusCreating {
		listed, d.HasMoreShards = st.page(now.UnixNano(), in.ExclusiveStartShardId, most, nil)
	}
	d.Shards = describe(listed)
	return &DescribeStreamOutput{d}, nil
}

func (st *stream) modeDetails() StreamModeDetails { return StreamModeDetails{&st.settings.Load().mode} }

func (set *settings) hours() int { return int(set.asked.Hours()) }

func (set *settings) metrics() []EnhancedMetrics {
	return []EnhancedMetrics{{ShardLevelMetrics: append([]string{}, set.monitored...)}}
}

// page are the first shards that operations list, after the one of an id or, where that is nil, from the first on: all but
// those that closed longer ago than the retention period and those that keep leaves out; a nil keep leaves out none. more
// tells that there are more than most.
func (st *stream) page(now int64, after *string, most int, keep func(*shard) bool) (page []*shard, more bool) {
	horizon, first := st.horizon(now), 0
	if after != nil {
		first = sort.Search(len(st.shards), func(i int) bool { return st.shards[i].id > *after })
	}
	for _, sh := range st.shards[first:] {
		switch {
		case sh.closed != 0 && sh.closed < horizon, keep != nil && !keep(sh):
		case len(page) == most:
			return page, true
		default:
			page = append(page, sh)
		}
	}
	return page, false
}

// listed are all shards that operations list.
func (st *stream) listed(now int64) []*shard {
	all, _ := st.page(now, nil, len(st.shards), nil)
	return all
}

func describe(shards []*shard) []Shard {
	out := make([]Shard, 0, len(shards))
	for _, sh := range shards {
		d := Shard{
			ShardId: sh.id,
			HashKeyRange: HashKeyRange{
				StartingHashKey: string(AppendHash(nil, sh.start)), EndingHashKey: string(AppendHash(nil, sh.end)),
			},
			SequenceNumberRange: SequenceNumberRange{
				StartingSequenceNumber: NewSequenceNumber(sh.created, sh.number, 0, sh.created),
			},
		}
		if sh.closed != 0 {
			d.SequenceNumberRange.EndingSequenceNumber = NewSequenceNumber(sh.created, sh.number, lastIndex, sh.closed/1e9)
		}
		if len(sh.parents) > 0 {
			d.ParentShardId = ShardID(sh.parents[0])
		}
		if len(sh.parents) > 1 {
			d.AdjacentParentShardId = ShardID(sh.parents[1])
		}
		out = append(out, d)
	}
	return out
}
