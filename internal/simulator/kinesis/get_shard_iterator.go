package kinesis

import (
	"strconv"
	"strings"
	"time"
)

// GetShardIterator
//
// Emulated: all five types, 5 calls a second and shard, DryRun. On a closed shard the iterator is valid to its end.
// A stream that is CREATING has no shards yet (kinesalite), one that is DELETING has them still.
// Source: API reference GetShardIterator; error texts as observed by kinesalite.

// GetShardIteratorInput is GetShardIterator's request.
type GetShardIteratorInput struct {
	StreamName, StreamARN  *string
	ShardId                *string
	ShardIteratorType      *string
	StartingSequenceNumber *string
	Timestamp              *Timestamp
	DryRun                 *bool
}

// GetShardIteratorOutput is GetShardIterator's answer.
type GetShardIteratorOutput struct{ ShardIterator string }

var iteratorTypeRule = rule{required: true, enum: []string{
	"AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON",
}}

// GetShardIterator makes an iterator to read a shard with.
func (s *Service) GetShardIterator(in GetShardIteratorInput) (*GetShardIteratorOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	name, err := s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Clock.Now()
	number, ok := ParseShardID(*in.ShardId)
	if !ok {
		return nil, s.noShard(name, *in.ShardId)
	}
	st, err := s.lock(name, now)
	if err != nil {
		return nil, s.noShardThere(name, number)
	}
	defer st.mu.Unlock()
	sh := st.shard(number)
	if status, _ := st.status(now); sh == nil || status == statusCreating {
		return nil, s.noShardThere(name, number)
	}
	s.freed(st, st.expire(sh, now.UnixNano()))
	pos, err := s.start(&in, name, sh, now)
	if err != nil {
		return nil, err
	}
	if isTrue(in.DryRun) {
		return nil, errDryRun()
	}
	if !sh.iterators.admit(now.UnixNano()) {
		return nil, s.throttled(name, number)
	}
	it := iterator{issued: now.UnixMilli(), created: st.created.UnixNano(), pos: pos, shard: number, stream: name}
	return &GetShardIteratorOutput{it.String()}, nil
}

func (in *GetShardIteratorInput) check() error {
	var c checks
	c.text("shardId", in.ShardId, nameRule.needed())
	c.text("shardIteratorType", in.ShardIteratorType, iteratorTypeRule)
	c.text("startingSequenceNumber", in.StartingSequenceNumber, sequenceRule)
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return err
	}
	kind := *in.ShardIteratorType
	const either = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or " +
		"(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified %s and %s StartingSequenceNumber."
	bySequence := kind == "AT_SEQUENCE_NUMBER" || kind == "AFTER_SEQUENCE_NUMBER"
	switch {
	case bySequence && in.StartingSequenceNumber == nil:
		return errorf(codeInvalidArgument, either, kind, "no")
	case !bySequence && in.StartingSequenceNumber != nil:
		return errorf(codeInvalidArgument, either, kind, "also a")
	case kind == "AT_TIMESTAMP" && in.Timestamp == nil:
		return errorf(codeInvalidArgument, "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. "+
			"Current request has no timestamp parameter.")
	}
	return nil
}

// start is the position an iterator of the request begins at. The caller holds the stream's lock.
func (s *Service) start(in *GetShardIteratorInput, name string, sh *shard, now time.Time) (uint64, error) {
	switch *in.ShardIteratorType {
	case "TRIM_HORIZON":
		return sh.first, nil
	case "LATEST":
		return sh.tip(), nil
	case "AT_TIMESTAMP":
		if in.Timestamp.After(now) {
			return 0, errorf(codeInvalidArgument, "The timestampInMillis parameter cannot be greater than the "+
				"currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d",
				in.Timestamp.UnixMilli(), now.UnixMilli())
		}
		return sh.since(in.Timestamp.UnixNano()), nil
	}
	given := *in.StartingSequenceNumber
	n, ok := ParseSequenceNumber(given)
	if !ok {
		return 0, s.olderOrBad(given, name, sh)
	}
	if n.Shard() != sh.number {
		return 0, encodesAnother(n.Shard(), sh)
	}
	if n.Created() != sh.created {
		return 0, s.badSequence(given, name, sh, notFromHere)
	}
	if *in.ShardIteratorType == "AT_SEQUENCE_NUMBER" {
		return sh.from(n), nil
	}
	return min(n.Index(), sh.tip()), nil // the record at position p has the index p+1; index 0 is before the first
}

// from is the position of the first record that is not before a sequence number of the shard. That need not be a record's: the
// ContinuationSequenceNumber of an event without records has the last record's index and a later time.
func (s *shard) from(n SequenceNumber) uint64 {
	if n.Index() == 0 {
		return 0
	}
	pos := min(n.Index()-1, s.tip())
	if pos >= s.first && pos < s.tip() && s.sequence(pos, s.arrival(pos)).Compare(n) < 0 {
		pos++
	}
	return pos
}

// olderOrBad refuses a number that is not of the present layout; one of an older layout came from another stream.
func (s *Service) olderOrBad(given, stream string, sh *shard) error {
	older, ok := parseOlderSequence(given)
	switch {
	case !ok:
		return s.badSequence(given, stream, sh, "")
	case older.shard != sh.number:
		return encodesAnother(older.shard, sh)
	}
	return s.badSequence(older.text, stream, sh, notFromHere)
}

const notFromHere = " because it did not come from this stream"

func encodesAnother(number int32, sh *shard) error {
	return errorf(codeInvalidArgument, "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a "+
		"shard with %s", ShardID(number), sh.id)
}

func (s *Service) badSequence(given, stream string, sh *shard, why string) error {
	return errorf(codeInvalidArgument, "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under "+
		"account %s is invalid%s.", given, sh.id, stream, s.cfg.Account, why)
}

func (s *Service) noShardThere(stream string, number int32) *Error {
	return errorf(codeNotFound, "Shard %s in stream %s under account %s does not exist", ShardID(number), stream, s.cfg.Account)
}

// ParseShardID reads a shard's number. AWS takes shardId-000000000000, shardId-0 and 0 alike (kinesalite's tests).
func ParseShardID(id string) (number int32, ok bool) {
	if _, after, found := strings.Cut(id, "-"); found {
		id = after
	}
	n, err := strconv.ParseUint(id, 10, 31)
	return int32(n), err == nil
}
