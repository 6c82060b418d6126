// Package lineage reads the shards of a stream in the order of their descent: a shard when its parents have been read to
// their end. A key's records stay in their order so, across every split and merge.
package lineage

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// Lister is the part of a *kinesis.Client that lists shards.
type Lister interface {
	ListShards(context.Context, *kinesis.ListShardsInput, ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error)
}

// List are the shards of a stream that still hold records, of its closed ones too, as the children of their parents.
func List(ctx context.Context, client Lister, stream string) (all []types.ChildShard, err error) {
	in := &kinesis.ListShardsInput{StreamName: aws.String(stream)}
	for {
		out, err := client.ListShards(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("list the shards of %s: %w", stream, err)
		}
		for _, s := range out.Shards {
			all = append(all, types.ChildShard{ShardId: s.ShardId, ParentShards: Parents(s)})
		}
		if out.NextToken == nil {
			return all, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
}

// Parents are none of a shard that the stream was made with, one after a split, two after a merge.
func Parents(s types.Shard) (ids []string) {
	for _, id := range []*string{s.ParentShardId, s.AdjacentParentShardId} {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	return ids
}

// Walk reads shards, each on a goroutine of its own, and their children when the parents are at their end; read returns the
// children. It ends when a read fails or the context is done, and all reads have returned.
func Walk(ctx context.Context, first []types.ChildShard, read func(ctx context.Context, shard string) ([]types.ChildShard, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type end struct {
		shard    string
		children []types.ChildShard
		err      error
	}
	ends := make(chan end)
	f := family{parents: map[string][]string{}, began: map[string]bool{}, ended: map[string]bool{}}
	f.add(first)
	for running := 0; ; {
		if ctx.Err() == nil {
			for _, shard := range f.ready() {
				running++
				go func() {
					children, err := read(ctx, shard)
					ends <- end{shard, children, err}
				}()
			}
		}
		if running == 0 {
			return context.Cause(ctx)
		}
		e := <-ends
		running--
		if e.err != nil {
			cancel(fmt.Errorf("read %s: %w", e.shard, e.err)) // the first cause is the one that counts
			continue
		}
		f.ended[e.shard] = true
		f.add(e.children)
	}
}

// family is what is known of the shards of a stream.
type family struct {
	parents      map[string][]string
	began, ended map[string]bool
}

func (f *family) add(shards []types.ChildShard) {
	for _, s := range shards {
		f.parents[aws.ToString(s.ShardId)] = s.ParentShards
	}
}

// ready are the shards that can be read now. A parent that is not known holds no records any more.
func (f *family) ready() (ids []string) {
	for id, parents := range f.parents {
		ok := !f.began[id]
		for _, p := range parents {
			_, known := f.parents[p]
			ok = ok && (f.ended[p] || !known)
		}
		if ok {
			f.began[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}
