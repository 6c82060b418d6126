package kinesis

import (
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// SplitShard
//
// Emulated: all members but StreamId. The stream is UPDATING for Model.Splitting; at its end the shard closes and its two
// children open. How many streams at once are "too many streams in parallel" is not documented, and not refused.
// Source: API reference SplitShard; error texts as observed by kinesalite, that of a closed shard in its issue 109 (output of
// AWS).

// SplitShardInput is SplitShard's request.
type SplitShardInput struct {
	StreamName, StreamARN *string
	ShardToSplit          *string
	NewStartingHashKey    *string
}

// SplitShard splits a shard in two; the upper part begins with the new hash key. Its answer is empty.
func (s *Service) SplitShard(in SplitShardInput) error {
	name, number, err := s.checkSplit(&in)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	s.quota.Lock()
	defer s.quota.Unlock()
	u := s.used(now)
	st, err := s.lock(name, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	sh := st.shard(number)
	if sh == nil {
		return s.noShard(name, ShardID(number))
	}
	if err := s.provisioned(st, "SplitShard"); err != nil {
		return err
	}
	if err := s.moreShards(u, 1); err != nil {
		return err
	}
	key, err := s.newStart(&in, name, sh)
	if err != nil {
		return err
	}
	if sh.closed != 0 {
		return s.notOpen(name, sh)
	}
	if err := s.active(st, now); err != nil {
		return err
	}
	st.reserved = len(st.open) + 1
	s.after(st, now, s.cfg.Model.Splitting, true, reshape{to: st.ranges().with(key), last: true})
	return nil
}

func (s *Service) checkSplit(in *SplitShardInput) (name string, number int32, err error) {
	var c checks
	c.text("newStartingHashKey", in.NewStartingHashKey, hashRule.needed())
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	c.text("shardToSplit", in.ShardToSplit, nameRule.needed())
	if err := c.err(); err != nil {
		return "", 0, err
	}
	name, err = s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return "", 0, err
	}
	number, ok := ParseShardID(*in.ShardToSplit)
	if !ok {
		return "", 0, s.noShard(name, *in.ShardToSplit)
	}
	return name, number, nil
}

// newStart is the request's hash key, if the shard can be split there.
func (s *Service) newStart(in *SplitShardInput, name string, sh *shard) (record.Hash, error) {
	key, ok := ParseHash(*in.NewStartingHashKey)
	first := add(sh.start, record.Hash{Lo: 1})
	if ok && first.Less(key) && key.Less(sh.end) {
		return key, nil
	}
	return key, errorf(codeInvalidArgument, "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s "+
		"is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
		*in.NewStartingHashKey, sh.id, name, s.cfg.Account, AppendHash(nil, sh.start), AppendHash(nil, sh.end))
}

func (s *Service) notOpen(stream string, sh *shard) *Error {
	return errorf(codeInvalidArgument, "Shard %s in stream %s under account %s has already been merged or split, and thus is not "+
		"eligible for merging or splitting.", sh.id, stream, s.cfg.Account)
}

// provisioned refuses an operation that only streams of the mode PROVISIONED have (types.ValidationException of the SDK; the
// text is ours). The caller holds the stream's lock.
func (s *Service) provisioned(st *stream, operation string) error {
	if st.mode() == ModeProvisioned {
		return nil
	}
	return errorf(codeValidation, "Stream %s under account %s is in the capacity mode %s. %s is only supported for data streams "+
		"with the provisioned capacity mode.", st.name, s.cfg.Account, ModeOnDemand, operation)
}

// active demands that a stream is ACTIVE. The caller holds its lock.
func (s *Service) active(st *stream, now time.Time) error {
	if status, _ := st.status(now); status != statusActive {
		return errorf(codeInUse, "Stream %s under account %s not ACTIVE, instead in state %s", st.name, s.cfg.Account, status)
	}
	return nil
}
