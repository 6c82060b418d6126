package aws

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/wavetank/wavetank/internal/clock"
	"github.com/wavetank/wavetank/internal/simulator/record"
)

// follower reads a stream through its reshards: a process a shard, each begun after those of the shard's parents have read
// to the end. It learns of new shards at the end of one.
type follower struct {
	target  *Target
	process string
	stream  string
	start   string                          // starting position
	reader  func(shard string) *shardReader // makes what reads a shard
	ended   func()                          // the last process is about to end; may be nil

	mu      sync.Mutex
	lineage *record.Lineage
	numbers map[string]int32 // of the shards in the lineage, by id: in the order in which they were seen
	running int              // processes
}

// follow starts a follower. The shards that are read first are positioned before it returns.
func (t *Target) follow(ctx context.Context, f *follower) error {
	f.target, f.lineage, f.numbers = t, record.NewLineage(record.Position{Type: f.start}), map[string]int32{}
	shards, err := t.allShards(ctx, f.stream)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(shards)
	readers := f.turns()
	for _, r := range readers {
		if err := r.position(ctx); err != nil {
			return err
		}
	}
	f.begin(readers)
	return nil
}

// add enters shards into the lineage. The caller holds the lock, as it does of what follows.
func (f *follower) add(shards []types.Shard) {
	seen := make([]record.Shard, 0, len(shards))
	for i := range shards {
		s := &shards[i]
		one := shardOf(s)
		one.Number = f.number(one.ID)
		for _, parent := range []*string{s.ParentShardId, s.AdjacentParentShardId} {
			if parent != nil {
				one.Parents = append(one.Parents, f.number(*parent))
			}
		}
		seen = append(seen, one)
	}
	f.lineage.Add(seen)
}

// number is a shard's number in the lineage.
func (f *follower) number(id string) int32 {
	n, ok := f.numbers[id]
	if !ok {
		n = int32(len(f.numbers))
		f.numbers[id] = n
	}
	return n
}

// turns makes the readers of the shards whose turn has come.
func (f *follower) turns() (readers []*shardReader) {
	for _, turn := range f.lineage.Ready() {
		r := f.reader(turn.ID)
		r.follower, r.shard, r.of, r.from = f, turn.ID, turn.Shard, types.ShardIteratorType(turn.At.Type)
		readers = append(readers, r)
	}
	return readers
}

func (f *follower) begin(readers []*shardReader) {
	f.running += len(readers)
	for _, r := range readers {
		f.target.config.Clock.Go(f.process, r.run)
	}
}

// finished goes on with the shards that follow one that is read to its end.
func (f *follower) finished(p *clock.Proc, r *shardReader) {
	shards, ok := f.find(p, r)
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.add(shards)
	f.lineage.Finish(f.number(r.shard), nil)
	f.begin(f.turns())
}

// maxListings is how often the shards are listed for those that follow one that has ended. An endpoint may be a little
// late with them.
const maxListings = 20

// find finds the shards that follow one that is read to its end: those that the endpoint told with that, or where it told
// none (kinesalite does not) all that are listed. It asks again at the reader's pace. ok is false where the stream is gone or
// the clock is stopped.
func (f *follower) find(p *clock.Proc, r *shardReader) (shards []types.Shard, ok bool) {
	if shards = childShards(r.children); f.knowsParents(shards) {
		return shards, true
	}
	for n := 0; ; {
		shards, err := f.list()
		var missing *types.ResourceNotFoundException
		switch {
		case errors.As(err, &missing):
			return nil, false
		case err != nil: // a limit, or a network
		case slices.ContainsFunc(shards, func(s types.Shard) bool { return isChild(&s, r.shard) }):
			return shards, true
		default:
			if n++; n == maxListings {
				f.target.note("shard " + r.shard + " of " + f.stream + " was closed during the run, and no shard was found that follows it")
				return shards, true
			}
		}
		if !p.Sleep(r.every) {
			return nil, false
		}
	}
}

// childShards are the shards that an answer says follow a shard.
func childShards(children []types.ChildShard) (shards []types.Shard) {
	for _, c := range children {
		s := types.Shard{ShardId: c.ShardId, HashKeyRange: c.HashKeyRange, SequenceNumberRange: &types.SequenceNumberRange{}}
		if len(c.ParentShards) > 0 {
			s.ParentShardId = &c.ParentShards[0]
		}
		if len(c.ParentShards) > 1 {
			s.AdjacentParentShardId = &c.ParentShards[1]
		}
		shards = append(shards, s)
	}
	return shards
}

// knowsParents tells whether shards were told and all their parents are known. The other parent of a merged shard may be
// one that has not been seen yet, and must be waited for.
func (f *follower) knowsParents(shards []types.Shard) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range shards {
		for _, parent := range []*string{shards[i].ParentShardId, shards[i].AdjacentParentShardId} {
			if parent == nil {
				continue
			}
			if n, seen := f.numbers[*parent]; !seen || !f.lineage.Knows(n) {
				return false
			}
		}
	}
	return len(shards) > 0
}

func (f *follower) list() ([]types.Shard, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
	defer cancel()
	return f.target.allShards(ctx, f.stream)
}

// leave is the last thing each process does.
func (f *follower) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.running--; f.running == 0 && f.ended != nil {
		f.ended()
	}
}

// shards lists the open shards of a stream: what is put now goes to these, and one that others have resharded has closed
// ones too.
func (t *Target) shards(ctx context.Context, stream string) ([]types.Shard, error) {
	all, err := t.allShards(ctx, stream)
	return slices.DeleteFunc(all, func(s types.Shard) bool { return !isOpen(&s) }), err
}

// allShards lists the shards of a stream, closed ones too.
func (t *Target) allShards(ctx context.Context, stream string) ([]types.Shard, error) {
	var all []types.Shard
	in := &kinesis.ListShardsInput{StreamName: t.stream(stream)}
	for {
		out, err := t.kinesis.ListShards(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.Shards...)
		if out.NextToken == nil {
			return all, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
}

func isOpen(s *types.Shard) bool {
	return s.SequenceNumberRange == nil || s.SequenceNumberRange.EndingSequenceNumber == nil
}

func isChild(s *types.Shard, of string) bool {
	return aws.ToString(s.ParentShardId) == of || aws.ToString(s.AdjacentParentShardId) == of
}
