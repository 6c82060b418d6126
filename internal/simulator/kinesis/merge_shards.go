package kinesis

// MergeShards
//
// Emulated: all members but StreamId. The stream is UPDATING for Model.Splitting; at its end the two shards close and their
// child opens. The shards must be given in the order of their ranges, as AWS has it in spite of its documents.
// Source: API reference MergeShards; error texts as observed by kinesalite.

// MergeShardsInput is MergeShards's request.
type MergeShardsInput struct {
	StreamName, StreamARN *string
	ShardToMerge          *string
	AdjacentShardToMerge  *string
}

// MergeShards makes one shard of two that are neighbours. Its answer is empty.
func (s *Service) MergeShards(in MergeShardsInput) error {
	name, numbers, err := s.checkMerge(&in)
	if err != nil {
		return err
	}
	now := s.cfg.Clock.Now()
	st, err := s.lock(name, now)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	lower, upper := st.shard(numbers[0]), st.shard(numbers[1])
	for i, sh := range []*shard{lower, upper} {
		if sh == nil {
			return s.noShard(name, ShardID(numbers[i]))
		}
	}
	if err := s.provisioned(st, "MergeShards"); err != nil {
		return err
	}
	if lower.end == maxHash || before(upper.start) != lower.end {
		return errorf(codeInvalidArgument, "Shards %s and %s in stream %s under account %s are not an adjacent pair of shards "+
			"eligible for merging", lower.id, upper.id, name, s.cfg.Account)
	}
	for _, sh := range []*shard{lower, upper} {
		if sh.closed != 0 {
			return s.notOpen(name, sh)
		}
	}
	if err := s.active(st, now); err != nil {
		return err
	}
	st.reserved = len(st.open)
	s.after(st, now, s.cfg.Model.Splitting, true, reshape{to: st.ranges().without(upper.start), last: true})
	return nil
}

func (s *Service) checkMerge(in *MergeShardsInput) (name string, numbers [2]int32, err error) {
	var c checks
	c.text("shardToMerge", in.ShardToMerge, nameRule.needed())
	c.text("adjacentShardToMerge", in.AdjacentShardToMerge, nameRule.needed())
	c.text("streamARN", in.StreamARN, arnRule)
	c.text("streamName", in.StreamName, nameRule)
	if err := c.err(); err != nil {
		return "", numbers, err
	}
	name, err = s.streamOf(in.StreamName, in.StreamARN)
	if err != nil {
		return "", numbers, err
	}
	for i, id := range []string{*in.ShardToMerge, *in.AdjacentShardToMerge} {
		number, ok := ParseShardID(id)
		if !ok {
			return "", numbers, s.noShard(name, id)
		}
		numbers[i] = number
	}
	return name, numbers, nil
}
